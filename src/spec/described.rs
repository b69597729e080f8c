//! A machine in three figures, as a person types it: `24GiB 1008GBps 82TFLOPS`.

use thiserror::Error;

use super::Vendor;
use crate::units::{Bytes, BytesPerSecond, FlopsPerSecond, parse_bytes, quoted};

/// What would be right, in every error.
const EXAMPLE: &str = "write memory, bandwidth and dense 16-bit arithmetic, as in `24GiB 1008GBps 82TFLOPS`";
/// Words that may stand beside the figures.
const WORDS: &str = "nvidia, amd, intel, apple and unified";

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Described {
    /// Memory of one card, or all memory where it is shared.
    pub memory: Bytes,
    /// Bandwidth of that memory.
    pub bandwidth: BytesPerSecond,
    /// Dense operations a second in 16 bit.
    pub compute: FlopsPerSecond,
    /// Who makes it, where that was said.
    pub vendor: Option<Vendor>,
    /// Whether processor and GPU share the memory.
    pub unified: bool,
}

/// Why a text describes no machine.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NotDescribed {
    /// One of the three figures is missing.
    #[error("`{text}` says no {missing}; {EXAMPLE}")]
    Missing {
        /// What was typed.
        text: String,
        /// Which figures there are not.
        missing: String,
    },
    /// The same figure stands twice.
    #[error("`{text}` says {what} twice; {EXAMPLE}")]
    Twice {
        /// What was typed.
        text: String,
        /// Which figure.
        what: &'static str,
    },
    /// A word that is neither figure nor maker.
    #[error("`{word}` is no figure with a unit of a machine; {EXAMPLE}; beside them may stand {WORDS}")]
    Word {
        /// The word.
        word: String,
    },
    /// Bits where bytes are meant, or nobody can tell.
    #[error("`{word}` can be bits; write bytes a second with a large B, as in `1008GBps` or `1008 GB/s`")]
    Bits {
        /// The word.
        word: String,
    },
    /// Operations in 8 bit.
    #[error(
        "`{word}` counts operations in 8 bit, often sparse ones; write dense ones in 16 bit, as in `82TFLOPS`"
    )]
    Tops {
        /// The word.
        word: String,
    },
    /// A figure that no machine has.
    #[error("`{word}` is no {what} of a machine; it must be from {range}")]
    OutOfRange {
        /// The word.
        word: String,
        /// Which figure.
        what: &'static str,
        /// What machines have.
        range: &'static str,
    },
}

/// A figure, or a word beside the figures.
enum Piece {
    Memory(Bytes),
    Bandwidth(BytesPerSecond),
    Compute(FlopsPerSecond),
    Maker(Vendor),
    Unified,
}

impl Described {
    /// Reads a text; nothing where it is no description: it has fewer than two figures with units of a machine.
    ///
    /// # Errors
    /// What is missing or wrong, and what would be right.
    pub fn read(text: &str) -> Option<Result<Self, NotDescribed>> {
        let words = words(text);
        let figures = words.iter().filter(|word| !matches!(piece(word), Err(NotDescribed::Word { .. })));
        let figures = figures.filter(|word| word.starts_with(|sign: char| sign.is_ascii_digit())).count();
        if figures == 0 || (figures < 2 && words.len() > 1) {
            return None;
        }
        Some(Self::of(text, &words))
    }

    /// Whether a text describes a machine in full.
    pub fn is(text: &str) -> bool {
        matches!(Self::read(text), Some(Ok(_)))
    }

    fn of(text: &str, words: &[String]) -> Result<Self, NotDescribed> {
        let twice = |what| NotDescribed::Twice { text: quoted(text), what };
        let (mut memory, mut bandwidth, mut compute) = (None, None, None);
        let (mut vendor, mut unified) = (None, false);
        for word in words {
            let before = match piece(word)? {
                Piece::Memory(bytes) => memory.replace(bytes).map(|_| "memory"),
                Piece::Bandwidth(rate) => bandwidth.replace(rate).map(|_| "bandwidth"),
                Piece::Compute(rate) => compute.replace(rate).map(|_| "arithmetic"),
                Piece::Maker(maker) => vendor.replace(maker).map(|_| "its maker"),
                Piece::Unified => std::mem::replace(&mut unified, true).then_some("unified"),
            };
            if let Some(what) = before {
                return Err(twice(what));
            }
        }
        let (Some(memory), Some(bandwidth), Some(compute)) = (memory, bandwidth, compute) else {
            let there = [
                ("memory", memory.is_none()),
                ("bandwidth", bandwidth.is_none()),
                ("arithmetic", compute.is_none()),
            ];
            let missing: Vec<&str> =
                there.iter().filter(|(_, missing)| *missing).map(|(name, _)| *name).collect();
            return Err(NotDescribed::Missing { text: quoted(text), missing: missing.join(" and no ") });
        };
        // Apple makes no cards.
        let unified = unified || vendor == Some(Vendor::Apple);
        Ok(Self { memory, bandwidth, compute, vendor, unified })
    }
}

/// The words of a text, each figure with its unit: `24 GiB` is one.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_end_matches([',', ';']);
        let bare = |word: &String| word.ends_with(|sign: char| sign.is_ascii_digit());
        let unit = word.starts_with(|sign: char| sign.is_ascii_alphabetic());
        match words.last_mut() {
            Some(last) if unit && bare(last) => last.push_str(word),
            _ if word.is_empty() => {}
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// What a word says.
fn piece(word: &str) -> Result<Piece, NotDescribed> {
    let unknown = || NotDescribed::Word { word: quoted(word) };
    let named = match word.to_ascii_lowercase().as_str() {
        "nvidia" => Some(Piece::Maker(Vendor::Nvidia)),
        "amd" => Some(Piece::Maker(Vendor::Amd)),
        "intel" => Some(Piece::Maker(Vendor::Intel)),
        "apple" => Some(Piece::Maker(Vendor::Apple)),
        "unified" => Some(Piece::Unified),
        _ => None,
    };
    if let Some(named) = named {
        return Ok(named);
    }
    let start = word.find(|sign: char| sign.is_ascii_alphabetic()).ok_or_else(unknown)?;
    let (number, unit) = word.split_at(start);
    let lower = unit.to_ascii_lowercase();
    if lower.ends_with("ops") && !lower.ends_with("flops") {
        return Err(NotDescribed::Tops { word: quoted(word) });
    }
    if let Some(prefix) = lower.strip_suffix("flops").or_else(|| lower.strip_suffix("flop/s")) {
        let rate = read(number, &format!("{prefix}b")).ok_or_else(unknown)?;
        let believable = (1e10..=1e17).contains(&rate);
        return believable.then(|| Piece::Compute(FlopsPerSecond::new(rate))).ok_or_else(|| {
            NotDescribed::OutOfRange {
                word: quoted(word),
                what: "arithmetic",
                range: "0.01 to 100,000 TFLOPS",
            }
        });
    }
    if let Some(of) = unit.strip_suffix("ps").or_else(|| unit.strip_suffix("/s")) {
        if !of.ends_with('B') {
            return Err(if of.ends_with('b') || of.ends_with("bit") {
                NotDescribed::Bits { word: quoted(word) }
            } else {
                unknown()
            });
        }
        let rate = read(number, of).ok_or_else(unknown)?;
        let believable = (1e9..=1e15).contains(&rate);
        return believable.then(|| Piece::Bandwidth(BytesPerSecond::new(rate))).ok_or_else(|| {
            NotDescribed::OutOfRange { word: quoted(word), what: "bandwidth", range: "1 GBps to 1,000 TBps" }
        });
    }
    let bytes = read(number, unit).ok_or_else(unknown)?;
    let believable = (Bytes::mib(256.0).get()..=Bytes::gib(1_048_576.0).get()).contains(&bytes);
    believable.then(|| Piece::Memory(Bytes::new(bytes))).ok_or_else(|| NotDescribed::OutOfRange {
        word: quoted(word),
        what: "memory",
        range: "256 MiB to 1,048,576 GiB",
    })
}

/// A number with a prefix of bytes: `1008` and `GB` is 1.008e12 of whatever is counted so.
fn read(number: &str, unit: &str) -> Option<f64> {
    if number.is_empty() {
        return None;
    }
    // Two prefixes that no size of memory has.
    let (unit, times) = match unit.to_ascii_lowercase().as_str() {
        "pb" => ("TB", 1e3),
        "eb" => ("TB", 1e6),
        _ => (unit, 1.0),
    };
    parse_bytes(&format!("{number}{unit}")).ok().map(|bytes| bytes.get() * times)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match Described::read(text) {
            None => "none".to_owned(),
            Some(Err(error)) => error.to_string(),
            Some(Ok(it)) => format!(
                "{} {} {} {:?} {}",
                it.memory.get(),
                it.bandwidth.get(),
                it.compute.get(),
                it.vendor,
                it.unified
            ),
        }
    }

    #[test]
    fn three_figures_in_any_order_and_spelling() {
        let expected = "25769803776 1008000000000 82000000000000 None false";
        for text in [
            "24GiB 1008GBps 82TFLOPS",
            "24 GiB 1008 GB/s 82 TFLOPS",
            "82tflops, 1.008TBps, 24gib",
            "1,008 GB/s 82000 GFLOP/s 24 GiB",
            "0.082 PFLOPS 24576 MiB 1.008 TB/s",
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
        assert_eq!(
            said("24GB 1TBps 1PFLOPS amd"),
            "24000000000 1000000000000 1000000000000000 Some(Amd) false"
        );
        assert_eq!(said("128GiB 614GBps 70TFLOPS apple").rsplit(' ').next(), Some("true"));
        assert_eq!(said("128GiB 273GBps 62TFLOPS nvidia unified").rsplit(' ').next(), Some("true"));
    }

    #[test]
    fn names_of_machines_are_no_descriptions() {
        for text in
            ["rtx-4090", "RTX 4090", "2x rtx-3090", "rtx 3090 24GB", "M5 Max 128GB", "", "mac-studio", "4090"]
        {
            assert_eq!(said(text), "none", "{text}");
        }
    }

    #[test]
    fn what_is_wrong_says_what_would_be_right() {
        for (text, part) in [
            ("24GiB", "no bandwidth and no arithmetic; write memory"),
            ("24GiB 1008GBps", "no arithmetic"),
            ("24GiB 1008GBps 82", "`82` is no figure with a unit"),
            ("24GiB 1008Gbps 82TFLOPS", "`1008Gbps` can be bits"),
            ("24GiB 1008gb/s 82TFLOPS", "can be bits"),
            ("24GiB 1008GBps 660TOPS", "dense ones in 16 bit"),
            ("24GiB 1008GBps 82TFLOPS 16GiB", "says memory twice"),
            ("24GiB 1008GBps 82TFLOPS cuda", "`cuda` is no figure"),
            ("0GiB 1008GBps 82TFLOPS", "from 256 MiB"),
            ("24GiB 0.1GBps 82TFLOPS", "from 1 GBps"),
            ("24GiB 1008GBps 0TFLOPS", "from 0.01"),
            ("24GiB 1,5GBps 82TFLOPS", "`1,5GBps` is no figure"),
        ] {
            let said = said(text);
            assert!(said.contains(part), "{text}: {said}");
        }
    }
}
