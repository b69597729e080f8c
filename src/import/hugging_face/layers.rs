//! The layers that a configuration describes.

use super::super::Note;
use super::super::Problem;
use super::super::limits::{CONTEXT, EXPERTS, HEAD, HEADS, LAYERS, WIDTH};
use super::super::stack::Layer;
use super::config::Source;
use crate::spec::architecture::{Class, Correction, Defaults, Heads, QkNorm, Shape};
use crate::spec::{Attention, Experts, FeedForward, GatedDelta, Indexer, Mamba2, Mixer, Mla};

/// Every layer from the first to the last.
pub(super) fn layers(source: &mut Source<'_>, class: &Class, hidden: u32) -> Result<Vec<Layer>, Problem> {
    let count = source.required("num_hidden_layers", source.config.layers(), LAYERS)?;
    let kinds = kinds(source, count)?;
    (0..count)
        .map(|index| {
            let kind = kinds.get(index as usize).map(String::as_str);
            Ok((mixer(source, class, hidden, index, kind)?, feed_forward(source, class, index)?))
        })
        .collect()
}

/// What the configuration says of each layer, if it does.
fn kinds(source: &Source<'_>, count: u32) -> Result<Vec<String>, Problem> {
    let config = source.config;
    let (key, kinds) = match (&config.layer_types, &config.layers_block_type) {
        (Some(kinds), _) => ("layer_types", kinds.clone()),
        (None, Some(kinds)) => ("layers_block_type", kinds.clone()),
        (None, None) => return Ok(Vec::new()),
    };
    if kinds.len() == count as usize {
        return Ok(kinds);
    }
    Err(source.wrong(
        key,
        format!("`{key}` has {} entries", kinds.len()),
        format!("it has one for each of the {count} layers"),
    ))
}

/// How the tokens of one layer see one another.
fn mixer(
    source: &mut Source<'_>,
    class: &Class,
    hidden: u32,
    index: u32,
    kind: Option<&str>,
) -> Result<Mixer, Problem> {
    match class.shape {
        Shape::Latent => mla(source, class).map(Mixer::Mla),
        Shape::Parallel => {
            let state = mamba2(source, class, hidden)?;
            Ok(Mixer::Parallel(attention(source, class, hidden, index, kind)?, state))
        }
        Shape::Mamba if !matches!(kind, Some("attention" | "full_attention")) => {
            mamba2(source, class, hidden).map(Mixer::Mamba2)
        }
        Shape::Delta if is_linear(source, index, kind)? => gated_delta(source).map(Mixer::GatedDelta),
        _ => attention(source, class, hidden, index, kind).map(Mixer::Attention),
    }
}

/// Whether a layer of Qwen3-Next is a linear one; every fourth is not, unless the file says otherwise.
fn is_linear(source: &mut Source<'_>, index: u32, kind: Option<&str>) -> Result<bool, Problem> {
    if let Some(kind) = kind {
        return Ok(kind == "linear_attention");
    }
    let interval = source.config.full_attention_interval;
    let every = source.or_default("full_attention_interval", interval, LAYERS, Some(4))?;
    Ok(!(index + 1).is_multiple_of(every))
}

/// Attention with heads of one width.
pub(super) fn attention(
    source: &mut Source<'_>,
    class: &Class,
    hidden: u32,
    index: u32,
    kind: Option<&str>,
) -> Result<Attention, Problem> {
    let config = source.config;
    let heads = match class.left_out() {
        Some(Defaults { heads, .. }) => {
            source.or_default("num_attention_heads", config.num_attention_heads, HEADS, Some(heads))?
        }
        None => source.required("num_attention_heads", config.num_attention_heads, HEADS)?,
    };
    let default = match class.kv_heads {
        Heads::All => heads,
        Heads::Fixed(count) => count,
    };
    let global = class.global_heads && kind != Some("sliding_attention");
    let values_are_keys = global && config.attention_k_eq_v.unwrap_or(false);
    let kv_heads = match config.num_global_key_value_heads.filter(|_| values_are_keys) {
        Some(own) => source.required("num_global_key_value_heads", Some(own), HEADS)?,
        None => source.or_default("num_key_value_heads", config.num_key_value_heads, HEADS, Some(default))?,
    };
    let head_dim = config.global_head_dim.filter(|_| global).or(config.head_dim);
    let head = match (head_dim, class.head) {
        // Classes with experts take the whole part; the others refuse what does not divide.
        (None, None) if hidden.is_multiple_of(heads) || class.shape == Shape::Experts && heads <= hidden => {
            hidden / heads
        }
        (None, None) => {
            return Err(source.wrong(
                "num_attention_heads",
                format!("{heads} heads do not divide a hidden size of {hidden}"),
                "give `head_dim`, or a number of heads that divides",
            ));
        }
        (head, default) => source.or_default("head_dim", head, HEAD, default)?,
    };
    if !heads.is_multiple_of(kv_heads) {
        return Err(source.wrong(
            "num_key_value_heads",
            format!("{kv_heads} key and value heads for {heads} heads"),
            "the first must divide the second",
        ));
    }
    let bias = if class.biased {
        config.use_bias.unwrap_or(true)
    } else {
        config.attention_bias.unwrap_or(false) || class.qkv_bias
    };
    let asked = config.use_qk_norm.unwrap_or(false);
    Ok(Attention {
        heads,
        kv_heads,
        head,
        window: window(source, class, index, kind)?,
        qkv_bias: bias,
        output_bias: bias && class.output_bias,
        qk_norm: class.qk_norm == QkNorm::Head
            || class.qk_norm == QkNorm::HeadUnlessNot && config.use_qk_norm.unwrap_or(true)
            || asked && class.qk_norm == QkNorm::HeadIfAsked,
        qk_norm_wide: class.qk_norm == QkNorm::Wide || asked && class.qk_norm == QkNorm::WideIfAsked,
        sinks: class.sinks,
        output_gate: class.shape == Shape::Delta,
        values_are_keys,
        indexer: if class.indexed && kind != Some("full_attention") && !is_dense(source, index)? {
            Some(indexer(source)?)
        } else {
            None
        },
    })
}

/// The window of a layer.
fn window(
    source: &mut Source<'_>,
    class: &Class,
    index: u32,
    kind: Option<&str>,
) -> Result<Option<u32>, Problem> {
    let config = source.config;
    let Some(default_every) = class.global_every else {
        let used = config.use_sliding_window.unwrap_or(!class.window_if_asked);
        if let Some(window) = config.sliding_window.filter(|_window| used) {
            source.note(Note::WindowIgnored { window });
        }
        return Ok(None);
    };
    let sliding = if let Some(kind) = kind {
        matches!(kind, "sliding_attention" | "chunked_attention")
    } else {
        let written = config.sliding_window_pattern.as_ref().and_then(serde_json::Value::as_u64);
        let written = written.and_then(|every| u32::try_from(every).ok());
        let every = written.or(config.hidden_sliding_window_pattern).unwrap_or(default_every);
        every == 0 || !(index + 1).is_multiple_of(every)
    };
    if !sliding {
        return Ok(None);
    }
    if config.sliding_window.is_none() && class.window_optional {
        return Ok(None);
    }
    source.required("sliding_window", config.sliding_window, CONTEXT).map(Some)
}

/// What chooses the tokens that are attended to.
fn indexer(source: &Source<'_>) -> Result<Indexer, Problem> {
    let config = source.config;
    Ok(Indexer {
        heads: source.required("index_n_heads", config.index_n_heads, HEADS)?,
        head: source.required("index_head_dim", config.index_head_dim, HEAD)?,
    })
}

/// Latent attention.
fn mla(source: &Source<'_>, class: &Class) -> Result<Mla, Problem> {
    let config = source.config;
    Ok(Mla {
        heads: source.required("num_attention_heads", config.num_attention_heads, HEADS)?,
        q_rank: match config.q_lora_rank {
            Some(rank) => Some(source.required("q_lora_rank", Some(rank), HEAD)?),
            None => None,
        },
        kv_rank: source.required("kv_lora_rank", config.kv_lora_rank, HEAD)?,
        nope: source.required("qk_nope_head_dim", config.qk_nope_head_dim, HEAD)?,
        rope: source.required("qk_rope_head_dim", config.qk_rope_head_dim, HEAD)?,
        value: source.required("v_head_dim", config.v_head_dim, HEAD)?,
        indexer: if class.indexed { Some(indexer(source)?) } else { None },
    })
}

/// A state-space layer.
pub(super) fn mamba2(source: &mut Source<'_>, class: &Class, hidden: u32) -> Result<Mamba2, Problem> {
    let config = source.config;
    let inner = match config.mamba_d_ssm {
        Some(inner) => source.required("mamba_d_ssm", Some(inner), WIDTH)?,
        None => hidden * source.or_default("mamba_expand", config.mamba_expand, 4, Some(2))?,
    };
    Ok(Mamba2 {
        inner,
        heads: source.required("mamba_n_heads", config.mamba_n_heads, HEADS)?,
        state: source.required("mamba_d_state", config.mamba_d_state, HEAD)?,
        groups: source.required("mamba_n_groups", config.mamba_n_groups, HEADS)?,
        conv: source.or_default("mamba_d_conv", config.mamba_d_conv, HEADS, Some(4))?,
        conv_bias: config.mamba_conv_bias.unwrap_or(true),
        // Granite's layer always has one; Falcon-H1's says whether.
        norm: class.shape == Shape::Mamba || config.mamba_rms_norm.unwrap_or(true),
    })
}

/// A gated delta-rule layer.
fn gated_delta(source: &mut Source<'_>) -> Result<GatedDelta, Problem> {
    let config = source.config;
    Ok(GatedDelta {
        key_heads: source.or_default("linear_num_key_heads", config.linear_num_key_heads, HEADS, Some(16))?,
        value_heads: source.or_default(
            "linear_num_value_heads",
            config.linear_num_value_heads,
            HEADS,
            Some(32),
        )?,
        key_head: source.or_default("linear_key_head_dim", config.linear_key_head_dim, HEAD, Some(128))?,
        value_head: source.or_default(
            "linear_value_head_dim",
            config.linear_value_head_dim,
            HEAD,
            Some(128),
        )?,
        conv: source.or_default("linear_conv_kernel_dim", config.linear_conv_kernel_dim, HEADS, Some(4))?,
    })
}

/// What follows the mixer of one layer.
fn feed_forward(source: &mut Source<'_>, class: &Class, index: u32) -> Result<FeedForward, Problem> {
    let config = source.config;
    match class.shape {
        Shape::Mamba if config.num_local_experts.unwrap_or(0) == 0 => {
            dense(source, class, "shared_intermediate_size", config.shared_intermediate_size)
        }
        Shape::Delta if config.num_experts.unwrap_or(0) == 0 => {
            dense(source, class, "intermediate_size", config.intermediate_size)
        }
        Shape::Dense if class.dense_beside_experts && config.num_experts.is_some() => {
            let width = source.required("intermediate_size", config.intermediate_size, WIDTH)?;
            experts(source, class)
                .map(|experts| FeedForward::Experts(Experts { dense_width: width, ..experts }))
        }
        Shape::Dense | Shape::Parallel => dense(source, class, "intermediate_size", config.intermediate_size),
        _ if is_dense(source, index)? => dense(source, class, "intermediate_size", config.intermediate_size),
        _ => experts(source, class).map(FeedForward::Experts),
    }
}

/// Whether a layer of a mixture of experts has one network for all tokens all the same.
fn is_dense(source: &Source<'_>, index: u32) -> Result<bool, Problem> {
    let config = source.config;
    let first = source.or_zero("first_k_dense_replace", config.first_k_dense_replace, LAYERS)?;
    let frequency = config.moe_layer_freq.as_ref();
    let one_in = frequency.and_then(serde_json::Value::as_u64).and_then(|every| u32::try_from(every).ok());
    let listed_dense = frequency
        .and_then(|list| list.get(index as usize))
        .is_some_and(|experts| experts.as_u64() == Some(0));
    let named_dense = config
        .mlp_layer_types
        .as_ref()
        .and_then(|kinds| kinds.get(index as usize))
        .map(|kind| kind == "dense");
    if let Some(dense) = named_dense {
        return Ok(dense);
    }
    let frequency = one_in.unwrap_or(1);
    let step = config.decoder_sparse_step.unwrap_or(1);
    let listed = config.mlp_only_layers.as_ref().is_some_and(|layers| layers.contains(&index));
    Ok(listed
        || listed_dense
        || index < first
        || frequency != 0 && !index.is_multiple_of(frequency)
        || step != 0 && !(index + 1).is_multiple_of(step))
}

/// One network for every token.
fn dense(
    source: &Source<'_>,
    class: &Class,
    key: &'static str,
    width: Option<u32>,
) -> Result<FeedForward, Problem> {
    Ok(FeedForward::Dense {
        width: source.required(key, width, WIDTH)?,
        gated: class.gated,
        bias: if class.biased {
            source.config.use_bias.unwrap_or(true)
        } else {
            source.config.mlp_bias.unwrap_or(false)
        },
    })
}

/// A mixture of experts; the families name its parts differently.
pub(super) fn experts(source: &mut Source<'_>, class: &Class) -> Result<Experts, Problem> {
    let config = source.config;
    let (count_key, count) = match (config.n_routed_experts, config.num_experts) {
        (Some(count), _) => ("n_routed_experts", Some(count)),
        (None, Some(count)) => ("num_experts", Some(count)),
        (None, None) => ("num_local_experts", config.num_local_experts),
    };
    let (width_key, width) = match config.moe_intermediate_size {
        Some(width) => ("moe_intermediate_size", Some(width)),
        None => ("intermediate_size", config.intermediate_size),
    };
    let width = source.required(width_key, width, WIDTH)?;
    let shared = match (config.n_shared_experts, class.shape) {
        (Some(shared), _) => source.or_zero("n_shared_experts", Some(shared), 64)?.saturating_mul(width),
        (None, Shape::Mamba) => {
            source.or_zero("shared_intermediate_size", config.shared_intermediate_size, WIDTH)?
        }
        (None, _) => {
            let key = "shared_expert_intermediate_size";
            source.or_zero(key, config.shared_expert_intermediate_size, WIDTH)?
        }
    };
    let count = source.required(count_key, count, EXPERTS)?;
    let used = source.required("num_experts_per_tok", config.num_experts_per_tok, EXPERTS)?;
    if used > count {
        return Err(source.wrong(
            "num_experts_per_tok",
            format!("{used} experts a token of {count}"),
            "a token cannot use more experts than there are",
        ));
    }
    Ok(Experts {
        count,
        used,
        width,
        shared_width: shared,
        shared_gate: shared > 0 && class.shared_gate,
        bias: class.expert_bias,
        score_correction: match class.score_correction {
            Correction::Never => false,
            Correction::Always => true,
            Correction::UnlessNot => config.moe_router_enable_expert_bias.unwrap_or(true),
        },
        dense_width: 0,
        ungated: class.shape == Shape::Nemotron,
        latent: source.or_zero("moe_latent_size", config.moe_latent_size, WIDTH)?,
    })
}
