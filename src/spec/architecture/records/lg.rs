//! LG AI Research: EXAONE.

use super::super::{
    Architecture, Class, Correction, Gguf, Kept, KeyNames, LLAMA_CPP, LlamaCpp, Mlx, QkNorm, Shape, Windows,
};
use crate::spec::NormStyle;

/// What the classes of `exaone4` share.
const EXAONE4: Class = Class {
    publisher: "LG AI Research",
    qk_norm: QkNorm::Head,
    global_every: Some(4),
    window_optional: true,
    ..Class::USUAL
};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "exaone",
        class: Class {
            model_type: "exaone",
            publisher: "LG AI Research",
            names: KeyNames::Exaone,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "exaone-moe",
        class: Class {
            model_type: "exaone_moe",
            publisher: "LG AI Research",
            shape: Shape::Experts,
            qk_norm: QkNorm::Head,
            global_every: Some(4),
            score_correction: Correction::Always,
            names: KeyNames::ExaoneMoe,
            ..Class::USUAL
        },
        gguf: Gguf {
            kept: Some(Kept { windows: Windows::AllButLast(4), ..Kept::OVER_ALL }),
            ..Gguf::UNKNOWN
        },
        mlx: Mlx { shards: true, ..Mlx::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "exaone4",
        norms: NormStyle::Post,
        class: Class { model_type: "exaone4", ..EXAONE4 },
        others: &[
            Class { model_type: "exaone4_5", ..EXAONE4 },
            Class { model_type: "exaone4_5_text", ..EXAONE4 },
        ],
        llama_cpp: LlamaCpp { rotates_only_windows: true, ..LlamaCpp::USUAL },
        gguf: Gguf { layers: Some(Shape::Dense), global_every: Some(4), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
];
