//! Every machine by name, and other scenarios, to be compared with.

use eframe::egui::Ui;

use super::search_list::{self, Entry, Search};
use crate::app::command::Command;
use crate::app::evaluated::Evaluated;
use crate::app::names;
use crate::app::state::{AppState, Change};
use crate::app::text;
use crate::app::theme::Tokens;

/// Draws the picker; returns whether it stays open.
pub(super) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    (state, evaluated): (&AppState, &[Evaluated]),
    scenarios: &[(Command, String, &'static str)],
    commands: &mut Vec<Command>,
) -> bool {
    let offered: Vec<&Evaluated> =
        evaluated.iter().filter(|each| !state.compared.contains(&each.machine.id)).collect();
    let entries: Vec<Entry> = offered
        .iter()
        .map(|each| Entry {
            label: names::short(&each.machine),
            beside: [each.estimate.fit.verdict.label(), &names::price(&each.machine)]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            found_by: format!(
                "{} {} {} {:?}",
                each.machine.name, each.machine.id, each.machine.chip, each.machine.vendor
            ),
            ..Entry::default()
        })
        .collect();
    let several = named_each(search.text(), &entries);
    let machines = entries.len();
    let other = scenarios.iter().map(|(_, name, from)| Entry {
        label: text::scenario(&name),
        beside: (*from).to_owned(),
        ..Entry::default()
    });
    let all = several.iter().map(|each| Entry {
        label: text::machine_picker_compare_with(&names_of(each, &entries)),
        first: true,
        ..Entry::default()
    });
    let entries: Vec<Entry> = entries.iter().cloned().chain(other).chain(all).collect();
    let (taken, stays) = search_list::show(ui, look, search, text::machine_picker_compare_with_2(), &entries);
    let Some(index) = taken else { return stays };
    if index >= machines + scenarios.len() {
        let all = several.iter().flatten().filter_map(|at| offered.get(*at));
        commands.extend(all.map(|each| Command::Change(Change::Compare(each.machine.id.clone()))));
    } else if let Some(each) = offered.get(index) {
        commands.push(Command::Change(Change::Compare(each.machine.id.clone())));
    } else if let Some((command, ..)) = scenarios.get(index - machines) {
        commands.push(command.clone());
    }
    stays
}

/// Several machines that are typed with commas between them: what each finds first. Nothing where one is typed, or one
/// of them finds nothing.
fn named_each(text: &str, entries: &[Entry]) -> Option<Vec<usize>> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 {
        return None;
    }
    let mut found: Vec<usize> =
        parts.into_iter().map(|part| search_list::first_of(part, entries)).collect::<Option<_>>()?;
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|at| seen.insert(*at));
    Some(found)
}

fn names_of(found: &[usize], entries: &[Entry]) -> String {
    let names = found.iter().filter_map(|at| entries.get(*at)).map(|entry| entry.label.as_str());
    names.collect::<Vec<_>>().join(", ")
}
