//! The ceilings of a machine: how far memory may fill, and who sets that.

use std::borrow::Cow;
use std::sync::Arc;

use super::ceiling_size::{Source, both_pools, capacity, left_by_driver, left_by_system, set};
use super::memory::{Part, PartName, Phase, Place};
use super::working::{Detail, Figure, Worked, Workings};
use crate::spec::{Display, GpuLimit, Machine, Memory, Os, Raise, Setup, overhead};
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
    /// The share of device memory that a server keeps for weights and cache (`SGLang`'s static memory).
    StaticShare,
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
            Self::StaticShare => "static memory",
            Self::Vram => "usable VRAM",
            Self::System => "usable RAM",
            Self::VramAndSystem => "VRAM + RAM",
            Self::Total => "RAM",
        }
    }

    /// In a sentence, with its article: `the usable VRAM`.
    pub const fn named(self) -> &'static str {
        match self {
            Self::FreeNow => "what is free now",
            Self::GpuLimit => "the GPU limit",
            Self::RaisedLimit => "the raised limit",
            Self::Share => "the server's share",
            Self::StaticShare => "the server's static memory",
            Self::Vram => "the usable VRAM",
            Self::System => "the usable RAM",
            Self::VramAndSystem => "VRAM and RAM together",
            Self::Total => "the RAM",
        }
    }

    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::FreeNow => "free_now",
            Self::GpuLimit => "gpu_limit",
            Self::RaisedLimit => "raised_limit",
            Self::Share => "server_share",
            Self::StaticShare => "static_memory",
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
    /// How it came about, where that was asked.
    pub workings: Option<Arc<Workings>>,
}

impl Ceiling {
    /// Of a size that was computed or found; nothing decides yet.
    pub(super) fn of(
        kind: CeilingKind,
        place: Option<Place>,
        size: Worked,
        basis: impl Into<Source>,
    ) -> Self {
        Self {
            kind,
            place,
            bytes: size.bytes(),
            decides: false,
            basis: basis.into(),
            workings: size.workings,
        }
    }

    /// One that the verdict is made against.
    pub(super) fn deciding(self) -> Self {
        Self { decides: true, ..self }
    }

    /// Whether a part counts against it; of a server's share, what lies outside of its own allocations does not, and
    /// of its static memory only what is kept.
    pub fn counts(&self, part: &Part) -> bool {
        self.place.is_none_or(|place| part.place == place)
            && match self.kind {
                CeilingKind::Share => part.name != PartName::Overhead,
                CeilingKind::StaticShare => STATIC.contains(&part.name),
                _ => true,
            }
    }

    /// What of a phase counts against it.
    pub fn need(&self, phase: &Phase) -> Band<Bytes> {
        phase.parts.iter().filter(|part| self.counts(part)).map(|part| part.bytes).sum()
    }

    /// Whether it is what a device's memory, or the pool that it is part of, leaves to programs: no server's share of it.
    pub(super) const fn is_of_device(&self) -> bool {
        match self.kind {
            CeilingKind::Vram | CeilingKind::GpuLimit | CeilingKind::RaisedLimit => true,
            CeilingKind::System => self.place.is_none(),
            CeilingKind::FreeNow
            | CeilingKind::Share
            | CeilingKind::StaticShare
            | CeilingKind::VramAndSystem
            | CeilingKind::Total => false,
        }
    }
}

/// What lies in `SGLang`'s static memory: what is there before the pool of keys and values, and the pool.
const STATIC: [PartName; 7] = [
    PartName::Weights,
    PartName::DraftWeights,
    PartName::Adapters,
    PartName::KvCache,
    PartName::IndexerCache,
    PartName::RecurrentState,
    PartName::DraftCache,
];

/// Memory that programs can have of `total`: all but a bare system at best, all but a comfortable one at worst.
pub fn usable_by_programs(total: Bytes) -> Band<Bytes> {
    left_by_system(Detail::Figures, &total.get().into()).bytes()
}

/// Every ceiling of a machine as it is set up; a raised limit is held under its maximum. Where the
/// memory that decides is unknown, what is known of the rest is shown and decides nothing.
pub fn ceilings(machine: &Machine, setup: &Setup) -> Vec<Ceiling> {
    worked_ceilings(machine, setup, Detail::Figures)
}

/// The same, with how each came about where that is asked.
pub fn worked_ceilings(machine: &Machine, setup: &Setup, detail: Detail) -> Vec<Ceiling> {
    let mut found = told(machine, setup, detail);
    if machine.memory.value().capacity().is_none() {
        found.retain_mut(|ceiling| {
            ceiling.decides = false;
            ceiling.kind == CeilingKind::FreeNow || ceiling.place == Some(Place::Host)
        });
    }
    found
}

/// The ceilings as the machine tells its memory.
fn told(machine: &Machine, setup: &Setup, detail: Detail) -> Vec<Ceiling> {
    let mut found = Vec::with_capacity(5);
    let place_of_free = match machine.memory.value() {
        Memory::Discrete { .. } => Some(Place::Device),
        Memory::Unified { .. } | Memory::System { .. } => None,
    };
    if let Some(now) = &machine.now {
        let basis: Source = "free when this machine was last looked at; closing programs frees more".into();
        let free = set(detail, &basis, Band::exact(now.value().free));
        found.push(Ceiling::of(CeilingKind::FreeNow, place_of_free, free, basis));
    }
    let os = setup.os.of(machine);
    let of_machine = |bytes: Bytes| capacity(detail, machine, bytes);
    match machine.memory.value() {
        Memory::Unified { total, gpu_limit } => {
            let limit = gpu_limit.as_ref().map(|limit| limit.with_system(os));
            if let Some(limit) = limit {
                gpu_limits(limit, setup.raised_limit.0, detail, &mut found);
            }
            // Where it was measured what the system leaves, that is the limit.
            if !limit.is_some_and(|limit| limit.whole_pool) {
                found.push(system(left_by_system(detail, &of_machine(*total)), None));
            }
            found.push(whole_pool(of_machine(*total)));
        }
        Memory::System { total } => {
            found.push(system(left_by_system(detail, &of_machine(*total)), None));
            found.push(whole_pool(of_machine(*total)));
        }
        Memory::Discrete { vram, driver, system: beside } => {
            let (kept, by) = kept_of_card(*driver, setup.display, os);
            let usable = left_by_driver(detail, &of_machine(*vram), kept, by);
            let both = beside.map(|beside| {
                let left = left_by_system(detail, &of_machine(beside));
                (both_pools(detail, &usable, &left), left)
            });
            let basis = format!("{} of device memory less what {by}", show_gib(*vram));
            let vram = Ceiling::of(CeilingKind::Vram, Some(Place::Device), usable, basis);
            found.push(vram.deciding());
            if let Some((both, left)) = both {
                found.push(system(left, Some(Place::Host)));
                let basis = "reachable when layers are offloaded, at the speed of the slower memory";
                found.push(Ceiling::of(CeilingKind::VramAndSystem, None, both, basis));
            }
        }
    }
    found
}

/// What is kept of a card, and by whom. The band that is known of a driver reaches from a card without a display to one
/// with it: what is known of the display narrows it, and a desktop under Windows may keep more.
fn kept_of_card(driver: Band<Bytes>, display: Display, os: Os) -> (Band<Bytes>, &'static str) {
    let Band { best, high, .. } = driver;
    let middle = |a: Bytes, b: Bytes| (a + b) / 2.0;
    let desktop = Band { low: best, best: middle(best, high), high };
    let windows = Band { high: high + overhead::WINDOWS_DESKTOP_MORE.amount, ..desktop };
    match (display, os) {
        (Display::Headless, _) => {
            (Band { high: middle(best, high), ..driver }, "the driver keeps without a display")
        }
        (Display::Desktop, Os::Windows) => (windows, "the driver, WDDM and the desktop keep"),
        (Display::Auto, Os::Windows) => (
            Band { high: windows.high, ..driver },
            "the driver keeps, and WDDM and a desktop if there is one",
        ),
        (Display::Desktop, _) => (desktop, "the driver and a desktop keep"),
        (Display::Auto, _) => (driver, "the driver keeps"),
    }
}

/// The default GPU limit and, where one is set or tried, the raised one that then decides.
fn gpu_limits(limit: &GpuLimit, asked: Option<Bytes>, detail: Detail, found: &mut Vec<Ceiling>) {
    let tried = raised_to(limit, asked);
    let replaced = tried.or(limit.set);
    let (kind, place) = if limit.whole_pool {
        (CeilingKind::System, None)
    } else {
        (CeilingKind::GpuLimit, Some(Place::Device))
    };
    let basis: Source = Cow::Owned(limit.basis.clone());
    let usual = Ceiling::of(kind, place, set(detail, &basis, limit.default), basis);
    found.push(Ceiling { decides: replaced.is_none(), ..usual });
    if let Some(bytes) = replaced {
        let basis = if tried.is_some() {
            what_if(limit.raise, bytes)
        } else {
            Cow::Borrowed(match limit.raise {
                Some(Raise::WiredLimit) => "iogpu.wired_limit_mb is set on this machine",
                _ => "the limit is set on this machine",
            })
        };
        let size = set(detail, &basis, Band::exact(bytes));
        found.push(Ceiling::of(CeilingKind::RaisedLimit, Some(Place::Device), size, basis).deciding());
    }
}

/// What a limit that is asked for comes to: not more than is safe, and nothing where nothing raises it.
pub fn raised_to(limit: &GpuLimit, asked: Option<Bytes>) -> Option<Bytes> {
    asked.zip(limit.raisable_to).map(|(asked, most)| asked.min(most))
}

fn what_if(raise: Option<Raise>, to: Bytes) -> Cow<'static, str> {
    raise.map_or(Cow::Borrowed("what if the limit were raised"), |raise| {
        Cow::Owned(format!("what if it were raised: {}, {}", raise.command(to), raise.place()))
    })
}

/// System memory that programs can have.
fn system(left: Worked, place: Option<Place>) -> Ceiling {
    let basis = "memory less what an operating system keeps for itself";
    Ceiling::of(CeilingKind::System, place, left, basis).deciding()
}

/// Everything there is, which nothing may fill.
fn whole_pool(total: Figure) -> Ceiling {
    Ceiling::of(CeilingKind::Total, None, Worked::exact(total), "all memory of the machine")
}
