//! What graphs of a batch are told by: the mean of their nodes (`global_mean_pool`, dense `mean`), dropout, and a linear map.

use super::graph::{GRADIENT, LOGITS, MASK, Pass};
use super::trace::{Kind, Trace};

/// Widths of the classifier.
#[derive(Clone, Copy, Debug)]
pub struct Readout {
    /// Width of a node's last state.
    pub hidden: f64,
    /// Classes.
    pub output: f64,
    /// Whether graphs have the same number of nodes each, so that the mean needs no index.
    pub dense: bool,
}

const POOLED: &str = "means of graphs";
const POOLED_GRADIENT: &str = "gradient of the means of graphs";
const COUNTS: &str = "nodes of each graph";
const MASKED: &str = "dropout mask of the means";

impl Readout {
    /// Trained values: a matrix and a bias.
    pub const fn parameters(&self) -> f64 {
        (self.hidden + 1.0) * self.output
    }

    const fn pooled(&self, pass: &Pass) -> f64 {
        pass.element * self.hidden * pass.graphs
    }

    /// From the last layer's result, which goes, to the logits of each graph.
    pub fn forward(&self, trace: &mut Trace, pass: &Pass, last: &'static str) {
        let (pooled, counts) = (self.pooled(pass), pass.element * pass.graphs);
        if !self.dense {
            trace.take(Kind::Nodes, "zeros to add to", counts);
            trace.pass(Kind::Nodes, "ones, one a node", pass.node(1.0));
            trace.take(Kind::Nodes, COUNTS, counts);
            trace.free(Kind::Nodes, "zeros to add to", counts);
            trace.take(Kind::Nodes, "zeros to add to", pooled);
        }
        trace.take(Kind::Nodes, POOLED, pooled);
        if !self.dense {
            trace.free(Kind::Nodes, "zeros to add to", pooled);
            if !pass.train {
                trace.free(Kind::Nodes, COUNTS, counts);
            }
        }
        trace.free(Kind::Nodes, last, pass.node(self.hidden));
        if pass.train && pass.dropout {
            let mask = MASK * self.hidden * pass.graphs;
            trace.take_all(Kind::Nodes, pooled + mask, &[(POOLED, pooled), (MASKED, mask)]);
            trace.free(Kind::Nodes, POOLED, pooled);
        }
        trace.take(Kind::Logits, LOGITS, pass.element * self.output * pass.graphs);
        if !pass.train {
            trace.free(Kind::Nodes, POOLED, pooled);
        }
    }

    /// From the gradient of the logits to that of the last layer's result.
    pub fn backward(&self, trace: &mut Trace, pass: &Pass) {
        let (pooled, counts) = (self.pooled(pass), pass.element * pass.graphs);
        trace.take(Kind::Nodes, POOLED_GRADIENT, pooled);
        trace.take(Kind::Gradients, "gradients of the classifier", pass.element * self.parameters());
        trace.free(Kind::Logits, GRADIENT, pass.element * self.output * pass.graphs);
        trace.free(Kind::Nodes, POOLED, pooled);
        if pass.dropout {
            let mask = MASK * self.hidden * pass.graphs;
            trace.take(Kind::Nodes, POOLED_GRADIENT, pooled);
            trace.free_all(Kind::Nodes, pooled + mask, &[(POOLED_GRADIENT, pooled), (MASKED, mask)]);
        }
        if !self.dense {
            trace.take(Kind::Nodes, POOLED_GRADIENT, pooled);
            trace.free_all(Kind::Nodes, pooled + counts, &[(POOLED_GRADIENT, pooled), (COUNTS, counts)]);
        }
        trace.take(Kind::Nodes, GRADIENT, pass.node(self.hidden));
        trace.free(Kind::Nodes, POOLED_GRADIENT, pooled);
    }
}
