//! Attention whose layers differ in more than a window: MiMo V2, Step 3.5 and 3.7, the small Gemma 4 and Gemma 3n.

use super::draft::Draft;
use super::given::Given;
use crate::spec::{Role, Span};

/// `MiMoV2FlashForCausalLM`: keys wider than values, and other heads in layers with a window.
pub(super) fn mimo_v2(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let kinds = given.names("layer_types");
    let slides = kinds.map(|kinds| kinds.iter().map(|kind| *kind == "sliding_attention").collect());
    let pattern: Vec<bool> = slides.or_else(|| given.switches("hybrid_layer_pattern"))?;
    let networks = given.names("mlp_layer_types");
    let routes = networks.map(|networks| networks.iter().map(|network| *network == "sparse").collect());
    let sparse: Vec<bool> = routes.or_else(|| given.switches("moe_layer_freq"))?;
    let full = (given.n("num_attention_heads")?, given.n("num_key_value_heads")?);
    let (key, value) = (given.n("head_dim")?, given.n("v_head_dim")?);
    let slides =
        (given.or("swa_num_attention_heads", full.0), given.or("swa_num_key_value_heads", 2 * full.1));
    let (slide_key, slide_value) = (given.or("swa_head_dim", key), given.or("swa_v_head_dim", value));
    let window = given.n("sliding_window").or_else(|| given.n("sliding_window_size"))?;
    let experts = (given.n("n_routed_experts")?, given.n("num_experts_per_tok")?);
    let (width, own) = (given.n("intermediate_size")?, given.n("moe_intermediate_size")?);
    draft.outer(false)?;
    for (layer, (slid, routes)) in (0..draft.layers).zip(pattern.into_iter().zip(sparse)) {
        draft.at(layer);
        draft.vector(2 * hidden);
        if slid {
            draft.attention(slides.0, slides.1, (slide_key, slide_value), Span::Window(window));
            draft.vector(if given.flag("add_swa_attention_sink_bias", true) { slides.0 } else { 0 });
        } else {
            draft.attention(full.0, full.1, (key, value), Span::Context);
            draft.vector(if given.flag("add_full_attention_sink_bias", false) { full.0 } else { 0 });
        }
        if routes {
            draft.experts(experts, own, own * given.or("n_shared_experts", 0));
        } else {
            draft.gated(width);
        }
    }
    Some(())
}

/// `Step3p7ForConditionalGeneration`: a gate of each head, and windows in most layers.
pub(super) fn step(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let first = |keys: &[&str]| keys.iter().find_map(|key| given.n(key));
    let heads = given.n("num_attention_heads")?;
    let kv_heads = first(&["num_key_value_heads", "num_attention_groups"])?;
    let head = given.n("head_dim")?;
    let kinds = given.names("layer_types")?;
    let window = given.n("sliding_window");
    // Layers with a window may have other heads.
    let other = given.0.get("attention_other_setting").map(Given);
    let other = other.and_then(|other| other.n("num_attention_heads"));
    let sliding_heads = given.n("num_sliding_attention_heads").or(other).unwrap_or(heads);
    let networks = given.names("mlp_layer_types");
    let dense = given.or("first_k_dense_replace", 3);
    let routed = first(&["n_routed_experts", "moe_num_experts", "num_experts", "num_local_experts"])?;
    let used = first(&["num_experts_per_tok", "moe_top_k"])?;
    let (width, own) = (given.n("intermediate_size")?, given.n("moe_intermediate_size")?);
    let shared = first(&["share_expert_dim", "share_expert_dims"]).unwrap_or(own);
    draft.outer(false)?;
    for (layer, kind) in (0..draft.layers).zip(kinds) {
        draft.at(layer);
        draft.vector(2 * hidden + 2 * head);
        let (heads, span) = if kind == "sliding_attention" {
            (sliding_heads, Span::Window(window?))
        } else {
            (heads, Span::Context)
        };
        draft.attention(heads, kv_heads, (head, head), span);
        draft.matrix(Role::AttentionGate, hidden, heads);
        let place = usize::try_from(layer).unwrap_or(usize::MAX);
        let named =
            networks.as_ref().and_then(|networks| networks.get(place)).map(|network| *network == "dense");
        if named.unwrap_or(layer < dense) {
            draft.gated(width);
        } else {
            draft.experts((routed, used), own, shared);
        }
    }
    Some(())
}

/// The small models of `Gemma4ForConditionalGeneration`: embeddings of each layer, and layers that share keys.
pub(super) fn gemma4(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let own = given.n("hidden_size_per_layer_input").filter(|own| *own > 0)?;
    // No class has experts and embeddings of each layer.
    if given.flag("enable_moe_block", false) {
        return None;
    }
    let width = given.n("intermediate_size")?;
    let shared = given.or("num_kv_shared_layers", 0);
    let first_shared = draft.layers.saturating_sub(shared);
    let doubled = given.flag("use_double_wide_mlp", false);
    per_layer_embeddings(draft, own)?;
    for (layer, kind) in (0..draft.layers).zip(given.names("layer_types")?) {
        draft.at(layer);
        let is_global = kind == "full_attention";
        let of_layer = given.of_layer(layer).and_then(|own| own.n("head_dim"));
        let global = given.or("global_head_dim", 512);
        let head = of_layer.or_else(|| if is_global { Some(global) } else { given.n("head_dim") })?;
        shared_attention(draft, head, kind, layer >= first_shared)?;
        draft.vector(5 * hidden);
        draft.matrix(Role::Gate, hidden, own);
        draft.matrix(Role::Down, own, hidden);
        draft.gated(if doubled && layer >= first_shared { 2 * width } else { width });
    }
    Some(())
}

/// `Gemma3nForConditionalGeneration`: besides, four streams, of which one is computed and the others are predicted.
pub(super) fn gemma3n(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let own = given.n("hidden_size_per_layer_input").filter(|own| *own > 0)?;
    let widths = given.numbers("intermediate_size");
    let one_width = given.n("intermediate_size");
    let streams = given.or("altup_num_inputs", 4);
    let rank = given.or("laurel_rank", 64);
    let first_shared = draft.layers.saturating_sub(given.or("num_kv_shared_layers", 15));
    per_layer_embeddings(draft, own)?;
    for _ in 1..streams {
        draft.matrix(Role::Other, hidden, hidden);
        draft.matrix(Role::Other, hidden, hidden);
    }
    for (layer, kind) in (0..draft.layers).zip(given.names("layer_types")?) {
        draft.at(layer);
        shared_attention(draft, given.n("head_dim")?, kind, layer >= first_shared)?;
        // Four norms, that of the low rank, and that of the layer's own embedding.
        draft.vector(6 * hidden);
        draft.matrix(Role::Other, hidden, rank);
        draft.matrix(Role::Other, rank, hidden);
        // Predicting, correcting and routing of the streams.
        draft.vector(2 * hidden + streams * streams * streams + streams * streams + streams * hidden);
        draft.matrix(Role::Gate, hidden, own);
        draft.matrix(Role::Down, own, hidden);
        let place = usize::try_from(layer).unwrap_or(usize::MAX);
        let listed = widths.as_ref().and_then(|widths| widths.get(place)).copied();
        draft.gated(listed.or(one_width)?);
    }
    Some(())
}

/// The embedding of the model, and those that each layer has of its own.
fn per_layer_embeddings(draft: &mut Draft<'_>, own: u64) -> Option<()> {
    draft.outer(true)?;
    let rows = draft.given.rows("vocab_size_per_layer_input").or_else(|| draft.given.rows("vocab_size"))?;
    draft.matrix(Role::TokenEmbedding, own * draft.layers, rows);
    draft.matrix(Role::Other, draft.hidden, own * draft.layers);
    draft.vector(own);
    Some(())
}

/// Attention with norms on queries and keys; layers that share keys have queries alone.
fn shared_attention(draft: &mut Draft<'_>, head: u64, kind: &str, shares: bool) -> Option<()> {
    let given = draft.given;
    let (heads, kv_heads) = (given.n("num_attention_heads")?, given.n("num_key_value_heads")?);
    let window = given.n("sliding_window").filter(|_| kind == "sliding_attention");
    if shares {
        draft.matrix(Role::Query, draft.hidden, heads * head);
        draft.matrix(Role::AttentionOutput, heads * head, draft.hidden);
        draft.vector(head);
        draft.heads(heads, head);
    } else {
        draft.attention(heads, kv_heads, (head, head), window.map_or(Span::Context, Span::Window));
        draft.vector(2 * head);
    }
    Some(())
}
