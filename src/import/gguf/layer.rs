//! One layer of a GGUF file: which tensors it has says what it does.

use super::super::limits::{EXPERTS, HEAD, HEADS, HIDDEN, LAYERS, WIDTH};
use super::super::stack::Layer;
use super::super::{Note, StoredTensor};
use super::source::{Source, Stop};
use crate::spec::architecture::Shape;
use crate::spec::{Attention, Experts, FeedForward, GatedDelta, Mamba2, Mixer, Mla};

/// A layer by its index.
pub(super) fn layer(source: &Source<'_>, index: u32, hidden: u32) -> Result<Layer, Stop> {
    let recurrent = source.has(index, "ssm_conv1d.weight");
    let mixer = match source.architecture.gguf.layers {
        Some(Shape::Latent) => Mixer::Mla(mla(source, index)?),
        Some(Shape::Parallel) => Mixer::Parallel(attention(source, index, hidden)?, mamba2(source, index)?),
        Some(Shape::Delta) if recurrent => Mixer::GatedDelta(gated_delta(source)?),
        Some(Shape::Mamba) if recurrent => Mixer::Mamba2(mamba2(source, index)?),
        _ => Mixer::Attention(attention(source, index, hidden)?),
    };
    Ok((mixer, feed_forward(source, index)?))
}

/// Attention with heads of one width.
fn attention(source: &Source<'_>, index: u32, hidden: u32) -> Result<Attention, Stop> {
    let shared = source.optional("attention.shared_kv_layers", LAYERS)?.unwrap_or(0);
    let per_layer = source.optional("embedding_length_per_layer_input", HIDDEN)?.unwrap_or(0);
    if shared > 0 || per_layer > 0 {
        return Err(Stop::Inexpressible("Layers share keys or have embeddings of their own".to_owned()));
    }
    let name = "attention.head_count";
    let heads = source.positive(name, source.of_layer(name, index, HEADS)?, HEADS)?;
    let kv_heads = source.of_layer("attention.head_count_kv", index, HEADS)?.unwrap_or(heads);
    let window = source.window(index)?;
    let head = source.width("attention.key_length", window)?.unwrap_or(hidden / heads);
    let value = source.width("attention.value_length", window)?.unwrap_or(hidden / heads);
    if head != value || head == 0 || kv_heads == 0 {
        return Err(Stop::Inexpressible(format!(
            "Layer {index} has {kv_heads} key and value heads, keys {head} and values {value} wide"
        )));
    }
    let queries = u64::from(heads) * u64::from(head);
    let keys = u64::from(kv_heads) * u64::from(head);
    let projected = |name| source.part(index, name).and_then(|tensor| tensor.dimensions.get(1).copied());
    let output_gate = match (projected("attn_q.weight"), projected("attn_qkv.weight")) {
        (Some(outputs), _) if outputs == queries => false,
        (Some(outputs), _) if outputs == 2 * queries => true,
        (None, Some(outputs)) if outputs == queries + 2 * keys => false,
        (None, None) => return Err(Stop::Inexpressible(format!("Layer {index} has no attention"))),
        (outputs, fused) => {
            return Err(Stop::Inexpressible(format!(
                "The queries of layer {index} have {} outputs, which {heads} heads of {head} do not explain",
                outputs.or(fused).unwrap_or(0)
            )));
        }
    };
    let norm = source.part(index, "attn_q_norm.weight");
    let wide = norm.is_some_and(|norm| norm.elements() > u64::from(head));
    Ok(Attention {
        heads,
        kv_heads,
        head,
        window,
        qkv_bias: source.has(index, "attn_q.bias") || source.has(index, "attn_qkv.bias"),
        output_bias: source.has(index, "attn_output.bias"),
        qk_norm: norm.is_some() && !wide,
        qk_norm_wide: norm.is_some() && wide,
        sinks: source.has(index, "attn_sinks.weight"),
        output_gate,
        values_are_keys: source.has(index, "attn_k.weight") && !source.has(index, "attn_v.weight"),
        indexer: None,
    })
}

/// Latent attention. Files from before April 2025 have no `key_length_mla`: llama.cpp keeps full keys and
/// values for them, which is another model to the memory.
fn mla(source: &Source<'_>, index: u32) -> Result<Mla, Stop> {
    let (Some(key), Some(value)) = (
        source.optional("attention.key_length_mla", HEAD)?,
        source.optional("attention.value_length_mla", HEAD)?,
    ) else {
        return Err(Stop::Inexpressible(
            "The file was converted before llama.cpp kept the latent vector; convert it again".to_owned(),
        ));
    };
    let rope = source.required("rope.dimension_count", HEAD)?;
    let name = "attention.head_count";
    Ok(Mla {
        heads: source.positive(name, source.of_layer(name, index, HEADS)?, HEADS)?,
        q_rank: source.optional("attention.q_lora_rank", HEAD)?.filter(|rank| *rank > 0),
        kv_rank: source.required("attention.kv_lora_rank", HEAD)?,
        nope: key.checked_sub(rope).ok_or_else(|| {
            Stop::Inexpressible(format!("Keys of {key} do not hold a rotary part of {rope}"))
        })?,
        rope,
        value,
        indexer: None,
    })
}

/// A state-space layer.
fn mamba2(source: &Source<'_>, index: u32) -> Result<Mamba2, Stop> {
    Ok(Mamba2 {
        inner: source.required("ssm.inner_size", WIDTH)?,
        heads: source.required("ssm.time_step_rank", HEADS)?,
        state: source.required("ssm.state_size", HEAD)?,
        groups: source.required("ssm.group_count", HEADS)?,
        conv: source.required("ssm.conv_kernel", HEADS)?,
        conv_bias: source.has(index, "ssm_conv1d.bias"),
        norm: source.has(index, "ssm_norm.weight"),
    })
}

/// A gated delta-rule layer; llama.cpp writes its heads with the words of state-space layers.
fn gated_delta(source: &Source<'_>) -> Result<GatedDelta, Stop> {
    let value_heads = source.required("ssm.time_step_rank", HEADS)?;
    let inner = source.required("ssm.inner_size", WIDTH)?;
    if !inner.is_multiple_of(value_heads) {
        return Err(Stop::Inexpressible(format!("{inner} values do not divide by {value_heads} heads")));
    }
    Ok(GatedDelta {
        key_heads: source.required("ssm.group_count", HEADS)?,
        value_heads,
        key_head: source.required("ssm.state_size", HEAD)?,
        value_head: inner / value_heads,
        conv: source.required("ssm.conv_kernel", HEADS)?,
    })
}

/// What follows the mixer.
fn feed_forward(source: &Source<'_>, index: u32) -> Result<FeedForward, Stop> {
    let part = |name| source.part(index, name);
    let dense = part("ffn_down.weight");
    let shared = part("ffn_down_shexp.weight");
    // Files from before April 2024 have each expert in a tensor of its own.
    let routed = part("ffn_down_exps.weight").or_else(|| part("ffn_down.0.weight"));
    if let Some(routed) = routed {
        let (count, used) =
            (source.required("expert_count", EXPERTS)?, source.required("expert_used_count", EXPERTS)?);
        if used > count {
            let why = format!("A token cannot use {used} of {count} experts");
            return Err(Stop::Impossible(Note::Impossible { why }));
        }
        return Ok(FeedForward::Experts(Experts {
            count,
            used,
            width: width(routed)?,
            shared_width: shared.map_or(Ok(0), width)?,
            shared_gate: source.has(index, "ffn_gate_inp_shexp.weight"),
            bias: source.has(index, "ffn_gate_inp.bias"),
            score_correction: source.has(index, "exp_probs_b.bias"),
            dense_width: dense.map_or(Ok(0), width)?,
            ungated: !source.has(index, "ffn_gate_exps.weight")
                && !source.has(index, "ffn_gate.0.weight")
                && !source.has(index, "ffn_gate_up_exps.weight"),
            latent: 0,
        }));
    }
    let Some(down) = dense.or(shared) else { return Ok(FeedForward::None) };
    let width = width(down)?;
    let up = part("ffn_up.weight").and_then(|up| up.dimensions.get(1).copied());
    Ok(FeedForward::Dense {
        width,
        // Phi-3 has gate and up in one matrix of twice the width.
        gated: source.has(index, "ffn_gate.weight")
            || source.has(index, "ffn_gate_shexp.weight")
            || up == Some(2 * u64::from(width)),
        bias: source.has(index, "ffn_down.bias"),
    })
}

/// The inner width: what the last projection takes in.
fn width(down: &StoredTensor) -> Result<u32, Stop> {
    let first = down.dimensions.first().copied().unwrap_or(0);
    u32::try_from(first)
        .ok()
        .filter(|width| *width <= WIDTH)
        .ok_or_else(|| Stop::Inexpressible(format!("`{}` takes in {first} values", down.name)))
}
