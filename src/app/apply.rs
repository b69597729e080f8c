//! What each command does; the one place where the state changes.

use eframe::egui;
use egui::ViewportCommand;

use super::Plimsoll;
use super::command::Command;
use super::data;
use super::overlays::Overlay;
use super::state::Change;

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
            Command::Change(change) => self.change(&change),
            Command::Undo => self.step_back(),
            Command::Redo => self.step_forward(),
            Command::Show(page) => self.looks.page = page,
            Command::NextPage => self.looks.page = self.looks.page.next(),
            Command::Theme(choice) => {
                self.looks.theme = choice;
                ctx.set_theme(choice.preference());
            }
            Command::ZoomIn => zoom(ctx, ZOOM.0),
            Command::ZoomOut => zoom(ctx, -ZOOM.0),
            Command::ZoomReset => ctx.set_zoom_factor(1.0),
            Command::ToggleWorkload => self.looks.workload = !self.looks.workload,
            Command::ToggleMachines => self.looks.machines = !self.looks.machines,
            Command::Palette => self.overlay.toggle(Overlay::palette()),
            Command::PickModel => self.overlay.toggle(Overlay::picker()),
            Command::ThisMachine => self.overlay.toggle(Overlay::ThisMachine),
            Command::Help => self.overlay.toggle(Overlay::Help),
            Command::Working(subject) => self.overlay = Overlay::Working(subject),
            Command::CopyAnswer => {
                let verdict = data::verdict::build(&self.answers);
                ctx.copy_text(format!("{}\n{}", verdict.headline, verdict.detail));
                self.toasts.say("The answer is on the clipboard");
            }
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            _ => {}
        }
    }

    /// One change of the state, noted for undo.
    fn change(&mut self, change: &Change) {
        let after = self.state.after(change);
        if after == self.state {
            return;
        }
        let before = std::mem::replace(&mut self.state, after);
        let machines_differ = before.overrides != self.state.overrides;
        self.history.record(before, change.stroke(), self.now, self.held);
        if machines_differ {
            self.rebuild_machines();
        }
    }

    fn step_back(&mut self) {
        if let Some(before) = self.history.undo(&self.state) {
            self.state = before;
            self.rebuild_machines();
        }
    }

    fn step_forward(&mut self) {
        if let Some(after) = self.history.redo(&self.state) {
            self.state = after;
            self.rebuild_machines();
        }
    }

    /// Presets as id and name.
    pub(super) fn presets(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Where the catalog's figures come from.
    pub(super) fn catalog_line(&self) -> String {
        format!("{} machines · {} models", self.catalog.machines.len(), self.catalog.models.len())
    }
}

fn zoom(ctx: &egui::Context, by: f32) {
    ctx.set_zoom_factor((ctx.zoom_factor() + by).clamp(ZOOM.1, ZOOM.2));
}
