//! The files of the scenarios that are open.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Plimsoll;
use crate::spec::Scenario;

/// The file a scenario was opened from or saved to.
#[derive(Clone, Debug)]
pub(super) struct OfTab {
    /// Where, if it is a file.
    pub path: Option<PathBuf>,
    /// What it was then.
    pub saved: Scenario,
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
    /// Whether the scenario of a tab differs from what was saved.
    pub(super) fn is_edited(&self, tab: u32, scenario: &Scenario) -> bool {
        self.file.of_tab.get(&tab).is_some_and(|of| of.saved != *scenario)
    }

    /// Notes what a tab holds as saved, and where.
    pub(super) fn note_file(&mut self, tab: u32, saved: Scenario, path: Option<PathBuf>) {
        self.file.of_tab.insert(tab, OfTab { path, saved });
    }
}
