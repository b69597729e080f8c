//! From records to machines: one machine a memory size, and one a product.

use super::limits::MemoryLimits;
use super::record::{Chip, Pool, Product, Range, Size};
use crate::spec::{Availability, Figure, GpuLimit, Machine, Memory, Offer, Price, Rental, Vendor};
use crate::units::{Band, Bytes, whole};

/// One machine for each memory size of a chip.
pub(super) fn chip_machines(chip: &Chip, limits: &MemoryLimits) -> Vec<Machine> {
    chip.sizes.iter().map(|size| chip_machine(chip, size, limits)).collect()
}

fn chip_machine(chip: &Chip, size: &Size, limits: &MemoryLimits) -> Machine {
    let Ids { id, aliases } = ids(chip, size);
    let Figure(total, kind, source, date) = size.memory.clone();
    let availability = size.availability.unwrap_or(chip.availability);
    Machine {
        id,
        aliases,
        name: sized_name(chip, total),
        vendor: chip.vendor,
        chip: chip.chip.clone(),
        gpu_cores: chip.gpu_cores,
        dies: chip.dies.clone(),
        devices: 1,
        cards: Vec::new(),
        interconnect: chip.interconnect.clone(),
        memory: Figure(memory(chip, size, total, limits), kind, source, date),
        bandwidth: size.bandwidth.clone().or_else(|| chip.bandwidth.clone()),
        system_bandwidth: None,
        peaks: chip.peaks.clone(),
        load: chip.load.clone(),
        idle: chip.idle.clone(),
        offer: size.price.clone().map(|price| Offer::Buy(Price::new(price, size.priced.as_ref()))),
        rental: Rental::default(),
        body: chip.body.clone(),
        availability,
        released: chip.released.clone().filter(|_| availability != Availability::Announced),
        runs: Vec::new(),
        os: None,
        now: None,
        note: joined(chip.note.as_ref(), size.note.as_ref()),
    }
}

/// A product: its base, with what the product says itself laid over it.
pub(super) fn product_machine(product: &Product, base: &Machine) -> Machine {
    let mut machine = base.with_devices(product.devices.unwrap_or(base.devices));
    machine.id.clone_from(&product.id);
    machine.aliases.clone_from(&product.aliases);
    machine.name.clone_from(&product.name);
    machine.availability = product.availability;
    machine.note = joined(product.note.as_ref(), base.note.as_ref());
    let offer = match (&product.price, &product.rent) {
        (Some(price), _) => Some(Offer::Buy(Price::new(price.clone(), product.priced.as_ref()))),
        (None, rent) => rent.clone().map(Offer::Rent),
    };
    machine.offer = offer;
    machine.rental.clone_from(&product.rental);
    machine.load = product.load.clone().or(machine.load);
    machine.idle = product.idle.clone().or(machine.idle);
    machine.body = product.body.or(&machine.body);
    machine.released = match product.availability {
        Availability::Announced => product.released.clone(),
        Availability::OnSale | Availability::Discontinued | Availability::Owned => {
            product.released.clone().or(machine.released)
        }
    };
    if let (Some(figure), Memory::Discrete { system, .. }) = (&product.system, &mut machine.memory.0) {
        *system = Some(*figure.value());
    }
    machine
}

struct Ids {
    id: String,
    aliases: Vec<String>,
}

/// The chip's id with the memory size, said once: `rtx-4090-24gb`, but `a100-80gb-sxm`.
fn ids(chip: &Chip, size: &Size) -> Ids {
    let gib = whole(size.memory.value().as_gib());
    let suffix = format!("{gib}gb");
    let sized = format!("{}-{suffix}", chip.id);
    let says_it = chip.id.split('-').any(|word| word == suffix);
    let alone = chip.sizes.len() == 1;
    let mut ids = match (says_it, alone) {
        (true, _) => Ids { id: chip.id.clone(), aliases: vec![sized] },
        (false, true) => Ids { id: sized, aliases: vec![chip.id.clone()] },
        (false, false) => Ids { id: sized, aliases: Vec::new() },
    };
    // What leaves the memory open names none of several sizes.
    let sized = |alias: &String| if alone { alias.clone() } else { format!("{alias}-{suffix}") };
    ids.aliases.extend(chip.aliases.iter().map(sized));
    ids
}

/// The name with the memory size where the chip comes in several or the name leaves it open.
fn sized_name(chip: &Chip, total: Bytes) -> String {
    let size = format!("{} GB", whole(total.as_gib()));
    let said = chip.name.contains(&size) || chip.name.contains(&size.replace(' ', ""));
    if said || (chip.pool == Pool::Discrete && chip.sizes.len() == 1) {
        chip.name.clone()
    } else {
        format!("{} {size}", chip.name)
    }
}

fn memory(chip: &Chip, size: &Size, total: Bytes, limits: &MemoryLimits) -> Memory {
    match chip.pool {
        Pool::Unified => Memory::Unified { total, gpu_limit: gpu_limit(chip, size, total, limits) },
        Pool::Discrete => Memory::Discrete {
            vram: total,
            driver: limits.driver_reserve(chip.vendor) + Band::exact(hidden(size, total)),
            system: None,
        },
        Pool::System => Memory::System { total },
    }
}

/// Device memory the driver does not even show.
fn hidden(size: &Size, total: Bytes) -> Bytes {
    size.visible.as_ref().map_or(Bytes::ZERO, |visible| (total - *visible.value()).max(Bytes::ZERO))
}

fn gpu_limit(chip: &Chip, size: &Size, total: Bytes, limits: &MemoryLimits) -> Option<GpuLimit> {
    let published = |range: &Range<Bytes>, source: &str, date: &str| {
        GpuLimit::fixed(
            range.band(),
            format!("{} ({source}, {date})", size.note.as_deref().unwrap_or("as published")),
        )
    };
    if let Some(Figure(range, _, source, date)) = &size.left_by_system {
        return Some(GpuLimit { whole_pool: true, ..published(range, source, date) });
    }
    if let Some(Figure(range, _, source, date)) = &size.gpu_limit {
        return Some(published(range, source, date));
    }
    if chip.vendor == Vendor::Apple {
        return Some(limits.gpu_limit(total, limits.macos_sold_with(chip.released.as_deref()), None));
    }
    limits.shared_limit(chip.vendor, &chip.name, total)
}

fn joined(first: Option<&String>, second: Option<&String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) if first != second => Some(format!("{first}; {second}")),
        (first, second) => first.or(second).cloned(),
    }
}
