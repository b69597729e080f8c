//! What a preset leaves out.

use crate::spec::{
    AttentionKernel, BasePrecision, Diffusion, DiffusionMode, DiffusionPrecision, FileType, FineTune, Gnn,
    GnnArchitecture, GnnMode, GnnPrecision, GpuLayers, Graph, Inference, KvPrecision, Logits, MessagePassing,
    Method, Optimizer, Pipeline, Quantization, Residency, Runtime, Sampling, Targets, TunedLayers,
};

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
        cpu_experts: 0,
        vision: false,
        speculation: crate::spec::Speculation::default(),
        turn: crate::spec::Turn::default(),
    }
}

/// An answer takes up to 1,024 tokens, and no more than an eighth of a slot.
pub(super) fn default_generate(slot: u64) -> u64 {
    (slot / 8).clamp(1, 1024)
}

/// A function of a few hundred nodes, each written as an identifier, each edge as two references.
pub(super) const fn graph() -> Graph {
    Graph {
        nodes: 400,
        edges: 1200,
        tokens_per_node: 6.0,
        tokens_per_edge: 4.0,
        graphs: 1000,
        size_spread: 1.0,
        truncation: None,
        packing: false,
    }
}

/// A fine-tune as most recipes start it: adapters of rank 16 on every matrix, AdamW, one sequence at a time,
/// activations recomputed.
pub fn default_fine_tune(method: Method, runtime: Runtime, context_max: u32) -> FineTune {
    let sequence = 2048.min(u64::from(context_max.max(256)));
    FineTune {
        method,
        precision: default_base(method, runtime),
        rank: 16,
        targets: Targets::AllLinear,
        tuned_layers: TunedLayers::All,
        optimizer: Optimizer::AdamW,
        master_weights: false,
        micro_batch: 1,
        accumulation: 1,
        sequence,
        checkpointing: true,
        attention: AttentionKernel::Fused,
        padded: false,
        fused_loss: false,
        keeps_logits: false,
        autocast: true,
        adapters_fp32: true,
        kbit_preparation: matches!((method, runtime), (Method::Qlora, Runtime::PyTorch)),
        examples: 1000,
        tokens_per_example: sequence,
        epochs: 1.0,
    }
}

/// How a method holds its base on a runtime where nothing is said.
pub const fn default_base(method: Method, runtime: Runtime) -> BasePrecision {
    match (method, runtime) {
        (Method::Qlora, Runtime::Mlx) => BasePrecision::Mlx4,
        (Method::Qlora, _) => BasePrecision::Nf4,
        (Method::Full | Method::Lora | Method::Dora, _) => BasePrecision::Bf16,
    }
}

/// A graph network of three layers on the data-flow graph of a large program.
pub const fn default_gnn() -> Gnn {
    Gnn {
        architecture: GnnArchitecture::Sage,
        nodes: 100_000,
        edges: 1_000_000,
        in_width: 128,
        hidden: 256,
        out_width: 64,
        layers: 3,
        heads: 4,
        message_passing: MessagePassing::Scatter,
        sampling: Sampling::Full,
        batch_nodes: 1024,
        mode: GnnMode::Train,
        precision: GnnPrecision::Fp32,
        epochs: 100.0,
        normalization_cached: false,
        dropout: false,
        token_vocabulary: 1_300_000,
        path_vocabulary: 900_000,
    }
}

/// A pipeline at the size, length and steps that its model card starts with.
pub const fn default_diffusion(pipeline: Pipeline) -> Diffusion {
    let (width, height, frames, steps) = match pipeline {
        Pipeline::Sd15 => (512, 512, 1, 50),
        Pipeline::Sdxl => (1024, 1024, 1, 50),
        Pipeline::Flux1Dev => (1024, 1024, 1, 28),
        Pipeline::Wan22Small => (1280, 704, 121, 50),
        Pipeline::Wan22Large => (1280, 720, 81, 40),
    };
    Diffusion {
        pipeline,
        precision: DiffusionPrecision::Bf16,
        width,
        height,
        frames,
        steps,
        batch: 1,
        // FLUX.1-dev has its guidance distilled into the model, and runs once a step.
        guidance: !matches!(pipeline, Pipeline::Flux1Dev),
        residency: Residency::All,
        vae_tiling: false,
        mode: DiffusionMode::Generate,
        rank: 16,
        checkpointing: false,
    }
}
