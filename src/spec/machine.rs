//! A machine: what is bought or rented, whole.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Body, Devices, Figure, Form, GpuLimit, KeptRun, Link, Price, PriceBasis};
use crate::units::{Band, Bytes, BytesPerSecond, DollarsPerHour, FlopsPerSecond, Watts};

/// Source of a figure that somebody typed, of a machine that is in no catalog.
pub const AS_TYPED: &str = "as typed";

/// Who makes the part that computes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Vendor {
    Apple,
    Nvidia,
    Amd,
    Intel,
    Other,
}

/// Whether it can be had.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Availability {
    /// It is sold or rented today.
    OnSale,
    /// It is announced and cannot be bought yet.
    Announced,
    /// It is no longer made; used ones may be found.
    Discontinued,
    /// It is already here.
    Owned,
}

impl Availability {
    /// As in JSON: `on-sale`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OnSale => "on-sale",
            Self::Announced => "announced",
            Self::Discontinued => "discontinued",
            Self::Owned => "owned",
        }
    }
}

/// Where the weights and the KV cache live. A machine that does not tell how much it has of it says zero; ask
/// [`Memory::capacity`], which knows that as unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Memory {
    /// One pool for CPU and GPU (Apple silicon, Strix Halo, DGX Spark), with the share the GPU may take.
    Unified {
        /// All of it.
        total: Bytes,
        /// What the GPU may take by default, if the system sets a limit.
        gpu_limit: Option<GpuLimit>,
    },
    /// A card with memory of its own, in a machine with system memory.
    Discrete {
        /// Device memory of one card.
        vram: Bytes,
        /// What the driver and an empty context keep of it.
        driver: Band<Bytes>,
        /// System memory beside it; `None` where a bare card is described.
        system: Option<Bytes>,
    },
    /// No usable accelerator: everything runs on the CPU from system memory.
    System {
        /// All of it.
        total: Bytes,
    },
}

impl Memory {
    /// The capacity a buyer knows it by; `None` where the machine does not tell it.
    pub fn capacity(&self) -> Option<Bytes> {
        let told = match self {
            Self::Unified { total, .. } | Self::System { total } => *total,
            Self::Discrete { vram, .. } => *vram,
        };
        Some(told).filter(|told| *told > Bytes::ZERO)
    }
}

/// Operating system of a detected machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatingSystem {
    /// As a person says it: `macOS 26.1`, `Debian 12`.
    pub name: String,
    /// Said when it is not the bare machine: `WSL 2`, `virtual machine (KVM)`.
    pub virtualised: Option<String>,
}

/// Memory in use when the machine was last looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryNow {
    /// Free for a new program without swapping; on a card, free device memory.
    pub free: Bytes,
}

/// Dense peak rates by number format; unknown ones are `None`, never a guess.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the number formats are their own names")]
pub struct Peaks {
    pub fp32: Option<Figure<FlopsPerSecond>>,
    pub fp16: Option<Figure<FlopsPerSecond>>,
    pub bf16: Option<Figure<FlopsPerSecond>>,
    pub int8: Option<Figure<FlopsPerSecond>>,
    pub fp8: Option<Figure<FlopsPerSecond>>,
    pub fp4: Option<Figure<FlopsPerSecond>>,
}

/// What a device is made to be connected to others of its kind with.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Interconnect {
    /// NVIDIA's own, built in. A bridge that is bought apart is none.
    NvLink,
    /// The slots of one machine.
    Pcie,
    /// Thunderbolt 5, or USB4 where it carries as much.
    Thunderbolt5,
    /// A network port of two hundred gigabits a second.
    Network200,
}

impl Interconnect {
    /// The link that several of them then have.
    pub const fn link(self) -> Link {
        match self {
            Self::NvLink => Link::NvLink,
            Self::Pcie => Link::Pcie,
            Self::Thunderbolt5 => Link::Thunderbolt5,
            Self::Network200 => Link::Network200,
        }
    }
}

/// What it costs.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// To buy.
    Buy(Price),
    /// To rent.
    Rent(Figure<DollarsPerHour>),
}

impl Machine {
    /// So many of it, or a box with so many cards: price, rent and power are of all together, memory is of one.
    #[must_use]
    pub fn with_devices(&self, devices: u32) -> Self {
        if !self.cards.is_empty() {
            // Unlike cards are as many as they are.
            return self.clone();
        }
        let devices = devices.max(1);
        let times = f64::from(devices) / f64::from(self.devices.max(1));
        let watts = |of: &Option<Figure<Watts>>| {
            of.as_ref().map(|Figure(watts, kind, source, date)| {
                Figure(*watts * times, *kind, source.clone(), date.clone())
            })
        };
        let name = if devices > 1 && self.devices == 1 {
            format!("{devices} × {}", self.name)
        } else {
            self.name.clone()
        };
        Self {
            name,
            devices,
            load: watts(&self.load),
            idle: watts(&self.idle),
            offer: self.offer.as_ref().map(|offer| offer.times(times)),
            // What ran on as many as there are says nothing of another number.
            runs: if devices == self.devices { self.runs.clone() } else { Vec::new() },
            ..self.clone()
        }
    }
}

impl Machine {
    /// The same under an id that says how many: `2x rtx-3090-24gb`.
    #[must_use]
    pub fn named_with_devices(&self, devices: u32) -> Self {
        Self { id: format!("{devices}x {}", self.id), ..self.with_devices(devices) }
    }
}

impl Machine {
    /// What is taken for granted of a machine that was described by its figures alone; nothing of any other.
    pub fn assumed(&self) -> Option<&str> {
        self.note.as_deref().filter(|_| self.memory.2 == AS_TYPED)
    }

    /// Whether it can be had for its price: what is no longer made, or not yet, has no shop that asks it, but used ones may
    /// be found.
    pub fn can_be_had(&self) -> bool {
        let secondhand = match &self.offer {
            Some(Offer::Buy(price)) => matches!(price.basis, PriceBasis::Used | PriceBasis::Refurbished),
            _ => false,
        };
        secondhand || matches!(self.availability, Availability::OnSale | Availability::Owned)
    }

    /// Whether it is sold no more, so that one has to be found.
    pub fn was_sold(&self) -> bool {
        self.availability == Availability::Discontinued
    }

    /// Whether it is a card that is bought, without the computer around it.
    pub fn leaves_out_computer(&self) -> bool {
        let laptop = matches!(self.body.form, Some(Figure(Form::Laptop, ..)));
        // A box of several, as a DGX, is the computer; several modules that are written so are not.
        let server = matches!(self.body.form, Some(Figure(Form::Server, ..)));
        let boxed = server && self.devices > 1 && self.cards.is_empty() && count_and_id(&self.id).is_none();
        let bare = matches!(self.memory.value(), Memory::Discrete { system: None, .. });
        bare && !laptop && !boxed && !matches!(self.offer, Some(Offer::Rent(_)))
    }
}

/// `2x rtx-3090` as two of `rtx-3090`; nothing where an id says no number.
pub fn count_and_id(id: &str) -> Option<(u32, &str)> {
    let (count, one) = id.trim().split_once(['x', 'X', '×', '*'])?;
    let count = count.trim().parse().ok().filter(|count| (1..=Devices::MOST).contains(count))?;
    let one = one.trim().trim_start_matches('-').trim();
    // A number of a number of cards is a slip, and not their product.
    (!one.is_empty() && count_and_id(one).is_none()).then_some((count, one))
}

impl Offer {
    /// For so many at once.
    fn times(&self, times: f64) -> Self {
        match self {
            Self::Buy(price) => Self::Buy(price.times(times)),
            Self::Rent(Figure(rent, kind, source, date)) => {
                Self::Rent(Figure(*rent * times, *kind, source.clone(), date.clone()))
            }
        }
    }
}

/// What is known of renting a machine beside its price for an hour.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rental {
    /// Dollars for an hour of one that may be taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot: Option<Figure<DollarsPerHour>>,
    /// The least hours that it is rented for at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_hours: Option<Figure<f64>>,
}

/// A machine a workload may run on: from the catalog, detected, or described by the user.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// `apple-m5max-40c-128gb`; this machine is `this`.
    pub id: String,
    /// Other ids it answers to.
    pub aliases: Vec<String>,
    /// `Mac Studio M5 Max 128 GB`, as on the box.
    pub name: String,
    /// Who makes the accelerator.
    pub vendor: Vendor,
    /// `M5 Max`, `AD102`.
    pub chip: String,
    /// GPU cores, where the maker counts them.
    pub gpu_cores: Option<u32>,
    /// Dies that form the chip, where it is known to be more than one.
    pub dies: Option<Figure<u32>>,
    /// Cards of this kind in it, or machines of this kind that work together.
    pub devices: u32,
    /// The kinds of its cards where they are unlike, each with how many of it there are; empty where all are like.
    pub cards: Vec<Arc<Self>>,
    /// What connects it to others of its kind, where that is known.
    pub interconnect: Option<Figure<Interconnect>>,
    /// Its memory, with the figure's origin.
    pub memory: Figure<Memory>,
    /// Memory bandwidth of the pool the device computes from.
    pub bandwidth: Option<Figure<BytesPerSecond>>,
    /// Bandwidth of the system's memory beside a card, where it was measured.
    pub system_bandwidth: Option<Figure<BytesPerSecond>>,
    /// Dense peak rates.
    pub peaks: Peaks,
    /// Power under load and idle.
    pub load: Option<Figure<Watts>>,
    /// Power when idle.
    pub idle: Option<Figure<Watts>>,
    /// What it costs, if a price is known.
    pub offer: Option<Offer>,
    /// What else is known of renting it.
    pub rental: Rental,
    /// What it is as a thing.
    pub body: Body,
    /// Whether it can be had.
    pub availability: Availability,
    /// `2026-09`, when known.
    pub released: Option<String>,
    /// Only of a detected machine: what programs reported of their runs on it, and the user kept.
    pub runs: Vec<KeptRun>,
    /// Only of a detected machine.
    pub os: Option<OperatingSystem>,
    /// Only of a detected machine: what is free now.
    pub now: Option<Figure<MemoryNow>>,
    /// A remark that changes what the figures mean.
    pub note: Option<String>,
}
