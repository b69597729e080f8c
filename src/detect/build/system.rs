//! System memory as programs here may use it.

use crate::detect::finding::Notes;
use crate::detect::warning::Warning;
use crate::detect::world::{SystemReading, World};
use crate::detect::{group, reading};
use crate::units::{Bytes, count, show_gib};

/// Total and free system memory, with the file or library each comes from.
#[derive(Debug)]
pub(super) struct SystemMemory {
    /// All of it, or the control group's limit where that is lower.
    pub(super) total: Bytes,
    pub(super) free: Bytes,
    pub(super) origin: String,
}

impl SystemMemory {
    pub(super) fn is_known(&self) -> bool {
        self.total > Bytes::ZERO
    }

    /// What it is called: beside a card it is not the memory that is evaluated first.
    pub(super) fn note(&self, beside_a_card: bool, notes: &mut Notes) {
        if self.is_known() {
            let names =
                if beside_a_card { ["System memory", "Free system memory"] } else { ["Memory", "Free now"] };
            for (name, bytes) in names.into_iter().zip([self.total, self.free]) {
                notes.found(name, show_gib(bytes), &self.origin);
            }
        }
    }
}

/// Reads it; a control group's limit caps it.
pub(super) fn memory(world: &dyn World, reading: &SystemReading, notes: &mut Notes) -> SystemMemory {
    let Some(total) = reading::memory(reading.total) else {
        if reading.total > 0 {
            let text = format!("{} bytes", reading.total);
            notes.warn(Warning::NotPlausible { what: "Memory", origin: "sysinfo".to_owned(), text });
        }
        notes.warn(Warning::MemoryUnknown);
        return SystemMemory { total: Bytes::ZERO, free: Bytes::ZERO, origin: "not read".to_owned() };
    };
    let free = Bytes::new(count(reading.available)).min(total);
    let Some(limit) = group::limit(world, total) else {
        return SystemMemory { total, free, origin: "sysinfo".to_owned() };
    };
    notes.found("Memory of the host", show_gib(total), "sysinfo");
    notes.warn(Warning::GroupLimit { limit: limit.limit, total });
    let left = limit.limit - limit.used.unwrap_or(Bytes::ZERO);
    SystemMemory { total: limit.limit, free: free.min(left).max(Bytes::ZERO), origin: limit.origin }
}
