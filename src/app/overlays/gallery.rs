//! Every preset in groups: what it is, and whether it fits the chosen machine.

use eframe::egui::Ui;

use super::search_list::{self, Entry, Search};
use crate::app::command::Command;
use crate::app::data::gallery::Offered;
use crate::app::text;
use crate::app::theme::Tokens;

/// Draws the gallery; returns whether it stays open.
pub(super) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    offered: &[Offered],
    commands: &mut Vec<Command>,
) -> bool {
    let entries: Vec<Entry> = offered
        .iter()
        .map(|preset| Entry {
            label: preset.name.clone(),
            beside: preset.about.clone(),
            found_by: format!("{} {}", preset.id, preset.group),
            group: preset.group,
            verdict: preset.verdict,
            ..Entry::default()
        })
        .collect();
    let (taken, stays) = search_list::show(ui, look, search, text::search_presets(), &entries);
    commands.extend(taken.and_then(|at| offered.get(at)).map(|preset| Command::Preset(preset.id.clone())));
    stays
}
