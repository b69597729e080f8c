//! NVIDIA: Nemotron.

use super::super::{Architecture, Class, Correction, Gguf, Heads, Kept, KeyNames, Large, LlamaCpp, Shape};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "deci",
        llama_cpp: LlamaCpp { large: Some(Large::of(80)), ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "nemotron",
        llama_cpp: LlamaCpp { layer_norm: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "nemotron_h",
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf { kept: Some(Kept { networks_alone: true, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "nemotron_h_moe",
        class: Class {
            model_type: "nemotron_h",
            publisher: "NVIDIA",
            shape: Shape::Nemotron,
            kv_heads: Heads::Fixed(8),
            head: Some(128),
            score_correction: Correction::Always,
            names: KeyNames::Nemotron,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf { kept: Some(Kept { networks_alone: true, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
];
