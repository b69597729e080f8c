//! The what-if of a raised GPU limit, in a line under the bar.

use eframe::egui;
use egui::text::LayoutJob;
use egui::{Align, Layout, RichText, Sense, Ui, UiBuilder, vec2};

use super::centre::RAISE;
use crate::app::command::Command;
use crate::app::data::raise::RaiseData;
use crate::app::fonts;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::Scale;
use crate::app::widgets::fixed::{SMALL_ROW, laid, text_ui};
use crate::app::widgets::slider::Slider;
use crate::app::widgets::tick::tick_ui;
use crate::units::{Bytes, show_gib};

/// Draws the line, in a room of one height; without a limit that can be raised it is empty.
pub(crate) fn raise_ui(ui: &mut Ui, look: &Tokens, data: Option<&RaiseData>, commands: &mut Vec<Command>) {
    let (_, room) = ui.allocate_space(vec2(ui.available_width(), RAISE));
    let Some(data) = data else { return };
    let builder = UiBuilder::new().max_rect(room).layout(Layout::left_to_right(Align::Center));
    let ui = &mut ui.new_child(builder);
    ui.spacing_mut().item_spacing = vec2(8.0, 2.0);
    let mut on = data.raised.is_some();
    let label = if on { text::gpu_limit_raised_to() } else { text::what_if_the_gpu_limit() };
    let tick = tick_ui(ui, look, &mut on, small(look, label)).on_hover_text(&data.advice);
    if tick.changed() {
        commands.push(Command::Change(Change::Raised(on.then_some(data.most))));
    }
    if let Some(raised) = data.raised {
        raised_ui(ui, look, data, raised, commands);
    }
    if let Some(command) = &data.command {
        command_ui(ui, look, command);
    }
    let left = ui.available_width();
    if left > LEAST_ADVICE {
        let (_, rest) = ui.allocate_space(vec2(left, SMALL_ROW));
        let job = LayoutJob::simple_singleline(data.advice.clone(), fonts::small(), look.soft);
        text_ui(ui, laid(ui, job, left, 1), rest, Sense::hover());
    }
}

/// Less room than this says nothing; the advice is in the tooltip of the tick, and where it was raised in the verdict.
const LEAST_ADVICE: f32 = 90.0;

fn small(look: &Tokens, text: &str) -> RichText {
    RichText::new(text).font(fonts::small()).color(look.soft)
}

/// How far it is raised.
fn raised_ui(ui: &mut Ui, look: &Tokens, data: &RaiseData, raised: Bytes, commands: &mut Vec<Command>) {
    ui.label(RichText::new(show_gib(raised)).font(fonts::small_strong()));
    let scale =
        Scale { least: data.default.as_gib().ceil(), most: data.most.as_gib(), log: false, stepped: false };
    let slider = Slider {
        label: text::raised_gpu_limit(),
        text: &show_gib(raised),
        value: raised.as_gib(),
        scale,
        largest: None,
    };
    let moved = ui.allocate_ui(vec2(100.0, 16.0), |ui| slider.show(ui, look)).inner;
    if let Some(gib) = moved {
        commands.push(Command::Change(Change::Raised(Some(Bytes::gib(gib).min(data.most)))));
    }
}

/// The command that raises it, as far as there is room, and a button that copies it.
fn command_ui(ui: &mut Ui, look: &Tokens, command: &str) {
    const COPY: f32 = 50.0;
    let room = ui.available_width() - COPY;
    if room > LEAST_ADVICE {
        let mono = egui::FontId::monospace(11.5);
        let job = LayoutJob::simple_singleline(command.to_owned(), mono, look.text);
        let galley = laid(ui, job, room, 1);
        let (_, rect) = ui.allocate_space(vec2(galley.size().x, SMALL_ROW));
        text_ui(ui, galley, rect, Sense::hover());
    }
    if ui.small_button(text::raise_copy()).on_hover_text(text::copy_the_command(&command)).clicked() {
        ui.ctx().copy_text(command.to_owned());
    }
}
