//! What mixes tokens other than plain attention: latent attention and recurrent layers.

use super::operations::{Matrix, Operations};
use super::pass::{HALF, SINGLE};
use super::trace::{Keeps, Tensor};
use crate::spec::{GatedDelta, Listed, Mamba2, Mixer, Mla, Role};

impl Operations<'_> {
    /// Whatever mixes the tokens of a layer.
    pub fn mixer(&mut self, x: Tensor, mixer: &Mixer, hidden: f64) -> Tensor {
        match mixer {
            Mixer::Attention(shape) => self.attention(x, shape, hidden),
            Mixer::Mla(shape) => self.latent(x, shape, hidden),
            Mixer::Mamba2(shape) => self.state_space(x, shape, hidden),
            Mixer::Parallel(attention, shape) => {
                let attended = self.attention(x, attention, hidden);
                let scanned = self.state_space(x, shape, hidden);
                self.trace.within("attention and state space");
                self.sum(attended, scanned)
            }
            Mixer::GatedDelta(shape) => self.gated_delta(x, shape, hidden),
            Mixer::Listed(shape) => self.listed(x, shape, hidden),
        }
    }

    /// Latent attention as Transformers trains it: keys and values written out for every head.
    fn latent(&mut self, x: Tensor, shape: &Mla, hidden: f64) -> Tensor {
        let tokens = self.pass.tokens;
        let heads = f64::from(shape.heads);
        let (nope, rope, value) = (f64::from(shape.nope), f64::from(shape.rope), f64::from(shape.value));
        let wide = heads * (nope + rope);
        let query = match shape.q_rank {
            Some(rank) => {
                let low = self.linear(
                    "query down projection",
                    x,
                    (hidden, f64::from(rank)),
                    Matrix::OtherAttention,
                );
                let low = self.norm("latent query norm", low, f64::from(rank));
                self.linear("query up projection", low, (f64::from(rank), wide), Matrix::OtherAttention)
            }
            None => self.linear("query projection", x, (hidden, wide), Matrix::OtherAttention),
        };
        let rank = f64::from(shape.kv_rank);
        let latent = self.linear("latent down projection", x, (hidden, rank + rope), Matrix::OtherAttention);
        let low = self.trace.slice(latent, tokens * rank);
        let low = self.norm("latent norm", low, rank);
        let both =
            self.linear("latent up projection", low, (rank, heads * (nope + value)), Matrix::OtherAttention);
        let values = self.trace.slice(both, tokens * heads * value);
        self.trace.within("attention");
        let query = self.map("queries with positions", query, query.width);
        let keys = self.trace.run(
            "keys with positions",
            &[both, latent],
            (tokens * wide, both.width),
            Keeps::default(),
        );
        let mixed = if self.pass.eager {
            self.eager(query, keys, values, heads)
        } else {
            self.fused(query, keys, values, heads, self.pass.masked)
        };
        let mixed = self.trace.slice(mixed, tokens * heads * value);
        self.linear("output projection", mixed, (heads * value, hidden), Matrix::OtherAttention)
    }

    /// A state-space layer by its fused kernel: it keeps what its input projection gave, and the states between
    /// chunks of 256 tokens.
    fn state_space(&mut self, x: Tensor, shape: &Mamba2, hidden: f64) -> Tensor {
        let (inner, state, heads) = (f64::from(shape.inner), f64::from(shape.state), f64::from(shape.heads));
        let convolved = inner + 2.0 * f64::from(shape.groups) * state;
        let all =
            self.linear("input projection", x, (hidden, inner + convolved + heads), Matrix::OtherAttention);
        self.trace.within("recurrent layer");
        let taps = Keeps { first: true, ..Keeps::default() };
        let mixed =
            self.trace.run("short convolution", &[all], (self.pass.tokens * convolved, all.width), taps);
        let scanned = self.scanned(mixed, inner, inner * state, 256.0);
        let gated = if shape.norm { self.norm("gated norm", scanned, inner) } else { scanned };
        self.linear("output projection", gated, (inner, hidden), Matrix::OtherAttention)
    }

    /// Gated delta rule by its chunked kernel, in chunks of 64 tokens.
    fn gated_delta(&mut self, x: Tensor, shape: &GatedDelta, hidden: f64) -> Tensor {
        let key = f64::from(shape.key_heads) * f64::from(shape.key_head);
        let value = f64::from(shape.value_heads) * f64::from(shape.value_head);
        let all =
            self.linear("input projection", x, (hidden, 2.0 * key + 2.0 * value), Matrix::OtherAttention);
        self.trace.within("recurrent layer");
        let taps = Keeps { first: true, ..Keeps::default() };
        let mixed = self.trace.run(
            "short convolution",
            &[all],
            (self.pass.tokens * (2.0 * key + value), all.width),
            taps,
        );
        let scanned = self.scanned(mixed, value, value * f64::from(shape.key_head), 64.0);
        let normed = self.norm("gated norm", scanned, f64::from(shape.value_head));
        let gate = self.trace.slice(all, self.pass.tokens * value);
        let gated = self.product(normed, gate);
        self.linear("output projection", gated, (value, hidden), Matrix::OtherAttention)
    }

    /// A layer by what it lists: the product with each matrix, and a result that keeps what it is made from.
    fn listed(&mut self, x: Tensor, shape: &Listed, hidden: f64) -> Tensor {
        let tokens = self.pass.tokens;
        let before = shape.matrices.len().saturating_sub(1);
        let mut made: Vec<(u32, Tensor)> = Vec::with_capacity(before);
        for (role, columns, rows) in shape.matrices.iter().take(before) {
            let known = made.iter().rev().find(|(width, _)| width == columns).map(|(_, result)| *result);
            let sides = (f64::from(*columns), f64::from(*rows));
            // Taps of a convolution, and what mixes several streams, are no matrices of this one.
            let Some(from) = known.or((sides.0.total_cmp(&hidden).is_eq()).then_some(x)) else { continue };
            if *role == Role::Convolution {
                continue;
            }
            made.push((*rows, self.linear("projection", from, sides, Matrix::OtherAttention)));
        }
        let inner = f64::from(shape.inner());
        let all: Vec<Tensor> = made.iter().map(|(_, result)| *result).collect();
        self.trace.within("mixer");
        let keeps = Keeps { first: true, result: true, ..Keeps::default() };
        let from = if all.is_empty() { vec![x] } else { all };
        let mixed = self.trace.run("mixed", &from, (tokens * inner, x.width), keeps);
        self.linear("output projection", mixed, (inner, hidden), Matrix::OtherAttention)
    }

    /// A scan over tokens that keeps its input and the state after each chunk.
    fn scanned(&mut self, x: Tensor, width: f64, state: f64, chunk: f64) -> Tensor {
        let tokens = self.pass.tokens;
        let states = state * SINGLE * (tokens / chunk).max(self.pass.batch);
        let keeps = Keeps {
            first: true,
            result: true,
            beside: states,
            forward: states,
            backward: 2.0 * states + tokens * width * HALF,
            ..Keeps::default()
        };
        self.trace.run("scan", &[x], (tokens * width, x.width), keeps)
    }
}
