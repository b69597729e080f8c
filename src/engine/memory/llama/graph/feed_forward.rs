//! What each token passes through alone.

use super::build::{Build, size};
use super::metal;
use super::trace::{Id, Reuse};
use crate::engine::memory::Place;
use crate::spec::{Experts, FeedForward};

/// A product with the matrices of the experts that a token uses.
#[derive(Clone, Copy)]
struct Chosen {
    columns: u64,
    width: u64,
    used: u64,
    count: u64,
    /// Whether it leads out of the experts.
    out: bool,
}

impl Build<'_> {
    /// The feed-forward network of a layer; `None` where it has none.
    pub(super) fn feed_forward(&mut self, network: &FeedForward, normed: Id) -> Option<Id> {
        match network {
            FeedForward::Dense { width, gated, .. } => Some(self.dense(u64::from(*width), *gated, normed)),
            FeedForward::Experts(experts) => Some(self.experts(experts, normed)),
            FeedForward::None => None,
        }
    }

    fn dense(&mut self, width: u64, gated: bool, normed: Id) -> Id {
        let inner = if gated && self.habits.fused_gate_up {
            let both = self.product("ffn_up", 2 * width, normed);
            let bytes = self.floats(width);
            self.trace.compute("ffn_swiglu", bytes, &[both], Reuse::No)
        } else if gated {
            let gate = self.product("ffn_gate", width, normed);
            let up = self.product("ffn_up", width, normed);
            let bytes = self.floats(width);
            self.trace.compute("ffn_swiglu", bytes, &[gate, up], Reuse::No)
        } else {
            self.product("ffn_up", width, normed)
        };
        self.product("ffn_out", self.hidden, inner)
    }

    /// A mixture of experts: choose, run the chosen ones, and add up their results.
    fn experts(&mut self, experts: &Experts, normed: Id) -> Id {
        let (count, used) = (u64::from(experts.count), u64::from(experts.used).max(1));
        let (chosen, weights) = self.route(experts, normed);

        if self.experts_on_host {
            self.trace.compute_in(Place::Host);
        }
        let one_row = self.trace.view(normed);
        let into = Chosen { columns: self.hidden, width: experts.width.into(), used, count, out: false };
        let gate = self.chosen_product("ffn_moe_gate", into, &[one_row, chosen], experts.bias);
        let up = self.chosen_product("ffn_moe_up", into, &[one_row, chosen], experts.bias);
        let inner = size(&[4, u64::from(experts.width), used, self.rows]);
        let inner = self.trace.compute("ffn_moe_swiglu", inner, &[gate, up], Reuse::No);
        let out = Chosen { columns: into.width, width: self.hidden, out: true, ..into };
        let down = self.chosen_product("ffn_moe_down", out, &[inner, chosen], experts.bias);
        if self.experts_on_host {
            self.trace.compute_in(Place::Device);
        }
        let bytes = self.trace.bytes(down);
        let weighted = self.trace.compute("ffn_moe_weighted", bytes, &[down, weights], Reuse::First);

        let mut out = self.add_up(weighted, used);
        if experts.shared_width > 0 {
            let shared = self.shared(experts, normed);
            out = self.add("ffn_out", out, shared);
        }
        out
    }

    fn shared(&mut self, experts: &Experts, normed: Id) -> Id {
        let shared = self.dense(u64::from(experts.shared_width), true, normed);
        if !experts.shared_gate {
            return shared;
        }
        let gate = self.product("shared_expert_gate", 1, normed);
        let bytes = self.trace.bytes(shared);
        self.trace.compute("ffn_shexp_gated", bytes, &[shared, gate], Reuse::First)
    }

    /// Which experts each token uses, and with what weight.
    fn route(&mut self, experts: &Experts, normed: Id) -> (Id, Id) {
        let (count, used) = (u64::from(experts.count), u64::from(experts.used).max(1));
        let scores = self.product("ffn_moe_logits", count, normed);
        let as_column = self.trace.view(scores);
        let ranked = if experts.score_correction {
            let bytes = self.floats(count);
            self.trace.compute("ffn_moe_probs_biased", bytes, &[scores], Reuse::First)
        } else {
            scores
        };
        let order = self.floats(count);
        let order = self.trace.compute_with_scratch(
            "ffn_moe_argsort",
            order,
            if self.metal { order } else { 0 },
            &[ranked],
        );
        let chosen = self.trace.view(order);
        let bytes = self.floats(used);
        let weights = self.trace.compute("ffn_moe_weights", bytes, &[as_column, chosen], Reuse::No);
        let normalised = self.habits.expert_weights_norm || experts.score_correction;
        if !normalised && experts.bias {
            let flat = self.trace.view(weights);
            let weights = self.trace.compute("ffn_moe_weights_softmax", bytes, &[flat], Reuse::No);
            return (chosen, self.trace.view(weights));
        }
        if !normalised {
            return (chosen, weights);
        }
        let flat = self.trace.view(weights);
        let sum = self.floats(1);
        let sum = self.trace.compute("ffn_moe_weights_sum", sum, &[flat], Reuse::No);
        let weights = self.trace.compute("ffn_moe_weights_norm", bytes, &[flat, sum], Reuse::First);
        (chosen, self.trace.view(weights))
    }

    /// A product with the chosen experts' matrices: a result of a width a row and chosen expert.
    fn chosen_product(&mut self, name: &'static str, shape: Chosen, from: &[Id], bias: bool) -> Id {
        let Chosen { columns, width, used, count, out } = shape;
        let plain = size(&[4, width, used, self.rows]);
        let extra = if self.metal { metal::experts_extra(count, self.rows) } else { 0 };
        let copied = self.copy_experts(&[columns, width, count], out);
        let product = match (from, copied) {
            ([of, chosen], Some(weights)) => {
                self.trace.compute_with_scratch(name, plain, extra, &[*of, *chosen, weights])
            }
            _ => self.trace.compute_with_scratch(name, plain, extra, from),
        };
        if !bias {
            return product;
        }
        let chosen = from.last().copied().unwrap_or(product);
        match self.copy_bias(&[width, count]) {
            Some(bias) => self.trace.compute(name, plain, &[product, chosen, bias], Reuse::First),
            None => self.trace.compute(name, plain, &[product, chosen], Reuse::First),
        }
    }

    /// One expert after the other, each a view of the common result.
    fn add_up(&mut self, weighted: Id, used: u64) -> Id {
        let mut views = [None; 32];
        let used = usize::try_from(used).unwrap_or(views.len()).min(views.len());
        for view in views.iter_mut().take(used) {
            *view = Some(self.trace.view(weighted));
        }
        let bytes = size(&[4, self.hidden, self.rows]);
        let mut views = views.into_iter().flatten();
        let first = views.next().unwrap_or(weighted);
        let Some(second) = views.next() else {
            return self.trace.compute("ffn_moe_out", bytes, &[first], Reuse::No);
        };
        let mut sum = self.trace.compute("ffn_moe_out", bytes, &[first, second], Reuse::No);
        for view in views {
            sum = self.trace.compute("ffn_moe_out", bytes, &[sum, view], Reuse::First);
        }
        sum
    }
}
