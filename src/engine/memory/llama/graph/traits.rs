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
    /// Where rows without logits are dropped.
    pub(super) rows: Rows,
    /// Expert weights are normalised over the chosen experts.
    pub(super) expert_weights_norm: bool,
    /// The embedding is multiplied before the first layer.
    pub(super) scaled_embedding: bool,
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
            "internlm2",
        ]),
        fused_gate_up: has(&["phi3", "glm4", "chatglm"]),
        windows: false,
        rows: match architecture {
            "gpt-oss" => Rows::BeforeNorm,
            "qwen3next" | "qwen35" | "qwen35moe" => Rows::AfterNorm,
            _ => Rows::InLastLayer,
        },
        expert_weights_norm: !has(&["gpt-oss", "qwen2moe", "deepseek", "olmoe", "llama4"]),
        scaled_embedding: architecture.starts_with("gemma")
            || architecture.starts_with("granite")
            || has(&["minicpm", "minicpm3"]),
    }
}
