//! Memory of llama.cpp: weights, caches, and the buffers it reserves before the first token.
//!
//! llama.cpp reserves everything when a context is made, for the largest chunk and a full cache. Reading the
//! prompt and writing the answer therefore need the same; only loading needs less.

mod cache;
mod graph;
mod layout;
mod parts;
mod process;
mod settings;
mod split;

use super::weights::{Weights, experts_before, projector, weights};
use super::{Budget, Phase, PhaseName, Unknown, Want};
use crate::spec::{AttentionKernel, Inference, KvPrecision, Model, Quantization};
use crate::units::Bytes;
use graph::Layout;
use settings::{Settings, stored_kv};

pub(super) use split::{by_layers, by_tensor, is_parted};

/// Memory of one model under llama.cpp on one kind of placement.
pub(super) fn budget(model: &Model, inference: &Inference, want: Want) -> Budget {
    let Want { placement, .. } = want;
    let stored = weights(model, inference.quantization, placement, inference.gpu_layers);
    let layout = layout::layout(model, inference, placement, &stored);
    let away = experts_away(model, inference, &layout);
    let (device, host) = (stored.device - away, stored.host + away);
    on_device(model, inference, Weights { device, host, ..stored }, layout)
}

/// Routed experts of the device's layers that stay in the system's memory.
fn experts_away(model: &Model, inference: &Inference, layout: &Layout) -> Bytes {
    let before = |layer: u64| experts_before(model, inference.quantization, layer);
    let behind = layout.first_experts.min(layout.behind_device);
    if behind <= layout.first_on_device {
        return Bytes::ZERO;
    }
    before(behind) - before(layout.first_on_device)
}

/// Memory of the host and of the layout's device, whose weights and the host's are `stored`.
fn on_device(model: &Model, inference: &Inference, stored: Weights, layout: Layout) -> Budget {
    let placement = layout.placement;
    let settings = Settings::new(inference);
    let first = layout.first_on_device == layout.first_on_any;
    let seeing = if inference.vision && first { projector(model) } else { Bytes::ZERO };

    let mut loading = Vec::with_capacity(6);
    parts::weights(&mut loading, model, &stored, seeing, placement);
    process::parts(&mut loading, inference.quantization, &stored, layout);
    let mut running = Vec::with_capacity(14);
    parts::weights(&mut running, model, &stored, seeing, placement);
    parts::caches(&mut running, model, &settings, layout);
    parts::buffers(&mut running, model, &settings, layout);
    process::parts(&mut running, inference.quantization, &stored, layout);

    let mut budget = Budget::new(
        placement,
        vec![
            Phase { name: PhaseName::Load, parts: loading },
            Phase { name: PhaseName::Prefill, parts: running.clone() },
            Phase { name: PhaseName::Decode, parts: running },
        ],
    );
    budget.weights_file = Some(stored.file);
    budget.unknown = unknowns(model, inference, &settings);
    budget
}

/// What had to be left out or replaced.
fn unknowns(model: &Model, inference: &Inference, settings: &Settings) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    if !graph::is_measured(&model.architecture) {
        unknown.push(Unknown::ComputeBuffers);
    }
    if !matches!(inference.quantization, Quantization::Gguf(_)) {
        unknown.push(Unknown::QuantizationUnsupported);
    }
    if stored_kv(inference.kv_precision) != inference.kv_precision {
        unknown.push(Unknown::KvPrecisionUnsupported);
    }
    if inference.attention == AttentionKernel::Eager && settings.kv != KvPrecision::F16 {
        unknown.push(Unknown::EagerNeedsPlainCache);
    }
    if inference.context.div_ceil(settings.streams) > u64::from(model.context_max) {
        unknown.push(Unknown::ContextBeyondModel);
    }
    unknown
}
