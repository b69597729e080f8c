//! Delta-rule layers with a decay of each channel (Kimi Linear and what followed), and their latent attention.

use super::deepseek_v4::lanes_of;
use super::draft::Draft;
use super::given::Given;
use super::latent::Latent;
use crate::spec::{KeptKind, Role, Span};

/// How a family gates.
#[derive(Clone, Copy)]
struct Gates {
    /// Whether the decay goes through a low rank.
    narrow_decay: bool,
    /// Whether the output's gate does.
    narrow_output: bool,
    /// What gates attention: numbers of each head.
    attention: u64,
}

const KIMI: Gates = Gates { narrow_decay: true, narrow_output: true, attention: 0 };

/// `KimiLinearForCausalLM`, and the language model of Kimi K3.
pub(super) fn kimi(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let linear = given.0.get("linear_attn_config").map(Given);
    let full_rank = linear.is_some_and(|linear| linear.flag("use_full_rank_gate", false));
    let gated = given.flag("mla_use_output_gate", false);
    let attention = if gated { given.n("v_head_dim")? } else { 0 };
    hybrid(draft, Gates { narrow_output: !full_rank, attention, ..KIMI }, None)?;
    if given.n("attn_res_block_size").is_none() {
        return Some(());
    }
    // What each layer takes of the blocks before it: a query and a norm, before attention and before the network.
    draft.outside();
    draft.vector((4 * draft.layers + 2) * draft.hidden);
    Some(())
}

/// `BailingHybridForCausalLM`: Ling and Ring 3.
pub(super) fn bailing(draft: &mut Draft<'_>) -> Option<()> {
    hybrid(draft, Gates { narrow_decay: false, narrow_output: false, attention: 1 }, None)
}

/// `Glm5NextForConditionalGeneration`: a residual stream in lanes, and tokens chosen by pooled keys.
pub(super) fn glm5_next(draft: &mut Draft<'_>) -> Option<()> {
    let lanes = draft.given.or("hc_mult", 4);
    hybrid(draft, KIMI, Some(lanes))
}

/// Which layers are linear, and the heads, their width and the taps of those: by the names of Transformers, or as Kimi's
/// own files have it, which count layers from 1.
fn linear_layers(draft: &Draft<'_>) -> Option<(Vec<bool>, (u64, u64), u64)> {
    let given = draft.given;
    if let Some(own) = given.0.get("linear_attn_config").map(Given) {
        let attends = own.numbers("full_attn_layers")?;
        let kinds = (1..=draft.layers).map(|layer| !attends.contains(&layer)).collect();
        let shape = (own.n("num_heads")?, own.n("head_dim")?);
        return Some((kinds, shape, own.or("short_conv_kernel_size", 4)));
    }
    let kinds = given.names("layer_types")?.into_iter().map(|kind| kind == "linear_attention").collect();
    let shape = (given.n("linear_num_heads")?, given.n("linear_head_dim")?);
    Some((kinds, shape, given.or("linear_conv_kernel_dim", 4)))
}

/// Linear layers, latent attention, experts.
fn hybrid(draft: &mut Draft<'_>, gates: Gates, lanes: Option<u64>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let latent = Latent::of(given)?;
    let (linear, (heads, head), taps) = linear_layers(draft)?;
    let networks = given.names("mlp_layer_types");
    let dense = given.or("first_k_dense_replace", 0);
    draft.outer(false)?;
    for (layer, linear) in (0..draft.layers).zip(linear) {
        draft.at(layer);
        draft.vector(2 * hidden);
        if linear {
            delta(draft, (heads, head), taps, gates);
        } else {
            latent.lay(draft);
            draft.matrix(Role::AttentionGate, hidden, gates.attention * given.n("num_attention_heads")?);
            if lanes.is_some() {
                pooled_indexer(draft)?;
            }
        }
        if let Some(lanes) = lanes {
            lanes_of(draft, lanes);
        }
        let at = usize::try_from(layer).ok()?;
        let named =
            networks.as_ref().and_then(|networks| networks.get(at)).map(|network| *network == "dense");
        if named.unwrap_or(layer < dense) {
            draft.gated(given.n("intermediate_size")?);
        } else {
            experts(draft)?;
        }
    }
    Some(())
}

/// A mixture of experts, which may work on a narrower stream.
fn experts(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let routed = given.n("n_routed_experts").or_else(|| given.n("num_experts"))?;
    let used = given.n("num_experts_per_tok").or_else(|| given.n("num_experts_per_token"))?;
    let shared = given.n("n_shared_experts").or_else(|| given.n("num_shared_experts")).unwrap_or(1);
    let own = given.n("moe_intermediate_size")?;
    let inside = given.n("routed_expert_hidden_size");
    draft.experts_inside(inside.unwrap_or(hidden), (routed, used), own, own * shared);
    if let Some(inside) = inside {
        draft.matrix(Role::Other, hidden, inside);
        draft.matrix(Role::Other, inside, hidden);
        draft.vector(if given.flag("latent_moe_use_norm", false) { inside } else { 0 });
    }
    Some(())
}

/// A linear layer: queries, keys, values, a decay of each channel, a rate and a gate.
fn delta(draft: &mut Draft<'_>, (heads, head): (u64, u64), taps: u64, gates: Gates) {
    let hidden = draft.hidden;
    let inner = heads * head;
    draft.matrix(Role::Query, hidden, inner);
    draft.matrix(Role::Key, hidden, inner);
    draft.matrix(Role::Value, hidden, inner);
    draft.matrix(Role::Convolution, taps, 3 * inner);
    draft.vector(inner + heads + head);
    draft.matrix(Role::RecurrentRates, hidden, heads);
    for narrow in [gates.narrow_decay, gates.narrow_output] {
        if narrow {
            draft.matrix(Role::AttentionGate, hidden, head);
            draft.matrix(Role::AttentionGate, head, inner);
        } else {
            draft.matrix(Role::AttentionGate, hidden, inner);
        }
    }
    draft.matrix(Role::AttentionOutput, inner, hidden);
    draft.state(3 * inner * taps.saturating_sub(1), inner * head);
}

/// `BailingMoeLinearV2ForCausalLM`: Ring 2 with linear layers, of which the last of each group and what is left of a group
/// see everything (mlx-lm's `bailing_moe_linear`).
pub(super) fn ring(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let (heads, kv_heads) = (given.n("num_attention_heads")?.max(1), given.n("num_key_value_heads")?);
    let head = given.n("head_dim").unwrap_or(hidden / heads);
    let (narrow, inner) = (hidden / heads, hidden / heads * heads);
    let group = given.n("layer_group_size")?.max(1);
    let own = given.n("moe_intermediate_size")?;
    let experts = (given.n("num_experts")?, given.n("num_experts_per_tok")?);
    let shared = given.or("num_shared_experts", 0) * given.or("moe_shared_expert_intermediate_size", own);
    let normed = given.flag("use_qk_norm", false);
    if given.flag("use_bias", false) || given.flag("use_qkv_bias", false) {
        return None;
    }
    draft.outer(false)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.vector(2 * hidden);
        if (layer + 1).is_multiple_of(group) || layer >= draft.layers / group * group {
            draft.attention(heads, kv_heads, (head, head), Span::Context);
            draft.vector(if normed { 2 * head } else { 0 });
        } else {
            draft.matrix(Role::QueryKeyValue, hidden, 3 * inner);
            draft.matrix(Role::AttentionGate, hidden, inner);
            draft.matrix(Role::AttentionOutput, inner, hidden);
            draft.vector(inner + if normed { 2 * narrow } else { 0 });
            draft.state(0, heads * narrow * narrow);
        }
        if layer < given.or("first_k_dense_replace", 0) {
            draft.gated(given.n("intermediate_size")?);
        } else {
            draft.experts(experts, own, shared);
        }
    }
    Some(())
}

/// `MiniMaxForCausalLM`: MiniMax-Text-01 and M1, whose linear layers keep a square a head.
pub(super) fn minimax(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let (heads, kv_heads) = (given.n("num_attention_heads")?.max(1), given.n("num_key_value_heads")?);
    let head = given.n("head_dim").unwrap_or(hidden / heads);
    let (width, inner) = (given.n("intermediate_size")?, heads * head);
    let experts = (given.n("num_local_experts")?, given.n("num_experts_per_tok")?);
    let kinds = given.names("layer_types");
    // The first files list a 1 where a layer attends.
    let listed = given.switches("attn_type_list");
    draft.outer(false)?;
    for layer in 0..draft.layers {
        let at = usize::try_from(layer).ok()?;
        let named = kinds.as_ref().and_then(|kinds| kinds.get(at)).map(|kind| *kind == "full_attention");
        let attends = named.or_else(|| listed.as_ref()?.get(at).copied())?;
        draft.at(layer);
        draft.vector(2 * hidden);
        if attends {
            draft.attention(heads, kv_heads, (head, head), Span::Context);
        } else {
            draft.matrix(Role::QueryKeyValue, hidden, 3 * inner);
            draft.matrix(Role::AttentionGate, hidden, inner);
            draft.matrix(Role::AttentionOutput, inner, hidden);
            draft.vector(inner);
            draft.state(0, heads * head * head);
        }
        draft.experts(experts, width, 0);
    }
    Some(())
}

/// What chooses the tokens by keys that are pooled.
fn pooled_indexer(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let (heads, index) = (given.n("index_n_heads")?, given.n("index_head_dim")?);
    let pool = given.or("index_kpool", 16).max(1);
    draft.vector(pool * index + 2 * index);
    draft.matrix(Role::Other, hidden, index);
    draft.matrix(Role::Other, given.n("q_lora_rank")?, heads * index);
    draft.matrix(Role::Other, hidden, index);
    draft.matrix(Role::Other, hidden, heads);
    draft.keep(KeptKind::Indexer, index, Span::Every(pool));
    Some(())
}

/// `OlmoHybridForCausalLM`: gated delta-rule layers, and attention with wide norms.
pub(super) fn olmo_hybrid(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let (heads, kv_heads) = (given.n("num_attention_heads")?.max(1), given.n("num_key_value_heads")?);
    let head = given.n("head_dim").unwrap_or(hidden / heads);
    let (key_heads, value_heads) = (given.n("linear_num_key_heads")?, given.n("linear_num_value_heads")?);
    let (key_head, value_head) = (given.n("linear_key_head_dim")?, given.n("linear_value_head_dim")?);
    let taps = given.or("linear_conv_kernel_dim", 4);
    let (keys, values) = (key_heads * key_head, value_heads * value_head);
    let width = given.n("intermediate_size")?;
    let kinds = given.names("layer_types")?;
    draft.outer(false)?;
    for (layer, kind) in (0..draft.layers).zip(kinds) {
        draft.at(layer);
        draft.vector(2 * hidden);
        if kind == "linear_attention" {
            draft.matrix(Role::Query, hidden, keys);
            draft.matrix(Role::Key, hidden, keys);
            draft.matrix(Role::Value, hidden, values);
            draft.matrix(Role::RecurrentRates, hidden, 2 * value_heads);
            draft.matrix(Role::AttentionGate, hidden, values);
            draft.matrix(Role::AttentionOutput, values, hidden);
            draft.matrix(Role::Convolution, taps, 2 * keys + values);
            draft.vector(2 * value_heads + value_head);
            let state = value_heads * key_head * value_head;
            draft.state((2 * keys + values) * taps.saturating_sub(1), state);
        } else {
            draft.attention(heads, kv_heads, (head, head), Span::Context);
            draft.vector((heads + kv_heads) * head);
        }
        draft.gated(width);
    }
    Some(())
}
