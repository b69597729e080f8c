//! A model whose passes are not known: its weights, and where its class says so what it keeps for past tokens, are a
//! lower bound of what it needs.

use super::llama;
use super::weights::{projector, terms, weights};
use super::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want};
use crate::engine::working::{Detail, Figure, Term, Worked};
use crate::spec::{GpuLayers, Inference, Kept, KeptKind, LanguageModel, Quantization, Runtime, Sketch};
use crate::units::count;

const SOURCE: &str = "the bytes of the file's own tensors; passes of this architecture are not known here";
const CACHES: &str = "the model's class in Transformers 5.24: layers × numbers × tokens that each keeps";
const CELLS: &str =
    "llama.cpp's create_memory (ggml 0.25): rows of keys and of values × cells, and states in 32 bit";

/// What the weights take, and what is kept for past tokens, spread over so many devices.
pub(super) fn budget(
    language: &LanguageModel,
    stored: Quantization,
    inference: Option<&Inference>,
    (want, devices): (Want, u32),
) -> Budget {
    let Want { placement, detail } = want;
    let model = &*language.model;
    let held = weights(model, stored, placement, GpuLayers::Auto);
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let sees = inference.is_some_and(|inference| inference.vision);
    let seen = if sees { projector(model).get() } else { 0.0 };
    let whole = (held.total() - held.twice).get() + seen;
    let figure = Figure::terms(detail, SOURCE, whole, || {
        let mut all = terms(model, stored, &|_| true);
        if seen > 0.0 {
            all.push(Term { name: "vision tower and projector".into(), count: 1.0, value: seen });
        }
        all
    });
    let part =
        |name, figure| Part::worked(name, place, Basis::Exact, Worked::exact(share(figure, devices, detail)));
    let mut parts = vec![part(PartName::Weights, figure)];
    if let (Some(sketch), Some(inference)) = (&model.sketch, inference) {
        let kept = [
            (PartName::KvCache, KeptKind::Tokens),
            (PartName::IndexerCache, KeptKind::Indexer),
            (PartName::RecurrentState, KeptKind::State),
        ];
        let runs = (inference, language.runtime);
        let some = kept.into_iter().map(|(name, kind)| (name, caches(sketch, runs, kind, detail)));
        parts.extend(some.filter(|(_, figure)| figure.value > 0.0).map(|(name, figure)| part(name, figure)));
    }
    let phases = [PhaseName::Load, PhaseName::Prefill, PhaseName::Decode]
        .map(|name| Phase { name, parts: parts.clone() });
    let unknown = if model.sketch.is_some() { Unknown::ComputeBuffers } else { Unknown::Architecture };
    Budget {
        weights_file: Some(held.file),
        unknown: vec![unknown],
        ..Budget::new(placement, phases.to_vec())
    }
}

/// Bytes of what is kept of a kind, for every request.
fn caches(
    sketch: &Sketch,
    (inference, runtime): (&Inference, Runtime),
    kind: KeptKind,
    detail: Detail,
) -> Figure {
    let cells = (runtime == Runtime::LlamaCpp).then(|| llama::Cells::of(inference));
    let value =
        |kept: &Kept| cells.as_ref().map_or_else(|| plain(kept, inference), |cells| cells.bytes(kept));
    let some = || sketch.caches.iter().filter(|kept| kept.kind == kind);
    let source = if cells.is_some() { CELLS } else { CACHES };
    Figure::terms(detail, source, some().map(value).sum(), || {
        let name = match kind {
            KeptKind::Tokens => "keys and values",
            KeptKind::Indexer => "keys of the indexer",
            KeptKind::State => "states",
        };
        let term = |kept: &Kept| Term { name: name.into(), count: count(kept.layers), value: value(kept) };
        some().map(term).collect()
    })
}

/// Every number as wide as the cache's format has it, states in 32 bit.
fn plain(kept: &Kept, inference: &Inference) -> f64 {
    let requests = inference.concurrency.max(1);
    let (elements, bytes) = inference.kv_precision.block();
    let width = if kept.kind == KeptKind::State { 4.0 } else { f64::from(bytes) / f64::from(elements) };
    count(requests) * width * kept.of(inference.context / requests)
}

/// An equal share of it: no device has less where they all have as little as can be.
fn share(whole: Figure, devices: u32, detail: Detail) -> Figure {
    if devices <= 1 {
        return whole;
    }
    crate::formula!(
        detail, "shared out evenly, which no split betters";
        weights = whole,
        devices = f64::from(devices)
        => weights / devices
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_split_leaves_every_device_less_than_an_equal_share() {
        for (devices, bytes) in [(1, 12e9), (2, 6e9), (3, 4e9)] {
            let is = share(Figure::from(12e9), devices, Detail::Figures).value;
            assert!((is - bytes).abs() < 1.0, "{devices} devices: {is}");
        }
    }
}
