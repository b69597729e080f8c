//! Chosen machines side by side.

use eframe::egui;
use egui::{Grid, RichText, ScrollArea, Ui};

use crate::app::command::Command;
use crate::app::data::compare::CompareData;
use crate::app::fonts;
use crate::app::state::Change;
use crate::app::theme::Tokens;
use crate::app::widgets::hint_ui;

/// Draws the table.
pub(crate) fn page_ui(ui: &mut Ui, look: &Tokens, data: &CompareData, commands: &mut Vec<Command>) {
    ui.add_space(10.0);
    if data.columns.len() < 2 {
        hint_ui(ui, look, "Tick machines at the right to see them side by side");
        ui.add_space(6.0);
    }
    ScrollArea::horizontal().id_salt("compare").show(ui, |ui| {
        Grid::new("compare table").num_columns(data.columns.len() + 1).spacing([24.0, 10.0]).show(ui, |ui| {
            ui.label("");
            for column in &data.columns {
                ui.label(RichText::new(&column.name).font(fonts::strong()));
            }
            ui.end_row();
            ui.label("");
            for column in &data.columns {
                let color = look.verdict(column.verdict);
                ui.label(RichText::new(column.verdict.label()).font(fonts::strong()).color(color));
            }
            ui.end_row();
            for (index, line) in data.lines.iter().enumerate() {
                ui.label(RichText::new(*line).color(look.soft));
                for column in &data.columns {
                    ui.label(column.cells.get(index).map_or("", String::as_str));
                }
                ui.end_row();
            }
        });
    });
    if data.columns.len() > 1 {
        ui.add_space(10.0);
        if ui.button("Clear comparison").clicked() {
            commands.push(Command::Change(Change::CompareNone));
        }
    }
}
