//! What the graph of an architecture does beyond what its shapes say.

/// Where a graph drops the rows whose logits are not wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Rows {
    /// In the last layer, after its mixer.
    #[default]
    InLastLayer,
    /// After the last layer, whose result is handed to the program too.
    BeforeNorm,
    /// After the last norm, whose result is handed to the program too.
    AfterNorm,
}

/// Habits of one architecture's graph in llama.cpp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// Norms subtract the mean, an operation that never works in place.
    pub(super) layer_norm: bool,
    /// Queries, keys and values come out of one matrix.
    pub(super) fused_qkv: bool,
    /// Gate and up come out of one matrix.
    pub(super) fused_gate_up: bool,
    /// Some layers have a sliding window, which changes the order of the projections.
    pub(super) windows: bool,
    /// Layers that see everything have no rotary positions.
    pub(super) rotates_only_windows: bool,
    /// No layer has rotary positions.
    pub(super) rotates_nothing: bool,
    /// Numbers that say where one token stands.
    pub(super) positions: u64,
    /// Further rows of the embedding, which are added to the stream after the first layers.
    pub(super) deep_rows: u64,
    /// The stream is named before the feed-forward network's result when they are added.
    pub(super) stream_first: bool,
    /// Decay and strength of the delta rule come out of matrices of their own, and its keys are shared
    /// between value heads instead of repeated.
    pub(super) lean_delta: bool,
    /// Where rows without logits are dropped.
    pub(super) rows: Rows,
    /// Expert weights are normalised over the chosen experts; they are too where scores are corrected.
    pub(super) expert_weights_norm: bool,
    /// The embedding is multiplied before the first layer.
    pub(super) scaled_embedding: bool,
}

/// Architectures whose graphs were held against llama.cpp's own reservation, in alphabetical order.
const MEASURED: [&str; 39] = [
    "arcee",
    "bailingmoe2",
    "chatglm",
    "cohere2",
    "command-r",
    "deepseek2",
    "dots1",
    "ernie4_5-moe",
    "exaone",
    "falcon-h1",
    "gemma",
    "gemma2",
    "gemma3",
    "glm4",
    "glm4moe",
    "gpt-oss",
    "granite",
    "granitehybrid",
    "granitemoe",
    "hunyuan-dense",
    "hunyuan-moe",
    "internlm2",
    "llama",
    "minimax-m2",
    "mistral3",
    "olmo2",
    "phi3",
    "qwen2",
    "qwen2vl",
    "qwen3",
    "qwen35",
    "qwen35moe",
    "qwen3moe",
    "qwen3next",
    "qwen3vl",
    "qwen3vlmoe",
    "seed_oss",
    "smollm3",
    "starcoder2",
];

/// Whether an architecture's graph was held against llama.cpp's own; another one is laid out by the usual habits.
pub(crate) fn is_measured(architecture: &str) -> bool {
    MEASURED.contains(&architecture)
}

/// The habits of an architecture by llama.cpp's name for it.
pub(super) fn traits(architecture: &str) -> Traits {
    let has = |names: &[&str]| names.contains(&architecture);
    Traits {
        layer_norm: has(&[
            "command-r",
            "cohere2",
            "phi2",
            "gpt2",
            "gptneox",
            "falcon",
            "starcoder2",
            "stablelm",
            "bloom",
            "mpt",
            "dbrx",
            "olmo",
            "nemotron",
        ]),
        fused_qkv: has(&[
            "phi3",
            "phi2",
            "gpt2",
            "gptneox",
            "falcon",
            "bloom",
            "mpt",
            "dbrx",
            "chatglm",
            "bailingmoe2",
        ]),
        fused_gate_up: has(&["phi3", "glm4", "chatglm"]),
        windows: false,
        rotates_only_windows: has(&["cohere2", "exaone4"]),
        stream_first: architecture == "phi3",
        lean_delta: has(&["qwen35", "qwen35moe"]),
        rotates_nothing: has(&["granitehybrid"]),
        positions: if has(&["qwen2vl", "qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe"]) { 4 } else { 1 },
        deep_rows: if has(&["qwen3vl", "qwen3vlmoe"]) { 3 } else { 0 },
        rows: match architecture {
            "gpt-oss" => Rows::BeforeNorm,
            "qwen3next" | "qwen35" | "qwen35moe" => Rows::AfterNorm,
            _ => Rows::InLastLayer,
        },
        expert_weights_norm: !has(&["gpt-oss", "qwen2moe", "deepseek", "deepseek2", "olmoe", "llama4"]),
        scaled_embedding: architecture.starts_with("gemma")
            || architecture.starts_with("granite")
            || has(&["minicpm", "minicpm3"]),
    }
}
