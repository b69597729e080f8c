//! DeepSeek.

use super::super::{Architecture, Chooser, Class, Correction, Gguf, Kept, LLAMA_CPP, LlamaCpp, Mlx, Shape};

/// What the classes of `deepseek2` share.
const DEEPSEEK2: Class = Class {
    publisher: "DeepSeek",
    shape: Shape::Latent,
    score_correction: Correction::Always,
    ..Class::USUAL
};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "deepseek",
        llama_cpp: LlamaCpp { expert_weights_norm: false, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "deepseek2",
        class: Class { model_type: "deepseek_v3", ..DEEPSEEK2 },
        others: &[
            Class { model_type: "deepseek_v2", score_correction: Correction::Never, ..DEEPSEEK2 },
            Class { model_type: "glm4_moe_lite", publisher: "Z.ai", ..DEEPSEEK2 },
            Class { model_type: "kimi_k2", publisher: "Moonshot AI", ..DEEPSEEK2 },
            Class {
                model_type: "sarvam_mla",
                publisher: "Sarvam AI",
                score_correction: Correction::Never,
                ..DEEPSEEK2
            },
        ],
        llama_cpp: LlamaCpp {
            measured: Some(LLAMA_CPP),
            by_tensor: false,
            expert_weights_norm: false,
            ..LlamaCpp::USUAL
        },
        gguf: Gguf { layers: Some(Shape::Latent), kept: Some(Kept::OVER_ALL), ..Gguf::UNKNOWN },
        mlx: Mlx { shards: true, pipelines: true, ..Mlx::USUAL },
        ..Architecture::USUAL
    },
    Architecture { name: "deepseek2-ocr", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "deepseek32",
        class: Class {
            model_type: "deepseek_v32",
            publisher: "DeepSeek",
            shape: Shape::Latent,
            indexed: true,
            score_correction: Correction::Always,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf { kept: Some(Kept { indexer: Chooser::EveryLayer, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        mlx: Mlx { shards: true, ..Mlx::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "deepseek4",
        gguf: Gguf { kept: Some(Kept { compressed: true, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
];
