//! The centre of the window: the place where one is, with its pages.

use std::sync::Arc;

use eframe::egui;
use egui::{ScrollArea, Ui};

use super::Plimsoll;
use super::command::Command;
use super::data;
use super::pages::{self, Page, Place};
use super::panels;
use super::theme::Tokens;
use super::widgets::hint_ui;

/// In place of the plot, where the runtime does not run.
const NOTHING: &str =
    "Nothing is estimated for what does not run; the machines at the right show where it does";

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

    /// Verdict, bar and page; in a low window all of it scrolls.
    fn answer_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>, commands: &mut Vec<Command>) {
        let room = ui.available_height();
        let page = self.looks.shown.page();
        ScrollArea::vertical().id_salt("centre").auto_shrink(false).show(ui, |ui| {
            let top = ui.cursor().top();
            let verdict = data::verdict::build(&self.state.scenario, &self.answers);
            panels::centre::verdict_ui(ui, look, &verdict, commands);
            ui.add_space(6.0);
            let refused = self.answers.estimate.resolved.refusal.is_some();
            if refused {
                panels::centre::refused_ui(ui, commands);
            } else {
                panels::centre::memory_ui(ui, look, &data::bar::build(&self.answers), commands);
            }
            let raise = data::raise::build(&self.answers, &self.state.scenario.setup);
            if let Some(raise) = &raise {
                panels::raise::raise_ui(ui, look, raise, commands);
            }
            ui.add_space(4.0);
            panels::centre::tabs_ui(ui, look, page, &self.state, commands);
            let left = room - (ui.cursor().top() - top);
            match page {
                Page::Speed => {
                    let speeds = self.pages.speed.of(&self.state, &self.answers, data::speed::build);
                    pages::speed::page_ui(ui, look, speeds, commands);
                }
                Page::Cost => {
                    let costs = self.pages.cost.of(&self.state, &self.answers, data::cost::build);
                    let mut said = Vec::new();
                    pages::cost::page_ui(ui, look, costs, &self.state.usage, commands, &mut said);
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
                _ if refused => {
                    ui.add_space(10.0);
                    hint_ui(ui, look, NOTHING);
                }
                _ => {
                    let plot = (&self.answers.plot, raise.as_ref());
                    pages::fit::page_ui(ui, look, plot, left, commands);
                }
            }
        });
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
                report.of(&self.state, &self.answers, |_, _| self.settings.in_files(|| self.report_sheet()));
            let plan = self.plan_now(ui.ctx());
            pages::report::page_ui(ui, look, (sheet, &plan), commands);
            self.pages.report = report;
        } else {
            pages::compare::page_ui(ui, look, table, commands);
        }
    }
}
