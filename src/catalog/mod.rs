//! The catalog: every machine and model Plimsoll knows, each figure with its source, and the user's own
//! folder laid over it.
//!
//! # Adding a machine
//!
//! Chips and cards stand in `assets/catalog/machines/`, one file a maker, sorted by id. A chip is written
//! once with all its memory sizes, and becomes one machine a size (`apple-m5max-40c` with 128 GB is
//! `apple-m5max-40c-128gb`; the bare id works too where there is one size):
//!
//! ```
//! # let (catalog, problems) = plimsoll::catalog::Catalog::from_texts(r#"(chips: [
//! (
//!     id: "rtx-4090", name: "GeForce RTX 4090", vendor: Nvidia, chip: "AD102", pool: Discrete,
//!     sizes: [(memory: (GiB(24), Datasheet, "A3", "2026-08-21"))],
//!     bandwidth: (GBps(1008), Datasheet, "B1", "2026-08-22"),
//!     peaks: (fp16: (TFLOPs(165.2), Datasheet, "H4", "2026-11-20")),
//!     availability: Discontinued, released: "2022-10",
//! )
//! # ])"#, "[]");
//! # assert_eq!((problems, catalog.machines.len()), (vec![], 1));
//! ```
//!
//! - A figure is `(value with unit, kind, source, day it was read)`; the source is a key of `sources.ron`.
//! - Peak rates are dense. A figure that is not known is left out, never guessed.
//! - What is sold or rented under a name of its own is a product: a new id, the `base` it is made of, and
//!   what differs (`price`, `rent`, `load`, `idle`, `body`, `devices` of a box, `system` memory beside a card).
//! - A price says whose it is: `priced: (Used, "2026-07")`. Form, size and noise stand in `body`.
//! - Memory is `GiB(24)` for what the box calls 24 GB.
//!
//! A user writes the same in `machines/` of the user's folder (models in `models/`, presets in `presets/`);
//! a record with a known id takes the place of ours. [`check`] finds what is wrong: run
//! `plimsoll list --check`, or the test `catalog`.

mod built_in;
mod calibration;
pub mod check;
mod described;
mod entry;
mod expand;
mod figures;
mod limits;
mod lineup;
mod load;
mod lookup;
mod machines;
mod months;
mod own;
mod prices;
mod problem;
mod quality;
mod record;
mod records;
mod sources;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use calibration::calibration;
pub use described::NoMachine;
pub use entry::Entry;
pub use figures::Origin;
pub use limits::{
    DriverKeeps, MeasuredLimit, MemoryLimits, NewerRule, OlderRule, Share, SharedRule, System,
    default_gpu_limit, driver_reserve,
};
pub use load::PresetText;
pub use lookup::UnknownId;
pub use machines::Machines;
pub use months::Published;
pub use own::{own_file, own_text};
pub use prices::{PriceLine, PricesError, prices_file, read_prices};
pub use problem::CatalogProblem;
pub use quality::quality;
pub use record::{Chip, MachineFile, Pool, Product, Range, Size, Source};
pub use records::Records;
pub use sources::Sources;

use self::load::Layers;
use crate::spec::Model;

/// Every machine and model there is to choose from. What ships with Plimsoll is parsed record by record, when
/// it is first asked for; a look at a list whole parses all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// Models, in the order of their files.
    pub models: Records<Model>,
    /// Machines: chips in every memory size, then products and rentals.
    pub machines: Machines,
    /// Where figures come from, by the id figures name.
    pub sources: Sources,
    /// Presets as text: those that ship, those of the user in their place or after them.
    pub presets: Records<PresetText>,
}

impl Catalog {
    /// What ships with Plimsoll.
    pub fn built_in() -> Self {
        Layers::built_in().finish().0
    }

    /// What ships with Plimsoll, with a user's folder laid over it by id. A bad file or an impossible
    /// record is left out, and named in the list of problems; a folder that is not there is an empty one.
    pub fn load(user_folder: Option<&Path>) -> (Self, Vec<CatalogProblem>) {
        let mut layers = Layers::built_in();
        if let Some(folder) = user_folder {
            layers.lay_over(folder);
        }
        layers.finish()
    }

    /// A catalog of one machine file and one model file alone, for tests and tools; the built-in sources
    /// are known in it.
    pub fn from_texts(machines: &str, models: &str) -> (Self, Vec<CatalogProblem>) {
        let mut layers = Layers::sources_alone();
        layers.machines("machines.ron", machines, false);
        layers.models("models.ron", models, false);
        layers.finish()
    }
}
