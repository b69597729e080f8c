//! MiniMax.

use super::super::{
    Architecture, Chooser, Class, Correction, Gguf, Kept, KeyNames, LLAMA_CPP, LlamaCpp, Mlx, QkNorm, Shape,
};

/// What the classes of `minimax-m3` share.
const MINIMAX_M3: Class = Class {
    publisher: "MiniMax",
    shape: Shape::Experts,
    qk_norm: QkNorm::Head,
    indexed: true,
    score_correction: Correction::Always,
    names: KeyNames::MiniMax3,
    ..Class::USUAL
};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "minimax-01",
        gguf: Gguf { kept: Some(Kept { linear_but_every: Some(8), ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "minimax-m2",
        class: Class {
            model_type: "minimax_m2",
            publisher: "MiniMax",
            shape: Shape::Experts,
            qk_norm: QkNorm::Wide,
            score_correction: Correction::Always,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        mlx: Mlx { shards: true, ..Mlx::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "minimax-m3",
        class: Class { model_type: "minimax_m3", ..MINIMAX_M3 },
        others: &[
            Class { model_type: "minimax_m3_vl", score_correction: Correction::Never, ..MINIMAX_M3 },
            Class { model_type: "minimax_m3_vl_text", ..MINIMAX_M3 },
        ],
        gguf: Gguf { kept: Some(Kept { indexer: Chooser::BehindDense, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
];
