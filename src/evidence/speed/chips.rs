//! Chips that were measured: those of the catalog, and further ones by their datasheets.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::catalog::Catalog;
use crate::engine::speed::Chip;
use crate::evidence::EvidenceError;
use crate::evidence::table::Table;
use crate::spec::{Availability, Body, Figure, Kind, Machine, Memory, Peaks, Rental, Vendor};
use crate::units::{Band, Bytes, BytesPerSecond, FlopsPerSecond};

const CHIPS: Table =
    Table::new("speed_chips.csv", include_str!("../../../assets/evidence/measurements/speed_chips.csv"));

/// What the tables of speeds name as a machine: a chip, whatever its memory.
#[derive(Debug)]
pub(super) struct Chips<'a> {
    catalog: &'a Catalog,
    further: BTreeMap<String, Chip>,
}

impl<'a> Chips<'a> {
    /// Those of a catalog and of the shipped table.
    pub(super) fn of(catalog: &'a Catalog) -> Result<Self, EvidenceError> {
        let mut further = BTreeMap::new();
        for row in CHIPS.rows::<Row>()? {
            let machine = row.machine();
            further.extend(Chip::of(&machine).map(|chip| (machine.id, chip)));
        }
        Ok(Self { catalog, further })
    }

    /// The rates of a chip.
    pub(super) fn chip(&self, id: &str) -> Result<Chip, EvidenceError> {
        let listed = || self.machine(id).ok().and_then(|machine| Chip::of(machine));
        let found = self.further.get(id).copied().or_else(listed);
        found.ok_or_else(|| EvidenceError::UnknownMachine(id.to_owned()))
    }

    /// A machine of the catalog with that chip.
    pub(super) fn machine(&self, id: &str) -> Result<&'a Arc<Machine>, EvidenceError> {
        let with_memory = format!("{id}-");
        let named = |machine: &&Arc<Machine>| machine.id == id || machine.id.starts_with(&with_memory);
        self.catalog.machines.iter().find(named).ok_or_else(|| EvidenceError::UnknownMachine(id.to_owned()))
    }
}

#[derive(Debug, Deserialize)]
struct Row {
    machine: String,
    vendor: Maker,
    memory: MemoryKind,
    chip: String,
    bandwidth: f64,
    fp32: Option<f64>,
    fp16: Option<f64>,
    int8: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Maker {
    Nvidia,
    Amd,
    Intel,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MemoryKind {
    Unified,
    Discrete,
}

impl Row {
    fn machine(&self) -> Machine {
        let peak = |tera: f64| datasheet(FlopsPerSecond::new(tera * 1e12));
        // How much memory it has changes no speed.
        let total = Bytes::gib(8.0);
        let memory = match self.memory {
            MemoryKind::Unified => Memory::Unified { total, gpu_limit: None },
            MemoryKind::Discrete => {
                Memory::Discrete { vram: total, driver: Band::exact(Bytes::ZERO), system: None }
            }
        };
        Machine {
            id: self.machine.clone(),
            aliases: Vec::new(),
            name: self.machine.clone(),
            vendor: match self.vendor {
                Maker::Nvidia => Vendor::Nvidia,
                Maker::Amd => Vendor::Amd,
                Maker::Intel => Vendor::Intel,
            },
            chip: self.chip.clone(),
            gpu_cores: None,
            dies: None,
            interconnect: None,
            devices: 1,
            cards: Vec::new(),
            memory: datasheet(memory),
            bandwidth: Some(datasheet(BytesPerSecond::new(self.bandwidth * 1e9))),
            system_bandwidth: None,
            peaks: Peaks {
                fp32: self.fp32.map(peak),
                fp16: self.fp16.map(peak),
                int8: self.int8.map(peak),
                ..Peaks::default()
            },
            load: None,
            idle: None,
            offer: None,
            rental: Rental::default(),
            body: Body::default(),
            availability: Availability::Discontinued,
            released: None,
            runs: Vec::new(),
            os: None,
            now: None,
            note: None,
        }
    }
}

fn datasheet<T>(value: T) -> Figure<T> {
    Figure(value, Kind::Datasheet, "datasheet".to_owned(), "2026-11-21".to_owned())
}
