//! What the user says about this machine, over what was detected.

use crate::spec::{Figure, GpuLimit, Kind, Machine, Memory, MemoryNow};
use crate::units::Bytes;

/// Values the user typed; `None` leaves the detected one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overrides {
    /// All memory, or a card's device memory.
    pub memory: Option<Bytes>,
    /// What the system lets the GPU take of unified memory.
    pub gpu_limit: Option<Bytes>,
    /// Free now.
    pub free: Option<Bytes>,
}

/// Where an overridden value comes from, as its origin is shown.
pub const ORIGIN: &str = "set by you";

impl Overrides {
    /// Whether nothing is overridden.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The machine with these values in place of the detected ones.
    pub fn over(&self, machine: &Machine) -> Machine {
        let mut machine = machine.clone();
        if let Some(bytes) = self.memory {
            machine.memory = said(with_capacity(machine.memory.value(), bytes), &machine.memory.3);
        }
        if let (Some(limit), Memory::Unified { total, gpu_limit }) = (self.gpu_limit, machine.memory.value()) {
            let before = gpu_limit.clone().unwrap_or_else(|| no_limit(*total));
            let gpu_limit = Some(GpuLimit { set: Some(limit.min(*total)), ..before });
            machine.memory = said(Memory::Unified { total: *total, gpu_limit }, &machine.memory.3);
        }
        if let Some(free) = self.free {
            let day = machine.now.as_ref().map_or(machine.memory.3.clone(), |now| now.3.clone());
            machine.now = Some(said(MemoryNow { free }, &day));
        }
        machine
    }
}

fn said<T>(value: T, day: &str) -> Figure<T> {
    Figure(value, Kind::Measured, ORIGIN.to_owned(), day.to_owned())
}

fn no_limit(total: Bytes) -> GpuLimit {
    GpuLimit { default: crate::units::Band::exact(total), set: None, raisable_to: None, basis: ORIGIN.to_owned() }
}

/// The same kind of memory with another capacity; a default GPU limit keeps its share.
fn with_capacity(memory: &Memory, bytes: Bytes) -> Memory {
    match memory {
        Memory::Unified { total, gpu_limit } => {
            let factor = (bytes / *total).get();
            let gpu_limit = gpu_limit.as_ref().map(|limit| GpuLimit {
                default: limit.default.map(|value| value * factor),
                set: limit.set,
                raisable_to: limit.raisable_to.map(|value| value * factor),
                basis: limit.basis.clone(),
            });
            Memory::Unified { total: bytes, gpu_limit }
        }
        Memory::Discrete { driver, system, .. } => {
            Memory::Discrete { vram: bytes, driver: *driver, system: *system }
        }
        Memory::System { .. } => Memory::System { total: bytes },
    }
}
