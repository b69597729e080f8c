//! The ceilings of a machine: how far memory may fill, and who sets that.

use super::memory::Place;
use crate::spec::{Machine, Memory};
use crate::units::{Band, Bytes};

/// Who or what sets a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CeilingKind {
    /// Free at this moment; closing programs moves it.
    FreeNow,
    /// What the operating system lets the GPU take.
    GpuLimit,
    /// The same, raised by the user or in a what-if.
    RaisedLimit,
    /// Device memory less driver and context.
    Vram,
    /// Device memory and system memory together, when layers are offloaded.
    VramAndSystem,
    /// All memory of the pool.
    Total,
}

impl CeilingKind {
    /// As a mark on the bar is labelled.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FreeNow => "free now",
            Self::GpuLimit => "GPU limit",
            Self::RaisedLimit => "raised",
            Self::Vram => "usable VRAM",
            Self::VramAndSystem => "VRAM + RAM",
            Self::Total => "RAM",
        }
    }
}

/// How far memory may fill.
#[derive(Clone, Debug, PartialEq)]
pub struct Ceiling {
    /// Who sets it.
    pub kind: CeilingKind,
    /// What counts against it: device parts, or with `None` everything.
    pub place: Option<Place>,
    /// The limit; a band where it is not known exactly.
    pub bytes: Band<Bytes>,
    /// Whether the verdict is made against it; the others are shown only.
    pub decides: bool,
    /// What it rests on.
    pub basis: String,
}

/// Share of memory kept for the operating system when the GPU limit is raised, at least 4 GiB.
const SYSTEM_SHARE: f64 = 0.08;

/// The memory left to the system when everything else is given to a workload.
pub fn system_reserve(total: Bytes) -> Bytes {
    (total * SYSTEM_SHARE).max(Bytes::gib(4.0)).min(total)
}

/// Every ceiling of a machine, lowest kind first. `raised` is the what-if of a raised GPU limit.
pub fn ceilings(machine: &Machine, raised: Option<Bytes>) -> Vec<Ceiling> {
    let _ = raised;
    match machine.memory.value() {
        Memory::Unified { total, .. } | Memory::System { total } => vec![Ceiling {
            kind: CeilingKind::Total,
            place: None,
            bytes: Band::exact(*total),
            decides: true,
            basis: String::new(),
        }],
        Memory::Discrete { vram, driver, .. } => vec![Ceiling {
            kind: CeilingKind::Vram,
            place: Some(Place::Device),
            bytes: Band { low: *vram - driver.high, best: *vram - driver.best, high: *vram - driver.low },
            decides: true,
            basis: String::new(),
        }],
    }
}
