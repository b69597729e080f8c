//! Attention of a layer (`LlamaAttention` and its like in Transformers), from the normed input to the output projection.

use super::operations::{Matrix, Operations};
use super::pass::{HALF, SINGLE};
use super::trace::{Keeps, Tensor};
use crate::spec::Attention;

impl Operations<'_> {
    /// Queries, keys and values, their positions, scores and the output projection.
    pub fn attention(&mut self, x: Tensor, shape: &Attention, hidden: f64) -> Tensor {
        let tokens = self.pass.tokens;
        let (heads, kv_heads, head) =
            (f64::from(shape.heads), f64::from(shape.kv_heads), f64::from(shape.head));
        let (wide, narrow) = (heads * head, kv_heads * head);
        let gate = if shape.output_gate { 2.0 } else { 1.0 };
        let (query, key, value) = if self.style.habits.fused_attention {
            let all = self.linear(
                "query, key and value projection",
                x,
                (hidden, wide + 2.0 * narrow),
                Matrix::QueryValue,
            );
            (self.part(all, tokens * wide), self.part(all, tokens * narrow), self.part(all, tokens * narrow))
        } else {
            let query = self.linear("query projection", x, (hidden, wide * gate), Matrix::QueryValue);
            let key = self.linear("key projection", x, (hidden, narrow), Matrix::OtherAttention);
            let value = if shape.values_are_keys {
                key
            } else {
                self.linear("value projection", x, (hidden, narrow), Matrix::QueryValue)
            };
            (query, key, value)
        };
        let (query, gate) = if shape.output_gate {
            (self.part(query, tokens * wide), Some(self.part(query, tokens * wide)))
        } else {
            (query, None)
        };
        let (query, key) = if shape.qk_norm_wide {
            (self.norm("query norm", query, wide), self.norm("key norm", key, narrow))
        } else if shape.qk_norm {
            (self.norm("query norm", query, head), self.norm("key norm", key, head))
        } else {
            (query, key)
        };
        let (query, key) = (self.rotated("query positions", query), self.rotated("key positions", key));
        self.trace.within("attention");
        let windowed = shape.window.is_some_and(|window| self.pass.sequence >= f64::from(window));
        let mixed = if self.pass.eager {
            self.eager(query, key, value, heads)
        } else {
            let mixed = self.fused(query, key, value, heads, self.pass.masked || windowed);
            // Queries that were joined from two parts lie head by head, and so does what attention gives.
            if self.style.habits.fused_attention {
                self.map("heads side by side", mixed, mixed.width)
            } else {
                mixed
            }
        };
        let mixed = match gate {
            Some(gate) => {
                let sigmoid = self.trace.run(
                    "sigmoid of the gate",
                    &[gate],
                    (gate.values, gate.width),
                    Keeps { result: true, ..Keeps::default() },
                );
                self.product(mixed, sigmoid)
            }
            None => mixed,
        };
        self.linear("output projection", mixed, (wide, hidden), Matrix::OtherAttention)
    }

    /// A slice of a wider result: its gradient is laid into one of the whole width.
    fn part(&mut self, of: Tensor, values: f64) -> Tensor {
        self.trace.slice(of, values)
    }

    /// Rotary positions: two products with cosines and sines, of which one has its halves swapped.
    fn rotated(&mut self, module: &'static str, x: Tensor) -> Tensor {
        self.trace.within(module);
        let keeps = Keeps { forward: 2.5 * x.bytes(), backward: 2.0 * x.bytes(), ..Keeps::default() };
        self.trace.run("rotary positions", &[x], (x.values, x.width), keeps)
    }

    /// Keys or values written out for every query head.
    fn repeated(&mut self, x: Tensor, values: f64) -> Tensor {
        if x.values >= values {
            x
        } else {
            self.trace.run("repeated for every query head", &[x], (values, x.width), Keeps::default())
        }
    }

    /// Fused attention: queries, keys, values, result and a sum for each row are saved. With a mask, or in 32 bit,
    /// flash attention cannot run, and the kernel that can needs keys and values written out for every head; each
    /// layer has its own copy of a mask.
    pub fn fused(&mut self, query: Tensor, key: Tensor, value: Tensor, heads: f64, masked: bool) -> Tensor {
        let [query, key, value] = [query, key, value].map(|each| {
            let width = if self.pass.autocast { HALF } else { each.width };
            self.cast(each, width)
        });
        let (key, value) = if masked || query.width > HALF {
            (self.repeated(key, query.values), self.repeated(value, query.values))
        } else {
            (key, value)
        };
        let mask = if masked { self.pass.mask() * query.width } else { 0.0 };
        let sums = self.pass.tokens * heads * SINGLE;
        let keeps = Keeps {
            first: true,
            second: true,
            third: true,
            result: true,
            beside: sums + mask,
            ..Keeps::default()
        };
        self.trace.run("fused kernel", &[query, key, value], (query.values, query.width), keeps)
    }

    /// The score matrix written out: scaled, masked, its softmax in 32 bit, and that in 16 bit again.
    pub fn eager(&mut self, query: Tensor, key: Tensor, value: Tensor, heads: f64) -> Tensor {
        let width = self.pass.product(query.width);
        let [query, key, value] = [query, key, value].map(|each| self.cast(each, width));
        let (key, value) = (self.repeated(key, query.values), self.repeated(value, query.values));
        let scores = heads * self.pass.tokens * self.pass.sequence;
        let both = Keeps { first: true, second: true, ..Keeps::default() };
        let products = self.trace.run("scores", &[query, key], (scores, width), both);
        let scaled = self.map("scores scaled", products, width);
        let masked = self.trace.run(
            "scores masked",
            &[scaled],
            (scores, width),
            Keeps { passes: true, ..Keeps::default() },
        );
        let wide = self.cast(masked, SINGLE);
        // The masked scores still have a name while their softmax is taken.
        let keeps = Keeps { result: true, forward: masked.bytes(), ..Keeps::default() };
        let shares = self.trace.run("softmax", &[wide], (scores, SINGLE), keeps);
        let shares = self.cast(shares, width);
        let mixed = self.trace.run("weighed values", &[shares, value], (query.values, width), both);
        // The heads are laid side by side again.
        self.map("heads side by side", mixed, width)
    }
}
