//! What the modules of a checkpoint are called, by what their matrices do.

use crate::spec::Role;

/// A role with the names that its modules have inside a layer.
type Names = (Role, &'static [&'static str]);

/// Matrices of layers that packing is about: linear ones.
pub(super) const LINEAR: [Names; 24] = [
    (Role::Other, &["self_attn.indexer.wq_b", "self_attn.indexer.wk", "mixer.fc1_latent_proj"]),
    (Role::Query, &["self_attn.q_proj", "attention.wq"]),
    (Role::Key, &["self_attn.k_proj", "attention.wk"]),
    (Role::Value, &["self_attn.v_proj", "attention.wv"]),
    (
        Role::QueryKeyValue,
        &["self_attn.qkv_proj", "linear_attn.in_proj_qkvz", "linear_attn.in_proj_qkv", "attention.wqkv"],
    ),
    (Role::AttentionOutput, &["self_attn.o_proj", "attention.wo"]),
    (Role::AttentionGate, &["linear_attn.in_proj_z", "linear_attn.in_proj_qkvz", "self_attn.g_proj"]),
    (Role::QueryDown, &["self_attn.q_a_proj"]),
    (Role::QueryUp, &["self_attn.q_b_proj"]),
    (Role::LatentDown, &["self_attn.kv_a_proj_with_mqa"]),
    (Role::LatentKey, &["self_attn.kv_b_proj"]),
    (Role::LatentValue, &["self_attn.kv_b_proj"]),
    (Role::Up, &["mlp.up_proj", "mlp.gate_up_proj", "feed_forward.up_proj"]),
    (Role::Gate, &["mlp.gate_proj", "mlp.gate_up_proj", "feed_forward.gate_proj"]),
    (Role::Down, &["mlp.down_proj", "feed_forward.down_proj"]),
    (
        Role::ExpertUp,
        &[
            "mlp.experts.0.up_proj",
            "mlp.experts.gate_up_proj",
            "block_sparse_moe.experts.0.w3",
            "mlp.experts",
            "feed_forward.experts.up_proj",
            "mlp.switch_mlp.up_proj",
            "mlp.experts.up_proj",
        ],
    ),
    (
        Role::ExpertGate,
        &[
            "mlp.experts.0.gate_proj",
            "mlp.experts.gate_up_proj",
            "block_sparse_moe.experts.0.w1",
            "mlp.experts",
            "feed_forward.experts.gate_proj",
            "mlp.switch_mlp.gate_proj",
            "mlp.experts.gate_proj",
        ],
    ),
    (
        Role::ExpertDown,
        &[
            "mlp.experts.0.down_proj",
            "mlp.experts.down_proj",
            "block_sparse_moe.experts.0.w2",
            "mlp.experts",
            "feed_forward.experts.down_proj",
            "mlp.switch_mlp.down_proj",
        ],
    ),
    (
        Role::SharedUp,
        &[
            "mlp.shared_experts.up_proj",
            "mlp.shared_expert.up_proj",
            "mlp.shared_experts",
            "mlp.shared_expert",
        ],
    ),
    (
        Role::SharedGate,
        &[
            "mlp.shared_experts.gate_proj",
            "mlp.shared_expert.gate_proj",
            "mlp.shared_experts",
            "mlp.shared_expert",
        ],
    ),
    (
        Role::SharedDown,
        &[
            "mlp.shared_experts.down_proj",
            "mlp.shared_expert.down_proj",
            "mlp.shared_experts",
            "mlp.shared_expert",
        ],
    ),
    (Role::RecurrentIn, &["mamba.in_proj", "mixer.in_proj", "linear_attn.in_proj"]),
    (Role::RecurrentOut, &["linear_attn.out_proj", "mamba.out_proj", "mixer.out_proj"]),
    (
        Role::RecurrentRates,
        &["linear_attn.in_proj_ba", "linear_attn.in_proj_a", "linear_attn.in_proj_b", "self_attn.b_proj"],
    ),
];

/// Routers, which only MLX packs.
pub(super) const ROUTERS: [Names; 2] = [
    (Role::Router, &["mlp.gate", "mlp.router", "block_sparse_moe.gate", "feed_forward.router"]),
    (Role::SharedRouter, &["mlp.shared_expert_gate"]),
];

/// The output matrix.
pub(super) const OUTPUT: Names = (Role::Output, &["lm_head", "model.lm_head", "output", "model.output"]);

/// The token embedding.
pub(super) const EMBEDDING: Names = (Role::TokenEmbedding, &["model.embed_tokens", "embed_tokens"]);

/// Full names of the modules of a role in a layer.
pub(super) fn in_layer(names: &[&str], layer: u64) -> Vec<String> {
    names.iter().map(|name| format!("model.layers.{layer}.{name}")).collect()
}

/// A name without the wrapper that a model with a vision tower puts around its language model.
pub(super) fn unwrapped(name: &str) -> String {
    for wrapper in ["language_model.model.", "model.language_model."] {
        if let Some(rest) = name.strip_prefix(wrapper) {
            return format!("model.{rest}");
        }
    }
    name.strip_prefix("language_model.").unwrap_or(name).to_owned()
}
