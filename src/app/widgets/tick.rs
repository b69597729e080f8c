//! A box to tick, whose edge is seen when it is empty.

use eframe::egui;
use egui::{Checkbox, Response, RichText, Stroke, Ui};

use crate::app::theme::Tokens;

/// Draws the box with its words.
pub(crate) fn tick_ui(ui: &mut Ui, look: &Tokens, on: &mut bool, text: RichText) -> Response {
    ui.scope(|ui| {
        let widgets = &mut ui.visuals_mut().widgets;
        widgets.inactive.bg_stroke = Stroke::new(1.2, look.faint);
        widgets.hovered.bg_stroke = Stroke::new(1.2, look.text);
        ui.add(Checkbox::new(on, text))
    })
    .inner
}
