//! `HGTConv`: attention over neighbors by types of nodes and relations, in the network of PyTorch Geometric's example
//! (`hgt_dblp.py`): a map of each type's features, layers of one width, a map of one type to its classes.

use super::graph::{GRADIENT, INDEX, LOGITS, Pass};
use super::hgt_backward::backward;
use super::trace::{Kind, Trace};

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

    /// From features to logits of one type.
    pub fn forward(&self, trace: &mut Trace, pass: &Pass) {
        let of = self.sizes(pass);
        trace.take(Kind::Nodes, STATE, of.nodes);
        trace.repeat(self.layers, |trace| self.layer(trace, pass));
        trace.take(Kind::Logits, LOGITS, pass.element * self.output * pass.scored);
        let others = of.nodes - of.of_type;
        if pass.train {
            // What only other types' results needed.
            let gone = [(ACTIVATED, others), (MAPPED, others), (STATE, others)];
            trace.free_all(Kind::Nodes, 3.0 * others, &gone);
        } else {
            trace.free(Kind::Nodes, STATE, of.nodes);
        }
    }

    /// From the gradient of the logits to those of all parameters.
    pub fn backward(&self, trace: &mut Trace, pass: &Pass) {
        let of = self.sizes(pass);
        let classes = pass.element * (self.hidden + 1.0) * self.output;
        trace.take(Kind::Nodes, "gradient of the layer's output", of.of_type);
        trace.take(Kind::Gradients, "gradients of the linear map to the classes", classes);
        trace.free(Kind::Logits, GRADIENT, pass.element * self.output * pass.scored);
        trace.free(Kind::Nodes, STATE, of.of_type);
        backward(self, trace, pass);
    }

    fn layer(&self, trace: &mut Trace, pass: &Pass) {
        const PROJECTED: &str = "keys, queries and values of nodes";
        const QUERIES: &str = "queries of nodes";
        const BY_RELATION: &str = "keys and values mapped by relations";
        let of = self.sizes(pass);
        trace.take(Kind::Nodes, PROJECTED, 3.0 * of.nodes);
        trace.take(Kind::Nodes, QUERIES, of.nodes);
        let numbers = INDEX * self.heads * pass.nodes / self.types;
        let types = "types of sources and heads";
        trace.repeat(self.relations, |trace| {
            trace.take(Kind::Nodes, types, 2.0 * numbers);
            trace.free(Kind::Nodes, types, numbers);
            trace.take(Kind::Nodes, types, numbers);
            trace.free(Kind::Nodes, types, numbers);
        });
        for name in [KEYS, VALUES] {
            trace.take(Kind::Nodes, "rows of sources joined", of.sources);
            trace.take(Kind::Nodes, name, of.sources);
            trace.free(Kind::Nodes, "rows of sources joined", of.sources);
        }
        let joined = numbers * self.relations;
        trace.take(Kind::Nodes, types, joined);
        for _ in 0..2 {
            trace.take(Kind::Nodes, BY_RELATION, of.sources);
            trace.pass(Kind::Nodes, "rows of one relation and head", of.piece);
        }
        if !pass.train {
            trace.free_all(Kind::Nodes, 2.0 * of.sources, &[(KEYS, of.sources), (VALUES, of.sources)]);
        }
        trace.free(Kind::Nodes, types, 2.0 * joined);
        self.attend(trace, pass, &of);
        self.leave(trace, pass, &of);
        let gone = [(PROJECTED, 3.0 * of.nodes), (QUERIES, of.nodes), (BY_RELATION, 2.0 * of.sources)];
        trace.free_all(Kind::Nodes, 4.0 * of.nodes + 2.0 * of.sources, &gone);
        if !pass.train {
            let pairs = 2.0 * INDEX * pass.edges;
            trace.free_all(Kind::Edges, pairs + of.scores, &[(INDICES, pairs), (PRIORS, of.scores)]);
            let gone = [(SUMMED, of.nodes), (MAPPED, of.nodes), (STATE, of.nodes)];
            trace.free_all(Kind::Nodes, 3.0 * of.nodes, &gone);
        }
    }

    /// Attention over all relations' edges together.
    fn attend(&self, trace: &mut Trace, pass: &Pass, of: &Sizes) {
        let pairs = 2.0 * INDEX * pass.edges;
        let (copies, products, scaled) =
            ("edge indices of one relation, moved", "products, one an edge", "scores times priors");
        let (shifted, largest, total) =
            ("scores less the largest", "largest score of a node", "sums of exponentials");
        trace.take(Kind::Edges, copies, pairs);
        trace.take(Kind::Edges, INDICES, pairs);
        trace.take(Kind::Edges, PRIORS, of.scores);
        trace.free(Kind::Edges, copies, pairs);
        trace.take(Kind::Edges, READ, 3.0 * of.edges);
        trace.take(Kind::Edges, products, of.edges);
        trace.take(Kind::Edges, SCORES, of.scores);
        trace.free(Kind::Edges, products, of.edges);
        trace.take(Kind::Edges, scaled, of.scores);
        if !pass.train {
            trace.free(Kind::Edges, SCORES, of.scores);
        }
        trace.take(Kind::Edges, scaled, of.scores);
        trace.free(Kind::Edges, scaled, of.scores);
        trace.take(Kind::Nodes, largest, of.sums);
        trace.take(Kind::Edges, shifted, 2.0 * of.scores);
        trace.free(Kind::Edges, shifted, of.scores);
        trace.take(Kind::Edges, EXPONENTIALS, of.scores);
        trace.free(Kind::Edges, shifted, of.scores);
        trace.take(Kind::Nodes, total, 2.0 * of.sums);
        trace.free(Kind::Nodes, total, of.sums);
        trace.take(Kind::Edges, DIVISORS, of.scores);
        trace.free(Kind::Nodes, total, of.sums);
        trace.take(Kind::Edges, SHARES, of.scores);
        trace.free(Kind::Nodes, largest, of.sums);
        trace.free(Kind::Edges, scaled, of.scores);
        if !pass.train {
            let gone = [(EXPONENTIALS, of.scores), (DIVISORS, of.scores)];
            trace.free_all(Kind::Edges, 2.0 * of.scores, &gone);
        }
        trace.take(Kind::Edges, products, of.edges);
        if !pass.train {
            trace.free(Kind::Edges, SHARES, of.scores);
        }
        trace.take(Kind::Nodes, SUMMED, of.nodes);
        trace.free(Kind::Edges, products, of.edges);
        if !pass.train {
            trace.free(Kind::Edges, READ, 3.0 * of.edges);
        }
    }

    /// The map of the sums, weighed with the state that was there.
    fn leave(&self, trace: &mut Trace, pass: &Pass, of: &Sizes) {
        let weighed = "states weighed by the skip";
        trace.take(Kind::Nodes, ACTIVATED, of.nodes);
        trace.take(Kind::Nodes, MAPPED, of.nodes);
        if !pass.train {
            trace.free(Kind::Nodes, ACTIVATED, of.nodes);
        }
        trace.repeat(self.types, |trace| {
            trace.take(Kind::Nodes, weighed, 2.0 * of.of_type);
            trace.take(Kind::Nodes, STATE, of.of_type);
            trace.free(Kind::Nodes, weighed, 2.0 * of.of_type);
        });
    }
}
