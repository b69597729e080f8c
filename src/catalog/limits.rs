//! What a system keeps for itself: the default GPU limit of macOS, and what a card's driver keeps.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::built_in;
use super::problem::parse;
use super::record::Range;
use crate::spec::{Figure, GpuLimit, Os, Raise, Vendor};
use crate::units::{Band, Bytes, show_gib};

/// The contents of `memory_limits.ron`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemoryLimits {
    /// Rule of macOS before the newer one.
    pub older: Option<OlderRule>,
    /// Rule of macOS since.
    pub newer: Option<NewerRule>,
    /// Limits that machines were seen to report; the rules must give them back.
    pub measured: Vec<MeasuredLimit>,
    /// What a card's driver and an empty context keep, by maker.
    pub drivers: Vec<DriverKeeps>,
    /// What a GPU in a processor may take of the memory it shares, by maker and system; the first of a maker is taken
    /// where the system is not known.
    pub shared: Vec<SharedRule>,
}

/// One share up to a size, another above.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OlderRule {
    /// Parts and whole of the share up to `up_to`: `(2, 3)`.
    pub small: Figure<(f64, f64)>,
    /// The largest memory the small share is for.
    pub up_to: Bytes,
    /// Parts and whole of the share above it.
    pub large: Figure<(f64, f64)>,
}

/// A share that rises with the size, known from machines that were looked at.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewerRule {
    /// First major version of macOS with it.
    pub from_macos: u32,
    /// Month since which new chips are sold with that version or a later one, `2025-10`.
    pub chips_since: String,
    /// Shares seen, smallest machine first.
    pub shares: Vec<Share>,
    /// Low, best and high share above the largest of them.
    pub beyond: Figure<Range<f64>>,
}

/// The share of memory a machine of one size was seen to give its GPU.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Its memory.
    pub memory: Bytes,
    /// The share, 1 for all of it.
    pub share: Figure<f64>,
}

/// A limit that one machine reported.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredLimit {
    /// Which machine.
    pub machine: String,
    /// Its memory.
    pub memory: Bytes,
    /// Major version of its macOS, where it was noted.
    #[serde(default)]
    pub macos: Option<u32>,
    /// What it reported.
    pub limit: Figure<Bytes>,
}

/// What the driver and an empty context keep of a card.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DriverKeeps {
    /// Whose cards.
    pub vendor: Vendor,
    /// How much.
    pub keeps: Figure<Range<Bytes>>,
}

/// What a GPU in a processor may take of the memory that it shares.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SharedRule {
    /// Whose processors.
    pub vendor: Vendor,
    /// What the names of those processors have in common; an accelerator with processor cores is none of them.
    pub named: String,
    /// Under which system.
    pub system: System,
    /// The share as it is shipped, 1 for all of it.
    pub share: Figure<Range<f64>>,
    /// The largest share it may be raised to, where the system's need is not what bounds it.
    #[serde(default)]
    pub at_most: Option<Figure<f64>>,
    /// What raises it.
    pub raise: Raise,
    /// What it is, in words.
    pub what: String,
}

/// An operating system, as files name it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum System {
    Linux,
    Windows,
}

static BUILT_IN: LazyLock<MemoryLimits> = LazyLock::new(|| {
    let (file, text) = built_in::MEMORY_LIMITS;
    parse(file, text).unwrap_or_default()
});

/// The default GPU limit of a Mac with that much memory, with what it rests on.
///
/// `macos_major` is 15, 26, …; where it is `None` the band spans the older and the newer rule, and its best
/// is the newer one.
pub fn default_gpu_limit(total: Bytes, macos_major: Option<u32>) -> (Band<Bytes>, String) {
    BUILT_IN.default_gpu_limit(total, macos_major)
}

/// What the driver and an empty context keep of a card of this maker, as the built-in catalog knows it.
pub fn driver_reserve(vendor: Vendor) -> Band<Bytes> {
    BUILT_IN.driver_reserve(vendor)
}

impl MemoryLimits {
    /// Those that ship with Plimsoll.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// As [`default_gpu_limit`], by these rules.
    pub fn default_gpu_limit(&self, total: Bytes, macos_major: Option<u32>) -> (Band<Bytes>, String) {
        let (Some(older), Some(newer)) = (&self.older, &self.newer) else { return unknown(total) };
        match macos_major {
            Some(major) if major < newer.from_macos => {
                let (parts, whole) = older.share(total);
                let basis = format!("macOS {major} lets the GPU take {parts}/{whole} of this size");
                (Band::exact(older.limit(total)), basis)
            }
            Some(_) => newer.limit(total, older),
            None => {
                let before = older.limit(total);
                let (since, basis) = newer.limit(total, older);
                let band =
                    Band { low: before.min(since.low), best: since.best, high: before.max(since.high) };
                let (shown, from) = (show_gib(before), newer.from_macos);
                (band, format!("macOS version not known; {shown} before macOS {from}, since then {basis}"))
            }
        }
    }

    /// The macOS a chip first sold in that month (`2026-03`) is at least sold with, where it tells.
    pub fn macos_sold_with(&self, released: Option<&str>) -> Option<u32> {
        let newer = self.newer.as_ref()?;
        released.is_some_and(|month| month >= newer.chips_since.as_str()).then_some(newer.from_macos)
    }

    /// The default limit with what may be done about it, as a machine carries it. `set` is
    /// `iogpu.wired_limit_mb` where the user set one.
    pub fn gpu_limit(&self, total: Bytes, macos_major: Option<u32>, set: Option<Bytes>) -> GpuLimit {
        let (default, basis) = self.default_gpu_limit(total, macos_major);
        GpuLimit {
            set,
            raisable_to: GpuLimit::most(total, default),
            raise: Some(Raise::WiredLimit),
            ..GpuLimit::fixed(default, basis)
        }
    }

    /// The limit of a GPU that is part of this maker's processors, with those of other systems beside it.
    pub fn shared_limit(&self, vendor: Vendor, name: &str, total: Bytes) -> Option<GpuLimit> {
        let limits: Vec<(Os, GpuLimit)> = self
            .shared
            .iter()
            .filter(|rule| rule.vendor == vendor && name.contains(&rule.named))
            .map(|rule| (rule.system.os(), rule.limit(total)))
            .collect();
        let (_, first) = limits.first()?;
        Some(GpuLimit { under: limits.clone(), ..first.clone() })
    }

    /// As [`driver_reserve`], by these rules.
    pub fn driver_reserve(&self, vendor: Vendor) -> Band<Bytes> {
        self.drivers
            .iter()
            .find(|driver| driver.vendor == vendor)
            .or_else(|| self.drivers.iter().find(|driver| driver.vendor == Vendor::Other))
            .map(|driver| driver.keeps.value().band())
            .unwrap_or_default()
    }
}

impl System {
    const fn os(self) -> Os {
        match self {
            Self::Linux => Os::Linux,
            Self::Windows => Os::Windows,
        }
    }
}

impl SharedRule {
    /// The limit of a machine with so much memory.
    fn limit(&self, total: Bytes) -> GpuLimit {
        let Figure(share, _, source, date) = &self.share;
        let default = share.band().map(|share| total * share);
        let most = GpuLimit::most(total, default);
        let at_most = self.at_most.as_ref().map(|share| total * *share.value());
        GpuLimit {
            raisable_to: most.map(|most| at_most.map_or(most, |at_most| most.min(at_most))),
            raise: Some(self.raise),
            ..GpuLimit::fixed(default, format!("{} ({source}, {date})", self.what))
        }
    }
}

impl OlderRule {
    /// Parts and whole of the share of that size.
    fn share(&self, total: Bytes) -> (f64, f64) {
        if total <= self.up_to { *self.small.value() } else { *self.large.value() }
    }

    fn limit(&self, total: Bytes) -> Bytes {
        let (parts, whole) = self.share(total);
        total * parts / whole
    }
}

impl NewerRule {
    /// The share rises with the size, so that of a size between two that were looked at lies between theirs.
    fn limit(&self, total: Bytes, older: &OlderRule) -> (Band<Bytes>, String) {
        let from = self.from_macos;
        let below = self.shares.iter().rev().find(|point| point.memory <= total);
        let above = self.shares.iter().find(|point| point.memory >= total);
        match (below, above) {
            (Some(below), Some(above)) if below.memory == above.memory => {
                let share = *below.share.value();
                (Band::exact(total * share), format!("{:.0} %, measured on macOS {from}", share * 100.0))
            }
            (Some(below), Some(above)) => {
                let basis = format!("between {below} and {above}, measured on macOS {from}");
                (between(total, below, above).map(|share| total * share), basis)
            }
            (Some(last), None) => {
                let shown = show_gib(last.memory);
                let basis = format!("no macOS {from} machine above {shown} was measured");
                (self.beyond.value().band().map(|share| total * share), basis)
            }
            (None, Some(first)) => {
                let (before, since) = (older.limit(total), total * *first.share.value());
                let band = Band { low: before.min(since), best: since, high: before.max(since) };
                let shown = show_gib(first.memory);
                (band, format!("no macOS {from} machine below {shown} was measured"))
            }
            (None, None) => unknown(total),
        }
    }
}

impl std::fmt::Display for Share {
    /// `78 % at 48.0 GiB`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:.0} % at {}", self.share.value() * 100.0, show_gib(self.memory))
    }
}

/// The share of a size between two, with theirs as its ends.
fn between(total: Bytes, below: &Share, above: &Share) -> Band<f64> {
    let (low, high) = (*below.share.value(), *above.share.value());
    let way = (total - below.memory) / (above.memory - below.memory);
    Band { low, best: low + (high - low) * way.get(), high }
}

/// Nothing is known: from none of it to all of it.
fn unknown(total: Bytes) -> (Band<Bytes>, String) {
    (Band { low: Bytes::ZERO, best: total, high: total }, "no rule is known".to_owned())
}
