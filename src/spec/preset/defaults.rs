//! What a preset leaves out.

use crate::spec::{AttentionKernel, GpuLayers, Inference, KvPrecision, Logits, Quantization, Runtime};
use crate::spec::{FileType, Graph};

/// Most tokens of context that are computed with; more is lowered to it, and said.
pub const MOST_TOKENS: u64 = 100_000_000;

/// Tokens of context where none are given, and the model allows them.
const CONTEXT: u64 = 8192;

/// How a runtime stores weights where nothing is said.
pub(super) const fn quantization(runtime: Runtime) -> Quantization {
    match runtime {
        Runtime::LlamaCpp => Quantization::Gguf(FileType::Q4KM),
        Runtime::Mlx => Quantization::Mlx { bits: 4, group: 64 },
        Runtime::PyTorch | Runtime::Vllm => Quantization::Bf16,
    }
}

/// Inference as a person would start it: one request, a server's logits, fused attention, everything on the device.
pub fn default_inference(runtime: Runtime, context_max: u32) -> Inference {
    let context = CONTEXT.min(u64::from(context_max.max(256)));
    let generate = default_generate(context);
    Inference {
        quantization: quantization(runtime),
        kv_precision: KvPrecision::F16,
        context,
        prompt: context - generate,
        generate,
        concurrency: 1,
        unified_kv: false,
        prefix_share: 0.0,
        ubatch: 512,
        prefill_step: 2048,
        attention: AttentionKernel::Fused,
        logits: Logits::Last,
        gpu_layers: GpuLayers::Auto,
        vision: false,
    }
}

/// An answer takes up to 1,024 tokens, and no more than an eighth of a slot.
pub(super) fn default_generate(slot: u64) -> u64 {
    (slot / 8).clamp(1, 1024)
}

/// A function of a few hundred nodes, each written as an identifier, each edge as two references.
pub(super) const fn graph() -> Graph {
    Graph { nodes: 400, edges: 1200, tokens_per_node: 6.0, tokens_per_edge: 4.0 }
}
