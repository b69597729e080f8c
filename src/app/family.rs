//! The families of workload the window has a form for.

use crate::engine::axis::Axis;
use crate::spec::{Graph, GraphSequence, Scenario, Workload};

/// A family of workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Chat, agents, serving.
    Inference,
    /// Program graphs read as tokens.
    Graph,
}

/// A function's parse tree with its data flow, as a starting point.
const FIRST_GRAPH: Graph = Graph { nodes: 1_000, edges: 3_000, tokens_per_node: 4.0, tokens_per_edge: 3.0 };

impl Family {
    /// Every family, as the tabs show them.
    pub(super) const ALL: [Self; 2] = [Self::Inference, Self::Graph];

    /// The family a scenario is of.
    pub(super) const fn of(scenario: &Scenario) -> Self {
        match scenario.workload {
            Workload::Inference(_) => Self::Inference,
            Workload::GraphSequence(_) => Self::Graph,
        }
    }

    /// As its tab says.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Inference => "Inference",
            Self::Graph => "Graph",
        }
    }

    /// What the tab is for.
    pub(super) const fn hint(self) -> &'static str {
        match self {
            Self::Inference => "Chat, agents and serving",
            Self::Graph => "Parse trees and data-flow graphs written out as tokens",
        }
    }

    /// The axis its plot starts with.
    pub(super) const fn first_axis(self) -> Axis {
        match self {
            Self::Inference => Axis::Context,
            Self::Graph => Axis::Edges,
        }
    }

    /// The sliders of its form, in order; the model's size comes before them.
    pub(super) const fn sliders(self) -> &'static [Axis] {
        match self {
            Self::Inference => {
                &[Axis::Quantization, Axis::Context, Axis::KvPrecision, Axis::Concurrency, Axis::Prompt]
            }
            Self::Graph => {
                &[Axis::Nodes, Axis::Edges, Axis::Quantization, Axis::KvPrecision, Axis::Concurrency]
            }
        }
    }

    /// The same run of the model as this family's workload.
    pub(super) const fn convert(self, workload: &Workload) -> Workload {
        match (self, workload) {
            (Self::Inference, Workload::GraphSequence(sequence)) => Workload::Inference(sequence.inference),
            (Self::Graph, Workload::Inference(inference)) => {
                Workload::GraphSequence(GraphSequence { graph: FIRST_GRAPH, inference: *inference })
            }
            (Self::Inference, Workload::Inference(inference)) => Workload::Inference(*inference),
            (Self::Graph, Workload::GraphSequence(sequence)) => Workload::GraphSequence(*sequence),
        }
    }
}
