//! Memory of a workload, part by part and phase by phase.

mod budget;
mod gguf;
mod llama;
mod packing;
mod parameters;
mod recipe;
mod tensors;
mod weights;
mod working;

pub use budget::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown};
pub use parameters::{active_parameter_count, checkpoint_parameter_count, parameter_count};
pub use recipe::{Pick, Recipe, When};
pub use tensors::{Role, Tensor, layer_tensors, outer_tensors};
pub use weights::{Weights, bits_per_weight, projector, weights};
pub use working::Working;

use crate::spec::{Inference, Model, Runtime, Scenario};

/// Memory of a scenario on one kind of placement.
pub fn budget(scenario: &Scenario, placement: Placement) -> Budget {
    let inference = super::graph::inference(&scenario.workload);
    run(&scenario.model, &inference, scenario.runtime, placement)
}

/// Dispatches to the runtime's own allocation rules.
fn run(model: &Model, inference: &Inference, runtime: Runtime, placement: Placement) -> Budget {
    match runtime {
        Runtime::LlamaCpp => llama::budget(model, inference, placement),
        Runtime::Mlx | Runtime::PyTorch | Runtime::Vllm => Budget::new(placement, Vec::new()),
    }
}
