//! Liquid's models: short convolutions, with an attention layer now and then.

use super::draft::Draft;
use crate::spec::{Role, Span};

/// `Lfm2ForCausalLM`.
pub(super) fn lfm2(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let mut width = given.n("block_ff_dim").or_else(|| given.n("intermediate_size"))?;
    if given.flag("block_auto_adjust_ff_dim", true) {
        width = 2 * width / 3;
        if let Some(times) = given.real("block_ffn_dim_multiplier") {
            width = crate::units::whole((times * crate::units::count(width)).floor());
        }
        let multiple = given.or("block_multiple_of", 256).max(1);
        width = width.next_multiple_of(multiple);
    }
    layers(draft, None, |draft, _| {
        draft.gated(width);
        Some(())
    })
}

/// `Lfm2MoeForCausalLM`.
pub(super) fn lfm2_moe(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let dense = given.or("num_dense_layers", 2);
    let experts = (given.n("num_experts")?, given.n("num_experts_per_tok")?);
    let (width, own) = (given.n("intermediate_size")?, given.n("moe_intermediate_size")?);
    layers(draft, None, |draft, layer| {
        if layer < dense {
            draft.gated(width);
        } else {
            draft.experts(experts, own, 0);
        }
        Some(())
    })
}

/// `Lfm3ForCausalLM`: norms behind too, and a gate of each head.
pub(super) fn lfm3(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let width = given.n("intermediate_size")?;
    let sandwich = given.flag("use_sandwich_norm", true);
    let hidden = draft.hidden;
    layers(draft, given.flag("use_attention_gate", true).then_some(()), |draft, _| {
        if sandwich {
            draft.vector(2 * hidden);
        }
        draft.gated(width);
        Some(())
    })
}

/// All layers, each with its network.
fn layers(
    draft: &mut Draft<'_>,
    gate: Option<()>,
    network: impl Fn(&mut Draft<'_>, u64) -> Option<()>,
) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let (heads, kv_heads) = (given.n("num_attention_heads")?.max(1), given.n("num_key_value_heads")?);
    let head = given.n("head_dim").unwrap_or(hidden / heads);
    let taps = given.or("conv_L_cache", 3);
    let bias = u64::from(given.flag("conv_bias", false));
    // Files from before `layer_types` list the layers with attention.
    let attends = given.numbers("full_attn_idxs");
    let kinds = given.names("layer_types").or_else(|| {
        let kind =
            |layer| if attends.as_ref()?.contains(&layer) { Some("full_attention") } else { Some("conv") };
        (0..draft.layers).map(kind).collect()
    });
    draft.outer(true)?;
    for (layer, kind) in (0..draft.layers).zip(kinds?) {
        draft.at(layer);
        draft.vector(2 * hidden);
        if kind == "conv" {
            draft.matrix(Role::RecurrentIn, hidden, 3 * hidden);
            draft.matrix(Role::Convolution, taps, hidden);
            draft.matrix(Role::RecurrentOut, hidden, hidden);
            draft.vector(bias * 5 * hidden);
            draft.state(hidden * taps.saturating_sub(1), 0);
        } else {
            let window = given.n("sliding_window").filter(|_| kind == "sliding_attention");
            draft.attention(heads, kv_heads, (head, head), window.map_or(Span::Context, Span::Window));
            draft.vector(2 * head);
            if gate.is_some() {
                draft.matrix(Role::AttentionGate, hidden, heads);
            }
        }
        network(draft, layer)?;
    }
    Some(())
}
