//! Cohere: Command.

use super::super::{Architecture, Class, Gguf, Kept, LLAMA_CPP, LlamaCpp, QkNorm, Shape, Windows};
use crate::spec::NormStyle;

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "cohere2",
        norms: NormStyle::Shared,
        class: Class {
            model_type: "cohere2",
            publisher: "Cohere",
            tied: true,
            qk_norm: QkNorm::WideIfAsked,
            global_every: Some(4),
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp {
            measured: Some(LLAMA_CPP),
            layer_norm: true,
            rotates_only_windows: true,
            ..LlamaCpp::USUAL
        },
        gguf: Gguf { layers: Some(Shape::Dense), global_every: Some(4), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "cohere2moe",
        gguf: Gguf {
            kept: Some(Kept { windows: Windows::AllButFirst(4), ..Kept::OVER_ALL }),
            ..Gguf::UNKNOWN
        },
        ..Architecture::USUAL
    },
    Architecture {
        name: "command-r",
        norms: NormStyle::Shared,
        class: Class {
            model_type: "cohere",
            publisher: "Cohere",
            tied: true,
            qk_norm: QkNorm::WideIfAsked,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), layer_norm: true, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
];
