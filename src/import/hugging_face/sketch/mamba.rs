//! State-space layers: Mamba of the first and the second kind, and Jamba, which mixes them with attention and experts.

use super::draft::Draft;
use super::given::Given;
use crate::spec::{Role, Span};

/// `JambaForCausalLM`.
pub(super) fn jamba(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let (heads, kv_heads) = (given.n("num_attention_heads")?.max(1), given.n("num_key_value_heads")?);
    let head = hidden / heads;
    let (period, offset) = (given.or("attn_layer_period", 8).max(1), given.or("attn_layer_offset", 4));
    let (expert_period, expert_offset) =
        (given.or("expert_layer_period", 2).max(1), given.or("expert_layer_offset", 1));
    let experts = (given.or("num_experts", 16), given.or("num_experts_per_tok", 2));
    let width = given.n("intermediate_size")?;
    let inner = hidden * given.or("mamba_expand", 2);
    let (state, taps) = (given.or("mamba_d_state", 16), given.or("mamba_d_conv", 4));
    let rank = given.n("mamba_dt_rank").unwrap_or_else(|| hidden.div_ceil(16));
    let convolution_bias = u64::from(given.flag("mamba_conv_bias", true));
    let projection_bias = u64::from(given.flag("mamba_proj_bias", false));
    draft.outer(false)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.vector(2 * hidden);
        if layer % period == offset {
            draft.attention(heads, kv_heads, (head, head), Span::Context);
        } else {
            draft.matrix(Role::RecurrentIn, hidden, 2 * inner);
            draft.matrix(Role::Convolution, taps, inner);
            draft.matrix(Role::RecurrentRates, inner, rank + 2 * state);
            draft.matrix(Role::RecurrentRates, rank, inner);
            draft.matrix(Role::RecurrentOut, inner, hidden);
            // Decays, a skip, the bias of the time step, norms of what the state reads.
            draft.vector(inner * state + 2 * inner + rank + 2 * state);
            draft.vector(convolution_bias * inner + projection_bias * (2 * inner + hidden));
            draft.state(inner * taps.saturating_sub(1), inner * state);
        }
        if experts.0 > 1 && layer % expert_period == expert_offset {
            draft.experts(experts, width, 0);
        } else {
            draft.gated(width);
        }
    }
    Some(())
}

/// `MambaForCausalLM`.
pub(super) fn first(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let inner = given.n("intermediate_size").unwrap_or_else(|| hidden * given.or("expand", 2));
    let (state, taps) = (given.or("state_size", 16), given.or("conv_kernel", 4));
    let rank = given.n("time_step_rank").unwrap_or_else(|| hidden.div_ceil(16));
    let convolution_bias = u64::from(given.flag("use_conv_bias", true));
    let bias = u64::from(given.flag("use_bias", false));
    draft.outer(true)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.matrix(Role::RecurrentIn, hidden, 2 * inner);
        draft.matrix(Role::Convolution, taps, inner);
        draft.matrix(Role::RecurrentRates, inner, rank + 2 * state);
        draft.matrix(Role::RecurrentRates, rank, inner);
        draft.matrix(Role::RecurrentOut, inner, hidden);
        draft.vector(
            hidden + inner * state + 2 * inner + convolution_bias * inner + bias * (2 * inner + hidden),
        );
        draft.state(inner * taps.saturating_sub(1), inner * state);
    }
    Some(())
}

/// `Mamba2ForCausalLM`.
pub(super) fn second(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let inner = hidden * given.or("expand", 2);
    let (heads, groups) = (given.n("num_heads")?, given.or("n_groups", 8));
    let (state, taps) = (given.or("state_size", 128), given.or("conv_kernel", 4));
    let convolution_bias = u64::from(given.flag("use_conv_bias", true));
    let bias = u64::from(given.flag("use_bias", false));
    let convolved = inner + 2 * groups * state;
    draft.outer(false)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.matrix(Role::RecurrentIn, hidden, inner + convolved + heads);
        draft.matrix(Role::Convolution, taps, convolved);
        draft.matrix(Role::RecurrentOut, inner, hidden);
        draft.vector(hidden + inner + 3 * heads + convolution_bias * convolved);
        draft.vector(bias * (inner + convolved + heads + hidden));
        draft.state(convolved * taps.saturating_sub(1), inner * state);
    }
    Some(())
}

/// `NemotronHForCausalLM` whose layers stand in any order: each is a mixer or a network alone.
pub(super) fn nemotron_h(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let kinds = nemotron_kinds(given)?;
    let (heads, kv_heads) = (given.n("num_attention_heads")?, given.n("num_key_value_heads")?);
    let head = given.n("head_dim").or_else(|| given.n("attention_head_dim"))?;
    let width = given.n("intermediate_size");
    let inner_heads = given.n("mamba_num_heads")?;
    let inner = inner_heads * given.n("mamba_head_dim")?;
    let (groups, state, taps) =
        (given.or("n_groups", 8), given.n("ssm_state_size")?, given.or("conv_kernel", 4));
    let bias = u64::from(given.flag("use_conv_bias", true));
    let convolved = inner + 2 * groups * state;
    draft.outer(false)?;
    for (layer, kind) in (0..draft.layers).zip(kinds) {
        draft.at(layer);
        draft.vector(hidden);
        match kind {
            'M' => {
                draft.matrix(Role::RecurrentIn, hidden, inner + convolved + inner_heads);
                draft.matrix(Role::Convolution, taps, convolved);
                draft.matrix(Role::RecurrentOut, inner, hidden);
                draft.vector(inner + 3 * inner_heads + bias * convolved);
                draft.state(convolved * taps.saturating_sub(1), inner * state);
            }
            '*' => draft.attention(heads, kv_heads, (head, head), Span::Context),
            '-' => {
                draft.matrix(Role::Up, hidden, width?);
                draft.matrix(Role::Down, width?, hidden);
            }
            _ => return None,
        }
    }
    Some(())
}

/// Its kinds of layers, a letter each.
fn nemotron_kinds(given: Given<'_>) -> Option<Vec<char>> {
    if let Some(words) = given.names("layers_block_type") {
        let letter = |word: &&str| match *word {
            "mamba" | "linear_attention" => Some('M'),
            "attention" | "full_attention" => Some('*'),
            "mlp" => Some('-'),
            _ => None,
        };
        return words.iter().map(letter).collect();
    }
    Some(given.0.get("hybrid_override_pattern")?.as_str()?.chars().collect())
}

/// `BambaForCausalLM`.
pub(super) fn bamba(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let (heads, kv_heads) = (given.n("num_attention_heads")?.max(1), given.n("num_key_value_heads")?);
    let head = given.n("head_dim").unwrap_or(hidden / heads);
    let width = given.n("intermediate_size")?;
    let attends = given.numbers("attn_layer_indices").unwrap_or_default();
    let inner = hidden * given.or("mamba_expand", 2);
    let (inner_heads, groups) = (given.n("mamba_n_heads")?, given.or("mamba_n_groups", 1));
    let (state, taps) = (given.or("mamba_d_state", 256), given.or("mamba_d_conv", 4));
    let convolved = inner + 2 * groups * state;
    let bias = u64::from(given.flag("mamba_conv_bias", true));
    if given.flag("mamba_proj_bias", false) || given.flag("attention_bias", false) {
        return None;
    }
    draft.outer(false)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.vector(2 * hidden);
        draft.gated(width);
        if attends.contains(&layer) {
            draft.attention(heads, kv_heads, (head, head), Span::Context);
            continue;
        }
        draft.matrix(Role::RecurrentIn, hidden, inner + convolved + inner_heads);
        draft.matrix(Role::Convolution, taps, convolved);
        draft.matrix(Role::RecurrentOut, inner, hidden);
        draft.vector(inner + 3 * inner_heads + bias * convolved);
        draft.state(convolved * taps.saturating_sub(1), inner * state);
    }
    Some(())
}
