//! The graph and the layers of one pass, in bytes.

use super::trace::Kind;

/// Bytes of an index or a label: PyTorch's `int64`.
pub const INDEX: f64 = 8.0;
/// Bytes of a yes or no, as in masks.
pub const MASK: f64 = 1.0;

/// One pass over a graph or a sampled part of it.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Nodes computed.
    pub nodes: f64,
    /// Edges computed.
    pub edges: f64,
    /// Nodes whose loss is computed.
    pub labeled: f64,
    /// Bytes of a number.
    pub element: f64,
    /// Whether gradient functions keep what they will need.
    pub train: bool,
    /// Whether the adjacency is multiplied as a sparse matrix.
    pub sparse: bool,
    /// Whether the processor's sparse product with a mean is there; other devices divide afterwards.
    pub fused_mean: bool,
    /// Whether a matrix still holds the pairs of indices it was made of; a copy to a device holds its own half.
    pub holds_pairs: bool,
    /// Whether dropout lies between layers.
    pub dropout: bool,
    /// How normalized edges are kept.
    pub cache: Cache,
    /// Width of the features of edges; 0 where a layer reads none.
    pub edge_width: f64,
    /// Relations that edges belong to, each with as many.
    pub relations: f64,
    /// Graphs of a batch; 0 where nodes themselves are told apart.
    pub graphs: f64,
    /// Pairs of nodes, where the adjacency has a number for each; else 0.
    pub pairs: f64,
    /// Rows of logits.
    pub scored: f64,
}

/// How long normalized edges live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// As long as their layer needs them.
    Never,
    /// To the end, from this pass on.
    Filling,
    /// They are there from the pass before.
    Full,
}

impl Pass {
    /// Of no graph.
    pub const EMPTY: Self = Self {
        nodes: 0.0,
        edges: 0.0,
        labeled: 0.0,
        element: 4.0,
        train: false,
        sparse: false,
        fused_mean: false,
        holds_pairs: false,
        dropout: false,
        cache: Cache::Never,
        edge_width: 0.0,
        relations: 1.0,
        graphs: 0.0,
        pairs: 0.0,
        scored: 0.0,
    };

    /// A number for each of `width` places of each node.
    pub const fn node(&self, width: f64) -> f64 {
        self.element * width * self.nodes
    }

    /// A number for each of `width` places of each edge.
    pub const fn edge(&self, width: f64) -> f64 {
        self.element * width * self.edges
    }

    /// Edges and one from each node to itself.
    pub const fn looped(&self) -> f64 {
        self.edges + self.nodes
    }

    /// A number for each of `width` places of each edge, those to itself included.
    pub const fn loop_edge(&self, width: f64) -> f64 {
        self.element * width * self.looped()
    }

    /// The graph's edges as the layers read them: pairs of indices, or a compressed matrix with its values.
    pub const fn adjacency(&self) -> f64 {
        if self.sparse {
            let columns = if self.holds_pairs { 2.0 * INDEX } else { INDEX };
            INDEX * (self.nodes + 1.0) + (columns + self.element) * self.edges
        } else {
            2.0 * INDEX * self.edges
        }
    }
}

/// One layer of a stack.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// Width of what it reads.
    pub input: f64,
    /// Width inside, where a layer is a small network.
    pub inner: f64,
    /// Width of what it gives.
    pub output: f64,
    /// Attention heads.
    pub heads: f64,
    /// Whether it reads the features themselves, which need no gradient.
    pub first: bool,
    /// Whether it gives the logits.
    pub last: bool,
}

/// The gradient of what a layer gives.
pub const GRADIENT: &str = "gradient of the layer's output";
/// The gradient of what a layer reads.
pub const INPUT_GRADIENT: &str = "gradient of the layer's input";
/// What ReLU between layers gives.
pub const ACTIVATED: &str = "ReLU output";
/// What dropout between layers gives.
pub const DROPPED: &str = "dropout output";
/// A linear map of the rows of all nodes.
pub const LINEAR: &str = "linear map";
/// Its gradient.
pub const LINEAR_GRADIENT: &str = "gradient of the linear map";
/// What the last layer gives.
pub const LOGITS: &str = "logits";

impl Layer {
    /// What its result is called.
    pub const fn output_name(&self) -> &'static str {
        if self.last { LOGITS } else { "layer output" }
    }

    /// What its result is for.
    pub const fn result(&self) -> Kind {
        if self.last { Kind::Logits } else { Kind::Nodes }
    }

    /// Whether its input is a tensor of its own that goes when the layer no longer needs it: dropout's result.
    /// Without dropout it is the activation's, which that one's own gradient needs longer.
    pub const fn owns_input(&self, pass: &Pass) -> bool {
        pass.dropout && !self.first
    }
}
