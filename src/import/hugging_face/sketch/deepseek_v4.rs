//! DeepSeek V4: one key and value head, kept for the last tokens whole and for all of them compressed, and a residual
//! stream in several lanes.

use serde_json::Value;

use super::draft::Draft;
use super::given::Given;
use crate::spec::{KeptKind, Role, Span};

/// Its layers (`DeepseekV4ForCausalLM`).
pub(super) fn layout(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let (heads, head) = (given.n("num_attention_heads")?, given.n("head_dim")?);
    let (query, output) = (given.n("q_lora_rank")?, given.n("o_lora_rank")?);
    let groups = given.n("o_groups")?.max(1);
    let (index_heads, index) = (given.n("index_n_heads")?, given.n("index_head_dim")?);
    let window = given.n("sliding_window")?;
    let ratios = ratios(given)?;
    let experts = (given.n("n_routed_experts")?, given.n("num_experts_per_tok")?);
    let width = given.n("moe_intermediate_size")?;
    let shared = width * given.or("n_shared_experts", 1);
    let lanes = given.or("hc_mult", 4);
    draft.outer(false)?;
    join(draft, lanes);
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.vector(heads + query + head + 2 * hidden);
        draft.matrix(Role::QueryDown, hidden, query);
        draft.matrix(Role::QueryUp, query, heads * head);
        draft.matrix(Role::LatentDown, hidden, head);
        draft.matrix(Role::AttentionOutput, heads * head / groups, groups * output);
        draft.matrix(Role::AttentionOutput, groups * output, hidden);
        draft.experts(experts, width, shared);
        lanes_of(draft, lanes);
        draft.heads(heads, head);
        draft.keep(KeptKind::Tokens, head, Span::Window(window));
        let ratio = ratios.get(usize::try_from(layer).unwrap_or(usize::MAX)).copied().unwrap_or(0);
        if ratio == 0 {
            continue;
        }
        // Few tokens are compressed with an overlap, which doubles what is projected; those are chosen from.
        let chosen = ratio <= window.min(16);
        let wide = if chosen { 2 * head } else { head };
        compressor(draft, ratio, wide, head);
        draft.keep(KeptKind::Tokens, head, Span::Every(ratio));
        if chosen {
            compressor(draft, ratio, 2 * index, index);
            draft.matrix(Role::Other, query, index_heads * index);
            draft.matrix(Role::Other, hidden, index_heads);
            draft.keep(KeptKind::Indexer, index, Span::Every(ratio));
        }
    }
    Some(())
}

/// How many tokens each layer makes one of: a list, or a number for each kind of layer.
fn ratios(given: Given<'_>) -> Option<Vec<u64>> {
    given.numbers("compress_ratios").or_else(|| {
        let rates = given.0.get("compress_rates")?;
        let rate = |kind: &str| rates.get(kind).and_then(Value::as_u64).unwrap_or(0);
        Some(given.names("layer_types")?.into_iter().map(rate).collect())
    })
}

/// What makes one vector of several tokens.
fn compressor(draft: &mut Draft<'_>, ratio: u64, wide: u64, head: u64) {
    draft.vector(ratio * wide + head);
    draft.matrix(Role::Other, draft.hidden, wide);
    draft.matrix(Role::Other, draft.hidden, wide);
}

/// What joins the lanes before the output.
pub(super) fn join(draft: &mut Draft<'_>, lanes: u64) {
    draft.matrix(Role::Other, draft.hidden * lanes, lanes);
    draft.vector(lanes + 1);
}

/// What mixes the lanes of the residual stream, before attention and before the network.
pub(super) fn lanes_of(draft: &mut Draft<'_>, lanes: u64) {
    mixers(draft, lanes, 2 * lanes + lanes * lanes, 3);
}

/// The same with so many numbers of a mix, and so many scales of them.
pub(super) fn mixers(draft: &mut Draft<'_>, lanes: u64, mixed: u64, scales: u64) {
    for _ in 0..2 {
        draft.matrix(Role::Other, draft.hidden * lanes, mixed);
        draft.vector(mixed + scales);
    }
}
