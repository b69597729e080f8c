//! The place of evidence: its pages are computed in the background, when they are first looked at.

use std::path::Path;
use std::sync::Arc;

use eframe::egui;
use egui::Ui;

use super::Plimsoll;
use super::command::Command;
use super::data::accuracy::{self, AccuracyData};
use super::data::claim_working;
use super::data::claims::{self, ClaimsData};
use super::data::sources::{self, SourcesData};
use super::made::{Come, Made};
use super::outside::Purpose;
use super::pages::accuracy::View;
use super::pages::claims::{Kept, View as ClaimsView};
use super::pages::{self, Page};
use super::subject::Subject;
use super::theme::Tokens;
use super::widgets::hint_ui;
use super::work::Done;
use crate::app::text;
use crate::catalog::calibration;
use crate::evidence::EvidenceError;
use crate::report::{ClaimsFormat, claims_markdown};

/// What the pages of evidence show.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Predicted against measured, or why it cannot be said.
    pub accuracy: Made<Result<AccuracyData, EvidenceError>>,
    /// How far that has come.
    pub come: Arc<Come>,
    /// What of it is looked at.
    pub view: View,
    /// The documents' claims, checked.
    pub claims: Made<ClaimsData>,
    /// What of the claims is looked at, and what was typed.
    pub claims_view: ClaimsView,
    /// A text that was typed or dropped, with its claims; nothing while they are being checked.
    pub typed: Option<(String, Option<ClaimsData>)>,
    /// Where figures come from.
    pub sources: Made<SourcesData>,
}

impl Evidence {
    /// Lets go of what was made and is shown in other units now; it is made anew when it is looked at.
    pub(super) fn forget(&mut self) {
        self.accuracy.forget();
        self.claims.forget();
        self.sources.forget();
    }
}

impl Plimsoll {
    /// Draws a page of the place.
    pub(super) fn evidence_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>, commands: &mut Vec<Command>) {
        let page = self.looks.shown.page();
        super::panels::centre::tabs_ui(ui, look, page, &self.state, commands);
        match page {
            Page::Claims => self.claims_ui(ui, look),
            Page::Sources => self.sources_ui(ui, look),
            _ => self.accuracy_ui(ui, look),
        }
    }

    fn claims_ui(&mut self, ui: &mut Ui, look: &Tokens) {
        let evidence = &mut self.evidence;
        let asked = evidence.claims_view.asked().map(str::to_owned);
        if let Some(text) = &asked {
            // One text is checked at a time; what was typed since is checked after it.
            let busy = matches!(&evidence.typed, Some((_, None)));
            if !busy && evidence.typed.as_ref().is_none_or(|(known, _)| known != text) {
                evidence.typed = Some((text.clone(), None));
                let (catalog, text) = (Arc::clone(&self.catalog), text.clone());
                self.work.start(ui.ctx(), move || {
                    let data = claims::of_text(&catalog, &text);
                    Done::Claims(Box::new((Some(text), data)))
                });
            }
        } else if evidence.claims.begins() {
            let catalog = Arc::clone(&self.catalog);
            self.work.start(ui.ctx(), move || Done::Claims(Box::new((None, claims::shipped(&catalog)))));
        }
        let data = match (&asked, &self.evidence.claims, &self.evidence.typed) {
            (Some(_), _, Some((_, data))) => data.as_ref(),
            (None, Made::Ready(data), _) => Some(data),
            _ => None,
        };
        let kept = pages::claims::page_ui(ui, look, data, &mut self.evidence.claims_view);
        if let Some(id) = self.evidence.claims_view.opened.take() {
            self.open_working(Subject::Claim(id));
        }
        match kept {
            None => {}
            Some(Kept::Saved) => self.start_asking(ui.ctx(), Purpose::SaveClaims),
            Some(Kept::Copied) => {
                let listed = &self.evidence.claims_view.listed;
                let table = self.shown_claims().map(|claims| claims_markdown(&claims.rows(listed)));
                ui.ctx().copy_text(table.unwrap_or_default());
                self.toasts.say(text::the_claims());
            }
        }
    }

    /// Writes the claims that are listed, in the format that the name's ending says.
    pub(super) fn save_claims(&mut self, path: &Path) {
        let listed = &self.evidence.claims_view.listed;
        let checked = self.shown_claims().map(|claims| claims.rows(listed)).unwrap_or_default();
        let text = ClaimsFormat::of_path(path)
            .and_then(|format| format.write(&checked, &|asked| asked.workings(&self.catalog, calibration())));
        let saved = text
            .map_err(|error| error.to_string())
            .and_then(|text| crate::report::save(path, &text).map_err(|error| error.to_string()));
        match saved {
            Ok(()) => self.toasts.saved(text::claims_saved_to(&path.display()), path),
            Err(why) => self.not_saved(Purpose::SaveClaims, path, why),
        }
    }

    /// The claims that are shown, of a text or of the documents; nothing while they are being checked.
    pub(super) fn shown_claims(&self) -> Option<&ClaimsData> {
        match (self.evidence.claims_view.asked(), &self.evidence.claims, &self.evidence.typed) {
            (Some(_), _, Some((_, data))) => data.as_ref(),
            (None, Made::Ready(data), _) => Some(data),
            _ => None,
        }
    }

    /// Shows what a claim comes to.
    pub(super) fn check_claim(&mut self, claim: String) {
        self.evidence.claims_view = ClaimsView::of_text(claim);
        self.looks.shown.show(Page::Claims);
    }

    /// Claims that were checked: of a text, or of the documents.
    pub(super) fn take_claims(&mut self, text: Option<String>, mut data: ClaimsData) {
        for claim in &mut data.claims {
            claim.opens = claim_working::opens(&self.catalog, claim);
        }
        match text {
            None => self.evidence.claims = Made::Ready(data),
            Some(text) => self.evidence.typed = Some((text, Some(data))),
        }
    }

    /// A file of text that was dropped on the page of claims.
    pub(super) fn drop_claims(&mut self, path: &Path) {
        match crate::report::read_text(path) {
            Ok(text) => {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                self.evidence.claims_view = ClaimsView::of_file(name, text);
            }
            Err(error) => self.toasts.error(error.to_string()),
        }
    }

    /// Whether a file is one whose claims are read where it is dropped.
    pub(super) fn reads_claims(&self, path: &Path) -> bool {
        let text = ["txt", "md", "markdown", "csv"];
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        self.looks.shown.page() == Page::Claims
            && ending.is_some_and(|ending| text.contains(&ending.as_str()))
    }

    fn accuracy_ui(&mut self, ui: &mut Ui, look: &Tokens) {
        if self.evidence.accuracy.begins() {
            let catalog = Arc::clone(&self.catalog);
            let (come, ctx) = (Arc::clone(&self.evidence.come), ui.ctx().clone());
            self.work.start(ui.ctx(), move || {
                let mut done = |done, all| {
                    come.say(done, all);
                    ctx.request_repaint();
                };
                let data = accuracy::compute(&catalog, &mut done);
                Done::Accuracy(Box::new(data))
            });
        }
        match &self.evidence.accuracy {
            Made::NotAsked | Made::UnderWay => {
                pages::accuracy::waiting_ui(ui, look, self.evidence.come.of_all());
            }
            Made::Ready(Ok(data)) => pages::accuracy::page_ui(ui, look, data, &mut self.evidence.view),
            Made::Ready(Err(error)) => hint_ui(ui, look, &error.to_string()),
        }
    }

    fn sources_ui(&mut self, ui: &mut Ui, look: &Tokens) {
        if self.evidence.sources.begins() {
            let (catalog, today) = (Arc::clone(&self.catalog), self.outside.today.clone());
            self.work.start(ui.ctx(), move || Done::Sources(Box::new(sources::compute(&catalog, &today))));
        }
        match &self.evidence.sources {
            Made::NotAsked | Made::UnderWay => hint_ui(ui, look, text::the_catalog_is_being_read()),
            Made::Ready(data) => pages::sources::page_ui(ui, look, data),
        }
    }
}
