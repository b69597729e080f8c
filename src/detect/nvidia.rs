//! NVIDIA cards, from what NVML says.

use super::card::{Card, CardKind};
use super::finding::Notes;
use super::reading::{self, MOST_DEVICES};
use super::warning::Warning;
use super::world::{NvmlCard, NvmlMemory, ProbeError, World};
use crate::spec::Vendor;
use crate::units::{Bytes, Watts, count, show_gib};

const ORIGIN: &str = "NVML";

/// The cards of the management library. `on_the_bus` says that a card of NVIDIA's is plugged in, which makes
/// a missing library worth a warning.
pub(super) fn cards(world: &dyn World, on_the_bus: bool, notes: &mut Notes) -> Vec<Card> {
    let reading = match world.nvml() {
        Ok(reading) => reading,
        Err(problem) => {
            match (problem, on_the_bus) {
                (ProbeError::NotFound, true) => notes.warn(Warning::NvidiaNotInstalled),
                (ProbeError::NotFound, false) => {
                    notes.found("NVIDIA cards", "none", "NVML (library not installed)");
                }
                (problem, _) => notes.warn(Warning::NvidiaDriver(problem)),
            }
            return Vec::new();
        }
    };
    let count = usize::try_from(reading.count).unwrap_or(usize::MAX).max(reading.cards.len());
    if count > MOST_DEVICES {
        let text = format!("{count} devices");
        notes.warn(Warning::NotPlausible { what: "Number of NVIDIA cards", origin: ORIGIN.to_owned(), text });
        return Vec::new();
    }
    if reading.cards.is_empty() {
        notes.found("NVIDIA cards", "none", ORIGIN);
    }
    if let Some(driver) = reading.driver.as_deref().and_then(reading::name) {
        notes.found("NVIDIA driver", driver, ORIGIN);
    }
    reading.cards.iter().enumerate().filter_map(|(index, card)| of(index, card, notes)).collect()
}

fn of(index: usize, card: &NvmlCard, notes: &mut Notes) -> Option<Card> {
    for problem in &card.problems {
        // A card that shares system memory has none of its own to tell; that is decided by its name.
        if card.name.is_none() {
            notes.warn(Warning::NvidiaDriver(ProbeError::Failed(problem.clone())));
        }
    }
    let name = card.name.as_deref().and_then(reading::name)?;
    let label = format!("Card {index}");
    let kind = card.memory.map_or(CardKind::Unknown, |memory| own_memory(memory, notes));
    let mut shown = name.clone();
    if let CardKind::Own { total, free, .. } = &kind {
        let free = free.map(|free| format!(", {} free", show_gib(free))).unwrap_or_default();
        shown = format!("{name}, {}{free}", show_gib(*total));
    }
    notes.found(&label, shown, ORIGIN);
    if let (Some(generation), Some(lanes)) = (card.pcie_generation, card.pcie_lanes) {
        notes.found(&format!("{label} link"), format!("PCIe {generation}.0 ×{lanes}"), ORIGIN);
    }
    let power_limit = card.power_limit_mw.filter(|milliwatts| (1_000..=10_000_000).contains(milliwatts));
    let power_limit = power_limit.map(|milliwatts| Watts::new(f64::from(milliwatts) / 1e3));
    if let Some(limit) = power_limit {
        notes.found(&format!("{label} power limit"), format!("{:.0} W", limit.get()), ORIGIN);
    }
    Some(Card { name, vendor: Vendor::Nvidia, kind, power_limit, origin: ORIGIN.to_owned() })
}

/// Memory that adds up; a driver that claims more free than there is tells nothing.
fn own_memory(memory: NvmlMemory, notes: &mut Notes) -> CardKind {
    let believable = reading::memory(memory.total)
        .filter(|_total| memory.free <= memory.total && memory.reserved < memory.total);
    let Some(total) = believable else {
        let text = format!("{} bytes, {} free, {} reserved", memory.total, memory.free, memory.reserved);
        notes.warn(Warning::NotPlausible { what: "Device memory", origin: ORIGIN.to_owned(), text });
        return CardKind::Absurd;
    };
    CardKind::Own {
        total,
        free: Some(Bytes::new(count(memory.free))),
        reserved: Some(Bytes::new(count(memory.reserved))).filter(|reserved| *reserved > Bytes::ZERO),
    }
}
