//! What tensors are called in the files they lie in.

use super::role::Role;

impl Role {
    /// As llama.cpp's files call it, without the number of the layer: `ffn_down.weight`.
    pub(super) const fn in_gguf(self) -> &'static str {
        match self {
            Self::TokenEmbedding => "token_embd.weight",
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
        }
    }

    /// As the modules of Transformers and mlx-lm call it: `down_proj`.
    pub(super) const fn in_checkpoint(self) -> &'static str {
        match self {
            Self::TokenEmbedding => "embed_tokens",
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
        }
    }
}
