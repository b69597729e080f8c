//! Latent attention, with and without small heads that choose its tokens: MiniCPM 3, GLM 5, Hy 4, dots and Mistral Large 4.

use super::deepseek_v4::{join, mixers};
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

    /// The matrices, and the latent vector that is kept of every token.
    pub(super) fn lay(self, draft: &mut Draft<'_>) {
        self.lay_over(draft, Span::Context);
    }

    /// The same, kept over a span.
    fn lay_over(self, draft: &mut Draft<'_>, span: Span) {
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
        draft.heads(self.heads, self.nope + self.rope);
        draft.keep(KeptKind::Tokens, self.rank + self.rope, span);
    }

    /// The same widths with what one layer has otherwise.
    fn with(self, own: Option<Given<'_>>) -> Self {
        let Some(given) = own else { return self };
        Self {
            heads: given.or("num_attention_heads", self.heads),
            query: given.n("q_lora_rank").or(self.query),
            rank: given.or("kv_lora_rank", self.rank),
            nope: given.or("qk_nope_head_dim", self.nope),
            rope: given.or("qk_rope_head_dim", self.rope),
            value: given.or("v_head_dim", self.value),
        }
    }
}

/// What chooses the tokens: queries from the narrow ones, one key, a weight of each head.
fn indexer(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let (heads, head) = (given.n("index_n_heads")?, given.n("index_head_dim")?);
    draft.matrix(Role::Other, given.n("q_lora_rank")?, heads * head);
    draft.matrix(Role::Other, hidden, head);
    draft.matrix(Role::Other, hidden, heads);
    draft.vector(2 * head);
    draft.keep(KeptKind::Indexer, head, Span::Context);
    Some(())
}

/// The network of a layer: a dense one where the file says so, else experts.
fn network(draft: &mut Draft<'_>, layer: u64) -> Option<()> {
    let given = draft.given;
    let named = given.names("mlp_layer_types");
    let at = usize::try_from(layer).ok()?;
    let named = named.as_ref().and_then(|kinds| kinds.get(at)).map(|kind| *kind == "dense");
    if named.unwrap_or(layer < given.or("first_k_dense_replace", 0)) {
        draft.gated(given.n("intermediate_size")?);
    } else {
        let own = given.n("moe_intermediate_size")?;
        let experts = (given.n("n_routed_experts")?, given.n("num_experts_per_tok")?);
        let shared = own * given.or("n_shared_experts", 0);
        draft.experts(experts, own, given.or("shared_experts_intermediate_size", shared));
    }
    Some(())
}

/// `MiniCPM3ForCausalLM` and `YoutuForCausalLM`: one network for every token.
pub(super) fn dense(draft: &mut Draft<'_>) -> Option<()> {
    let (latent, width) = (Latent::of(draft.given)?, draft.given.n("intermediate_size")?);
    draft.outer(true)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.vector(2 * draft.hidden);
        latent.lay(draft);
        draft.gated(width);
    }
    Some(())
}

/// `AXK1ForCausalLM`: a norm behind experts.
pub(super) fn axk1(draft: &mut Draft<'_>) -> Option<()> {
    let latent = Latent::of(draft.given)?;
    let kinds = draft.given.names("mlp_layer_types")?;
    draft.outer(false)?;
    for (layer, kind) in (0..draft.layers).zip(kinds) {
        draft.at(layer);
        draft.vector(if kind == "dense" { 2 } else { 3 } * draft.hidden);
        latent.lay(draft);
        network(draft, layer)?;
    }
    Some(())
}

/// `GlmMoeDsaForCausalLM` of which some layers take the tokens that a layer before them chose.
pub(super) fn shared_choice(draft: &mut Draft<'_>) -> Option<()> {
    let latent = Latent::of(draft.given)?;
    let chooses = draft.given.names("indexer_types")?;
    draft.outer(false)?;
    for (layer, chooses) in (0..draft.layers).zip(chooses) {
        draft.at(layer);
        draft.vector(2 * draft.hidden);
        latent.lay(draft);
        if chooses == "full" {
            indexer(draft)?;
        }
        network(draft, layer)?;
    }
    Some(())
}

/// `HYV4ForCausalLM`: besides, a residual stream in lanes, gates and sinks.
pub(super) fn hy_v4(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let lanes = given.or("hc_mult", 4);
    let latent = Latent::of(given)?;
    shared_choice(draft)?;
    draft.outside();
    join(draft, lanes);
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.vector(latent.heads);
        draft.matrix(Role::AttentionGate, draft.hidden, latent.heads * latent.value);
        mixers(draft, lanes, 2 * lanes, 2);
    }
    Some(())
}

/// `Dots3NoteForCausalLM`: layers with a window have a latent vector of another width, and choose nothing.
pub(super) fn dots3(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let latent = Latent::of(given)?;
    let kinds = given.names("layer_types")?;
    let window = given.n("sliding_window")?;
    draft.outer(false)?;
    for (layer, kind) in (0..draft.layers).zip(kinds) {
        draft.at(layer);
        let here = latent.with(given.of_layer(layer));
        let slides = kind == "sliding_attention";
        here.lay_over(draft, if slides { Span::Window(window) } else { Span::Context });
        draft.vector(2 * draft.hidden + here.rope);
        draft.matrix(Role::AttentionGate, draft.hidden, here.heads);
        if !slides {
            indexer(draft)?;
        }
        network(draft, layer)?;
    }
    Some(())
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
