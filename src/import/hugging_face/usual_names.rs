//! Families that call things by names of their own, in the names that most use.

use serde_json::Value;

use super::config::Keys;
use crate::spec::architecture::KeyNames;

/// Gives what a family calls otherwise its usual name.
pub(super) fn usual_names(names: KeyNames, keys: &mut Keys) {
    match names {
        KeyNames::Bailing => bailing(keys),
        KeyNames::ChatGlm => chatglm(keys),
        KeyNames::Ernie => ernie(keys),
        KeyNames::Exaone => keys.num_hidden_layers = keys.layers(),
        KeyNames::ExaoneMoe => {
            keys.n_shared_experts = keys.n_shared_experts.or(keys.num_shared_experts).or(Some(1));
        }
        KeyNames::Gemma4 => gemma4(keys),
        KeyNames::Hunyuan => hunyuan(keys),
        // Its class has biases unless told otherwise; every published file tells it.
        KeyNames::InternLm2 => {
            keys.attention_bias = Some(keys.bias.as_ref().and_then(Value::as_bool).unwrap_or(true));
        }
        KeyNames::HunyuanV3 => {
            keys.shared_expert_intermediate_size = keys
                .num_shared_experts
                .zip(keys.moe_intermediate_size)
                .map(|(count, width)| count.saturating_mul(width));
        }
        KeyNames::InternLm3 => {
            keys.attention_bias = keys.attention_bias.or(keys.qkv_bias);
            keys.mlp_bias = keys.mlp_bias.or_else(|| keys.bias.as_ref().and_then(Value::as_bool));
        }
        KeyNames::MiniMax3 => minimax_m3(keys),
        KeyNames::Nemotron => nemotron(keys),
        KeyNames::Llama4 => llama4(keys),
        KeyNames::Usual => {}
    }
}

fn bailing(keys: &mut Keys) {
    keys.attention_bias = keys.attention_bias.or(keys.use_qkv_bias);
    let width = keys.moe_shared_expert_intermediate_size.or(keys.moe_intermediate_size);
    keys.shared_expert_intermediate_size =
        keys.num_shared_experts.zip(width).map(|(count, width)| count.saturating_mul(width));
}

fn chatglm(keys: &mut Keys) {
    keys.num_hidden_layers = keys.layers();
    keys.intermediate_size = keys.intermediate_size.or(keys.ffn_hidden_size);
    keys.head_dim = keys.head_dim.or(keys.kv_channels);
    if keys.multi_query_attention == Some(true) {
        keys.num_key_value_heads = keys.num_key_value_heads.or(keys.multi_query_group_num);
    }
    keys.attention_bias = keys.attention_bias.or(keys.add_qkv_bias);
}

fn ernie(keys: &mut Keys) {
    keys.num_experts = keys.num_experts.or(keys.moe_num_experts);
    keys.num_experts_per_tok = keys.num_experts_per_tok.or(keys.moe_k);
    keys.n_shared_experts = keys.n_shared_experts.or(keys.moe_num_shared_experts);
    keys.first_k_dense_replace = keys.first_k_dense_replace.or(keys.moe_layer_start_index).or(Some(1));
    keys.decoder_sparse_step = keys.decoder_sparse_step.or(keys.moe_layer_interval);
    keys.attention_bias = keys.attention_bias.or(keys.use_bias);
    keys.mlp_bias = keys.mlp_bias.or(keys.use_bias);
    let last = keys.moe_layer_end_index.and_then(|last| u32::try_from(last).ok());
    if let (Some(last), Some(layers), None) = (last, keys.layers(), &keys.mlp_only_layers) {
        keys.mlp_only_layers = Some((last.saturating_add(1)..layers.min(super::LAYERS)).collect());
    }
}

/// Its layers with experts have the dense network beside them; those that see everything have heads of their own, which
/// files say once or layer by layer.
fn gemma4(keys: &mut Keys) {
    let of_layers = keys.per_layer_config.as_ref().and_then(Value::as_object);
    let one = of_layers.and_then(|layers| layers.values().next());
    let own = |key| one?.get(key)?.as_u64().and_then(|number| u32::try_from(number).ok());
    let (head, kv_heads) = (own("head_dim"), own("num_key_value_heads"));
    keys.global_head_dim = keys.global_head_dim.or(head).or(Some(512));
    keys.num_global_key_value_heads = keys.num_global_key_value_heads.or(kv_heads);
    if keys.enable_moe_block == Some(true) {
        keys.num_experts_per_tok = keys.num_experts_per_tok.or(keys.top_k_experts);
    } else {
        keys.num_experts = None;
    }
    if let (None, Some(layers)) = (&keys.layer_types, keys.layers()) {
        let layers = layers.min(super::LAYERS);
        let global = |layer: u32| layer.is_multiple_of(6) || layer == layers;
        let kind = |layer| if global(layer) { "full_attention" } else { "sliding_attention" };
        keys.layer_types = Some((1..=layers).map(|layer| kind(layer).to_owned()).collect());
    }
}

fn hunyuan(keys: &mut Keys) {
    keys.num_experts_per_tok = keys.num_experts_per_tok.or_else(|| first(keys.moe_topk.as_ref()));
    let shared = first(keys.num_shared_expert.as_ref()).or(Some(1));
    keys.shared_expert_intermediate_size =
        shared.zip(keys.intermediate_size).map(|(count, width)| count.saturating_mul(width));
    keys.moe_intermediate_size = keys.intermediate_size;
}

/// Its dense layers have a width of their own, and the others choose blocks of tokens.
fn minimax_m3(keys: &mut Keys) {
    keys.moe_intermediate_size = keys.moe_intermediate_size.or(keys.intermediate_size);
    keys.intermediate_size = keys.dense_intermediate_size.or(keys.intermediate_size);
    keys.shared_expert_intermediate_size =
        keys.shared_expert_intermediate_size.or(keys.shared_intermediate_size);
    keys.n_shared_experts = None;
    if let Some(sparse) = &keys.sparse_attention_config {
        keys.index_n_heads = keys.index_n_heads.or(sparse.sparse_num_index_heads);
        keys.index_head_dim = keys.index_head_dim.or(sparse.sparse_index_dim);
    }
}

fn nemotron(keys: &mut Keys) {
    keys.mamba_n_heads = keys.mamba_n_heads.or(keys.mamba_num_heads);
    keys.mamba_d_ssm =
        keys.mamba_d_ssm.or_else(|| Some(keys.mamba_num_heads?.saturating_mul(keys.mamba_head_dim?)));
    keys.mamba_d_state = keys.mamba_d_state.or(keys.ssm_state_size);
    keys.mamba_n_groups = keys.mamba_n_groups.or(keys.n_groups);
    keys.mamba_d_conv = keys.mamba_d_conv.or(keys.conv_kernel);
    keys.mamba_conv_bias = keys.mamba_conv_bias.or(keys.use_conv_bias);
    keys.shared_expert_intermediate_size =
        keys.shared_expert_intermediate_size.or(keys.moe_shared_expert_intermediate_size);
    keys.n_shared_experts = None;
}

/// A number, or the first of a list with one a layer.
fn first(value: Option<&Value>) -> Option<u32> {
    let value = value?;
    value.as_u64().or_else(|| value.get(0)?.as_u64()).and_then(|number| u32::try_from(number).ok())
}

/// The experts' width is what others call the dense one's, and three of four layers look back one chunk.
fn llama4(keys: &mut Keys) {
    keys.moe_intermediate_size = keys.intermediate_size;
    keys.shared_expert_intermediate_size = keys.intermediate_size;
    keys.intermediate_size = keys.intermediate_size_mlp.or(Some(16_384));
    keys.sliding_window = keys.attention_chunk_size.or(Some(8192));
    let Some(layers) = keys.layers().map(|layers| layers.min(super::LAYERS)) else { return };
    if let Some(moe) = &keys.moe_layers {
        keys.mlp_only_layers = Some((0..layers).filter(|layer| !moe.contains(layer)).collect());
    } else {
        keys.decoder_sparse_step = keys.interleave_moe_layer_step;
    }
    if let (None, Some(rope)) =
        (&keys.layer_types, keys.no_rope_layers.as_ref().filter(|list| !list.is_empty()))
    {
        let kind = |rope: &u32| if *rope == 0 { "full_attention" } else { "chunked_attention" };
        keys.layer_types = Some(rope.iter().map(|rope| kind(rope).to_owned()).collect());
    }
}
