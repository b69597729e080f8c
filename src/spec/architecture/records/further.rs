//! Makers with one or two architectures each.

use super::super::{
    Architecture, Class, Correction, Gguf, Heads, Kept, LLAMA_CPP, LlamaCpp, QkNorm, Shape, Window, Windows,
};

/// What the classes of `apertus` share.
const APERTUS: Class =
    Class { publisher: "Swiss AI", qk_norm: QkNorm::Head, gated: false, layer_numbers: 2, ..Class::USUAL };

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "afmoe",
        gguf: Gguf {
            kept: Some(Kept { windows: Windows::AllButLast(4), ..Kept::OVER_ALL }),
            ..Gguf::UNKNOWN
        },
        ..Architecture::USUAL
    },
    Architecture {
        name: "apertus",
        class: Class { model_type: "apertus", ..APERTUS },
        others: &[
            Class { model_type: "apertus1p5", ..APERTUS },
            Class { model_type: "apertus1p5_text", ..APERTUS },
        ],
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "arcee",
        class: Class { model_type: "arcee", publisher: "Arcee AI", gated: false, ..Class::USUAL },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "dots1",
        class: Class {
            model_type: "dots1",
            publisher: "rednote",
            shape: Shape::Experts,
            qk_norm: QkNorm::Head,
            score_correction: Correction::Always,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture { name: "grovemoe", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "laguna",
        gguf: Gguf {
            kept: Some(Kept { windows: Windows::AllButFirst(4), ..Kept::OVER_ALL }),
            ..Gguf::UNKNOWN
        },
        ..Architecture::USUAL
    },
    Architecture { name: "maincoder", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "maple",
        gguf: Gguf { kept: Some(Kept { windows: Windows::Listed, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "mellum",
        gguf: Gguf {
            kept: Some(Kept { windows: Windows::AllButLast(4), ..Kept::OVER_ALL }),
            ..Gguf::UNKNOWN
        },
        ..Architecture::USUAL
    },
    Architecture {
        name: "mimo",
        class: Class { model_type: "mimo", publisher: "Xiaomi", output_bias: false, ..Class::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "mimo2",
        gguf: Gguf { kept: Some(Kept { windows: Windows::Listed, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "muse-glimmer",
        gguf: Gguf {
            kept: Some(Kept { windows: Windows::AllButLast(4), ..Kept::OVER_ALL }),
            ..Gguf::UNKNOWN
        },
        ..Architecture::USUAL
    },
    Architecture { name: "pangu-embedded", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "seed_oss",
        class: Class { model_type: "seed_oss", publisher: "ByteDance", output_bias: false, ..Class::USUAL },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "smallthinker",
        gguf: Gguf {
            kept: Some(Kept {
                windows: Windows::AllButFirst(4),
                window: Some(Window::WhereNamed(4096)),
                ..Kept::OVER_ALL
            }),
            ..Gguf::UNKNOWN
        },
        ..Architecture::USUAL
    },
    Architecture {
        name: "smollm3",
        class: Class {
            model_type: "smollm3",
            publisher: "Hugging Face",
            tied: true,
            kv_heads: Heads::Fixed(4),
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "spark2_5",
        gguf: Gguf { kept: Some(Kept { windows: Windows::Listed, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "step35",
        gguf: Gguf { kept: Some(Kept { windows: Windows::Listed, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture { name: "step3p7", ..Architecture::USUAL },
];
