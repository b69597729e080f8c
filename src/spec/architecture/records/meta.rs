//! Meta: Llama, and what others made as it is.

use super::super::{
    Architecture, Class, Defaults, Gguf, Heads, Kept, KeyNames, LLAMA_CPP, Large, LlamaCpp, MLX, Mlx, Shape,
    TRANSFORMERS, Transformers, Window, Windows,
};

/// What the classes of `llama` share.
const LLAMA: Class = Class { publisher: "Meta", ..Class::USUAL };

/// What the classes of `llama4` share.
const LLAMA4: Class = Class {
    publisher: "Meta",
    shape: Shape::Experts,
    global_every: Some(4),
    kv_heads: Heads::Fixed(8),
    head: Some(128),
    names: KeyNames::Llama4,
    ..Class::USUAL
};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture { name: "chameleon", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "llama",
        class: Class {
            model_type: "llama",
            defaults: Some(Defaults::new([32_000, 4096, 11_008, 32, 32, 32, 2048])),
            ..LLAMA
        },
        others: &[
            Class {
                model_type: "internlm3",
                publisher: "Shanghai AI Lab",
                names: KeyNames::InternLm3,
                ..LLAMA
            },
            Class { model_type: "iquestcoder", publisher: "IQuest", head: Some(128), ..LLAMA },
            Class {
                model_type: "mistral",
                publisher: "Mistral AI",
                kv_heads: Heads::Fixed(8),
                defaults: Some(Defaults::new([32_000, 4096, 14_336, 32, 32, 8, 131_072])),
                ..LLAMA
            },
            Class {
                model_type: "mixtral",
                publisher: "Mistral AI",
                shape: Shape::Experts,
                kv_heads: Heads::Fixed(8),
                ..LLAMA
            },
        ],
        llama_cpp: LlamaCpp {
            measured: Some(LLAMA_CPP),
            large: Some(Large { layers: 80, only_grouped: true }),
            ..LlamaCpp::USUAL
        },
        gguf: Gguf::LAYERS,
        mlx: Mlx { measured: Some(MLX), shards: true, ..Mlx::USUAL },
        transformers: Transformers { measured: Some(TRANSFORMERS), ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture { name: "llama-embed", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "llama4",
        class: Class { model_type: "llama4_text", ..LLAMA4 },
        others: &[Class { model_type: "llama4", ..LLAMA4 }],
        llama_cpp: LlamaCpp { expert_weights_norm: false, ..LlamaCpp::USUAL },
        gguf: Gguf {
            kept: Some(Kept {
                windows: Windows::AllButLast(4),
                window: Some(Window::Always(8192)),
                ..Kept::OVER_ALL
            }),
            ..Gguf::UNKNOWN
        },
        ..Architecture::USUAL
    },
];
