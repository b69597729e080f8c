//! Opening and saving: what happens to the state when a file was read or chosen.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui;

use super::Plimsoll;
use super::files::{Known, Loaded, first_scenario, load_text, with_ending};
use super::load_error::LoadError;
use super::outside::Purpose;
use super::overlays::Overlay;
use super::state::{AppState, Change};
use crate::app::text;
use crate::catalog::{calibration, quality};
use crate::engine::Assumptions;
use crate::engine::plan::Keyed;
use crate::engine::working::Detail;
use crate::report::{ClaimsFormat, Report, Sheet, sheet, taken_for_granted};
use crate::spec::{Chosen, Machine};

/// Files that are remembered.
const RECENT: usize = 10;

impl Plimsoll {
    /// What a file held becomes the state, as one step that can be undone.
    pub(super) fn opened(&mut self, path: Option<PathBuf>, loaded: Loaded) {
        let (mut after, edited) = (self.state.clone(), self.edited());
        let notes = match loaded {
            Loaded::Log(runs) => {
                self.show_log(&runs);
                return;
            }
            Loaded::Scenario { scenario, machine, compared, usage, notes, saved } => {
                self.saved = saved.map(|saved| ((*scenario).clone(), saved));
                // What the file raises, it raises on the machine it names.
                if let Some(machine) = machine.and_then(|id| self.known(&id)) {
                    after.ask_of(&machine);
                }
                // Work that is not saved stays, in a tab of its own.
                if edited {
                    after.open_beside(*scenario);
                } else {
                    after.open(*scenario);
                }
                after.usage = usage.unwrap_or(after.usage);
                after.compared.extend(compared.iter().filter_map(|id| self.known(id)));
                // A model file is not what a scenario is saved to.
                let is_text =
                    |path: &PathBuf| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("ron"));
                self.note_file(after.tabs.shown, after.scenario.clone(), path.clone().filter(is_text));
                notes
            }
            Loaded::Model { model, key, quantization, notes } => {
                if after.scenario.language().is_none()
                    && let Ok(chat) = first_scenario(&self.catalog)
                {
                    // Neither a graph network nor a pipeline has a language model: the model is read instead.
                    after = after.after(&Change::Family(Box::new(chat)));
                }
                after.use_model_as(&model, &key);
                if !after.scenario.name.contains(&model.name) {
                    // A title that names no model would go on naming what was before.
                    after.scenario.name.clone_from(&model.name);
                }
                if let Some(quantization) = quantization {
                    set_quantization(&mut after, quantization);
                }
                notes
            }
        };
        self.replace(after);
        for note in notes {
            self.toasts.say(note);
        }
        if let Some(path) = path {
            self.remember(path);
        }
    }

    /// The id under which a machine is listed here, if it is.
    pub(super) fn known(&self, id: &str) -> Option<String> {
        if id == crate::detect::THIS {
            return Some(id.to_owned());
        }
        let listed = self.catalog.machine(id).ok().map(|machine| machine.id.clone());
        listed.or_else(|| self.unlisted(id).map(|machine| machine.id.clone()))
    }

    /// Opens a preset of the catalog.
    pub(super) fn open_preset(&mut self, id: &str) {
        let Ok(preset) = self.catalog.preset(id) else { return };
        match load_text(&preset.text, &preset.file, &self.catalog, &self.machines, &self.outside.today) {
            Ok(loaded) => self.opened(None, loaded),
            Err(error) => self.toasts.error(error.to_string()),
        }
    }

    /// Compares with a preset of the catalog.
    pub(super) fn lay_beside_preset(&mut self, id: &str) {
        let Ok(preset) = self.catalog.preset(id) else { return };
        let loaded =
            load_text(&preset.text, &preset.file, &self.catalog, &self.machines, &self.outside.today);
        self.lay_beside(loaded);
    }

    /// Compares with what a file held.
    pub(super) fn lay_beside(&mut self, loaded: Result<Loaded, LoadError>) {
        match loaded {
            Ok(Loaded::Scenario { scenario, .. }) => {
                let after = self.state.after(&Change::Beside(Some(scenario)));
                self.replace(after);
            }
            Ok(Loaded::Model { .. } | Loaded::Log(_)) => self.toasts.error(LoadError::NoScenario.to_string()),
            Err(error) => self.toasts.error(error.to_string()),
        }
    }

    /// A file was chosen for a purpose.
    pub(super) fn picked(&mut self, ctx: &egui::Context, purpose: Purpose, path: PathBuf) {
        match purpose {
            Purpose::Open => self.start_loading(ctx, path),
            Purpose::Prices => self.take_prices(&path),
            Purpose::SavePreset => {
                let path = with_ending(path, "ron");
                if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron")) {
                    self.start_saving(ctx, path);
                } else {
                    self.toasts.error(text::a_scenario_is_saved(&path.display()));
                }
            }
            Purpose::SaveReport(format) => {
                self.start_reporting(ctx, with_ending(path, format.extension()));
            }
            Purpose::SaveClaims => self.save_claims(&with_ending(path, ClaimsFormat::Markdown.extension())),
        }
    }

    /// Asks for a path in the window itself.
    pub(super) fn ask_in_window(&mut self, purpose: Purpose) {
        self.overlay = Overlay::path(purpose, self.suggested_path(purpose));
    }

    /// The name a file is offered under.
    pub(super) fn suggested_name(&self, purpose: Purpose) -> String {
        let plain: String = self
            .state
            .scenario
            .name
            .to_lowercase()
            .chars()
            .map(|sign| if sign.is_alphanumeric() { sign } else { '-' })
            .collect();
        let plain = plain.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
        let stem = if plain.is_empty() { "scenario".to_owned() } else { plain };
        match purpose {
            Purpose::Open | Purpose::Prices => String::new(),
            Purpose::SavePreset => format!("{stem}.ron"),
            Purpose::SaveReport(format) => format!("{stem}-report.{}", format.extension()),
            Purpose::SaveClaims => format!("claims.{}", ClaimsFormat::Markdown.extension()),
        }
    }

    /// The path the window's own field starts with: beside the file that is open, else in the home folder.
    fn suggested_path(&self, purpose: Purpose) -> String {
        let path = self.file.path(self.state.tabs.shown);
        let folder = path.and_then(|path| path.parent().map(PathBuf::from));
        let home = || directories::UserDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let folder = folder.or_else(home).unwrap_or_default();
        let path = folder.join(self.suggested_name(purpose));
        path.display().to_string()
    }

    /// Puts a file at the head of those remembered.
    pub(super) fn remember(&mut self, path: PathBuf) {
        self.file.recent.retain(|known| *known != path);
        self.file.recent.insert(0, path);
        self.file.recent.truncate(RECENT);
    }

    /// The report as it would be saved: the chosen machine first, then those ticked.
    pub(super) fn report(&self) -> Report {
        let report = self.answered();
        let figures = self.figures();
        let known = Known { catalog: &self.catalog, today: &self.outside.today };
        let report = match Keyed::of(&self.state.scenario, &known) {
            Some(variants) => report.decided(&variants, &figures, quality()),
            None => report.decided(&self.state.scenario, &figures, quality()),
        };
        let Some(other) = self.state.beside.as_deref() else { return report };
        match Keyed::of(other, &known) {
            Some(variants) => report.decided_beside(&variants, &figures, quality()),
            None => report.decided_beside(other, &figures, quality()),
        }
    }

    /// What is taken for granted of how machines are used, without workings.
    fn figures(&self) -> Assumptions<'static> {
        Assumptions { usage: self.state.usage, ..Assumptions::new(calibration()) }
    }

    /// The answers of the chosen machine and the ticked ones, with their workings.
    fn answered(&self) -> Report {
        let chosen = self.answers.machine.iter().cloned();
        let ticked =
            self.answers.evaluated.iter().map(|evaluated| Arc::clone(&evaluated.machine)).filter(|machine| {
                self.state.compared.contains(&machine.id) && machine.id != self.state.machine
            });
        let machines: Vec<Arc<Machine>> = chosen.chain(ticked).collect();
        let data_of = self.catalog.data_of();
        let assumptions = Assumptions { detail: Detail::Workings, ..self.figures() };
        let mut report =
            Report::new(self.state.scenario.clone(), &machines, &assumptions, (&self.outside.today, data_of));
        report.baseline.clone_from(&self.state.columns.baseline);
        report.notes = machines.iter().flat_map(|machine| taken_for_granted(machine)).collect();
        // The what-if belongs to the chosen machine alone.
        if let (Some(first), Some(_)) = (report.answers.first_mut(), &self.answers.machine) {
            first.estimate = self.answers.worked_anew();
        }
        let report = match &self.state.beside {
            Some(other) => report.with_other((**other).clone(), &assumptions),
            None => report,
        };
        // What was asked otherwise since is no change of the answer.
        match &self.saved {
            Some((asked, saved)) if *asked == self.state.scenario => report.beside(saved),
            _ => report,
        }
    }

    /// The report as the page shows it; its plans are made in the background, with those of the page of plans.
    pub(super) fn report_sheet(&self) -> Sheet {
        sheet(&self.answered().advised(&self.figures(), quality()))
    }
}

/// Weights as a file has them, unless a runtime was asked for that does not know that format.
fn set_quantization(state: &mut AppState, quantization: crate::spec::Quantization) {
    let asked = state.scenario.language().filter(|language| language.chosen == Chosen::Asked);
    if asked.is_some_and(|language| !quantization.runs_on(language.runtime)) {
        return;
    }
    if let Some(inference) = state.scenario.inference_mut() {
        inference.quantization = quantization;
    }
    state.scenario.follow_format();
}
