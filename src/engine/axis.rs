//! The knobs that are plotted against, slid along and solved for: read, set, and their range.

use std::sync::Arc;

use super::scale::{parameters, scaled};
use crate::spec::{Inference, KvPrecision, Quantization, Scenario, Workload};
use crate::units::{count, whole};

/// A knob of a scenario that memory can be shown against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// Tokens of context in all.
    Context,
    /// Parameters of the model, its shape scaled.
    ModelSize,
    /// How the weights are stored; steps of the runtime's ladder from small to large.
    Quantization,
    /// Requests in flight at once.
    Concurrency,
    /// How keys and values are kept; steps from small to large.
    KvPrecision,
    /// Tokens of a prompt.
    Prompt,
    /// Tokens computed at once.
    Ubatch,
    /// Nodes of a graph.
    Nodes,
    /// Edges of a graph.
    Edges,
}

impl Axis {
    /// The axes that mean something for a scenario, the most telling one first.
    pub const fn available(scenario: &Scenario) -> &'static [Self] {
        match scenario.workload {
            Workload::Inference(_) => &[
                Self::Context,
                Self::ModelSize,
                Self::Quantization,
                Self::Concurrency,
                Self::KvPrecision,
                Self::Ubatch,
            ],
            Workload::GraphSequence(_) => &[
                Self::Edges,
                Self::Nodes,
                Self::ModelSize,
                Self::Quantization,
                Self::Concurrency,
                Self::KvPrecision,
                Self::Ubatch,
            ],
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::ModelSize => "model size",
            Self::Quantization => "quantisation",
            Self::Concurrency => "concurrent requests",
            Self::KvPrecision => "KV precision",
            Self::Prompt => "prompt",
            Self::Ubatch => "tokens at once",
            Self::Nodes => "graph nodes",
            Self::Edges => "graph edges",
        }
    }

    /// What it counts; empty where its steps have names.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Context | Self::Prompt | Self::Ubatch => "tokens",
            Self::ModelSize => "parameters",
            Self::Concurrency => "requests",
            Self::Nodes => "nodes",
            Self::Edges => "edges",
            Self::Quantization | Self::KvPrecision => "",
        }
    }

    /// Whether its range spans decades.
    pub const fn is_log(self) -> bool {
        !matches!(self, Self::Quantization | Self::KvPrecision)
    }

    /// Whether only its whole steps exist, each with a name.
    pub const fn is_stepped(self) -> bool {
        matches!(self, Self::Quantization | Self::KvPrecision)
    }

    /// Least and most that make sense here.
    pub fn range(self, scenario: &Scenario) -> (f64, f64) {
        match self {
            Self::Prompt => (16.0, prompt_room(knobs(&scenario.workload)).max(32.0)),
            Self::Context => {
                let most = count(u64::from(scenario.model.context_max)).max(131_072.0);
                (512.0, most)
            }
            Self::ModelSize => (0.1e9, 1000e9),
            Self::Concurrency => (1.0, 256.0),
            Self::Ubatch => (32.0, 8192.0),
            Self::Nodes | Self::Edges => (100.0, 1e9),
            Self::Quantization => (0.0, last_step(weight_ladder(scenario).len())),
            Self::KvPrecision => (0.0, last_step(KvPrecision::ladder(scenario.runtime).len())),
        }
    }

    /// Where a scenario stands on it; a step's place in its ladder for stepped axes.
    pub fn get(self, scenario: &Scenario) -> f64 {
        let inference = knobs(&scenario.workload);
        match self {
            Self::Context => count(inference.context),
            Self::Concurrency => count(inference.concurrency),
            Self::Prompt => count(inference.prompt),
            Self::Ubatch => count(inference.ubatch),
            Self::ModelSize => parameters(&scenario.model),
            Self::Quantization => place_in(weight_ladder(scenario), &inference.quantization),
            Self::KvPrecision => place_in(KvPrecision::ladder(scenario.runtime), &inference.kv_precision),
            Self::Nodes => graph_knob(&scenario.workload, |graph| graph.nodes),
            Self::Edges => graph_knob(&scenario.workload, |graph| graph.edges),
        }
    }

    /// The scenario moved to another place on it; everything else stays, but for what must follow.
    pub fn set(self, scenario: &Scenario, value: f64) -> Scenario {
        let mut moved = scenario.clone();
        if self == Self::ModelSize {
            resize(&mut moved, value);
            return moved;
        }
        let step = usize::try_from(whole(value.max(0.0))).unwrap_or(usize::MAX);
        let amount = whole(value).max(1);
        if let (Workload::GraphSequence(sequence), Self::Nodes | Self::Edges) = (&mut moved.workload, self) {
            match self {
                Self::Nodes => sequence.graph.nodes = amount,
                _ => sequence.graph.edges = amount,
            }
            return moved;
        }
        let inference = match &mut moved.workload {
            Workload::Inference(inference) => inference,
            Workload::GraphSequence(sequence) => &mut sequence.inference,
        };
        match self {
            Self::Context => set_context(inference, amount),
            Self::Concurrency => inference.concurrency = amount,
            Self::Prompt => inference.prompt = amount,
            Self::Ubatch => inference.ubatch = amount,
            Self::Quantization => {
                inference.quantization = step_of(weight_ladder(scenario), step, inference.quantization);
            }
            Self::KvPrecision => {
                inference.kv_precision =
                    step_of(KvPrecision::ladder(scenario.runtime), step, inference.kv_precision);
            }
            Self::ModelSize | Self::Nodes | Self::Edges => {}
        }
        moved
    }

    /// The name of a step on a stepped axis, else `None`.
    pub fn step_name(self, scenario: &Scenario, step: f64) -> Option<&'static str> {
        let index = usize::try_from(whole(step.max(0.0))).ok()?;
        match self {
            Self::Quantization => from_the_end(weight_ladder(scenario), index).map(|step| step.key()),
            Self::KvPrecision => {
                from_the_end(KvPrecision::ladder(scenario.runtime), index).map(|step| step.key())
            }
            _ => None,
        }
    }
}

/// Scales the published shape, so that sliding there and back changes nothing; near its own size it is itself.
fn resize(scenario: &mut Scenario, wanted: f64) {
    if (wanted / parameters(&scenario.base) - 1.0).abs() < OWN_SIZE {
        scenario.model = Arc::clone(&scenario.base);
        scenario.model_size = None;
    } else {
        scenario.model = Arc::new(scaled(&scenario.base, wanted));
        scenario.model_size = Some(parameters(&scenario.model));
    }
}

/// How near to its own size a model counts as itself.
const OWN_SIZE: f64 = 0.01;

/// Tokens that a slot leaves to the prompt beside its answer.
fn prompt_room(inference: &Inference) -> f64 {
    let slot = inference.context / inference.concurrency.max(1);
    count(slot.saturating_sub(inference.generate))
}

/// The ways to store this model's weights, from large to small.
fn weight_ladder(scenario: &Scenario) -> &'static [Quantization] {
    Quantization::ladder_for(&scenario.base, scenario.runtime)
}

/// The last index of a ladder.
fn last_step(steps: usize) -> f64 {
    count(u64::try_from(steps.saturating_sub(1)).unwrap_or(0))
}

/// The knobs as they are set, before a graph replaces prompt and context.
const fn knobs(workload: &Workload) -> &Inference {
    match workload {
        Workload::Inference(inference) => inference,
        Workload::GraphSequence(sequence) => &sequence.inference,
    }
}

/// One figure of the graph; 0 where there is none.
fn graph_knob(workload: &Workload, knob: impl Fn(&crate::spec::Graph) -> u64) -> f64 {
    match workload {
        Workload::GraphSequence(sequence) => count(knob(&sequence.graph)),
        Workload::Inference(_) => 0.0,
    }
}

/// A prompt that filled the context goes on filling it; one that no longer fits is cut to fit.
fn set_context(inference: &mut Inference, context: u64) {
    let slots = inference.concurrency.max(1);
    let filled = inference.prompt.saturating_add(inference.generate) >= inference.context / slots;
    inference.context = context;
    let slot = (context / slots).max(1);
    inference.generate = inference.generate.min((slot / 2).max(1));
    let room = slot.saturating_sub(inference.generate).max(1);
    inference.prompt = if filled { room } else { inference.prompt.min(room) };
}

/// The ladders go down and axes go up, so that memory grows along every axis.
fn from_the_end<T>(ladder: &[T], step: usize) -> Option<&T> {
    ladder.len().checked_sub(step.checked_add(1)?).and_then(|index| ladder.get(index))
}

/// A value's step on its axis; values that are not on the ladder count as the first step.
fn place_in<T: PartialEq>(ladder: &[T], value: &T) -> f64 {
    let place = ladder.iter().rev().position(|step| step == value).unwrap_or(0);
    count(u64::try_from(place).unwrap_or(0))
}

/// A step of a ladder; `otherwise` beyond its end.
fn step_of<T: Copy>(ladder: &[T], step: usize, otherwise: T) -> T {
    from_the_end(ladder, step).copied().unwrap_or(otherwise)
}
