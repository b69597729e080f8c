//! Tencent: Hunyuan.

use super::super::{
    Architecture, Chooser, Class, Correction, Gguf, Kept, KeyNames, LLAMA_CPP, LlamaCpp, QkNorm, Shape,
};

/// What the classes of `hunyuan-dense` share.
const HUNYUAN_DENSE: Class = Class { publisher: "Tencent", qk_norm: QkNorm::Head, ..Class::USUAL };

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "hunyuan-dense",
        class: Class { model_type: "hunyuan_v1_dense", ..HUNYUAN_DENSE },
        others: &[
            Class { model_type: "hunyuan_vl", tied: true, ..HUNYUAN_DENSE },
            Class { model_type: "hunyuan_vl_text", tied: true, ..HUNYUAN_DENSE },
        ],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "hunyuan-moe",
        class: Class {
            model_type: "hunyuan_v1_moe",
            publisher: "Tencent",
            shape: Shape::Experts,
            qk_norm: QkNorm::Head,
            names: KeyNames::Hunyuan,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture { name: "hunyuan_vl", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "hy-v3",
        also: &["hy_v3"],
        class: Class {
            model_type: "hy_v3",
            publisher: "Tencent",
            shape: Shape::Experts,
            qk_norm: QkNorm::Head,
            score_correction: Correction::Always,
            names: KeyNames::HunyuanV3,
            ..Class::USUAL
        },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "hy_v4",
        gguf: Gguf { kept: Some(Kept { indexer: Chooser::Listed, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
];
