//! Memory against one axis, as numbers; drawn by the plot widget.

use super::held::Held;
use super::ticks::{Tick, steps, ticks};
use crate::app::convert;
use crate::app::evaluated::Evaluated;
use crate::app::names;
use crate::app::text;
use crate::engine::axis::Axis;
use crate::engine::solve::largest_that_fits;
use crate::engine::working::Detail;
use crate::engine::{
    Budget, CeilingKind, Comparison, Estimate, PartName, Phase, Site, budget_at, resolve, site,
};
use crate::spec::support::FACTS;
use crate::spec::{Machine, Scenario};
use crate::units::{memory_unit, show_decimals};

/// Points of a curve over an unstepped axis.
const SAMPLES: u32 = 96;

/// One part over the axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layer {
    /// Which part.
    pub part: PartName,
    /// Its own height at every sample, in GiB.
    pub gib: Vec<f64>,
}

/// A ceiling across the plot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Whose: `This Mac`.
    pub name: String,
    /// Its figure: `51.8`.
    pub figure: String,
    /// Id of the machine, whose color it has.
    pub machine: String,
    /// Its height in GiB.
    pub gib: f64,
    /// Lower and upper end where it is not known exactly.
    pub band: Option<(f64, f64)>,
    /// Whether the chosen machine's verdict rests on it.
    pub decides: bool,
    /// Where the need crosses it: the largest value that fits.
    pub crossing: Option<Crossing>,
}

impl Line {
    /// Whose it is, with its figure: `This Mac 51.8`.
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.name, self.figure)
    }
}

/// A marked crossing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Crossing {
    /// On the axis.
    pub value: f64,
    /// As it is marked.
    pub label: String,
}

/// Everything the plot shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlotData {
    /// What it runs over.
    pub axis: Axis,
    /// The axis as people read it within a sentence.
    pub name: String,
    /// Ends of the axis.
    pub range: (f64, f64),
    /// Sampled values, rising; the steps of a stepped axis.
    pub xs: Vec<f64>,
    /// Parts from the bottom up.
    pub layers: Vec<Layer>,
    /// High end of the need at each value, in GiB; what must stay under a ceiling to fit.
    pub high: Vec<f64>,
    /// The phase that needs most at each value, as it goes on in a sentence: `in prefill`.
    pub peaks: Vec<&'static str>,
    /// Height of the plot in GiB.
    pub top: f64,
    /// Ticks of the axis.
    pub ticks: Vec<Tick>,
    /// Where the scenario stands.
    pub marker: Tick,
    /// Ceilings that are drawn.
    pub lines: Vec<Line>,
}

impl PlotData {
    /// Height of the stack at a sample, in GiB.
    pub(crate) fn need(&self, sample: usize) -> f64 {
        self.layers.iter().filter_map(|layer| layer.gib.get(sample)).sum()
    }

    /// All of it in words, for who does not see it: the need at the ticks, and every ceiling with where it is met.
    pub(crate) fn in_words(&self) -> String {
        let nearest = |value: f64| {
            let away = |at: &usize| self.xs.get(*at).map_or(f64::MAX, |x| (x - value).abs());
            (0..self.xs.len()).min_by(|a, b| away(a).total_cmp(&away(b)))
        };
        let unit = memory_unit();
        let at = |tick: &Tick| {
            Some(text::plot_at(&show_decimals(self.need(nearest(tick.value)?), 1), &unit, &tick.label))
        };
        let needs: Vec<String> = self.ticks.iter().filter_map(at).collect();
        let ceilings = self.lines.iter().map(|line| match &line.crossing {
            Some(crossing) => text::met_at(&line.label(), &unit, &crossing.label),
            None => format!("{} {unit}", line.label()),
        });
        let said = text::memory_against(&self.name, &needs.join(", "));
        std::iter::once(said).chain(ceilings).collect::<Vec<_>>().join("; ")
    }
}

/// What is to be plotted.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What it runs over.
    pub axis: Axis,
    /// The chosen machine, once known.
    pub machine: Option<&'a Machine>,
    /// What follows on it.
    pub estimate: &'a Estimate,
    /// Ticked machines.
    pub compared: &'a [&'a Evaluated],
    /// The largest value of the axis that fits on the chosen machine, where it is one that is searched.
    pub largest: Option<f64>,
}

/// Samples the axis and lays the ceilings over it.
pub(crate) fn build(ask: &Ask<'_>) -> PlotData {
    let range = ask.axis.range(ask.scenario);
    let held = Held::of(ask.estimate);
    let xs = samples(ask.axis, range);
    let Budget { placement, devices, .. } = *ask.estimate.budget;
    let nowhere = Site { placement, devices, portion: None, one_host: true, detail: Detail::Figures };
    let card = ask.estimate.cards.iter().find(|card| card.decides).map(|card| card.site);
    let site = card.or(ask.machine.map(|machine| site(ask.scenario, machine))).unwrap_or(nowhere);
    let budgets: Vec<Budget> = xs.iter().map(|value| budget(ask, *value, site)).collect();
    let layers = layers(&budgets, held);
    let high = budgets.iter().map(|budget| high_end(budget, held)).collect();
    let peak = |budget: &Budget| held.peak(budget).map_or("", |phase| phase.name.during());
    let peaks = budgets.iter().map(peak).collect();
    let lines = lines(ask);
    let name = ask.axis.in_sentence(ask.scenario);
    let plot = PlotData {
        axis: ask.axis,
        name,
        range,
        xs,
        layers,
        high,
        peaks,
        top: 0.0,
        ticks: ticks(ask.scenario, ask.axis, range),
        marker: Tick { value: range.0, label: String::new() },
        lines,
    };
    moved(ask, plot)
}

/// The same curves and ceilings where a scenario differs by its place on the axis alone.
pub(crate) fn moved(ask: &Ask<'_>, plot: PlotData) -> PlotData {
    let shown = convert::shown(ask.scenario, ask.estimate, ask.axis);
    let value = convert::place(shown, ask.axis).clamp(plot.range.0, plot.range.1);
    let marker = Tick { value, label: marker_label(shown, ask.axis, value) };
    let top = top(ask, &plot.layers, Held::of(ask.estimate), &plot.lines);
    PlotData { top, marker, ..plot }
}

/// Memory at a value of the axis, as the chosen machine is asked it; nothing where it does not run.
fn budget(ask: &Ask<'_>, value: f64, site: Site) -> Budget {
    let asked = ask.axis.set(&ask.estimate.resolved.held(ask.scenario), value);
    let Some(machine) = ask.machine else { return budget_at(&asked, site) };
    let resolved = resolve(&asked, machine, FACTS);
    match resolved.refusal {
        Some(_) => Budget::new(site.placement, Vec::new()),
        None => budget_at(&resolved.scenario, site),
    }
}

/// The most that may be held against the ceiling, in GiB.
fn high_end(budget: &Budget, held: Held<'_>) -> f64 {
    held.peak(budget).map_or(0.0, |phase| held.need(phase).high.as_shown())
}

fn marker_label(scenario: &Scenario, axis: Axis, value: f64) -> String {
    if axis.is_stepped() { axis.exact(scenario) } else { axis.brief(scenario, value) }
}

/// Evenly spread values, on the axis' own scale, both ends included.
fn samples(axis: Axis, (least, most): (f64, f64)) -> Vec<f64> {
    if axis.is_stepped() {
        return steps(least, most).collect();
    }
    (0..=SAMPLES)
        .map(|index| {
            let share = f64::from(index) / f64::from(SAMPLES);
            if axis.is_log() { least * (most / least).powf(share) } else { least + (most - least) * share }
        })
        .collect()
}

/// What of a part counts, in GiB.
fn height(phase: &Phase, part: PartName, held: Held<'_>) -> f64 {
    let counted = phase.parts.iter().filter(|each| each.name == part && held.counts(each));
    counted.map(|each| each.bytes.best.as_shown()).sum()
}

fn layers(budgets: &[Budget], held: Held<'_>) -> Vec<Layer> {
    let peaks: Vec<Option<&Phase>> = budgets.iter().map(|budget| held.peak(budget)).collect();
    let mut names: Vec<PartName> = Vec::new();
    for part in peaks.iter().flatten().flat_map(|phase| &phase.parts) {
        if !names.contains(&part.name) {
            names.push(part.name);
        }
    }
    names.sort_unstable();
    names
        .into_iter()
        .map(|part| Layer {
            part,
            gib: peaks.iter().map(|phase| phase.map_or(0.0, |phase| height(phase, part, held))).collect(),
        })
        .filter(|layer| layer.gib.iter().any(|gib| *gib > 0.0))
        .collect()
}

/// The deciding ceiling of the chosen machine, its raised limit, and one line a ticked machine.
fn lines(ask: &Ask<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    if let (Some(machine), Some(deciding)) = (ask.machine, ask.estimate.fit.deciding()) {
        lines.push(line(ask, deciding, &names::on_plot(machine), true, machine));
        let others = ask.estimate.fit.comparisons.iter().skip(1);
        for other in others.filter(|each| matters_beside(each, deciding)) {
            let gib = other.ceiling.bytes.best.as_shown();
            lines.push(Line {
                name: other.ceiling.kind.label().to_owned(),
                figure: show_decimals(gib, 1),
                machine: machine.id.clone(),
                gib,
                band: None,
                decides: false,
                crossing: None,
            });
        }
    }
    for evaluated in ask.compared {
        let already = ask.machine.is_some_and(|machine| machine.id == evaluated.machine.id);
        if let (false, Some(deciding)) = (already, evaluated.estimate.fit.deciding()) {
            lines.push(line(ask, deciding, &names::on_plot(&evaluated.machine), false, &evaluated.machine));
        }
    }
    lines
}

/// Other ceilings of the chosen machine that are worth a line: those of the same pool, and not what is free now.
fn matters_beside(other: &Comparison, deciding: &Comparison) -> bool {
    match other.ceiling.kind {
        CeilingKind::FreeNow | CeilingKind::System | CeilingKind::VramAndSystem => false,
        CeilingKind::GpuLimit
        | CeilingKind::RaisedLimit
        | CeilingKind::Share
        | CeilingKind::StaticShare
        | CeilingKind::Vram
        | CeilingKind::Total => other.ceiling.kind != deciding.ceiling.kind,
    }
}

fn line(ask: &Ask<'_>, comparison: &Comparison, name: &str, decides: bool, machine: &Machine) -> Line {
    let bytes = comparison.ceiling.bytes;
    let gib = bytes.best.as_shown();
    let crossing = if ask.axis.is_stepped() {
        None
    } else {
        let elsewhere = || {
            // What is raised, is raised on the chosen machine.
            let shipped = ask.scenario.with_limit_as_shipped();
            largest_that_fits(&ask.estimate.resolved.held(&shipped), machine, ask.axis)
        };
        let largest = if decides { ask.largest } else { elsewhere() };
        largest
            .filter(|value| *value < ask.axis.range(ask.scenario).1)
            .map(|value| Crossing { value, label: ask.axis.in_full(value) })
    };
    let band = (!bytes.is_exact()).then(|| (bytes.low.as_shown(), bytes.high.as_shown()));
    Line {
        name: name.to_owned(),
        figure: show_decimals(gib, 1),
        machine: machine.id.clone(),
        gib,
        band,
        decides,
        crossing,
    }
}

/// High enough for the need and, where it does not dwarf the curve, for the deciding ceiling; not so high that
/// the far end of the axis flattens both.
fn top(ask: &Ask<'_>, layers: &[Layer], held: Held<'_>, lines: &[Line]) -> f64 {
    let sums = (0..layers.first().map_or(0, |layer| layer.gib.len()))
        .map(|index| layers.iter().filter_map(|layer| layer.gib.get(index)).sum::<f64>());
    let curve = sums.fold(0.0, f64::max);
    let now = held.peak(&ask.estimate.budget).map_or(0.0, |phase| held.need(phase).best.as_shown());
    let decisive = lines.iter().filter(|line| line.decides).map(|line| line.gib).fold(0.0, f64::max);
    let shown = if decisive > 0.0 { curve.min((2.0 * decisive).max(1.4 * now)) } else { curve };
    let with_ceiling = if decisive <= 4.0 * shown { shown.max(decisive * 1.12) } else { shown };
    (with_ceiling * 1.06).max(0.1)
}
