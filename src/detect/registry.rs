//! Windows: display adapters and their memory, as their drivers leave them in the registry.

use std::collections::BTreeMap;
use std::time::Duration;

use super::card::{Card, CardKind};
use super::drm::Adapters;
use super::finding::Notes;
use super::reading;
use super::world::World;
use crate::spec::Vendor;
use crate::units::{Bytes, count, show_gib};

/// The class of display adapters.
const CLASS: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}";
const NAME: &str = "DriverDesc";
/// Device memory in 64 bits; the older value beside it ends at 4 GiB.
const MEMORY: &str = "HardwareInformation.qwMemorySize";
const LIMIT: Duration = Duration::from_secs(5);
const ORIGIN: &str = "Windows registry, display adapters";

/// Adapters with a name. NVIDIA's are told by its own library.
pub(super) fn adapters(world: &dyn World, notes: &mut Notes) -> Adapters {
    let values = |name: &str| {
        let output = world.run("reg", &["query", CLASS, "/s", "/v", name], LIMIT);
        output.map(|output| values(&output.text, name)).unwrap_or_default()
    };
    let memories = values(MEMORY);
    let mut found = Adapters::default();
    for (key, name) in values(NAME) {
        let Some(name) = reading::name(&name.replace("(R)", "").replace("(TM)", "")) else { continue };
        let lower = name.to_lowercase();
        if lower.contains("nvidia") {
            found.nvidia = true;
            continue;
        }
        let size = memories.get(&key).and_then(|text| size(text));
        let card = of(name, &lower, size);
        notes.found("Adapter", described(&card, size), ORIGIN);
        found.cards.extend(card.filter_counted());
    }
    found
}

impl Card {
    /// Only AMD's and Intel's adapters compute; Windows also lists its own, for remote screens.
    fn filter_counted(self) -> Option<Self> {
        matches!(self.vendor, Vendor::Amd | Vendor::Intel).then_some(self).filter(|card| {
            card.vendor == Vendor::Amd || matches!(card.kind, CardKind::Own { .. } | CardKind::Unknown)
        })
    }
}

fn of(name: String, lower: &str, size: Option<Bytes>) -> Card {
    let (vendor, built_in) = if lower.contains("amd") || lower.contains("radeon") {
        (Vendor::Amd, lower.ends_with("graphics"))
    } else if lower.contains("intel") {
        (Vendor::Intel, !is_intel_card(lower))
    } else {
        (Vendor::Other, true)
    };
    let kind = match (built_in, size) {
        (true, size) => CardKind::Shared {
            carved_out: size.unwrap_or(Bytes::ZERO),
            carved_out_free: Bytes::ZERO,
            limit: None,
        },
        (false, Some(total)) => CardKind::Own { total, free: None, reserved: None },
        (false, None) => CardKind::Unknown,
    };
    Card { name, vendor, kind, power_limit: None, origin: ORIGIN.to_owned() }
}

/// `Intel Arc B580 Graphics` and `Intel Arc Pro B60` are cards; `Intel Arc 140V GPU` is part of a processor.
fn is_intel_card(lower: &str) -> bool {
    lower.contains("arc")
        && lower.split_whitespace().any(|word| {
            let number = word.strip_prefix(['a', 'b']).unwrap_or_default();
            (2..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

fn described(card: &Card, size: Option<Bytes>) -> String {
    let size = size.map(|size| format!(", {}", show_gib(size))).unwrap_or_default();
    format!("{}{size}", card.name)
}

/// Values of one name by registry key, from the blocks `reg query /s /v` prints.
fn values(text: &str, name: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut key = "";
    for line in text.lines() {
        if line.starts_with("HKEY_") {
            key = line.trim();
        } else if let Some(value) = line.trim().strip_prefix(name).and_then(typed_value) {
            found.insert(key.to_owned(), value.to_owned());
        }
    }
    found
}

/// `AMD Radeon RX 7900 XTX` of `    REG_SZ    AMD Radeon RX 7900 XTX`.
fn typed_value(rest: &str) -> Option<&str> {
    let (_kind, value) = rest.trim_start().strip_prefix("REG_")?.split_once(char::is_whitespace)?;
    Some(value.trim()).filter(|value| !value.is_empty())
}

/// `0x5fec00000` of a whole number; other drivers store its eight bytes, lowest first: `0000c0fe05000000`.
fn size(text: &str) -> Option<Bytes> {
    let bytes = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None if text.len() == 16 => u64::from_str_radix(text, 16).ok()?.swap_bytes(),
        None => return None,
    };
    reading::memory(bytes).map(|_believable| Bytes::new(count(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_belong_to_their_key() {
        let text = "\r\nHKEY_LOCAL_MACHINE\\X\\0000\r\n    DriverDesc    REG_SZ    AMD Radeon RX 7900 XTX\r\n\r\nHKEY_LOCAL_MACHINE\\X\\0001\r\n    DriverDesc    REG_SZ    Intel(R) UHD Graphics 770\r\n\r\nEnd of search: 2 match(es) found.\r\n";
        let found = values(text, NAME);
        assert_eq!(
            found.get("HKEY_LOCAL_MACHINE\\X\\0000").map(String::as_str),
            Some("AMD Radeon RX 7900 XTX")
        );
        assert_eq!(found.len(), 2);
        assert_eq!(values("DriverDesc REG_SZ", NAME).len(), 0);
    }

    #[test]
    fn sizes_of_both_types() {
        assert_eq!(size("0x600000000"), Some(Bytes::gib(24.0)));
        assert_eq!(size("0000000006000000"), Some(Bytes::gib(24.0)));
        for text in ["", "0x", "0x0", "zz", "-1", "0xffffffffffffffff", "00000006"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn cards_of_intel_are_told_from_built_in_graphics() {
        for (name, card) in [
            ("intel arc b580 graphics", true),
            ("intel arc a770 graphics", true),
            ("intel arc pro b60 graphics", true),
            ("intel arc 140v gpu (16gb)", false),
            ("intel arc graphics", false),
            ("intel uhd graphics 770", false),
        ] {
            assert_eq!(is_intel_card(name), card, "{name}");
        }
    }
}
