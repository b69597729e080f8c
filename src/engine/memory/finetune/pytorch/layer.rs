//! One layer: norms, what mixes tokens, the feed-forward network, and the sums with the residual stream.

use super::operations::{Operations, Style};
use super::pass::Pass;
use super::trace::{Keeps, Tensor, Trace};
use crate::spec::{Block, Model, NormStyle};

/// Which layer of a model is simulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer<'a> {
    /// The model.
    pub model: &'a Model,
    /// The kind of layer.
    pub block: &'a Block,
    /// Whether it is trained, or has adapters.
    pub tuned: bool,
    /// Whether a gradient flows through its input.
    pub flows: bool,
}

impl Layer<'_> {
    /// Its operations, and the tensor it gives.
    pub fn trace(&self, pass: &Pass) -> (Trace, Tensor) {
        let hidden = f64::from(self.model.hidden);
        let mut trace = Trace::new(pass.accumulates);
        let input = trace.input(pass.tokens * hidden, pass.stream(), self.flows);
        let input = if pass.gradient_checkpointing { checkpoint(&mut trace, input) } else { input };
        let style = Style::of(self.model);
        let mut run = Operations { style, trace: &mut trace, pass, tuned: self.tuned };
        let result = run.layer(input, self.block, self.model.norms, hidden);
        (trace, result)
    }
}

/// Its input is kept until its gradient is done (`torch.utils.checkpoint`).
fn checkpoint(trace: &mut Trace, input: Tensor) -> Tensor {
    trace.view(input, Keeps { first: true, ..Keeps::default() })
}

impl Operations<'_> {
    fn layer(&mut self, x: Tensor, block: &Block, norms: NormStyle, hidden: f64) -> Tensor {
        match norms {
            NormStyle::Pre => {
                let normed = self.norm("input norm", x, hidden);
                let mixed = self.mixer(normed, &block.mixer, hidden);
                let x = self.residual(x, mixed);
                let normed = self.norm("feed-forward norm", x, hidden);
                self.added(x, normed, block, hidden)
            }
            NormStyle::Shared => {
                let normed = self.norm("input norm", x, hidden);
                let mixed = self.mixer(normed, &block.mixer, hidden);
                let sum = self.residual(x, mixed);
                self.added(sum, normed, block, hidden)
            }
            NormStyle::PreAndPost => {
                let normed = self.norm("input norm", x, hidden);
                let mixed = self.mixer(normed, &block.mixer, hidden);
                let mixed = self.norm("attention output norm", mixed, hidden);
                let x = self.residual(x, mixed);
                let normed = self.norm("feed-forward norm", x, hidden);
                let Some(fed) = self.feed_forward(normed, &block.feed_forward, hidden) else { return x };
                let fed = self.norm("feed-forward output norm", fed, hidden);
                self.residual(x, fed)
            }
            NormStyle::Post => {
                let mixed = self.mixer(x, &block.mixer, hidden);
                let mixed = self.norm("attention output norm", mixed, hidden);
                let x = self.residual(x, mixed);
                let Some(fed) = self.feed_forward(x, &block.feed_forward, hidden) else { return x };
                let fed = self.norm("feed-forward output norm", fed, hidden);
                self.residual(x, fed)
            }
        }
    }

    /// The residual stream with what a part of the layer gives.
    fn residual(&mut self, x: Tensor, result: Tensor) -> Tensor {
        self.trace.within("residual stream");
        self.sum(x, result)
    }

    /// The stream with what the feed-forward network gives; the stream alone where there is none.
    fn added(&mut self, x: Tensor, normed: Tensor, block: &Block, hidden: f64) -> Tensor {
        match self.feed_forward(normed, &block.feed_forward, hidden) {
            Some(fed) => self.residual(x, fed),
            None => x,
        }
    }
}
