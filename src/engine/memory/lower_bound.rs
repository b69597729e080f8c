//! A model whose passes are not known: its weights, and where its class says so what it keeps for past tokens, are a
//! lower bound of what it needs.

use super::weights::{terms, weights};
use super::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want};
use crate::engine::working::{Detail, Figure, Term, Worked};
use crate::spec::{GpuLayers, Inference, Kept, KeptKind, Model, Quantization, Sketch};
use crate::units::count;

const SOURCE: &str = "the bytes of the file's own tensors; passes of this architecture are not known here";
const CACHES: &str = "the model's class in Transformers 5.24: layers × values × tokens that each keeps";

/// What the weights take, and what is kept for past tokens, spread over so many devices.
pub(super) fn budget(
    model: &Model,
    stored: Quantization,
    inference: Option<&Inference>,
    (want, devices): (Want, u32),
) -> Budget {
    let Want { placement, detail } = want;
    let held = weights(model, stored, placement, GpuLayers::Auto);
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let whole = held.total() - held.twice;
    let figure = Figure::terms(detail, SOURCE, whole.get(), || terms(model, stored, &|_| true));
    let part =
        |name, figure| Part::worked(name, place, Basis::Exact, Worked::exact(share(figure, devices, detail)));
    let mut parts = vec![part(PartName::Weights, figure)];
    if let (Some(sketch), Some(inference)) = (&model.sketch, inference) {
        let kept = [
            (PartName::KvCache, &[KeptKind::Tokens, KeptKind::Indexer][..]),
            (PartName::RecurrentState, &[KeptKind::State]),
        ];
        let some = kept.into_iter().map(|(name, kinds)| (name, caches(sketch, inference, kinds, detail)));
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

/// Bytes of what is kept of these kinds, for every request.
fn caches(sketch: &Sketch, inference: &Inference, kinds: &[KeptKind], detail: Detail) -> Figure {
    let requests = inference.concurrency.max(1);
    let tokens = inference.context / requests;
    let (elements, bytes) = inference.kv_precision.block();
    let each = f64::from(bytes) / f64::from(elements);
    let width = |kind| if kind == KeptKind::State { 4.0 } else { each };
    let value = |kept: &Kept| count(requests) * width(kept.kind) * kept.of(tokens);
    let some = || sketch.caches.iter().filter(|kept| kinds.contains(&kept.kind));
    Figure::terms(detail, CACHES, some().map(value).sum(), || {
        let name = |kind| match kind {
            KeptKind::Tokens => "keys and values",
            KeptKind::Indexer => "keys of the indexer",
            KeptKind::State => "states",
        };
        let term = |kept: &Kept| Term {
            name: name(kept.kind).into(),
            count: count(kept.layers),
            value: value(kept),
        };
        some().map(term).collect()
    })
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
