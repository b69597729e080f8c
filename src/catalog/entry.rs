//! One record of the catalog, parsed when it is first asked for.

use std::sync::{Arc, OnceLock};

use super::check::{self, Report};
use super::problem::{CatalogProblem, Start, parse_from};
use super::record::{Chip, Product};
use crate::spec::Model;

/// A record that ships with the program, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Name of its file as problems show it.
    pub(super) file: &'static str,
    /// The line of the file that the text starts on, from 1.
    pub(super) line: usize,
    /// The column it starts at, from 1.
    pub(super) column: usize,
    /// The id in it.
    pub(super) id: &'static str,
    /// Other ids it answers to.
    pub(super) aliases: &'static [&'static str],
    /// The record.
    pub(super) text: &'static str,
}

/// What a catalog holds records of.
pub(super) trait Record: Sized {
    /// What it is found by.
    fn id(&self) -> &str;

    /// Reads one that ships with the program.
    fn read(written: &Written) -> Result<Self, CatalogProblem>;

    /// Reports what makes it impossible, and what is wrong with it alone.
    fn check(&self, report: &mut Report<'_>);
}

impl Record for Chip {
    fn id(&self) -> &str {
        &self.id
    }

    fn read(written: &Written) -> Result<Self, CatalogProblem> {
        written.parsed()
    }

    fn check(&self, report: &mut Report<'_>) {
        check::chip(self, report);
    }
}

impl Record for Product {
    fn id(&self) -> &str {
        &self.id
    }

    fn read(written: &Written) -> Result<Self, CatalogProblem> {
        written.parsed()
    }

    fn check(&self, report: &mut Report<'_>) {
        check::product(self, report);
    }
}

impl Record for Model {
    fn id(&self) -> &str {
        &self.id
    }

    fn read(written: &Written) -> Result<Self, CatalogProblem> {
        written.parsed()
    }

    fn check(&self, report: &mut Report<'_>) {
        check::model(self, report);
    }
}

impl Written {
    fn parsed<T: serde::de::DeserializeOwned>(&self) -> Result<T, CatalogProblem> {
        parse_from(self.file, self.text, Start { line: self.line, column: self.column })
    }
}

/// A record with the file it stands in.
#[derive(Clone, Debug)]
pub struct Entry<T>(Held<T>);

#[derive(Clone, Debug)]
enum Held<T> {
    /// Ships with the program; parsed when it is first asked for.
    BuiltIn(&'static Written, Read<T>, OnceLock<Result<Arc<T>, CatalogProblem>>),
    /// Was read from a file.
    OfFile { file: String, own: bool, id: String, record: Arc<T> },
}

/// Parses a record and holds it against what can be.
type Read<T> = fn(&Written) -> Result<T, CatalogProblem>;

impl<T> Entry<T> {
    /// One that ships with the program, not parsed yet.
    pub(super) fn built_in(written: &'static Written) -> Self
    where
        T: Record,
    {
        Self(Held::BuiltIn(written, read, OnceLock::new()))
    }

    /// One that was read from a file.
    pub(super) fn of_file(file: &str, own: bool, record: T) -> Self
    where
        T: Record,
    {
        let id = record.id().to_owned();
        Self(Held::OfFile { file: file.to_owned(), own, id, record: Arc::new(record) })
    }

    /// The record, parsed now if it was not asked for before.
    ///
    /// # Errors
    /// What is wrong with one that ships with the program; the audit finds it before it is shipped.
    pub fn record(&self) -> Result<&Arc<T>, &CatalogProblem> {
        match &self.0 {
            Held::BuiltIn(written, read, record) => {
                record.get_or_init(|| read(written).map(Arc::new)).as_ref()
            }
            Held::OfFile { record, .. } => Ok(record),
        }
    }

    /// Name of the file.
    pub fn file(&self) -> &str {
        match &self.0 {
            Held::BuiltIn(written, ..) => written.file,
            Held::OfFile { file, .. } => file,
        }
    }

    /// Id of the record.
    pub fn id(&self) -> &str {
        match &self.0 {
            Held::BuiltIn(written, ..) => written.id,
            Held::OfFile { id, .. } => id,
        }
    }

    /// Whether it is the user's own.
    pub const fn own(&self) -> bool {
        matches!(self.0, Held::OfFile { own: true, .. })
    }

    /// Whether it ships with the program.
    pub(super) const fn is_built_in(&self) -> bool {
        matches!(self.0, Held::BuiltIn(..))
    }

    /// Whether that is its id, or an alias that is listed beside it, whatever its case.
    pub(super) fn answers_to(&self, name: &str) -> bool {
        self.names().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Its id, and the aliases that are listed beside it.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let aliases = match &self.0 {
            Held::BuiltIn(written, ..) => written.aliases,
            Held::OfFile { .. } => &[],
        };
        std::iter::once(self.id()).chain(aliases.iter().copied())
    }

    /// Whether it was parsed.
    #[cfg(test)]
    pub(super) fn is_read(&self) -> bool {
        match &self.0 {
            Held::BuiltIn(_, _, record) => record.get().is_some(),
            Held::OfFile { .. } => true,
        }
    }
}

fn read<T: Record>(written: &Written) -> Result<T, CatalogProblem> {
    let record = T::read(written)?;
    match check::impossible(written.file, &record).into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(record),
    }
}
