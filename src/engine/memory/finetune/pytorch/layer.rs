//! One layer: norms, what mixes tokens, the feed-forward network, and the sums with the residual stream.

use super::operations::{Operations, Style};
use super::pass::Pass;
use super::tape::{Keeps, Played, Tape, Tensor};
use crate::spec::{Block, Model, NormStyle};

/// Which layer of a model is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layer<'a> {
    /// The model.
    pub(super) model: &'a Model,
    /// The kind of layer.
    pub(super) block: &'a Block,
    /// Whether it is trained, or has adapters.
    pub(super) tuned: bool,
    /// Whether a gradient flows through its input.
    pub(super) flows: bool,
}

impl Layer<'_> {
    /// What it takes, with its input, above what was there before.
    pub(super) fn play(&self, pass: &Pass) -> Played {
        let hidden = f64::from(self.model.hidden);
        let mut tape = Tape::new(pass.accumulates);
        let input = tape.input(pass.tokens * hidden, pass.stream(), self.flows);
        let input = if pass.gradient_checkpointing { checkpoint(&mut tape, input) } else { input };
        let style = Style::of(self.model);
        let mut run = Operations { style, tape: &mut tape, pass, tuned: self.tuned };
        let result = run.layer(input, self.block, self.model.norms, hidden);
        tape.play(result)
    }
}

/// Its input is kept until its gradient is done.
fn checkpoint(tape: &mut Tape, input: Tensor) -> Tensor {
    tape.view(input, Keeps { first: true, ..Keeps::default() })
}

impl Operations<'_> {
    fn layer(&mut self, x: Tensor, block: &Block, norms: NormStyle, hidden: f64) -> Tensor {
        match norms {
            NormStyle::Pre => {
                let normed = self.norm(x, hidden);
                let mixed = self.mixer(normed, &block.mixer, hidden);
                let x = self.sum(x, mixed);
                let normed = self.norm(x, hidden);
                self.added(x, normed, block, hidden)
            }
            NormStyle::Shared => {
                let normed = self.norm(x, hidden);
                let mixed = self.mixer(normed, &block.mixer, hidden);
                let sum = self.sum(x, mixed);
                self.added(sum, normed, block, hidden)
            }
            NormStyle::PreAndPost => {
                let normed = self.norm(x, hidden);
                let mixed = self.mixer(normed, &block.mixer, hidden);
                let mixed = self.norm(mixed, hidden);
                let x = self.sum(x, mixed);
                let normed = self.norm(x, hidden);
                let Some(fed) = self.feed_forward(normed, &block.feed_forward, hidden) else { return x };
                let fed = self.norm(fed, hidden);
                self.sum(x, fed)
            }
            NormStyle::Post => {
                let mixed = self.mixer(x, &block.mixer, hidden);
                let mixed = self.norm(mixed, hidden);
                let x = self.sum(x, mixed);
                let Some(fed) = self.feed_forward(x, &block.feed_forward, hidden) else { return x };
                let fed = self.norm(fed, hidden);
                self.sum(x, fed)
            }
        }
    }

    /// The stream with what the feed-forward network gives; the stream alone where there is none.
    fn added(&mut self, x: Tensor, normed: Tensor, block: &Block, hidden: f64) -> Tensor {
        match self.feed_forward(normed, &block.feed_forward, hidden) {
            Some(fed) => self.sum(x, fed),
            None => x,
        }
    }
}
