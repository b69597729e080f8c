//! Gated delta-rule layers.

use super::build::{Build, size};
use super::tape::{Id, Reuse};
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
        let past = self.tape.compute(past, &[states], Reuse::No);
        let now = self.product(channels, normed);
        let now = self.tape.view(now);
        let window = size(&[4, conv.saturating_sub(1), channels, slots]) + size(&[4, channels, rows]);
        let window = self.tape.compute(window, &[past, now], Reuse::No);
        let newest = self.tape.view(window);
        self.store(&[newest]);
        let state = size(&[4, value, value, value_heads, slots]);
        let state = self.tape.compute(state, &[states], Reuse::No);

        let mixed = self.tape.compute(size(&[4, channels, rows]), &[window], Reuse::No);
        let queries = self.delta_heads(mixed, key_width, key_heads, value_heads, key);
        let keys = self.delta_heads(mixed, key_width, key_heads, value_heads, key);
        let values = self.tape.view(mixed);
        let (decay, strength) = self.rates(value_heads, normed);
        let result = size(&[4, value_width, rows]) + size(&[4, value, value, value_heads, slots]);
        let from = [queries, keys, values, decay, strength, state];
        let result = self.tape.compute(result, &from, Reuse::No);
        let new_state = self.tape.view(result);
        self.store(&[new_state]);

        let spoken = self.tape.view(result);
        let bytes = size(&[4, value_width, rows]);
        let spoken = self.tape.compute(bytes, &[spoken], Reuse::First);
        let gate = self.product(value_width, normed);
        let gate = self.tape.view(gate);
        let gate = self.tape.compute(bytes, &[gate], Reuse::No);
        self.tape.compute(bytes, &[spoken, gate], Reuse::First)
    }

    /// How fast each head forgets, and how strongly it learns.
    fn rates(&mut self, value_heads: u64, normed: Id) -> (Id, Id) {
        let bytes = self.floats(value_heads);
        if self.traits.lean_delta {
            return [(); 2].map(|()| self.rate(bytes, value_heads, normed)).into();
        }
        let both = self.product(2 * value_heads, normed);
        let [decay, strength] = [(); 2].map(|()| {
            let part = self.tape.view(both);
            self.tape.compute(bytes, &[part], Reuse::No)
        });
        (decay, strength)
    }

    fn rate(&mut self, bytes: u64, value_heads: u64, normed: Id) -> Id {
        let rate = self.product(value_heads, normed);
        let rate = self.tape.view(rate);
        self.tape.compute(bytes, &[rate], Reuse::No)
    }

    /// Queries or keys, normed and repeated for every value head.
    fn delta_heads(&mut self, mixed: Id, width: u64, key_heads: u64, value_heads: u64, key: u64) -> Id {
        let part = self.tape.view(mixed);
        let normed = self.tape.compute(size(&[4, width, self.rows]), &[part], Reuse::No);
        if key_heads == value_heads || self.traits.lean_delta {
            return normed;
        }
        let repeated = size(&[4, value_heads, key, self.rows]);
        self.tape.compute(repeated, &[normed], Reuse::No)
    }
}
