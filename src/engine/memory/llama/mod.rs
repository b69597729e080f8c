//! Memory of llama.cpp: weights, caches, and the buffers it reserves before the first token.
//!
//! llama.cpp reserves everything when a context is made, for the largest chunk and a full cache. Prefill
//! and decode therefore need the same; only loading needs less.

mod cache;
mod graph;
mod held;
mod kept;
mod layout;
mod parts;
mod process;
mod server;
mod settings;
mod split;

use super::weights::{Weights, experts_before, weights};
use super::{Budget, Phase, PhaseName, Unknown, Want};
use crate::engine::working::{Detail, Figure};
use crate::spec::{Architecture, AttentionKernel, Inference, Model};
use crate::units::Bytes;
use graph::Layout;
use settings::{Settings, stored_kv};

pub(super) use cache::Cells;
pub(super) use split::{by_layers, by_tensor, is_sharded_by_tensor};

/// Weights of a device and of the host beside it.
struct Held {
    /// On the device.
    device: Figure,
    /// In the memory of the process.
    host: Figure,
    /// Of both together, what lies in both.
    twice: Bytes,
    /// The whole model's file.
    file: Bytes,
    /// Whether the device has the vision tower and its projector.
    vision: bool,
}

/// Memory of one model under llama.cpp on one kind of placement.
pub(super) fn budget(model: &Model, inference: &Inference, want: Want) -> Budget {
    let Want { placement, detail } = want;
    let stored = weights(model, inference.quantization, placement, inference.gpu_layers);
    let layout = layout::layout(model, inference, placement, &stored);
    let moved = experts_on_host(model, inference, &layout);
    let (device, host) = (stored.device - moved, stored.host + moved);
    let held = held::stored(model, layout, Weights { device, host, ..stored }, detail);
    on_device(model, inference, Held { vision: inference.vision, ..held }, layout, detail)
}

/// Routed experts of the device's layers that stay in the system's memory.
fn experts_on_host(model: &Model, inference: &Inference, layout: &Layout) -> Bytes {
    let before = |layer: u64| experts_before(model, inference.quantization, layer);
    let behind = layout.first_experts.min(layout.behind_device);
    if behind <= layout.first_on_device {
        return Bytes::ZERO;
    }
    before(behind) - before(layout.first_on_device)
}

/// Memory of the host and of the layout's device.
fn on_device(model: &Model, inference: &Inference, held: Held, layout: Layout, detail: Detail) -> Budget {
    let placement = layout.placement;
    let settings = Settings::new(inference);
    let (file, host_weights) = (held.file, held.host.value);

    let mut loading = Vec::with_capacity(6);
    parts::weights(&mut loading, model, held, detail, placement);
    let mut running = Vec::with_capacity(14);
    running.extend_from_slice(&loading);
    parts::caches(&mut running, model, &settings, layout, detail);
    parts::buffers(&mut running, model, &settings, layout, detail);
    server::parts(&mut running, model, (inference, &settings), detail);
    let around = loading.len();
    process::parts(&mut loading, inference.quantization, host_weights, (placement, detail));
    running.extend_from_slice(loading.get(around..).unwrap_or_default());

    let mut budget = Budget::new(
        placement,
        vec![
            Phase { name: PhaseName::Load, parts: loading },
            Phase { name: PhaseName::Prefill, parts: running.clone() },
            Phase { name: PhaseName::Decode, parts: running },
        ],
    );
    budget.weights_file = Some(file);
    budget.unknown = unknowns(model, inference, &settings);
    budget
}

/// What had to be left out or replaced.
fn unknowns(model: &Model, inference: &Inference, settings: &Settings) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    if Architecture::of(model).llama_cpp.measured.is_none() {
        unknown.push(Unknown::UsualBuffers);
    }
    if !inference.quantization.is_gguf() {
        unknown.push(Unknown::QuantizationUnsupported);
    }
    if let Some(asked) = inference.cache_types().into_iter().find(|asked| stored_kv(*asked) != *asked) {
        unknown.push(Unknown::KvPrecisionUnsupported(stored_kv(asked)));
    }
    if inference.attention == AttentionKernel::Eager && settings.values.is_in_blocks() {
        unknown.push(Unknown::EagerNeedsPlainCache);
    }
    if settings::older(inference.server) > 0.0 {
        unknown.push(Unknown::OlderBuild);
    }
    if inference.context.div_ceil(settings.streams) > u64::from(model.context_max) {
        unknown.push(Unknown::ContextBeyondModel);
    }
    unknown
}
