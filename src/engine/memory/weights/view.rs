//! What llama.cpp's quantizer looks at in a model besides the tensor at hand.

use crate::spec::{Architecture, Block, FeedForward, Mixer, Model, Role};

/// What llama.cpp's quantizer looks at in a model besides the tensor at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct View {
    /// Whether the token embedding is the output matrix too.
    pub(super) tied: bool,
    /// Routed experts; 0 where it has none.
    pub(super) experts: u32,
    /// Query heads that share a key head.
    pub(super) shared_heads: u32,
    /// Whether it counts as a model of the 70B class, whose few value matrices get more bits.
    pub(super) large: bool,
    /// Layers.
    pub(super) layers: u32,
    /// Tensors that are values or contain them.
    pub(super) value_like: u32,
}

impl View {
    pub(super) fn of(model: &Model) -> Self {
        let layers = model.layer_count();
        let experts = experts(model);
        let shared_heads = shared_heads(model);
        let large = Architecture::of(model).llama_cpp.large.is_some_and(|class| {
            let grouped = shared_heads != 1 && experts != 8;
            layers == class.layers && (grouped || !class.only_grouped)
        });
        Self {
            tied: model.tied_embeddings,
            experts,
            shared_heads,
            large,
            layers,
            value_like: value_like(model),
        }
    }
}

/// Routed experts of the model; 0 where it has none.
fn experts(model: &Model) -> u32 {
    blocks(model)
        .map(|block| match &block.feed_forward {
            FeedForward::Experts(experts) => experts.count,
            FeedForward::Dense { .. } | FeedForward::None => 0,
        })
        .max()
        .unwrap_or(0)
}

/// Query heads that share a key head in the first layer, the one llama.cpp looks at; 0 where it has none.
/// Gated delta-rule layers are passed over: their files state the heads of the attention layers.
fn shared_heads(model: &Model) -> u32 {
    let mut past_delta = blocks(model).skip_while(|block| matches!(block.mixer, Mixer::GatedDelta(_)));
    match past_delta.next().map(|block| &block.mixer) {
        Some(Mixer::Attention(attention) | Mixer::Parallel(attention, _)) => {
            attention.heads.checked_div(attention.kv_heads).unwrap_or(0)
        }
        Some(Mixer::Mla(mla)) => mla.heads,
        Some(Mixer::Listed(listed)) => {
            let keys = listed.tokens().map_or(0, |keep| keep.keys);
            listed.heads.saturating_mul(listed.head).checked_div(keys).unwrap_or(0)
        }
        Some(Mixer::Mamba2(_) | Mixer::GatedDelta(_)) | None => 0,
    }
}

/// Tensors of the model that are values or contain them.
fn value_like(model: &Model) -> u32 {
    model.stack.iter().fold(0, |all, run| {
        let with_values = run.blocks.iter().filter(|block| has_values(&block.mixer));
        let round = with_values.fold(0_u32, |round, block| round.saturating_add(block.times));
        all.saturating_add(run.repeat.saturating_mul(round))
    })
}

/// Whether a layer has a tensor that is values or contains them.
pub(super) fn has_values(mixer: &Mixer) -> bool {
    match mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => !attention.values_are_keys,
        Mixer::GatedDelta(_) => true,
        Mixer::Listed(listed) => {
            listed.matrices.iter().any(|(role, ..)| matches!(role, Role::Value | Role::QueryKeyValue))
        }
        Mixer::Mla(_) | Mixer::Mamba2(_) => false,
    }
}

/// Each block of the stack once.
fn blocks(model: &Model) -> impl Iterator<Item = &Block> {
    model.stack.iter().flat_map(|run| &run.blocks)
}
