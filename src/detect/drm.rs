//! Linux: the graphics adapters under `/sys/class/drm`, and the memory AMD's driver tells there.

use super::card::{Card, CardKind};
use super::finding::Notes;
use super::limits;
use super::pci_names;
use super::reading::{self, hex_id};
use super::world::World;
use crate::spec::{Raise, Vendor};
use crate::units::{Bytes, show_gib};

const FOLDER: &str = "/sys/class/drm";
/// All memory of a card; of a GPU in a processor, what firmware sets aside for it.
const VRAM: &str = "mem_info_vram_total";
const AMD: u32 = 0x1002;
/// The GPU in Ryzen AI Max processors, whatever a list of ids calls it.
const STRIX_HALO: u32 = 0x1586;
const NVIDIA: u32 = 0x10de;
const INTEL: u32 = 0x8086;

/// What is plugged in or built in.
#[derive(Debug, Default)]
pub(super) struct Adapters {
    /// Those that may compute, with their memory.
    pub(super) cards: Vec<Card>,
    /// Whether one is NVIDIA's; NVML tells the rest.
    pub(super) nvidia: bool,
}

/// Looks at every adapter once.
pub(super) fn adapters(world: &dyn World, cpu: &str, notes: &mut Notes) -> Adapters {
    let mut found = Adapters::default();
    let cards = world.list(FOLDER).unwrap_or_default();
    for card in cards.iter().filter(|name| is_card(name)) {
        let device = format!("{FOLDER}/{card}/device");
        let id = |file: &str| hex_id(&reading::text(world, &format!("{device}/{file}")).ok()?);
        let (Some(vendor), Some(product)) = (id("vendor"), id("device")) else { continue };
        match vendor {
            AMD => {
                let name = amd_name(world, &device, product, id("revision"), cpu);
                found.cards.push(amd(world, &device, product, name, notes));
            }
            NVIDIA => found.nvidia = true,
            _ => {
                let name = pci_names::of_pci_ids(world, vendor, product);
                let maker = if vendor == INTEL { "Intel" } else { "unknown maker" };
                let name = name.unwrap_or_else(|| format!("{maker} adapter {vendor:04x}:{product:04x}"));
                notes.found("Adapter", format!("{name}, not counted"), device);
            }
        }
    }
    found
}

/// `card0`, not its connectors `card0-DP-1` nor `renderD128`.
fn is_card(name: &str) -> bool {
    name.strip_prefix("card")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name its firmware, the driver's list or the processor gives it.
fn amd_name(world: &dyn World, device: &str, product: u32, revision: Option<u32>, cpu: &str) -> String {
    let of_firmware = reading::text(world, &format!("{device}/product_name")).ok();
    of_firmware
        .and_then(|name| reading::name(&name))
        .or_else(|| pci_names::of_amd_driver(world, product, revision?))
        .or_else(|| pci_names::of_pci_ids(world, AMD, product))
        .or_else(|| pci_names::of_processor(cpu))
        .unwrap_or_else(|| format!("AMD adapter 1002:{product:04x}"))
}

fn amd(world: &dyn World, device: &str, product: u32, name: String, notes: &mut Notes) -> Card {
    let mut size =
        |file: &str| reading::memory_file(world, &format!("{device}/{file}"), "Device memory", notes);
    let vram = size(VRAM);
    let shared = size("mem_info_gtt_total");
    let used = reading::text(world, &format!("{device}/mem_info_vram_used")).ok();
    let used = used
        .and_then(|text| reading::whole_number(&text))
        .map(|bytes| Bytes::new(crate::units::count(bytes)));
    let free = |vram: Bytes| used.map(|used| (vram - used).max(Bytes::ZERO));
    let built_in = is_built_in(world, device, product, &name);
    let kind = match (built_in, vram) {
        (true, _) => {
            let carved_out = vram.unwrap_or(Bytes::ZERO);
            let limit = shared.map(|shared| limits::shared_pools(carved_out, shared, Raise::PagesLimit));
            CardKind::Shared { carved_out, carved_out_free: free(carved_out).unwrap_or(Bytes::ZERO), limit }
        }
        (false, Some(total)) => CardKind::Own { total, free: free(total), reserved: None },
        (false, None) if world.read(&format!("{device}/{VRAM}")).is_ok() => CardKind::Absurd,
        (false, None) => CardKind::Unknown,
    };
    let shown = match &kind {
        CardKind::Own { total, free, .. } => {
            let free = free.map(|free| format!(", {} free", show_gib(free))).unwrap_or_default();
            format!("{name}, {}{free}", show_gib(*total))
        }

        CardKind::Shared { carved_out, .. } => {
            let shared = shared.map(|shared| format!(" and up to {} shared", show_gib(shared)));
            format!("{name}, {} set aside{}", show_gib(*carved_out), shared.unwrap_or_default())
        }
        CardKind::Unknown | CardKind::Absurd => name.clone(),
    };
    notes.found("AMD adapter", shown, device);
    Card { name, vendor: Vendor::Amd, kind, power_limit: None, origin: device.to_owned() }
}

/// Whether the GPU is part of the processor. The third byte of `gpu_metrics` is its format: 1 for cards,
/// 2 and 3 for processors (Linux, `kgd_pp_interface.h`). Without that file the PCI id tells, or AMD's naming:
/// built-in ones are called `… Graphics`.
fn is_built_in(world: &dyn World, device: &str, product: u32, name: &str) -> bool {
    let metrics = world.read(&format!("{device}/gpu_metrics")).ok();
    match metrics.as_deref().and_then(|bytes| bytes.get(2)) {
        Some(1) => false,
        Some(2 | 3) => true,
        _ => product == STRIX_HALO || name.ends_with("Graphics"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connectors_are_no_cards() {
        let names = ["card0", "card12", "card0-DP-1", "renderD128", "card", "version"];
        let cards: Vec<&str> = names.into_iter().filter(|name| is_card(name)).collect();
        assert_eq!(cards, ["card0", "card12"]);
    }
}
