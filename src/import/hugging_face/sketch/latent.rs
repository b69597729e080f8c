//! Mistral Large 4: latent attention whose tokens small heads choose.

use super::draft::Draft;
use super::given::Given;
use crate::spec::{KeptKind, Role, Span};

/// Widths of latent attention.
#[derive(Clone, Copy)]
pub(super) struct Latent {
    heads: u64,
    query: Option<u64>,
    rank: u64,
    nope: u64,
    rope: u64,
    value: u64,
}

impl Latent {
    /// As a configuration gives them.
    pub(super) fn of(given: Given<'_>) -> Option<Self> {
        Some(Self {
            heads: given.n("num_attention_heads")?,
            query: given.n("q_lora_rank"),
            rank: given.n("kv_lora_rank")?,
            nope: given.n("qk_nope_head_dim")?,
            rope: given.n("qk_rope_head_dim")?,
            value: given.n("v_head_dim")?,
        })
    }

    /// The matrices, and the latent vector that is kept.
    pub(super) fn lay(self, draft: &mut Draft<'_>) {
        let hidden = draft.hidden;
        let queries = self.heads * (self.nope + self.rope);
        if let Some(rank) = self.query {
            draft.matrix(Role::QueryDown, hidden, rank);
            draft.vector(rank);
            draft.matrix(Role::QueryUp, rank, queries);
        } else {
            draft.matrix(Role::Query, hidden, queries);
        }
        draft.matrix(Role::LatentDown, hidden, self.rank + self.rope);
        draft.vector(self.rank);
        draft.matrix(Role::LatentKey, self.rank, self.heads * (self.nope + self.value));
        draft.matrix(Role::AttentionOutput, self.heads * self.value, hidden);
        draft.keep(KeptKind::Tokens, self.rank + self.rope, Span::Context);
    }
}

/// `MistralLarge4ForConditionalGeneration`: layers without rotary positions have wider plain keys.
pub(super) fn mistral_large4(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let latent = Latent::of(given)?;
    let (index_heads, index) = (given.n("index_n_heads")?, given.n("index_head_dim")?);
    let rotary = given.numbers("no_rope_layers")?;
    let kinds = given.names("mlp_layer_types")?;
    let experts = (given.n("n_routed_experts")?, given.n("num_experts_per_tok")?);
    let (width, own) = (given.n("intermediate_size")?, given.n("moe_intermediate_size")?);
    draft.outer(false)?;
    draft.vector(latent.rope / 2);
    for (layer, (kind, rotates)) in (0..draft.layers).zip(kinds.into_iter().zip(rotary)) {
        draft.at(layer);
        let here =
            if rotates == 0 { Latent { nope: latent.nope + latent.rope, rope: 0, ..latent } } else { latent };
        here.lay(draft);
        draft.vector(2 * latent.heads + 2 * hidden);
        // What chooses the tokens, with a scale of each head and norms of its own.
        draft.matrix(Role::Other, hidden, index_heads * index);
        draft.matrix(Role::Other, hidden, index);
        draft.matrix(Role::Other, hidden, index_heads);
        draft.vector(2 * index + 2 * hidden + 2 * index_heads);
        draft.keep(KeptKind::Indexer, index, Span::Context);
        if kind == "dense" {
            draft.gated(width);
        } else {
            draft.experts(experts, own, own * given.or("n_shared_experts", 1));
        }
    }
    Some(())
}
