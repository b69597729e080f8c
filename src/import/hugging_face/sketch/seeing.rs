//! Language models that have layers or experts for what is seen: Llama 3.2 Vision and ERNIE 4.5 VL.

use super::draft::Draft;
use crate::spec::{Role, Span};

/// `MllamaForCausalLM`: some layers look at an image instead of at the text, and keep nothing where there is none.
pub(super) fn mllama(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let heads = given.n("num_attention_heads")?.max(1);
    let kv_heads = given.n("num_key_value_heads")?;
    let head = hidden / heads;
    let width = given.n("intermediate_size")?;
    let looking = given.numbers("cross_attention_layers")?;
    draft.outer(false)?;
    // The embedding has eight rows more than the output, for images.
    draft.matrix(Role::TokenEmbedding, hidden, 8);
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.vector(2 * hidden);
        if looking.contains(&layer) {
            draft.matrix(Role::Query, hidden, heads * head);
            draft.matrix(Role::Key, hidden, kv_heads * head);
            draft.matrix(Role::Value, hidden, kv_heads * head);
            draft.matrix(Role::AttentionOutput, heads * head, hidden);
            draft.vector(2 * head + 2);
        } else {
            draft.attention(heads, kv_heads, (head, head), Span::Context);
        }
        draft.gated(width);
    }
    Some(())
}

/// `Ernie4_5_VLMoeForConditionalGeneration`: experts for text and narrower ones for what is seen.
pub(super) fn ernie(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let heads = given.n("num_attention_heads")?.max(1);
    let kv_heads = given.n("num_key_value_heads")?;
    let head = given.n("head_dim").unwrap_or(hidden / heads);
    let widths = given.numbers("moe_intermediate_size")?;
    let (text, seen) = (*widths.first()?, *widths.get(1)?);
    let counts = given.numbers("moe_num_experts");
    let routed = given.n("moe_num_experts").or_else(|| counts?.first().copied())?;
    let experts = (routed, given.n("moe_k")?);
    let shared = text * given.or("moe_num_shared_experts", 0);
    let networks = given.names("mlp_layer_types");
    let starts = given.numbers("moe_layer_start_index");
    let first = given.n("moe_layer_start_index").or_else(|| starts?.first().copied()).unwrap_or(1);
    let width = given.n("intermediate_size")?;
    draft.outer(true)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.vector(2 * hidden);
        draft.attention(heads, kv_heads, (head, head), Span::Context);
        let at = usize::try_from(layer).ok()?;
        let named =
            networks.as_ref().and_then(|networks| networks.get(at)).map(|network| *network == "dense");
        if named.unwrap_or(layer < first) {
            draft.gated(width);
            continue;
        }
        draft.experts(experts, text, shared);
        // A token of the text uses none of those.
        draft.experts((routed, 0), seen, 0);
        draft.vector(2 * routed);
    }
    Some(())
}
