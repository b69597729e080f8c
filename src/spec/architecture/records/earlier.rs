//! Models of before 2025 whose makers have one or two.

use super::super::{Architecture, Class, Gguf, Heads, Kept, KeyNames, LLAMA_CPP, Large, LlamaCpp, Windows};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture { name: "arctic", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture { name: "baichuan", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "bitnet",
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "bloom",
        llama_cpp: LlamaCpp { layer_norm: true, fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture { name: "codeshell", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "dbrx",
        llama_cpp: LlamaCpp { layer_norm: true, fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture { name: "encoder", class: Class { gated: false, ..Class::USUAL }, ..Architecture::USUAL },
    Architecture {
        name: "gptneox",
        llama_cpp: LlamaCpp { layer_norm: true, fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "grok",
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "internlm2",
        class: Class {
            model_type: "internlm2",
            publisher: "Shanghai AI Lab",
            names: KeyNames::InternLm2,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture {
        name: "jais",
        llama_cpp: LlamaCpp { fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "jais2",
        llama_cpp: LlamaCpp { large: Some(Large::of(68)), ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "minicpm",
        llama_cpp: LlamaCpp { scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "minicpm3",
        llama_cpp: LlamaCpp { by_tensor: false, scaled_embedding: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "mpt",
        class: Class { gated: false, ..Class::USUAL },
        llama_cpp: LlamaCpp { by_tensor: false, layer_norm: true, fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "openelm",
        llama_cpp: LlamaCpp { fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture { name: "orion", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture { name: "plamo", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "plamo2",
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "plamo3",
        gguf: Gguf {
            kept: Some(Kept { windows: Windows::AllButLast(8), ..Kept::OVER_ALL }),
            ..Gguf::UNKNOWN
        },
        ..Architecture::USUAL
    },
    Architecture { name: "plm", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture { name: "refact", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "stablelm",
        llama_cpp: LlamaCpp { layer_norm: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "starcoder",
        llama_cpp: LlamaCpp { fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "starcoder2",
        class: Class {
            model_type: "starcoder2",
            publisher: "BigCode",
            tied: true,
            kv_heads: Heads::Fixed(2),
            gated: false,
            biased: true,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp { measured: Some(LLAMA_CPP), layer_norm: true, ..LlamaCpp::USUAL },
        gguf: Gguf::LAYERS,
        ..Architecture::USUAL
    },
    Architecture { name: "xverse", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
];
