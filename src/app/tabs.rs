//! Scenarios side by side: one shows, the others wait in their order.

use std::collections::BTreeMap;

use crate::spec::{Family, Scenario};

/// Most scenarios that are kept open.
pub(super) const MOST: usize = 32;

/// A scenario that does not show.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Waiting {
    /// What it is known by while it is open.
    pub id: u32,
    /// What is asked in it.
    pub scenario: Scenario,
    /// What was last asked in it in the other families.
    pub others: BTreeMap<Family, Scenario>,
}

/// All scenarios that are open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tabs {
    /// Those before the one that shows.
    pub before: Vec<Waiting>,
    /// The one that shows.
    pub shown: u32,
    /// Those behind it.
    pub after: Vec<Waiting>,
    /// The last number that was given to one.
    pub next: u32,
}

impl Tabs {
    /// Whether there are several.
    pub(super) const fn are_several(&self) -> bool {
        !self.before.is_empty() || !self.after.is_empty()
    }

    /// Those that do not show.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Waiting> {
        self.before.iter().chain(&self.after)
    }

    /// The same, to be changed.
    pub(super) fn waiting_mut(&mut self) -> impl Iterator<Item = &mut Scenario> {
        self.before.iter_mut().chain(&mut self.after).map(|tab| &mut tab.scenario)
    }

    /// How many stand before the one that shows.
    pub(super) const fn place(&self) -> usize {
        self.before.len()
    }

    /// The one after the one that shows, and after the last the first.
    pub(super) fn following(&self) -> Option<u32> {
        self.after.first().or_else(|| self.before.first()).map(|tab| tab.id)
    }

    /// Whether no other can be opened beside them.
    pub(super) fn is_full(&self) -> bool {
        self.before.len() + self.after.len() + 1 >= MOST
    }
}
