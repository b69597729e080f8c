//! What a system keeps for itself: the default GPU limit of macOS, and what a card's driver keeps.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::built_in;
use super::problem::parse;
use super::record::Range;
use crate::spec::{Figure, GpuLimit, Vendor};
use crate::units::{Band, Bytes, show_gib};

/// The contents of `memory_limits.ron`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemoryLimits {
    /// Rule of macOS before 26.
    pub older: Option<OlderRule>,
    /// Shares measured on macOS 26, smallest machine first.
    pub newer: Vec<Share>,
    /// Low, best and high share above the largest machine measured on macOS 26.
    pub beyond: Option<Figure<Range<f64>>>,
    /// Limits that machines were seen to report; the rules must give them back.
    pub measured: Vec<MeasuredLimit>,
    /// What a card's driver and an empty context keep, by maker.
    pub drivers: Vec<DriverKeeps>,
}

/// macOS before 26: one share up to a size, another above.
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

/// First major version of macOS with the newer rule.
const NEWER_MACOS: u32 = 26;

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
        match macos_major {
            Some(major) if major < NEWER_MACOS => self.older_limit(total, major),
            Some(_) => self.newer_limit(total),
            None => {
                let (older, _) = self.older_limit(total, NEWER_MACOS - 1);
                let (newer, basis) = self.newer_limit(total);
                let band = Band {
                    low: older.low.min(newer.low),
                    best: newer.best,
                    high: older.high.max(newer.high),
                };
                (
                    band,
                    format!(
                        "macOS version not known; {} before macOS 26, since then {basis}",
                        show_gib(older.best)
                    ),
                )
            }
        }
    }

    /// The default limit with what may be done about it, as a machine carries it. `set` is
    /// `iogpu.wired_limit_mb` where the user set one.
    pub fn gpu_limit(&self, total: Bytes, macos_major: Option<u32>, set: Option<Bytes>) -> GpuLimit {
        let (default, basis) = self.default_gpu_limit(total, macos_major);
        GpuLimit { default, set, raisable_to: GpuLimit::most(total, default), basis }
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

    fn older_limit(&self, total: Bytes, major: u32) -> (Band<Bytes>, String) {
        let Some(rule) = &self.older else { return unknown(total) };
        let (parts, whole) = if total <= rule.up_to { *rule.small.value() } else { *rule.large.value() };
        let basis = format!("macOS {major} lets the GPU take {parts}/{whole} of this size");
        (Band::exact(total * parts / whole), basis)
    }

    fn newer_limit(&self, total: Bytes) -> (Band<Bytes>, String) {
        let (Some(first), Some(last)) = (self.newer.first(), self.newer.last()) else {
            return unknown(total);
        };
        if total > last.memory {
            let shares = self.beyond.as_ref().map_or(Range(0.0, 1.0, 1.0), |beyond| *beyond.value()).band();
            let basis = format!("no macOS 26 machine above {} was measured", show_gib(last.memory));
            return (shares.map(|share| total * share), basis);
        }
        if total < first.memory {
            let (older, _) = self.older_limit(total, NEWER_MACOS - 1);
            let newer = total * *first.share.value();
            let band = Band { low: older.low.min(newer), best: newer, high: older.high.max(newer) };
            return (band, format!("no macOS 26 machine below {} was measured", show_gib(first.memory)));
        }
        let below = self.newer.iter().rev().find(|point| point.memory <= total).unwrap_or(first);
        let above = self.newer.iter().find(|point| point.memory >= total).unwrap_or(last);
        between(total, below, above)
    }
}

/// The share rises with the size, so that of a size between two measured ones lies between theirs.
fn between(total: Bytes, below: &Share, above: &Share) -> (Band<Bytes>, String) {
    let (low, high) = (*below.share.value(), *above.share.value());
    if below.memory == above.memory {
        return (Band::exact(total * low), format!("{:.0} %, measured on macOS 26", low * 100.0));
    }
    let way = (total - below.memory) / (above.memory - below.memory);
    let best = low + (high - low) * way.get();
    let basis = format!(
        "between {:.0} % at {} and {:.0} % at {}, measured on macOS 26",
        low * 100.0,
        show_gib(below.memory),
        high * 100.0,
        show_gib(above.memory)
    );
    (Band { low: total * low, best: total * best, high: total * high }, basis)
}

/// Nothing is known: from none of it to all of it.
fn unknown(total: Bytes) -> (Band<Bytes>, String) {
    (Band { low: Bytes::ZERO, best: total, high: total }, "no rule is known".to_owned())
}
