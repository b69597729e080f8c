//! Chosen machines side by side.

use super::verdict::{allowed, band, gib, spare};
use crate::app::answers::Answers;
use crate::app::evaluated::Evaluated;
use crate::app::names;
use crate::app::state::AppState;
use crate::engine::Verdict;
use crate::engine::axis::Axis;
use crate::engine::solve::largest_that_fits;
use crate::report::runtime_words;
use crate::units::show_gib;

/// One machine of the table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// One cell a line of [`CompareData::lines`].
    pub cells: Vec<String>,
}

/// The table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CompareData {
    /// What each line is.
    pub lines: Vec<&'static str>,
    /// The machines.
    pub columns: Vec<Column>,
}

/// The chosen machine and every ticked one.
pub(crate) fn build(state: &AppState, answers: &Answers) -> CompareData {
    let axis = super::super::form::first_axis(&state.scenario);
    let longest = match axis {
        Axis::EDGES => "Largest graph, edges",
        Axis::SEQUENCE | Axis::MAX_SEQUENCE => "Longest sequence, tokens",
        Axis::RESOLUTION => "Largest image, pixels a side",
        _ => "Longest context, tokens",
    };
    let lines = vec!["Runtime", "Needs", "Limit", "To spare", longest, "Memory", "Bandwidth", "Price"];
    let columns = answers
        .evaluated
        .iter()
        .filter(|evaluated| {
            state.compared.contains(&evaluated.machine.id) || evaluated.machine.id == state.machine
        })
        .map(|evaluated| column(state, evaluated, axis))
        .collect();
    CompareData { lines, columns }
}

fn column(state: &AppState, evaluated: &Evaluated, axis: Axis) -> Column {
    let machine = &evaluated.machine;
    let shipped = (machine.id != state.machine).then(|| state.scenario.with_limit_as_shipped());
    let scenario = shipped.as_ref().unwrap_or(&state.scenario);
    let resolved = &evaluated.estimate.resolved;
    let runs = resolved.refusal.is_none();
    let unknown = || if runs { "unknown" } else { "" }.to_owned();
    let deciding = evaluated.estimate.fit.deciding();
    let cells = vec![
        runtime_words(resolved),
        deciding.map_or_else(unknown, |deciding| band(deciding.need)),
        deciding.map_or_else(unknown, |deciding| {
            format!("{} GiB {}", gib(deciding.ceiling.bytes.best), allowed(deciding.ceiling.kind))
        }),
        deciding.map_or_else(unknown, spare),
        // Nothing is known to fit, nor not to, where the memory is unknown.
        deciding.map_or_else(unknown, |_| most(state, axis, largest_that_fits(scenario, machine, axis))),
        machine.memory.value().capacity().map_or_else(unknown, show_gib),
        machine.bandwidth.as_ref().map_or_else(unknown, |b| format!("{:.0} GB/s", b.value().as_gb_per_s())),
        Some(names::price(machine)).filter(|price| !price.is_empty()).unwrap_or_else(unknown),
    ];
    Column {
        id: machine.id.clone(),
        name: names::short(machine),
        verdict: evaluated.estimate.fit.verdict,
        cells,
    }
}

/// The largest value that fits, or that the axis ends before it does.
fn most(state: &AppState, axis: Axis, largest: Option<f64>) -> String {
    match largest {
        None => "none fits".to_owned(),
        Some(value) if value >= axis.range(&state.scenario).1 => format!("{} or more", axis.in_full(value)),
        Some(value) => axis.in_full(value),
    }
}
