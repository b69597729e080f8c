//! A workload: what is to be run, independent of the machine.

use super::{Diffusion, FineTune, Gnn, GraphSequence, KvPrecision, LanguageModel, Quantization};

/// One workload of any family.
#[derive(Clone, Debug, PartialEq)]
pub enum Workload {
    /// Chat, agents, serving.
    Inference(LanguageModel, Inference),
    /// Training a language model further.
    FineTune(LanguageModel, FineTune),
    /// Program graphs written out as tokens, read by a language model or trained on.
    GraphSequence(LanguageModel, GraphSequence),
    /// A graph neural network.
    Gnn(Gnn),
    /// Images and video.
    Diffusion(Diffusion),
}

impl Workload {
    /// Which family it is of.
    pub const fn family(&self) -> Family {
        match self {
            Self::Inference(..) => Family::Inference,
            Self::FineTune(..) => Family::FineTune,
            Self::GraphSequence(..) => Family::GraphSequence,
            Self::Gnn(_) => Family::Gnn,
            Self::Diffusion(_) => Family::Diffusion,
        }
    }
}

/// A family of workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Chat, agents, serving.
    Inference,
    /// Training a language model further.
    FineTune,
    /// Program graphs as sequences of tokens.
    GraphSequence,
    /// Graph neural networks.
    Gnn,
    /// Images and video.
    Diffusion,
}

impl Family {
    /// Every family, as they are listed.
    pub const ALL: [Self; 5] =
        [Self::Inference, Self::FineTune, Self::GraphSequence, Self::Gnn, Self::Diffusion];
}

/// Running a language model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inference {
    /// How the weights are stored.
    pub quantization: Quantization,
    /// How the KV cache is stored.
    pub kv_precision: KvPrecision,
    /// Tokens of context in all, shared out to the slots.
    pub context: u64,
    /// Tokens of a prompt.
    pub prompt: u64,
    /// Tokens of an answer.
    pub generate: u64,
    /// Requests in flight at once; llama.cpp calls them slots.
    pub concurrency: u64,
    /// Whether all slots share one pool of cells instead of an equal part each.
    pub unified_kv: bool,
    /// Share of the prompt that all requests have in common, 0 to 1.
    pub prefix_share: f64,
    /// Tokens computed at once while reading a prompt (llama.cpp).
    pub ubatch: u64,
    /// Tokens computed at once while reading a prompt (MLX, vLLM).
    pub prefill_step: u64,
    /// Which attention kernel runs.
    pub attention: AttentionKernel,
    /// For which tokens the output layer is computed.
    pub logits: Logits,
    /// Layers on the accelerator.
    pub gpu_layers: GpuLayers,
    /// Whether the vision projector is loaded too.
    pub vision: bool,
}

/// How attention is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttentionKernel {
    /// Flash attention and its kin: no score matrix is written out.
    #[default]
    Fused,
    /// The score matrix is written out: memory grows with chunk × context.
    Eager,
}

/// For which tokens logits are reserved: a large difference between front ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Logits {
    /// One row a slot, as a server asks.
    #[default]
    Last,
    /// Every token of a chunk, the library's default.
    All,
}

/// Layers placed on the accelerator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GpuLayers {
    /// All of them where there is an accelerator.
    #[default]
    Auto,
    /// The last `n`, as llama.cpp counts them; the output layer is one more.
    Count(u64),
}
