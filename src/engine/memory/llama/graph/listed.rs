//! Layers by the list of what they have, whose graphs in llama.cpp were not followed operation by operation.

use super::build::{Build, CacheInputs, size};
use super::kernel::Kernel;
use super::trace::{Id, Reuse};
use crate::spec::{Listed, Role};

impl Build<'_> {
    /// The product with each matrix, then the kernel of those that look at past tokens, or one result for all.
    pub(super) fn listed(&mut self, listed: &Listed, normed: Id) -> Id {
        let [heads, head] = [listed.heads, listed.head].map(u64::from);
        let attends = heads > 0 && !listed.is_recurrent();
        let inner = u64::from(listed.inner());
        if attends {
            self.positions();
        }
        let before = listed.matrices.len().saturating_sub(1);
        let mut made: Vec<(u32, Id)> = Vec::with_capacity(before);
        let mut query = normed;
        for (role, columns, rows) in listed.matrices.iter().take(before) {
            let from = made.iter().rev().find(|(width, _)| width == columns).map_or(normed, |(_, id)| *id);
            let result = self.product("projected", u64::from(*rows), from);
            if matches!(role, Role::Query | Role::QueryUp | Role::QueryKeyValue) {
                query = result;
            }
            made.push((*rows, result));
        }
        let all: Vec<Id> = made.iter().map(|(_, id)| *id).collect();
        if !attends {
            if listed.is_recurrent() {
                self.states();
            }
            let bytes = self.floats(inner);
            let from = if all.is_empty() { vec![normed] } else { all };
            return self.trace.compute("mixed", bytes, &from, Reuse::No);
        }
        let Some(keep) = listed.looks_at() else { return self.among_themselves(listed, query) };
        let cached = self.cache(keep.window(), head, keep.values > 0);
        let stored = all.last().copied().unwrap_or(normed);
        // What another layer keeps is only read.
        if listed.reads.is_none() {
            self.store(&[stored, cached.key_rows]);
            if let Some(rows) = cached.value_rows {
                self.store(&[stored, rows]);
            }
        }
        let key = head.max(1);
        let kv_heads = (u64::from(keep.keys) / key).clamp(1, heads);
        let value = inner / heads;
        let cells = self.cells(keep.window());
        let kernel = Kernel { heads, kv_heads, key, value, cells, shared: keep.values == 0 };
        let query = self.rotate("Qcur", query);
        self.mix(kernel, query, cached.mask)
    }

    /// Tokens of one pass that look at one another, without a cache (`build_attn_inp_no_cache`).
    fn among_themselves(&mut self, listed: &Listed, query: Id) -> Id {
        let [heads, head] = [listed.heads, listed.head].map(u64::from);
        let tokens = self.settings.tokens;
        let known = *self.cache_inputs(false);
        let mask = known.map_or_else(
            || self.trace.input("attn_inp_kq_mask", size(&[4, tokens, tokens])),
            |known| known.mask,
        );
        let inputs =
            CacheInputs { key_rows: mask, value_rows: None, mask, key_rotation: None, value_rotation: None };
        *self.cache_inputs(false) = Some(inputs);
        let value = u64::from(listed.inner()) / heads.max(1);
        let kernel = Kernel { heads, kv_heads: heads, key: head, value, cells: tokens, shared: false };
        let query = self.rotate("Qcur", query);
        self.mix(kernel, query, mask)
    }
}
