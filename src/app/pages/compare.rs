//! Chosen machines side by side.

use eframe::egui::Ui;

use crate::app::command::Command;
use crate::app::data::compare::CompareData;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::hint_ui;
use crate::app::widgets::table::{TableAction, table_ui};

/// Draws the table over the room there is.
pub(crate) fn page_ui(ui: &mut Ui, look: &Tokens, data: &CompareData, commands: &mut Vec<Command>) {
    ui.add_space(6.0);
    hint_ui(
        ui,
        look,
        if data.columns.len() < 2 {
            text::add_machines_or_another_scenario()
        } else {
            text::best_is_marked_among_machines()
        },
    );
    ui.add_space(4.0);
    let change = match table_ui(ui, look, data) {
        None => return,
        Some(TableAction::Baseline(id)) => Change::Baseline(id),
        Some(TableAction::Leave(id)) => Change::Leave(id),
        Some(TableAction::Exchange) => Change::Exchange,
        Some(TableAction::LeaveOther) => Change::Beside(None),
        Some(TableAction::OrderBy(line)) => Change::OrderBy(line),
        Some(TableAction::Open(subject)) => {
            commands.push(Command::Working(subject));
            return;
        }
    };
    commands.push(Command::Change(change));
}
