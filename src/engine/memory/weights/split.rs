//! Which layers of a file lie on the device.

use crate::engine::memory::Placement;
use crate::spec::{GpuLayers, Model};

/// Which layers lie on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// The first layer on the device; the output layer counts as one after the last.
    first_on_device: u64,
}

impl Split {
    /// With the device's layers from this one on.
    pub(super) const fn at(first_on_device: u64) -> Self {
        Self { first_on_device }
    }

    /// As llama.cpp places the last `n` layers: the output layer goes first, then the last layers.
    pub(super) fn new(model: &Model, placement: Placement, gpu_layers: GpuLayers) -> Self {
        let all = u64::from(model.layer_count()) + 1;
        let on_device = match (placement, gpu_layers) {
            (Placement::Cpu, _) => 0,
            (_, GpuLayers::Auto) => all,
            (_, GpuLayers::Count(asked)) => asked,
        };
        Self { first_on_device: all.saturating_sub(on_device) }
    }

    /// Of `layers` in a row, how many come before the device's.
    pub(super) fn on_host(self, first: u64, layers: u64) -> u64 {
        self.first_on_device.saturating_sub(first).min(layers)
    }

    pub(super) const fn holds(self, layer: u64) -> bool {
        layer >= self.first_on_device
    }
}
