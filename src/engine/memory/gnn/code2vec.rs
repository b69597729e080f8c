//! code2vec: paths between two tokens, embedded, mixed by attention to one vector a method, and its name guessed.

use super::graph::{INDEX, MASK, Pass};
use super::tape::{Kind, Tape};

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
    pub(super) fn forward(&self, tape: &mut Tape, pass: &Pass) {
        let joined = pass.edge(3.0 * self.embedding);
        let (mixed, scores) = (pass.edge(self.vector), pass.edge(1.0));
        tape.take(Kind::Edges, joined);
        tape.take(Kind::Edges, joined);
        tape.free(Kind::Edges, joined);
        if drops(pass) {
            tape.take(Kind::Edges, joined + MASK * joined / pass.element);
            tape.free(Kind::Edges, joined);
        }
        tape.take(Kind::Edges, 2.0 * mixed);
        tape.free(Kind::Edges, mixed + if pass.train { 0.0 } else { joined });
        tape.take(Kind::Edges, 2.0 * scores);
        tape.free(Kind::Edges, scores);
        tape.take(Kind::Nodes, pass.node(self.vector));
        tape.take(Kind::Logits, pass.node(self.names));
        if !pass.train {
            tape.free(Kind::Edges, mixed + scores);
            tape.free(Kind::Nodes, pass.node(self.vector));
        }
    }

    /// From the gradient of the logits to those of all parameters.
    pub(super) fn backward(&self, tape: &mut Tape, pass: &Pass) {
        let joined = pass.edge(3.0 * self.embedding);
        let (mixed, scores) = (pass.edge(self.vector), pass.edge(1.0));
        let vectors = pass.node(self.vector);
        tape.take(Kind::Gradients, pass.element * self.vector * self.names);
        tape.take(Kind::Nodes, vectors);
        tape.free(Kind::Logits, pass.node(self.names));
        tape.free(Kind::Nodes, vectors);
        tape.take(Kind::Edges, mixed + scores);
        tape.free(Kind::Nodes, vectors);
        tape.take(Kind::Edges, scores);
        tape.free(Kind::Edges, 2.0 * scores);
        tape.take(Kind::Edges, mixed);
        tape.free(Kind::Edges, scores);
        tape.take(Kind::Edges, mixed);
        tape.free(Kind::Edges, 2.0 * mixed);
        tape.take(Kind::Edges, mixed);
        tape.free(Kind::Edges, 2.0 * mixed);
        tape.take(Kind::Gradients, pass.element * (3.0 * self.embedding * self.vector + self.vector));
        tape.take(Kind::Edges, joined);
        tape.free(Kind::Edges, mixed + joined);
        if drops(pass) {
            tape.take(Kind::Edges, joined);
            tape.free(Kind::Edges, joined + MASK * joined / pass.element);
        }
        // Whole tables of gradients, for the tokens at either end before they are added up.
        let table = pass.element * self.embedding * self.tokens;
        tape.take(Kind::Gradients, 2.0 * table + pass.element * self.embedding * self.paths);
        tape.free(Kind::Edges, joined);
        tape.take(Kind::Gradients, table);
        tape.free(Kind::Gradients, 2.0 * table);
    }
}

/// Whether joined embeddings go through dropout.
const fn drops(pass: &Pass) -> bool {
    pass.train && pass.dropout
}
