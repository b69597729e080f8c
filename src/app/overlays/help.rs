//! Where to begin, and the keys.

use eframe::egui;
use egui::{Grid, Id, Modal, RichText, ScrollArea, Ui};

use super::popup_frame;
use crate::app::command::Command;
use crate::app::fonts;
use crate::app::text::{self, Text};
use crate::app::theme::Tokens;
use crate::app::widgets::hint_ui;

const BEGIN: [Text; 5] = [
    text::at_the_left,
    text::in_the_middle_is_whether,
    text::at_the_right_are_all,
    text::click_a_part_or_a_figure,
    text::drop_a_preset_a_report,
];

/// Draws the help; returns whether it stays open.
pub(super) fn show(ui: &Ui, look: &Tokens) -> bool {
    let shown = Modal::new(Id::unique("help")).frame(popup_frame(ui, look)).show(ui.ctx(), |ui| {
        let room = ui.ctx().content_rect();
        ui.set_width((room.width() - 80.0).min(560.0));
        ui.label(RichText::new(text::plimsoll(&env!("CARGO_PKG_VERSION"))).font(fonts::title()));
        for line in BEGIN {
            hint_ui(ui, look, line());
        }
        ui.add_space(8.0);
        ScrollArea::vertical().max_height((room.height() - 320.0).max(120.0)).show(ui, |ui| {
            Grid::new("keys").num_columns(2).spacing([30.0, 5.0]).show(ui, |ui| {
                for command in Command::plain() {
                    if let Some(keys) = command.shortcut() {
                        ui.label(RichText::new(ui.ctx().format_shortcut(&keys)).color(look.soft));
                        ui.label(command.label());
                        ui.end_row();
                    }
                }
            });
        });
        ui.add_space(8.0);
        ui.button(text::close()).clicked()
    });
    !shown.should_close() && !shown.inner
}
