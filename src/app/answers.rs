//! What follows from the state: computed when an input changes, never while idle.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use super::data::plot::{self as plot_data, PlotData};
use super::evaluated::Evaluated;
use super::state::AppState;
use crate::catalog::calibration;
use crate::engine::axis::Axis;
use crate::engine::solve::largest_that_fits;
use crate::engine::speed::Speed;
use crate::engine::working::Detail;
use crate::engine::{Assumptions, Ceiling, Estimate, Question, Use, as_asked, estimate, nowhere};
use crate::spec::{Machine, Scenario};

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
    compared: Vec<String>,
    axis: Axis,
    usage: Use,
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
    pub evaluated: Vec<Evaluated>,
    /// Memory against the plot's axis.
    pub plot: PlotData,
    /// Where each slider of the form stops fitting on the chosen machine.
    pub largest: Vec<(Axis, Option<f64>)>,
    /// Rises with every computation.
    pub version: u64,
    /// The same estimate with workings, once one was opened.
    worked: OnceCell<Estimate>,
    /// The same of other machines, by their ids.
    worked_on: RefCell<Vec<(String, Arc<Estimate>)>>,
}

/// Machines to evaluate on, with a number that changes when any of them does.
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
        Self::compute(Inputs::of(state, machines), machines, None)
    }

    /// Computes anew if anything the answers depend on is different; says whether it did.
    pub(super) fn refresh(&mut self, state: &AppState, machines: Machines<'_>) -> bool {
        if self.inputs.is(state, machines) {
            return false;
        }
        *self = Self::compute(Inputs::of(state, machines), machines, Some(self));
        true
    }

    fn compute(inputs: Inputs, machines: Machines<'_>, before: Option<&Self>) -> Self {
        let scenario = &inputs.scenario;
        let asked: Vec<Arc<Machine>> = machines.all.iter().map(|each| as_asked(scenario, each)).collect();
        let machines = Machines { all: &asked, ..machines };
        let machine = machines.by_id(&inputs.chosen).cloned();
        let mut question = Question::new(scenario);
        // What is raised belongs to the chosen machine alone.
        let shipped = scenario.with_limit_as_shipped();
        let mut others = (shipped != *scenario).then(|| Question::new(&shipped));
        let evaluated: Vec<Evaluated> = machines
            .all
            .iter()
            .map(|each| {
                let chosen = machine.as_ref().is_some_and(|chosen| Arc::ptr_eq(chosen, each));
                let question = others.as_mut().filter(|_| !chosen).unwrap_or(&mut question);
                let estimate = question.on(each, &inputs.assumptions(Detail::Figures));
                Evaluated { machine: Arc::clone(each), estimate }
            })
            .collect();
        let chosen =
            |each: &&Evaluated| machine.as_ref().is_some_and(|chosen| Arc::ptr_eq(chosen, &each.machine));
        let estimate = evaluated.iter().find(chosen).map(|each| each.estimate.clone());
        let estimate = estimate.unwrap_or_else(|| nowhere(scenario, Detail::Figures));
        let compared: Vec<&Evaluated> =
            evaluated.iter().filter(|each| inputs.compared.contains(&each.machine.id)).collect();
        // A handle that is dragged along the axis of the plot moves neither its curves nor its ceilings.
        let along = before.filter(|before| before.differs_along_the_axis(&inputs, &estimate, &compared));
        let held = estimate.resolved.held(scenario);
        let largest: Vec<(Axis, Option<f64>)> = machine.as_deref().map_or_else(Vec::new, |chosen| {
            let searched = Axis::sliders(scenario).into_iter().filter(|axis| !axis.is_stepped());
            let known = |axis: Axis| along.filter(|_| axis == inputs.axis)?.found(axis);
            let most = |axis: Axis| (axis, largest_that_fits(&held, chosen, axis));
            searched.map(|axis| known(axis).unwrap_or_else(|| most(axis))).collect()
        });
        let asked = plot_data::Ask {
            scenario,
            axis: inputs.axis,
            machine: machine.as_deref(),
            estimate: &estimate,
            compared: &compared,
            largest: largest.iter().find(|(axis, _)| *axis == inputs.axis).and_then(|(_, most)| *most),
        };
        let plot = match along {
            Some(before) => plot_data::moved(&asked, before.plot.clone()),
            None => plot_data::build(&asked),
        };
        let version = before.map_or(0, |before| before.version + 1);
        Self {
            inputs,
            machine,
            estimate,
            evaluated,
            plot,
            largest,
            version,
            worked: OnceCell::new(),
            worked_on: RefCell::default(),
        }
    }

    /// Whether other inputs differ from these by the scenario's place on the axis of the plot, and by nothing that decides
    /// its curves and ceilings.
    fn differs_along_the_axis(&self, inputs: &Inputs, estimate: &Estimate, compared: &[&Evaluated]) -> bool {
        let (axis, before) = (inputs.axis, &self.inputs);
        let same = before.axis == axis
            && before.chosen == inputs.chosen
            && before.compared == inputs.compared
            && before.machines == inputs.machines;
        let ceilings = |estimate: &Estimate| -> Vec<Ceiling> {
            estimate.fit.comparisons.iter().map(|each| each.ceiling.clone()).collect()
        };
        let under_the_same = |each: &&Evaluated| {
            let known = self.evaluated.iter().find(|known| Arc::ptr_eq(&known.machine, &each.machine));
            known.is_some_and(|known| ceilings(&known.estimate) == ceilings(&each.estimate))
        };
        let at_an_end = |end: f64| {
            let at = |estimate: &Estimate, scenario| axis.set(&estimate.resolved.held(scenario), end);
            at(&self.estimate, &before.scenario) == at(estimate, &inputs.scenario)
        };
        let (least, most) = axis.range(&inputs.scenario);
        same && self.estimate.cards == estimate.cards
            && ceilings(&self.estimate) == ceilings(estimate)
            && compared.iter().all(under_the_same)
            && (least, most) == axis.range(&before.scenario)
            // What a setting takes along with it differs at one of the ends.
            && at_an_end(least)
            && at_an_end(most)
    }

    /// What was found of the end of a slider, where it was searched.
    fn found(&self, axis: Axis) -> Option<(Axis, Option<f64>)> {
        self.largest.iter().find(|(of, _)| *of == axis).copied()
    }

    /// How fast the scenario runs on the chosen machine.
    pub(super) const fn speed(&self) -> Option<&Speed> {
        self.estimate.speed.as_ref()
    }

    /// The estimate with the working of every figure, made when first asked for.
    pub(super) fn worked(&self) -> &Estimate {
        self.worked.get_or_init(|| self.worked_anew())
    }

    /// The same made now, for what is written as numbers and units are chosen now.
    pub(super) fn worked_anew(&self) -> Estimate {
        let Inputs { scenario, .. } = &self.inputs;
        match &self.machine {
            Some(machine) => estimate(scenario, machine, &self.inputs.assumptions(Detail::Workings)),
            None => nowhere(scenario, Detail::Workings),
        }
    }

    /// The estimate of a machine of the list with its workings, made when first asked for.
    pub(super) fn worked_on(&self, id: &str) -> Option<Arc<Estimate>> {
        if self.machine.as_ref().is_some_and(|chosen| chosen.id == id) {
            return Some(Arc::new(self.worked().clone()));
        }
        let mut known = self.worked_on.borrow_mut();
        if let Some((_, worked)) = known.iter().find(|(of, _)| of == id) {
            return Some(Arc::clone(worked));
        }
        let machine = self.evaluated.iter().find(|each| each.machine.id == id).map(|each| &each.machine)?;
        // What is raised belongs to the chosen machine alone.
        let shipped = self.inputs.scenario.with_limit_as_shipped();
        let worked = Arc::new(estimate(&shipped, machine, &self.inputs.assumptions(Detail::Workings)));
        known.push((id.to_owned(), Arc::clone(&worked)));
        Some(worked)
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
    fn assumptions(&self, detail: Detail) -> Assumptions<'static> {
        Assumptions { usage: self.usage, detail, ..Assumptions::new(calibration()) }
    }

    fn of(state: &AppState, machines: Machines<'_>) -> Self {
        Self {
            scenario: state.scenario.clone(),
            chosen: state.machine.clone(),
            compared: state.compared.iter().cloned().collect(),
            axis: state.axis,
            usage: state.usage,
            machines: machines.version,
        }
    }

    fn is(&self, state: &AppState, machines: Machines<'_>) -> bool {
        self.machines == machines.version
            && self.axis == state.axis
            && self.usage == state.usage
            && self.chosen == state.machine
            && self.compared.iter().eq(&state.compared)
            && self.scenario == state.scenario
    }
}
