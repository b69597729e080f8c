//! Google: Gemma and T5.

use super::super::{
    Architecture, Class, Defaults, Gguf, Heads, Kept, KeyNames, LLAMA_CPP, LlamaCpp, Mlx, QkNorm, Shape,
    TRANSFORMERS, Transformers, Windows, Writes,
};
use crate::spec::NormStyle;

/// What the classes of `gemma3` share.
const GEMMA3: Class = Class {
    publisher: "Google",
    tied: true,
    qk_norm: QkNorm::Head,
    global_every: Some(6),
    kv_heads: Heads::Fixed(4),
    head: Some(256),
    defaults: Some(Defaults::new([262_208, 2304, 9216, 26, 8, 4, 131_072])),
    leaves_out: true,
    ..Class::USUAL
};

/// What the classes of `gemma4` share.
const GEMMA4: Class = Class {
    publisher: "Google",
    tied: true,
    qk_norm: QkNorm::Head,
    global_every: Some(6),
    global_heads: true,
    kv_heads: Heads::Fixed(4),
    head: Some(256),
    dense_beside_experts: true,
    names: KeyNames::Gemma4,
    ..Class::USUAL
};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "gemma",
        class: Class {
            model_type: "gemma",
            publisher: "Google",
            tied: true,
            kv_heads: Heads::Fixed(16),
            head: Some(256),
            defaults: Some(Defaults::new([256_000, 3072, 24_576, 28, 16, 16, 8192])),
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        transformers: Transformers { measured: Some(TRANSFORMERS), wide_scale: true, ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "gemma-embedding",
        writes: Writes::Nothing,
        llama_cpp: LlamaCpp { scaled_embedding: true, ..LlamaCpp::USUAL },
        transformers: Transformers { wide_scale: true, ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "gemma2",
        norms: NormStyle::PreAndPost,
        class: Class {
            model_type: "gemma2",
            publisher: "Google",
            tied: true,
            global_every: Some(2),
            kv_heads: Heads::Fixed(4),
            head: Some(256),
            defaults: Some(Defaults::new([256_000, 2304, 9216, 26, 8, 4, 8192])),
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf { layers: Some(Shape::Dense), global_every: Some(2), ..Gguf::UNKNOWN },
        mlx: Mlx { keeps_all: true, writes_scores: true, ..Mlx::USUAL },
        transformers: Transformers { wide_scale: true, ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "gemma3",
        norms: NormStyle::PreAndPost,
        class: Class { model_type: "gemma3_text", ..GEMMA3 },
        others: &[Class { model_type: "gemma3", ..GEMMA3 }],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf { layers: Some(Shape::Dense), global_every: Some(6), ..Gguf::UNKNOWN },
        transformers: Transformers { measured: Some(TRANSFORMERS), wide_scale: true, ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "gemma3n",
        also: &["gemma3n_text"],
        llama_cpp: LlamaCpp { by_tensor: false, scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf {
            kept: Some(Kept { windows: Windows::AllButLast(5), own_keys: Some(20), ..Kept::OVER_ALL }),
            ..Gguf::UNKNOWN
        },
        transformers: Transformers { wide_scale: true, ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "gemma4",
        also: &["gemma4_text", "gemma4_unified", "gemma4_unified_text"],
        norms: NormStyle::PreAndPost,
        class: Class { model_type: "gemma4_text", ..GEMMA4 },
        others: &[
            Class { model_type: "gemma4", ..GEMMA4 },
            Class { model_type: "gemma4_unified", ..GEMMA4 },
            Class { model_type: "gemma4_unified_text", ..GEMMA4 },
        ],
        llama_cpp: LlamaCpp { scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf {
            layers: Some(Shape::Dense),
            global_every: Some(6),
            kept: Some(Kept { windows: Windows::Listed, ..Kept::OVER_ALL }),
        },
        transformers: Transformers { wide_scale: true, ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "t5",
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        ..Architecture::USUAL
    },
];
