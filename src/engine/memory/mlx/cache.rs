//! How MLX's caches grow.

use crate::spec::{Attention, Keep, Listed, Mla};
use crate::units::count;

/// Tokens by which a cache grows while an answer is written.
const STEP: u64 = 256;

/// A prompt read in chunks into caches that then grow token by token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    /// Tokens read in chunks: all of the prompt but its last.
    pub(super) prompt: u64,
    /// Tokens of a chunk, at least 1.
    pub(super) chunk: u64,
    /// Tokens held at the end of the answer.
    pub(super) end: u64,
}

impl Growth {
    /// Tokens there is room for once `read` tokens of the prompt are in.
    ///
    /// A chunk that does not fit adds room for itself, rounded up to 256, behind what is used.
    pub(super) const fn room_after(self, read: u64) -> u64 {
        let room = self.chunk.div_ceil(STEP).saturating_mul(STEP);
        let chunks_a_growth = room / self.chunk;
        let (whole, rest) = (read / self.chunk, read % self.chunk);
        let full = match whole.checked_sub(1) {
            Some(last) => (last / chunks_a_growth * chunks_a_growth * self.chunk).saturating_add(room),
            None => 0,
        };
        if read > full {
            (whole * self.chunk).saturating_add(rest.div_ceil(STEP).saturating_mul(STEP))
        } else {
            full
        }
    }

    /// Tokens there is room for once `tokens` are held, some of them written as an answer.
    pub(super) const fn room_at(self, tokens: u64) -> u64 {
        let prompt = self.room_after(self.prompt);
        match tokens.checked_sub(prompt) {
            Some(more) => prompt.saturating_add(more.div_ceil(STEP).saturating_mul(STEP)),
            None => prompt,
        }
    }
}

/// How many bits a kept element takes, scales included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Format {
    /// Bits of one element alone; 16 where the cache is not quantized.
    pub(super) bits: f64,
    /// Whether elements are quantized in groups of 64 with a 16-bit scale and bias.
    pub(super) grouped: bool,
}

impl Format {
    /// 16-bit floats.
    pub(super) const PLAIN: Self = Self { bits: 16.0, grouped: false };

    /// Quantized to `bits`.
    pub(super) const fn grouped(bits: f64) -> Self {
        Self { bits, grouped: true }
    }

    /// Bytes an element takes.
    pub(super) const fn element(self) -> f64 {
        if self.grouped { self.bits / 8.0 + 4.0 / 64.0 } else { self.bits / 8.0 }
    }
}

/// Elements one layer keeps of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Kept {
    /// In the array of keys.
    pub(super) key: f64,
    /// In the array of values, keys of an indexer included.
    pub(super) value: f64,
    /// Of them, keys of an indexer.
    pub(super) index: f64,
    /// Tokens a rotating cache keeps; `None` for all.
    pub(super) window: Option<u64>,
}

impl Kept {
    /// Of an attention layer.
    pub(super) fn attention(attention: &Attention, rotates: bool) -> Self {
        let width = f64::from(attention.kv_heads) * f64::from(attention.head);
        let window = attention.window.filter(|_| rotates).map(|tokens| u64::from(tokens).max(1));
        let index = attention.indexer.map_or(0.0, |indexer| f64::from(indexer.head));
        Self { key: width, value: width + index, index, window }
    }

    /// Of latent attention: the latent and the rotary part, or whole heads where the program expands them.
    pub(super) fn latent(mla: &Mla, expanded: bool) -> Self {
        let heads = f64::from(mla.heads);
        let (nope, rope) = (f64::from(mla.nope), f64::from(mla.rope));
        let index = mla.indexer.map_or(0.0, |indexer| f64::from(indexer.head));
        if expanded {
            let value = heads * f64::from(mla.value) + index;
            Self { key: heads * (nope + rope), value, index, window: None }
        } else {
            Self { key: f64::from(mla.kv_rank), value: rope + index, index, window: None }
        }
    }

    /// Of a layer by what it lists.
    pub(super) fn listed(listed: &Listed) -> Self {
        let index = listed.indexer().map_or(0.0, Keep::of_a_token);
        let Some(keep) = listed.tokens() else { return Self { value: index, index, ..Self::default() } };
        let share = keep.of_a_token() / keep.numbers().max(1.0);
        Self {
            key: f64::from(keep.keys) * share,
            value: f64::from(keep.values) * share + index,
            index,
            window: keep.window().map(u64::from),
        }
    }

    /// Elements of a token in both arrays.
    pub(super) const fn both(self) -> f64 {
        self.key + self.value
    }

    /// Tokens there is room for after `read` tokens of the prompt, the last chunk of `chunk` tokens.
    pub(super) fn room_in_prefill(self, growth: Growth, read: u64, chunk: u64) -> f64 {
        match self.window {
            Some(window) => count(chunk.saturating_add(read.saturating_sub(chunk).min(window - 1))),
            None => count(growth.room_after(read)),
        }
    }

    /// Tokens there is room for while the answer is written.
    pub(super) fn room_in_decode(self, growth: Growth, tokens: u64) -> f64 {
        match self.window {
            Some(window) => {
                let grown = growth.prompt + tokens.saturating_sub(growth.prompt).div_ceil(STEP) * STEP;
                count(grown.min(window))
            }
            None => count(growth.room_at(tokens)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Indexer;

    #[test]
    fn latent_attention_keeps_a_latent_or_whole_heads() {
        let mla =
            |indexer| Mla { heads: 16, q_rank: None, kv_rank: 512, nope: 128, rope: 64, value: 96, indexer };
        let indexer = Some(Indexer { heads: 64, head: 128 });
        for (indexer, expanded, key, value) in [
            (None, false, 512.0, 64.0),
            (indexer, false, 512.0, 64.0 + 128.0),
            (None, true, 16.0 * 192.0, 16.0 * 96.0),
            (indexer, true, 16.0 * 192.0, 16.0 * 96.0 + 128.0),
        ] {
            let kept = Kept::latent(&mla(indexer), expanded);
            let index = if indexer.is_some() { 128.0 } else { 0.0 };
            assert_eq!(kept, Kept { key, value, index, window: None }, "expanded: {expanded}");
        }
    }

    /// A rotating cache grows by steps of 256 from the prompt on, and stops at its window.
    #[test]
    fn a_window_grows_until_it_is_full() {
        let growth = Growth { prompt: 100, chunk: 2048, end: 5000 };
        let kept = Kept { window: Some(1024), ..Kept::default() };
        for (tokens, room) in
            [(100, 100.0), (101, 356.0), (356, 356.0), (357, 612.0), (1000, 1024.0), (5000, 1024.0)]
        {
            assert!((kept.room_in_decode(growth, tokens) - room).abs() < f64::EPSILON, "{tokens} tokens");
        }
    }

    #[test]
    fn room_follows_the_chunks_and_then_steps_of_256() {
        let cases = [
            // prompt, chunk, end: room after the prompt, room at the end
            (511, 2048, 513, 512, 768),
            (8191, 2048, 8194, 8192, 8448),
            (8191, 8192, 8194, 8192, 8448),
            (0, 2048, 2, 0, 256),
            // 1000 + 1000: the second chunk lies behind 1000 used tokens, with room for 1024
            (2000, 1000, 2025, 2024, 2280),
            // chunks of 100: two fit a step, so it grows at 0, 200, 400
            (500, 100, 500, 656, 656),
        ];
        for (prompt, chunk, end, after, last) in cases {
            let growth = Growth { prompt, chunk, end };
            assert_eq!(growth.room_after(prompt), after, "{growth:?}");
            assert_eq!(growth.room_at(end), last, "{growth:?}");
        }
    }
}
