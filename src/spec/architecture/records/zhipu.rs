//! Z.ai: GLM.

use super::super::{
    Architecture, Chooser, Class, Correction, Gguf, Heads, Kept, KeyNames, LLAMA_CPP, LlamaCpp, Mlx, QkNorm,
    Shape, Transformers,
};
use crate::spec::NormStyle;

/// What the classes of `glm4` share.
const GLM4: Class = Class {
    publisher: "Z.ai",
    output_bias: false,
    kv_heads: Heads::Fixed(2),
    head: Some(128),
    ..Class::USUAL
};

/// What the classes of `glm4moe` share.
const GLM4MOE: Class = Class {
    publisher: "Z.ai",
    shape: Shape::Experts,
    output_bias: false,
    qk_norm: QkNorm::HeadIfAsked,
    kv_heads: Heads::Fixed(8),
    score_correction: Correction::Always,
    ..Class::USUAL
};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "chatglm",
        class: Class {
            model_type: "chatglm",
            publisher: "Z.ai",
            qkv_bias: true,
            output_bias: false,
            names: KeyNames::ChatGlm,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp {
            measured: Some(LLAMA_CPP),
            fused_qkv: true,
            fused_gate_up: true,
            ..LlamaCpp::USUAL
        },
        gguf: Gguf::LAYERS,
        transformers: Transformers { fused_gate: true, ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture { name: "cogvlm", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "glm-dsa",
        class: Class {
            model_type: "glm_moe_dsa",
            publisher: "Z.ai",
            shape: Shape::Latent,
            indexed: true,
            score_correction: Correction::Always,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf {
            kept: Some(Kept { indexer: Chooser::ListedOrShorter(1 << 20), ..Kept::OVER_ALL }),
            ..Gguf::UNKNOWN
        },
        mlx: Mlx { shards: true, ..Mlx::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "glm4",
        norms: NormStyle::PreAndPost,
        class: Class { model_type: "glm4", ..GLM4 },
        others: &[
            Class { model_type: "glm46v", qkv_bias: true, head: None, ..GLM4 },
            Class { model_type: "glm4v", qkv_bias: true, head: None, ..GLM4 },
            Class { model_type: "glm4v_text", qkv_bias: true, head: None, ..GLM4 },
            Class { model_type: "glm_ocr", kv_heads: Heads::Fixed(8), head: None, ..GLM4 },
            Class { model_type: "glm_ocr_text", kv_heads: Heads::Fixed(8), head: None, ..GLM4 },
        ],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), fused_gate_up: true, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        transformers: Transformers { fused_gate: true, ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "glm4moe",
        class: Class { model_type: "glm4_moe", ..GLM4MOE },
        others: &[
            Class { model_type: "glm4v_moe", qkv_bias: true, score_correction: Correction::Never, ..GLM4MOE },
            Class { model_type: "glm4v_moe_text", qkv_bias: true, ..GLM4MOE },
            Class {
                model_type: "sarvam_moe",
                publisher: "Sarvam AI",
                qk_norm: QkNorm::Head,
                score_correction: Correction::Never,
                ..GLM4MOE
            },
            Class {
                model_type: "solar_open",
                publisher: "Upstage",
                qk_norm: QkNorm::None,
                head: Some(128),
                ..GLM4MOE
            },
        ],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        mlx: Mlx { shards: true, pipelines: true, ..Mlx::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "glm5-next",
        gguf: Gguf { kept: Some(Kept { indexer: Chooser::Pooled, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
];
