//! What tensors are called in the files they lie in.

use super::tensor::Role;

impl Role {
    /// As llama.cpp's files call it, without the number of the layer: `ffn_down.weight`.
    pub const fn in_gguf(self) -> &'static str {
        match self {
            Self::TokenEmbedding => "token_embd.weight",
            Self::LayerEmbedding => "per_layer_token_embd.weight",
            Self::Output => "output.weight",
            Self::Query => "attn_q.weight",
            Self::Key => "attn_k.weight",
            Self::Value => "attn_v.weight",
            Self::QueryKeyValue => "attn_qkv.weight",
            Self::AttentionOutput => "attn_output.weight",
            Self::AttentionGate => "attn_gate.weight",
            Self::QueryDown => "attn_q_a.weight",
            Self::QueryUp => "attn_q_b.weight",
            Self::LatentDown => "attn_kv_a_mqa.weight",
            Self::LatentKey => "attn_k_b.weight",
            Self::LatentValue => "attn_v_b.weight",
            Self::Up => "ffn_up.weight",
            Self::Gate => "ffn_gate.weight",
            Self::Down => "ffn_down.weight",
            Self::ExpertUp => "ffn_up_exps.weight",
            Self::ExpertGate => "ffn_gate_exps.weight",
            Self::ExpertDown => "ffn_down_exps.weight",
            Self::SharedUp => "ffn_up_shexp.weight",
            Self::SharedGate => "ffn_gate_shexp.weight",
            Self::SharedDown => "ffn_down_shexp.weight",
            Self::Router => "ffn_gate_inp.weight",
            Self::SharedRouter => "ffn_gate_inp_shexp.weight",
            Self::RecurrentIn => "ssm_in.weight",
            Self::RecurrentRates => "ssm_ba.weight",
            Self::RecurrentOut => "ssm_out.weight",
            Self::Convolution => "ssm_conv1d.weight",
            Self::Norm => "norm.weight",
            Self::Bias => "bias",
            Self::Vector => "sinks, decays or score corrections",
            Self::RopeFactors => "rope_freqs.weight",
            Self::Other => "other weights",
        }
    }

    /// As the modules of Transformers and mlx-lm call it: `down_proj`.
    pub const fn in_checkpoint(self) -> &'static str {
        match self {
            Self::TokenEmbedding => "embed_tokens",
            Self::LayerEmbedding => "embed_tokens_per_layer",
            Self::Output => "lm_head",
            Self::Query => "q_proj",
            Self::Key => "k_proj",
            Self::Value => "v_proj",
            Self::QueryKeyValue => "qkv_proj",
            Self::AttentionOutput => "o_proj",
            Self::AttentionGate => "in_proj_z",
            Self::QueryDown => "q_a_proj",
            Self::QueryUp => "q_b_proj",
            Self::LatentDown => "kv_a_proj_with_mqa",
            Self::LatentKey => "kv_b_proj, keys",
            Self::LatentValue => "kv_b_proj, values",
            Self::Up => "up_proj",
            Self::Gate => "gate_proj",
            Self::Down => "down_proj",
            Self::ExpertUp => "experts.up_proj",
            Self::ExpertGate => "experts.gate_proj",
            Self::ExpertDown => "experts.down_proj",
            Self::SharedUp => "shared_expert.up_proj",
            Self::SharedGate => "shared_expert.gate_proj",
            Self::SharedDown => "shared_expert.down_proj",
            Self::Router => "mlp.gate",
            Self::SharedRouter => "shared_expert_gate",
            Self::RecurrentIn => "in_proj",
            Self::RecurrentRates => "in_proj_ba",
            Self::RecurrentOut => "out_proj",
            Self::Convolution => "conv1d",
            Self::Norm => "norm",
            Self::Bias => "bias",
            Self::Vector => "sinks, decays or score corrections",
            Self::RopeFactors => "rotary frequencies",
            Self::Other => "other weights",
        }
    }
}

/// Roles by their names in llama.cpp's files, beside those that [`Role::in_gguf`] gives.
const OTHERS_IN_GGUF: [(&str, Role); 15] = [
    ("attn_kv_b.weight", Role::LatentKey),
    ("attn_out.weight", Role::AttentionOutput),
    ("exp_probs_b.bias", Role::Vector),
    ("ffn_gate_up_exps.weight", Role::ExpertUp),
    ("rope_factors_long.weight", Role::RopeFactors),
    ("rope_factors_short.weight", Role::RopeFactors),
    ("ssm_a", Role::Vector),
    ("ssm_alpha.weight", Role::RecurrentRates),
    ("ssm_beta.weight", Role::RecurrentRates),
    ("ssm_d", Role::Vector),
    ("ssm_dt.weight", Role::RecurrentRates),
    ("ssm_x.weight", Role::RecurrentRates),
    ("shortconv.conv.weight", Role::Convolution),
    ("shortconv.in_proj.weight", Role::RecurrentIn),
    ("shortconv.out_proj.weight", Role::RecurrentOut),
];

impl Role {
    /// The role of a tensor by its name in a file of llama.cpp, without the number of its layer.
    pub fn of_gguf(name: &str) -> Self {
        let other = || OTHERS_IN_GGUF.iter().find(|(known, _)| *known == name).map(|(_, role)| *role);
        if let Some(role) = Self::ALL.into_iter().find(|role| role.in_gguf() == name).or_else(other) {
            return role;
        }
        // Files from before April 2024 have each expert in a tensor of its own: `ffn_down.3.weight`.
        let numbered = name.rsplit_once('.').and_then(|(rest, _)| rest.rsplit_once('.'));
        match numbered {
            Some(("ffn_down", _)) => Self::ExpertDown,
            Some(("ffn_up", _)) => Self::ExpertUp,
            Some(("ffn_gate", _)) => Self::ExpertGate,
            _ if name.rsplit('.').next() == Some("bias") => Self::Bias,
            _ if name.contains("norm") => Self::Norm,
            _ if name.contains("sinks") => Self::Vector,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_llama_cpp_read_back() {
        for role in [Role::Query, Role::ExpertDown, Role::RecurrentOut, Role::RopeFactors, Role::Router] {
            assert_eq!(Role::of_gguf(role.in_gguf()), role);
        }
        for (name, role) in [
            ("attn_q.bias", Role::Bias),
            ("attn_q_norm.weight", Role::Norm),
            ("ffn_gate.7.weight", Role::ExpertGate),
            ("attn_sinks.weight", Role::Vector),
            ("laurel_l.weight", Role::Other),
        ] {
            assert_eq!(Role::of_gguf(name), role, "{name}");
        }
    }
}
