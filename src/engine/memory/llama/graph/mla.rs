//! Latent attention with its matrices absorbed: one compressed key that is also the value.

use super::build::{Build, size};
use super::kernel::Kernel;
use super::trace::{Id, Reuse};
use crate::spec::Mla;

impl Build<'_> {
    /// Queries copied to the compressed width, the kernel, and the way back to full heads.
    pub(super) fn latent_attention(&mut self, mla: &Mla, normed: Id) -> Id {
        let [heads, rank, nope, rope, value] =
            [mla.heads, mla.kv_rank, mla.nope, mla.rope, mla.value].map(u64::from);
        let rows = self.rows;
        self.positions();

        let query = match mla.q_rank {
            Some(q_rank) => {
                let low = self.product("q_a", u64::from(q_rank), normed);
                let low = self.norm("q_a_normed", low);
                self.product("q", heads * (nope + rope), low)
            }
            None => self.product("q", heads * (nope + rope), normed),
        };
        let plain_part = self.trace.view(query);
        let absorbed =
            self.trace.compute("q_nope_absorbed", size(&[4, rank, heads, rows]), &[plain_part], Reuse::No);
        let absorbed = self.trace.view(absorbed);
        let rotary_part = self.trace.view(query);
        let rotary = self.trace.compute("q_pe", size(&[4, rope, heads, rows]), &[rotary_part], Reuse::No);
        let rotary = self.rotate("q_pe", rotary);
        let joined =
            self.trace.compute("Qcur", size(&[4, rank + rope, heads, rows]), &[absorbed, rotary], Reuse::No);

        let compressed = self.product("kv_cmpr_pe", rank + rope, normed);
        let values = self.trace.view(compressed);
        let values = self.trace.compute("kv_cmpr", size(&[4, rank, rows]), &[values], Reuse::No);
        let key_rotary = self.trace.view(compressed);
        let key_rotary = self.trace.compute("k_pe", size(&[4, rope, rows]), &[key_rotary], Reuse::No);
        let values = self.trace.view(values);
        let keys =
            self.trace.compute("Kcur", size(&[4, rank + rope, rows]), &[values, key_rotary], Reuse::No);
        let keys = self.trace.view(keys);

        let cached = self.cache(None, 0, false);
        self.store(&[keys, cached.key_rows]);
        let cells = self.settings.cells;
        let kernel = Kernel { heads, kv_heads: 1, key: rank + rope, value: rank, cells, shared: true };
        let mixed = self.mix(kernel, joined, cached.mask);
        let restored = self.trace.compute("kqv_mla", size(&[4, value, heads, rows]), &[mixed], Reuse::No);
        let restored = self.trace.view(restored);
        self.trace.compute("kqv_out", size(&[4, value, heads, rows]), &[restored], Reuse::No)
    }
}
