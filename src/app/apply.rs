//! What each command does; the one place where the state changes.

use std::path::Path;
use std::sync::Arc;

use eframe::egui;
use egui::ViewportCommand;

use super::Plimsoll;
use super::command::Command;
use super::data;
use super::files::{Known, first_scenario};
use super::form;
use super::hints::with_hints;
use super::outside::Purpose;
use super::overlays::Overlay;
use super::pages::Page;
use super::state::{AppState, Change};
use crate::app::text;
use crate::engine::axis::Axis;
use crate::engine::scale::parameters;
use crate::spec::{Family, Model};

/// How near a slider must come to a named model to become it, as a logarithm: about 2 %.
const SNAP: f64 = 0.02;
/// Steps of the zoom, and its ends.
const ZOOM: (f32, f32, f32) = (0.1, 0.6, 3.0);

impl Plimsoll {
    /// Carries out commands in order and brings the answers up to date.
    pub(super) fn carry_out(&mut self, ctx: &egui::Context, commands: Vec<Command>) {
        if commands.is_empty() {
            return;
        }
        for command in commands {
            self.apply(ctx, command);
        }
        self.refresh();
    }

    fn apply(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::Change(Change::Model(model)) => {
                if self.state.scenario.language().is_none() {
                    self.show_family(Family::Inference);
                }
                self.change(&Change::Model(model));
            }
            Command::Change(Change::Duplicate) => self.duplicate(),
            Command::Change(change) => self.change(&change),
            Command::Rename => self.rename(ctx),
            Command::MakeItFit => self.make_it_fit(ctx),
            Command::FilterMachines => self.filter_machines(ctx),
            Command::CheckClaim(claim) => self.check_claim(claim),
            Command::SaveClaims => self.start_asking(ctx, Purpose::SaveClaims),
            Command::CloseTab => self.change(&Change::CloseTab(self.state.tabs.shown)),
            Command::NextTab => self.next_tab(),
            Command::Set(key, text) => self.set(key, &text),
            Command::Apply(changes) => {
                let known = Known { catalog: &self.catalog, today: &self.outside.today };
                if let Some(after) = data::plan::applied(&self.state, &changes, &known) {
                    self.replace(after);
                }
            }
            Command::Family(family) => self.show_family(family),
            Command::Undo => self.step_back(),
            Command::Redo => self.step_forward(),
            Command::Go(place) => self.looks.shown.go(place),
            Command::Show(page) => self.looks.shown.show(page),
            Command::NextPage => self.looks.shown.show(self.looks.shown.page().next()),
            Command::Theme(choice) => {
                self.looks.theme = choice;
                ctx.set_theme(choice.preference());
            }
            Command::ZoomIn => zoom(ctx, ZOOM.0),
            Command::ZoomOut => zoom(ctx, -ZOOM.0),
            Command::ZoomReset => ctx.set_zoom_factor(1.0),
            Command::ToggleWorkload => {
                let sides = self.looks.sides_mut();
                sides.workload = !sides.workload;
            }
            Command::ToggleMachines => {
                let sides = self.looks.sides_mut();
                sides.machines = !sides.machines;
            }
            Command::Palette => self.overlay.toggle(Overlay::palette()),
            Command::PickPreset => self.pick_preset(),
            Command::PickModel => self.pick_model(),
            Command::PickQuantization => self.pick_quantization(),
            Command::PickMachine => self.overlay.toggle(Overlay::machines()),
            Command::ThisMachine => self.show_or_leave(Page::ThisMachine),
            Command::SettingsPage => self.show_or_leave(Page::Settings),
            Command::PickStandIn => self.overlay.toggle(Overlay::stand_in()),
            Command::Settings(settings) => self.set_settings(ctx, settings),
            Command::Zoom(percent) => {
                ctx.set_zoom_factor((f32::from(percent) / 100.0).clamp(ZOOM.1, ZOOM.2));
            }
            Command::Hints(told) => self.set_settings(ctx, with_hints(&self.settings, told)),
            Command::ResetSettings => self.reset_settings(ctx),
            Command::ForgetRecent => self.file.recent.clear(),
            Command::PickPrices => self.start_asking(ctx, Purpose::Prices),
            Command::DropPrices => self.drop_prices(),
            Command::Measure => self.start_measuring(ctx),
            Command::StopMeasuring => self.stop_measuring(),
            Command::Help => self.overlay.toggle(Overlay::Help),
            Command::Working(subject) => self.open_working(subject),
            Command::Width(side, width) => *self.looks.widths.of_mut(side) = width,
            Command::CopyAnswer => {
                let verdict = data::verdict::build(&self.state.scenario, &self.answers);
                ctx.copy_text(format!("{}\n{}", verdict.headline, verdict.detail));
                self.toasts.say(text::the_answer());
            }
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::New => self.start_anew(),
            Command::Open => self.start_asking(ctx, Purpose::Open),
            Command::OpenPath(path) if self.reads_claims(&path) => self.drop_claims(&path),
            Command::OpenPath(path) => self.start_loading(ctx, path),
            Command::KeepRuns(runs) => self.keep_runs(runs),
            Command::Preset(id) => self.open_preset(&id),
            Command::BesidePreset(id) => self.lay_beside_preset(&id),
            Command::BesideFile(path) => self.start_laying_beside(ctx, path),
            Command::Save => match self.file.path(self.state.tabs.shown).cloned() {
                Some(path) if is_preset(&path) => self.start_saving(ctx, path),
                _ => self.start_asking(ctx, Purpose::SavePreset),
            },
            Command::SaveAs => self.start_asking(ctx, Purpose::SavePreset),
            Command::SaveReport(format) => self.start_asking(ctx, Purpose::SaveReport(format)),
            Command::PathTyped(purpose, path) => self.picked(ctx, purpose, path),
            Command::DetectAgain => self.start_detection(ctx),
        }
    }

    /// A page of the program, or where it shows the page before it.
    fn show_or_leave(&mut self, page: Page) {
        let shown = &mut self.looks.shown;
        if shown.page() == page { shown.leave() } else { shown.show(page) }
    }

    /// A setting of the form; what is wrong with it is said, and nothing changes.
    fn set(&mut self, key: &'static str, text: &str) {
        match form::set(&self.state.scenario, key, text) {
            Ok((change, notes)) => {
                self.change(&change);
                for note in notes {
                    self.toasts.say(note);
                }
            }
            Err(error) => self.toasts.error(error.to_string()),
        }
    }

    /// Another family: as it was left, or as it starts.
    fn show_family(&mut self, family: Family) {
        let scenario = &self.state.scenario;
        if scenario.workload.family() == family {
            return;
        }
        let mut started = None;
        let next = match self.state.others.get(&family) {
            Some(left) => Ok(left.clone()),
            None => {
                form::switched(scenario, family, &self.catalog).inspect(|start| started = Some(start.clone()))
            }
        };
        if let Some(start) = started {
            self.note_start(&start);
        }
        match next {
            Ok(next) => self.change(&Change::Family(Box::new(next))),
            Err(error) => self.toasts.error(error.to_string()),
        }
    }

    /// One change of the state, noted for undo.
    pub(super) fn change(&mut self, change: &Change) {
        let change = self.snapped(change);
        let after = self.state.after(&change);
        self.become_state(after, change.stroke());
    }

    /// Another state in place of this one, as one step of undo.
    pub(super) fn replace(&mut self, after: AppState) {
        self.become_state(after, None);
    }

    fn become_state(&mut self, after: AppState, stroke: Option<&'static str>) {
        if after == self.state {
            return;
        }
        if self.state.same_work(&after) {
            // What the list shows is no work: it is not a step of undo.
            self.state = after;
            return;
        }
        let before = std::mem::replace(&mut self.state, after);
        let machines_differ = before.overrides != self.state.overrides;
        self.history.record(before, stroke, self.now, self.held);
        if machines_differ {
            self.rebuild_machines();
        }
    }

    /// A model size near that of a model of the same family becomes that model, exactly; other sizes scale the
    /// shape of the named model, not of what it was scaled to before.
    fn snapped(&self, change: &Change) -> Change {
        let Change::Axis(Axis::MODEL_SIZE, size) = change else { return change.clone() };
        let Some(language) = self.state.scenario.language() else { return change.clone() };
        let model = &language.model;
        let kin = |other: &&Arc<Model>| {
            (&other.family, &other.architecture, other.makes)
                == (&model.family, &model.architecture, model.makes)
        };
        let away = |other: &Arc<Model>| (parameters(other) / size).ln().abs();
        let nearest =
            self.catalog.models.iter().filter(kin).filter(|other| away(other) < SNAP).min_by(|a, b| {
                let same = |other: &Arc<Model>| other.id != model.id;
                away(a).total_cmp(&away(b)).then(same(a).cmp(&same(b)))
            });
        nearest.map_or_else(|| change.clone(), |model| Change::Model(Arc::clone(model)))
    }

    /// The scenario a window starts with, in a tab of its own, on the machine that is chosen.
    fn start_anew(&mut self) {
        match first_scenario(&self.catalog) {
            Ok(scenario) => {
                let mut after = self.state.clone();
                if after.scenario == scenario {
                    return;
                }
                after.open_beside(scenario.clone());
                self.note_file(after.tabs.shown, scenario, None);
                self.replace(after);
            }
            Err(error) => self.toasts.error(error.to_string()),
        }
    }

    fn step_back(&mut self) {
        if let Some(before) = self.history.undo(&self.state) {
            self.state = before.listed_as(&self.state);
            self.rebuild_machines();
        }
    }

    fn step_forward(&mut self) {
        if let Some(after) = self.history.redo(&self.state) {
            self.state = after.listed_as(&self.state);
            self.rebuild_machines();
        }
    }

    /// Presets as id and name.
    pub(super) fn presets(&self) -> Vec<(String, String)> {
        self.catalog.presets.iter().map(|preset| (preset.id.clone(), preset.name.clone())).collect()
    }
}

/// Whether a file is one a scenario is saved to.
fn is_preset(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron"))
}

fn zoom(ctx: &egui::Context, by: f32) {
    ctx.set_zoom_factor((ctx.zoom_factor() + by).clamp(ZOOM.1, ZOOM.2));
}
