//! Every machine of the catalog, for the one that this machine is.

use std::sync::Arc;

use eframe::egui::Ui;

use super::search_list::{self, Entry, Search};
use crate::app::command::Command;
use crate::app::names;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::detect::Overrides;
use crate::spec::Machine;

/// Draws the list; returns whether it stays open.
pub(super) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    machines: &[Arc<Machine>],
    commands: &mut Vec<Command>,
) -> bool {
    let entries: Vec<Entry> = machines
        .iter()
        .map(|machine| Entry {
            label: machine.name.clone(),
            beside: names::memory(machine),
            found_by: format!("{} {}", machine.id, machine.chip),
            ..Entry::default()
        })
        .collect();
    let (taken, stays) = search_list::show(ui, look, search, text::which_machine_is_it(), &entries);
    if let Some(machine) = taken.and_then(|at| machines.get(at)) {
        let overrides = Overrides { machine: Some(machine.id.clone()), ..Overrides::default() };
        commands.push(Command::Change(Change::Overrides(overrides)));
    }
    stays
}
