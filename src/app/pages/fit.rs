//! Memory against an axis.

use eframe::egui::Ui;

use crate::app::command::Command;
use crate::app::data::plot::PlotData;
use crate::app::data::raise::RaiseData;
use crate::app::state::Change;
use crate::app::theme::Tokens;
use crate::app::widgets::plot::{PlotAction, plot_ui};
use crate::units::Bytes;

/// Draws the page, as high as the room that is left.
pub(crate) fn page_ui(
    ui: &mut Ui,
    look: &Tokens,
    (data, raise): (&PlotData, Option<&RaiseData>),
    height: f32,
    commands: &mut Vec<Command>,
) {
    let ends = raise.map(|raise| (raise.default.as_shown(), raise.most.as_shown()));
    let change = match plot_ui(ui, look, data, ends, height) {
        None => return,
        Some(PlotAction::Moved(value)) => Change::Axis(data.axis, value),
        Some(PlotAction::Raised(gib)) => Change::Raised(Some(Bytes::of_shown(gib.round()))),
    };
    commands.push(Command::Change(change));
}
