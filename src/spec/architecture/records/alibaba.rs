//! Alibaba: Qwen.

use super::super::{
    Architecture, Class, Defaults, Gguf, Heads, Kept, LLAMA_CPP, Large, LlamaCpp, MLX, Mlx, QkNorm, Rows,
    Shape, TRANSFORMERS, Transformers,
};

/// What the classes of `qwen2` share.
const QWEN2: Class = Class {
    publisher: "Alibaba",
    qkv_bias: true,
    output_bias: false,
    window_if_asked: true,
    shared_gate: true,
    ..Class::USUAL
};

/// What the classes of `qwen2vl` share.
const QWEN2VL: Class = Class {
    publisher: "Alibaba",
    qkv_bias: true,
    output_bias: false,
    window_if_asked: true,
    shared_gate: true,
    ..Class::USUAL
};

/// What the classes of `qwen35` share.
const QWEN35: Class = Class {
    publisher: "Alibaba",
    shape: Shape::Delta,
    qk_norm: QkNorm::Head,
    window_if_asked: true,
    kv_heads: Heads::Fixed(2),
    head: Some(256),
    shared_gate: true,
    ..Class::USUAL
};

/// What the classes of `qwen35moe` share.
const QWEN35MOE: Class = Class {
    publisher: "Alibaba",
    shape: Shape::Delta,
    qk_norm: QkNorm::Head,
    window_if_asked: true,
    kv_heads: Heads::Fixed(2),
    head: Some(256),
    shared_gate: true,
    ..Class::USUAL
};

/// What the classes of `qwen3moe` share.
const QWEN3MOE: Class = Class {
    publisher: "Alibaba",
    shape: Shape::Experts,
    qk_norm: QkNorm::Head,
    window_if_asked: true,
    kv_heads: Heads::Fixed(4),
    shared_gate: true,
    ..Class::USUAL
};

/// What the classes of `qwen3vl` share.
const QWEN3VL: Class = Class {
    publisher: "Alibaba",
    qk_norm: QkNorm::Head,
    window_if_asked: true,
    head: Some(128),
    shared_gate: true,
    ..Class::USUAL
};

/// What the classes of `qwen3vlmoe` share.
const QWEN3VLMOE: Class = Class {
    publisher: "Alibaba",
    shape: Shape::Experts,
    qk_norm: QkNorm::Head,
    window_if_asked: true,
    kv_heads: Heads::Fixed(4),
    shared_gate: true,
    ..Class::USUAL
};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "qwen",
        class: Class { qkv_bias: true, ..Class::USUAL },
        llama_cpp: LlamaCpp { fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen2",
        class: Class {
            model_type: "qwen2",
            defaults: Some(Defaults::new([151_936, 4096, 22_016, 32, 32, 32, 32_768])),
            ..QWEN2
        },
        // Qwen 2 under what sees.
        others: &[Class { model_type: "dots_ocr", publisher: "rednote", ..QWEN2 }],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), large: Some(Large::of(80)), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        mlx: Mlx { measured: Some(MLX), shards: true, ..Mlx::USUAL },
        transformers: Transformers { measured: Some(TRANSFORMERS), ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen2moe",
        class: Class {
            model_type: "qwen2_moe",
            publisher: "Alibaba",
            shape: Shape::Experts,
            qkv_bias: true,
            output_bias: false,
            window_if_asked: true,
            shared_gate: true,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { expert_weights_norm: false, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen2vl",
        class: Class { model_type: "qwen2_vl", ..QWEN2VL },
        others: &[
            Class { model_type: "qwen2_5_omni_text", ..QWEN2VL },
            Class { model_type: "qwen2_5_vl", ..QWEN2VL },
            Class {
                model_type: "qwen2_5_vl_text",
                defaults: Some(Defaults::new([152_064, 8192, 29_568, 80, 64, 8, 32_768])),
                ..QWEN2VL
            },
            Class { model_type: "qwen2_vl_text", ..QWEN2VL },
        ],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), positions: 4, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen3",
        class: Class {
            model_type: "qwen3",
            publisher: "Alibaba",
            qk_norm: QkNorm::Head,
            window_if_asked: true,
            head: Some(128),
            shared_gate: true,
            defaults: Some(Defaults::new([151_936, 4096, 22_016, 32, 32, 32, 32_768])),
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        mlx: Mlx { measured: Some(MLX), shards: true, ..Mlx::USUAL },
        transformers: Transformers { measured: Some(TRANSFORMERS), ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen35",
        class: Class { model_type: "qwen3_5", ..QWEN35 },
        others: &[Class { model_type: "qwen3_5_text", ..QWEN35 }],
        llama_cpp: LlamaCpp {
            measured: Some(LLAMA_CPP),
            positions: 4,
            lean_delta: true,
            rows: Rows::AfterNorm,
            ..LlamaCpp::USUAL
        },
        gguf: Gguf { layers: Some(Shape::Delta), ..Gguf::UNKNOWN },
        mlx: Mlx { shards: true, ..Mlx::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen35moe",
        class: Class { model_type: "qwen3_5_moe", ..QWEN35MOE },
        others: &[Class { model_type: "qwen3_5_moe_text", ..QWEN35MOE }],
        llama_cpp: LlamaCpp {
            measured: Some(LLAMA_CPP),
            positions: 4,
            lean_delta: true,
            rows: Rows::AfterNorm,
            ..LlamaCpp::USUAL
        },
        gguf: Gguf { layers: Some(Shape::Delta), ..Gguf::UNKNOWN },
        mlx: Mlx { shards: true, ..Mlx::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen3moe",
        class: Class { model_type: "qwen3_moe", ..QWEN3MOE },
        others: &[
            Class { model_type: "qwen3_omni_moe", ..QWEN3MOE },
            Class { model_type: "qwen3_omni_moe_text", ..QWEN3MOE },
        ],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        mlx: Mlx { measured: Some(MLX), ..Mlx::USUAL },
        transformers: Transformers { measured: Some(TRANSFORMERS), ..Transformers::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen3next",
        class: Class {
            model_type: "qwen3_next",
            publisher: "Alibaba",
            shape: Shape::Delta,
            qk_norm: QkNorm::Head,
            window_if_asked: true,
            kv_heads: Heads::Fixed(2),
            head: Some(256),
            shared_gate: true,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), rows: Rows::AfterNorm, ..LlamaCpp::USUAL },
        gguf: Gguf { layers: Some(Shape::Delta), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen3vl",
        class: Class { model_type: "qwen3_vl", ..QWEN3VL },
        others: &[Class { model_type: "qwen3_vl_text", ..QWEN3VL }],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), positions: 4, deep_rows: 3, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "qwen3vlmoe",
        class: Class { model_type: "qwen3_vl_moe", ..QWEN3VLMOE },
        others: &[Class { model_type: "qwen3_vl_moe_text", ..QWEN3VLMOE }],
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), positions: 4, deep_rows: 3, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "rwkv6qwen2",
        gguf: Gguf { kept: Some(Kept { states_alone: true, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
];
