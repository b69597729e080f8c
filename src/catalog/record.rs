//! What a catalog file holds, as written: chips with their memory sizes, and products made of them.

use serde::{Deserialize, Serialize};

use crate::spec::{Availability, Body, Figure, Interconnect, Peaks, Priced, Rental, Vendor};
use crate::units::{Band, Bytes, BytesPerSecond, Dollars, DollarsPerHour, Watts};

/// One file of `machines/`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MachineFile {
    /// Chips and cards; each becomes one machine a memory size.
    pub chips: Vec<Chip>,
    /// What is bought or rented under a name of its own.
    pub products: Vec<Product>,
}

/// Whose memory it computes from.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Pool {
    /// One pool for CPU and GPU.
    Unified,
    /// A card with memory of its own.
    Discrete,
    /// No accelerator.
    System,
}

/// A chip or card, the same in every memory size.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Chip {
    /// Lower case, without the memory size: `apple-m5max-40c`.
    pub id: String,
    /// `Apple M5 Max (40-core GPU)`.
    pub name: String,
    /// Other ids it answers to in its smallest size.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Who makes it.
    pub vendor: Vendor,
    /// `M5 Max`, `AD102`.
    pub chip: String,
    /// Dies that form it, where they are more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dies: Option<Figure<u32>>,
    /// GPU cores, where the maker counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu_cores: Option<u32>,
    /// Whose memory it computes from.
    pub pool: Pool,
    /// The memory sizes it comes with, smallest first.
    pub sizes: Vec<Size>,
    /// Memory bandwidth, where it is the same in every size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<Figure<BytesPerSecond>>,
    /// What connects it to others of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interconnect: Option<Figure<Interconnect>>,
    /// Dense peak rates.
    #[serde(default)]
    pub peaks: Peaks,
    /// Power under load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Figure<Watts>>,
    /// Power when idle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<Figure<Watts>>,
    /// What it is as a thing.
    #[serde(default)]
    pub body: Body,
    /// Whether it can be had.
    pub availability: Availability,
    /// Month it was first sold, `2026-03`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
    /// A remark that changes what the figures mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One memory size of a chip, with what differs in it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Memory as sold: `GiB(24)` for what the box calls 24 GB.
    pub memory: Figure<Bytes>,
    /// What the driver shows of it, where error correction or firmware takes a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<Figure<Bytes>>,
    /// What the system lets the GPU take, where no general rule says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu_limit: Option<Figure<Range<Bytes>>>,
    /// What the system leaves to programs, GPU and processor together, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_by_system: Option<Figure<Range<Bytes>>>,
    /// Memory bandwidth, where this size differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<Figure<BytesPerSecond>>,
    /// Price to buy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<Dollars>>,
    /// Whose price that is, and when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priced: Option<Priced>,
    /// Whether this size can be had, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    /// A remark on this size alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Something bought or rented under a name of its own; what it leaves out is as its base has it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// `mac-studio-m5-ultra-256gb`.
    pub id: String,
    /// Other ids it answers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// As on the box: `Mac Studio M5 Ultra 256 GB`.
    pub name: String,
    /// Id of the chip in one memory size: `apple-m5ultra-64c-256gb`.
    pub base: String,
    /// Cards in it, where it is a box of several; price, rent and power are of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<u32>,
    /// System memory beside a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<Figure<Bytes>>,
    /// Price to buy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Figure<Dollars>>,
    /// Whose price that is, and when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priced: Option<Priced>,
    /// Price to rent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rent: Option<Figure<DollarsPerHour>>,
    /// What else is known of renting it.
    #[serde(default)]
    pub rental: Rental,
    /// Power under load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Figure<Watts>>,
    /// Power when idle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<Figure<Watts>>,
    /// What it is as a thing.
    #[serde(default)]
    pub body: Body,
    /// Whether it can be had.
    pub availability: Availability,
    /// Month it was first sold, `2026-09`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<String>,
    /// A remark that changes what the figures mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Low, best and high of a figure: `(GiB(96), GiB(108), GiB(120))`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Range<Q>(
    /// It will hardly be less.
    pub Q,
    /// The best guess.
    pub Q,
    /// It will hardly be more.
    pub Q,
);

impl<Q: Copy> Range<Q> {
    /// As the engine holds it.
    pub const fn band(self) -> Band<Q> {
        Band { low: self.0, best: self.1, high: self.2 }
    }
}

/// Where figures come from: the value of an entry of `sources.ron`, whose key figures name it by.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is.
    pub title: String,
    /// Where it is found, if it has an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Day it was read or published, `YYYY-MM-DD`; shorter where no more is known.
    pub date: String,
}

impl Source {
    /// Whether it was written from memory and not read again, which its title then says.
    pub fn is_recalled(&self) -> bool {
        ["from memory", "not read again"].iter().any(|words| self.title.contains(words))
    }
}
