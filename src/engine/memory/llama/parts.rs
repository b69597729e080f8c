//! The named parts of a llama.cpp context, each with its working.

use super::cache::{ByPlace, LayerCache, by_place, layer_bytes, state_bytes};
use super::graph::{self, Buffer, Layout};
use super::settings::Settings;
use super::{Held, kept};
use crate::engine::memory::framework::{has_indexer, has_listed};
use crate::engine::memory::usual;
use crate::engine::memory::{Basis, Part, PartName, Place, Placement};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Architecture, Block, KvPrecision, Makes, Model};
use crate::units::count;

const MEASURED: &str = "llama.cpp 0.5.0, its own memory breakdown";
const SHARED_PAGES: &str =
    "llama.cpp 0.5.0; low end: a mapped file on unified memory holds a tied embedding once";
const SIMULATED: &str = "ggml's allocation rules, run on the model's graph; checked against llama.cpp 0.5.0";

/// The weights on either side, and the vision projector with its tower.
pub(super) fn weights(
    parts: &mut Vec<Part>,
    model: &Model,
    held: Held,
    detail: Detail,
    placement: Placement,
) {
    let Held { device, host, twice, vision, .. } = held;
    push(parts, PartName::Weights, Place::Device, Basis::Exact, Worked::exact(device));
    let host = if placement == Placement::Metal {
        let low = formula!(
            detail, SHARED_PAGES;
            weights = host.clone(),
            on_shared_pages = twice.get()
            => weights - min(on_shared_pages, weights)
        );
        Worked::band(low, host.clone(), host)
    } else {
        Worked::exact(host)
    };
    push(parts, PartName::Weights, Place::Host, Basis::Exact, host);
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let of_file = model.file.as_ref().filter(|file| vision && file.vision > 0);
    let projector = if let Some(file) = of_file {
        Figure::found(detail, "the tower's tensors in the file", "tower", count(file.vision))
    } else {
        let parameters = model.vision.as_ref().map_or(0.0, |tower| *tower.parameters.value());
        let parameters = if vision { parameters } else { 0.0 };
        formula!(
            detail, "vision tower and projector of the published checkpoint, 16 bit";
            parameters = parameters
            => parameters * 2.0
        )
    };
    push(parts, PartName::Weights, place, Basis::Exact, Worked::exact(projector));
}

/// A cache of one layer, where it has one.
type OfLayer = fn(&Block, &Settings) -> Option<LayerCache>;

/// Caches and recurrent states of every layer.
pub(super) fn caches(
    parts: &mut Vec<Part>,
    model: &Model,
    settings: &Settings,
    layout: Layout,
    detail: Detail,
) {
    let caches: [(PartName, OfLayer, bool); 3] = [
        (PartName::KvCache, LayerCache::of, true),
        (PartName::KvCache, LayerCache::beside, has_listed(model)),
        (PartName::IndexerCache, LayerCache::of_indexer, has_indexer(model)),
    ];
    for (name, of, _) in caches.into_iter().filter(|(_, _, any)| *any) {
        let cache = self::kept(model, layout, |block| of(block, settings).map_or(0, LayerCache::bytes));
        for (place, bytes) in [(Place::Device, cache.device), (Place::Host, cache.host)] {
            let figure = kept::cache(detail, model, (layout, place, bytes), |block| of(block, settings));
            push(parts, name, place, Basis::Exact, Worked::exact(figure));
        }
    }
    let state = self::kept(model, layout, |block| state_bytes(block, settings));
    for (place, bytes) in [(Place::Device, state.device), (Place::Host, state.host)] {
        let figure = kept::state(detail, model, settings, (layout, place, bytes));
        push(parts, PartName::RecurrentState, place, Basis::Exact, Worked::exact(figure));
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
pub(super) fn buffers(
    parts: &mut Vec<Part>,
    model: &Model,
    settings: &Settings,
    layout: Layout,
    detail: Detail,
) {
    let graph::Buffers { device, host } = graph::buffers(model, settings, layout, detail);
    let before = parts.len();
    let device = device_buffer(model, settings, layout, device, detail);
    push(parts, PartName::ComputeBuffer, Place::Device, Basis::Modelled, device);
    let name =
        if layout.placement == Placement::Cpu { PartName::ComputeBuffer } else { PartName::HostBuffer };
    push(parts, name, Place::Host, Basis::Modelled, Worked::exact(reserved(host, detail)));

    if Architecture::of(model).llama_cpp.measured.is_none() {
        parts.iter_mut().skip(before).for_each(|part| usual::widen(part, detail));
    }
    let logits = formula!(
        detail, MEASURED;
        slots = count(settings.slots),
        numbers = f64::from(if model.makes == Makes::Text { model.vocabulary } else { model.hidden })
        => slots * 4.0 * numbers
    );
    push(parts, PartName::OutputBuffer, Place::Host, Basis::Exact, Worked::exact(logits));
}

/// The buffer on the device; wider where layers are on the host, or where a cache may be unpacked.
fn device_buffer(
    model: &Model,
    settings: &Settings,
    layout: Layout,
    buffer: Buffer,
    detail: Detail,
) -> Worked {
    let unpacked = if layout.placement == Placement::Gpu && buffer.bytes > 0 {
        unpacked_cache(model, settings)
    } else {
        0
    };
    // Both only raise the high end.
    let older = if buffer.bytes > 0 { settings.older } else { 0 };
    let unpacked = count(unpacked.saturating_add(older));
    let best = reserved(buffer, detail);
    // With layers on the host, nine in ten of 105 measured buffers lay between these.
    if layout.first_on_any > 0 && layout.placement != Placement::Cpu {
        let low = formula!(detail, PARTLY; reserved = best.clone() => reserved * 0.75);
        let high = formula!(
            detail, PARTLY;
            reserved = best.clone(),
            unpacked_cache_or_older_build = unpacked
            => (reserved + unpacked_cache_or_older_build) * 1.25
        );
        return Worked::band(low, best, high);
    }
    if unpacked > 0.0 {
        let high = formula!(
            detail, UNPACKED;
            reserved = best.clone(),
            unpacked_cache_or_older_build = unpacked
            => reserved + unpacked_cache_or_older_build
        );
        return Worked::band(best.clone(), best, high);
    }
    Worked::exact(best)
}

const PARTLY: &str =
    "with layers on the host: nine in ten of 105 buffers measured on llama.cpp 0.5.0 lay in this range";
const UNPACKED: &str = "CUDA's fused attention may unpack one layer's quantized cache to 16 bit; an older build inside a server reserves more";

/// A buffer by what is alive in it at its peak.
fn reserved(buffer: Buffer, detail: Detail) -> Figure {
    Figure::alive(detail, SIMULATED, count(buffer.bytes), || buffer.alive)
}

/// What CUDA's fused attention may reserve to unpack one layer's quantized cache to 16 bit.
fn unpacked_cache(model: &Model, settings: &Settings) -> u64 {
    if !settings.unpacked_kv() {
        return 0;
    }
    let plain = Settings { keys: KvPrecision::F16, values: KvPrecision::F16, ..*settings };
    let blocks = model.stack.iter().flat_map(|run| &run.blocks);
    blocks.map(|block| layer_bytes(block, &plain)).max().unwrap_or(0)
}

/// Adds a part that is not empty.
fn push(parts: &mut Vec<Part>, name: PartName, place: Place, basis: Basis, worked: Worked) {
    if worked.band.high > 0.0 {
        parts.push(Part::worked(name, place, basis, worked));
    }
}
