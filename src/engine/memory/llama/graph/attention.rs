//! Attention with keys and values of its own.

use super::build::{Build, CacheInputs, size};
use super::metal;
use super::tape::{Id, Reuse};
use crate::engine::memory::Place;
use crate::spec::Attention;

/// What the projections of a layer leave behind.
#[derive(Clone, Copy, Debug)]
struct Projected {
    query: Id,
    /// Queries and gate in one, where the output is gated.
    gate: Option<Id>,
    keys: Id,
    values: Id,
}

/// What a mixer hands to its output projection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixed {
    values: Id,
    /// Rotation to undo, where values are cached rotated.
    turn: Option<Id>,
    /// Gate to open and its width.
    gate: Option<(Id, u64)>,
}

impl Mixed {
    /// Values that are projected as they are.
    pub(super) const fn plain(values: Id) -> Self {
        Self { values, turn: None, gate: None }
    }
}

/// One call of the attention kernel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kernel {
    /// Query heads.
    pub(super) heads: u64,
    /// Heads of the cache.
    pub(super) kv_heads: u64,
    /// Width of a key in the cache.
    pub(super) key: u64,
    /// Width of a value in the cache.
    pub(super) value: u64,
    /// Cells of one pool.
    pub(super) cells: u64,
    /// Whether values are part of the keys.
    pub(super) shared: bool,
}

impl Build<'_> {
    /// Queries, keys, values and the kernel; what follows it is left to the layer.
    pub(super) fn attention(&mut self, attention: &Attention, normed: Id) -> Mixed {
        let [heads, kv_heads, head] = [attention.heads, attention.kv_heads, attention.head].map(u64::from);
        let (q, kv) = (heads * head, kv_heads * head);
        if !self.traits.rotates_nothing {
            self.positions();
        }
        let cached = self.cache(attention.window, head, true);
        self.traits.windows |= attention.window.is_some();
        let projected = if self.traits.fused_qkv {
            self.project_at_once(q, kv, normed, &cached)
        } else {
            self.project(attention, normed, &cached)
        };
        self.store(&[projected.keys, cached.key_rows]);
        if let Some(rows) = cached.value_rows {
            self.store(&[projected.values, rows]);
        }

        let cells = self.cells(attention.window);
        let kernel = Kernel { heads, kv_heads, key: head, value: head, cells, shared: false };
        let mixed = self.mix(kernel, projected.query, cached.mask);
        Mixed { values: mixed, turn: cached.value_turn, gate: projected.gate.map(|gate| (gate, q)) }
    }

    /// The output projection of a mixer, with what comes between.
    pub(super) fn speak(&mut self, mixed: Mixed) -> Id {
        let mut values = self.turn(mixed.values, mixed.turn);
        if let Some((gate, width)) = mixed.gate {
            values = self.open(values, gate, width);
        }
        self.product(self.hidden, values)
    }

    /// Separate matrices for queries, keys and values, in the order llama.cpp asks for them.
    fn project(&mut self, attention: &Attention, normed: Id, cached: &CacheInputs) -> Projected {
        let head = u64::from(attention.head);
        let (q, kv) = (u64::from(attention.heads) * head, u64::from(attention.kv_heads) * head);
        let (query, gate) = if attention.output_gate {
            let both = self.product(2 * q, normed);
            (self.tape.view(both), Some(both))
        } else {
            let query = self.product(q, normed);
            (self.tape.view(query), None)
        };
        let query = self.head_norm(attention.qk_norm, query, q);
        let query = self.rotate_in(attention.window, query);
        let query = self.turn(query, cached.key_turn);
        let mut values = None;
        if !self.traits.windows {
            values = Some(self.values(kv, normed, cached));
        }
        let keys = self.product(kv, normed);
        let keys = self.tape.view(keys);
        let keys = self.head_norm(attention.qk_norm, keys, kv);
        let keys = self.rotate_in(attention.window, keys);
        let keys = self.turn(keys, cached.key_turn);
        let values = values.unwrap_or_else(|| self.values(kv, normed, cached));
        Projected { query, gate, keys: self.tape.view(keys), values: self.tape.view(values) }
    }

    /// Rotary positions, which some architectures have only in layers with a window.
    fn rotate_in(&mut self, window: Option<u32>, of: Id) -> Id {
        if window.is_none() && self.traits.rotates_only_windows { of } else { self.rotate(of) }
    }

    fn values(&mut self, kv: u64, normed: Id, cached: &CacheInputs) -> Id {
        let values = self.product(kv, normed);
        let values = self.tape.view(values);
        self.turn(values, cached.value_turn)
    }

    fn head_norm(&mut self, has: bool, of: Id, width: u64) -> Id {
        let bytes = self.floats(width);
        if has { self.tape.compute(bytes, &[of], Reuse::First) } else { of }
    }

    /// One matrix for all three, of which parts are taken; a part is not rotated in place.
    fn project_at_once(&mut self, q: u64, kv: u64, normed: Id, cached: &CacheInputs) -> Projected {
        let all = self.product(q + 2 * kv, normed);
        let query = self.rotated_part(all, q);
        let query = self.turn(query, cached.key_turn);
        let mut values = self.tape.view(all);
        if cached.value_turn.is_some() {
            let bytes = self.floats(kv);
            values = self.tape.compute(bytes, &[values], Reuse::No);
            values = self.turn(values, cached.value_turn);
            values = self.tape.view(values);
        }
        let keys = self.rotated_part(all, kv);
        let keys = self.turn(keys, cached.key_turn);
        Projected { query, gate: None, keys: self.tape.view(keys), values }
    }

    fn rotated_part(&mut self, all: Id, width: u64) -> Id {
        let part = self.tape.view(all);
        let bytes = self.floats(width);
        let copy = self.tape.compute(bytes, &[part], Reuse::No);
        self.rotate(copy)
    }

    /// Multiplies by the gate that was projected with the queries.
    fn open(&mut self, mixed: Id, gate: Id, q: u64) -> Id {
        let part = self.tape.view(gate);
        let bytes = self.floats(q);
        let opened = self.tape.compute(bytes, &[part], Reuse::No);
        self.tape.compute(bytes, &[mixed, opened], Reuse::Either)
    }

    /// The kernel itself: queries against the cache, one row of values a token and head.
    pub(super) fn mix(&mut self, kernel: Kernel, query: Id, mask: Id) -> Id {
        let query = self.tape.view(query);
        if self.fetched.is_none() {
            return self.mix_there(kernel, query, mask);
        }
        if !self.attends_on_host {
            return self.mix_brought(kernel, query, mask);
        }
        self.tape.compute_in(Place::Host);
        let mixed = self.mix_there(kernel, query, mask);
        self.tape.compute_in(Place::Device);
        mixed
    }

    /// The kernel where cache and computing are in one place.
    fn mix_there(&mut self, kernel: Kernel, query: Id, mask: Id) -> Id {
        let rows = self.rows;
        if self.settings.fused {
            let plain = size(&[4, kernel.value, kernel.heads, rows]);
            let extra = if self.metal { metal::fused_extra(&kernel, self.settings) } else { 0 };
            let mixed = self.tape.compute_with_scratch(plain, extra, &[query, mask]);
            return self.tape.view(mixed);
        }
        let cells = kernel.cells;
        let values = kernel.shared.then(|| {
            let turned = size(&[2, kernel.value, cells, self.settings.streams]);
            self.tape.compute(turned, &[], Reuse::No)
        });
        let scores = size(&[4, cells, kernel.heads, rows]);
        let scores = self.tape.compute(scores, &[query], Reuse::No);
        let bytes = self.tape.bytes(scores);
        let scores = self.tape.compute(bytes, &[scores, mask], Reuse::First);
        let bytes = size(&[4, kernel.value, kernel.heads, rows]);
        if let Some(values) = values {
            return self.tape.compute(bytes, &[values, scores], Reuse::No);
        }
        let mixed = self.tape.compute(bytes, &[scores], Reuse::No);
        let part = self.tape.view(mixed);
        self.tape.compute(bytes, &[part], Reuse::No)
    }

    /// The kernel where the cache is on the host and computed with on the device.
    fn mix_brought(&mut self, kernel: Kernel, query: Id, mask: Id) -> Id {
        let pools = size(&[kernel.cells, self.settings.streams]);
        let side = |width: u64| size(&[self.settings.row_bytes(width * kernel.kv_heads), pools]);
        self.tape.new_stretch();
        let keys = self.fetch_cache(side(kernel.key)).unwrap_or(query);
        let values = if kernel.shared { keys } else { self.fetch_cache(side(kernel.value)).unwrap_or(query) };
        let bytes = size(&[4, kernel.value, kernel.heads, self.rows]);
        if self.settings.fused {
            let extra = if self.metal { metal::fused_extra(&kernel, self.settings) } else { 0 };
            let mixed = self.tape.compute_with_scratch(bytes, extra, &[query, keys, values, mask]);
            return self.tape.view(mixed);
        }
        let scores = size(&[4, kernel.cells, kernel.heads, self.rows]);
        let seen = self.tape.compute(scores, &[query, keys], Reuse::No);
        let scores = self.tape.compute(scores, &[seen, mask], Reuse::First);
        let mixed = self.tape.compute(bytes, &[scores, values], Reuse::No);
        let part = self.tape.view(mixed);
        self.tape.compute(bytes, &[part], Reuse::No)
    }

    /// Cells of one pool of a layer.
    pub(super) fn cells(&self, window: Option<u32>) -> u64 {
        window.map_or(self.settings.cells, |window| self.settings.window_cells(u64::from(window)))
    }

    /// Rotation against outliers, where the cache is quantised.
    fn turn(&mut self, of: Id, turn: Option<Id>) -> Id {
        let Some(turn) = turn else { return of };
        let bytes = self.tape.bytes(of);
        let part = self.tape.view(of);
        let turned = self.tape.compute(bytes, &[turn, part], Reuse::No);
        self.tape.view(turned)
    }

    /// The inputs of a layer's cache, made when the first such layer needs them.
    pub(super) fn cache(&mut self, window: Option<u32>, head: u64, values: bool) -> CacheInputs {
        if let Some(known) = *self.cache_inputs(window.is_some()) {
            return known;
        }
        let tokens = self.settings.tokens;
        let turned = self.settings.quantized_kv() && head > 0 && head.is_multiple_of(64);
        let value_width = if self.settings.fused { 1 } else { self.widest_values };
        let mask_element = if self.settings.fused { 2 } else { 4 };
        let side = 64_u64 << (head / 64).max(1).trailing_zeros();
        let key_turn = turned.then(|| self.tape.input(size(&[4, side, side])));
        let value_turn = turned.then(|| self.tape.input(4 * 64 * 64));
        let cells = self.cells(window);
        let made = CacheInputs {
            key_turn,
            value_turn,
            key_rows: self.tape.input(size(&[8, tokens])),
            value_rows: values.then(|| self.tape.input(size(&[8, tokens, value_width]))),
            mask: self.tape.input(size(&[mask_element, cells, tokens])),
        };
        *self.cache_inputs(window.is_some()) = Some(made);
        made
    }
}
