//! A model on several devices, as llama.cpp shares it out: by layers, or a part of every matrix.

use super::cache::{by_place, layer_bytes, state_bytes};
use super::graph::{self, Layout};
use super::settings::Settings;
use super::{experts_away, layout, on_device};
use crate::engine::memory::weights::{Weights, experts_before, mirrored, weights};
use crate::engine::memory::{Budget, PartName, Place, Want};
use crate::spec::{GpuLayers, Inference, Model};
use crate::units::{Bytes, count};

/// Chunks on their way at once where all layers are on devices.
const IN_FLIGHT: u64 = 4;

/// Memory of the fullest of some equal devices, each with some of the layers.
///
/// llama.cpp gives layer i of n, the output counted as one more, to device ⌊i · devices ÷ n⌋. Inputs, and what one
/// device hands to the next, exist four times, so that four chunks of a prompt are on their way.
pub(in crate::engine::memory) fn by_layers(
    model: &Model,
    inference: &Inference,
    want: Want,
    devices: u32,
) -> Budget {
    let Want { placement, .. } = want;
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
    let settings = Settings::new(inference);
    let away = |first: u64| experts_before(model, inference.quantization, alone.first_experts.min(first));
    // What lies in the layers from a border on; a device's share is between its two borders.
    let borders: Vec<f64> = (0..=devices)
        .map(|device| {
            let first = begin(device);
            let layers = GpuLayers::Count(all - first.min(all));
            let stored = weights(model, inference.quantization, placement, layers).device + away(first);
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
    let needs = |device: u64| held(device) + count(graph::device_buffer(model, &settings, of(device)));
    // What is held differs from device to device; buffers only between the first, the last and those between.
    let between = (1..devices - 1).max_by(|a, b| held(*a).total_cmp(&held(*b)));
    let candidates = [Some(0), between, (devices > 1).then(|| devices - 1)];
    let fullest = candidates
        .into_iter()
        .flatten()
        .map(|device| (needs(device), device))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(alone, |(_, device)| of(device));
    let device = stored_on(model, inference, &fullest);
    let whole = Layout { first_on_device: alone.first_on_any, behind_device: all, ..alone };
    let host = stored.host + experts_away(model, inference, &whole);
    on_device(model, inference, Weights { device, host, ..stored }, fullest)
}

/// Weights of a device's layers: of all from its first one on, less those behind it.
fn stored_on(model: &Model, inference: &Inference, layout: &Layout) -> Bytes {
    let all = u64::from(model.layer_count()) + 1;
    let from = |first: u64| {
        let layers = GpuLayers::Count(all - first.min(all));
        weights(model, inference.quantization, layout.placement, layers).device
    };
    let behind = from(layout.behind_device);
    // Rotary frequencies lie on every device.
    let everywhere =
        if behind > Bytes::ZERO { Bytes::new(4.0 * f64::from(model.rope_factors)) } else { Bytes::ZERO };
    from(layout.first_on_device) - behind + everywhere - experts_away(model, inference, layout)
}

/// Memory of each of some equal devices with a part of every matrix.
///
/// Norms, routers and a tied output matrix are on every device; caches are shared out by heads. The buffers are
/// reserved whole on each.
pub(in crate::engine::memory) fn by_tensor(
    model: &Model,
    inference: &Inference,
    want: Want,
    devices: u32,
) -> Budget {
    let Want { placement, .. } = want;
    let stored = weights(model, inference.quantization, placement, inference.gpu_layers);
    let alone = layout::layout(model, inference, placement, &stored);
    let away = experts_away(model, inference, &alone);
    let (held, host) = (stored.device - away, stored.host + away);
    let everywhere = (mirrored(model) + stored.twice).min(held);
    let parts = f64::from(devices.max(1));
    let device = (held - everywhere) / parts + everywhere;
    let mut budget = on_device(model, inference, Weights { device, host, ..stored }, alone);
    for part in budget.phases.iter_mut().flat_map(|phase| &mut phase.parts) {
        let shared = matches!(part.name, PartName::KvCache | PartName::RecurrentState);
        if shared && part.place == Place::Device {
            part.bytes = part.bytes.map(|bytes| bytes / parts);
            part.working = part.working.with("÷ devices", parts);
        }
    }
    budget
}

/// Whether llama.cpp parts a model by tensor; the others it takes by layers only.
pub(in crate::engine::memory) fn is_parted(model: &Model) -> bool {
    !NOT_PARTED.contains(&model.architecture.as_str())
}

/// Architectures that llama.cpp 0.5.0 does not part by tensor.
const NOT_PARTED: [&str; 21] = [
    "grok",
    "mpt",
    "plamo2",
    "minicpm3",
    "gemma3n",
    "mamba",
    "mamba2",
    "jamba",
    "falcon-h1",
    "olmo2",
    "olmoe",
    "deepseek2",
    "deepseek32",
    "glm-dsa",
    "bitnet",
    "t5",
    "nemotron_h",
    "nemotron_h_moe",
    "granitehybrid",
    "minimax-m2",
    "kimi-linear",
];
