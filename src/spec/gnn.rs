//! A graph neural network on one graph.

/// Training or running a graph neural network.
#[derive(Clone, Debug, PartialEq)]
pub struct Gnn {
    /// How a node hears from its neighbours.
    pub architecture: GnnArchitecture,
    /// Nodes of the graph.
    pub nodes: u64,
    /// Directed edges of the graph; an undirected one counts twice.
    pub edges: u64,
    /// Width of a node's features.
    pub in_width: u64,
    /// Width between layers, all heads together.
    pub hidden: u64,
    /// Classes, or width of the output.
    pub out_width: u64,
    /// Layers; of a gated graph network, steps of propagation.
    pub layers: u64,
    /// Attention heads (GAT).
    pub heads: u64,
    /// How messages are passed.
    pub message_passing: MessagePassing,
    /// The whole graph at once, or sampled neighbourhoods.
    pub sampling: Sampling,
    /// Nodes whose loss is computed at once, with sampling.
    pub batch_nodes: u64,
    /// Whether gradients are computed.
    pub mode: GnnMode,
    /// Width of a number.
    pub precision: GnnPrecision,
    /// Times every node is gone through.
    pub epochs: f64,
    /// Whether the normalised edges are kept from the first pass on (GCN on the whole graph; PyTorch
    /// Geometric's `cached`), instead of being computed in each layer of each pass.
    pub normalization_cached: bool,
    /// Whether dropout lies between the layers while training.
    pub dropout: bool,
    /// Distinct tokens at the ends of paths (code2vec).
    pub token_vocabulary: u64,
    /// Distinct paths (code2vec).
    pub path_vocabulary: u64,
}

/// How a node hears from its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GnnArchitecture {
    /// Graph convolution, normalised by degrees.
    Gcn,
    /// Mean of the neighbours beside the node itself.
    Sage,
    /// Attention over the neighbours.
    Gat,
    /// Sum of the neighbours through a small network.
    Gin,
    /// One gated recurrent unit stepped along the edges.
    Ggnn,
    /// Attention over sampled paths of a syntax tree; nodes are methods, edges are paths of one method.
    Code2vec,
}

impl GnnArchitecture {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Gcn => "GCN",
            Self::Sage => "GraphSAGE",
            Self::Gat => "GAT",
            Self::Gin => "GIN",
            Self::Ggnn => "Gated graph network",
            Self::Code2vec => "code2vec",
        }
    }
}

/// How messages are passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessagePassing {
    /// A message is written out for each edge, then summed at its end.
    Scatter,
    /// The adjacency is multiplied as a sparse matrix, and no message is written out. Graph attention has no
    /// such way: its weights differ from edge to edge, so it writes messages in any case.
    Sparse,
}

/// The whole graph at once, or sampled neighbourhoods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Every node and edge.
    Full,
    /// At most this many neighbours of a node at each hop, nearest hop first; of code2vec, the first is how many
    /// paths of a method are drawn.
    FanOuts(Vec<u64>),
}

/// Whether gradients are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GnnMode {
    /// Forward, backward and optimiser step.
    Train,
    /// Forward only.
    Infer,
}

/// Width of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GnnPrecision {
    /// 32-bit floats.
    Fp32,
    /// 16-bit floats.
    Fp16,
}
