//! Values the user sets over what was detected.

use serde::{Deserialize, Serialize};

use super::Detected;
use super::finding::Finding;
use super::limits;
use super::warning::Warning;
use crate::spec::{Figure, GpuLimit, Kind, Memory, MemoryNow, Vendor};
use crate::units::{Band, Bytes, BytesPerSecond, show_gib};

/// Where a value comes from that the user typed.
pub const SET_BY_YOU: &str = "set by you";

/// What the user set by hand; `None` leaves the detected value.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// Id of the catalog's machine that this one is, where detection took it for another.
    pub machine: Option<String>,
    /// Memory of the machine, or of one card.
    pub memory: Option<Bytes>,
    /// System memory beside a card.
    pub system_memory: Option<Bytes>,
    /// Memory bandwidth.
    pub bandwidth: Option<BytesPerSecond>,
    /// GPU limit of unified memory, as if it were set with a command.
    pub gpu_limit: Option<Bytes>,
    /// Free memory now.
    pub free: Option<Bytes>,
    /// Cards of the kind that is evaluated.
    pub devices: Option<u32>,
}

/// Slower or faster than this is no memory: 1 GB/s to 1 PB/s.
const BELIEVABLE_BANDWIDTH: std::ops::RangeInclusive<f64> = 1e9..=1e15;
/// More cards than this are no machine.
const MOST_DEVICES: u32 = 1024;

impl Overrides {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The detected machine with these values in place of its own. What is not possible is left out with a
    /// warning; a GPU limit or free memory above all memory is taken as all of it.
    pub fn apply(&self, detected: &Detected) -> Detected {
        let mut result = detected.clone();
        self.apply_memory(&mut result);
        self.apply_system_memory(&mut result);
        self.apply_bandwidth(&mut result);
        self.apply_gpu_limit(&mut result);
        self.apply_free(&mut result);
        self.apply_devices(&mut result);
        result
    }

    fn apply_memory(&self, result: &mut Detected) {
        let Some(bytes) = possible(self.memory, "Memory", result) else { return };
        let major = limits::mac_major(&result.machine);
        let is_mac = result.machine.vendor == Vendor::Apple;
        let figure = &mut result.machine.memory;
        match &mut figure.0 {
            Memory::Unified { total, gpu_limit } => {
                *gpu_limit = if is_mac {
                    let set = gpu_limit.as_ref().and_then(|limit| limit.set).map(|set| set.min(bytes));
                    Some(limits::mac(bytes, major, set))
                } else {
                    gpu_limit.as_ref().and_then(|limit| limits::rescaled(limit, *total, bytes))
                };
                *total = bytes;
            }
            Memory::Discrete { vram, .. } => *vram = bytes,
            Memory::System { total } => *total = bytes,
        }
        set_by_you(figure);
        if let Some(now) = &mut result.machine.now {
            now.0.free = now.0.free.min(bytes);
        }
        result
            .warnings
            .retain(|warning| !matches!(warning, Warning::MemoryUnknown | Warning::CardMemoryUnknown { .. }));
        say(result, "Memory", show_gib(bytes));
        if let Memory::Unified { gpu_limit: Some(limit), .. } = result.machine.memory.value() {
            let shown = super::reading::show_band(&limit.default);
            say_from(result, "Default GPU limit", shown, "follows from the memory set by you");
        }
    }

    fn apply_system_memory(&self, result: &mut Detected) {
        let Some(bytes) = possible(self.system_memory, "System memory", result) else { return };
        if let Memory::Discrete { system, .. } = &mut result.machine.memory.0 {
            *system = Some(bytes);
            say(result, "System memory", show_gib(bytes));
        } else {
            result.warnings.push(Warning::NotPossible { what: "System memory" });
        }
    }

    fn apply_bandwidth(&self, result: &mut Detected) {
        let Some(bandwidth) = self.bandwidth else { return };
        if !BELIEVABLE_BANDWIDTH.contains(&bandwidth.get()) {
            result.warnings.push(Warning::NotPossible { what: "Bandwidth" });
            return;
        }
        let date = result.machine.memory.3.clone();
        result.machine.bandwidth = Some(Figure(bandwidth, Kind::Estimate, SET_BY_YOU.to_owned(), date));
        let name =
            |warning: &Warning| matches!(warning, Warning::LaptopCard { .. } | Warning::NotInCatalog { .. });
        result.warnings.retain(|warning| !name(warning));
        say(result, "Bandwidth", super::reading::show_bandwidth(bandwidth));
    }

    fn apply_gpu_limit(&self, result: &mut Detected) {
        let Some(limit) = possible(self.gpu_limit, "GPU limit", result) else { return };
        let Memory::Unified { total, gpu_limit } = &mut result.machine.memory.0 else {
            result.warnings.push(Warning::NotPossible { what: "GPU limit" });
            return;
        };
        let set = limit.min(*total);
        let unlimited = || GpuLimit::fixed(Band::exact(*total), "no limit is known".to_owned());
        gpu_limit.get_or_insert_with(unlimited).set = Some(set);
        say(result, "GPU limit", format!("{} set", show_gib(set)));
    }

    fn apply_free(&self, result: &mut Detected) {
        let Some(bytes) = possible(self.free, "Free now", result) else { return };
        let free = result.machine.memory.value().capacity().map_or(bytes, |all| bytes.min(all));
        let date = result.machine.memory.3.clone();
        result.machine.now = Some(Figure(MemoryNow { free }, Kind::Estimate, SET_BY_YOU.to_owned(), date));
        say(result, "Free now", show_gib(free));
    }

    fn apply_devices(&self, result: &mut Detected) {
        let Some(devices) = self.devices else { return };
        let on_a_card = matches!(result.machine.memory.value(), Memory::Discrete { .. });
        if on_a_card && (1..=MOST_DEVICES).contains(&devices) {
            result.machine.devices = devices;
            say(result, "Cards", devices.to_string());
        } else {
            result.warnings.push(Warning::NotPossible { what: "Cards" });
        }
    }
}

/// A size above zero and below what any machine has; anything else is warned about.
fn possible(bytes: Option<Bytes>, what: &'static str, result: &mut Detected) -> Option<Bytes> {
    let bytes = bytes?;
    let believable =
        super::reading::memory(crate::units::whole(bytes.get())).is_some() && bytes.get().is_finite();
    if !believable {
        result.warnings.push(Warning::NotPossible { what });
    }
    believable.then_some(bytes)
}

fn set_by_you<T>(figure: &mut Figure<T>) {
    figure.1 = Kind::Estimate;
    SET_BY_YOU.clone_into(&mut figure.2);
}

fn say(result: &mut Detected, name: &str, value: String) {
    say_from(result, name, value, SET_BY_YOU);
}

/// Replaces the finding of that name, or adds one.
fn say_from(result: &mut Detected, name: &str, value: String, origin: &str) {
    let finding = Finding { name: name.to_owned(), value, origin: origin.to_owned() };
    match result.findings.iter_mut().find(|known| known.name == name) {
        Some(known) => *known = finding,
        None => result.findings.push(finding),
    }
}
