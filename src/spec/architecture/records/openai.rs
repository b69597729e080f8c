//! OpenAI.

use super::super::{Architecture, Class, Gguf, Heads, LLAMA_CPP, LlamaCpp, Mlx, Rows, Shape};
use crate::spec::{FileType, Quantization, Runtime};

/// It is published in MXFP4; its rows are no multiple of 128, so the other small file types fall back to formats that are
/// larger again, and groups of 128 do not exist.
const GPT_OSS: [(Runtime, &[Quantization]); 3] = [
    (
        Runtime::LlamaCpp,
        &[
            Quantization::Gguf(FileType::F16),
            Quantization::Gguf(FileType::Q8_0),
            Quantization::Gguf(FileType::MXFP4),
        ],
    ),
    (Runtime::Vllm, &[Quantization::Bf16, Quantization::Fp8, Quantization::MxFp4]),
    (Runtime::Sglang, &[Quantization::Bf16, Quantization::Fp8, Quantization::MxFp4]),
];

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "gpt-oss",
        class: Class {
            model_type: "gpt_oss",
            publisher: "OpenAI",
            shape: Shape::Experts,
            qkv_bias: true,
            global_every: Some(2),
            kv_heads: Heads::Fixed(8),
            head: Some(64),
            sinks: true,
            expert_bias: true,
            ..Class::USUAL
        },
        llama_cpp: LlamaCpp {
            measured: Some(LLAMA_CPP),
            rows: Rows::BeforeNorm,
            expert_weights_norm: false,
            ..LlamaCpp::USUAL
        },
        gguf: Gguf { layers: Some(Shape::Dense), global_every: Some(2), ..Gguf::UNKNOWN },
        ladders: &GPT_OSS,
        mlx: Mlx { shards: true, ..Mlx::USUAL },
        ..Architecture::USUAL
    },
    Architecture {
        name: "gpt2",
        llama_cpp: LlamaCpp { layer_norm: true, fused_qkv: true, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
];
