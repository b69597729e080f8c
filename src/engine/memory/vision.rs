//! What the model that reads images computes with beside its weights, for the image that is asked about.
//!
//! Its graph is that of a vision transformer: with fused attention a layer holds three rows of the residual stream and
//! the feed-forward network's inner rows at its peak; where the scores are written out, those and six rows. Both are
//! what llama.cpp says it reserves for Gemma 3 (pull request 16837: 121.25 MiB fused, 1,132 MiB not), to the byte.

use super::{Basis, Budget, Part, PartName, PhaseName, Place, Placement, Unknown, Want};
use crate::engine::working::{Figure, Worked};
use crate::formula;
use crate::spec::{AttentionKernel, Inference, LanguageModel, Runtime, Tower};

const SOURCE: &str =
    "a vision transformer's widest layer; llama.cpp pull requests 16837 (Gemma 3) and 13478 (Qwen2.5-VL)";

/// Adds the working memory of the vision model, or says that it is not counted.
pub(super) fn add(budget: &mut Budget, language: &LanguageModel, inference: &Inference, want: Want) {
    if !inference.vision {
        return;
    }
    let vision = language.model.vision.as_ref();
    let Some(tower) = vision.and_then(|vision| vision.tower.as_ref()) else {
        budget.unknown.push(if vision.is_some() { Unknown::VisionCompute } else { Unknown::Vision });
        return;
    };
    let place = if want.placement == Placement::Cpu { Place::Host } else { Place::Device };
    let figure = working(tower, inference, language.runtime, want);
    let part = Part::worked(PartName::VisionCompute, place, Basis::Modelled, Worked::exact(figure));
    let running = budget.phases.iter_mut().filter(|phase| phase.name != PhaseName::Load);
    for phase in running {
        phase.parts.push(part.clone());
    }
}

/// Bytes at the peak of the widest layer.
fn working(tower: &Tower, inference: &Inference, runtime: Runtime, want: Want) -> Figure {
    // llama.cpp computes in 32 bit, the others in the checkpoint's 16.
    let element = if runtime == Runtime::LlamaCpp { 4.0 } else { 2.0 };
    let patches = tower.patches(inference.image_size);
    let hidden = f64::from(tower.hidden);
    let inner = f64::from(tower.width) * if tower.gated { 2.0 } else { 1.0 };
    if inference.attention == AttentionKernel::Eager {
        return formula!(
            want.detail, SOURCE;
            patches = patches,
            heads = f64::from(tower.heads),
            hidden = hidden,
            inner = inner,
            bytes_per_value = element
            => bytes_per_value * patches * max(heads * patches + 6.0 * hidden, 3.0 * hidden + inner)
        );
    }
    formula!(
        want.detail, SOURCE;
        patches = patches,
        hidden = hidden,
        inner = inner,
        bytes_per_value = element
        => bytes_per_value * patches * (3.0 * hidden + inner)
    )
}
