//! What a step of training takes where the optimizer, or the parameters too, lie in the system's memory: gradients and
//! parameters cross the link, and the processor steps.
//!
//! By `ZeRO-Offload` (arXiv 2101.06840) and DeepSpeed's `stage_1_and_2.py`, `stage3.py` and `cpu_adam.cpp`: gradients go
//! out as the backward pass makes them, the processor reads and writes all of its state once a step, and what it changed
//! comes back; of parameters that lie there each layer comes once forward and once backward.

use super::devices::End;
use super::host::{Copied, Host};
use crate::engine::working::{Detail, Figure};
use crate::formula;

/// Bytes of a 16-bit value.
const HALF: f64 = 2.0;
/// Bytes that CPU Adam reads and writes for a parameter: gradient, master weight and two moments in 32 bit read, the latter
/// three written, and the parameter in 16 bit.
const STEPPED: f64 = 30.0;

/// What the seconds of a step rest on.
const STEP: &str = "CPU Adam reads and writes its state once in system memory (DeepSpeed 0.19.6, cpu_adam.cpp; analytical, no run \
                    was measured)";
/// What the seconds of transfers rest on.
const SENT: &str =
    "bytes that cross the link to system memory for a pass (DeepSpeed 0.19.6, stage_1_and_2.py, stage3.py)";

/// What of a training step lies in the system's memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct HostStep {
    pub(super) host: Host,
    /// Parameters of the model, and of those what is trained.
    pub(super) parameters: f64,
    pub(super) trained: f64,
    /// Bytes of a parameter as it is held.
    pub(super) width: f64,
    /// How often parameters come for a pass; 0 where they stay on the device.
    pub(super) gathered: f64,
    /// Passes of a step of the optimizer.
    pub(super) accumulated: f64,
    /// Devices that each hold a shard.
    pub(super) shards: f64,
    /// Devices that each hold everything.
    pub(super) copies: f64,
}

impl HostStep {
    /// Seconds of what crosses the link for a pass, while the device computes.
    pub(super) fn transfers(&self, end: End, detail: Detail) -> Figure {
        let Some(rate) = self.host.rate(Copied::Pinned, self.shards * self.copies, end) else {
            return Figure::default();
        };
        formula!(detail, SENT;
            trained_parameters = self.trained, bytes_per_gradient = HALF,
            parameters = self.parameters, bytes_per_parameter = self.width, times_gathered = self.gathered,
            devices = self.shards, link_bytes_per_s = rate
            => (trained_parameters * bytes_per_gradient + parameters * bytes_per_parameter * times_gathered)
                / devices / link_bytes_per_s)
    }

    /// Seconds of the step on the processor, and of what it changed on its way back, for each pass.
    pub(super) fn step(&self, end: End, detail: Detail) -> Figure {
        let back = match self.host.rate(Copied::Pinned, self.shards * self.copies, end) {
            Some(rate) if self.gathered <= 0.0 => formula!(detail, SENT;
                trained_parameters = self.trained, bytes_per_value = HALF, devices = self.shards,
                link_bytes_per_s = rate
                => trained_parameters * bytes_per_value / devices / link_bytes_per_s),
            _ => Figure::default(),
        };
        formula!(detail, STEP;
            trained_parameters = self.trained, bytes_per_parameter = STEPPED, copies = self.copies,
            system_bytes_per_s = self.host.memory(end), back_s = back, passes_per_step = self.accumulated
            => (trained_parameters * bytes_per_parameter * copies / system_bytes_per_s + back_s) / passes_per_step)
    }
}
