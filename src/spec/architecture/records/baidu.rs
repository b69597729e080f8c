//! Baidu: ERNIE.

use super::super::{Architecture, Class, Correction, Gguf, Heads, KeyNames, LLAMA_CPP, LlamaCpp, Shape};

/// What the classes of `ernie4_5` share.
const ERNIE4_5: Class = Class { publisher: "Baidu", tied: true, ..Class::USUAL };

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "ernie4_5",
        class: Class { model_type: "ernie4_5", ..ERNIE4_5 },
        others: &[
            Class { model_type: "paddleocr_vl", kv_heads: Heads::Fixed(2), head: Some(128), ..ERNIE4_5 },
            Class { model_type: "paddleocr_vl_text", kv_heads: Heads::Fixed(2), head: Some(128), ..ERNIE4_5 },
        ],
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "ernie4_5-moe",
        class: Class {
            model_type: "ernie4_5_moe",
            publisher: "Baidu",
            shape: Shape::Experts,
            tied: true,
            kv_heads: Heads::Fixed(4),
            head_bias_asked: true,
            score_correction: Correction::Always,
            names: KeyNames::Ernie,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture { name: "paddleocr", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
];
