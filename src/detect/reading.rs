//! Numbers out of text that may be anything.

use super::finding::Notes;
use super::warning::Warning;
use super::world::{ProbeError, World};
use crate::units::{Band, Bytes, BytesPerSecond, count, show_gib};

/// The smallest and largest memory that is believed, bytes: 64 MiB and 64 TiB.
const BELIEVABLE_MEMORY: std::ops::RangeInclusive<u64> = 64 << 20..=64 << 40;

/// More devices than this in one machine are nonsense.
pub(super) const MOST_DEVICES: usize = 64;

/// Text from outside in one line without control characters, at most `longest` characters.
fn clean(text: &str, longest: usize) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim();
    let mut shown: String = text.chars().take(longest).collect();
    if text.chars().nth(longest).is_some() {
        shown.push('…');
    }
    shown
}

/// A name that a library, file or command gives; `None` when nothing is left of it.
pub(super) fn name(text: &str) -> Option<String> {
    Some(clean(text, 80)).filter(|name| !name.is_empty())
}

/// What was read, short enough for a message.
pub(super) fn excerpt(text: &str) -> String {
    clean(text, 40)
}

/// A whole number with nothing but white space around it.
pub(super) fn whole_number(text: &str) -> Option<u64> {
    let trimmed = text.trim();
    trimmed.bytes().all(|byte| byte.is_ascii_digit()).then(|| trimmed.parse().ok()).flatten()
}

/// A hexadecimal number as sysfs writes ids: `0x1002`.
pub(super) fn hex_id(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok()
}

/// An amount of memory that a machine or card may have.
pub(super) fn memory(bytes: u64) -> Option<Bytes> {
    BELIEVABLE_MEMORY.contains(&bytes).then(|| Bytes::new(count(bytes)))
}

/// Bandwidth as the catalog writes it: `614 GB/s`, `153.6 GB/s`.
pub(super) fn show_bandwidth(bandwidth: BytesPerSecond) -> String {
    let hundredths = (bandwidth.as_gb_per_s() * 100.0).round() / 100.0;
    format!("{hundredths} GB/s")
}

/// A limit that is known exactly as one figure, else with its range.
pub(super) fn show_band(band: &Band<Bytes>) -> String {
    if band.is_exact() {
        show_gib(band.best)
    } else {
        format!("{} ({} to {})", show_gib(band.best), show_gib(band.low), show_gib(band.high))
    }
}

/// A file as text.
pub(super) fn text(world: &dyn World, path: &str) -> Result<String, ProbeError> {
    world.read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// A memory size in a file; one that is there and cannot be true is warned about.
pub(super) fn memory_file(
    world: &dyn World,
    path: &str,
    what: &'static str,
    notes: &mut Notes,
) -> Option<Bytes> {
    let text = text(world, path).ok()?;
    let found = whole_number(&text).and_then(memory);
    if found.is_none() {
        notes.warn(Warning::NotPlausible { what, origin: path.to_owned(), text: excerpt(&text) });
    }
    found
}

/// `name: value` lines; of a repeated name the first counts.
pub(super) fn value_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':').map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(whole_number(" 42\n"), Some(42));
        for text in ["", "-1", "+1", "4.2", "99999999999999999999", "0x10", "four"] {
            assert_eq!(whole_number(text), None, "{text}");
        }
        assert_eq!(hex_id("0x1002\n"), Some(0x1002));
        assert_eq!(hex_id("1002"), None);
    }

    #[test]
    fn memory_that_cannot_be_is_not_believed() {
        assert_eq!(memory(0), None);
        assert_eq!(memory(8 << 30), Some(Bytes::gib(8.0)));
        assert_eq!(memory(u64::MAX), None);
    }

    #[test]
    fn text_from_outside_is_one_clean_line() {
        assert_eq!(name(" RTX\u{7}4090\n").as_deref(), Some("RTX 4090"));
        assert_eq!(name("\u{1b}\t "), None);
        assert_eq!(excerpt(&"9".repeat(50)).chars().count(), 41);
    }

    #[test]
    fn values_of_lines() {
        let text = "Pages free:   12.\nhw.memsize: 8589934592\n";
        assert_eq!(value_of(text, "hw.memsize"), Some("8589934592"));
        assert_eq!(value_of(text, "Pages free"), Some("12."));
        assert_eq!(value_of(text, "hw.mem"), None);
    }
}
