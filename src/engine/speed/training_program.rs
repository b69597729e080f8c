//! What the program that trains runs: its kernels, and what its optimizer reads and writes.

use crate::spec::{FineTune, Optimizer, Trainer, TrainingKernels};

/// The kernels that train: as they are set, else as the trainer is built.
pub(super) const fn kernels(tune: &FineTune) -> TrainingKernels {
    match (tune.kernels, tune.trainer) {
        (TrainingKernels::Auto, Trainer::Torchtune | Trainer::Unsloth) => TrainingKernels::Fused,
        (
            TrainingKernels::Auto,
            Trainer::Transformers | Trainer::Trl | Trainer::Axolotl | Trainer::LlamaFactory,
        ) => TrainingKernels::Plain,
        (kernels, _) => kernels,
    }
}

/// Bytes that a step reads and writes for a parameter: its moments both ways, the parameter, the gradient.
pub(super) const fn stepped(optimizer: Optimizer) -> f64 {
    match optimizer {
        Optimizer::AdamW | Optimizer::PagedAdamW => 24.0,
        Optimizer::AdamWForeach => 40.0,
        Optimizer::AdamW8bit | Optimizer::PagedAdamW8bit => 10.0,
        // First and second moments of a low rank, or sums of rows and columns; gradients are read and updates written in full.
        Optimizer::Adafactor | Optimizer::GaLore => 12.0,
        Optimizer::Lion | Optimizer::Muon => 16.0,
        Optimizer::Lion8bit => 8.0,
        Optimizer::Sgd => 6.0,
    }
}
