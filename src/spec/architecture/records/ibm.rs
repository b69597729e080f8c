//! IBM: Granite.

use super::super::{Architecture, Class, Gguf, Kept, LLAMA_CPP, LlamaCpp, Shape, Windows};

/// What the classes of `granite` share.
const GRANITE: Class = Class { publisher: "IBM", ..Class::USUAL };

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "granite",
        class: Class { model_type: "granite", ..GRANITE },
        others: &[
            Class { model_type: "granite4_vision", ..GRANITE },
            Class { model_type: "granite4_vision_text", ..GRANITE },
            Class { model_type: "granite_docling", tied: true, ..GRANITE },
            Class { model_type: "granite_docling_text", tied: true, ..GRANITE },
        ],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "granite_swa",
        also: &["granitemoe_swa"],
        llama_cpp: LlamaCpp { scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf { kept: Some(Kept { windows: Windows::Listed, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "granitehybrid",
        class: Class {
            model_type: "granitemoehybrid",
            publisher: "IBM",
            shape: Shape::Mamba,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp {
            measured: Some(LLAMA_CPP),
            by_tensor: false,
            rotates_nothing: true,
            scaled_embedding: true,
            ..LlamaCpp::USUAL
        },
        gguf: Gguf { layers: Some(Shape::Mamba), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "granitemoe",
        class: Class { model_type: "granitemoe", publisher: "IBM", shape: Shape::Experts, ..Class::USUAL },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "granitemoeshared",
        llama_cpp: LlamaCpp { scaled_embedding: true, ..LlamaCpp::USUAL },
        ..Architecture::USUAL
    },
];
