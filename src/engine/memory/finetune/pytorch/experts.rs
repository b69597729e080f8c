//! A mixture of experts as Transformers runs it (`MixtralSparseMoeBlock` and its like): tokens sorted by expert, one grouped product for all.

use super::operations::{Operations, Parameter};
use super::pass::SINGLE;
use super::trace::{Keeps, Tensor};
use crate::spec::{Experts, Targets};

/// Bytes of an index.
const INDEX: f64 = 8.0;

impl Operations<'_> {
    /// Router, gathered tokens, two grouped products, and what the experts give weighed and summed.
    ///
    /// Their matrices are parameters of three dimensions: PEFT adapts those by adding the product of its low-rank
    /// matrices to the whole stack, and gives the fused gate and up twice the rank.
    pub fn experts(&mut self, x: Tensor, experts: &Experts, hidden: f64) -> Tensor {
        let (count, width) = (f64::from(experts.count), f64::from(experts.width));
        let routed = self.pass.tokens * f64::from(experts.used);
        self.trace.within("router");
        let weights = self.routed(x, hidden, count, routed);
        self.trace.within("experts");
        let keeps =
            Keeps { beside: 3.0 * routed * INDEX, backward: routed * hidden * x.width, ..Keeps::default() };
        let gathered = self.trace.run("tokens gathered by expert", &[x], (routed * hidden, x.width), keeps);
        let gate_up =
            self.stacked(&Parameter { stack: count, inner: hidden, outer: 2.0 * width, ranks: 2.0 });
        let both =
            self.matmul("gate and up product", gathered, gate_up, (routed * 2.0 * width, gathered.width));
        let inner = self.gated_halves(both);
        let down = self.stacked(&Parameter { stack: count, inner: width, outer: hidden, ranks: 1.0 });
        let down = self.matmul("down product", inner, down, (routed * hidden, inner.width));
        let weighed = self.product(down, weights);
        // Back in the order of tokens, and summed over the experts of each.
        let keeps = Keeps { beside: routed * INDEX, ..Keeps::default() };
        let ordered =
            self.trace.run("rows back in order", &[weighed], (weighed.values, weighed.width), keeps);
        let keeps = Keeps { passes: true, ..Keeps::default() };
        let mixed =
            self.trace.run("sum over experts", &[ordered], (self.pass.tokens * hidden, x.width), keeps);
        let mixed = self.beside(x, mixed, hidden, experts.shared_width);
        self.beside(x, mixed, hidden, experts.dense_width)
    }

    /// A network that every token passes beside the experts.
    fn beside(&mut self, x: Tensor, mixed: Tensor, hidden: f64, width: u32) -> Tensor {
        if width == 0 {
            return mixed;
        }
        let shared = self.dense(x, hidden, f64::from(width), true);
        self.sum(mixed, shared)
    }

    /// A weight for each token and expert it uses, from a softmax in 32 bit.
    fn routed(&mut self, x: Tensor, hidden: f64, count: f64, routed: f64) -> Tensor {
        let matrix = self.stacked(&Parameter { stack: 1.0, inner: hidden, outer: count, ranks: 1.0 });
        let logits = self.matmul("scores", x, matrix, (self.pass.tokens * count, x.width));
        let wide = self.cast(logits, SINGLE);
        let shares = self.trace.run(
            "softmax",
            &[wide],
            (wide.values, SINGLE),
            Keeps { result: true, ..Keeps::default() },
        );
        let keeps = Keeps { beside: routed * INDEX, backward: shares.bytes(), ..Keeps::default() };
        let best = self.trace.run("best experts", &[shares], (routed, SINGLE), keeps);
        self.cast(best, x.width)
    }

    /// A stack of matrices, to which adapters are added in full where it has them.
    fn stacked(&mut self, of: &Parameter) -> Tensor {
        let values = of.stack * of.inner * of.outer;
        let base = self.trace.parameter("matrices", values, self.pass.base, self.trains());
        let computed = self.pass.product(self.pass.base);
        let adapters = self.pass.adapters.filter(|of| self.tuned && of.targets == Targets::AllLinear);
        let Some(adapters) = adapters else { return self.cast(base, computed) };
        let rank = adapters.rank * of.ranks * of.stack;
        let [down, up] = [("adapter A", of.inner), ("adapter B", of.outer)].map(|(what, side)| {
            let matrix = self.trace.parameter(what, rank * side, adapters.width, true);
            self.cast(matrix, computed)
        });
        let both = Keeps { first: true, second: true, ..Keeps::default() };
        let sum = self.trace.run("product of the adapters", &[down, up], (values, computed), both);
        // PEFT caches it while the layer runs.
        self.trace.hold(sum);
        sum
    }
}
