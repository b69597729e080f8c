//! Everything that is no Mac.

use std::sync::Arc;

use super::{bare, maker, processor, read, system};
use crate::detect::card::{self, Card, CardKind, Group};
use crate::detect::finding::Notes;
use crate::detect::group;
use crate::detect::warning::Warning;
use crate::detect::world::{Platform, SystemReading, World};
use crate::detect::{drm, limits, matching, nvidia, reading, surroundings};
use crate::spec::{Figure, GpuLimit, Machine, Memory, MemoryNow};
use crate::units::{Band, Bytes, count, show_gib};

/// System memory as programs here may use it.
struct SystemMemory {
    total: Bytes,
    free: Bytes,
    origin: String,
}

pub(in crate::detect) fn pc(
    world: &dyn World,
    reading: &SystemReading,
    catalog: &[Arc<Machine>],
    notes: &mut Notes,
) -> Machine {
    let linux = world.platform() == Platform::Linux;
    let name = os_name(reading);
    notes.found("Operating system", &name, "sysinfo");
    let around = if linux { surroundings::read(world) } else { surroundings::Surroundings::default() };
    let runs_in = around.said();
    if let Some(runs_in) = &runs_in {
        notes.found("Runs in", runs_in, around.origin());
    }
    if !reading.cpu.is_empty() {
        let cores = reading.cores.map(|cores| format!(", {cores} cores")).unwrap_or_default();
        notes.found("Processor", format!("{}{cores}", processor(&reading.cpu)), "sysinfo");
    }
    let memory = system_memory(world, reading, notes);
    if around.wsl.is_some() {
        notes.warn(Warning::WslShare(memory.total));
    }
    let cards = cards(world, reading, linux, notes);
    let mut machine = judged(&cards, &memory, reading, catalog, &world.today(), notes);
    machine.os = Some(system(name, runs_in));
    machine
}

/// `Debian 12`; sysinfo says `Debian GNU/Linux` and `12`.
fn os_name(reading: &SystemReading) -> String {
    let name = reading.os_name.as_deref().unwrap_or("unknown system").replace(" GNU/Linux", "");
    match reading.os_version.as_deref().filter(|version| !version.is_empty()) {
        Some(version) => format!("{name} {version}"),
        None => name,
    }
}

/// Total and free system memory, within the control group's limit if there is one.
fn system_memory(world: &dyn World, reading: &SystemReading, notes: &mut Notes) -> SystemMemory {
    let origin = "sysinfo".to_owned();
    let Some(total) = reading::memory(reading.total) else {
        if reading.total > 0 {
            let text = format!("{} bytes", reading.total);
            notes.warn(Warning::NotPlausible { what: "Memory", origin: origin.clone(), text });
        }
        notes.warn(Warning::MemoryUnknown);
        return SystemMemory { total: Bytes::ZERO, free: Bytes::ZERO, origin };
    };
    notes.found("Memory", show_gib(total), &origin);
    let free = Bytes::new(count(reading.available)).min(total);
    let mut memory = SystemMemory { total, free, origin };
    if let Some(limit) = group::limit(world, total) {
        notes.found("Memory limit", show_gib(limit.limit), &limit.origin);
        notes.warn(Warning::GroupLimit { limit: limit.limit, total });
        let left = limit.limit - limit.used.unwrap_or(Bytes::ZERO);
        memory =
            SystemMemory { total: limit.limit, free: free.min(left).max(Bytes::ZERO), origin: limit.origin };
    }
    notes.found("Free now", show_gib(memory.free), &memory.origin);
    memory
}

fn cards(world: &dyn World, reading: &SystemReading, linux: bool, notes: &mut Notes) -> Vec<Card> {
    let adapters = if linux { drm::adapters(world, &reading.cpu, notes) } else { drm::Adapters::default() };
    let mut cards = nvidia::cards(world, adapters.nvidia, notes);
    cards.extend(adapters.amd);
    cards
}

/// The machine as a workload sees it: on a card, on a GPU that shares memory, or on the processor.
fn judged(
    cards: &[Card],
    memory: &SystemMemory,
    reading: &SystemReading,
    catalog: &[Arc<Machine>],
    date: &str,
    notes: &mut Notes,
) -> Machine {
    let known_shared = |card: &Card| !matching::named(catalog, card.vendor, &names(card, reading)).is_empty();
    if let Some(chosen) = card::choose(cards, known_shared, notes) {
        return match chosen.card.kind.clone() {
            CardKind::Shared { carved_out, carved_out_free, limit } => {
                let total = memory.total + carved_out;
                let free = memory.free + carved_out_free;
                let limit = limit.map(|limit| capped(limit, total));
                shared(&chosen.card, total, free, limit, (memory, reading, catalog, date), notes)
            }
            CardKind::Own { .. } | CardKind::Unknown => own(&chosen, memory, catalog, date, notes),
        };
    }
    // A card that tells no memory may be one that the catalog knows to share the system's.
    for card in cards {
        let known = matching::named(catalog, card.vendor, &names(card, reading));
        let unified = known.iter().find_map(|machine| match machine.memory.value() {
            Memory::Unified { gpu_limit, .. } => Some(gpu_limit.clone()),
            Memory::Discrete { .. } | Memory::System { .. } => None,
        });
        if let Some(limit) = unified {
            let limit = limit.map(|limit| capped(limit, memory.total));
            return shared(card, memory.total, memory.free, limit, (memory, reading, catalog, date), notes);
        }
        notes.warn(Warning::CardMemoryUnknown { name: card.name.clone() });
    }
    processor_only(memory, reading, date)
}

/// Names to look for in the catalog: the card's, and where it is part of the processor, the processor's.
fn names<'a>(card: &'a Card, reading: &'a SystemReading) -> Vec<&'a str> {
    match card.kind {
        CardKind::Own { .. } => vec![&card.name],
        CardKind::Shared { .. } | CardKind::Unknown => vec![&card.name, &reading.cpu],
    }
}

/// No limit is above all memory.
fn capped(limit: GpuLimit, total: Bytes) -> GpuLimit {
    GpuLimit { default: limit.default.map(|bytes| bytes.min(total)), ..limit }
}

fn own(
    group: &Group,
    memory: &SystemMemory,
    catalog: &[Arc<Machine>],
    date: &str,
    notes: &mut Notes,
) -> Machine {
    let card = &group.card;
    let CardKind::Own { total, reserved, .. } = card.kind else {
        return bare(
            card.vendor,
            card.name.clone(),
            read(Memory::System { total: memory.total }, &memory.origin, date),
        );
    };
    let driver: Band<Bytes> = limits::driver(card.vendor, reserved);
    let system = Some(memory.total).filter(|total| *total > Bytes::ZERO);
    let pools = Memory::Discrete { vram: total, driver, system };
    let mut machine = bare(card.vendor, card.name.clone(), read(pools, &card.origin, date));
    if group.count > 1 {
        machine.name = format!("{} × {}", group.count, card.name);
    }
    machine.devices = group.count;
    machine.now = group.free.map(|free| read(MemoryNow { free }, &card.origin, date));
    machine.load = card.power_limit.map(|limit| read(limit, format!("{} power limit", card.origin), date));
    matching::card(catalog, card.vendor, &[&card.name], total, notes).fill(&mut machine, notes);
    machine
}

/// What a machine with shared memory is built from, beside the card.
type Around<'a> = (&'a SystemMemory, &'a SystemReading, &'a [Arc<Machine>], &'a str);

fn shared(
    card: &Card,
    total: Bytes,
    free: Bytes,
    limit: Option<GpuLimit>,
    (memory, reading, catalog, date): Around<'_>,
    notes: &mut Notes,
) -> Machine {
    let origin = format!("{} and {}", memory.origin, card.origin);
    notes.found("Shared memory", format!("{}, {} free", show_gib(total), show_gib(free)), &origin);
    let pool = Memory::Unified { total, gpu_limit: limit };
    let mut machine = bare(card.vendor, card.name.clone(), read(pool, &origin, date));
    machine.now = Some(Figure(MemoryNow { free }, crate::spec::Kind::Measured, origin, date.to_owned()));
    machine.load = card.power_limit.map(|limit| read(limit, format!("{} power limit", card.origin), date));
    let names = names(card, reading);
    matching::card(catalog, card.vendor, &names, total, notes).fill(&mut machine, notes);
    machine
}

fn processor_only(memory: &SystemMemory, reading: &SystemReading, date: &str) -> Machine {
    let pool = read(Memory::System { total: memory.total }, &memory.origin, date);
    let mut machine = bare(maker(&reading.cpu), processor(&reading.cpu), pool);
    if memory.total > Bytes::ZERO {
        machine.now = Some(read(MemoryNow { free: memory.free }, &memory.origin, date));
    }
    machine
}
