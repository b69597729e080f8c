//! The bottom line: the catalog's date, what was detected, how exact the figures are.

use eframe::egui;
use egui::{Align, Layout, Link, RichText, Ui};

use crate::app::command::Command;
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;

/// What the line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StatusData {
    /// Where the figures come from, `Catalog 2026-11-20`.
    pub catalog: String,
    /// What was detected, or that it is being done.
    pub detected: String,
    /// At the right: how exact the figures are.
    pub accuracy: String,
}

/// Draws the line.
pub(crate) fn panel_ui(ui: &mut Ui, look: &Tokens, data: &StatusData, commands: &mut Vec<Command>) {
    let small = |text: &str| RichText::new(text).font(fonts::small()).color(look.faint);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 18.0;
        ui.label(small(&data.catalog));
        let this = Link::new(small(&data.detected));
        if ui.add(this).on_hover_text(text::what_was_detected_and_how()).clicked() {
            commands.push(Command::ThisMachine);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(small(&data.accuracy));
        });
    });
}
