//! Chosen machines side by side: a line a figure, the best of each marked, and each held against the baseline.

mod difference;
mod lines;
mod machine;
mod read;
mod reading;
mod work;

use std::cmp::Ordering;

use crate::app::answers::Answers;
use crate::app::columns::{Direction, Line};
use crate::app::evaluated::Evaluated;
use crate::app::names;
use crate::app::state::AppState;
use crate::engine::Verdict;
use difference::difference;
use lines::{Better, Kind, lines};
use reading::Reading;

/// One machine of the table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    /// Its id.
    pub id: String,
    /// Its name, without the memory.
    pub name: String,
    /// Its memory, and what it is in the table: `128 GB · baseline`.
    pub beside: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Whether the others are held against it.
    pub baseline: bool,
    /// Whether it can be taken out.
    pub removable: bool,
}

/// One figure of one machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The figure.
    pub text: String,
    /// Against the baseline, with the band or the basis.
    pub under: String,
    /// Whether it is the best of its line.
    pub best: bool,
    /// The verdict it says, for its color.
    pub verdict: Option<Verdict>,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableLine {
    /// Which.
    pub line: Line,
    /// What it is called.
    pub label: String,
    /// What is said under that.
    pub under: String,
    /// The heading over it, of the first line of a section.
    pub section: Option<&'static str>,
    /// Which end comes first, where the columns are ordered by it.
    pub ordered: Option<Direction>,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// The table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CompareData {
    /// What is compared: `Chat with Llama 3.1 8B: five machines`.
    pub title: String,
    /// The machines, the baseline first.
    pub columns: Vec<Column>,
    /// The lines.
    pub lines: Vec<TableLine>,
}

/// The chosen machine and every ticked one.
pub(crate) fn build(state: &AppState, answers: &Answers) -> CompareData {
    let mut shown: Vec<&Evaluated> =
        answers.evaluated.iter().filter(|evaluated| is_shown(state, evaluated)).collect();
    let kinds = lines(state, &shown);
    let asked = |kind: &Kind, evaluated: &Evaluated| read::of(kind, state, evaluated);
    order(state, &kinds, &mut shown, &asked);
    let baseline = baseline(state, &shown);
    if let Some(at) = baseline
        && let Some(head) = shown.get_mut(..=at)
    {
        head.rotate_right(1);
    }
    let several = shown.len() > 1;
    let columns = shown
        .iter()
        .enumerate()
        .map(|(index, evaluated)| Column { removable: several, ..column(evaluated, several && index == 0) })
        .collect();
    let lines = kinds.iter().map(|kind| table_line(state, kind, &shown, &asked)).collect();
    let count = match shown.len() {
        1 => "one machine".to_owned(),
        count => format!("{count} machines"),
    };
    CompareData { title: format!("{}: {count}", state.scenario.name), columns, lines }
}

fn is_shown(state: &AppState, evaluated: &Evaluated) -> bool {
    let id = &evaluated.machine.id;
    state.compared.contains(id) || *id == state.machine
}

/// Where the baseline is: what was said, or else the machine that is evaluated.
fn baseline(state: &AppState, shown: &[&Evaluated]) -> Option<usize> {
    let at = |id: &str| shown.iter().position(|evaluated| evaluated.machine.id == id);
    state.columns.baseline.as_deref().and_then(at).or_else(|| at(&state.machine))
}

/// Reads a line on a machine.
type Ask<'a> = dyn Fn(&Kind, &Evaluated) -> Reading + 'a;

/// Orders the machines by a line, those without a figure last.
fn order(state: &AppState, kinds: &[Kind], shown: &mut [&Evaluated], ask: &Ask<'_>) {
    let Some((line, direction)) = state.columns.by else { return };
    let Some(kind) = kinds.iter().find(|kind| kind.line == line) else { return };
    let better = kind.better.unwrap_or(Better::Less);
    shown.sort_by_cached_key(|evaluated| Placed(better.first(ask(kind, evaluated).value, direction)));
}

/// A value by which columns are sorted; nothing is last.
#[derive(PartialEq)]
struct Placed(Option<f64>);

impl Eq for Placed {}

impl PartialOrd for Placed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Placed {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
}

/// The head of a column, which cannot be taken out.
fn column(evaluated: &Evaluated, baseline: bool) -> Column {
    let machine = &evaluated.machine;
    let this = names::is_this(machine);
    let memory = if this { machine.name.clone() } else { names::beside(machine) };
    let word = if baseline { "baseline" } else { "" };
    let beside = [memory.as_str(), word].into_iter().filter(|text| !text.is_empty());
    Column {
        id: machine.id.clone(),
        name: if this { names::short(machine) } else { names::listed(machine).into_owned() },
        beside: beside.collect::<Vec<_>>().join(" · "),
        verdict: evaluated.estimate.fit.verdict,
        baseline,
        removable: false,
    }
}

fn table_line(state: &AppState, kind: &Kind, shown: &[&Evaluated], ask: &Ask<'_>) -> TableLine {
    let readings: Vec<Reading> = shown.iter().map(|evaluated| ask(kind, evaluated)).collect();
    let best = best(kind, shown, &readings);
    let baseline = readings.first().and_then(|reading| reading.value);
    let cells = readings
        .into_iter()
        .enumerate()
        .map(|(index, reading)| {
            let held = if index == 0 { None } else { reading.value.zip(baseline) };
            let held = held.and_then(|(value, baseline)| difference(kind.against, value, baseline));
            let under = held.into_iter().chain(Some(reading.under).filter(|under| !under.is_empty()));
            Cell {
                text: reading.text,
                under: under.collect::<Vec<_>>().join(" · "),
                best: reading.value.is_some() && best == reading.value,
                verdict: reading.verdict,
            }
        })
        .collect();
    TableLine {
        line: kind.line,
        label: kind.label.clone(),
        under: kind.under.clone(),
        section: kind.section,
        ordered: state.columns.by.filter(|(line, _)| *line == kind.line).map(|(_, direction)| direction),
        cells,
    }
}

/// The best value among machines on which it fits; nothing where only one has a value, or all the same.
fn best(kind: &Kind, shown: &[&Evaluated], readings: &[Reading]) -> Option<f64> {
    let better = kind.better?;
    let fits = shown.iter().map(|evaluated| evaluated.estimate.fit.verdict <= Verdict::Tight);
    let values: Vec<f64> = readings
        .iter()
        .zip(fits)
        .filter(|(reading, fits)| *fits && reading.comparable)
        .filter_map(|(reading, _)| reading.value)
        .collect();
    let pick = |a: f64, b: f64| if better.is(a, b) { a } else { b };
    let best = values.iter().copied().reduce(pick)?;
    let others = values.iter().any(|value| better.is(best, *value));
    others.then_some(best)
}
