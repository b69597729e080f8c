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
//!   what differs (`price`, `rent`, `load`, `idle`, `system` memory beside a card).
//! - Memory is `GiB(24)` for what the box calls 24 GB.
//!
//! A user writes the same in `machines/` of the user's folder (models in `models/`, presets in `presets/`);
//! a record with a known id takes the place of ours. [`check`] finds what is wrong: run
//! `plimsoll list --check`, or the test `catalog`.

mod built_in;
mod calibration;
pub mod check;
mod expand;
mod limits;
mod lineup;
mod load;
mod lookup;
mod problem;
mod record;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use calibration::calibration;
pub use limits::{
    DriverKeeps, MeasuredLimit, MemoryLimits, NewerRule, OlderRule, Share, default_gpu_limit, driver_reserve,
};
pub use load::{Entry, PresetText, Records};
pub use lookup::UnknownId;
pub use problem::CatalogProblem;
pub use record::{Chip, MachineFile, Pool, Product, Range, Size, Source};

use self::lineup::Lineup;
use crate::spec::{Machine, Model};

/// Every machine and model there is to choose from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// Models, in the order of their files.
    pub models: Vec<Arc<Model>>,
    /// Machines: chips in every memory size, then products and rentals.
    pub machines: Vec<Arc<Machine>>,
    /// Where figures come from, by the id figures name.
    pub sources: BTreeMap<String, Source>,
    /// Presets as text: those that ship, those of the user in their place or after them.
    pub presets: Vec<PresetText>,
    /// What the machines were made from, for the audit and for editing.
    pub records: Records,
}

impl Catalog {
    /// What ships with Plimsoll.
    pub fn built_in() -> Self {
        Self::assemble(Records::built_in()).0
    }

    /// What ships with Plimsoll, with a user's folder laid over it by id. A bad file or an impossible
    /// record is left out, and named in the list of problems; a folder that is not there is an empty one.
    pub fn load(user_folder: Option<&Path>) -> (Self, Vec<CatalogProblem>) {
        let mut records = Records::built_in();
        if let Some(folder) = user_folder {
            records.lay_over(folder);
        }
        Self::assemble(records)
    }

    /// A catalog of one machine file and one model file alone, for tests and tools; the built-in sources
    /// are known in it.
    pub fn from_texts(machines: &str, models: &str) -> (Self, Vec<CatalogProblem>) {
        let mut records = Records::sources_alone();
        records.machines("machines.ron", machines, false);
        records.models("models.ron", models, false);
        Self::assemble(records)
    }

    fn assemble(mut records: Records) -> (Self, Vec<CatalogProblem>) {
        let mut problems = std::mem::take(&mut records.problems);
        problems.extend(check::drop_impossible(&mut records));
        let limits = MemoryLimits::built_in();
        let mut lineup = Lineup::default();
        for chip in &records.chips {
            for machine in expand::chip_machines(&chip.record, limits) {
                lineup.put(machine, chip.own);
            }
        }
        for product in &records.products {
            match lineup.find(&product.record.base) {
                Some(base) => lineup.put(expand::product_machine(&product.record, &base), product.own),
                None => problems.push(no_base(product)),
            }
        }
        let catalog = Self {
            models: records.models.iter().map(|model| Arc::new(model.record.clone())).collect(),
            machines: lineup.finish(),
            sources: records.sources.clone(),
            presets: records.presets.clone(),
            records,
        };
        (catalog, problems)
    }
}

fn no_base(product: &Entry<Product>) -> CatalogProblem {
    CatalogProblem::Impossible {
        file: product.file.clone(),
        record: product.record.id.clone(),
        field: "base".to_owned(),
        message: format!(
            "no machine `{}`; write a chip's id with its memory size, as `rtx-4090-24gb`",
            product.record.base
        ),
    }
}
