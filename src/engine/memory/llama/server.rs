//! What a server around llama.cpp keeps in system memory: prompts it has answered, and checkpoints to take them up again.
//!
//! llama-server saves the cache of a slot when another conversation takes it (`server_prompt_cache`), up to a limit for
//! all of them. Where layers are recurrent or have a sliding window it also saves what those hold every few thousand
//! tokens, because their past cannot be cut back (`server_prompt_checkpoint`). Ollama and LM Studio pass both on.

use super::cache::{LayerCache, LayerState};
use super::settings::Settings;
use crate::engine::memory::{Basis, Part, PartName, Place};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Block, Inference, Keep, Mixer, Model, Server};
use crate::units::{Bytes, count};

const KEPT: &str = "llama-server as vendored in llama-cpp-python 0.3.36: --cache-ram holds prompts up to its limit, one \
                    at least; low end: a single conversation, none";
const SAVED: &str = "llama-server as vendored in llama-cpp-python 0.3.36: checkpoints 8,192 tokens apart and two near \
                     the end of a prompt, 32 a slot; fewer where a conversation grows in small turns";

/// Tokens that lie between two checkpoints at least (`--checkpoint-min-step`).
const APART: f64 = 8192.0;

/// Adds what the server keeps.
pub(super) fn parts(
    parts: &mut Vec<Part>,
    model: &Model,
    (inference, settings): (&Inference, &Settings),
    detail: Detail,
) {
    if inference.server == Server::None {
        return;
    }
    let one = Conversation::of(model, settings, inference);
    let part = |name, worked: Worked| Part::worked(name, Place::Host, Basis::Modelled, worked);
    let kept = |checkpoints: f64| one.kept(detail, checkpoints);
    let [few, usual, many] = one.checkpoints(inference);
    let limit = Bytes::mib(count(inference.cache_ram)).get();
    if limit > 0.0 {
        let best = kept(usual);
        let high = formula!(
            detail, KEPT;
            one_prompt = kept(many),
            limit = limit
            => max(limit, one_prompt)
        );
        let none = Figure::found(detail, KEPT, "no_other_conversation", 0.0);
        parts.push(part(PartName::PromptCache, Worked::band(none, best, high)));
    }
    if one.checkpoint > 0.0 && many > 0.0 {
        let saved = |number: f64| {
            formula!(
                detail, SAVED;
                requests = count(inference.concurrency.max(1)),
                checkpoints = number,
                bytes = one.checkpoint
                => requests * checkpoints * bytes
            )
        };
        parts.push(part(PartName::Checkpoints, Worked::band(saved(few), saved(usual), saved(many))));
    }
}

/// A conversation whose prompt and answer are kept.
struct Conversation {
    tokens: f64,
    /// Bytes of keys and values of a token in the layers that see everything.
    token: f64,
    /// Bytes of the layers with a window, as far as it reaches.
    windows: f64,
    /// Bytes of the states of recurrent layers.
    states: f64,
    /// Bytes of a checkpoint.
    checkpoint: f64,
}

impl Conversation {
    fn of(model: &Model, settings: &Settings, inference: &Inference) -> Self {
        let tokens = count(inference.prompt.saturating_add(inference.generate));
        let mut found = Self { tokens, token: 0.0, windows: 0.0, states: 0.0, checkpoint: 0.0 };
        let alone = Settings { slots: 1, kept_states: 0, ..*settings };
        for run in &model.stack {
            for block in &run.blocks {
                let layers = f64::from(run.repeat) * f64::from(block.times);
                let caches = [LayerCache::of(block, settings), LayerCache::of_indexer(block, settings)];
                let row: u64 = caches.into_iter().flatten().map(|layer| layer.keys + layer.values).sum();
                let row = count(row);
                match window(block).filter(|_| !settings.full_windows) {
                    Some(window) => found.windows += layers * row * tokens.min(f64::from(window)),
                    None => found.token += layers * row,
                }
                let state = LayerState::of(block, &alone).map_or(0, LayerState::bytes);
                found.states += layers * count(state);
            }
        }
        found.checkpoint = found.windows + found.states;
        found
    }

    /// Few, usual and many checkpoints of the conversation.
    fn checkpoints(&self, inference: &Inference) -> [f64; 3] {
        if self.checkpoint <= 0.0 {
            return [0.0; 3];
        }
        let most = count(inference.context_checkpoints);
        let apart = |step: f64, more: f64| ((self.tokens / step).floor() + more).min(most);
        [apart(2.0 * APART, 1.0), apart(APART, 2.0), apart(APART, 3.0)]
    }

    /// Bytes of it in the prompt cache.
    fn kept(&self, detail: Detail, checkpoints: f64) -> Figure {
        formula!(
            detail, KEPT;
            tokens = self.tokens,
            bytes_per_token = self.token,
            windows = self.windows,
            states = self.states,
            checkpoints = checkpoints,
            checkpoint_bytes = self.checkpoint
            => tokens * bytes_per_token + windows + states + checkpoints * checkpoint_bytes
        )
    }
}

fn window(block: &Block) -> Option<u32> {
    match &block.mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => attention.window,
        Mixer::Listed(listed) => listed.tokens().and_then(Keep::window),
        Mixer::Mla(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) => None,
    }
}
