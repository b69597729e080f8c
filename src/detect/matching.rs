//! Which machines of the catalog this one is, and what they lend it.

use std::sync::Arc;

use super::finding::Notes;
use super::reading::show_bandwidth;
use super::spelling::{is_laptop, key, keys};
use super::warning::Warning;
use crate::spec::{Figure, GpuLimit, Machine, Memory, Peaks, Vendor};
use crate::units::Bytes;

/// How far a driver's figure may lie below the size on the box: error correction on GDDR6 keeps a sixteenth,
/// and firmware a little more.
const HIDDEN_SHARE: f64 = 0.10;

/// Records of the catalog that fit what was detected.
#[derive(Debug, Default)]
pub(super) struct Match<'a> {
    machines: Vec<&'a Machine>,
    /// Those of them in the same case, where the product is known: power depends on it.
    of_product: Vec<&'a Machine>,
    /// False where only the chip is the same and the number of GPU cores is not.
    whole: bool,
    /// Whether all of them are this machine, so that the first one to know a figure lends it. Otherwise they
    /// must agree on it.
    sure: bool,
}

impl<'a> Match<'a> {
    /// The value of the first record that has one, where the others may not differ.
    fn agreed<T: PartialEq + Clone + 'a>(
        &self,
        pick: impl Fn(&'a Machine) -> Option<&'a Figure<T>>,
    ) -> Option<Figure<T>> {
        self.among(&self.machines, pick)
    }

    /// The same among records in the same case.
    fn of_case<T: PartialEq + Clone + 'a>(
        &self,
        pick: impl Fn(&'a Machine) -> Option<&'a Figure<T>>,
    ) -> Option<Figure<T>> {
        self.among(if self.of_product.is_empty() { &self.machines } else { &self.of_product }, pick)
    }

    fn among<T: PartialEq + Clone + 'a>(
        &self,
        machines: &[&'a Machine],
        pick: impl Fn(&'a Machine) -> Option<&'a Figure<T>>,
    ) -> Option<Figure<T>> {
        let mut known = machines.iter().filter_map(|machine| pick(machine));
        let first = known.next()?;
        (self.sure || known.all(|other| other.value() == first.value())).then(|| first.clone())
    }

    /// The record that lends the name.
    pub(super) fn first(&self) -> Option<&'a Machine> {
        self.machines.first().copied()
    }

    /// The GPU limit the catalog has for it, where the system does not tell one.
    pub(super) fn gpu_limit(&self) -> Option<GpuLimit> {
        match self.first()?.memory.value() {
            Memory::Unified { gpu_limit, .. } => gpu_limit.clone(),
            Memory::Discrete { .. } | Memory::System { .. } => None,
        }
    }

    /// Fills what detection cannot read: bandwidth, peak rates, power, the chip's own name.
    pub(super) fn fill(&self, machine: &mut Machine, notes: &mut Notes) {
        let Some(first) = self.machines.first() else { return };
        machine.bandwidth = self.agreed(|known| known.bandwidth.as_ref());
        if let Some(Figure(bandwidth, _, source, _)) = &machine.bandwidth {
            let shown = show_bandwidth(*bandwidth);
            notes.found("Bandwidth", shown, format!("catalog {} ({source})", first.id));
        } else {
            notes.warn(Warning::RecordsDiffer { name: machine.chip.clone() });
        }
        machine.dies = self.agreed(|known| known.dies.as_ref());
        machine.interconnect = self.agreed(|known| known.interconnect.as_ref());
        if !self.whole {
            return;
        }
        machine.peaks = Peaks {
            fp32: self.agreed(|known| known.peaks.fp32.as_ref()),
            fp16: self.agreed(|known| known.peaks.fp16.as_ref()),
            bf16: self.agreed(|known| known.peaks.bf16.as_ref()),
            int8: self.agreed(|known| known.peaks.int8.as_ref()),
            fp8: self.agreed(|known| known.peaks.fp8.as_ref()),
            fp4: self.agreed(|known| known.peaks.fp4.as_ref()),
        };
        machine.load = machine.load.take().or_else(|| self.of_case(|known| known.load.as_ref()));
        machine.idle = self.of_case(|known| known.idle.as_ref());
        machine.gpu_cores = machine.gpu_cores.or(first.gpu_cores);
        machine.chip.clone_from(&first.chip);
        let notes_agree = self.machines.iter().all(|known| known.note == first.note);
        machine.note = first.note.clone().filter(|_note| notes_agree);
        let same = if self.sure { "chip and memory" } else { "chip" };
        notes.found("Catalog record", first.id.clone(), format!("same {same} as {}", first.name));
    }
}

/// Records of an Apple chip: with its GPU cores and memory where there are such, else with one of them.
pub(super) fn apple<'a>(
    catalog: &'a [Arc<Machine>],
    chip: &str,
    gpu_cores: Option<u32>,
    total: Bytes,
    product: Option<&str>,
    notes: &mut Notes,
) -> Match<'a> {
    let of_chip: Vec<&Machine> = catalog
        .iter()
        .map(AsRef::as_ref)
        .filter(|machine| machine.vendor == Vendor::Apple && machine.devices == 1)
        .filter(|machine| machine.chip.eq_ignore_ascii_case(chip))
        .collect();
    if of_chip.is_empty() {
        notes.warn(Warning::NotInCatalog { name: format!("Apple {chip}") });
        return Match::default();
    }
    let of_cores = narrowed(&of_chip, |machine| gpu_cores.is_some() && machine.gpu_cores == gpu_cores);
    if let (None, Some(cores)) = (&of_cores, gpu_cores) {
        notes.warn(Warning::CoresNotInCatalog { chip: chip.to_owned(), cores });
    }
    let whole = of_cores.is_some();
    let chosen = of_cores.unwrap_or(of_chip);
    let of_size = narrowed(&chosen, |machine| same_size(machine, total));
    let sure = whole && of_size.is_some();
    let chosen = of_size.unwrap_or(chosen);
    let of_product = |machine: &Machine| product.is_some_and(|product| machine.name.starts_with(product));
    let of_product = narrowed(&chosen, of_product).unwrap_or_default();
    Match { machines: chosen, of_product, whole, sure }
}

/// Those that satisfy, unless there is none.
fn narrowed<'a>(machines: &[&'a Machine], satisfies: impl Fn(&Machine) -> bool) -> Option<Vec<&'a Machine>> {
    let chosen: Vec<&Machine> = machines.iter().copied().filter(|machine| satisfies(machine)).collect();
    (!chosen.is_empty()).then_some(chosen)
}

/// Memory as the catalog has it, less at most what a driver hides.
fn same_size(machine: &Machine, found: Bytes) -> bool {
    let known = machine.memory.value().capacity();
    known.is_some_and(|known| (1.0 - HIDDEN_SHARE..=1.01).contains(&(found / known).get()))
}

/// Records that answer to one of the names. A name that says more (`Laptop GPU`, `D`, `Max-Q`) is another
/// card.
pub(super) fn named<'a>(catalog: &'a [Arc<Machine>], vendor: Vendor, names: &[String]) -> Vec<&'a Machine> {
    let mut wanted: Vec<String> = names.iter().map(|name| key(name)).filter(|key| !key.is_empty()).collect();
    if vendor == Vendor::Nvidia {
        // The library calls a module by its chip alone (`NVIDIA H200`), cards by their form (`H200 NVL`).
        let modules: Vec<String> = wanted.iter().map(|key| format!("{key}sxm")).collect();
        wanted.extend(modules);
    }
    catalog
        .iter()
        .map(AsRef::as_ref)
        .filter(|machine| machine.vendor == vendor && machine.devices == 1)
        .filter(|machine| keys(machine).iter().any(|key| wanted.contains(key)))
        .collect()
}

/// Records of a card by name and memory. Of a card that shares memory, `memory` is all of it.
pub(super) fn card<'a>(
    catalog: &'a [Arc<Machine>],
    vendor: Vendor,
    names: &[String],
    memory: Bytes,
    notes: &mut Notes,
) -> Match<'a> {
    let by_name = named(catalog, vendor, names);
    let fitting: Vec<&Machine> =
        by_name.iter().copied().filter(|machine| same_size(machine, memory)).collect();
    let name = names.first().cloned().unwrap_or_default();
    match by_name.first() {
        _ if !fitting.is_empty() => {}
        Some(other) => {
            let known = other.memory.value().capacity();
            notes.warn(match known {
                Some(known) => Warning::MemoryDiffers { name, found: memory, known },
                None => Warning::CardMemoryUnknown { name },
            });
        }
        None if is_laptop(&name) => notes.warn(Warning::LaptopCard { name }),
        None => notes.warn(Warning::NotInCatalog { name }),
    }
    let sure = fitting.windows(2).all(|pair| matches!(pair, [one, other] if one.chip == other.chip));
    Match { machines: fitting, of_product: Vec::new(), whole: true, sure }
}
