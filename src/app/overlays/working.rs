//! How a figure came about.

use eframe::egui;
use egui::{Id, Label, Modal, RichText, ScrollArea, Ui};

use super::popup_frame;
use crate::app::data::working::{Step, WorkingData};
use crate::app::fonts;
use crate::app::theme::Tokens;

/// Draws the working; returns whether it stays open.
pub(super) fn show(ui: &Ui, look: &Tokens, data: &WorkingData) -> bool {
    let shown = Modal::new(Id::unique("working")).frame(popup_frame(ui, look)).show(ui.ctx(), |ui| {
        let room = ui.ctx().content_rect();
        ui.set_width((room.width() - 80.0).min(560.0));
        ui.label(RichText::new(&data.title).font(fonts::title()));
        ui.label(RichText::new(&data.value).color(look.soft));
        ui.add_space(8.0);
        ScrollArea::vertical().max_height((room.height() - 220.0).max(120.0)).show(ui, |ui| {
            for step in &data.steps {
                step_ui(ui, look, step);
            }
        });
        ui.add_space(8.0);
        ui.button("Close").clicked()
    });
    !shown.should_close() && !shown.inner
}

fn step_ui(ui: &mut Ui, look: &Tokens, step: &Step) {
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new(&step.name).font(fonts::strong()));
        ui.label(RichText::new(&step.value).color(look.soft));
    });
    if !step.formula.is_empty() {
        ui.add(Label::new(RichText::new(&step.formula).color(look.text)).wrap());
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        for (name, value) in &step.inputs {
            let text = format!("{name} = {value}");
            ui.label(RichText::new(text).font(fonts::small()).color(look.soft));
        }
    });
    ui.add(Label::new(RichText::new(&step.basis).font(fonts::small()).color(look.faint)).wrap());
}
