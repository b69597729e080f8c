//! One scenario with some of its settings moved.

use std::sync::Arc;

use crate::spec::{Machine, Model, QualityLoss, Scenario};

/// A setting and the value it is given, as after `--set`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key of the setting; `machine` for another machine.
    pub key: &'static str,
    /// Its value as it is typed.
    pub value: String,
}

impl Change {
    /// A setting and what it is set to.
    pub fn new(key: &'static str, value: impl Into<String>) -> Self {
        Self { key, value: value.into() }
    }
}

/// Where the variants of a scenario come from.
///
/// A scenario that stands is changed as its form changes it; one that was read from a preset is read again with
/// the changes laid over its keys, so that what follows from them follows as it does with `--set`.
pub trait Variants {
    /// The scenario with these changes; `None` where one of them makes no sense in it.
    fn with(&self, changes: &[Change]) -> Option<Scenario>;

    /// Whether a key was given by the person who asks, rather than left to its default.
    fn gives(&self, _key: &str) -> bool {
        false
    }

    /// Smaller models that can stand in for one, the largest first, as they are typed after `--model`; nothing where models
    /// are not known.
    fn smaller(&self, _than: &Model) -> Option<Vec<String>> {
        None
    }

    /// Machines that could be had instead.
    fn machines(&self) -> &[Arc<Machine>] {
        &[]
    }

    /// What quantizations cost in quality, by which the best of them is told; nothing where that is not known.
    fn qualities(&self) -> &[QualityLoss] {
        &[]
    }
}

impl Variants for Scenario {
    fn with(&self, changes: &[Change]) -> Option<Scenario> {
        changes.iter().try_fold(self.clone(), |scenario, change| {
            let changed = Self::with(&scenario, change.key, &change.value);
            changed.ok().map(|(changed, _)| changed)
        })
    }
}
