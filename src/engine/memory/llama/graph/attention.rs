//! Attention with keys and values of its own.

use super::build::{Build, CacheInputs, size};
use super::kernel::Kernel;
use super::metal;
use super::trace::{Id, Reuse};
use crate::engine::memory::Place;
use crate::spec::{Attention, KvPrecision};

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
    rotation: Option<Id>,
    /// Gate to apply and its width.
    gate: Option<(Id, u64)>,
}

impl Mixed {
    /// Values that are projected as they are.
    pub(super) const fn plain(values: Id) -> Self {
        Self { values, rotation: None, gate: None }
    }
}

impl Build<'_> {
    /// Queries, keys, values and the kernel; what follows it is left to the layer.
    pub(super) fn attention(&mut self, attention: &Attention, normed: Id) -> Mixed {
        let [heads, kv_heads, head] = [attention.heads, attention.kv_heads, attention.head].map(u64::from);
        let (q, kv) = (heads * head, kv_heads * head);
        if !self.habits.rotates_nothing {
            self.positions();
        }
        let cached = self.cache(attention.window, head, true);
        self.windows |= attention.window.is_some();
        let projected = if self.habits.fused_qkv {
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
        Mixed { values: mixed, rotation: cached.value_rotation, gate: projected.gate.map(|gate| (gate, q)) }
    }

    /// The output projection of a mixer, with what comes between.
    pub(super) fn output_projection(&mut self, mixed: Mixed) -> Id {
        let mut values = self.rotate_for_cache("kqv_out", mixed.values, mixed.rotation);
        if let Some((gate, width)) = mixed.gate {
            values = self.apply_gate(values, gate, width);
        }
        self.product("attn_out", self.hidden, values)
    }

    /// Separate matrices for queries, keys and values, in the order llama.cpp asks for them.
    fn project(&mut self, attention: &Attention, normed: Id, cached: &CacheInputs) -> Projected {
        let head = u64::from(attention.head);
        let (q, kv) = (u64::from(attention.heads) * head, u64::from(attention.kv_heads) * head);
        let (query, gate) = if attention.output_gate {
            let both = self.product("Qcur_full", 2 * q, normed);
            (self.trace.view(both), Some(both))
        } else {
            let query = self.product("Qcur", q, normed);
            (self.trace.view(query), None)
        };
        let query = self.head_norm("Qcur_normed", attention.qk_norm, query, q);
        let query = self.rotate_in("Qcur", attention.window, query);
        let query = self.rotate_for_cache("Qcur", query, cached.key_rotation);
        let mut values = None;
        if !self.windows {
            values = Some(self.values(kv, normed, cached));
        }
        let keys = self.product("Kcur", kv, normed);
        let keys = self.trace.view(keys);
        let keys = self.head_norm("Kcur_normed", attention.qk_norm, keys, kv);
        let keys = self.rotate_in("Kcur", attention.window, keys);
        let keys = self.rotate_for_cache("Kcur", keys, cached.key_rotation);
        let values = values.unwrap_or_else(|| self.values(kv, normed, cached));
        Projected { query, gate, keys: self.trace.view(keys), values: self.trace.view(values) }
    }

    /// Rotary positions, which some architectures have only in layers with a window.
    fn rotate_in(&mut self, name: &'static str, window: Option<u32>, of: Id) -> Id {
        if window.is_none() && self.habits.rotates_only_windows { of } else { self.rotate(name, of) }
    }

    fn values(&mut self, kv: u64, normed: Id, cached: &CacheInputs) -> Id {
        let values = self.product("Vcur", kv, normed);
        let values = self.trace.view(values);
        self.rotate_for_cache("Vcur", values, cached.value_rotation)
    }

    fn head_norm(&mut self, name: &'static str, has: bool, of: Id, width: u64) -> Id {
        let bytes = self.floats(width);
        if has { self.trace.compute(name, bytes, &[of], Reuse::First) } else { of }
    }

    /// One matrix for all three, of which parts are taken; a part is not rotated in place.
    fn project_at_once(&mut self, q: u64, kv: u64, normed: Id, cached: &CacheInputs) -> Projected {
        let all = self.product("wqkv", q + 2 * kv, normed);
        let query = self.rotated_part("Qcur", all, q);
        let query = self.rotate_for_cache("Qcur", query, cached.key_rotation);
        let mut values = self.trace.view(all);
        if cached.value_rotation.is_some() {
            let bytes = self.floats(kv);
            values = self.trace.compute("Vcur", bytes, &[values], Reuse::No);
            values = self.rotate_for_cache("Vcur", values, cached.value_rotation);
            values = self.trace.view(values);
        }
        let keys = self.rotated_part("Kcur", all, kv);
        let keys = self.rotate_for_cache("Kcur", keys, cached.key_rotation);
        Projected { query, gate: None, keys: self.trace.view(keys), values }
    }

    fn rotated_part(&mut self, name: &'static str, all: Id, width: u64) -> Id {
        let part = self.trace.view(all);
        let bytes = self.floats(width);
        let copy = self.trace.compute(name, bytes, &[part], Reuse::No);
        self.rotate(name, copy)
    }

    /// Multiplies by the gate that was projected with the queries.
    fn apply_gate(&mut self, mixed: Id, gate: Id, q: u64) -> Id {
        let part = self.trace.view(gate);
        let bytes = self.floats(q);
        let sigmoid = self.trace.compute("gate_sigmoid", bytes, &[part], Reuse::No);
        self.trace.compute("attn_gated", bytes, &[mixed, sigmoid], Reuse::Either)
    }

    /// The kernel itself: queries against the cache, one row of values a token and head.
    pub(super) fn mix(&mut self, kernel: Kernel, query: Id, mask: Id) -> Id {
        let query = self.trace.view(query);
        if self.copied.is_none() {
            return self.mix_in_place(kernel, query, mask);
        }
        if !self.attends_on_host {
            return self.mix_copied(kernel, query, mask);
        }
        self.trace.compute_in(Place::Host);
        let mixed = self.mix_in_place(kernel, query, mask);
        self.trace.compute_in(Place::Device);
        mixed
    }

    /// The kernel where cache and computing are in one place.
    fn mix_in_place(&mut self, kernel: Kernel, query: Id, mask: Id) -> Id {
        let rows = self.rows;
        if self.settings.fused {
            let plain = size(&[4, kernel.value, kernel.heads, rows]);
            let extra = if self.metal { metal::fused_extra(&kernel, self.settings) } else { 0 };
            let mixed = self.trace.compute_with_scratch("fattn", plain, extra, &[query, mask]);
            return self.trace.view(mixed);
        }
        let cells = kernel.cells;
        let values = kernel.shared.then(|| {
            let transposed = size(&[2, kernel.value, cells, self.settings.streams]);
            self.trace.compute("v (transposed)", transposed, &[], Reuse::No)
        });
        let scores = size(&[4, cells, kernel.heads, rows]);
        let scores = self.trace.compute("kq", scores, &[query], Reuse::No);
        let bytes = self.trace.bytes(scores);
        let scores = self.trace.compute("kq_soft_max", bytes, &[scores, mask], Reuse::First);
        let bytes = size(&[4, kernel.value, kernel.heads, rows]);
        if let Some(values) = values {
            return self.trace.compute("kqv", bytes, &[values, scores], Reuse::No);
        }
        let mixed = self.trace.compute("kqv", bytes, &[scores], Reuse::No);
        let part = self.trace.view(mixed);
        self.trace.compute("kqv_out", bytes, &[part], Reuse::No)
    }

    /// The kernel where the cache is on the host and computed with on the device.
    fn mix_copied(&mut self, kernel: Kernel, query: Id, mask: Id) -> Id {
        let pools = size(&[kernel.cells, self.settings.streams]);
        let key_row = self.settings.key_row(kernel.key * kernel.kv_heads);
        let value_row = self.settings.value_row(kernel.value * kernel.kv_heads);
        self.trace.new_split();
        let keys = self.copy_cache(size(&[key_row, pools])).unwrap_or(query);
        let values =
            if kernel.shared { keys } else { self.copy_cache(size(&[value_row, pools])).unwrap_or(query) };
        let bytes = size(&[4, kernel.value, kernel.heads, self.rows]);
        if self.settings.fused {
            let extra = if self.metal { metal::fused_extra(&kernel, self.settings) } else { 0 };
            let mixed = self.trace.compute_with_scratch("fattn", bytes, extra, &[query, keys, values, mask]);
            return self.trace.view(mixed);
        }
        let scores = size(&[4, kernel.cells, kernel.heads, self.rows]);
        let raw = self.trace.compute("kq", scores, &[query, keys], Reuse::No);
        let scores = self.trace.compute("kq_soft_max", scores, &[raw, mask], Reuse::First);
        let mixed = self.trace.compute("kqv", bytes, &[scores, values], Reuse::No);
        let part = self.trace.view(mixed);
        self.trace.compute("kqv_out", bytes, &[part], Reuse::No)
    }

    /// Cells of one pool of a layer.
    pub(super) fn cells(&self, window: Option<u32>) -> u64 {
        window.map_or(self.settings.cells, |window| self.settings.window_cells(u64::from(window)))
    }

    /// Rotation against outliers, where the cache is quantized.
    fn rotate_for_cache(&mut self, name: &'static str, of: Id, rotation: Option<Id>) -> Id {
        let Some(rotation) = rotation else { return of };
        let bytes = self.trace.bytes(of);
        let part = self.trace.view(of);
        let rotated = self.trace.compute(name, bytes, &[rotation, part], Reuse::No);
        self.trace.view(rotated)
    }

    /// The inputs of a layer's cache, made when the first such layer needs them.
    pub(super) fn cache(&mut self, window: Option<u32>, head: u64, values: bool) -> CacheInputs {
        if let Some(known) = *self.cache_inputs(window.is_some()) {
            return known;
        }
        let tokens = self.settings.tokens;
        let whole = head > 0 && head.is_multiple_of(64);
        let rotates = |format: KvPrecision| whole && format.is_in_blocks();
        let value_width = if self.settings.fused { 1 } else { self.widest_values };
        let mask_element = if self.settings.fused { 2 } else { 4 };
        let side = 64_u64 << (head / 64).max(1).trailing_zeros();
        let key_rotation =
            rotates(self.settings.keys).then(|| self.trace.input("attn_inp_k_rot", size(&[4, side, side])));
        let value_rotation =
            rotates(self.settings.values).then(|| self.trace.input("attn_inp_v_rot", 4 * 64 * 64));
        let cells = self.cells(window);
        let made = CacheInputs {
            key_rotation,
            value_rotation,
            key_rows: self.trace.input("attn_inp_k_idxs", size(&[8, tokens])),
            value_rows: values.then(|| self.trace.input("attn_inp_v_idxs", size(&[8, tokens, value_width]))),
            mask: self.trace.input("attn_inp_kq_mask", size(&[mask_element, cells, tokens])),
        };
        *self.cache_inputs(window.is_some()) = Some(made);
        made
    }
}
