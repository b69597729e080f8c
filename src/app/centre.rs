//! The centre of the window: the place where one is, with its pages.

use std::sync::Arc;

use eframe::egui;
use egui::{ScrollArea, Ui};

use super::Plimsoll;
use super::command::Command;
use super::data;
use super::data::raise::RaiseData;
use super::pages::{self, Page, Place};
use super::panels;
use super::settings::Settings;
use super::theme::Tokens;
use super::widgets::hint_ui;
use crate::app::text;

/// Between the things on a page.
const GAP: f32 = 6.0;

impl Plimsoll {
    /// Draws the place.
    pub(super) fn centre_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>, commands: &mut Vec<Command>) {
        match self.looks.shown.page().place() {
            Place::Answer => self.answer_ui(ui, look, commands),
            Place::Compare => self.compare_ui(ui, look, commands),
            Place::Models => self.models_ui(ui, look, commands),
            Place::Evidence => self.evidence_ui(ui, look, commands),
            Place::Program => self.program_ui(ui, look, commands),
        }
    }

    /// Verdict, bar and tabs, which stay where they are, and the page below them, which scrolls where it has no room.
    fn answer_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>, commands: &mut Vec<Command>) {
        let page = self.looks.shown.page();
        ui.spacing_mut().item_spacing.y = 0.0;
        let raise = data::raise::build(&self.answers, &self.state.scenario.setup);
        let mut verdict = data::verdict::build(&self.state.scenario, &self.answers);
        // Where it was raised, the line of the what-if may have no room for what that costs.
        verdict
            .notes
            .extend(raise.as_ref().filter(|raise| raise.raised.is_some()).map(|raise| raise.advice.clone()));
        panels::centre::verdict_ui(ui, look, &verdict, commands);
        if self.answers.estimate.resolved.refusal.is_some() {
            panels::centre::refused_ui(ui, commands);
        } else {
            panels::centre::memory_ui(ui, look, &data::bar::build(&self.answers), commands);
        }
        panels::raise::raise_ui(ui, look, raise.as_ref(), commands);
        panels::centre::tabs_ui(ui, look, page, &self.state, commands);
        ui.spacing_mut().item_spacing.y = GAP;
        let left = ui.available_height();
        ScrollArea::vertical().id_salt(("page", page.label())).auto_shrink(false).show(ui, |ui| {
            self.page_ui(ui, look, (raise.as_ref(), left), commands);
        });
    }

    /// The page of an answer, as high as the room that is left where it is made of one chart.
    fn page_ui(
        &mut self,
        ui: &mut Ui,
        look: &Arc<Tokens>,
        (raise, left): (Option<&RaiseData>, f32),
        commands: &mut Vec<Command>,
    ) {
        match self.looks.shown.page() {
            Page::Speed => {
                let speeds = self.pages.speed.of(&self.state, &self.answers, data::speed::build);
                pages::speed::page_ui(ui, look, speeds, left, commands);
            }
            Page::Cost => {
                let costs = self.pages.cost.of(&self.state, &self.answers, data::cost::build);
                let mut said = Vec::new();
                pages::cost::page_ui(ui, look, costs, (&self.state.usage, left), commands, &mut said);
                for said in said {
                    self.toasts.error(said);
                }
            }
            Page::Plan => {
                let steps = self.plan_now(ui.ctx());
                pages::plan::page_ui(ui, look, &steps, commands);
            }
            Page::Map if self.answers.machine.is_some() => {
                self.pages.map.advance(&self.state, &self.answers, self.held);
                pages::map::page_ui(ui, look, (&self.state, &self.pages.map), left, commands);
            }
            _ if self.answers.estimate.resolved.refusal.is_some() => {
                ui.add_space(10.0);
                hint_ui(ui, look, text::nothing_is_estimated());
            }
            _ => pages::fit::page_ui(ui, look, (&self.answers.plot, raise), left, commands),
        }
    }

    /// The table, or the report made of it.
    fn compare_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>, commands: &mut Vec<Command>) {
        let page = self.looks.shown.page();
        let table = self.pages.compare.of(&self.state, &self.answers, data::compare::build);
        panels::compare::head_ui(ui, look, (page, table), commands);
        panels::centre::tabs_ui(ui, look, page, &self.state, commands);
        if page == Page::Report {
            let mut report = std::mem::take(&mut self.pages.report);
            let sheet =
                report.of(&self.state, &self.answers, |_, _| Settings::in_files(|| self.report_sheet()));
            let plan = self.plan_now(ui.ctx());
            pages::report::page_ui(ui, look, (sheet, &plan), commands);
            self.pages.report = report;
        } else {
            pages::compare::page_ui(ui, look, table, commands);
        }
    }
}
