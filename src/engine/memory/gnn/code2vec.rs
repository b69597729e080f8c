//! code2vec: paths between two tokens, embedded, mixed by attention to one vector a method, and its name guessed.

use super::graph::{INDEX, MASK, Pass};
use super::trace::{Kind, Trace};

/// Widths and vocabularies; a pass's nodes are methods, its edges all their paths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code2vec {
    /// Width of an embedding.
    pub(super) embedding: f64,
    /// Width of a method's vector.
    pub(super) vector: f64,
    /// Names to guess from.
    pub(super) names: f64,
    /// Tokens at the ends of paths.
    pub(super) tokens: f64,
    /// Paths.
    pub(super) paths: f64,
}

/// Bytes of a path as it is read: two tokens and what lies between.
pub(super) const PATH: f64 = 3.0 * INDEX;

impl Code2vec {
    /// Parameters: two tables of embeddings, a matrix for a path, an attention vector, a table of names.
    pub(super) const fn parameters(&self) -> f64 {
        (self.tokens + self.paths) * self.embedding
            + 3.0 * self.embedding * self.vector
            + self.vector
            + self.vector * self.names
    }

    /// From paths to logits.
    pub(super) fn forward(&self, trace: &mut Trace, pass: &Pass) {
        let joined = pass.edge(3.0 * self.embedding);
        let (mixed, scores) = (pass.edge(self.vector), pass.edge(1.0));
        trace.take(Kind::Edges, joined);
        trace.take(Kind::Edges, joined);
        trace.free(Kind::Edges, joined);
        if drops(pass) {
            trace.take(Kind::Edges, joined + MASK * joined / pass.element);
            trace.free(Kind::Edges, joined);
        }
        trace.take(Kind::Edges, 2.0 * mixed);
        trace.free(Kind::Edges, mixed + if pass.train { 0.0 } else { joined });
        trace.take(Kind::Edges, 2.0 * scores);
        trace.free(Kind::Edges, scores);
        trace.take(Kind::Nodes, pass.node(self.vector));
        trace.take(Kind::Logits, pass.node(self.names));
        if !pass.train {
            trace.free(Kind::Edges, mixed + scores);
            trace.free(Kind::Nodes, pass.node(self.vector));
        }
    }

    /// From the gradient of the logits to those of all parameters.
    pub(super) fn backward(&self, trace: &mut Trace, pass: &Pass) {
        let joined = pass.edge(3.0 * self.embedding);
        let (mixed, scores) = (pass.edge(self.vector), pass.edge(1.0));
        let vectors = pass.node(self.vector);
        trace.take(Kind::Gradients, pass.element * self.vector * self.names);
        trace.take(Kind::Nodes, vectors);
        trace.free(Kind::Logits, pass.node(self.names));
        trace.free(Kind::Nodes, vectors);
        trace.take(Kind::Edges, mixed + scores);
        trace.free(Kind::Nodes, vectors);
        trace.take(Kind::Edges, scores);
        trace.free(Kind::Edges, 2.0 * scores);
        trace.take(Kind::Edges, mixed);
        trace.free(Kind::Edges, scores);
        trace.take(Kind::Edges, mixed);
        trace.free(Kind::Edges, 2.0 * mixed);
        trace.take(Kind::Edges, mixed);
        trace.free(Kind::Edges, 2.0 * mixed);
        trace.take(Kind::Gradients, pass.element * (3.0 * self.embedding * self.vector + self.vector));
        trace.take(Kind::Edges, joined);
        trace.free(Kind::Edges, mixed + joined);
        if drops(pass) {
            trace.take(Kind::Edges, joined);
            trace.free(Kind::Edges, joined + MASK * joined / pass.element);
        }
        // Whole tables of gradients, for the tokens at either end before they are added up.
        let table = pass.element * self.embedding * self.tokens;
        trace.take(Kind::Gradients, 2.0 * table + pass.element * self.embedding * self.paths);
        trace.free(Kind::Edges, joined);
        trace.take(Kind::Gradients, table);
        trace.free(Kind::Gradients, 2.0 * table);
    }
}

/// Whether joined embeddings go through dropout.
const fn drops(pass: &Pass) -> bool {
    pass.train && pass.dropout
}
