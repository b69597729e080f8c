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
    /// Layers, from the first on, whose routed experts stay in the system's memory; [`Inference::ALL_LAYERS`] for all.
    pub cpu_experts: u64,
    /// Whether the vision projector is loaded too.
    pub vision: bool,
    /// Tokens guessed ahead and checked at once.
    pub speculation: Speculation,
    /// Calls of the model that one task takes.
    pub turn: Turn,
}

impl Inference {
    /// More layers than any model has.
    pub const ALL_LAYERS: u64 = u64::MAX;
}

/// Tokens guessed ahead by the model's own heads or from the text, and checked in one pass; no second model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speculation {
    /// Tokens guessed for each pass; 0 where none are.
    pub drafted: u64,
    /// Share of the guesses that hold, each on its own, 0 to 1.
    pub acceptance: f64,
}

impl Default for Speculation {
    fn default() -> Self {
        Self { drafted: 0, acceptance: 0.7 }
    }
}

impl Speculation {
    /// Tokens a pass yields at a share of guesses that hold: those before the first that fails, and one more.
    ///
    /// Source: Leviathan, Kalman and Matias, Fast Inference from Transformers via Speculative Decoding (2023).
    pub fn yielded(&self, acceptance: f64) -> f64 {
        let tokens = crate::units::count(self.drafted) + 1.0;
        let share = acceptance.clamp(0.0, 1.0);
        if share > 0.999 { tokens } else { (1.0 - share.powf(tokens)) / (1.0 - share) }
    }
}

/// How an agent works at one task: the model is called, a tool answers, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Calls of the model; 1 for a plain chat.
    pub calls: u64,
    /// Tokens that each tool's answer adds.
    pub tool_tokens: u64,
    /// Whether what was read before is kept for the next call.
    pub prefix_cached: bool,
}

impl Default for Turn {
    fn default() -> Self {
        Self { calls: 1, tool_tokens: 1024, prefix_cached: true }
    }
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
