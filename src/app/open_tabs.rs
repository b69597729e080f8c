//! What is done with the tabs of open scenarios.

use std::collections::BTreeMap;

use eframe::egui;

use super::Plimsoll;
use super::open_files::OfTab;
use super::panels::top::renaming;
use super::state::Change;

impl Plimsoll {
    /// Opens a copy of the scenario, which counts as saved until it is changed.
    pub(super) fn duplicate(&mut self) {
        self.change(&Change::Duplicate);
        let (tab, copy) = (self.state.tabs.shown, self.state.scenario.clone());
        self.file.of_tab.entry(tab).or_insert(OfTab { path: None, saved: copy, starts: BTreeMap::new() });
    }

    /// Lets the name be typed.
    pub(super) fn rename(&self, ctx: &egui::Context) {
        let name = self.state.scenario.name.clone();
        ctx.data_mut(|memory| memory.insert_temp(renaming(), name));
    }

    /// Shows the scenario of the next tab.
    pub(super) fn next_tab(&mut self) {
        if let Some(next) = self.state.tabs.following() {
            self.change(&Change::GoToTab(next));
        }
    }
}
