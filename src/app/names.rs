//! How machines are called.

use std::borrow::Cow;

use crate::app::text;
use crate::detect::THIS;
use crate::spec::{Machine, Memory, Offer, Vendor};
use crate::units::{Bytes, show_decimals, show_price, show_rent};

/// Words that a name does without where room is scarce.
const MAKERS: [&str; 4] = ["Apple ", "GeForce ", "Radeon ", "NVIDIA "];

/// Whether it is the detected one.
pub(super) fn is_this(machine: &Machine) -> bool {
    machine.id == THIS
}

/// In a line or a label: `This Mac`, `RTX 4090 24 GB`.
pub(super) fn short(machine: &Machine) -> String {
    match (is_this(machine), machine.vendor) {
        (true, Vendor::Apple) => text::this_mac().to_owned(),
        (true, _) => text::this_machine().to_owned(),
        (false, _) => machine.name.clone(),
    }
}

/// As a sentence goes on: `on this MacBook Pro M5 Max 64 GB`, `on RTX 4090 24 GB`.
pub(super) fn in_sentence(machine: &Machine) -> String {
    match (is_this(machine), machine.vendor) {
        (true, Vendor::Apple) => text::names_this(&machine.name),
        (true, _) => text::names_this_machine().to_owned(),
        (false, _) => machine.name.clone(),
    }
}

/// What stands on the box, without the memory: `Mac Studio M5 Max`, `RTX 4090`.
fn without_memory(name: &str) -> &str {
    let name = name.trim();
    let without_unit = name.strip_suffix("GB").or_else(|| name.strip_suffix("TB")).unwrap_or(name);
    if without_unit.len() == name.len() {
        return name;
    }
    without_unit.trim_end().trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == '.').trim_end()
}

/// A name without the GPU cores at its end, and those: `Mac Studio M5 Ultra 256 GB`, `64-core`.
fn without_cores(name: &str) -> (&str, Option<&str>) {
    let cores = name.trim().strip_suffix(" GPU)").and_then(|rest| rest.rsplit_once(" ("));
    match cores {
        Some((rest, cores)) if cores.ends_with("-core") => (rest, Some(cores)),
        _ => (name.trim(), None),
    }
}

/// In the list: without memory and GPU cores, which stand beside it, and without the maker.
pub(crate) fn listed(machine: &Machine) -> Cow<'_, str> {
    let name = without_memory(without_cores(&machine.name).0);
    let (count, one) = name.split_once(" × ").map_or(("", name), |(count, one)| (count, one));
    let one = MAKERS.iter().find_map(|maker| one.strip_prefix(maker)).unwrap_or(one);
    if count.is_empty() { Cow::Borrowed(one) } else { Cow::Owned(format!("{count} × {one}")) }
}

/// The same with the words for a kind of machine in few letters: `Studio M5 Ultra`.
pub(crate) fn shorter(listed: &str) -> String {
    let kinds =
        [("MacBook Pro", "MBP"), ("MacBook Air", "MBA"), ("Mac Studio", "Studio"), ("Mac mini", "mini")];
    kinds.iter().fold(listed.to_owned(), |name, (kind, few)| name.replace(kind, few))
}

/// What kind of machine this one is, beside its name and without its memory: `MBP M5 Max`; of others nothing.
pub(super) fn kind(machine: &Machine) -> String {
    if is_this(machine) { shorter(&listed(machine)) } else { String::new() }
}

/// What tells machines of one name apart: memory, and GPU cores where the name has them: `64-core 256 GB`.
pub(super) fn beside(machine: &Machine) -> String {
    let cores = without_cores(&machine.name).1.map(str::to_owned);
    let memory = Some(memory(machine)).filter(|memory| !memory.is_empty());
    cores.into_iter().chain(memory).collect::<Vec<_>>().join(" ")
}

/// The memory a buyer knows it by: `64 GB` for 64 GiB, of unlike cards `16 + 24 GB`; empty where it is unknown.
pub(super) fn memory(machine: &Machine) -> String {
    if !machine.cards.is_empty() {
        let each = machine.cards.iter().map(|card| {
            let one = memory(card);
            let one = one.strip_suffix(" GB").unwrap_or(&one);
            if card.devices > 1 { format!("{} × {one}", card.devices) } else { one.to_owned() }
        });
        return format!("{} GB", each.collect::<Vec<_>>().join(" + "));
    }
    let Some(gib) = machine.memory.value().capacity().map(Bytes::as_gib) else { return String::new() };
    format!("{} GB", show_decimals(gib, usize::from(gib < 10.0 && gib.fract() > 0.05)))
}

/// Beside a line of the plot, where room is scarce: `RTX 4090`, with the memory where the name alone leaves it open.
pub(super) fn on_plot(machine: &Machine) -> String {
    if is_this(machine) {
        return short(machine);
    }
    let name = listed(machine);
    let name = name.split_once(" (").map_or(name.as_ref(), |(name, _)| name);
    match machine.memory.value() {
        Memory::Unified { .. } => format!("{} {}", shorter(name), beside(machine)),
        Memory::Discrete { .. } | Memory::System { .. } => name.to_owned(),
    }
}

/// What it costs, as the list says it, with whose price it is; empty where no price is known.
pub(super) fn price(machine: &Machine) -> String {
    match &machine.offer {
        Some(Offer::Buy(price)) if !is_this(machine) => {
            format!("{} {}", bare_price(machine), price.basis.key())
        }
        _ => bare_price(machine),
    }
}

/// The same without whose price it is.
pub(super) fn bare_price(machine: &Machine) -> String {
    match &machine.offer {
        _ if is_this(machine) => text::machine_owned().to_owned(),
        Some(Offer::Buy(price)) => show_price(*price.value()),
        Some(Offer::Rent(figure)) => text::names_h(&show_rent(*figure.value())),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn what_tells_machines_apart_stands_beside_the_name() {
        let catalog = Catalog::built_in();
        let said = |id: &str| {
            let machine = catalog.machine(id).expect("it is listed");
            (listed(machine).into_owned(), beside(machine), on_plot(machine))
        };
        let both = |id: &str| {
            let (name, beside, _) = said(id);
            format!("{name} | {beside}")
        };
        assert_eq!(both("mac-studio-m5-ultra-256gb"), "Mac Studio M5 Ultra | 64-core 256 GB");
        assert_eq!(both("mac-studio-m5-ultra-256gb-80c"), "Mac Studio M5 Ultra | 80-core 256 GB");
        assert_eq!(both("mac-studio-m5-max-64gb"), "Mac Studio M5 Max | 64 GB");
        assert_eq!(both("rtx-4090-24gb"), "RTX 4090 | 24 GB");
        assert_eq!(said("mac-studio-m5-ultra-256gb").2, "Studio M5 Ultra 64-core 256 GB");
    }

    #[test]
    fn no_two_machines_of_the_catalog_read_alike_in_the_list() {
        let catalog = Catalog::built_in();
        let mut seen = std::collections::BTreeMap::new();
        for machine in &catalog.machines {
            let read = format!("{} {}", shorter(&listed(machine)), beside(machine));
            if let Some(other) = seen.insert(read.clone(), machine.name.clone()) {
                assert_eq!(other, machine.name, "both read {read}");
            }
        }
    }
}
