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
mod timeline;
mod trace;

use super::super::{Budget, Phase, PhaseName, Placement, Unknown, Want};
use crate::spec::{AttentionKernel, BasePrecision, FineTune, Method, Mixer, Model};
use parameters::Resident;
use parts::Parts;
use pass::Pass;
use timeline::Peaks;
use trace::Held;

/// Memory of fine-tuning this model with PyTorch, by phase.
///
/// Sequences are as long as asked: the longest one decides the peak. On Metal, PyTorch's fused attention has no
/// gradient unless a kernel is chosen by hand: the score matrix is written out whatever is asked, and the low end
/// is that kernel's.
pub fn budget(model: &Model, tune: &FineTune, want: impl Into<Want>) -> Budget {
    let Want { placement, .. } = want.into();
    let written = if placement == Placement::Metal { AttentionKernel::Eager } else { tune.attention };
    let pass = Pass::new(tune, written);
    let best = timeline::peaks(model, tune, &pass);
    let low = if written == tune.attention {
        best
    } else {
        timeline::peaks(model, tune, &Pass::new(tune, tune.attention))
    };
    let width = pass.adapters.map_or(pass.base, |adapters| adapters.width);
    let resident = Resident::new(model, tune, &pass, (best.trained, width));
    let parts = Parts { placement, tune, pass: &pass, resident: &resident, trained: best.trained };
    let earlier = if pass.accumulates { best.trained } else { 0.0 };
    let phase = |name: PhaseName, of: fn(&Peaks) -> Held| {
        let held = |peaks| {
            let held = of(peaks);
            Held { gradients: held.gradients + earlier, ..held }
        };
        Phase { name, parts: parts.of(held(&best).down_to(held(&low)), held(&best)) }
    };
    let step = Held { gradients: best.trained, activations: resident.step, logits: 0.0 };
    let phases = vec![
        Phase { name: PhaseName::Load, parts: parts.load() },
        phase(PhaseName::Forward, |peaks| peaks.forward),
        phase(PhaseName::Backward, |peaks| peaks.backward),
        Phase { name: PhaseName::OptimizerStep, parts: parts.of(step, step) },
    ];
    Budget { unknown: unknown(model, tune), ..Budget::new(placement, phases) }
}

/// What was never measured, or cannot be run.
fn unknown(model: &Model, tune: &FineTune) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    let recurrent = model.stack.iter().flat_map(|run| &run.blocks).any(|block| {
        matches!(block.mixer, Mixer::Mamba2(_) | Mixer::Parallel(..) | Mixer::GatedDelta(_) | Mixer::Mla(_))
    });
    if recurrent {
        unknown.push(Unknown::ComputeBuffers);
    }
    let foreign = matches!(tune.precision, BasePrecision::Mlx4 | BasePrecision::Mlx8);
    if foreign || (tune.method == Method::Full && tune.precision.is_quantized()) {
        unknown.push(Unknown::QuantizationUnsupported);
    }
    unknown
}
