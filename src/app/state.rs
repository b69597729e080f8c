//! What the window remembers of the user's work, and how one change alters it. No drawing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::family::Family;
use super::sort::Sort;
use crate::detect::{Overrides, THIS};
use crate::engine::axis::Axis;
use crate::spec::preset::default_inference;
use crate::spec::{Graph, Inference, Model, Quantization, Runtime, Scenario, Workload};
use crate::units::Bytes;

/// Everything that undo brings back.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AppState {
    /// What is asked.
    pub scenario: Scenario,
    /// Id of the machine it is asked of.
    pub machine: String,
    /// Ids of the machines ticked to compare.
    pub compared: BTreeSet<String>,
    /// What the plot runs over.
    pub axis: Axis,
    /// The what-if of a raised GPU limit on the chosen machine.
    pub raised: Option<Bytes>,
    /// Text that the machine list is narrowed to.
    pub filter: String,
    /// Order of the machine list.
    pub sort: Sort,
    /// What the user said about this machine, over what was detected.
    pub overrides: Overrides,
}

impl AppState {
    /// A scenario on this machine, with nothing ticked.
    pub(super) fn new(scenario: Scenario) -> Self {
        let axis = Family::of(&scenario).first_axis();
        Self {
            scenario,
            machine: THIS.to_owned(),
            compared: BTreeSet::new(),
            axis,
            raised: None,
            filter: String::new(),
            sort: Sort::default(),
            overrides: Overrides::default(),
        }
    }

    /// How the language model runs, in either family.
    pub(super) const fn inference(&self) -> &Inference {
        match &self.scenario.workload {
            Workload::Inference(inference) => inference,
            Workload::GraphSequence(sequence) => &sequence.inference,
        }
    }

    /// The state after one change.
    pub(super) fn after(&self, change: &Change) -> Self {
        let mut state = self.clone();
        match change {
            Change::Axis(axis, value) => state.scenario = axis.set(&state.scenario, *value),
            Change::Model(model) => state.use_model(model),
            Change::Runtime(runtime) => {
                state.scenario = super::convert::to_runtime(&state.scenario, *runtime);
            }
            Change::Family(family) => {
                state.scenario.workload = family.convert(&state.scenario.workload);
                state.keep_axis();
            }
            Change::Inference(inference) => *state.inference_mut() = *inference,
            Change::Graph(graph) => {
                if let Workload::GraphSequence(sequence) = &mut state.scenario.workload {
                    sequence.graph = *graph;
                }
            }
            Change::Name(name) => state.scenario.name.clone_from(name),
            Change::Machine(id) => {
                state.machine.clone_from(id);
                state.raised = None;
            }
            Change::Compare(id) => {
                if !state.compared.remove(id) {
                    state.compared.insert(id.clone());
                }
            }
            Change::CompareNone => state.compared.clear(),
            Change::PlotAxis(axis) => state.axis = *axis,
            Change::Raised(raised) => state.raised = *raised,
            Change::Filter(filter) => state.filter.clone_from(filter),
            Change::Sort(sort) => state.sort = *sort,
            Change::Overrides(overrides) => state.overrides.clone_from(overrides),
        }
        state
    }

    /// Another scenario; machines and their order stay.
    pub(super) fn open(&mut self, scenario: Scenario) {
        self.scenario = scenario;
        self.keep_axis();
    }

    /// A model at its own size. A name that says the model says the new one; a vision projector goes with the
    /// model that had one.
    pub(super) fn use_model(&mut self, model: &Arc<Model>) {
        self.scenario.name = self.scenario.name.replace(&self.scenario.model.name, &model.name);
        self.scenario.model_key.clone_from(&model.id);
        self.scenario.model_size = None;
        if model.vision.is_none() {
            self.inference_mut().vision = false;
        }
        self.scenario.base = Arc::clone(model);
        self.scenario.model = Arc::clone(model);
        let runtime = self.scenario.runtime;
        let inference = self.inference_mut();
        if !Quantization::ladder(runtime).contains(&inference.quantization) {
            // A format that only the last model was published in.
            inference.quantization = default_inference(runtime, model.context_max).quantization;
        }
    }

    /// Keeps the plot's axis where the family has it.
    fn keep_axis(&mut self) {
        if !Axis::available(&self.scenario).contains(&self.axis) {
            self.axis = Family::of(&self.scenario).first_axis();
        }
    }

    const fn inference_mut(&mut self) -> &mut Inference {
        match &mut self.scenario.workload {
            Workload::Inference(inference) => inference,
            Workload::GraphSequence(sequence) => &mut sequence.inference,
        }
    }
}

/// One alteration of the state.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// A slider, or the field beside it.
    Axis(Axis, f64),
    /// Another model.
    Model(Arc<Model>),
    /// Another runtime; what it does not know is replaced by what comes nearest.
    Runtime(Runtime),
    /// Another family of workload.
    Family(Family),
    /// How the language model runs.
    Inference(Inference),
    /// The graph and how it is written out.
    Graph(Graph),
    /// The scenario's name.
    Name(String),
    /// The machine it is asked of.
    Machine(String),
    /// Ticks a machine, or takes its tick away.
    Compare(String),
    /// Takes every tick away.
    CompareNone,
    /// What the plot runs over.
    PlotAxis(Axis),
    /// The what-if of a raised GPU limit.
    Raised(Option<Bytes>),
    /// What the machine list is narrowed to.
    Filter(String),
    /// Order of the machine list.
    Sort(Sort),
    /// What the user says about this machine.
    Overrides(Overrides),
}

impl Change {
    /// Changes with one key follow one another as one step of undo, while they come in one stroke.
    pub(super) fn stroke(&self) -> Option<&'static str> {
        match self {
            Self::Axis(axis, _) => Some(axis.label()),
            Self::Raised(Some(_)) => Some("raised limit"),
            Self::Filter(_) => Some("filter"),
            Self::Name(_) => Some("name"),
            Self::Graph(_) => Some("graph"),
            Self::Overrides(_) => Some("overrides"),
            _ => None,
        }
    }
}
