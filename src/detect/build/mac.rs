//! A Mac.

use std::sync::Arc;

use super::{bare, maker, processor, read, system};
use crate::detect::apple::{self, Mac};
use crate::detect::finding::Notes;
use crate::detect::warning::Warning;
use crate::detect::world::{SystemReading, World};
use crate::detect::{limits, matching};
use crate::spec::{Figure, Kind, Machine, Memory, MemoryNow, Vendor};
use crate::units::{Bytes, show_gib, whole};

pub(in crate::detect) fn mac(
    world: &dyn World,
    reading: &SystemReading,
    catalog: &[Arc<Machine>],
    notes: &mut Notes,
) -> Machine {
    let mac = apple::read(world, reading, notes);
    let date = world.today();
    let (total, origin) = mac.total.unwrap_or_else(|| {
        notes.warn(Warning::MemoryUnknown);
        (Bytes::ZERO, "not read")
    });
    let mut machine = match &mac.chip {
        Some(chip) => apple_silicon(&mac, chip, total, origin, &date, notes),
        None => {
            notes.warn(Warning::NoAppleChip);
            let memory = read(Memory::System { total }, origin, &date);
            bare(maker(&reading.cpu), processor(&reading.cpu), memory)
        }
    };
    if let Some((free, origin)) = mac.available {
        machine.now = Some(read(MemoryNow { free }, origin, &date));
    }
    let name =
        mac.version.as_deref().map_or_else(|| "macOS".to_owned(), |version| format!("macOS {version}"));
    let guest = mac.virtual_machine.then(|| "virtual machine (Apple)".to_owned());
    if let Some(guest) = &guest {
        notes.found("Runs in", guest, "sysctl kern.hv_vmm_present and system_profiler");
    }
    machine.os = Some(system(name, guest));
    if let Some(chip) = &mac.chip {
        let known = matching::apple(catalog, chip, mac.gpu_cores, total, mac.product.as_deref(), notes);
        known.fill(&mut machine, notes);
    }
    machine
}

fn apple_silicon(
    mac: &Mac,
    chip: &str,
    total: Bytes,
    origin: &str,
    date: &str,
    notes: &mut Notes,
) -> Machine {
    let limit = limits::mac(total, mac.major(), mac.limit_set);
    notes.found("Default GPU limit", show_band(&limit.default), limit.basis.clone());
    let memory = Memory::Unified { total, gpu_limit: Some(limit) };
    let size = whole(total.as_gib());
    let product = mac.product.as_deref().unwrap_or("Apple");
    let name = format!("{product} {chip} {size} GB");
    Machine {
        chip: chip.to_owned(),
        gpu_cores: mac.gpu_cores,
        ..bare(Vendor::Apple, name, Figure(memory, Kind::Measured, origin.to_owned(), date.to_owned()))
    }
}

/// A limit that is known exactly as one figure, else as a range.
fn show_band(band: &crate::units::Band<Bytes>) -> String {
    if band.is_exact() {
        show_gib(band.best)
    } else {
        format!("{} ({} to {})", show_gib(band.best), show_gib(band.low), show_gib(band.high))
    }
}
