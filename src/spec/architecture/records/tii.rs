//! TII: Falcon.

use super::super::{Architecture, Class, Gguf, Heads, LLAMA_CPP, LlamaCpp, Shape};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "falcon",
        llama_cpp: LlamaCpp { layer_norm: true, fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "falcon-h1",
        class: Class {
            model_type: "falcon_h1",
            publisher: "TII",
            shape: Shape::Parallel,
            kv_heads: Heads::Fixed(8),
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf { layers: Some(Shape::Parallel), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
];
