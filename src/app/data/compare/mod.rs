//! Chosen machines side by side: a line a figure, the best of each marked, and each held against the baseline.

mod lines;
mod machine;
mod read;
mod reading;
mod work;

use std::cmp::Ordering;
use std::sync::Arc;

use crate::app::answers::Answers;
use crate::app::columns::{Direction, Line};
use crate::app::evaluated::Evaluated;
use crate::app::names;
use crate::app::state::AppState;
use crate::app::text;
use crate::catalog::calibration;
use crate::engine::{Assumptions, Verdict, estimate};
use crate::report::difference;
use crate::spec::Scenario;
use lines::{Better, Kind, lines};
use reading::Reading;

/// One machine of the table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    /// Its id.
    pub id: String,
    /// Whether it is of the other scenario.
    pub other: bool,
    /// Its name, without the memory; where there are two scenarios, that of its own.
    pub name: String,
    /// Its memory, and what it is in the table: `128 GB · baseline`.
    pub beside: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Whether it is the machine that is evaluated.
    pub chosen: bool,
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

/// The chosen machine and every ticked one; where there is another scenario, each of them once more with that.
pub(crate) fn build(state: &AppState, answers: &Answers) -> CompareData {
    let mut shown: Vec<&Evaluated> =
        answers.evaluated.iter().filter(|evaluated| is_shown(state, evaluated)).collect();
    let other = state.beside.as_ref().map(|beside| Other::new(state, beside, &shown));
    let mut kinds = lines(state, &shown);
    if let Some(other) = &other {
        merge(&mut kinds, lines(&other.state, &other.evaluated.iter().collect::<Vec<_>>()));
    }
    let asked = |kind: &Kind, evaluated: &Evaluated| match other.as_ref().filter(|other| other.has(evaluated))
    {
        Some(other) => read::of(kind, &other.state, evaluated),
        None => read::of(kind, state, evaluated),
    };
    order(state, &kinds, &mut shown, &asked);
    let baseline = baseline(state, &shown);
    if let Some(at) = baseline
        && let Some(head) = shown.get_mut(..=at)
    {
        head.rotate_right(1);
    }
    let machines = shown.len();
    if let Some(other) = &other {
        shown = shown.iter().flat_map(|each| std::iter::once(*each).chain(other.on(each))).collect();
    }
    let several = shown.len() > 1;
    let columns = shown
        .iter()
        .enumerate()
        .map(|(index, evaluated)| {
            let scenario = other.as_ref().map(|other| {
                let beside = other.has(evaluated);
                (if beside { &*other.state.scenario.name } else { &*state.scenario.name }, beside)
            });
            Column {
                removable: several,
                chosen: evaluated.machine.id == state.machine,
                ..column(evaluated, several && index == 0, scenario)
            }
        })
        .collect();
    let lines = kinds.iter().map(|kind| table_line(state, kind, &shown, &asked)).collect();
    let count = match machines {
        1 => text::one_machine().to_owned(),
        count => text::machines(&count),
    };
    let what = match &state.beside {
        Some(beside) => text::compare_and(&state.scenario.name, &beside.name),
        None => state.scenario.name.clone(),
    };
    CompareData { title: format!("{what}: {count}"), columns, lines }
}

/// Another scenario on the machines that are shown.
struct Other {
    state: AppState,
    evaluated: Vec<Evaluated>,
}

impl Other {
    fn new(state: &AppState, beside: &Scenario, shown: &[&Evaluated]) -> Self {
        let state = AppState { scenario: beside.clone(), ..state.clone() };
        let assumptions = Assumptions { usage: state.usage, ..Assumptions::new(calibration()) };
        // What is raised was raised on the chosen machine.
        let shipped = beside.with_limit_as_shipped();
        let ask = |each: &&Evaluated| {
            let scenario = if each.machine.id == state.machine { beside } else { &shipped };
            let machine = Arc::clone(&each.machine);
            Evaluated { estimate: estimate(scenario, &machine, &assumptions), machine }
        };
        let evaluated = shown.iter().map(ask).collect();
        Self { state, evaluated }
    }

    /// Whether an evaluation is one of its own.
    fn has(&self, evaluated: &Evaluated) -> bool {
        self.evaluated.iter().any(|own| std::ptr::eq(own, evaluated))
    }

    /// Its own evaluation of a machine.
    fn on(&self, evaluated: &Evaluated) -> Option<&Evaluated> {
        self.evaluated.iter().find(|own| own.machine.id == evaluated.machine.id)
    }
}

/// Puts lines that only another scenario has where their section ends.
fn merge(kinds: &mut Vec<Kind>, others: Vec<Kind>) {
    let mut section = None;
    for other in others {
        section = other.section.or(section);
        if kinds.iter().any(|kind| kind.line == other.line) {
            continue;
        }
        let start = kinds.iter().position(|kind| kind.section == section).unwrap_or(0);
        let after = kinds.iter().skip(start + 1).position(|kind| kind.section.is_some());
        let at = after.map_or(kinds.len(), |after| start + 1 + after);
        kinds.insert(at, Kind { section: None, ..other });
    }
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

/// The head of a column, which cannot be taken out. Where there are two scenarios it is named by its own, and whether that
/// is the other one.
fn column(evaluated: &Evaluated, baseline: bool, scenario: Option<(&str, bool)>) -> Column {
    let machine = &evaluated.machine;
    let this = names::is_this(machine);
    let memory = if this { machine.name.clone() } else { names::beside(machine) };
    let word = if baseline { text::baseline() } else { "" };
    let beside = [memory.as_str(), word].into_iter().filter(|text| !text.is_empty());
    let name = if this { names::short(machine) } else { names::listed(machine).into_owned() };
    let beside = beside.collect::<Vec<_>>().join(" · ");
    let (name, beside) = match scenario {
        Some((scenario, _)) => (scenario.to_owned(), format!("{name} · {beside}")),
        None => (name, beside),
    };
    Column {
        id: machine.id.clone(),
        other: scenario.is_some_and(|(_, other)| other),
        name,
        beside,
        verdict: evaluated.estimate.fit.verdict,
        chosen: false,
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
