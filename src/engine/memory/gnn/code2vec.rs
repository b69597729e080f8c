//! code2vec: paths between two tokens, embedded, mixed by attention to one vector a method, and its name predicted.

use super::graph::{DROPPED, GRADIENT, INDEX, LOGITS, MASK, Pass};
use super::trace::{Kind, Trace};

/// Widths and vocabularies; a pass's nodes are methods, its edges all their paths.
#[derive(Clone, Copy, Debug)]
pub struct Code2vec {
    /// Width of an embedding.
    pub embedding: f64,
    /// Width of a method's vector.
    pub vector: f64,
    /// Names to choose from.
    pub names: f64,
    /// Tokens at the ends of paths.
    pub tokens: f64,
    /// Paths.
    pub paths: f64,
}

/// Bytes of a path as it is read: two tokens and what lies between.
pub const PATH: f64 = 3.0 * INDEX;

impl Code2vec {
    /// Parameters: two tables of embeddings, a matrix for a path, an attention vector, a table of names.
    pub const fn parameters(&self) -> f64 {
        (self.tokens + self.paths) * self.embedding
            + 3.0 * self.embedding * self.vector
            + self.vector
            + self.vector * self.names
    }

    /// What the parameters are.
    pub const fn matrices(&self) -> [(&'static str, f64); 5] {
        [
            ("embeddings of tokens", self.tokens * self.embedding),
            ("embeddings of paths", self.paths * self.embedding),
            ("matrix of a path", 3.0 * self.embedding * self.vector),
            ("attention vector", self.vector),
            ("table of names", self.vector * self.names),
        ]
    }

    /// From paths to logits.
    pub fn forward(&self, trace: &mut Trace, pass: &Pass) {
        let joined = pass.edge(3.0 * self.embedding);
        let (mixed, scores) = (pass.edge(self.vector), pass.edge(1.0));
        let (embedded, mapped, raw) =
            ("embeddings of tokens and paths", "linear map of paths", "attention scores");
        trace.take(Kind::Edges, embedded, joined);
        trace.take(Kind::Edges, JOINED, joined);
        trace.free(Kind::Edges, embedded, joined);
        if drops(pass) {
            trace.take(Kind::Edges, DROPPED, joined);
            trace.take(Kind::Edges, DROPOUT_MASK, MASK * joined / pass.element);
            trace.free(Kind::Edges, JOINED, joined);
        }
        trace.take(Kind::Edges, mapped, mixed);
        trace.take(Kind::Edges, TANH, mixed);
        trace.free(Kind::Edges, mapped, mixed);
        if !pass.train {
            trace.free(Kind::Edges, read(pass), joined);
        }
        trace.take(Kind::Edges, raw, scores);
        trace.take(Kind::Edges, ATTENTION, scores);
        trace.free(Kind::Edges, raw, scores);
        trace.take(Kind::Nodes, VECTORS, pass.node(self.vector));
        trace.take(Kind::Logits, LOGITS, pass.node(self.names));
        if !pass.train {
            trace.free(Kind::Edges, TANH, mixed);
            trace.free(Kind::Edges, ATTENTION, scores);
            trace.free(Kind::Nodes, VECTORS, pass.node(self.vector));
        }
    }

    /// From the gradient of the logits to those of all parameters.
    pub fn backward(&self, trace: &mut Trace, pass: &Pass) {
        let (vectors, tanh) = ("gradient of the methods' vectors", "gradient of the tanh of paths");
        let (weights, scores_gradient) =
            ("gradient of the attention weights", "gradient of the attention scores");
        let (through_scores, mapped) = ("gradient through the scores", "gradient of the linear map of paths");
        let (joined, mixed) = (pass.edge(3.0 * self.embedding), pass.edge(self.vector));
        let (scores, rows) = (pass.edge(1.0), pass.node(self.vector));
        trace.take(
            Kind::Gradients,
            "gradient of the table of names",
            pass.element * self.vector * self.names,
        );
        trace.take(Kind::Nodes, vectors, rows);
        trace.free(Kind::Logits, GRADIENT, pass.node(self.names));
        trace.free(Kind::Nodes, VECTORS, rows);
        trace.take(Kind::Edges, tanh, mixed);
        trace.take(Kind::Edges, weights, scores);
        trace.free(Kind::Nodes, vectors, rows);
        trace.take(Kind::Edges, scores_gradient, scores);
        trace.free(Kind::Edges, weights, scores);
        trace.free(Kind::Edges, ATTENTION, scores);
        trace.take(Kind::Edges, through_scores, mixed);
        trace.free(Kind::Edges, scores_gradient, scores);
        trace.take(Kind::Edges, tanh, mixed);
        trace.free(Kind::Edges, tanh, mixed);
        trace.free(Kind::Edges, through_scores, mixed);
        trace.take(Kind::Edges, mapped, mixed);
        trace.free(Kind::Edges, tanh, mixed);
        trace.free(Kind::Edges, TANH, mixed);
        let matrices = pass.element * (3.0 * self.embedding * self.vector + self.vector);
        trace.take(Kind::Gradients, "gradients of the matrix of a path and the attention vector", matrices);
        let gradient = if drops(pass) { "gradient of the dropout output" } else { EMBEDDED_GRADIENT };
        trace.take(Kind::Edges, gradient, joined);
        trace.free(Kind::Edges, mapped, mixed);
        trace.free(Kind::Edges, read(pass), joined);
        if drops(pass) {
            trace.take(Kind::Edges, EMBEDDED_GRADIENT, joined);
            trace.free(Kind::Edges, gradient, joined);
            trace.free(Kind::Edges, DROPOUT_MASK, MASK * joined / pass.element);
        }
        // Whole tables of gradients, for the tokens at either end before they are added up.
        let table = pass.element * self.embedding * self.tokens;
        let ends = "gradients of the embeddings of tokens, for either end";
        trace.take(Kind::Gradients, ends, 2.0 * table);
        let paths = pass.element * self.embedding * self.paths;
        trace.take(Kind::Gradients, "gradient of the embeddings of paths", paths);
        trace.free(Kind::Edges, EMBEDDED_GRADIENT, joined);
        trace.take(Kind::Gradients, "gradient of the embeddings of tokens", table);
        trace.free(Kind::Gradients, ends, 2.0 * table);
    }
}

/// Names of what lives in a pass.
const JOINED: &str = "embeddings joined, one row a path";
const DROPOUT_MASK: &str = "dropout mask";
const TANH: &str = "tanh of the linear map of paths";
const ATTENTION: &str = "attention weights";
const VECTORS: &str = "vectors of methods";
const EMBEDDED_GRADIENT: &str = "gradient of the joined embeddings";

/// What the matrix of a path reads.
const fn read(pass: &Pass) -> &'static str {
    if drops(pass) { DROPPED } else { JOINED }
}

/// Whether joined embeddings go through dropout.
const fn drops(pass: &Pass) -> bool {
    pass.train && pass.dropout
}
