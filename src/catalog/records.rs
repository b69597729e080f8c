//! The records of one kind: each is parsed when it is first asked for, all of them when they are looked at whole.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::entry::{Entry, Record, Written};
use super::problem::CatalogProblem;

/// Records of one kind with the files they stand in. As a slice they are all there is, and all are parsed.
#[derive(Clone, Debug)]
pub struct Records<T> {
    entries: Vec<Entry<T>>,
    all: OnceLock<Vec<Arc<T>>>,
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), all: OnceLock::new() }
    }
}

impl<T> Records<T> {
    /// Those that ship with the program.
    pub(super) fn built_in(written: &'static [Written]) -> Self
    where
        T: Record,
    {
        Self { entries: written.iter().map(Entry::built_in).collect(), all: OnceLock::new() }
    }

    /// Every record with its file, in the order of the files.
    pub fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// Adds the records of a file; the user's take the place of ours with their id. Twins of ours stay, for
    /// the audit to find; of the user's, the later one counts, and that is said.
    pub(super) fn lay_over(
        &mut self,
        (file, own): (&str, bool),
        records: Vec<T>,
        problems: &mut Vec<CatalogProblem>,
    ) where
        T: Record,
    {
        self.all = OnceLock::new();
        let mut places: BTreeMap<String, usize> = self
            .entries
            .iter()
            .enumerate()
            .map(|(place, entry)| (entry.id().to_lowercase(), place))
            .collect();
        for record in records {
            let entry = Entry::of_file(file, own, record);
            let place = *places.entry(entry.id().to_lowercase()).or_insert(self.entries.len());
            let Some(old) = self.entries.get_mut(place).filter(|_old| own) else {
                self.entries.push(entry);
                continue;
            };
            if old.own() {
                problems.push(CatalogProblem::Twice {
                    file: file.to_owned(),
                    record: entry.id().to_owned(),
                    other: old.file().to_owned(),
                });
            }
            *old = entry;
        }
    }
}

impl<T> Deref for Records<T> {
    type Target = [Arc<T>];

    fn deref(&self) -> &Self::Target {
        self.all.get_or_init(|| {
            self.entries.iter().filter_map(|entry| entry.record().ok()).map(Arc::clone).collect()
        })
    }
}

impl<'a, T> IntoIterator for &'a Records<T> {
    type Item = &'a Arc<T>;
    type IntoIter = std::slice::Iter<'a, Arc<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: PartialEq> PartialEq for Records<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
