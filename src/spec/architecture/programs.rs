//! Habits of the programs that run an architecture, and the version of each that they were measured with.

/// llama.cpp whose own memory breakdown graphs were held against.
pub const LLAMA_CPP: &str = "llama.cpp 0.5.0";
/// MLX whose allocator peaks were held against.
pub const MLX: &str = "mlx 0.32.4 with mlx-lm 0.32.2";
/// The programs whose peaks of fine-tuning were held against.
pub const TRANSFORMERS: &str = "transformers 5.23 with peft 0.21 on torch 2.15";

/// Where a graph drops the rows whose logits are not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// In the last layer, after its mixer.
    InLastLayer,
    /// After the last layer, whose result is handed to the program too.
    BeforeNorm,
    /// After the last norm, whose result is handed to the program too.
    AfterNorm,
}

/// Which models count as of the 70B class, whose few value matrices get more bits (`llama_tensor_get_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Large {
    /// Those of so many layers.
    pub layers: u32,
    /// Only those whose query heads share key heads, and that have not 8 experts.
    pub only_grouped: bool,
}

impl Large {
    /// All of so many layers.
    pub const fn of(layers: u32) -> Self {
        Self { layers, only_grouped: false }
    }
}

/// What llama.cpp does with an architecture beyond what its shapes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LlamaCpp {
    /// The version whose own reservation its graphs were held against; `None` where they are laid out by the usual habits.
    pub measured: Option<&'static str>,
    /// Whether it is sharded by tensor; otherwise by layers only.
    pub by_tensor: bool,
    /// Which of its models are of the 70B class to the quantizer.
    pub large: Option<Large>,
    /// Files hold queries, keys and values in one matrix.
    pub fused_qkv: bool,
    /// Files hold gate and up in one matrix.
    pub fused_gate_up: bool,
    /// Norms subtract the mean, an operation that never works in place.
    pub layer_norm: bool,
    /// Layers that see everything have no rotary positions.
    pub rotates_only_windows: bool,
    /// No layer has rotary positions.
    pub rotates_nothing: bool,
    /// Numbers that say where one token stands.
    pub positions: u64,
    /// Further rows of the embedding, which are added to the stream after the first layers.
    pub deep_rows: u64,
    /// The stream is named before the feed-forward network's result when they are added.
    pub stream_first: bool,
    /// Decay and strength of the delta rule come out of matrices of their own, and its keys are shared
    /// between value heads instead of repeated.
    pub lean_delta: bool,
    /// Where rows without logits are dropped.
    pub rows: Rows,
    /// Expert weights are normalised over the chosen experts; they are too where scores are corrected.
    pub expert_weights_norm: bool,
    /// The embedding is multiplied before the first layer.
    pub scaled_embedding: bool,
}

impl LlamaCpp {
    /// What it does with most.
    pub const USUAL: Self = Self {
        measured: None,
        by_tensor: true,
        large: None,
        fused_qkv: false,
        fused_gate_up: false,
        layer_norm: false,
        rotates_only_windows: false,
        rotates_nothing: false,
        positions: 1,
        deep_rows: 0,
        stream_first: false,
        lean_delta: false,
        rows: Rows::InLastLayer,
        expert_weights_norm: true,
        scaled_embedding: false,
    };
}

/// What mlx-lm's code of an architecture does in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mlx {
    /// The version whose peaks were held against; `None` where it was not measured.
    pub measured: Option<&'static str>,
    /// Every token is kept although layers look back only so far.
    pub keeps_all: bool,
    /// Scores of attention are written out, because they are capped.
    pub writes_scores: bool,
    /// Its class cuts its matrices among several Macs (`shard`).
    pub shards: bool,
    /// Its class hands its layers out among several Macs (`PipelineMixin`).
    pub pipelines: bool,
}

impl Mlx {
    /// What it does with most.
    pub const USUAL: Self =
        Self { measured: None, keeps_all: false, writes_scores: false, shards: false, pipelines: false };
}

/// What Transformers' code of an architecture writes in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transformers {
    /// The version whose peaks of fine-tuning were held against; `None` where it was not measured.
    pub measured: Option<&'static str>,
    /// Queries, keys and values come from one matrix.
    pub fused_attention: bool,
    /// Gate and up come from one matrix.
    pub fused_gate: bool,
    /// Norms multiply by their scale in 32 bit.
    pub wide_scale: bool,
}

impl Transformers {
    /// What it does with most.
    pub const USUAL: Self =
        Self { measured: None, fused_attention: false, fused_gate: false, wide_scale: false };
}
