//! Mistral AI.

use super::super::{Architecture, Class, Gguf, Heads, LLAMA_CPP, LlamaCpp, Shape};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture { name: "mistral-large4", ..Architecture::USUAL },
    Architecture {
        name: "mistral3",
        class: Class {
            model_type: "ministral3",
            publisher: "Mistral AI",
            kv_heads: Heads::Fixed(8),
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "mistral4",
        class: Class {
            model_type: "mistral4",
            publisher: "Mistral AI",
            shape: Shape::Latent,
            ..Class::USUAL
        },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
];
