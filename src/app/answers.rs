//! What follows from the state: computed when an input changes, never while idle.

use std::sync::Arc;

use super::data::plot::{self as plot_data, PlotData};
use super::state::AppState;
use crate::catalog::calibration;
use crate::engine::axis::Axis;
use crate::engine::solve::largest_that_fits;
use crate::engine::speed::{Question, Speed};
use crate::engine::{Budget, Estimate, Fit, Placement, Site, as_asked, budget_at, ceilings_at, judge, site};
use crate::spec::{Machine, Scenario};
use crate::units::Bytes;

/// A machine of the list with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Judged {
    /// The machine.
    pub machine: Arc<Machine>,
    /// How the scenario fits it.
    pub fit: Fit,
    /// How fast it runs there; nothing where that is unknown or it does not run.
    pub speed: Option<Speed>,
}

/// How far a slider may go on the chosen machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Largest {
    /// The slider is stepped, or no machine is known yet.
    NotAsked,
    /// Not even its least value fits.
    NothingFits,
    /// This value still fits.
    UpTo(f64),
}

impl Largest {
    /// The value, if there is one.
    pub(super) const fn value(self) -> Option<f64> {
        match self {
            Self::UpTo(value) => Some(value),
            Self::NotAsked | Self::NothingFits => None,
        }
    }
}

/// What the answers were computed from.
#[derive(Clone, Debug, PartialEq)]
struct Inputs {
    scenario: Scenario,
    chosen: String,
    raised: Option<Bytes>,
    compared: Vec<String>,
    axis: Axis,
    machines: u64,
}

/// Everything the panels show figures of.
#[derive(Debug)]
pub(super) struct Answers {
    inputs: Inputs,
    /// The chosen machine; `None` while it is being detected.
    pub machine: Option<Arc<Machine>>,
    /// Memory and verdict on the chosen machine; without one, memory as a GPU lays it out and no ceiling.
    pub estimate: Estimate,
    /// Every machine with its verdict, in catalog order, this machine first.
    pub judged: Vec<Judged>,
    /// Memory against the plot's axis.
    pub plot: PlotData,
    /// Where each slider of the form stops fitting on the chosen machine.
    pub largest: Vec<(Axis, Option<f64>)>,
    /// Rises with every computation.
    pub version: u64,
}

/// Machines to judge on, with a number that changes when any of them does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Machines<'a> {
    /// This machine first when it is known, then the catalog.
    pub all: &'a [Arc<Machine>],
    /// Changes when the list does.
    pub version: u64,
}

impl Machines<'_> {
    fn by_id(&self, id: &str) -> Option<&Arc<Machine>> {
        self.all.iter().find(|machine| machine.id == id || machine.aliases.iter().any(|alias| alias == id))
    }
}

impl Answers {
    /// The answers for a state.
    pub(super) fn new(state: &AppState, machines: Machines<'_>) -> Self {
        Self::compute(Inputs::of(state, machines), machines, 0)
    }

    /// Computes anew if anything the answers depend on is different; says whether it did.
    pub(super) fn refresh(&mut self, state: &AppState, machines: Machines<'_>) -> bool {
        if self.inputs.is(state, machines) {
            return false;
        }
        *self = Self::compute(Inputs::of(state, machines), machines, self.version + 1);
        true
    }

    fn compute(inputs: Inputs, machines: Machines<'_>, version: u64) -> Self {
        let scenario = &inputs.scenario;
        let asked: Vec<Arc<Machine>> = machines.all.iter().map(|each| as_asked(scenario, each)).collect();
        let machines = Machines { all: &asked, ..machines };
        let machine = machines.by_id(&inputs.chosen).cloned();
        let mut budgets = Budgets::new(scenario);
        let question = Question::new(scenario, calibration());
        let judged: Vec<Judged> = machines
            .all
            .iter()
            .map(|each| {
                let raised = if machine.as_ref().is_some_and(|chosen| Arc::ptr_eq(chosen, each)) {
                    inputs.raised
                } else {
                    None
                };
                let site = site(scenario, each);
                let budget = budgets.on(site);
                let fit = judge(budget, &ceilings_at(site, each, raised));
                let speed = question.on(each, budget, &fit);
                Judged { machine: Arc::clone(each), fit, speed }
            })
            .collect();
        let unknown =
            Site { placement: Placement::Gpu, devices: scenario.devices.count.unwrap_or(1), one_host: true };
        let there = machine.as_deref().map_or(unknown, |chosen| site(scenario, chosen));
        let budget = budgets.on(there).clone();
        let limits =
            machine.as_deref().map_or_else(Vec::new, |chosen| ceilings_at(there, chosen, inputs.raised));
        let fit = judge(&budget, &limits);
        let estimate = Estimate { budget, fit };
        let compared: Vec<&Judged> =
            judged.iter().filter(|each| inputs.compared.contains(&each.machine.id)).collect();
        let plot = plot_data::build(&plot_data::Ask {
            scenario,
            axis: inputs.axis,
            machine: machine.as_deref(),
            raised: inputs.raised,
            estimate: &estimate,
            compared: &compared,
        });
        let largest = machine.as_deref().map_or_else(Vec::new, |chosen| {
            Axis::sliders(scenario)
                .into_iter()
                .filter(|axis| !axis.is_stepped())
                .map(|axis| (axis, largest_that_fits(scenario, chosen, inputs.raised, axis)))
                .collect()
        });
        Self { inputs, machine, estimate, judged, plot, largest, version }
    }

    /// How fast the scenario runs on the chosen machine.
    pub(super) fn speed(&self) -> Option<&Speed> {
        let chosen = self.machine.as_ref()?;
        self.judged.iter().find(|each| Arc::ptr_eq(&each.machine, chosen))?.speed.as_ref()
    }

    /// What is known of the end of a slider.
    pub(super) fn largest(&self, axis: Axis) -> Largest {
        match self.largest.iter().find(|(of, _)| *of == axis) {
            None => Largest::NotAsked,
            Some((_, None)) => Largest::NothingFits,
            Some((_, Some(value))) => Largest::UpTo(*value),
        }
    }
}

impl Inputs {
    fn of(state: &AppState, machines: Machines<'_>) -> Self {
        Self {
            scenario: state.scenario.clone(),
            chosen: state.machine.clone(),
            raised: state.raised,
            compared: state.compared.iter().cloned().collect(),
            axis: state.axis,
            machines: machines.version,
        }
    }

    fn is(&self, state: &AppState, machines: Machines<'_>) -> bool {
        self.machines == machines.version
            && self.axis == state.axis
            && self.raised == state.raised
            && self.chosen == state.machine
            && self.compared.iter().eq(&state.compared)
            && self.scenario == state.scenario
    }
}

/// One budget a kind of site, however many machines are one.
struct Budgets<'a> {
    scenario: &'a Scenario,
    known: Vec<(Site, Budget)>,
}

impl<'a> Budgets<'a> {
    const fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, known: Vec::new() }
    }

    fn on(&mut self, site: Site) -> &Budget {
        // Who shares a host matters only to several devices.
        let site = Site { one_host: site.one_host && site.devices > 1, ..site };
        let index = self.known.iter().position(|(known, _)| *known == site);
        let index = index.unwrap_or_else(|| {
            self.known.push((site, budget_at(self.scenario, site)));
            self.known.len() - 1
        });
        &self.known[index].1
    }
}
