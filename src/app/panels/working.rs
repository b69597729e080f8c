//! How a figure came about, beside what it is of: the machines make room for it.

use eframe::egui;
use egui::{Align, Label, Layout, RichText, ScrollArea, TextStyle, Ui};

use crate::app::data::working::{Step, WorkingData};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;

/// What became of it in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It stays open.
    Open,
    /// It is to be copied, and stays open.
    Copied,
    /// It was closed.
    Closed,
}

/// Draws the working in the place of the machines.
pub(crate) fn panel_ui(ui: &mut Ui, look: &Tokens, data: &WorkingData) -> Shown {
    let width = ui.available_width() - SCROLL_BAR;
    let mut shown = Shown::Open;
    ui.add(Label::new(RichText::new(&data.title).font(fonts::title())).truncate());
    ui.horizontal(|ui| {
        if ui.button(text::close()).on_hover_text(text::back_to_the_machines_esc()).clicked() {
            shown = Shown::Closed;
        }
        if ui.button(text::copy_as_text()).clicked() {
            shown = Shown::Copied;
        }
    });
    ui.add_space(4.0);
    ScrollArea::vertical().id_salt(("working", &data.title)).auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(width);
        ui.add(Label::new(RichText::new(&data.value).color(look.soft)).wrap());
        for step in &data.steps {
            step_ui(ui, look, step);
        }
        sources_ui(ui, look, &data.sources);
        ui.add_space(12.0);
    });
    shown
}

/// The sources that steps name, a line each.
fn sources_ui(ui: &mut Ui, look: &Tokens, sources: &[(String, String)]) {
    if sources.is_empty() {
        return;
    }
    ui.add_space(10.0);
    ui.label(RichText::new(text::sources()).font(fonts::strong()));
    for (id, source) in sources {
        let text = RichText::new(format!("{id}: {source}")).font(fonts::small()).color(look.soft);
        ui.add(Label::new(text).wrap());
    }
}

fn step_ui(ui: &mut Ui, look: &Tokens, step: &Step) {
    ui.add_space(6.0);
    let indent = STEP * f32::from(u8::try_from(step.depth).unwrap_or(u8::MAX));
    ui.horizontal_top(|ui| {
        ui.add_space(indent);
        ui.vertical(|ui| computed_ui(ui, look, step));
    });
}

/// Room for the scroll bar at the right.
const SCROLL_BAR: f32 = 10.0;

/// By how much a step stands in from what it is an input of.
const STEP: f32 = 16.0;

fn computed_ui(ui: &mut Ui, look: &Tokens, step: &Step) {
    ui.horizontal_wrapped(|ui| {
        let font = if step.depth == 0 { fonts::strong() } else { fonts::body() };
        ui.label(RichText::new(&step.name).font(font));
        ui.label(RichText::new(&step.value).color(look.soft));
    });
    if !step.formula.is_empty() {
        ui.add(Label::new(RichText::new(&step.formula).color(look.text)).wrap());
    }
    if !step.numbers.is_empty() {
        let numbers = RichText::new(&step.numbers).font(fonts::small()).color(look.soft);
        ui.add(Label::new(numbers).wrap());
    }
    if step.is_list {
        list_ui(ui, look, step);
    } else if !step.inputs.is_empty() {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            for (name, value) in &step.inputs {
                let text = format!("{name} = {value}");
                ui.label(RichText::new(text).font(fonts::small()).color(look.soft));
            }
        });
    }
    ui.add(Label::new(RichText::new(&step.basis).font(fonts::small()).color(look.faint)).wrap());
}

/// What is summed, a line each with its bytes at the end.
fn list_ui(ui: &mut Ui, look: &Tokens, step: &Step) {
    // Lines of small text, not rows of buttons.
    ui.spacing_mut().interact_size.y = ui.text_style_height(&TextStyle::Small);
    for (name, value) in &step.inputs {
        ui.horizontal(|ui| {
            let small = |text: &str| RichText::new(text).font(fonts::small()).color(look.soft);
            let right = Layout::right_to_left(Align::Center);
            ui.with_layout(right, |ui| {
                ui.label(small(value));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(small(name)).truncate());
                });
            });
        });
    }
}
