//! How a figure came about.

use eframe::egui;
use egui::{Align, Id, Label, Layout, Modal, RichText, ScrollArea, TextStyle, Ui};

use super::popup_frame;
use crate::app::data::working::{Step, WorkingData};
use crate::app::fonts;
use crate::app::theme::Tokens;

/// What became of it in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// It stays open.
    Open,
    /// It is to be copied, and stays open.
    Copied,
    /// It was closed.
    Closed,
}

/// Draws the working.
pub(super) fn show(ui: &Ui, look: &Tokens, data: &WorkingData) -> Shown {
    let shown = Modal::new(Id::unique("working")).frame(popup_frame(ui, look)).show(ui.ctx(), |ui| {
        let room = ui.ctx().content_rect();
        ui.set_width((room.width() - 80.0).min(560.0));
        ui.label(RichText::new(&data.title).font(fonts::title()));
        ui.label(RichText::new(&data.value).color(look.soft));
        ui.add_space(8.0);
        ScrollArea::vertical().max_height((room.height() - 220.0).max(120.0)).show(ui, |ui| {
            // The bar lies over what is under it.
            ui.set_max_width(ui.available_width() - SCROLL_BAR);
            for step in &data.steps {
                step_ui(ui, look, step);
            }
            sources_ui(ui, look, &data.sources);
        });
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let copied = ui.button("Copy as text").clicked();
            (ui.button("Close").clicked(), copied)
        })
        .inner
    });
    match shown.inner {
        (true, _) => Shown::Closed,
        _ if shown.should_close() => Shown::Closed,
        (_, true) => Shown::Copied,
        _ => Shown::Open,
    }
}

/// The sources that steps name, a line each.
fn sources_ui(ui: &mut Ui, look: &Tokens, sources: &[(String, String)]) {
    if sources.is_empty() {
        return;
    }
    ui.add_space(10.0);
    ui.label(RichText::new("Sources").font(fonts::strong()));
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
const SCROLL_BAR: f32 = 12.0;

/// By how much a step stands in from what it is an input of.
const STEP: f32 = 16.0;

fn computed_ui(ui: &mut Ui, look: &Tokens, step: &Step) {
    ui.horizontal(|ui| {
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
    } else {
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
