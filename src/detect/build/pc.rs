//! Everything that is no Mac.

use std::sync::Arc;

use super::system::{self, SystemMemory};
use super::{bare, maker, processor, read};
use crate::detect::card::{self, Card, CardKind, Group};
use crate::detect::finding::Notes;
use crate::detect::warning::Warning;
use crate::detect::world::{Platform, SystemReading, World};
use crate::detect::{drm, limits, matching, nvidia, pci_names, reading, registry, surroundings};
use crate::spec::{Figure, GpuLimit, Kind, Machine, Memory, MemoryNow, OperatingSystem, Os, Raise};
use crate::units::{Bytes, Watts, show_gib};

/// What a machine is built from.
struct Parts<'a> {
    memory: SystemMemory,
    cards: Vec<Card>,
    cpu: &'a str,
    catalog: &'a [Arc<Machine>],
    date: String,
    os: Os,
}

pub(crate) fn pc(
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
    if let Some(model) = model(world) {
        notes.found("Model", model, "/sys/class/dmi/id");
    }
    if !reading.cpu.is_empty() {
        let cores = reading.cores.map(|cores| format!(", {cores} cores")).unwrap_or_default();
        notes.found("Processor", format!("{}{cores}", processor(&reading.cpu)), "sysinfo");
    }
    let memory = system::memory(world, reading, notes);
    if around.wsl.is_some() && memory.is_known() {
        notes.warn(Warning::WslShare(memory.total));
    }
    let cards = cards(world, &reading.cpu, notes);
    let os = match world.platform() {
        Platform::Linux => Os::Linux,
        Platform::Windows => Os::Windows,
        Platform::MacOs | Platform::Other => Os::Auto,
    };
    let parts = Parts { memory, cards, cpu: &reading.cpu, catalog, date: world.today(), os };
    let mut machine = evaluated(&parts, notes);
    machine.os = Some(OperatingSystem { name, virtualised: runs_in });
    machine
}

/// `Debian 12`; sysinfo says `Debian GNU/Linux` and `12`.
fn os_name(reading: &SystemReading) -> String {
    let name = reading.os_name.as_deref().and_then(reading::name);
    let name = name.unwrap_or_else(|| "unknown system".to_owned()).replace(" GNU/Linux", "");
    match reading.os_version.as_deref().and_then(reading::name) {
        Some(version) => format!("{name} {version}"),
        None => name,
    }
}

/// Maker and product as the firmware says; makers of bare boards leave a placeholder.
fn model(world: &dyn World) -> Option<String> {
    const PLACEHOLDERS: [&str; 4] = ["System Product Name", "To Be Filled", "Default string", "To be filled"];
    let line = |file: &str| reading::text(world, &format!("/sys/class/dmi/id/{file}")).unwrap_or_default();
    let (maker, product) = (line("sys_vendor"), line("product_name"));
    let (maker, product) = (maker.trim(), product.trim());
    let told = !product.is_empty() && !PLACEHOLDERS.iter().any(|text| product.starts_with(text));
    told.then(|| reading::name(&format!("{maker} {product}"))).flatten()
}

fn cards(world: &dyn World, cpu: &str, notes: &mut Notes) -> Vec<Card> {
    let others = match world.platform() {
        Platform::Linux => drm::adapters(world, cpu, notes),
        Platform::Windows => registry::adapters(world, notes),
        Platform::MacOs | Platform::Other => drm::Adapters::default(),
    };
    let mut cards = nvidia::cards(world, others.nvidia, notes);
    cards.extend(others.cards);
    cards
}

/// The machine as a workload sees it: on a card, on a GPU that shares memory, or on the processor.
fn evaluated(parts: &Parts<'_>, notes: &mut Notes) -> Machine {
    let known_shared = |card: &Card| !found(parts, card).is_empty();
    if let Some(chosen) = card::choose(&parts.cards, known_shared, notes) {
        return match &chosen.card.kind {
            CardKind::Own { total, reserved, .. } => own(parts, &chosen, *total, *reserved, notes),
            CardKind::Shared { carved_out, carved_out_free, limit } => {
                let pool = (parts.memory.total + *carved_out, parts.memory.free + *carved_out_free);
                let heaps = (parts.os == Os::Windows && *carved_out > Bytes::ZERO).then(|| {
                    let half = parts.memory.total / 2.0;
                    limits::shared_pools(*carved_out, half, Raise::VariableGraphicsMemory)
                });
                shared(parts, &chosen.card, pool, limit.clone().or(heaps), notes)
            }
            CardKind::Unknown | CardKind::Absurd => untold(parts, &chosen.card, notes),
        };
    }
    // A card that tells no memory may be one that the catalog knows to share the system's.
    for card in parts.cards.iter().filter(|card| card.kind == CardKind::Unknown) {
        let is_unified = |machine: &&Machine| matches!(machine.memory.value(), Memory::Unified { .. });
        if found(parts, card).iter().any(is_unified) {
            return shared(parts, card, (parts.memory.total, parts.memory.free), None, notes);
        }
    }
    match parts.cards.first() {
        Some(card) => untold(parts, card, notes),
        None => on_processor(parts, notes),
    }
}

/// A card that does not tell its memory. What fits it is unknown, and the processor beside it says nothing of it.
fn untold(parts: &Parts<'_>, card: &Card, notes: &mut Notes) -> Machine {
    notes.warn(Warning::CardMemoryUnknown { name: card.name.clone() });
    let system = Some(parts.memory.total).filter(|_total| parts.memory.is_known());
    let pools = Memory::Discrete { vram: Bytes::ZERO, driver: limits::driver(card.vendor, None), system };
    let mut machine = bare(card.vendor, card.name.clone(), read(pools, "not told", &parts.date));
    machine.memory.1 = Kind::Estimate;
    parts.memory.note(true, notes);
    machine.load = power(card, &parts.date);
    machine
}

/// Records of the catalog that answer to the card.
fn found<'a>(parts: &Parts<'a>, card: &Card) -> Vec<&'a Machine> {
    matching::named(parts.catalog, card.vendor, &names(parts, card))
}

/// Names to look for: those the card may have, and where it is part of the processor, the processor's.
fn names(parts: &Parts<'_>, card: &Card) -> Vec<String> {
    let mut names = pci_names::alternatives(&card.name);
    if !matches!(card.kind, CardKind::Own { .. }) {
        names.push(parts.cpu.to_owned());
    }
    names
}

fn own(parts: &Parts<'_>, group: &Group, vram: Bytes, reserved: Option<Bytes>, notes: &mut Notes) -> Machine {
    let card = &group.card;
    let system = Some(parts.memory.total).filter(|_total| parts.memory.is_known());
    let pools = Memory::Discrete { vram, driver: limits::driver(card.vendor, reserved), system };
    let mut machine = bare(card.vendor, card.name.clone(), read(pools, &card.origin, &parts.date));
    if group.count > 1 {
        machine.name = format!("{} × {}", group.count, card.name);
        notes.found("Cards", group.count.to_string(), &card.origin);
    }
    machine.devices = group.count;
    notes.found("Memory", show_gib(vram), &card.origin);
    if let Some(free) = group.free {
        notes.found("Free now", show_gib(free), &card.origin);
        machine.now = Some(read(MemoryNow { free }, &card.origin, &parts.date));
    }
    parts.memory.note(true, notes);
    machine.load = power(card, &parts.date);
    matching::card(parts.catalog, card.vendor, &names(parts, card), vram, notes).fill(&mut machine, notes);
    machine
}

fn shared(
    parts: &Parts<'_>,
    card: &Card,
    (total, free): (Bytes, Bytes),
    limit: Option<GpuLimit>,
    notes: &mut Notes,
) -> Machine {
    let origin = format!("{} and {}", parts.memory.origin, card.origin);
    // What firmware sets aside is a part of a whole that is not told.
    let total = if parts.memory.is_known() { total } else { Bytes::ZERO };
    if parts.memory.is_known() {
        notes.found("Memory", show_gib(total), &origin);
        notes.found("Free now", show_gib(free), &origin);
    }
    let known = matching::card(parts.catalog, card.vendor, &names(parts, card), total, notes);
    // No limit is above all memory.
    let gpu_limit = limit
        .or_else(|| known.gpu_limit().map(|limit| limit.with_system(parts.os).clone()))
        .map(|limit| limits::of_total(limit, total))
        .filter(|_limit| parts.memory.is_known());
    if let Some(limit) = &gpu_limit {
        notes.found("Default GPU limit", reading::show_band(&limit.default), limit.basis.clone());
    }
    let mut pool = read(Memory::Unified { total, gpu_limit }, &origin, &parts.date);
    if !parts.memory.is_known() {
        pool.1 = Kind::Estimate;
    }
    let mut machine = bare(card.vendor, processor(parts.cpu), pool);
    machine.chip.clone_from(&card.name);
    machine.now = parts.memory.is_known().then(|| read(MemoryNow { free }, origin, &parts.date));
    machine.load = power(card, &parts.date);
    known.fill(&mut machine, notes);
    if let Some(known) = known.first() {
        machine.name.clone_from(&known.name);
    }
    machine
}

/// Power under load, as far as the driver lets the card go.
fn power(card: &Card, date: &str) -> Option<Figure<Watts>> {
    card.power_limit.map(|limit| read(limit, format!("{} power limit", card.origin), date))
}

fn on_processor(parts: &Parts<'_>, notes: &mut Notes) -> Machine {
    let SystemMemory { total, free, origin } = &parts.memory;
    parts.memory.note(false, notes);
    let mut pool = read(Memory::System { total: *total }, origin, &parts.date);
    if !parts.memory.is_known() {
        pool.1 = Kind::Estimate;
    }
    let mut machine = bare(maker(parts.cpu), processor(parts.cpu), pool);
    machine.now = parts.memory.is_known().then(|| read(MemoryNow { free: *free }, origin, &parts.date));
    machine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_named_as_people_say() {
        let name = |name: Option<&str>, version: Option<&str>| {
            os_name(&SystemReading {
                os_name: name.map(str::to_owned),
                os_version: version.map(str::to_owned),
                ..SystemReading::default()
            })
        };
        assert_eq!(name(Some("Debian GNU/Linux"), Some("12")), "Debian 12");
        assert_eq!(name(Some("Windows"), Some("11 (26100)")), "Windows 11 (26100)");
        assert_eq!(name(Some("Arch Linux"), Some("")), "Arch Linux");
        assert_eq!(name(None, None), "unknown system");
    }
}
