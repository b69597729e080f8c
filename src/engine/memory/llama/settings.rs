//! What llama.cpp makes of the settings it is given: padded, shared out and clamped.

use crate::spec::{AttentionKernel, Inference, KvPrecision, Logits, Server, overhead};
use crate::units::whole;

/// Cells of a cache come in multiples of this many.
const CELL_STEP: u64 = 256;
/// Longest context that is computed with; the counter llama.cpp itself uses is shorter.
const MOST_TOKENS: u64 = 1 << 42;
/// Most tokens of one chunk and most slots that are computed with.
const MOST_AT_ONCE: u64 = 1 << 24;

/// The settings of a context as llama.cpp keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// Sequences that run side by side.
    pub(super) slots: u64,
    /// Separate pools of cells: one a slot, or a single one for all.
    pub(super) streams: u64,
    /// Cells of one pool for layers that see everything.
    pub(super) cells: u64,
    /// Tokens computed at once, before they are rounded up to a multiple of the slots.
    pub(super) ubatch: u64,
    /// Rows of a chunk the graph is reserved for.
    pub(super) tokens: u64,
    /// Rows of logits the graph is reserved for.
    pub(super) outputs: u64,
    /// Whether attention is fused.
    pub(super) fused: bool,
    /// How keys are stored.
    pub(super) keys: KvPrecision,
    /// How values are stored.
    pub(super) values: KvPrecision,
    /// Whether layers with a sliding window keep as many cells as the others.
    pub(super) full_windows: bool,
    /// Earlier states that a recurrent layer keeps to go back to, one a draft token.
    pub(super) kept_states: u64,
    /// What an older build inside a server may reserve more, in bytes.
    pub(super) older: u64,
}

impl Settings {
    /// What a context made with these settings works with.
    pub(super) fn new(inference: &Inference) -> Self {
        let asked = inference.context_opened().clamp(1, MOST_TOKENS);
        let (slots, unified) = inference.slots();
        let slots = slots.clamp(1, MOST_AT_ONCE);
        let padded = pad(asked, CELL_STEP);
        let (cells, streams) =
            if unified { (padded, 1) } else { (pad((padded / slots).max(1), CELL_STEP), slots) };
        let ubatch = inference.ubatch.clamp(1, MOST_AT_ONCE).min(asked);
        let at_once = ubatch.min(cells.saturating_mul(streams));
        let outputs = match inference.logits {
            Logits::All => at_once,
            Logits::Last => slots.min(at_once),
        };
        let [keys, values] = inference.cache_types().map(stored_kv);
        let fused = inference.attention == AttentionKernel::Fused || values.is_in_blocks();
        Self {
            slots,
            streams,
            cells,
            ubatch,
            tokens: pad(at_once, slots),
            outputs,
            fused,
            keys,
            values,
            full_windows: inference.swa_full,
            kept_states: inference.speculation.draft_tokens.min(MOST_AT_ONCE),
            older: whole(older(inference.server)),
        }
    }

    /// Cells of one pool for layers with a sliding window: the window of every slot in it and one chunk.
    pub(super) fn window_cells(&self, window: u64) -> u64 {
        if self.full_windows {
            return self.cells;
        }
        let sharing = if self.streams == 1 { self.slots } else { 1 };
        pad(self.cells.min(window.saturating_mul(sharing).saturating_add(self.ubatch)), CELL_STEP)
    }

    /// Cells of one pool that holds one vector of so many tokens.
    pub(super) fn compressed_cells(&self, tokens: u64) -> u64 {
        pad(self.cells.div_ceil(tokens.max(1)).max(1), CELL_STEP)
    }

    /// Whether keys or values are stored in another format than 16-bit floats, and unpacked to those to be used.
    pub(super) fn unpacked_kv(&self) -> bool {
        self.keys != KvPrecision::F16 || self.values != KvPrecision::F16
    }

    /// Bytes of the keys of one cell, `width` of them.
    pub(super) const fn key_row(&self, width: u64) -> u64 {
        row_bytes(self.keys, width)
    }

    /// Bytes of the values of one cell, `width` of them.
    pub(super) const fn value_row(&self, width: u64) -> u64 {
        row_bytes(self.values, width)
    }
}

/// Bytes of a row of so many values in a format.
const fn row_bytes(format: KvPrecision, width: u64) -> u64 {
    let (elements, bytes) = format.block();
    width.div_ceil(elements as u64) * bytes as u64
}

/// The KV format llama.cpp has, where it has not the one asked for 16 bit.
pub(super) fn stored_kv(asked: KvPrecision) -> KvPrecision {
    if KvPrecision::LLAMA_CPP.contains(&asked) { asked } else { KvPrecision::F16 }
}

/// What older builds of llama.cpp reserve more than the one that is modelled, at most.
pub(super) fn older(server: Server) -> f64 {
    match server {
        Server::None | Server::LlamaServer => 0.0,
        Server::Ollama | Server::LmStudio => overhead::OLDER_LLAMA_CPP.amount.high,
    }
}

/// The next multiple of `step`; `step` is at least one.
fn pad(value: u64, step: u64) -> u64 {
    value.div_ceil(step).saturating_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(context: u64, concurrency: u64, unified_kv: bool, ubatch: u64) -> Settings {
        Settings::new(&Inference {
            context,
            prompt: 1,
            generate: 1,
            concurrency,
            unified_kv,
            ubatch,
            prefill_step: 512,
            ..Inference::default()
        })
    }

    #[test]
    fn context_is_shared_out_and_padded() {
        for (context, slots, unified, streams, cells) in [
            (8192, 1, false, 1, 8192),
            (8000, 1, false, 1, 8192),
            (8192, 3, false, 3, 2816),
            (8192, 3, true, 1, 8192),
            (256, 10, false, 10, 256),
        ] {
            let made = settings(context, slots, unified, 512);
            assert_eq!((made.streams, made.cells), (streams, cells), "{context} for {slots}, {unified}");
        }
    }

    #[test]
    fn a_window_holds_itself_and_one_chunk_and_no_more_than_the_context() {
        assert_eq!(settings(32768, 1, false, 512).window_cells(4096), 4608, "window and chunk");
        assert_eq!(settings(32768, 4, true, 512).window_cells(128), 1024, "every slot's window in one pool");
        assert_eq!(settings(2048, 1, false, 512).window_cells(4096), 2048, "the whole context");
    }

    #[test]
    fn tokens_are_a_multiple_of_the_slots() {
        let made = settings(8192, 3, false, 512);
        assert_eq!((made.tokens, made.outputs), (513, 3), "512 rounded up to a multiple of 3");
    }
}
