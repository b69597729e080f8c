//! What a log measured beside the estimate.

use eframe::egui;
use egui::{Grid, Id, Modal, RichText, ScrollArea, Ui};

use super::popup_frame;
use crate::app::command::Command;
use crate::app::fonts;
use crate::app::measured_log::MeasuredLog;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::hint_ui;

/// A figure in its columns; what is measured stands out.
fn line_ui<T: AsRef<str>>(ui: &mut Ui, look: &Tokens, line: &[T]) {
    for (at, cell) in line.iter().enumerate() {
        let color = if at == 2 { look.text } else { look.soft };
        ui.label(RichText::new(cell.as_ref()).color(color));
    }
    ui.end_row();
}

/// Draws it; returns whether it stays open.
pub(super) fn show(ui: &Ui, look: &Tokens, log: &MeasuredLog, commands: &mut Vec<Command>) -> bool {
    let shown = Modal::new(Id::unique("log")).frame(popup_frame(ui, look)).show(ui.ctx(), |ui| {
        let room = ui.ctx().content_rect();
        ui.set_width((room.width() - 80.0).min(760.0));
        ui.label(RichText::new(&log.title).font(fonts::title()));
        ui.add_space(8.0);
        ScrollArea::vertical().max_height((room.height() - 240.0).max(120.0)).show(ui, |ui| {
            Grid::new("measured").num_columns(6).spacing([18.0, 4.0]).show(ui, |ui| {
                for line in &log.lines {
                    line_ui(ui, look, line);
                }
            });
        });
        ui.add_space(8.0);
        let keeps = !log.keep.is_empty();
        hint_ui(ui, look, if keeps { text::kept_the_speeds() } else { text::speeds_are_kept() });
        ui.add_space(6.0);
        let mut closes = false;
        ui.horizontal(|ui| {
            if keeps && ui.button(text::keep_as_this_machines()).clicked() {
                commands.push(Command::KeepRuns(log.keep.clone()));
                closes = true;
            }
            closes |= ui.button(text::close()).clicked();
        });
        closes
    });
    !shown.should_close() && !shown.inner
}
