//! What a fine-tune trains: which layers, which matrices, and how many bytes they and their optimizer take.

use super::super::super::weights::{Role, Tensor, layer_tensors};
use crate::spec::{Block, FineTune, Method, Model, Optimizer, Targets, TunedLayers};
use crate::units::count;

/// More of anything than any machine can hold; larger inputs are taken as this.
pub const MOST: u64 = 1 << 40;
/// Bytes of a value of an adapter: mlx-lm makes them 32-bit floats.
const SINGLE: f64 = 4.0;

/// Calls `visit` with each kind of layer that is trained and how many of it there are, from the last on.
pub fn tuned_layers(model: &Model, finetune: &FineTune, mut visit: impl FnMut(&Block, f64)) {
    let mut left = match finetune.tuned_layers {
        TunedLayers::All => MOST,
        TunedLayers::Last(layers) => layers.min(MOST),
    };
    for run in model.stack.iter().rev() {
        let round: u64 = run.blocks.iter().map(|block| u64::from(block.times)).sum();
        let rounds = left.checked_div(round).unwrap_or(0).min(u64::from(run.repeat));
        for block in &run.blocks {
            visit(block, count(rounds) * f64::from(block.times));
        }
        left = left.saturating_sub(rounds.saturating_mul(round));
        if rounds < u64::from(run.repeat) {
            for block in run.blocks.iter().rev() {
                let some = left.min(u64::from(block.times));
                visit(block, count(some));
                left -= some;
            }
        }
    }
}

/// Bytes that training adds whatever the length of a sequence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trained {
    /// Trained parameters.
    pub parameters: f64,
    /// The optimizer's moments.
    pub moments: f64,
    /// The largest matrix of a trained layer, as it is trained.
    pub largest: f64,
}

impl Trained {
    /// Of the layers that are trained; `element` is the width of a base parameter in bytes.
    pub fn of(model: &Model, finetune: &FineTune, element: f64) -> Self {
        let mut all = Self::default();
        each_tensor(model, finetune, element, |_, layers, of| {
            all.parameters += of.parameters * layers;
            all.moments += of.moments * layers;
            all.largest = all.largest.max(of.largest);
        });
        all
    }

    /// What one tensor of a trained layer adds; nothing where it is frozen.
    fn by(finetune: &FineTune, tensor: Tensor, element: f64) -> Self {
        let shape = Shape::of(tensor);
        if finetune.method == Method::Full {
            let bytes = shape.rows * shape.columns * shape.stack * element;
            let sums = if shape.rows > 1.0 { shape.rows + shape.columns } else { shape.columns };
            let moments = moment_bytes(finetune.optimizer, bytes, sums * shape.stack * element);
            return Self { parameters: bytes, moments, largest: bytes };
        }
        if !has_adapter(finetune.targets, tensor.role) {
            return Self::default();
        }
        let rank = count(finetune.rank.clamp(1, MOST));
        let magnitude = if finetune.method == Method::Dora { shape.rows } else { 0.0 };
        let bytes = SINGLE * shape.stack * (rank * (shape.rows + shape.columns) + magnitude);
        let sums = SINGLE * shape.stack * (shape.rows + shape.columns + 2.0 * rank + magnitude);
        Self { parameters: bytes, moments: moment_bytes(finetune.optimizer, bytes, sums), largest: 0.0 }
    }
}

/// Calls `visit` with each tensor of the trained layers, how many of it there are, and what one adds.
pub fn each_tensor(
    model: &Model,
    finetune: &FineTune,
    element: f64,
    mut visit: impl FnMut(Tensor, f64, Trained),
) {
    tuned_layers(model, finetune, |block, layers| {
        if layers > 0.0 {
            layer_tensors(model, block, &mut |tensor| {
                visit(tensor, layers, Trained::by(finetune, tensor, element));
            });
        }
    });
}

/// A tensor's shape in values.
struct Shape {
    rows: f64,
    columns: f64,
    stack: f64,
}

impl Shape {
    fn of(tensor: Tensor) -> Self {
        Self {
            rows: f64::from(tensor.rows),
            columns: f64::from(tensor.columns),
            stack: f64::from(tensor.stack),
        }
    }
}

/// Bytes of the moments beside `bytes` of parameters, whose rows and columns take `sums` bytes.
///
/// MLX keeps moments in the parameters' own type, and a momentum for SGD even where it is 0. It has no
/// 8-bit optimizers: they are taken as `AdamW`.
fn moment_bytes(optimizer: Optimizer, bytes: f64, sums: f64) -> f64 {
    match optimizer {
        Optimizer::AdamW
        | Optimizer::AdamWForeach
        | Optimizer::AdamW8bit
        | Optimizer::PagedAdamW8bit
        | Optimizer::PagedAdamW
        | Optimizer::GaLore => 2.0 * bytes,
        Optimizer::Lion | Optimizer::Lion8bit | Optimizer::Muon | Optimizer::Sgd => bytes,
        Optimizer::Adafactor => sums.min(2.0 * bytes),
    }
}

/// Whether a matrix gets an adapter. The router of a mixture of experts is one of its matrices.
const fn has_adapter(targets: Targets, role: Role) -> bool {
    match role {
        Role::Query | Role::Value | Role::QueryKeyValue => true,
        Role::Key | Role::AttentionOutput => !matches!(targets, Targets::QueryValue),
        Role::TokenEmbedding
        | Role::LayerEmbedding
        | Role::Output
        | Role::Convolution
        | Role::Norm
        | Role::Bias
        | Role::Vector
        | Role::RopeFactors
        | Role::Other => false,
        _ => matches!(targets, Targets::AllLinear),
    }
}
