//! From the last layer to the loss: final norm, a score for each entry of the vocabulary, cross-entropy.

use super::held::{Item, Kind, put};
use super::operations::{Operations, Style};
use super::pass::{HALF, Pass, SINGLE};
use super::trace::{Keeps, Recorded, Simulated, Tensor, Trace};
use crate::spec::Model;

/// The head with its loss.
pub struct Head {
    trace: Trace,
    loss: Tensor,
    /// What it takes, with its input.
    pub simulated: Simulated,
    /// Bytes of the logits that outlive the loss.
    pub held: f64,
    /// Bytes of the logits of one chunk.
    pub chunk: f64,
}

impl Head {
    /// Simulates the head; its parameters are trained with the whole model only.
    pub fn new(model: &Model, pass: &Pass, tuned: bool) -> Self {
        let (hidden, vocabulary) = (f64::from(model.hidden), f64::from(model.vocabulary));
        let mut trace = Trace::new(pass.accumulates);
        let input = trace.input(pass.tokens * hidden, pass.stream(), true);
        let mut run = Operations { style: Style::of(model), trace: &mut trace, pass, tuned };
        let normed = run.norm("final norm", input, hidden);
        if pass.chunked && pass.tiled {
            let loss = run.tiled_loss(normed, hidden, vocabulary);
            let simulated = trace.simulate(loss);
            return Self { trace, loss, simulated, held: 0.0, chunk: 0.0 };
        }
        if pass.chunked {
            let loss = run.chunked_loss(normed, hidden, vocabulary);
            let mut simulated = trace.simulate(loss);
            let chunk = chunk(pass.tokens, hidden, vocabulary);
            simulated.forward.logits += chunk;
            return Self { trace, loss, simulated, held: 0.0, chunk };
        }
        // The model hands the normed stream out by name.
        run.trace.hold(normed);
        let (loss, logits) = run.loss(normed, hidden, vocabulary);
        let simulated = trace.simulate(loss);
        Self { trace, loss, simulated, held: if pass.returns_logits { logits } else { 0.0 }, chunk: 0.0 }
    }

    /// The same tensor by tensor.
    pub fn recorded(&self) -> Recorded {
        let mut recorded = self.trace.recorded(self.loss);
        put(&mut recorded.forward, Item::new(Kind::Logits, "logits of one chunk", self.chunk));
        recorded
    }
}

/// Entries of the vocabulary that a tile of TRL's loss has room for, however many there are.
const TILE: f64 = 32_768.0;

/// Bytes of the logits of one chunk: as many tokens as make it about as large as the input, as Liger does.
fn chunk(tokens: f64, hidden: f64, vocabulary: f64) -> f64 {
    let chunks = (vocabulary / hidden.max(1.0)).ceil().max(1.0);
    let rows = (tokens / chunks).ceil().max(1.0).log2().ceil().exp2();
    rows.min(tokens) * vocabulary * HALF
}

impl Operations<'_> {
    /// All logits at once, raised to 32 bit; the name in the code holds them to the end of the forward pass.
    fn loss(&mut self, x: Tensor, hidden: f64, vocabulary: f64) -> (Tensor, f64) {
        self.trace.within("output projection and loss");
        let weight = self.trace.parameter("matrix", hidden * vocabulary, self.pass.outer, self.trains());
        let computed = self.pass.product(x.width.max(self.pass.outer));
        let (x, weight) = (self.cast(x, computed), self.cast(weight, computed));
        self.trace.count_as(Kind::Logits);
        let logits = self.matmul("logits", x, weight, (self.pass.tokens * vocabulary, computed));
        self.trace.hold(logits);
        let wide = self.cast(logits, SINGLE);
        let keeps = Keeps { result: true, ..Keeps::default() };
        let shares = self.trace.run("log-softmax", &[wide], (wide.values, SINGLE), keeps);
        let loss = self.trace.run("loss", &[shares], (1.0, SINGLE), Keeps::default());
        (loss, logits.bytes())
    }

    /// TRL's chunked loss (`ChunkedLogProbFunction` of TRL 1.16): tiles of at most 4,096 tokens and 32,768 entries of the
    /// vocabulary, projected again in the backward pass, whose gradients grow in 32 bit before they take their own type.
    fn tiled_loss(&mut self, x: Tensor, hidden: f64, vocabulary: f64) -> Tensor {
        self.trace.within("output projection and loss");
        let matrix = hidden * vocabulary;
        let weight = self.trace.parameter("matrix", matrix, self.pass.outer, self.trains());
        let tile = self.pass.tokens.min(4096.0) * TILE * self.pass.product(x.width);
        let wider = |values: f64, width: f64| if width < SINGLE { values * SINGLE } else { 0.0 };
        let growing = wider(x.values, x.width) + if weight.grad { wider(matrix, weight.width) } else { 0.0 };
        let keeps =
            Keeps { first: true, second: true, forward: tile, backward: tile + growing, ..Keeps::default() };
        self.trace.run("chunked loss", &[x, weight], (1.0, SINGLE), keeps)
    }

    /// The chunked loss with its gradient beside it: that of the input is kept, that of the matrix grows with
    /// each chunk, and a product and its sum in 32 bit are there while it does.
    fn chunked_loss(&mut self, x: Tensor, hidden: f64, vocabulary: f64) -> Tensor {
        self.trace.within("output projection and loss");
        let matrix = hidden * vocabulary;
        let weight = self.trace.parameter("matrix", matrix, self.pass.outer, self.trains());
        let growing = if weight.grad { matrix * (HALF + SINGLE) } else { 0.0 };
        let keeps = Keeps { beside: x.bytes(), forward: growing, ..Keeps::default() };
        self.trace.run("chunked loss", &[x, weight], (1.0, SINGLE), keeps)
    }
}

#[cfg(test)]
mod tests {
    use super::chunk;

    #[test]
    fn a_chunk_of_logits_is_about_as_large_as_the_input() {
        // 128,256 of the vocabulary over a width of 4,096 are 32 chunks, of 4,096 tokens 128 each.
        assert!((chunk(4096.0, 4096.0, 128_256.0) - 128.0 * 128_256.0 * 2.0).abs() < 0.5);
        // Where one chunk is enough, it has all tokens.
        assert!((chunk(10.0, 4096.0, 100.0) - 10.0 * 100.0 * 2.0).abs() < 0.5);
    }
}
