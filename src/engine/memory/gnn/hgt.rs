//! `HGTConv`: attention over neighbors by types of nodes and relations, in the network of PyTorch Geometric's example
//! (`hgt_dblp.py`): a map of each type's features, layers of one width, a map of one type to its classes.

use super::graph::Pass;

/// Widths of the network.
#[derive(Clone, Copy, Debug)]
pub struct Hgt {
    /// Width of a node's features.
    pub input: f64,
    /// Width of all layers.
    pub hidden: f64,
    /// Classes.
    pub output: f64,
    /// Layers.
    pub layers: f64,
    /// Attention heads.
    pub heads: f64,
    /// Types of nodes, each with as many.
    pub types: f64,
    /// Relations, each with as many edges.
    pub relations: f64,
}

/// Bytes of what the layers compute with, each of one pass.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// A row of the layers' width for each node.
    pub nodes: f64,
    /// The same of the nodes of one type.
    pub of_type: f64,
    /// A row for each node of each relation's source.
    pub sources: f64,
    /// A row for each edge.
    pub edges: f64,
    /// A number for each head of each edge.
    pub scores: f64,
    /// A number for each head of each node.
    pub sums: f64,
    /// What one relation's matrix of one head reads.
    pub piece: f64,
    /// The matrices of all relations and heads.
    pub matrices: f64,
}

/// What lives from the pass forward to that back.
pub const STATE: &str = "states of nodes";
pub const KEYS: &str = "keys for each relation";
pub const VALUES: &str = "values for each relation";
pub const INDICES: &str = "edge indices of all relations";
pub const PRIORS: &str = "priors of relations, one an edge";
pub const READ: &str = "queries, keys and values, one an edge";
pub const SCORES: &str = "scores of edges";
pub const EXPONENTIALS: &str = "exponentials of the scores";
pub const SHARES: &str = "shares of edges";
pub const DIVISORS: &str = "sums of exponentials, one an edge";
pub const SUMMED: &str = "weighted sum over neighbors";
pub const ACTIVATED: &str = "GELU output";
pub const MAPPED: &str = "linear map of the sum";

impl Hgt {
    /// The parameters by what they are: a name, how many of it, and the values of all of them.
    pub fn matrices(&self) -> [(&'static str, f64, f64); 3] {
        let Self { input, hidden, output, layers, heads, types, relations } = *self;
        let width = hidden / heads;
        let of_type = 4.0 * hidden * (hidden + 1.0) + 1.0;
        let layer = types * of_type + relations * heads * (2.0 * width * width + 1.0);
        [
            ("linear maps of the features", types, types * (input + 1.0) * hidden),
            ("layers", layers, layers * layer),
            ("linear map to the classes", 1.0, (hidden + 1.0) * output),
        ]
    }

    /// Trained values.
    pub fn parameters(&self) -> f64 {
        self.matrices().iter().map(|(_, _, values)| values).sum()
    }

    /// Trained tensors.
    pub const fn tensors(&self) -> f64 {
        2.0 * self.types + self.layers * (5.0 * self.types + self.relations + 2.0) + 2.0
    }

    /// Bytes of one pass.
    pub fn sizes(&self, pass: &Pass) -> Sizes {
        let nodes = pass.node(self.hidden);
        let of_type = nodes / self.types;
        let width = self.hidden / self.heads;
        Sizes {
            nodes,
            of_type,
            sources: of_type * self.relations,
            edges: pass.edge(self.hidden),
            scores: pass.edge(self.heads),
            sums: pass.node(self.heads),
            piece: of_type / self.heads,
            matrices: pass.element * self.relations * self.heads * width * width,
        }
    }
}
