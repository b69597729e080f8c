//! A model whose layers are not known: its weights, and nothing else, are a lower bound of what it needs.

use super::weights::{terms, weights};
use super::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want};
use crate::engine::working::{Detail, Figure, Worked};
use crate::spec::{GpuLayers, Model, Quantization};

const SOURCE: &str = "the bytes of the file's own tensors; layers of this architecture are not known here";

/// What the weights take, spread over so many devices.
pub(super) fn budget(model: &Model, stored: Quantization, want: Want, devices: u32) -> Budget {
    let Want { placement, detail } = want;
    let held = weights(model, stored, placement, GpuLayers::Auto);
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let whole = held.total() - held.twice;
    let figure = Figure::terms(detail, SOURCE, whole.get(), || terms(model, stored, &|_| true));
    let part =
        Part::worked(PartName::Weights, place, Basis::Exact, Worked::exact(share(figure, devices, detail)));
    let phases = [PhaseName::Load, PhaseName::Prefill, PhaseName::Decode]
        .map(|name| Phase { name, parts: vec![part.clone()] });
    let unknown = vec![Unknown::Architecture];
    Budget { weights_file: Some(held.file), unknown, ..Budget::new(placement, phases.to_vec()) }
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
