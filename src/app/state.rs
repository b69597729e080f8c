//! What the window remembers of the user's work, and how one change alters it. No drawing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::columns::{Columns, Line};
use super::form;
use super::map_axes::{MapAxes, Spot};
use super::sort::Sort;
use super::tabs::Tabs;
use crate::detect::{Overrides, THIS};
use crate::engine::Use;
use crate::engine::axis::Axis;
use crate::spec::{Family, GraphTask, Inference, LanguageModel, Model, Quantization, Scenario, Workload};
use crate::units::Bytes;

/// Everything that undo brings back.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AppState {
    /// What is asked.
    pub scenario: Scenario,
    /// The other scenarios that are open.
    pub tabs: Tabs,
    /// Another scenario that it is compared with.
    pub beside: Option<Box<Scenario>>,
    /// What was last asked in the other families.
    pub others: BTreeMap<Family, Scenario>,
    /// The prompt before a shorter context cut it.
    pub uncut_prompt: Option<u64>,
    /// Id of the machine it is asked of.
    pub machine: String,
    /// Ids of the machines ticked to compare.
    pub compared: BTreeSet<String>,
    /// What the plot runs over.
    pub axis: Axis,
    /// What the map runs over.
    pub map: MapAxes,
    /// Text that the machine list is narrowed to.
    pub filter: String,
    /// Order of the machine list.
    pub sort: Sort,
    /// What the user said about this machine, over what was detected.
    pub overrides: Overrides,
    /// How machines are used, for what they cost.
    pub usage: Use,
    /// How the comparison is laid out.
    pub columns: Columns,
}

impl AppState {
    /// A scenario on this machine, with nothing ticked.
    pub(super) fn new(scenario: Scenario) -> Self {
        let axis = form::first_axis(&scenario);
        let map = MapAxes::first(&scenario);
        Self {
            scenario,
            tabs: Tabs::default(),
            beside: None,
            others: BTreeMap::new(),
            uncut_prompt: None,
            machine: THIS.to_owned(),
            compared: BTreeSet::new(),
            axis,
            map,
            filter: String::new(),
            sort: Sort::default(),
            overrides: Overrides::default(),
            usage: Use::default(),
            columns: Columns::default(),
        }
    }

    /// The state after one change.
    pub(super) fn after(&self, change: &Change) -> Self {
        let mut state = self.clone();
        match change {
            Change::Axis(axis, value) => state.turn(*axis, *value),
            Change::Model(model) => state.use_model(model),
            Change::Scenario(scenario) => {
                state.scenario = Scenario::clone(scenario);
                state.keep_axis();
            }
            Change::Family(scenario) => {
                let before = std::mem::replace(&mut state.scenario, Scenario::clone(scenario));
                state.others.insert(before.workload.family(), before);
                state.axis = form::first_axis(&state.scenario);
                state.map = MapAxes::first(&state.scenario);
            }
            Change::Name(name) => state.scenario.name.clone_from(name),
            Change::Machine(id) => state.ask_of(id),
            Change::Compare(id) => {
                if !state.compared.remove(id) {
                    state.compared.insert(id.clone());
                }
            }
            Change::CompareNone => state.compared.clear(),
            Change::Beside(scenario) => state.beside.clone_from(scenario),
            Change::Exchange => state.exchange(),
            Change::Duplicate => state.open_beside(state.copied()),
            Change::GoToTab(id) => state.go_to_tab(*id),
            Change::CloseTab(id) => state.close_tab(*id),
            Change::Leave(id) => state.leave(id),
            Change::Baseline(id) => state.columns.baseline = Some(id.clone()),
            Change::OrderBy(line) => state.columns.order_by(*line),
            Change::PlotAxis(axis) => state.axis = *axis,
            Change::MapAxes(axes) => state.map = *axes,
            Change::Spots(spots) => spots.iter().for_each(|spot| state.go_to(spot)),
            Change::Raised(raised) => state.scenario = state.scenario.with_raised_limit(*raised),
            Change::Filter(filter) => state.filter.clone_from(filter),
            Change::Sort(sort) => state.sort = *sort,
            Change::Overrides(overrides) => state.overrides.clone_from(overrides),
            Change::Usage(usage) => state.usage = *usage,
        }
        state
    }

    /// Whether two states differ at most in how the machines are listed.
    pub(super) fn same_work(&self, other: &Self) -> bool {
        other.clone().listed_as(self) == *self
    }

    /// The same work, with the machines listed as in another state.
    #[must_use]
    pub(super) fn listed_as(mut self, other: &Self) -> Self {
        self.filter.clone_from(&other.filter);
        self.sort = other.sort;
        self
    }

    /// Asks it of another machine; what was raised was raised on the one before.
    pub(super) fn ask_of(&mut self, id: &str) {
        if self.machine != id {
            id.clone_into(&mut self.machine);
            let others = self.others.values_mut().chain(self.tabs.waiting_mut());
            for scenario in others.chain([&mut self.scenario]) {
                *scenario = scenario.with_limit_as_shipped();
            }
        }
    }

    /// Asks what it is compared with, and compares with what was asked.
    fn exchange(&mut self) {
        if let Some(beside) = self.beside.take() {
            let asked = self.scenario.clone();
            self.open(*beside);
            self.beside = Some(Box::new(asked));
        }
    }

    /// The scenario under a name that tells it apart.
    fn copied(&self) -> Scenario {
        let taken = |name: &str| self.open_scenarios().any(|(_, scenario)| scenario.name == name);
        // A copy of a copy is another copy of the first.
        let first = self
            .scenario
            .name
            .rsplit_once(" (")
            .filter(|(_, end)| end.strip_suffix(')').is_some_and(|number| number.parse::<u32>().is_ok()));
        let first = first.map_or(self.scenario.name.as_str(), |(first, _)| first);
        let name = |number: usize| format!("{first} ({number})");
        let free = (2..10_000).map(name).find(|name| !taken(name));
        Scenario { name: free.unwrap_or_default(), ..self.scenario.clone() }
    }

    /// Goes to a place on an axis of the map.
    fn go_to(&mut self, spot: &Spot) {
        match spot {
            Spot::Value(axis, value) => self.turn(*axis, *value),
            Spot::Machine(machine) => self.ask_of(&machine.id),
        }
    }

    /// Sets a value of an axis. A longer context brings no longer prompt, but the one that a shorter context had cut.
    fn turn(&mut self, axis: Axis, value: f64) {
        let asked = self.scenario.inference().map(|inference| inference.prompt);
        self.scenario = axis.set(&self.scenario, value);
        if axis == Axis::CONTEXT
            && let Some((asked, inference)) = asked.zip(self.scenario.inference_mut())
        {
            let uncut = self.uncut_prompt.filter(|uncut| *uncut > asked).unwrap_or(asked);
            inference.prompt = inference.prompt.min(uncut);
            self.uncut_prompt = Some(uncut).filter(|uncut| inference.prompt < *uncut);
        } else if axis == Axis::PROMPT {
            self.uncut_prompt = None;
        }
    }

    /// Takes a machine out of the comparison; where it is the one that is evaluated, another of them is that now.
    fn leave(&mut self, id: &str) {
        self.compared.remove(id);
        if self.machine == id
            && let Some(other) = self.compared.first().cloned()
        {
            self.ask_of(&other);
        }
    }

    /// Another scenario; machines and their order stay.
    pub(super) fn open(&mut self, scenario: Scenario) {
        self.scenario = scenario;
        self.keep_axis();
    }

    /// A model at its own size. A name that says the model says the new one; a vision projector goes with the
    /// model that had one. Without a language model, nothing is different.
    pub(super) fn use_model(&mut self, model: &Arc<Model>) {
        self.use_model_as(model, &model.id);
    }

    /// The same, under the key that presets name it by.
    pub(super) fn use_model_as(&mut self, model: &Arc<Model>, key: &str) {
        let Scenario { name, workload, .. } = &mut self.scenario;
        let (language, inference) = match workload {
            Workload::Inference(language, inference) => (language, Some(inference)),
            Workload::GraphSequence(language, sequence) => match &mut sequence.task {
                GraphTask::Read(inference) => (language, Some(inference)),
                GraphTask::Train(_) => (language, None),
            },
            Workload::FineTune(language, _) => (language, None),
            Workload::Gnn(_) | Workload::Diffusion(_) => return,
        };
        *name = name.replace(&language.base.name, &model.name);
        // Another model is no word about the program that runs it.
        let LanguageModel { runtime, chosen, .. } = *language;
        let named = LanguageModel::named(Arc::clone(model), runtime);
        *language = LanguageModel { key: key.to_owned(), chosen, ..named };
        if let Some(inference) = inference {
            keep_to_model(inference, language);
        }
    }

    /// Keeps the axes of plot and map where the family has them.
    fn keep_axis(&mut self) {
        self.map = self.map.kept(&self.scenario);
        if !Axis::available(&self.scenario).contains(&self.axis) {
            self.axis = form::first_axis(&self.scenario);
        }
    }
}

/// What the last model had and this one has not.
fn keep_to_model(inference: &mut Inference, language: &LanguageModel) {
    if language.model.vision.is_none() {
        inference.vision = false;
    }
    let of_file = language.model.file_as(inference.quantization).is_some();
    if !of_file && !Quantization::ladder(language.runtime).contains(&inference.quantization) {
        // A format that only the last model was published in.
        inference.quantization = Inference::usual(language.runtime, language.model.context_max).quantization;
    }
    let offered = Quantization::ladder_for(&language.model, language.runtime);
    if let Some(published) = Quantization::published(&language.model, language.runtime)
        && language.model.file.is_none()
        && !offered.contains(&inference.quantization)
    {
        inference.quantization = published;
    }
}

/// One alteration of the state.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// A slider, or the field beside it.
    Axis(Axis, f64),
    /// Another model.
    Model(Arc<Model>),
    /// Another scenario of the same family: a setting of its form.
    Scenario(Box<Scenario>),
    /// Another family of workload, and what is asked in it.
    Family(Box<Scenario>),
    /// The scenario's name.
    Name(String),
    /// The machine it is asked of.
    Machine(String),
    /// Ticks a machine, or takes its tick away.
    Compare(String),
    /// Compares with another scenario, or with none.
    Beside(Option<Box<Scenario>>),
    /// Asks the other scenario and compares with this one.
    Exchange,
    /// Opens a copy of the scenario in a tab of its own.
    Duplicate,
    /// Shows another tab.
    GoToTab(u32),
    /// Closes a tab.
    CloseTab(u32),
    /// Takes every tick away.
    CompareNone,
    /// Takes a machine out of the comparison, ticked or evaluated.
    Leave(String),
    /// Holds the others against this machine.
    Baseline(String),
    /// Orders the comparison by a line, the other way around, or no longer.
    OrderBy(Line),
    /// What the plot runs over.
    PlotAxis(Axis),
    /// What the map runs over.
    MapAxes(MapAxes),
    /// A place on the map: both settings, or a setting and a machine.
    Spots(Vec<Spot>),
    /// The what-if of a raised GPU limit.
    Raised(Option<Bytes>),
    /// What the machine list is narrowed to.
    Filter(String),
    /// Order of the machine list.
    Sort(Sort),
    /// What the user says about this machine.
    Overrides(Overrides),
    /// How machines are used.
    Usage(Use),
}

impl Change {
    /// Changes with one key follow one another as one step of undo, while they come in one stroke.
    pub(super) fn stroke(&self) -> Option<&'static str> {
        match self {
            Self::Axis(axis, _) => Some(axis.key()),
            Self::Raised(Some(_)) => Some("raised limit"),
            Self::Filter(_) => Some("filter"),
            Self::Spots(_) => Some("map"),
            Self::Name(_) => Some("name"),
            Self::Overrides(_) => Some("overrides"),
            _ => None,
        }
    }
}
