//! What PyTorch allocates to train a language model with Transformers and PEFT.
//!
//! Nothing is reserved: a tensor lives as long as a name or a gradient function refers to it. Every kind of layer
//! is simulated operation by operation in the order of its code; what it keeps is summed over all layers, and its
//! peak read off at each of them, forward and backward.

mod attention;
mod backward;
mod experts;
mod feed_forward;
mod forward;
mod head;
mod held;
mod kinds;
mod layer;
mod listing;
mod mixers;
mod objective;
mod offload;
mod operations;
mod parameters;
mod parts;
mod pass;
mod simulate;
mod timeline;
mod trace;
mod walk;

use super::super::{Budget, Phase, PhaseName, Placement, Unknown, Want};
use crate::engine::working::Detail;
use crate::spec::{AttentionKernel, BasePrecision, FineTune, Method, Mixer, Model};
use parameters::Resident;
use parts::{Parts, Peak};
use pass::Pass;

/// Memory of fine-tuning this model with PyTorch, by phase.
///
/// Sequences are as long as asked: the longest one decides the peak. On Metal, PyTorch's fused attention has no
/// gradient unless a kernel is chosen by hand: the score matrix is written out whatever is asked, and the low end
/// is that kernel's.
pub fn budget(model: &Model, tune: &FineTune, want: impl Into<Want>) -> Budget {
    let want = want.into();
    let mut budget = objective::budget(model, tune, want);
    offload::gradients(&mut budget, model, tune, want.detail);
    offload::checkpoints(&mut budget, model, tune, want);
    budget
}

/// Memory of learning to continue examples.
fn supervised(model: &Model, tune: &FineTune, want: Want) -> Budget {
    let written = if want.placement == Placement::Metal { AttentionKernel::Eager } else { tune.attention };
    let pass = Pass::new(tune, written);
    let best = timeline::peaks(model, tune, &pass, want.detail);
    let fused = (written != tune.attention)
        .then(|| timeline::peaks(model, tune, &Pass::new(tune, tune.attention), Detail::Figures));
    let low = fused.as_ref().unwrap_or(&best);
    let width = pass.adapters.map_or(pass.base, |adapters| adapters.width);
    let resident = Resident::new(model, tune, &pass, (best.trained, width), want.detail);
    let parts = Parts { want, pass: &pass, resident: &resident, best: &best, low };
    let items = best.items.as_ref();
    let forward = Peak {
        held: best.forward,
        low: low.forward.total(),
        items: items.map(|items| items.forward.as_slice()),
    };
    let backward = Peak {
        held: best.backward,
        low: low.backward.total(),
        items: items.map(|items| items.backward.as_slice()),
    };
    let phases = vec![
        Phase { name: PhaseName::Load, parts: parts.load() },
        Phase { name: PhaseName::Forward, parts: parts.of(forward) },
        Phase { name: PhaseName::Backward, parts: parts.of(backward) },
        Phase { name: PhaseName::OptimizerStep, parts: parts.step() },
    ];
    Budget { unknown: unknown(model, tune), ..Budget::new(want.placement, phases) }
}

/// What was never measured, or cannot be run.
fn unknown(model: &Model, tune: &FineTune) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    let recurrent = model
        .stack
        .iter()
        .flat_map(|run| &run.blocks)
        .any(|block| !matches!(block.mixer, Mixer::Attention(_)));
    if recurrent {
        unknown.push(Unknown::ComputeBuffers);
    }
    let foreign = matches!(tune.precision, BasePrecision::Mlx4 | BasePrecision::Mlx8);
    if foreign || (tune.method == Method::Full && tune.precision.is_quantized()) {
        unknown.push(Unknown::QuantizationUnsupported);
    }
    unknown
}
