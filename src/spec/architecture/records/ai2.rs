//! Ai2: OLMo.

use super::super::{
    Architecture, Class, Gguf, LLAMA_CPP, Large, LlamaCpp, QkNorm, Shape, TRANSFORMERS, Transformers,
};
use crate::spec::NormStyle;

/// What the classes of `olmo2` share.
const OLMO2: Class = Class { publisher: "Ai2", qk_norm: QkNorm::Wide, window_optional: true, ..Class::USUAL };

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "olmo",
        llama_cpp: LlamaCpp { large: Some(Large::of(80)), layer_norm: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture { name: "olmo-hybrid", ..Architecture::USUAL },
    Architecture {
        name: "olmo2",
        norms: NormStyle::Post,
        class: Class { model_type: "olmo2", ..OLMO2 },
        others: &[Class { model_type: "olmo3", global_every: Some(4), ..OLMO2 }],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf { layers: Some(Shape::Dense), global_every: Some(4), ..Gguf::UNKNOWN },
        transformers: Transformers { measured: Some(TRANSFORMERS), wide_scale: true, ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "olmoe",
        llama_cpp: LlamaCpp { by_tensor: false, expert_weights_norm: false, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
];
