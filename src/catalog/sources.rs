//! Where figures come from, by the id that figures name.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::OnceLock;

use super::built_in;
use super::problem::{CatalogProblem, parse};
use super::record::Source;

/// Every source by its id; those that ship with the program are parsed when one is first looked for.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    own: BTreeMap<String, Source>,
    all: OnceLock<BTreeMap<String, Source>>,
}

impl Sources {
    /// Lays the user's own over them.
    pub(super) fn lay_over(&mut self, mut own: BTreeMap<String, Source>) {
        self.own.append(&mut own);
        self.all = OnceLock::new();
    }

    /// What is wrong with those that ship with the program.
    pub(super) fn problems() -> impl Iterator<Item = CatalogProblem> {
        built_in::SOURCES
            .iter()
            .filter_map(|(file, text)| parse::<BTreeMap<String, Source>>(file, text).err())
    }
}

impl Deref for Sources {
    type Target = BTreeMap<String, Source>;

    fn deref(&self) -> &Self::Target {
        self.all.get_or_init(|| {
            let mut all = BTreeMap::new();
            for (file, text) in built_in::SOURCES {
                all.append(&mut parse(file, text).unwrap_or_default());
            }
            all.extend(self.own.clone());
            all
        })
    }
}

impl PartialEq for Sources {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
