//! Program graphs written out as tokens: parse trees, data-flow graphs.

use super::{FineTune, Inference};

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

/// Program graphs and how they are written out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Graph {
    /// Nodes of the median graph.
    pub nodes: u64,
    /// Edges of the median graph.
    pub edges: u64,
    /// Tokens that write one node.
    pub tokens_per_node: f64,
    /// Tokens that write one edge.
    pub tokens_per_edge: f64,
    /// Graphs of the data set; the more there are, the larger the largest.
    pub graphs: u64,
    /// How unlike their sizes are: the 95th percentile over the median, 1 where all are alike. Sizes are taken
    /// to be spread log-normally, as those of functions and files are.
    pub size_spread: f64,
    /// Tokens at which longer graphs are cut; `None` keeps them whole.
    pub truncation: Option<u64>,
    /// Whether short graphs share a sequence instead of being padded to the longest.
    pub packing: bool,
}
