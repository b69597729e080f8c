//! Program graphs written out as tokens: parse trees, data-flow graphs.

use super::of_model::trained_on;
use super::settings::{Entry, Families, Place, Setting, Slider, Value as _, ValueError, settings};
use super::{Devices, Family, FineTune, GnnMode, Inference, Method, Objective, Runtime, Scenario, Workload};

const GRAPH_FAMILY: Families = &[Family::GraphSequence];

/// Program graphs given to a language model as text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GraphSequence {
    /// The graphs.
    pub graph: Graph,
    /// What the model does with them.
    pub task: GraphTask,
}

/// What a language model does with the graphs; what follows from the graphs' sizes replaces what is set here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GraphTask {
    /// It is trained on them: sequence, examples and tokens of an example follow from the graphs.
    Train(FineTune),
    /// It reads one as its prompt: prompt and context follow from the graph.
    Read(Inference),
}

/// Whether the graphs are trained on; another task starts with its own defaults.
pub(super) static TASK: &[Setting] = &[Setting {
    key: "mode",
    doc: &["Graphs to learn from (`train`), or one to answer about (`infer`)."],
    label: "Task",
    families: GRAPH_FAMILY,
    place: Place::Head,
    among: Some(|_| vec![("train", "train on graphs".to_owned()), ("infer", "read one graph".to_owned())]),
    usual: "train, unless the other keys are of inference",
    get: |scenario| {
        scenario.graph().map(|_| Entry::from(if scenario.tune().is_some() { "train" } else { "infer" }))
    },
    set: set_task,
    check: |setting, text| GnnMode::read(setting, text).map(drop),
    ..Setting::PLAIN
}];

settings! {
    /// Program graphs and how they are written out.
    #[derive(Clone, Copy, Debug, PartialEq)]
    Graph in GRAPH for GRAPH_FAMILY, of Scenario::graph, Scenario::graph_mut;

    /// Tokens at which longer graphs are cut; `none` keeps them whole.
    max_sequence: Option<u64> = None, Setting {
        was: "truncation", label: "Max sequence length", place: Place::Slider,
        slider: Some(Slider {
            first: true,
            when: |scenario| scenario.graph().is_some_and(|graph| graph.max_sequence.is_some()),
            ..Slider::log(|scenario| (128.0, trained_on(scenario)))
        }),
        ..Setting::TOKENS
    };
    /// Edges of the median graph.
    edges: u64 = 1200, Setting {
        label: "Graph edges", unit: "edges", place: Place::Slider,
        slider: Some(Slider { first: true, ..Slider::log(|_| (100.0, 1e9)) }), ..Setting::COUNT
    };
    /// Nodes of the median graph.
    nodes: u64 = 400, Setting {
        label: "Graph nodes", unit: "nodes", place: Place::Slider, slider: Some(Slider::log(|_| (100.0, 1e9))),
        ..Setting::COUNT
    };
    /// How unlike the sizes of graphs are: the 95th percentile over the median, 1 where all are alike.
    /// Sizes are taken to be spread log-normally, as those of functions and files are.
    size_spread: f64 = 1.0, Setting {
        label: "p95 ÷ median of graph sizes", unit: "times the median", place: Place::Slider, range: (1.0, 1e6),
        when: |scenario| scenario.graph().is_some_and(|graph| graph.graphs > 1),
        slider: Some(Slider { fractional: true, ..Slider::linear(|_| (1.0, 10.0)) }), ..Setting::REAL
    };
    /// Packing: whether short graphs go into one sequence instead of being padded to the longest; of what learns from
    /// examples, for preferences and rewards are of an answer each.
    packing: bool = false, Setting {
        label: "Packing", place: Place::Main, when: learns_from_examples, ..Setting::PLAIN
    };
    /// Tokens that write one node.
    tokens_per_node: f64 = 6.0, Setting {
        label: "Tokens per node", unit: "tokens", ..Setting::REAL
    };
    /// Tokens that write one edge.
    tokens_per_edge: f64 = 4.0, Setting {
        label: "Tokens per edge", unit: "tokens", ..Setting::REAL
    };
    /// Graphs of the data set; the more there are, the larger the largest.
    graphs: u64 = 1000, Setting {
        label: "Graphs", unit: "graphs", usual: "1,000 to train on, 1 to read", ..Setting::COUNT
    };
}

impl Graph {
    /// A function of a few hundred nodes, each written as an identifier, each edge as two references; one is read, many
    /// are trained on.
    pub(super) fn usual(task: &GraphTask) -> Self {
        let graphs = if matches!(task, GraphTask::Read(_)) { 1 } else { Self::default().graphs };
        Self { graphs, ..Self::default() }
    }
}

impl GraphTask {
    /// What is done in a mode, with the runtime that does it.
    pub(super) fn usual(reads: bool, runtime: Runtime, context_max: u32) -> Self {
        if reads {
            Self::Read(Inference::usual(runtime, context_max))
        } else {
            Self::Train(FineTune::usual(Method::Lora, runtime, context_max))
        }
    }

    /// The runtime that most people do it with.
    pub(super) const fn runtime(reads: bool) -> Runtime {
        if reads { Runtime::LlamaCpp } else { Runtime::PyTorch }
    }
}

fn set_task(setting: &Setting, scenario: &mut Scenario, text: &str) -> Result<Option<String>, ValueError> {
    let reads = GnnMode::read(setting, text)?.value == GnnMode::Infer;
    let Workload::GraphSequence(language, sequence) = &mut scenario.workload else { return Ok(None) };
    if reads == matches!(sequence.task, GraphTask::Read(_)) {
        return Ok(None);
    }
    language.runtime = GraphTask::runtime(reads);
    let mut task = GraphTask::usual(reads, language.runtime, language.model.context_max);
    match (&sequence.task, &mut task) {
        (GraphTask::Read(before), GraphTask::Train(after)) => after.attention = before.attention,
        (GraphTask::Train(before), GraphTask::Read(after)) => after.attention = before.attention,
        _ => {}
    }
    sequence.graph.graphs = Graph::usual(&task).graphs;
    sequence.task = task;
    scenario.devices = Devices { split: Devices::default().split, ..scenario.devices };
    Ok(None)
}

/// Whether nothing but examples is learnt from; mlx-lm learns from those alone, whatever the objective says.
fn learns_from_examples(scenario: &Scenario) -> bool {
    let mlx = scenario.language().is_some_and(|language| language.runtime == Runtime::Mlx);
    mlx || scenario.tune().is_none_or(|tune| tune.objective == Objective::Sft)
}
