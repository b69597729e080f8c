//! Every quantization of the model, to be chosen.

use eframe::egui::Ui;

use super::search_list::{self, Entry, Search};
use crate::app::command::Command;
use crate::app::data::quantizations::Stored;
use crate::app::text;
use crate::app::theme::Tokens;

/// Draws the list; returns whether it stays open.
pub(super) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    offered: &[Stored],
    commands: &mut Vec<Command>,
) -> bool {
    let entries: Vec<Entry> = offered
        .iter()
        .map(|stored| Entry {
            label: stored.key.clone(),
            beside: stored.about.clone(),
            verdict: stored.verdict,
            ..Entry::default()
        })
        .collect();
    let (taken, stays) = search_list::show(ui, look, search, text::choose_a_quantization(), &entries);
    commands.extend(
        taken.and_then(|at| offered.get(at)).map(|stored| Command::Set("quantization", stored.key.clone())),
    );
    stays
}
