//! The named parts of a llama.cpp context, each with its formula.

use super::cache::{ByPlace, by_place, layer_bytes, state_bytes};
use super::graph::{self, Layout};
use super::settings::Settings;
use crate::engine::memory::weights::Weights;
use crate::engine::memory::{Basis, Part, PartName, Place, Placement, Working};
use crate::spec::{Block, Mixer, Model};
use crate::units::{Band, Bytes, count};

const MEASURED: &str = "llama.cpp 0.5.0, its own memory breakdown";
/// From this share on, what lies in a place is as good as all of it.
const WHOLE: f64 = 0.995;
const SHARED_PAGES: &str =
    "llama.cpp 0.5.0; low end: a mapped file on unified memory holds a tied embedding once";

/// The weights on either side, and the vision projector with its tower.
pub(super) fn weights(
    parts: &mut Vec<Part>,
    model: &Model,
    stored: &Weights,
    projector: Bytes,
    placement: Placement,
) {
    let bits = if *model.parameters.value() > 0.0 {
        stored.file.get() * 8.0 / model.parameters.value()
    } else {
        0.0
    };
    let inputs = [("parameters", *model.parameters.value()), ("bits per weight", bits)];
    let working = Working::new("sum of tensors: elements × bytes of their format", &inputs, MEASURED);
    let here = |bytes: Bytes| {
        let share = bytes / stored.file.max(Bytes::new(1.0));
        if share.get() < WHOLE { working.with("× share here", share.get()) } else { working }
    };
    push(parts, PartName::Weights, Place::Device, Band::exact(stored.device), here(stored.device));
    let host = if placement == Placement::Metal {
        let low = stored.host - stored.twice.min(stored.host);
        Band { low, best: stored.host, high: stored.host }
    } else {
        Band::exact(stored.host)
    };
    let source = if placement == Placement::Metal { SHARED_PAGES } else { MEASURED };
    push(parts, PartName::Weights, Place::Host, host, Working { source, ..here(stored.host) });
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let working = Working::new(
        "vision projector and tower: parameters × 2 bytes",
        &[("parameters", projector.get() / 2.0)],
        "published checkpoint, 16 bit",
    );
    push(parts, PartName::Weights, place, Band::exact(projector), working);
}

/// KV cache and recurrent states of every layer.
pub(super) fn caches(parts: &mut Vec<Part>, model: &Model, settings: &Settings, layout: Layout) {
    let kept = self::kept(model, layout, |block| layer_bytes(block, settings));
    let working = Working::new(
        "Σ layers: pools × cells × (key + value bytes per cell)",
        &[
            ("layers with a cache", caching_layers(model)),
            ("pools", count(settings.streams)),
            ("cells", count(settings.cells)),
            ("bytes per token", bytes_per_token(model, settings)),
        ],
        MEASURED,
    );
    push_kept(parts, PartName::KvCache, (kept, model), working, |block| layer_bytes(block, settings));

    let kept = self::kept(model, layout, |block| state_bytes(block, settings));
    let working = Working::new(
        "Σ recurrent layers: slots × 4 bytes × (convolution inputs + state)",
        &[("slots", count(settings.slots))],
        MEASURED,
    );
    push_kept(parts, PartName::RecurrentState, (kept, model), working, |block| state_bytes(block, settings));
}

/// What layers keep in either place, with the share of all layers' that lies there.
fn push_kept(
    parts: &mut Vec<Part>,
    name: PartName,
    (kept, model): (ByPlace, &Model),
    working: Working,
    of_layer: impl Fn(&Block) -> u64,
) {
    let all = count(by_place(model, 0, of_layer).device);
    for (place, bytes) in [(Place::Device, kept.device), (Place::Host, kept.host)] {
        let share = count(bytes) / all.max(1.0);
        let working = if share < WHOLE { working.with("× share here", share) } else { working };
        push(parts, name, place, exact(bytes), working);
    }
}

/// What the layers of the device, and those on the host, keep.
fn kept(model: &Model, layout: Layout, of_layer: impl Fn(&Block) -> u64) -> ByPlace {
    let from = by_place(model, layout.first_on_device, &of_layer);
    let behind = by_place(model, layout.behind_device, &of_layer);
    let host = by_place(model, layout.first_on_any, &of_layer).host;
    ByPlace { device: from.device - behind.device, host }
}

/// What is reserved for intermediate values, and the logits handed back.
pub(super) fn buffers(parts: &mut Vec<Part>, model: &Model, settings: &Settings, layout: Layout) {
    let reserved = graph::buffers(model, settings, layout);
    let working = Working::new(
        "peak of the largest graph: one chunk of tokens over a full cache",
        &[
            ("tokens", count(settings.tokens)),
            ("rows of logits", count(settings.outputs)),
            ("cells", count(settings.cells)),
            ("hidden", f64::from(model.hidden)),
            ("vocabulary", f64::from(model.vocabulary)),
        ],
        "ggml's allocation rules, run on the model's graph; checked against llama.cpp 0.5.0",
    );
    let device = reserved.device;
    let unpacked = if layout.placement == Placement::Gpu { unpacked_cache(model, settings) } else { 0 };
    let band = Band {
        low: bytes(device),
        best: bytes(device),
        high: bytes(if device == 0 { 0 } else { device.saturating_add(unpacked) }),
    };
    // With layers on the host, nine in ten of 105 measured buffers lay between these.
    let partly = layout.first_on_any > 0 && layout.placement != Placement::Cpu;
    let band = if partly { Band { low: band.low * 0.75, high: band.high * 1.25, ..band } } else { band };
    modelled(parts, PartName::ComputeBuffer, Place::Device, band, working);
    let name =
        if layout.placement == Placement::Cpu { PartName::ComputeBuffer } else { PartName::HostBuffer };
    modelled(parts, name, Place::Host, exact(reserved.host), working);

    let logits = count(settings.slots) * 4.0 * f64::from(model.vocabulary);
    let working = Working::new(
        "slots × vocabulary × 4 bytes",
        &[("slots", count(settings.slots)), ("vocabulary", f64::from(model.vocabulary))],
        MEASURED,
    );
    push(parts, PartName::OutputBuffer, Place::Host, Band::exact(Bytes::new(logits)), working);
}

/// What CUDA's fused attention may reserve to unpack one layer's quantised cache to 16 bit.
fn unpacked_cache(model: &Model, settings: &Settings) -> u64 {
    if !settings.quantized_kv() {
        return 0;
    }
    let plain = Settings { kv: crate::spec::KvPrecision::F16, ..*settings };
    let blocks = model.stack.iter().flat_map(|run| &run.blocks);
    blocks.map(|block| layer_bytes(block, &plain)).max().unwrap_or(0)
}

fn caching_layers(model: &Model) -> f64 {
    let has_cache = |mixer: &Mixer| !matches!(mixer, Mixer::Mamba2(_) | Mixer::GatedDelta(_));
    let of_run = |run: &crate::spec::Run| -> u64 {
        let blocks = run.blocks.iter().filter(|block| has_cache(&block.mixer));
        blocks.map(|block| u64::from(block.times)).sum::<u64>().saturating_mul(u64::from(run.repeat))
    };
    count(model.stack.iter().map(of_run).sum())
}

/// Cache bytes one more token takes in every layer that sees everything.
fn bytes_per_token(model: &Model, settings: &Settings) -> f64 {
    let one = Settings { cells: 1, streams: 1, ..*settings };
    let per_token = by_place(model, 0, |block| match &block.mixer {
        Mixer::Attention(attention) if attention.window.is_some() => 0,
        _ => layer_bytes(block, &one),
    });
    count(per_token.device)
}

fn bytes(value: u64) -> Bytes {
    Bytes::new(count(value))
}

fn exact(value: u64) -> Band<Bytes> {
    Band::exact(bytes(value))
}

/// Adds a part that is not empty.
fn push(parts: &mut Vec<Part>, name: PartName, place: Place, bytes: Band<Bytes>, working: Working) {
    if bytes.high > Bytes::ZERO {
        parts.push(Part { name, place, bytes, basis: Basis::Exact, working, workings: None });
    }
}

fn modelled(parts: &mut Vec<Part>, name: PartName, place: Place, bytes: Band<Bytes>, working: Working) {
    if bytes.high > Bytes::ZERO {
        parts.push(Part { name, place, bytes, basis: Basis::Modelled, working, workings: None });
    }
}
