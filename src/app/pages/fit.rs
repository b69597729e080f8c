//! Memory against an axis.

use eframe::egui::Ui;

use crate::app::command::Command;
use crate::app::data::plot::PlotData;
use crate::app::state::Change;
use crate::app::theme::Tokens;
use crate::app::widgets::plot::plot_ui;

/// Draws the page, as high as the room that is left.
pub(crate) fn page_ui(ui: &mut Ui, look: &Tokens, data: &PlotData, height: f32, commands: &mut Vec<Command>) {
    if let Some(value) = plot_ui(ui, look, data, height) {
        commands.push(Command::Change(Change::Axis(data.axis, value)));
    }
}
