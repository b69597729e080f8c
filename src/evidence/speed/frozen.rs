//! Rows that no choice sees: their errors are those of coefficients fitted without all of them.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::evidence::EvidenceError;
use crate::evidence::table::Table;

const FROZEN: Table =
    Table::new("frozen.csv", include_str!("../../../assets/evidence/measurements/frozen.csv"));

#[derive(Debug, Deserialize)]
struct Line {
    row: String,
}

/// The rows that are set aside, of all tables of speed, by their numbers.
#[derive(Clone, Debug)]
pub(super) struct Frozen(BTreeSet<String>);

impl Frozen {
    /// Those that ship.
    pub(super) fn read() -> Result<Self, EvidenceError> {
        let lines = FROZEN.rows::<Line>()?;
        Ok(Self(lines.into_iter().map(|line| line.row).collect()))
    }

    /// Whether a row is set aside.
    pub(super) fn holds(&self, row: &str) -> bool {
        self.0.contains(row)
    }
}
