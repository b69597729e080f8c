//! The place of evidence: its pages are computed in the background, when they are first looked at.

use std::sync::Arc;

use eframe::egui;
use egui::Ui;

use super::Plimsoll;
use super::command::Command;
use super::data::accuracy::{self, AccuracyData};
use super::data::sources::{self, SourcesData};
use super::made::Made;
use super::pages::accuracy::View;
use super::pages::{self, Page};
use super::theme::Tokens;
use super::widgets::hint_ui;
use super::work::Done;

/// What the pages of evidence show.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Predicted against measured, or why it cannot be said.
    pub accuracy: Made<Result<AccuracyData, String>>,
    /// What of it is looked at.
    pub view: View,
    /// Where figures come from.
    pub sources: Made<SourcesData>,
}

impl Plimsoll {
    /// Draws a page of the place.
    pub(super) fn evidence_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>, commands: &mut Vec<Command>) {
        let page = self.looks.shown.page();
        super::panels::centre::tabs_ui(ui, look, page, &self.state, commands);
        if page == Page::Sources { self.sources_ui(ui, look) } else { self.accuracy_ui(ui, look) }
    }

    fn accuracy_ui(&mut self, ui: &mut Ui, look: &Tokens) {
        if self.evidence.accuracy.begins() {
            let catalog = Arc::clone(&self.catalog);
            self.work.start(ui.ctx(), move || {
                Done::Accuracy(Box::new(accuracy::compute(&catalog).map_err(|error| error.to_string())))
            });
        }
        match &self.evidence.accuracy {
            Made::NotAsked | Made::UnderWay => {
                ui.add_space(10.0);
                hint_ui(ui, look, "Every measurement is being held against the engine…");
            }
            Made::Ready(Ok(data)) => pages::accuracy::page_ui(ui, look, data, &mut self.evidence.view),
            Made::Ready(Err(error)) => hint_ui(ui, look, error),
        }
    }

    fn sources_ui(&mut self, ui: &mut Ui, look: &Tokens) {
        if self.evidence.sources.begins() {
            let (catalog, today) = (Arc::clone(&self.catalog), self.outside.today.clone());
            self.work.start(ui.ctx(), move || Done::Sources(Box::new(sources::compute(&catalog, &today))));
        }
        match &self.evidence.sources {
            Made::NotAsked | Made::UnderWay => hint_ui(ui, look, "The catalog is being read…"),
            Made::Ready(data) => pages::sources::page_ui(ui, look, data),
        }
    }
}
