//! A fine-tune: what is trained of a language model, and how.

use super::AttentionKernel;

/// Training a language model further.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FineTune {
    /// What is trained.
    pub method: Method,
    /// How the base weights are held.
    pub precision: BasePrecision,
    /// Rank of the adapters; only LoRA, QLoRA and DoRA have them.
    pub rank: u64,
    /// Matrices that get adapters.
    pub targets: Targets,
    /// Layers that are trained, counted from the last.
    pub tuned_layers: TunedLayers,
    /// The optimiser.
    pub optimizer: Optimizer,
    /// Whether full training keeps fp32 master weights beside 16-bit ones.
    pub master_weights: bool,
    /// Sequences of one pass.
    pub micro_batch: u64,
    /// Passes before the optimiser steps.
    pub accumulation: u64,
    /// Tokens of a sequence; the longest one decides the peak.
    pub sequence: u64,
    /// Whether activations are recomputed in the backward pass instead of kept.
    pub checkpointing: bool,
    /// Which attention kernel runs.
    pub attention: AttentionKernel,
    /// Whether sequences of a batch are padded, which takes an attention mask.
    pub padded: bool,
    /// Whether the loss is computed in chunks, without all logits at once.
    pub fused_loss: bool,
    /// Whether the training loop still holds the logits while gradients are computed.
    pub keeps_logits: bool,
    /// Whether matrix products run in 16 bit whatever the parameters are held in.
    pub autocast: bool,
    /// Whether adapters are held and computed in fp32, as PEFT does by default.
    pub adapters_fp32: bool,
    /// Whether a 4-bit base is prepared for training (norms, embeddings and head raised to fp32).
    pub kbit_preparation: bool,
    /// Sequences of the data set.
    pub examples: u64,
    /// Tokens of an average sequence.
    pub tokens_per_example: u64,
    /// Times the data set is gone through.
    pub epochs: f64,
}

/// What is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Every parameter.
    Full,
    /// Low-rank adapters on a 16-bit base.
    Lora,
    /// Low-rank adapters on a 4-bit base.
    Qlora,
    /// Low-rank adapters with a trained magnitude for every output.
    Dora,
}

impl Method {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Full => "Full",
            Self::Lora => "LoRA",
            Self::Qlora => "QLoRA",
            Self::Dora => "DoRA",
        }
    }
}

/// How the base weights are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BasePrecision {
    /// 16-bit brain floats.
    Bf16,
    /// 16-bit floats.
    Fp16,
    /// 32-bit floats, computed in 16 bit.
    Fp32,
    /// bitsandbytes NF4 in blocks of 64.
    Nf4,
    /// MLX 4 bit in groups of 64.
    Mlx4,
    /// MLX 8 bit in groups of 64.
    Mlx8,
}

impl BasePrecision {
    /// Whether it is stored in blocks that cannot be trained themselves.
    pub const fn is_quantized(self) -> bool {
        matches!(self, Self::Nf4 | Self::Mlx4 | Self::Mlx8)
    }
}

/// Matrices that get adapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Targets {
    /// Query and value projections.
    QueryValue,
    /// The four projections of attention.
    Attention,
    /// Every matrix of a layer.
    AllLinear,
}

impl Targets {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::QueryValue => "queries and values",
            Self::Attention => "attention",
            Self::AllLinear => "every matrix",
        }
    }
}

/// Layers that are trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TunedLayers {
    /// All of them.
    All,
    /// The last `n`; lower ones keep no activations.
    Last(u64),
}

/// The optimiser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Optimizer {
    /// Two moments in the parameters' own type, changed in one fused pass.
    AdamW,
    /// The same, changed list by list (`foreach`), with another copy of what is trained in between.
    AdamWForeach,
    /// Two moments in 8 bit with a scale for each block.
    AdamW8bit,
    /// The same, in memory that moves to the host when the device is full.
    PagedAdamW8bit,
    /// Row and column sums instead of a second moment.
    Adafactor,
    /// One moment.
    Lion,
    /// None; with momentum it would be one.
    Sgd,
}

impl Optimizer {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AdamW => "AdamW",
            Self::AdamWForeach => "AdamW (foreach)",
            Self::AdamW8bit => "8-bit AdamW",
            Self::PagedAdamW8bit => "paged 8-bit AdamW",
            Self::Adafactor => "Adafactor",
            Self::Lion => "Lion",
            Self::Sgd => "SGD",
        }
    }
}
