//! A Mac.

use std::sync::Arc;

use super::{bare, maker, processor, read};
use crate::detect::apple::{self, Mac};
use crate::detect::finding::Notes;
use crate::detect::warning::Warning;
use crate::detect::world::{SystemReading, World};
use crate::detect::{limits, matching, reading};
use crate::spec::{Kind, Machine, Memory, MemoryNow, OperatingSystem, Vendor};
use crate::units::{Bytes, whole};

pub(crate) fn mac(
    world: &dyn World,
    system: &SystemReading,
    catalog: &[Arc<Machine>],
    notes: &mut Notes,
) -> Machine {
    let mac = apple::read(world, system, notes);
    let date = world.today();
    let (total, origin) = mac.total.unwrap_or_else(|| {
        notes.warn(Warning::MemoryUnknown);
        (Bytes::ZERO, "not read")
    });
    let mut machine = if let Some(chip) = &mac.chip {
        apple_silicon(&mac, chip, total, origin, &date, notes)
    } else {
        notes.warn(Warning::NoAppleChip);
        let memory = read(Memory::System { total }, origin, &date);
        bare(maker(&system.cpu), processor(&system.cpu), memory)
    };
    if mac.total.is_none() {
        machine.memory.1 = Kind::Estimate;
    }
    if let Some((free, origin)) = mac.available.filter(|_free| mac.total.is_some()) {
        machine.now = Some(read(MemoryNow { free }, origin, &date));
    }
    let name =
        mac.version.as_deref().map_or_else(|| "macOS".to_owned(), |version| format!("macOS {version}"));
    let guest = mac.virtual_machine.then(|| "virtual machine (Apple)".to_owned());
    if let Some(guest) = &guest {
        notes.found("Runs in", guest, "sysctl kern.hv_vmm_present and system_profiler");
    }
    machine.os = Some(OperatingSystem { name, virtualised: guest });
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
    let product = mac.product.as_deref().unwrap_or("Apple");
    let mut name = format!("{product} {chip}");
    let gpu_limit = (total > Bytes::ZERO).then(|| limits::mac(total, mac.major(), mac.limit_set));
    if let Some(limit) = &gpu_limit {
        notes.found("Default GPU limit", reading::show_band(&limit.default), limit.basis.clone());
        name = format!("{name} {} GB", whole(total.as_gib()));
    }
    let memory = Memory::Unified { total, gpu_limit };
    Machine {
        chip: chip.to_owned(),
        gpu_cores: mac.gpu_cores,
        ..bare(Vendor::Apple, name, read(memory, origin, date))
    }
}
