//! The feed-forward network of a layer where every token passes the same one.

use super::operations::{Matrix, Operations};
use super::trace::{Keeps, Tensor};
use crate::spec::FeedForward;

impl Operations<'_> {
    /// The network on its normed input; nothing for a layer without.
    pub fn feed_forward(&mut self, x: Tensor, network: &FeedForward, hidden: f64) -> Option<Tensor> {
        match network {
            FeedForward::Dense { width, gated, .. } => Some(self.dense(x, hidden, f64::from(*width), *gated)),
            FeedForward::Experts(experts) => Some(self.experts(x, experts, hidden)),
            FeedForward::None => None,
        }
    }

    /// Gate through its function, times the other half, and back to the stream.
    pub fn dense(&mut self, x: Tensor, hidden: f64, width: f64, gated: bool) -> Tensor {
        let inner = if gated && self.style.habits.fused_gate {
            let both = self.linear("gate and up projection", x, (hidden, 2.0 * width), Matrix::FeedForward);
            self.gated_halves(both)
        } else if gated {
            let gate = self.linear("gate projection", x, (hidden, width), Matrix::FeedForward);
            let gate = self.activation(gate);
            let up = self.linear("up projection", x, (hidden, width), Matrix::FeedForward);
            self.trace.within("feed-forward");
            self.product(gate, up)
        } else {
            let up = self.linear("up projection", x, (hidden, width), Matrix::FeedForward);
            self.activation(up)
        };
        self.linear("down projection", inner, (width, hidden), Matrix::FeedForward)
    }

    /// One half through its function, times the other half: both are views of one tensor.
    pub fn gated_halves(&mut self, both: Tensor) -> Tensor {
        let half = both.values / 2.0;
        let keeps = Keeps { first: true, beside: half * both.width, ..Keeps::default() };
        self.trace.run("gated product", &[both], (half, both.width), keeps)
    }
}
