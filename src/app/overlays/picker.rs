//! Every model by name.

use std::sync::Arc;

use eframe::egui::Ui;

use super::search_list::{self, Entry, Search};
use crate::app::command::Command;
use crate::app::state::Change;
use crate::app::theme::Tokens;
use crate::engine::Verdict;
use crate::spec::Model;
use crate::spec::settings::parameters;
use crate::units::show_count;

/// Draws the picker; returns whether it stays open.
pub(crate) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    (models, fits): (&[Arc<Model>], &[(String, Verdict)]),
    present: Option<&Model>,
    commands: &mut Vec<Command>,
) -> bool {
    let mut models: Vec<&Arc<Model>> = models.iter().collect();
    models.sort_by_key(|model| order(model, present));
    let entries: Vec<Entry> = models
        .iter()
        .map(|model| Entry {
            label: model.name.clone(),
            beside: beside(model),
            found_by: format!("{} {} {}", model.id, model.family, model.architecture),
            verdict: fits.iter().find(|(id, _)| *id == model.id).map(|(_, verdict)| *verdict),
            ..Entry::default()
        })
        .collect();
    let (taken, stays) = search_list::show(ui, look, search, "Search models", &entries);
    if let Some(model) = taken.and_then(|index| models.get(index)) {
        commands.push(Command::Change(Change::Model(Arc::clone(model))));
    }
    stays
}

/// The present model first, then its family, then all others by name.
fn order(model: &Model, present: Option<&Model>) -> (bool, bool, String) {
    let other = |same: fn(&Model, &Model) -> bool| present.is_some_and(|present| !same(model, present));
    (other(|a, b| a.id == b.id), other(|a, b| a.family == b.family), model.name.to_lowercase())
}

/// Parameters, active ones where they differ, and the longest context.
fn beside(model: &Model) -> String {
    let all = parameters(*model.parameters.value());
    let active = model
        .active_parameters
        .as_ref()
        .map_or_else(String::new, |active| format!(", {} active", parameters(*active.value())));
    format!("{all}{active} · {} context", show_count(f64::from(model.context_max)))
}
