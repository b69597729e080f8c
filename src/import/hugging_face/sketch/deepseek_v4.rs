//! DeepSeek V4: one key and value head, kept for the last tokens whole and for all of them compressed, and a residual
//! stream in several lanes.

use super::draft::Draft;
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
    let ratios = given.numbers("compress_ratios")?;
    let experts = (given.n("n_routed_experts")?, given.n("num_experts_per_tok")?);
    let width = given.n("moe_intermediate_size")?;
    let shared = width * given.or("n_shared_experts", 1);
    let lanes = given.or("hc_mult", 4);
    draft.outer(false)?;
    // What joins the lanes before the output.
    draft.matrix(Role::Other, hidden * lanes, lanes);
    draft.vector(lanes + 1);
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

/// What makes one vector of several tokens.
fn compressor(draft: &mut Draft<'_>, ratio: u64, wide: u64, head: u64) {
    draft.vector(ratio * wide + head);
    draft.matrix(Role::Other, draft.hidden, wide);
    draft.matrix(Role::Other, draft.hidden, wide);
}

/// What mixes the lanes of the residual stream, before attention and before the network.
pub(super) fn lanes_of(draft: &mut Draft<'_>, lanes: u64) {
    let mixed = 2 * lanes + lanes * lanes;
    for _ in 0..2 {
        draft.matrix(Role::Other, draft.hidden * lanes, mixed);
        draft.vector(mixed + 3);
    }
}
