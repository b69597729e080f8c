//! What opens over the window: palette, model picker, this machine, help, and a path field.

mod gallery;
mod help;
mod log;
mod machine_picker;
mod palette;
mod path;
mod picker;
mod quantizations;
mod search_list;
mod stand_in;
mod typed;

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui;
use egui::{Frame, Margin, Stroke, Ui};

use super::Plimsoll;
use super::command::Command;
use super::data::gallery::Offered;
use super::data::quantizations::Stored;
use super::measured_log::MeasuredLog;
use super::outside::Purpose;
use super::theme::Tokens;
use crate::app::text;
use crate::engine::Verdict;
use path::{Answer, PathField};
use search_list::Search;

/// What is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// Every command by name.
    Palette(Search),
    /// Every model by name, with its verdict on the chosen machine.
    Picker(Search, Arc<[(String, Verdict)]>),
    /// Every quantization of the model.
    Quantizations(Search, Arc<[Stored]>),
    /// Every preset in groups.
    Presets(Search, Arc<[Offered]>),
    /// Every machine by name, to be compared with.
    Machines(Search),
    /// Every machine of the catalog, for the one that this is.
    StandIn(Search),
    /// Where to begin, and the keys.
    Help,
    /// What a log measured.
    Log(MeasuredLog),
    /// A path, where the system shows no dialog.
    Path(PathField),
}

impl Overlay {
    /// Whether nothing is open.
    pub(super) const fn is_closed(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The palette with nothing typed.
    pub(super) fn palette() -> Self {
        Self::Palette(Search::default())
    }

    /// The picker with nothing typed.
    pub(super) fn picker(fits: Vec<(String, Verdict)>) -> Self {
        Self::Picker(Search::default(), fits.into())
    }

    /// The quantizations with nothing typed.
    pub(super) fn quantizations(offered: Vec<Stored>) -> Self {
        Self::Quantizations(Search::default(), offered.into())
    }

    /// The gallery with nothing typed.
    pub(super) fn presets(offered: Vec<Offered>) -> Self {
        Self::Presets(Search::default(), offered.into())
    }

    /// The picker of machines with nothing typed.
    pub(super) fn machines() -> Self {
        Self::Machines(Search::default())
    }

    /// The catalog's machines, with nothing typed.
    pub(super) fn stand_in() -> Self {
        Self::StandIn(Search::default())
    }

    /// A field for a path.
    pub(super) const fn path(purpose: Purpose, suggested: String) -> Self {
        Self::Path(PathField::new(purpose, suggested))
    }

    /// The field again, with the path that could not be written and why.
    pub(super) const fn path_again(purpose: Purpose, path: String, why: String) -> Self {
        Self::Path(PathField::again(purpose, path, why))
    }

    /// Opens another, or closes it if it is the one that is open.
    pub(super) fn toggle(&mut self, other: Self) {
        let same = std::mem::discriminant(self) == std::mem::discriminant(&other);
        *self = if same { Self::None } else { other };
    }
}

/// The frame of everything that opens over the window.
fn popup_frame(ui: &Ui, look: &Tokens) -> Frame {
    Frame::new()
        .fill(look.surface)
        .stroke(Stroke::new(1.0, look.line))
        .corner_radius(10)
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin::same(18))
}

impl Plimsoll {
    /// Draws what is open; returns what it asks for.
    pub(super) fn overlay_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>) -> Vec<Command> {
        let mut commands = Vec::new();
        let mut overlay = std::mem::take(&mut self.overlay);
        let stays = match &mut overlay {
            Overlay::None => return commands,
            Overlay::Palette(search) => {
                let written = |id: &str| self.unlisted(id).filter(|_| super::files::is_written(id));
                let typed = typed::of_words(&self.state.scenario, &written, search.text());
                palette::show(ui, look, search, (&typed, &self.palette_entries()), &mut commands)
            }
            Overlay::Quantizations(search, offered) => {
                quantizations::show(ui, look, search, offered, &mut commands)
            }
            Overlay::Presets(search, offered) => gallery::show(ui, look, search, offered, &mut commands),
            Overlay::Picker(search, fits) => {
                let present = self.state.scenario.language().map(|language| Arc::clone(&language.model));
                let present = present.as_deref();
                let catalog = Arc::clone(&self.catalog);
                let best = self.best_here(ui.ctx());
                picker::show(ui, look, search, (&catalog.models, fits, &best), present, &mut commands)
            }
            Overlay::Machines(search) => {
                let offered = (&self.state, self.answers.evaluated.as_slice());
                let scenarios = self.scenarios_to_compare();
                machine_picker::show(ui, look, search, offered, &scenarios, &mut commands)
            }
            Overlay::StandIn(search) => {
                stand_in::show(ui, look, search, &self.catalog.machines, &mut commands)
            }
            Overlay::Help => help::show(ui, look),
            Overlay::Log(log) => log::show(ui, look, log, &mut commands),
            Overlay::Path(field) => match path::show(ui, look, field) {
                Answer::Open => true,
                Answer::Closed => false,
                Answer::Taken => {
                    commands.push(Command::PathTyped(field.purpose, PathBuf::from(field.text.trim())));
                    false
                }
            },
        };
        if stays {
            self.overlay = overlay;
        }
        commands
    }

    /// Scenarios that this one can be compared with: those of the other tabs, presets, and files opened before.
    fn scenarios_to_compare(&self) -> Vec<(Command, String, &'static str)> {
        let waiting = self.state.tabs.waiting().map(|tab| &tab.scenario);
        let tabs = waiting.chain(self.state.others.values()).map(|scenario| {
            let beside = super::state::Change::Beside(Some(Box::new(scenario.clone())));
            (Command::Change(beside), scenario.name.clone(), text::another_tab())
        });
        let files =
            self.file.recent.iter().filter(|path| path.extension().is_some_and(|ending| ending == "ron"));
        let files = files.map(|path| {
            let command = Command::BesideFile(path.clone());
            let name = command.label();
            (command, name, text::overlays_file())
        });
        let presets = self
            .presets()
            .into_iter()
            .map(|(id, name)| (Command::BesidePreset(id), name, text::overlays_preset()));
        tabs.chain(files).chain(presets).collect()
    }

    /// Everything the palette offers with its words: plain commands, presets, models, machines.
    fn palette_entries(&self) -> Vec<(Command, String)> {
        let plain = Command::plain().into_iter().map(|command| {
            let label = command.label();
            (command, label)
        });
        let presets = self
            .presets()
            .into_iter()
            .map(|(id, name)| (Command::Preset(id), text::overlays_preset_2(&name)));
        let machines = self.machines.iter().map(|machine| {
            let judge = Command::Change(super::state::Change::Machine(machine.id.clone()));
            (judge, text::evaluate_on(&super::names::short(machine)))
        });
        let models = self.catalog.models.iter().map(|model| {
            let command = Command::Change(super::state::Change::Model(Arc::clone(model)));
            (command, text::model(&model.name))
        });
        let recent = self.file.recent.iter().map(|path| {
            let command = Command::OpenPath(path.clone());
            let label = text::open_recent(&command.label());
            (command, label)
        });
        let tabs = self.state.tabs.waiting().map(|tab| {
            let go = Command::Change(super::state::Change::GoToTab(tab.id));
            (go, text::scenario(&tab.scenario.name))
        });
        let moved = self.largest_entries().chain(Self::sort_entries());
        plain.chain(moved).chain(tabs).chain(recent).chain(presets).chain(models).chain(machines).collect()
    }
}
