//! A shipped table of measurements, read by column name.

use super::EvidenceError;
use crate::units::{Bytes, count};

/// A table: a line of remarks, the head, and the rows.
#[derive(Debug)]
pub(super) struct Table {
    name: &'static str,
    head: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells<'a> {
    table: &'a Table,
    record: &'a csv::StringRecord,
    number: usize,
}

impl Table {
    /// Reads a shipped table.
    pub(super) fn read(name: &'static str, text: &str) -> Result<Self, EvidenceError> {
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        let broken = |error: csv::Error| EvidenceError::Shapes(format!("{name}: {error}"));
        let head = reader.headers().map_err(broken)?.clone();
        let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(broken)?;
        Ok(Self { name, head, rows })
    }

    /// Its rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = Cells<'_>> {
        self.rows.iter().enumerate().map(|(index, record)| Cells { table: self, record, number: index + 1 })
    }
}

impl<'a> Cells<'a> {
    /// What stands in a column.
    pub(super) fn text(&self, column: &'static str) -> Result<&'a str, EvidenceError> {
        let place = self.table.head.iter().position(|name| name == column);
        place.and_then(|place| self.record.get(place)).ok_or(EvidenceError::Missing {
            table: self.table.name,
            row: self.number,
            column,
        })
    }

    /// A whole number in a column.
    pub(super) fn number(&self, column: &'static str) -> Result<u64, EvidenceError> {
        let text = self.text(column)?;
        text.parse().ok().ok_or_else(|| self.unreadable(column, text))
    }

    /// The sum of some columns, as memory.
    pub(super) fn bytes(&self, columns: &[&'static str]) -> Result<Bytes, EvidenceError> {
        let mut sum = Bytes::ZERO;
        for column in columns {
            sum += Bytes::new(count(self.number(column)?));
        }
        Ok(sum)
    }

    /// That a cell does not hold what its column is for.
    pub(super) fn unreadable(&self, column: &'static str, found: &str) -> EvidenceError {
        EvidenceError::Unreadable {
            table: self.table.name,
            row: self.number,
            column,
            found: found.to_owned(),
        }
    }
}
