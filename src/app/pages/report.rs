//! What a saved report says, before it is saved.

use eframe::egui;
use egui::{Label, RichText, Ui};

use crate::app::command::Command;
use crate::app::theme::Tokens;
use crate::app::widgets::hint_ui;

/// Draws the preview.
pub(crate) fn page_ui(ui: &mut Ui, look: &Tokens, preview: &str, commands: &mut Vec<Command>) {
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button("Save report…").clicked() {
            commands.push(Command::SaveReport);
        }
        hint_ui(
            ui,
            look,
            "HTML, Markdown, RON that opens again, JSON, CSV or SVG charts, by the ending of the name",
        );
    });
    ui.add_space(8.0);
    ui.add(Label::new(RichText::new(preview).monospace().color(look.soft)).selectable(true).wrap());
}
