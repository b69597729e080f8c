//! Latent attention with its matrices absorbed: one compressed key that is also the value.

use super::attention::Kernel;
use super::build::{Build, size};
use super::tape::{Id, Reuse};
use crate::spec::Mla;

impl Build<'_> {
    /// Queries brought to the compressed width, the kernel, and the way back to full heads.
    pub(super) fn latent_attention(&mut self, mla: &Mla, normed: Id) -> Id {
        let [heads, rank, nope, rope, value] =
            [mla.heads, mla.kv_rank, mla.nope, mla.rope, mla.value].map(u64::from);
        let rows = self.rows;
        self.positions();

        let query = match mla.q_rank {
            Some(q_rank) => {
                let low = self.product(u64::from(q_rank), normed);
                let low = self.norm(low);
                self.product(heads * (nope + rope), low)
            }
            None => self.product(heads * (nope + rope), normed),
        };
        let plain_part = self.tape.view(query);
        let absorbed = self.tape.compute(size(&[4, rank, heads, rows]), &[plain_part], Reuse::No);
        let absorbed = self.tape.view(absorbed);
        let rotary_part = self.tape.view(query);
        let rotary = self.tape.compute(size(&[4, rope, heads, rows]), &[rotary_part], Reuse::No);
        let rotary = self.rotate(rotary);
        let joined = self.tape.compute(size(&[4, rank + rope, heads, rows]), &[absorbed, rotary], Reuse::No);

        let compressed = self.product(rank + rope, normed);
        let values = self.tape.view(compressed);
        let values = self.tape.compute(size(&[4, rank, rows]), &[values], Reuse::No);
        let key_rotary = self.tape.view(compressed);
        let key_rotary = self.tape.compute(size(&[4, rope, rows]), &[key_rotary], Reuse::No);
        let values = self.tape.view(values);
        let keys = self.tape.compute(size(&[4, rank + rope, rows]), &[values, key_rotary], Reuse::No);
        let keys = self.tape.view(keys);

        let cached = self.cache(None, 0, false);
        self.store(&[keys, cached.key_rows]);
        let cells = self.settings.cells;
        let kernel = Kernel { heads, kv_heads: 1, key: rank + rope, value: rank, cells, shared: true };
        let mixed = self.mix(kernel, joined, cached.mask);
        let restored = self.tape.compute(size(&[4, value, heads, rows]), &[mixed], Reuse::No);
        let restored = self.tape.view(restored);
        self.tape.compute(size(&[4, value, heads, rows]), &[restored], Reuse::No)
    }
}
