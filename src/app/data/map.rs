//! Verdicts over two axes: computed cell by cell, coarse first, a slice of time a frame.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ticks::{Tick, ticks};
use crate::app::answers::Answers;
use crate::app::convert;
use crate::app::map_axes::{MapAxes, MapAxis, Spot};
use crate::app::names;
use crate::app::state::AppState;
use crate::app::text;
use crate::app::widgets::Scale;
use crate::engine::axis::Axis;
use crate::engine::estimate::fit;
use crate::engine::{Verdict, as_asked};
use crate::spec::{Machine, Scenario};
use crate::units::{Bytes, count, whole};

/// Cells over an unstepped axis.
const ACROSS: usize = 40;
const UP: usize = 26;
/// Machines of an axis of them.
const MACHINES: usize = 12;
/// Distances of the cells that are computed first, then of those between.
const STRIDES: [usize; 4] = [8, 4, 2, 1];
/// Time a frame while something is held, and while nothing is.
const SLICES: (Duration, Duration) = (Duration::from_micros(900), Duration::from_millis(8));

/// A column or a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lane {
    /// What it stands for.
    pub spot: Spot,
    /// In full: `32,768`, `Q4_K_M`, `RTX 4090 24 GB`.
    pub label: String,
}

/// One axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lanes {
    /// As people read it within a sentence.
    pub name: String,
    /// What its values count.
    pub unit: &'static str,
    /// Its columns or rows.
    pub each: Vec<Lane>,
    /// Ticks by their share of the axis.
    pub ticks: Vec<Tick>,
    /// Where the scenario stands, as a share of the axis.
    pub stands: f64,
}

/// What is known of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell {
    /// The verdict.
    pub verdict: Verdict,
    /// What is needed and what is allowed; nothing where that is unknown or it does not run.
    pub need: Option<(Bytes, Bytes)>,
}

/// What the map follows from.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    /// As it is asked of the chosen machine, with layers where a server placed them there.
    scenario: Scenario,
    /// Where it stands: as it is shown in the form, on either axis.
    stands: [Scenario; 2],
    machine: Option<Arc<Machine>>,
    axes: MapAxes,
    /// The machines of an axis of them, each with the scenario as it is asked of it.
    machines: Vec<(Arc<Machine>, Scenario)>,
}

/// The map.
#[derive(Clone, Debug, Default)]
pub(crate) struct MapData {
    asked: Option<Asked>,
    /// From left to right.
    pub across: Option<Lanes>,
    /// From the bottom up.
    pub up: Option<Lanes>,
    /// Rows from the bottom, each from the left.
    cells: Vec<Option<Cell>>,
    /// What the map showed while nothing but the place on it was different.
    before: Vec<Option<Cell>>,
    /// Cells still to be computed, the next one last.
    left: Vec<(usize, usize)>,
}

impl MapData {
    /// Begins anew where what it follows from is different, and computes for a slice of time.
    pub(crate) fn advance(&mut self, state: &AppState, answers: &Answers, held: bool) {
        let machines = if [state.map.across, state.map.up].contains(&MapAxis::Machines) {
            listed(state, answers)
        } else {
            Vec::new()
        };
        let stands = [state.map.across, state.map.up].map(|axis| match axis {
            MapAxis::Setting(axis) => convert::shown(&state.scenario, &answers.estimate, axis).clone(),
            MapAxis::Machines => state.scenario.clone(),
        });
        let asked = Asked {
            scenario: answers.estimate.resolved.held(&state.scenario).into_owned(),
            stands,
            machine: answers.machine.clone(),
            axes: state.map,
            machines,
        };
        if self.asked.as_ref() != Some(&asked) {
            self.begin(asked);
        }
        let slice = if held { SLICES.0 } else { SLICES.1 };
        let begun = Instant::now();
        while let Some((column, row)) = self.left.pop() {
            let cell = self.compute(column, row);
            let at = self.place(column, row);
            if let Some(place) = self.cells.get_mut(at) {
                *place = cell;
            }
            if begun.elapsed() >= slice {
                break;
            }
        }
    }

    /// Whether every cell is computed.
    pub(crate) fn is_complete(&self) -> bool {
        self.left.is_empty()
    }

    /// Columns and rows.
    pub(crate) fn size(&self) -> (usize, usize) {
        let length = |lanes: &Option<Lanes>| lanes.as_ref().map_or(0, |lanes| lanes.each.len());
        (length(&self.across), length(&self.up))
    }

    /// What is shown of a cell: what was computed, or the nearest that was.
    pub(crate) fn cell(&self, column: usize, row: usize) -> Option<Cell> {
        let (columns, rows) = self.size();
        if column >= columns || row >= rows {
            return None;
        }
        let known =
            |cells: &[Option<Cell>], column, row| cells.get(self.place(column, row)).copied().flatten();
        let own = known(&self.cells, column, row).or_else(|| known(&self.before, column, row));
        own.or_else(|| {
            STRIDES.iter().rev().find_map(|stride| {
                let (column, row) = sampled((column, row), *stride, (columns, rows));
                known(&self.cells, column, row)
            })
        })
    }

    fn place(&self, column: usize, row: usize) -> usize {
        row * self.size().0 + column
    }

    fn begin(&mut self, asked: Asked) {
        let alike = self.asked.as_ref().is_some_and(|before| {
            before.axes == asked.axes
                && ids(before).eq(ids(&asked))
                && (before.machine == asked.machine || !asked.machines.is_empty())
                && ends(before) == ends(&asked)
        });
        self.before =
            if alike && self.left.is_empty() { std::mem::take(&mut self.cells) } else { Vec::new() };
        let [across, up] = &asked.stands;
        self.across = Some(lanes(&asked, across, asked.axes.across, ACROSS));
        self.up = Some(lanes(&asked, up, asked.axes.up, UP));
        let size = self.size();
        self.cells = vec![None; size.0 * size.1];
        self.left = order(size);
        self.asked = Some(asked);
    }

    fn compute(&self, column: usize, row: usize) -> Option<Cell> {
        let asked = self.asked.as_ref()?;
        let spot = |lanes: &Option<Lanes>, at: usize| Some(lanes.as_ref()?.each.get(at)?.spot.clone());
        let spots = [spot(&self.across, column)?, spot(&self.up, row)?];
        let (scenario, machine) = at(asked, &spots)?;
        let fit = fit(&scenario, &as_asked(&scenario, &machine));
        let need = fit.deciding().map(|deciding| (deciding.need.best, deciding.ceiling.bytes.best));
        Some(Cell { verdict: fit.verdict, need })
    }

    /// Each row in a sentence, from the top down: where from left to right it fits.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let (Some(across), Some(up)) = (&self.across, &self.up) else { return Vec::new() };
        let rows = up.each.iter().enumerate().rev();
        rows.map(|(row, lane)| format!("{} {}: {}", up.name, lane.label, self.runs(across, row))).collect()
    }

    /// The verdicts of a row, one after the other.
    fn runs(&self, across: &Lanes, row: usize) -> String {
        let mut runs: Vec<(Verdict, &str, &str)> = Vec::new();
        for (column, lane) in across.each.iter().enumerate() {
            let Some(cell) = self.cell(column, row) else { continue };
            match runs.last_mut() {
                Some((verdict, _, last)) if *verdict == cell.verdict => *last = &lane.label,
                _ => runs.push((cell.verdict, &lane.label, &lane.label)),
            }
        }
        let said = runs.iter().map(|(verdict, first, last)| {
            let verdict = verdict.label().to_lowercase();
            if first == last {
                text::map_at(&verdict, &first)
            } else {
                text::from_to(&verdict, &first, &last)
            }
        });
        said.collect::<Vec<_>>().join(", ")
    }
}

/// The scenario and the machine at a spot of either axis.
fn at(asked: &Asked, spots: &[Spot; 2]) -> Option<(Scenario, Arc<Machine>)> {
    let other = spots.iter().find_map(|spot| match spot {
        Spot::Machine(machine) => asked.machines.iter().find(|(known, _)| known.id == machine.id),
        Spot::Value(..) => None,
    });
    let (machine, scenario) = match other {
        Some((machine, scenario)) => (machine, scenario),
        None => (asked.machine.as_ref()?, &asked.scenario),
    };
    let set = |scenario: Scenario, spot: &Spot| match spot {
        Spot::Value(axis, value) => axis.set(&scenario, *value),
        Spot::Machine(_) => scenario,
    };
    Some((spots.iter().fold(scenario.clone(), set), Arc::clone(machine)))
}

/// The machines of an axis of them.
fn ids(asked: &Asked) -> impl Iterator<Item = &str> {
    asked.machines.iter().map(|(machine, _)| machine.id.as_str())
}

/// The scenario at the least of both axes: the same wherever on the map it stands.
fn ends(asked: &Asked) -> Scenario {
    let least = |scenario: Scenario, axis: MapAxis| match axis {
        MapAxis::Setting(axis) => axis.set(&scenario, axis.range(&scenario).0),
        MapAxis::Machines => scenario,
    };
    least(least(asked.scenario.clone(), asked.axes.across), asked.axes.up)
}

/// The machines of an axis: the chosen one, those ticked, and those that head the list as it is narrowed and ordered.
fn listed(state: &AppState, answers: &Answers) -> Vec<(Arc<Machine>, Scenario)> {
    let list = super::machines::build(state, answers);
    let all = || list.listed(answers);
    let chosen = all().filter(|each| each.machine.id == state.machine);
    let ticked = all().filter(|each| state.compared.contains(&each.machine.id));
    let mut machines: Vec<(Arc<Machine>, Scenario)> = Vec::new();
    for each in chosen.chain(ticked).chain(all()) {
        if machines.len() >= MACHINES {
            break;
        }
        if machines.iter().any(|(known, _)| known.id == each.machine.id) {
            continue;
        }
        // What is raised was raised on the chosen machine.
        let shipped = (each.machine.id != state.machine).then(|| state.scenario.with_limit_as_shipped());
        let scenario = each.estimate.resolved.held(shipped.as_ref().unwrap_or(&state.scenario));
        machines.push((Arc::clone(&each.machine), scenario.into_owned()));
    }
    machines
}

fn lanes(asked: &Asked, stands: &Scenario, axis: MapAxis, cells: usize) -> Lanes {
    match axis {
        MapAxis::Setting(axis) => of_setting(&asked.scenario, stands, axis, cells),
        MapAxis::Machines => {
            let machines: Vec<&Arc<Machine>> = asked.machines.iter().map(|(machine, _)| machine).collect();
            of_machines(&machines, asked.machine.as_ref())
        }
    }
}

fn of_setting(scenario: &Scenario, stands: &Scenario, axis: Axis, cells: usize) -> Lanes {
    let (least, most) = axis.range(scenario);
    let scale = Scale { least, most, log: axis.is_log(), stepped: axis.is_stepped() };
    // Where there are few whole values, each has a lane.
    let each = axis.is_stepped() || (!axis.is_fractional() && most - least < number(cells));
    let cells = if each { usize::try_from(whole(most - least)).unwrap_or(0) + 1 } else { cells };
    let value = |at: usize| {
        if each { least + number(at) } else { scale.value((number(at) + 0.5) / number(cells)) }
    };
    let share = |value: f64| {
        if each { (value - least + 0.5) / number(cells) } else { scale.share(value) }
    };
    let lane = |at: usize| {
        let value = value(at);
        let label = if axis.is_stepped() { axis.brief(scenario, value) } else { axis.in_full(value) };
        Lane { spot: Spot::Value(axis, value), label }
    };
    let tick = |tick: Tick| Tick { value: share(tick.value), label: tick.label };
    Lanes {
        name: axis.in_sentence(scenario),
        unit: axis.unit(),
        each: (0..cells).map(lane).collect(),
        ticks: ticks(scenario, axis, (least, most)).into_iter().map(tick).collect(),
        stands: share(convert::place(stands, axis).clamp(least, most)),
    }
}

fn of_machines(machines: &[&Arc<Machine>], chosen: Option<&Arc<Machine>>) -> Lanes {
    let label = |machine: &Machine| {
        if names::is_this(machine) {
            names::short(machine)
        } else {
            format!("{} {}", names::shorter(&names::listed(machine)), names::beside(machine))
        }
    };
    let lanes: Vec<Lane> = machines
        .iter()
        .map(|machine| Lane { spot: Spot::Machine(Arc::clone(machine)), label: label(machine) })
        .collect();
    let middle = |at: usize| (number(at) + 0.5) / number(lanes.len().max(1));
    let ticks = lanes.iter().enumerate();
    let ticks = ticks.map(|(at, lane)| Tick { value: middle(at), label: lane.label.clone() }).collect();
    let at = machines.iter().position(|machine| chosen.is_some_and(|chosen| chosen.id == machine.id));
    let stands = middle(at.unwrap_or(0));
    Lanes { name: text::map_machines().to_owned(), unit: "", each: lanes, ticks, stands }
}

fn number(many: usize) -> f64 {
    count(u64::try_from(many).unwrap_or(u64::MAX))
}

/// The cell that stands for the block of a stride that another is in.
fn sampled((column, row): (usize, usize), stride: usize, (columns, rows): (usize, usize)) -> (usize, usize) {
    let of = |at: usize, most: usize| (at - at % stride + stride / 2).min(most.saturating_sub(1));
    (of(column, columns), of(row, rows))
}

/// Every cell once, those of the widest stride last, because the last is computed first.
fn order((columns, rows): (usize, usize)) -> Vec<(usize, usize)> {
    let mut seen = vec![false; columns * rows];
    let mut order = Vec::with_capacity(seen.len());
    for stride in STRIDES {
        for row in (0..rows).step_by(stride) {
            for column in (0..columns).step_by(stride) {
                let cell = sampled((column, row), stride, (columns, rows));
                if let Some(seen) = seen.get_mut(cell.1 * columns + cell.0)
                    && !std::mem::replace(seen, true)
                {
                    order.push(cell);
                }
            }
        }
    }
    order.reverse();
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::data::tests::{asked_of, preset_on};

    fn complete(state: &AppState, answers: &Answers) -> MapData {
        let mut map = MapData::default();
        map.advance(state, answers, false);
        while !map.is_complete() {
            map.advance(state, answers, false);
        }
        map
    }

    #[test]
    fn every_cell_is_computed_once_and_the_first_are_far_apart() {
        for size in [(40, 26), (1, 1), (5, 3), (12, 40), (0, 4)] {
            let mut order = order(size);
            assert_eq!(order.len(), size.0 * size.1, "{size:?}");
            if size == (40, 26) {
                assert_eq!(order.last(), Some(&(4, 4)), "the middle of the first block");
            }
            order.sort_unstable();
            order.dedup();
            assert_eq!(order.len(), size.0 * size.1, "{size:?}");
        }
    }

    #[test]
    fn what_a_cell_says_is_what_setting_both_gives() {
        let (mut state, answers) = asked_of("llama-3.3-70b", "rtx-4090-24gb");
        for axes in [state.map, MapAxes { across: MapAxis::Setting(Axis::CONTEXT), up: MapAxis::Machines }] {
            state.map = axes;
            let map = complete(&state, &answers);
            let (columns, rows) = map.size();
            assert!(columns > 1 && rows > 1, "{columns} × {rows}");
            for (column, row) in [(0, 0), (columns / 2, rows / 2), (columns - 1, rows - 1)] {
                let lane =
                    |lanes: &Option<Lanes>, at: usize| lanes.as_ref().expect("lanes").each[at].spot.clone();
                let spots = [lane(&map.across, column), lane(&map.up, row)];
                let after = state.after(&crate::app::state::Change::Spots(spots.to_vec()));
                let chosen = match &spots[1] {
                    Spot::Machine(machine) => Arc::clone(machine),
                    Spot::Value(..) => answers.machine.clone().expect("a machine"),
                };
                assert_eq!(after.machine, chosen.id);
                let fit = fit(&after.scenario, &chosen);
                assert_eq!(map.cell(column, row).map(|cell| cell.verdict), Some(fit.verdict));
            }
            assert_eq!(map.sentences().len(), rows);
        }
    }

    #[test]
    fn the_map_is_of_the_placement_that_headline_and_slider_are_of() {
        let served = "(model: \"llama-3.3-70b\", server: \"llama-server\", quantization: \"Q4_K_M\")";
        let (mut state, answers) = preset_on(served, "rtx-4090-24gb");
        for axes in [state.map, MapAxes { across: MapAxis::Setting(Axis::CONTEXT), up: MapAxis::Machines }] {
            state.map = axes;
            let map = complete(&state, &answers);
            let across = map.across.as_ref().expect("lanes");
            let at = |value: f64| {
                let of = |lane: &Lane| match lane.spot {
                    Spot::Value(_, value) => value,
                    Spot::Machine(_) => f64::NAN,
                };
                across.each.iter().rposition(|lane| of(lane) <= value).unwrap_or_default()
            };
            let opened = Axis::CONTEXT.get(&answers.estimate.resolved.scenario);
            let stands = (across.stands * number(across.each.len())).floor();
            assert!((stands - number(at(opened))).abs() < 1.5, "{stands} where {opened} is opened");
            let up = map.up.as_ref().expect("lanes").stands * number(map.size().1);
            let row = usize::try_from(whole(up.floor()));
            let verdict = |column| map.cell(column, row.expect("a row")).map(|cell| cell.verdict);
            let largest = answers.largest(Axis::CONTEXT).value().expect("something fits");
            let fits = |verdict: Option<Verdict>| verdict.is_some_and(|verdict| verdict <= Verdict::Tight);
            let (last, first) = (at(largest), at(largest) + 2);
            assert!(fits(verdict(last)), "{largest} fits by the slider: {:?}", verdict(last));
            assert!(!fits(verdict(first)), "and not beyond: {:?}", verdict(first));
        }
    }

    #[test]
    fn moving_on_the_map_leaves_it_as_it_was_until_it_is_computed_anew() {
        let (mut state, answers) = asked_of("llama-3.1-8b", "rtx-4090-24gb");
        let mut map = complete(&state, &answers);
        let before: Vec<Option<Cell>> = (0..map.size().0).map(|column| map.cell(column, 0)).collect();
        state.scenario = Axis::CONTEXT.set(&state.scenario, 65_536.0);
        map.advance(&state, &answers, true);
        let during: Vec<Option<Cell>> = (0..map.size().0).map(|column| map.cell(column, 0)).collect();
        assert_eq!(during, before);
    }
}
