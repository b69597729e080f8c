//! The head of the comparison: what is compared, and what can be done with it.

use eframe::egui;
use egui::{Align, Label, Layout, RichText, Ui};

use crate::app::command::Command;
use crate::app::data::compare::CompareData;
use crate::app::fonts;
use crate::app::pages::Page;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::report::Format;

/// Draws the head.
pub(crate) fn head_ui(
    ui: &mut Ui,
    look: &Tokens,
    (page, data): (Page, &CompareData),
    commands: &mut Vec<Command>,
) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // The report's own page has that button.
            if page == Page::Table && ui.button(text::save_report()).clicked() {
                commands.push(Command::SaveReport(Format::Html));
            }
            if data.columns.len() > 1 && ui.button(text::clear_comparison()).clicked() {
                commands.push(Command::Change(Change::CompareNone));
                commands.push(Command::Change(Change::Beside(None)));
            }
            if ui.button(text::compare_with()).clicked() {
                commands.push(Command::PickMachine);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = RichText::new(&data.title).font(fonts::title()).color(look.text);
                ui.add(Label::new(title).truncate());
            });
        });
    });
}
