//! Gated delta-rule layers.

use super::build::{Build, size};
use super::trace::{Id, Reuse};
use crate::spec::GatedDelta;

impl Build<'_> {
    /// Convolution, delta rule and gated norm of a linear-attention layer.
    pub(super) fn gated_delta(&mut self, delta: &GatedDelta, normed: Id) -> Id {
        let [key_heads, value_heads, key, value, conv] =
            [delta.key_heads, delta.value_heads, delta.key_head, delta.value_head, delta.conv].map(u64::from);
        let (rows, slots) = (self.rows, self.settings.slots);
        let (key_width, value_width) = (key_heads * key, value_heads * value);
        let channels = 2 * key_width + value_width;
        let states = self.states();

        let past = size(&[4, conv.saturating_sub(1), channels, slots]);
        let past = self.trace.compute("conv_states", past, &[states], Reuse::No);
        let now = self.product("qkv_mixed", channels, normed);
        let now = self.trace.view(now);
        let window = size(&[4, conv.saturating_sub(1), channels, slots]) + size(&[4, channels, rows]);
        let window = self.trace.compute("conv_input", window, &[past, now], Reuse::No);
        let newest = self.trace.view(window);
        self.store(&[newest]);
        let state = size(&[4, value, value, value_heads, slots]);
        let state = self.trace.compute("state_predelta", state, &[states], Reuse::No);

        let mixed = self.trace.compute("conv_output_silu", size(&[4, channels, rows]), &[window], Reuse::No);
        let queries = self.delta_heads("q_conv", mixed, key_width, key_heads, value_heads, key);
        let keys = self.delta_heads("k_conv", mixed, key_width, key_heads, value_heads, key);
        let values = self.trace.view(mixed);
        let (decay, strength) = self.rates(value_heads, normed);
        let result = size(&[4, value_width, rows]) + size(&[4, value, value, value_heads, slots]);
        let from = [queries, keys, values, decay, strength, state];
        let result = self.trace.compute("gated_delta_net", result, &from, Reuse::No);
        let new_state = self.trace.view(result);
        self.store(&[new_state]);

        let values = self.trace.view(result);
        let bytes = size(&[4, value_width, rows]);
        let normed_values = self.trace.compute("attn_out_norm", bytes, &[values], Reuse::First);
        let gate = self.product("z", value_width, normed);
        let gate = self.trace.view(gate);
        let gate = self.trace.compute("z_silu", bytes, &[gate], Reuse::No);
        self.trace.compute("final_output", bytes, &[normed_values, gate], Reuse::First)
    }

    /// How fast each head forgets, and how strongly it learns.
    fn rates(&mut self, value_heads: u64, normed: Id) -> (Id, Id) {
        let bytes = self.floats(value_heads);
        if self.habits.lean_delta {
            return [(); 2].map(|()| self.rate(bytes, value_heads, normed)).into();
        }
        let both = self.product("mixed_ba", 2 * value_heads, normed);
        let [decay, strength] = [(); 2].map(|()| {
            let part = self.trace.view(both);
            self.trace.compute("alpha or beta", bytes, &[part], Reuse::No)
        });
        (decay, strength)
    }

    fn rate(&mut self, bytes: u64, value_heads: u64, normed: Id) -> Id {
        let rate = self.product("alpha or beta", value_heads, normed);
        let rate = self.trace.view(rate);
        self.trace.compute("alpha or beta", bytes, &[rate], Reuse::No)
    }

    /// Queries or keys, normed and repeated for every value head.
    fn delta_heads(
        &mut self,
        name: &'static str,
        mixed: Id,
        width: u64,
        key_heads: u64,
        value_heads: u64,
        key: u64,
    ) -> Id {
        let part = self.trace.view(mixed);
        let normed = self.trace.compute(name, size(&[4, width, self.rows]), &[part], Reuse::No);
        if key_heads == value_heads || self.habits.lean_delta {
            return normed;
        }
        let repeated = size(&[4, value_heads, key, self.rows]);
        self.trace.compute(name, repeated, &[normed], Reuse::No)
    }
}
