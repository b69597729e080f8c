//! Which layers are on the device.

use super::graph::Layout;
use crate::engine::memory::Placement;
use crate::engine::memory::weights::{Weights, widest_experts};
use crate::spec::{GpuLayers, Inference, Model};

/// The last `n` layers are on the device, the output counted as one more; all of them unless asked otherwise.
pub(super) fn layout(model: &Model, inference: &Inference, placement: Placement, stored: &Weights) -> Layout {
    let all = u64::from(model.layer_count()) + 1;
    let on_device = match (placement, inference.gpu_layers) {
        (Placement::Cpu, _) => 0,
        (_, GpuLayers::Auto) => all,
        (_, GpuLayers::Count(asked)) => asked.min(all),
    };
    let parameters = *model.parameters.value();
    let weight_bytes = if parameters > 0.0 { stored.file.get() / parameters } else { 0.0 };
    let first = all - on_device;
    Layout {
        placement,
        first_on_any: first,
        first_on_device: first,
        behind_device: all,
        first_experts: if placement == Placement::Cpu { 0 } else { inference.cpu_experts.min(all - 1) },
        expert_bytes: widest_experts(model, inference.quantization),
        in_flight: 1,
        quantization: inference.quantization,
        weight_bytes,
    }
}
