//! What PyTorch allocates to train a language model with Transformers and PEFT.
//!
//! Nothing is reserved: a tensor lives as long as a name or a gradient function refers to it. Every kind of layer
//! is played operation by operation in the order of its code; what it keeps is summed over all layers, and its
//! worst moment read off at each of them, forward and backward.

mod attention;
mod experts;
mod feed_forward;
mod head;
mod layer;
mod mixers;
mod operations;
mod parameters;
mod parts;
mod pass;
mod tape;
mod timeline;

use super::super::{Budget, Phase, PhaseName, Placement, Unknown};
use crate::spec::{BasePrecision, FineTune, Method, Mixer, Model};
use parameters::Resident;
use parts::Parts;
use pass::Pass;
use tape::Held;

/// Memory of fine-tuning this model with PyTorch, by phase.
///
/// Sequences are as long as asked: the longest one decides the peak.
pub fn budget(model: &Model, tune: &FineTune, placement: Placement) -> Budget {
    let pass = Pass::new(tune, placement);
    let peaks = timeline::peaks(model, tune, &pass);
    let width = pass.adapters.map_or(pass.base, |adapters| adapters.width);
    let resident = Resident::new(model, tune, &pass, (peaks.trained, width));
    let parts = Parts { placement, tune, pass: &pass, resident: &resident, trained: peaks.trained };
    let earlier = if pass.accumulates { peaks.trained } else { 0.0 };
    let held = |held: Held| Held { gradients: held.gradients + earlier, ..held };
    let step = Held { gradients: peaks.trained, activations: resident.step, logits: 0.0 };
    let phases = vec![
        Phase { name: PhaseName::Load, parts: parts.load() },
        Phase { name: PhaseName::Forward, parts: parts.of(held(peaks.forward)) },
        Phase { name: PhaseName::Backward, parts: parts.of(held(peaks.backward)) },
        Phase { name: PhaseName::OptimizerStep, parts: parts.of(step) },
    ];
    Budget { unknown: unknown(model, tune, placement), ..Budget::new(placement, phases) }
}

/// What was never measured, or cannot be run.
fn unknown(model: &Model, tune: &FineTune, placement: Placement) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    let recurrent = model.stack.iter().flat_map(|run| &run.blocks).any(|block| {
        matches!(block.mixer, Mixer::Mamba2(_) | Mixer::Parallel(..) | Mixer::GatedDelta(_) | Mixer::Mla(_))
    });
    if recurrent || placement == Placement::Metal {
        unknown.push(Unknown::ComputeBuffers);
    }
    let foreign = matches!(tune.precision, BasePrecision::Mlx4 | BasePrecision::Mlx8);
    if foreign || (tune.method == Method::Full && tune.precision.is_quantized()) {
        unknown.push(Unknown::QuantizationUnsupported);
    }
    unknown
}
