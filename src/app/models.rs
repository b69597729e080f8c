//! The place of models: every one of the catalog ranked for the chosen machine, in the background.

use std::sync::Arc;

use eframe::egui;
use egui::{RichText, Ui};

use super::Plimsoll;
use super::command::Command;
use super::data::ranked::{Ask, Best, RankedData, compute};
use super::names;
use super::pages::Page;
use super::pages::ranked::{self, View};
use super::panels;
use super::theme::Tokens;
use super::widgets::hint_ui;
use super::work::Done;
use crate::app::text;
use crate::engine::speed::Chip;
use crate::spec::{Family, Machine};

/// Models as they were ranked last.
#[derive(Debug, Default)]
pub(super) struct Models {
    /// What is being ranked.
    under_way: bool,
    /// What was, and how it came out; nothing where the workload has no language model.
    ranked: Option<(Ask, Option<RankedData>)>,
    /// What of it is looked at.
    view: View,
}

impl Models {
    /// Lets go of what was ranked: it is shown in other units now.
    pub(super) fn forget(&mut self) {
        self.ranked = None;
    }

    /// Takes in what was ranked.
    pub(super) fn take(&mut self, ask: Ask, data: Option<RankedData>) {
        self.under_way = false;
        self.ranked = Some((ask, data));
        self.view.forget();
    }
}

/// Why there are no speeds, and what gives them.
fn unmeasured_ui(ui: &mut Ui, look: &Tokens, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(text::no_speeds_how_fast()).color(look.soft));
        if ui.button(text::measure_this_machine()).clicked() {
            commands.extend([Command::ThisMachine, Command::Measure]);
        }
    });
    ui.add_space(4.0);
}

impl Plimsoll {
    /// Draws the place.
    pub(super) fn models_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>, commands: &mut Vec<Command>) {
        panels::centre::tabs_ui(ui, look, self.looks.shown.page(), &self.state, commands);
        ui.add_space(8.0);
        let Some(machine) = self.answers.machine.clone() else {
            hint_ui(ui, look, text::this_machine_is_being_looked());
            return;
        };
        if self.looks.shown.page() == Page::OnDisk {
            self.on_disk_ui(ui, look, &machine, commands);
            return;
        }
        if names::is_this(&machine) && Chip::of(&machine).is_none() {
            unmeasured_ui(ui, look, commands);
        }
        self.rank_for(ui.ctx(), machine);
        match &self.models.ranked {
            None => hint_ui(ui, look, text::every_model_is_being_ranked()),
            Some((_, Some(data))) => ranked::page_ui(ui, look, data, &mut self.models.view, commands),
            Some((_, None)) => {
                hint_ui(ui, look, text::this_workload_has_no_language());
                if ui.button(text::rank_models_for_chat()).clicked() {
                    commands.push(Command::Family(Family::Inference));
                }
            }
        }
    }

    /// Ranks models for the machine in the background, unless that is being done or nothing is different.
    fn rank_for(&mut self, ctx: &egui::Context, machine: Arc<Machine>) {
        let ranked = self.models.ranked.as_ref();
        let fresh = ranked.is_some_and(|(ask, _)| ask.is(&self.state, &machine));
        if !fresh && !self.models.under_way && !self.held {
            self.models.under_way = true;
            let (ask, catalog) = (Ask { state: self.state.clone(), machine }, Arc::clone(&self.catalog));
            self.work.start(ctx, move || {
                let data = compute(&ask, &catalog);
                Done::Ranked(Box::new((ask, data)))
            });
        }
    }

    /// Every model in its best quantization here, as far as that is known now.
    pub(super) fn best_here(&mut self, ctx: &egui::Context) -> Vec<Best> {
        let Some(machine) = self.answers.machine.clone() else { return Vec::new() };
        self.rank_for(ctx, Arc::clone(&machine));
        let ranked = self.models.ranked.as_ref().filter(|(ask, _)| ask.is(&self.state, &machine));
        ranked.and_then(|(_, data)| data.as_ref()).map(RankedData::best).unwrap_or_default()
    }
}
