//! Every command by name.

use eframe::egui::Ui;

use super::search_list::{self, Entry, Search};
use crate::app::command::Command;
use crate::app::theme::Tokens;

/// Draws the palette; returns whether it stays open.
pub(super) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    offered: &[(Command, String)],
    commands: &mut Vec<Command>,
) -> bool {
    let entries: Vec<Entry> = offered
        .iter()
        .map(|(command, label)| Entry {
            label: label.clone(),
            beside: command.shortcut().map_or_else(String::new, |keys| ui.ctx().format_shortcut(&keys)),
            found_by: String::new(),
            ..Entry::default()
        })
        .collect();
    let (taken, stays) = search_list::show(ui, look, search, "Type a command", &entries);
    commands.extend(taken.and_then(|index| offered.get(index).map(|(command, _)| command.clone())));
    stays
}
