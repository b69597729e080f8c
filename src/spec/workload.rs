//! A workload: what is to be run, independent of the machine.

use super::{KvPrecision, Quantization};

/// One workload of any family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Workload {
    /// Chat, agents, serving.
    Inference(Inference),
    /// Program graphs written out as tokens and read by a language model.
    GraphSequence(GraphSequence),
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

/// A graph given to a language model as text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GraphSequence {
    /// The graph.
    pub graph: Graph,
    /// How the model runs; its prompt and context are replaced by those that follow from the graph.
    pub inference: Inference,
}

/// A program graph and how it is written out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Graph {
    /// Nodes.
    pub nodes: u64,
    /// Edges.
    pub edges: u64,
    /// Tokens that write one node.
    pub tokens_per_node: f64,
    /// Tokens that write one edge.
    pub tokens_per_edge: f64,
}
