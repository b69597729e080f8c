//! From the last layer to the loss: final norm, a score for each entry of the vocabulary, cross-entropy.

use super::operations::{Operations, Style};
use super::pass::{HALF, Pass, SINGLE};
use super::tape::{Held, Keeps, Kind, Played, Tape, Tensor};
use crate::spec::Model;

/// The head with its loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head {
    /// What it takes, with its input.
    pub(super) played: Played,
    /// Bytes of the logits that outlive the loss.
    pub(super) held: f64,
}

/// Plays the head; its parameters are trained with the whole model only.
pub(super) fn head(model: &Model, pass: &Pass, tuned: bool) -> Head {
    let (hidden, vocabulary) = (f64::from(model.hidden), f64::from(model.vocabulary));
    let mut tape = Tape::new(pass.accumulates);
    let input = tape.input(pass.tokens * hidden, pass.stream(), true);
    let mut run = Operations { style: Style::of(model), tape: &mut tape, pass, tuned };
    let normed = run.norm(input, hidden);
    if pass.chunked {
        let loss = run.chunked_loss(normed, hidden, vocabulary);
        let played = tape.play(loss);
        let chunk = Held { logits: chunk(pass.tokens, hidden, vocabulary), ..Held::default() };
        return Head { played: Played { forward: played.forward.plus(chunk), ..played }, held: 0.0 };
    }
    // The model hands the normed stream out by name.
    run.tape.hold(normed);
    let (loss, logits) = run.loss(normed, hidden, vocabulary);
    let played = tape.play(loss);
    Head { played, held: if pass.return_logits { logits } else { 0.0 } }
}

/// Bytes of the logits of one chunk: as many tokens as make it about as large as the input, as Liger does.
fn chunk(tokens: f64, hidden: f64, vocabulary: f64) -> f64 {
    let chunks = (vocabulary / hidden.max(1.0)).ceil().max(1.0);
    let rows = (tokens / chunks).ceil().max(1.0).log2().ceil().exp2();
    rows.min(tokens) * vocabulary * HALF
}

impl Operations<'_> {
    /// All logits at once, raised to 32 bit; the name in the code holds them to the end of the forward pass.
    fn loss(&mut self, x: Tensor, hidden: f64, vocabulary: f64) -> (Tensor, f64) {
        let weight = self.tape.parameter(hidden * vocabulary, self.pass.outer, self.trains());
        let computed = self.pass.product(x.width.max(self.pass.outer));
        let (x, weight) = (self.cast(x, computed), self.cast(weight, computed));
        self.tape.count_as(Kind::Logits);
        let logits = self.matmul(x, weight, self.pass.tokens * vocabulary, computed);
        self.tape.hold(logits);
        let wide = self.cast(logits, SINGLE);
        let keeps = Keeps { result: true, ..Keeps::default() };
        let shares = self.tape.run(&[wide], (wide.values, SINGLE), keeps);
        (self.tape.run(&[shares], (1.0, SINGLE), Keeps::default()), logits.bytes())
    }

    /// The loss in chunks with its gradient beside it: that of the input is kept, that of the matrix grows with
    /// each chunk, and a product and its sum in 32 bit are there while it does.
    fn chunked_loss(&mut self, x: Tensor, hidden: f64, vocabulary: f64) -> Tensor {
        let matrix = hidden * vocabulary;
        let weight = self.tape.parameter(matrix, self.pass.outer, self.trains());
        let growing = if weight.grad { matrix * (HALF + SINGLE) } else { 0.0 };
        let keeps = Keeps { beside: x.bytes(), forward: growing, ..Keeps::default() };
        self.tape.run(&[x, weight], (1.0, SINGLE), keeps)
    }
}
