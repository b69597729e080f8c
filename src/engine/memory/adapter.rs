//! A low-rank adapter that is held beside the model it was trained on.

use super::{Basis, Budget, Part, PartName, Place, Placement, Want};
use crate::engine::working::{Figure, Worked};
use crate::spec::{Inference, LanguageModel, Runtime};
use crate::units::count;

const SOURCE: &str = "the bytes of the adapter's own tensors";

/// Adds what the adapter of the model's file takes. vLLM copies it into a slot, which is counted there.
pub(super) fn add(budget: &mut Budget, language: &LanguageModel, inference: &Inference, want: Want) {
    let adapter = language.model.file.as_ref().and_then(|file| file.adapter.as_ref());
    let slots = language.runtime == Runtime::Vllm && inference.max_loras > 0;
    let Some(adapter) = adapter.filter(|adapter| adapter.bytes > 0 && !slots) else { return };
    let place = if want.placement == Placement::Cpu { Place::Host } else { Place::Device };
    let figure = Figure::found(want.detail, SOURCE, "adapter_bytes", count(adapter.bytes));
    for phase in &mut budget.phases {
        let part = Part::worked(PartName::Adapters, place, Basis::Exact, Worked::exact(figure.clone()));
        phase.parts.push(part);
    }
}
