//! A model on several devices, as llama.cpp splits it: by layers, or a shard of each matrix.

use super::cache::{by_place, layer_bytes, state_bytes};
use super::graph::{self, Layout};
use super::settings::Settings;
use super::{Held, experts_on_host, held, layout, on_device};
use crate::engine::memory::weights::{Weights, experts_before, mirrored, terms, weights};
use crate::engine::memory::{Budget, PartName, Place, Portion, Want};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{Architecture, GpuLayers, Inference, Model};
use crate::units::{Bytes, count};

/// Chunks in flight at once where all layers are on devices.
const IN_FLIGHT: u64 = 4;

/// Memory of the fullest of some equal devices, each with some of the layers; of unlike ones, of the one asked about.
///
/// llama.cpp gives layer i of n, the output counted as one more, to device ⌊i · devices ÷ n⌋. Inputs, and what one
/// device transfers to the next, exist four times, so that four chunks of a prompt are in flight.
pub(crate) fn by_layers(
    model: &Model,
    inference: &Inference,
    want: Want,
    (devices, portion): (u32, Option<Portion>),
) -> Budget {
    let Want { placement, detail } = want;
    let stored = weights(model, inference.quantization, placement, inference.gpu_layers);
    let alone = layout::layout(model, inference, placement, &stored);
    let all = u64::from(model.layer_count()) + 1;
    let shared = all - alone.first_on_any;
    let devices = u64::from(devices).clamp(1, shared.max(1));
    let all_on_devices = alone.first_on_any == 0 && alone.first_experts == 0;
    let in_flight = if devices > 1 && all_on_devices { IN_FLIGHT } else { 1 };
    let begin = |device: u64| alone.first_on_any + (device * shared).div_ceil(devices);
    let of = |device: u64| {
        let (first_on_device, behind_device) = (begin(device), begin(device + 1));
        Layout { first_on_device, behind_device, in_flight, ..alone }
    };
    if let Some(portion) = portion {
        let (first, behind) = portion.of(shared);
        let (first_on_device, behind_device) = (alone.first_on_any + first, alone.first_on_any + behind);
        let layout = Layout { first_on_device, behind_device, in_flight, ..alone };
        return on_one(model, inference, (layout, alone), stored, detail);
    }
    let settings = Settings::new(inference);
    let moved = |first: u64| experts_before(model, inference.quantization, alone.first_experts.min(first));
    // What lies in the layers from a border on; a device's share is between its two borders.
    let borders: Vec<f64> = (0..=devices)
        .map(|device| {
            let first = begin(device);
            let layers = GpuLayers::Count(all - first.min(all));
            let stored = weights(model, inference.quantization, placement, layers).device + moved(first);
            let kept = by_place(model, first, |block| {
                layer_bytes(block, &settings).saturating_add(state_bytes(block, &settings))
            });
            stored.get() + count(kept.device)
        })
        .collect();
    let held = |device: u64| {
        let at = |device: u64| usize::try_from(device).ok().and_then(|at| borders.get(at)).copied();
        at(device).unwrap_or_default() - at(device + 1).unwrap_or_default()
    };
    let needs = |device: u64| {
        held(device) + count(graph::device_buffer(model, &settings, of(device), Detail::Figures).bytes)
    };
    // What is held differs from device to device; buffers only between the first, the last and those between.
    let between = (1..devices - 1).max_by(|a, b| held(*a).total_cmp(&held(*b)));
    let candidates = [Some(0), between, (devices > 1).then(|| devices - 1)];
    let fullest = candidates
        .into_iter()
        .flatten()
        .map(|device| (needs(device), device))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(alone, |(_, device)| of(device));
    on_one(model, inference, (fullest, alone), stored, detail)
}

/// Memory of one of some devices, and beside all of them.
fn on_one(
    model: &Model,
    inference: &Inference,
    (one, alone): (Layout, Layout),
    stored: Weights,
    detail: Detail,
) -> Budget {
    let device = stored_on(model, inference, &one);
    let all = u64::from(model.layer_count()) + 1;
    let whole = Layout { first_on_device: alone.first_on_any, behind_device: all, ..alone };
    let host = stored.host + experts_on_host(model, inference, &whole);
    let held = Held {
        host: held::stored(model, whole, Weights { host, ..stored }, detail).host,
        vision: inference.vision && one.first_on_device == one.first_on_any,
        ..held::stored(model, one, Weights { device, ..stored }, detail)
    };
    on_device(model, inference, held, one, detail)
}

/// Weights of a device's layers: of all from its first one on, less those behind it.
fn stored_on(model: &Model, inference: &Inference, layout: &Layout) -> Bytes {
    let quantization = inference.quantization;
    if !quantization.is_gguf() {
        let terms = terms(model, quantization, &|spot| held::lies(model, layout, Place::Device, spot));
        return Bytes::new(terms.iter().map(|term| term.value).sum());
    }
    let layers = u64::from(model.layer_count());
    let from = |first: u64| {
        let on_device = GpuLayers::Count(layers + 1 - first.min(layers + 1));
        weights(model, quantization, layout.placement, on_device).device
    };
    // Rotary frequencies lie on every device with a layer.
    let frequencies = 4 * u64::from(model.rope_factors);
    let everywhere = if layout.behind_device < layers { frequencies.next_multiple_of(32) } else { 0 };
    from(layout.first_on_device) - from(layout.behind_device) + Bytes::new(count(everywhere))
        - experts_on_host(model, inference, layout)
}

/// Memory of each of some equal devices with a shard of each matrix.
///
/// Norms, routers and a tied output matrix are on every device; caches are sharded by heads. The buffers are
/// reserved whole on each.
pub(crate) fn by_tensor(model: &Model, inference: &Inference, want: Want, devices: u32) -> Budget {
    let Want { placement, detail } = want;
    let stored = weights(model, inference.quantization, placement, inference.gpu_layers);
    let alone = layout::layout(model, inference, placement, &stored);
    let moved = experts_on_host(model, inference, &alone);
    let (device, host) = (stored.device - moved, stored.host + moved);
    let whole = held::stored(model, alone, Weights { device, host, ..stored }, detail);
    let mirrored = (mirrored(model) + stored.twice).min(device);
    let device = formula!(
        detail, BY_TENSOR;
        weights = whole.device.clone(),
        on_every_device = mirrored.get(),
        devices = f64::from(devices.max(1))
        => (weights - on_every_device) / devices + on_every_device
    );
    let mut budget =
        on_device(model, inference, Held { device, vision: inference.vision, ..whole }, alone, detail);
    for part in budget.phases.iter_mut().flat_map(|phase| &mut phase.parts) {
        let sharded =
            matches!(part.name, PartName::KvCache | PartName::IndexerCache | PartName::RecurrentState);
        if sharded && part.place == Place::Device {
            part.rework(|whole| sharded_by_heads(detail, whole, devices));
        }
    }
    budget
}

const BY_TENSOR: &str =
    "llama.cpp 0.5.0, --split-mode tensor: norms, routers and a tied output matrix are on every device";

/// Caches and states, of which each device has its heads.
fn sharded_by_heads(detail: Detail, whole: Figure, devices: u32) -> Figure {
    formula!(detail, BY_TENSOR; whole = whole, devices = f64::from(devices.max(1)) => whole / devices)
}

/// Whether llama.cpp shards a model by tensor; the others it splits by layers only.
pub(crate) fn is_sharded_by_tensor(model: &Model) -> bool {
    Architecture::of(model).llama_cpp.by_tensor
}
