//! Inclusion AI: Ling and Ring.

use super::super::{Architecture, Class, Correction, Gguf, KeyNames, LLAMA_CPP, LlamaCpp, QkNorm, Shape};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture { name: "bailing-hybrid", ..Architecture::USUAL },
    Architecture { name: "bailingmoe", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "bailingmoe2",
        class: Class {
            model_type: "bailing_moe_v2",
            publisher: "Inclusion AI",
            shape: Shape::Experts,
            output_bias: false,
            qk_norm: QkNorm::HeadUnlessNot,
            score_correction: Correction::UnlessNot,
            names: KeyNames::Bailing,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture { name: "bailingmoe3", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
];
