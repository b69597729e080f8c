//! The files of the scenarios that are open.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Plimsoll;
use crate::spec::{Family, Scenario};

/// The file a scenario was opened from or saved to.
#[derive(Clone, Debug)]
pub(super) struct OfTab {
    /// Where, if it is a file.
    pub path: Option<PathBuf>,
    /// What it was then.
    pub saved: Scenario,
    /// What other families began with in its tab.
    pub starts: BTreeMap<Family, Scenario>,
}

/// Files of the scenarios that are open, and those that were.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenFiles {
    /// By what a tab is known by; one that was closed keeps its own, because undo brings it back.
    pub of_tab: BTreeMap<u32, OfTab>,
    /// Those that were opened or saved last.
    pub recent: Vec<PathBuf>,
}

impl OpenFiles {
    /// The file of a tab.
    pub(super) fn path(&self, tab: u32) -> Option<&PathBuf> {
        self.of_tab.get(&tab)?.path.as_ref()
    }
}

impl Plimsoll {
    /// Whether the scenario of a tab, or what it is in another family, differs from what was saved and from how that
    /// family began.
    pub(super) fn is_edited(&self, tab: u32, scenario: &Scenario) -> bool {
        let Some(of) = self.file.of_tab.get(&tab) else { return false };
        let others = if tab == self.state.tabs.shown {
            Some(&self.state.others)
        } else {
            self.state.tabs.waiting().find(|waiting| waiting.id == tab).map(|waiting| &waiting.others)
        };
        let changed = |scenario: &Scenario| {
            of.saved != *scenario && of.starts.get(&scenario.workload.family()) != Some(scenario)
        };
        changed(scenario) || others.is_some_and(|others| others.values().any(changed))
    }

    /// Notes how a family begins in the tab that shows.
    pub(super) fn note_start(&mut self, scenario: &Scenario) {
        if let Some(of) = self.file.of_tab.get_mut(&self.state.tabs.shown) {
            of.starts.insert(scenario.workload.family(), scenario.clone());
        }
    }

    /// Notes what a tab holds as saved, and where.
    pub(super) fn note_file(&mut self, tab: u32, saved: Scenario, path: Option<PathBuf>) {
        self.file.of_tab.insert(tab, OfTab { path, saved, starts: BTreeMap::new() });
    }
}
