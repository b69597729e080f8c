//! Microsoft: Phi.

use super::super::{
    Architecture, Class, Defaults, Gguf, LLAMA_CPP, LlamaCpp, Mlx, TRANSFORMERS, Transformers,
};

/// What the classes of `phi3` share.
const PHI3: Class = Class { publisher: "Microsoft", ..Class::USUAL };

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "phi2",
        llama_cpp: LlamaCpp { layer_norm: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "phi3",
        class: Class {
            model_type: "phi3",
            defaults: Some(Defaults::new([32_064, 3072, 8192, 32, 32, 32, 4096])),
            ..PHI3
        },
        others: &[
            Class { model_type: "phi3_v", ..PHI3 },
            Class { model_type: "phi4_multimodal", ..PHI3 },
            // Its adapters for images and speech are said, and not counted.
            Class { model_type: "phi4mm", tied: true, ..PHI3 },
        ],
        llama_cpp: LlamaCpp {
            measured: Some(LLAMA_CPP),
            fused_qkv: true,
            fused_gate_up: true,
            stream_first: true,
            ..LlamaCpp::USUAL
        },
        gguf: Gguf::LAYERS,
        mlx: Mlx { keeps_all: true, ..Mlx::USUAL },
        transformers: Transformers {
            measured: Some(TRANSFORMERS),
            fused_attention: true,
            fused_gate: true,
            ..Transformers::USUAL
        },
        ..Architecture::USUAL
    },
    Architecture { name: "phimoe", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
];
