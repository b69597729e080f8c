//! One frame: input first, then the form, then everything that follows from it, so that a change is seen at once.

use eframe::egui;
use egui::{Margin, Rect, Ui};

use super::Plimsoll;
use super::command::Command;
use super::data;
use super::hints::{self, Hint};
use super::panels;
use super::panels::hints::Dismissed;
use super::panels::layout::{inside, paint, regions};
use super::panels::splitter::splitters_ui;
use super::panels::status::StatusData;
use super::panels::tabs::TabData;
use super::panels::top::TopData;
use super::panels::working::Shown;
use super::state::Change;
use super::subject::Subject;
use super::theme::Tokens;
use super::widgets::plot;
use crate::app::text;
use crate::spec::{Machine, Scenario};
use crate::units::{plain, show_gib, show_grouped, whole};

impl Plimsoll {
    /// Draws the window.
    pub(super) fn frame_ui(&mut self, ui: &mut Ui) {
        let look = self.themes.of(ui.ctx().theme());
        self.read_clock(ui);
        let mut commands = Self::shortcuts(ui);
        commands.extend(Self::dropped(ui));
        if let Some(value) = plot::dragged(ui.ctx()) {
            commands.push(Command::Change(Change::Axis(self.state.axis, value)));
        }
        self.carry_out(ui.ctx(), commands);
        let edited = self.edited();
        self.name_window(ui.ctx());

        let whole = ui.max_rect();
        let working = self.working_shown(ui);
        let mut sides = self.looks.sides();
        sides.machines |= working.is_some();
        let hint = self.hint(ui);
        let shown = (self.state.tabs.are_several(), hint.is_some());
        let regions = regions(whole, sides, self.looks.widths, shown);
        paint(ui, &look, &regions);
        let mut later = Vec::new();
        let top = self.top_data();
        inside(ui, text::menu_bar(), regions.top, Margin::symmetric(6, 6), |ui| {
            panels::top::panel_ui(ui, &look, &top, &mut later);
        });
        if let Some(place) = regions.tabs {
            let tabs = self.tabs_data();
            inside(ui, text::scenarios(), place, Margin::ZERO, |ui| {
                panels::tabs::panel_ui(ui, &look, &tabs, &mut later);
            });
        }
        if let Some(left) = regions.left {
            let form = data::workload::build(&self.state, &self.answers);
            let asked = inside(
                ui,
                text::frame_workload(),
                left,
                Margin { left: 14, right: 6, top: 12, bottom: 0 },
                |ui| panels::workload::panel_ui(ui, &look, &form),
            );
            self.carry_out(ui.ctx(), asked);
        }
        let place = self.looks.shown.page().place().label();
        inside(ui, place, regions.centre, Margin { left: 18, right: 18, top: 14, bottom: 6 }, |ui| {
            self.centre_ui(ui, &look, &mut later);
        });
        let beside = Margin { left: 14, right: 6, top: 12, bottom: 0 };
        if let (Some(right), Some(subject)) = (regions.right, working) {
            self.working_ui(ui, &look, (right, beside), &subject);
        } else if let Some(right) = regions.right {
            let list = self.list.of(&self.state, &self.answers, data::machines::build);
            inside(ui, text::frame_machines(), right, beside, |ui| {
                panels::machines::panel_ui(ui, &look, &self.state, (list, &self.answers), &mut later);
            });
        }
        splitters_ui(ui, &look, &regions, &mut later);
        if let (Some(place), Some(hint)) = (regions.hint, hint) {
            let dismissed = inside(ui, text::frame_hint(), place, Margin::symmetric(14, 2), |ui| {
                panels::hints::panel_ui(ui, &look, &hint)
            });
            later.extend(dismissed.map(|dismissed| self.dismiss(dismissed)));
        }
        let status = self.status_data();
        inside(ui, text::status(), regions.bottom, Margin::symmetric(14, 2), |ui| {
            panels::status::panel_ui(ui, &look, &status, &mut later);
        });
        later.extend(self.overlay_ui(ui, &look));
        if let Some(folder) = self.toasts.show(ui, &look) {
            self.start_opening_folder(ui.ctx(), folder);
        }
        if !later.is_empty() || edited != self.edited() {
            self.carry_out(ui.ctx(), later);
            ui.ctx().request_discard("a command was given");
            ui.ctx().request_repaint();
        }
    }

    /// The hint that is told now.
    fn hint(&self, ui: &Ui) -> Option<Hint> {
        let keys = Command::Palette.shortcut().map(|keys| ui.ctx().format_shortcut(&keys));
        hints::hint(&self.settings, &keys.unwrap_or_default())
    }

    fn dismiss(&self, dismissed: Dismissed) -> Command {
        match dismissed {
            Dismissed::One => hints::dismissed(&self.settings),
            Dismissed::All => Command::Hints(false),
        }
    }

    /// How a figure came about, in the place of the machines.
    fn working_ui(&mut self, ui: &mut Ui, look: &Tokens, (place, margin): (Rect, Margin), subject: &Subject) {
        let data = data::working::build(&self.answers, &self.catalog, self.shown_claims(), subject);
        match inside(ui, text::working(), place, margin, |ui| panels::working::panel_ui(ui, look, &data)) {
            Shown::Open => {}
            Shown::Closed => self.working = None,
            Shown::Copied => {
                ui.ctx().copy_text(data.text());
                self.toasts.say(text::the_working());
            }
        }
    }

    /// Opens a figure's working beside what is shown.
    pub(super) fn open_working(&mut self, subject: Subject) {
        self.working = Some((self.looks.shown.page().place(), subject));
    }

    /// The figure whose working is open: until Escape is pressed, or one goes to another place.
    fn working_shown(&mut self, ui: &Ui) -> Option<Subject> {
        let leaves = self.overlay.is_closed() && !ui.ctx().text_edit_focused();
        if leaves && self.working.is_some() && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.working = None;
        }
        let here = self.looks.shown.page().place();
        self.working.take_if(|(place, _)| *place != here);
        self.working.as_ref().map(|(_, subject)| subject.clone())
    }

    /// The window's title, with a star while there are unsaved changes.
    fn name_window(&mut self, ctx: &egui::Context) {
        let star = if self.edited() { " *" } else { "" };
        let title = format!("{}{star} · Plimsoll", self.state.scenario.name);
        if self.title != title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn read_clock(&mut self, ui: &Ui) {
        let (now, held) = ui.input(|input| (input.time, input.pointer.any_down()));
        if self.held && !held {
            self.history.seal();
        }
        self.now = now;
        self.held = held;
    }

    /// Commands whose keys were pressed.
    fn shortcuts(ui: &Ui) -> Vec<Command> {
        let typing = ui.ctx().text_edit_focused();
        let mut given: Vec<Command> = Vec::new();
        let mut all: Vec<(Command, egui::KeyboardShortcut)> = Command::plain()
            .into_iter()
            .filter(|command| !(typing && command.yields_to_typing()))
            .filter_map(|command| command.shortcut().map(|keys| (command, keys)))
            .collect();
        // Keys with more modifiers first, because egui matches Ctrl+Z also while Shift is held.
        all.sort_by_key(|(_, keys)| !keys.modifiers.shift);
        ui.input_mut(|input| {
            for (command, keys) in all {
                if input.consume_shortcut(&keys) {
                    given.push(command);
                }
            }
        });
        given
    }

    /// Files let go over the window.
    fn dropped(ui: &Ui) -> Vec<Command> {
        ui.input(|input| {
            input
                .raw
                .dropped_files
                .iter()
                .map(|file| file.path().to_path_buf())
                .map(Command::OpenPath)
                .collect()
        })
    }

    fn tabs_data(&self) -> Vec<TabData> {
        let shown = self.state.tabs.shown;
        let data = |(id, scenario): (u32, &Scenario)| TabData {
            id,
            name: plain(&scenario.name),
            edited: self.is_edited(id, scenario),
            shown: id == shown,
        };
        self.state.open_scenarios().map(data).collect()
    }

    fn top_data(&self) -> TopData {
        TopData {
            name: plain(&self.state.scenario.name),
            edited: self.edited(),
            can_undo: self.history.can_undo(),
            can_redo: self.history.can_redo(),
            recent: self.file.recent.clone(),
            theme: self.looks.theme,
            place: self.looks.shown.page().place(),
            several: self.state.tabs.are_several(),
        }
    }

    fn status_data(&self) -> StatusData {
        let detected = match &self.detected {
            Some(detected) => this_line(&detected.machine, self.state.overrides.is_empty()),
            None => text::detecting_this_machine().to_owned(),
        };
        let catalog = text::catalog(&self.catalog.data_of());
        let busy = if self.work.running > 0 && self.detected.is_some() { text::frame_working() } else { "" };
        let accuracy = text::machines_models(&busy, &self.catalog.machines.len(), &self.catalog.models.len());
        StatusData { catalog, detected, accuracy: accuracy.trim().to_owned() }
    }
}

/// `M5 Max · 40 GPU cores · 614 GB/s · detected`.
fn this_line(machine: &Machine, untouched: bool) -> String {
    let mut parts = vec![machine.chip.clone()];
    parts.extend(machine.gpu_cores.map(|cores| text::gpu_cores(&cores)));
    parts.push(machine.memory.value().capacity().map_or_else(|| text::memory_unknown().to_owned(), show_gib));
    parts.extend(
        machine
            .bandwidth
            .as_ref()
            .map(|rate| text::gb_per_second(&show_grouped(whole(rate.value().as_gb_per_s().round())))),
    );
    parts.push(if untouched {
        text::detected().to_owned()
    } else {
        text::detected_with_values_set().to_owned()
    });
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}
