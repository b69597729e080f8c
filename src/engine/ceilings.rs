//! The ceilings of a machine: how far memory may fill, and who sets that.

use std::borrow::Cow;

use super::memory::Place;
use crate::spec::{GpuLimit, Machine, Memory, overhead};
use crate::units::{Band, Bytes, show_gib};

/// Who or what sets a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CeilingKind {
    /// Free at this moment; closing programs moves it.
    FreeNow,
    /// What the operating system lets the GPU take.
    GpuLimit,
    /// The same, raised by the user or in a what-if.
    RaisedLimit,
    /// The share of device memory that a server takes at its start (vLLM).
    Share,
    /// Device memory less what the driver keeps.
    Vram,
    /// System memory less what the operating system needs.
    System,
    /// Device memory and system memory together, when layers are offloaded.
    VramAndSystem,
    /// All memory of the pool.
    Total,
}

impl CeilingKind {
    /// As a mark on the bar is labeled.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FreeNow => "free now",
            Self::GpuLimit => "GPU limit",
            Self::RaisedLimit => "raised to",
            Self::Share => "the server's share",
            Self::Vram => "usable VRAM",
            Self::System => "usable RAM",
            Self::VramAndSystem => "VRAM + RAM",
            Self::Total => "RAM",
        }
    }

    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::FreeNow => "free_now",
            Self::GpuLimit => "gpu_limit",
            Self::RaisedLimit => "raised_limit",
            Self::Share => "server_share",
            Self::Vram => "usable_vram",
            Self::System => "usable_ram",
            Self::VramAndSystem => "vram_and_ram",
            Self::Total => "total",
        }
    }
}

/// How far memory may fill.
#[derive(Clone, Debug, PartialEq)]
pub struct Ceiling {
    /// Who sets it.
    pub kind: CeilingKind,
    /// What counts against it: the parts in one place, or with `None` everything.
    pub place: Option<Place>,
    /// The limit; a band where it is not known exactly.
    pub bytes: Band<Bytes>,
    /// Whether the verdict is made against it; the others are shown only.
    pub decides: bool,
    /// What it rests on.
    pub basis: Cow<'static, str>,
}

/// Memory that programs can have of `total`: all but a bare system at best, all but a comfortable one at worst.
pub fn usable_by_programs(total: Bytes) -> Band<Bytes> {
    let comfortable = (total * overhead::SYSTEM_USUAL_SHARE.amount)
        .max(overhead::SYSTEM_USUAL_LEAST.amount)
        .min(total * overhead::SYSTEM_USUAL_MOST_SHARE.amount);
    let bare = overhead::SYSTEM_LEAST.amount.min(total * overhead::SYSTEM_LEAST_SHARE.amount);
    Band { low: total - comfortable, best: total - (comfortable + bare) / 2.0, high: total - bare }
}

/// Every ceiling of a machine. `raised` is the what-if of a raised GPU limit, held under its maximum. Where the
/// memory that decides is unknown, what is known of the rest is shown and decides nothing.
pub fn ceilings(machine: &Machine, raised: Option<Bytes>) -> Vec<Ceiling> {
    let mut found = told(machine, raised);
    if machine.memory.value().capacity().is_none() {
        found.retain_mut(|ceiling| {
            ceiling.decides = false;
            ceiling.kind == CeilingKind::FreeNow || ceiling.place == Some(Place::Host)
        });
    }
    found
}

/// The ceilings as the machine tells its memory.
fn told(machine: &Machine, raised: Option<Bytes>) -> Vec<Ceiling> {
    let mut found = Vec::with_capacity(5);
    let place_of_free = match machine.memory.value() {
        Memory::Discrete { .. } => Some(Place::Device),
        Memory::Unified { .. } | Memory::System { .. } => None,
    };
    if let Some(now) = &machine.now {
        found.push(Ceiling {
            kind: CeilingKind::FreeNow,
            place: place_of_free,
            bytes: Band::exact(now.value().free),
            decides: false,
            basis: Cow::Borrowed("free when this machine was last looked at; closing programs frees more"),
        });
    }
    match machine.memory.value() {
        Memory::Unified { total, gpu_limit } => {
            match gpu_limit {
                Some(limit) => gpu_limits(limit, raised, &mut found),
                None => found.push(system(*total, None)),
            }
            found.push(whole_pool(*total));
        }
        Memory::System { total } => {
            found.push(system(*total, None));
            found.push(Ceiling { decides: false, ..whole_pool(*total) });
        }
        Memory::Discrete { vram, driver, system: beside } => {
            found.push(Ceiling {
                kind: CeilingKind::Vram,
                place: Some(Place::Device),
                bytes: below(*vram, *driver),
                decides: true,
                basis: Cow::Owned(format!("{} of device memory less what the driver keeps", show_gib(*vram))),
            });
            if let Some(beside) = beside {
                found.push(system(*beside, Some(Place::Host)));
                let usable = usable_by_programs(*beside);
                found.push(Ceiling {
                    kind: CeilingKind::VramAndSystem,
                    place: None,
                    bytes: below(*vram, *driver) + usable,
                    decides: false,
                    basis: Cow::Borrowed(
                        "reachable when layers are offloaded, at the speed of the slower memory",
                    ),
                });
            }
        }
    }
    found
}

/// The default GPU limit and, where one is set or tried, the raised one that then decides.
fn gpu_limits(limit: &GpuLimit, raised: Option<Bytes>, found: &mut Vec<Ceiling>) {
    let tried = raised.map(|bytes| limit.raisable_to.map_or(bytes, |most| bytes.min(most)));
    let replaced = tried.or(limit.set);
    found.push(Ceiling {
        kind: CeilingKind::GpuLimit,
        place: Some(Place::Device),
        bytes: limit.default,
        decides: replaced.is_none(),
        basis: Cow::Owned(limit.basis.clone()),
    });
    if let Some(bytes) = replaced {
        found.push(Ceiling {
            kind: CeilingKind::RaisedLimit,
            place: Some(Place::Device),
            bytes: Band::exact(bytes),
            decides: true,
            basis: Cow::Borrowed(if tried.is_some() {
                "what if iogpu.wired_limit_mb were raised; lost at reboot"
            } else {
                "iogpu.wired_limit_mb is set on this machine"
            }),
        });
    }
}

/// A capacity less a band that is kept by something else; never below zero.
fn below(capacity: Bytes, kept: Band<Bytes>) -> Band<Bytes> {
    Band {
        low: (capacity - kept.high).max(Bytes::ZERO),
        best: (capacity - kept.best).max(Bytes::ZERO),
        high: (capacity - kept.low).max(Bytes::ZERO),
    }
}

/// System memory that programs can have.
fn system(total: Bytes, place: Option<Place>) -> Ceiling {
    Ceiling {
        kind: CeilingKind::System,
        place,
        bytes: usable_by_programs(total),
        decides: true,
        basis: Cow::Borrowed("memory less what an operating system keeps for itself"),
    }
}

/// Everything there is: device and host parts together cannot exceed it.
fn whole_pool(total: Bytes) -> Ceiling {
    Ceiling {
        kind: CeilingKind::Total,
        place: None,
        bytes: Band::exact(total),
        decides: true,
        basis: Cow::Borrowed("all memory of the machine"),
    }
}
