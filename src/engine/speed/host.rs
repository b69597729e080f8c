//! The memory beside a device, and the link that what waits there crosses: PCI Express by its generation and lanes.
//! Where both are one memory there is no link.

use super::devices::End;
use super::offload::system_memory;
use crate::spec::{Devices, Link, Machine, Memory, Scenario};
use crate::units::{Band, BytesPerSecond};

/// Of what PCI Express moves, what copies reach from memory that is pinned for them; an estimate, no run was measured.
const PINNED: Band<f64> = Band { low: 0.5, best: 0.8, high: 0.95 };
/// The same from memory that is not, which the driver copies once more in between.
const PAGEABLE: Band<f64> = Band { low: 0.12, best: 0.3, high: 0.6 };

/// How what waits in the system's memory is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copied {
    /// From memory that is pinned for it, as DeepSpeed does.
    Pinned,
    /// From ordinary memory, as `module.to(device)` does.
    Pageable,
}

/// The system's memory, and what connects a device with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Host {
    /// What the link moves one way; nothing where device and system share one memory.
    link: Option<Band<BytesPerSecond>>,
    /// Bandwidth of the system's memory.
    memory: Band<BytesPerSecond>,
    /// Whether both are known of the machine.
    known: bool,
}

#[cfg(test)]
impl Host {
    /// A card in 16 lanes of PCI Express 4.0, beside two channels of DDR5.
    pub(super) const fn beside_a_card() -> Self {
        Self {
            link: Some(Band::exact(BytesPerSecond::new(31.5e9))),
            memory: Band::exact(BytesPerSecond::new(89.6e9)),
            known: true,
        }
    }
}

impl Host {
    /// Of a machine; nothing where no device stands beside the processor.
    pub(super) fn of(scenario: &Scenario, machine: &Machine) -> Option<Self> {
        let memory = system_memory(machine);
        match machine.memory.value() {
            Memory::System { .. } => None,
            Memory::Unified { .. } => Some(Self { link: None, memory, known: true }),
            Memory::Discrete { .. } => {
                let (link, known) = link(&scenario.devices, machine);
                let known = known && machine.system_bandwidth.is_some();
                Some(Self { link: Some(link), memory, known })
            }
        }
    }

    /// Bytes a second of copies to or from so many devices at once, for each of them; nothing where none are made.
    pub(super) fn rate(&self, copied: Copied, devices: f64, end: End) -> Option<f64> {
        let reached = match copied {
            Copied::Pinned => PINNED,
            Copied::Pageable => PAGEABLE,
        };
        let link = end.rate(self.link?) * end.rate(reached);
        Some(link.min(end.rate(self.memory) / devices.max(1.0)).get())
    }

    /// Bytes a second that the processor reaches in its memory.
    pub(super) fn memory(&self, end: End) -> f64 {
        end.rate(self.memory).get()
    }

    /// Whether link and memory are known of the machine.
    pub(super) const fn is_known(&self) -> bool {
        self.known
    }
}

/// What the slot of a card moves one way, and whether that is known: as the scenario says, else as its maker does, in a
/// box behind Thunderbolt what that carries.
fn link(devices: &Devices, machine: &Machine) -> (Band<BytesPerSecond>, bool) {
    if devices.link == Link::Thunderbolt5 {
        return (Link::Thunderbolt5.bytes_per_second(), true);
    }
    let (generation, lanes) = machine.body.slot.as_ref().and_then(|slot| slot_of(slot.value())).unzip();
    let asked = Devices {
        pcie_generation: devices.pcie_generation.or(generation),
        pcie_lanes: devices.pcie_lanes.or(lanes),
        ..*devices
    };
    (asked.pcie(), asked.pcie_generation.is_some() && asked.pcie_lanes.is_some())
}

/// Generation and lanes of `PCIe 4.0 x16`.
fn slot_of(slot: &str) -> Option<(u32, u32)> {
    let words = || slot.split_whitespace();
    let generation = words().find_map(|word| word.strip_suffix(".0")?.parse().ok())?;
    let lanes = words().find_map(|word| word.strip_prefix(['x', '×'])?.parse().ok())?;
    Some((generation, lanes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_read_as_makers_write_it() {
        assert_eq!(slot_of("PCIe 4.0 x16"), Some((4, 16)));
        assert_eq!(slot_of("PCIe 5.0 x8"), Some((5, 8)));
        assert_eq!(slot_of("PCIe"), None);
    }
}
