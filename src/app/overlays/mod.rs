//! What opens over the window: palette, model picker, workings, this machine, help.

mod palette;
mod picker;
mod search_list;
mod working;

use std::sync::Arc;

use eframe::egui::Ui;

use super::Plimsoll;
use super::command::Command;
use super::data;
use super::subject::Subject;
use super::theme::Tokens;
use search_list::Search;

/// What is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// Every command by name.
    Palette(Search),
    /// Every model by name.
    Picker(Search),
    /// How a figure came about.
    Working(Subject),
    /// What was detected.
    ThisMachine,
    /// Keys and where to begin.
    Help,
}

impl Overlay {
    /// The palette with nothing typed.
    pub fn palette() -> Self {
        Self::Palette(Search::default())
    }

    /// The picker with nothing typed.
    pub fn picker() -> Self {
        Self::Picker(Search::default())
    }

    /// Opens another, or closes it if it is the one that is open.
    pub fn toggle(&mut self, other: Self) {
        let same = std::mem::discriminant(self) == std::mem::discriminant(&other);
        *self = if same { Self::None } else { other };
    }
}

impl Plimsoll {
    /// Draws what is open; returns what it asks for.
    pub(super) fn overlay_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>) -> Vec<Command> {
        let mut commands = Vec::new();
        let mut overlay = std::mem::take(&mut self.overlay);
        let stays = match &mut overlay {
            Overlay::None => return commands,
            Overlay::Palette(search) => palette::show(ui, look, search, &self.palette_entries(), &mut commands),
            Overlay::Picker(search) => picker::show(ui, look, search, &self.catalog.models, &mut commands),
            Overlay::Working(subject) => {
                working::show(ui, look, &data::working::build(&self.answers, *subject))
            }
            Overlay::ThisMachine | Overlay::Help => false,
        };
        if stays {
            self.overlay = overlay;
        }
        commands
    }

    /// Everything the palette offers: plain commands, presets and machines.
    fn palette_entries(&self) -> Vec<Command> {
        let mut entries = Command::plain();
        entries.extend(self.presets().into_iter().map(|(id, _)| Command::Preset(id)));
        entries
    }
}
