//! A training pass: how many tokens, and in which widths what is computed.

use crate::spec::{AttentionKernel, BasePrecision, Block, FineTune, Method, Mixer, Targets, Trainer};
use crate::units::count;

/// Bytes of a 16-bit value.
pub const HALF: f64 = 2.0;
/// Bytes of a 32-bit value.
pub const SINGLE: f64 = 4.0;
/// More of anything than any machine can hold; larger inputs are taken as this.
pub const MOST: u64 = 1 << 40;

/// Adapters beside the matrices of a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adapters {
    /// Their rank.
    pub rank: f64,
    /// Bytes of one of their values.
    pub width: f64,
    /// Which matrices have them.
    pub targets: Targets,
    /// Whether a magnitude is trained for every output.
    pub magnitudes: bool,
}

/// One pass of a micro-batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pass {
    /// Sequences.
    pub batch: f64,
    /// Tokens of one.
    pub sequence: f64,
    /// Tokens of all.
    pub tokens: f64,
    /// Bytes of a value of the base's matrices where they are not packed.
    pub base: f64,
    /// Bytes of a value of norms, embedding and head.
    pub outer: f64,
    /// Whether the matrices of layers are packed in 4 or 8 bit.
    pub packed: bool,
    /// Whether it is 8 bit.
    pub eight: bool,
    /// Whether experts are packed with the rest: Unsloth's own checkpoints have them as linear layers.
    pub packs_experts: bool,
    /// Whether matrix products run in 16 bit whatever comes in.
    pub autocast: bool,
    /// Whether the base itself is trained.
    pub full: bool,
    /// Adapters beside a frozen base.
    pub adapters: Option<Adapters>,
    /// Whether the score matrix is written out.
    pub eager: bool,
    /// Whether an attention mask goes with the tokens.
    pub masked: bool,
    /// Whether activations are recomputed: gradient gradient_checkpointing.
    pub gradient_checkpointing: bool,
    /// Whether the loss is computed in chunks.
    pub chunked: bool,
    /// Whether those chunks are TRL's: projected again in the backward pass, instead of Liger's gradient beside the loss.
    pub tiled: bool,
    /// Whether the logits outlive the loss.
    pub returns_logits: bool,
    /// Whether gradients of earlier passes are there.
    pub accumulates: bool,
}

impl Pass {
    /// What a fine-tune runs.
    pub fn new(tune: &FineTune, attention: AttentionKernel) -> Self {
        let packed = tune.precision.is_quantized();
        let full = tune.method == Method::Full;
        let base = if tune.precision == BasePrecision::Fp32 { SINGLE } else { HALF };
        let batch = count(tune.micro_batch.clamp(1, MOST));
        let sequence = count(tune.sequence.clamp(1, MOST));
        let adapters = (!full).then(|| Adapters {
            rank: count(tune.rank.clamp(1, MOST)),
            width: if tune.adapters_fp32 { SINGLE } else { HALF },
            targets: tune.targets,
            magnitudes: tune.method == Method::Dora,
        });
        let single = base > HALF || adapters.is_some_and(|adapters| adapters.width > HALF);
        Self {
            batch,
            sequence,
            tokens: batch * sequence,
            base,
            outer: if packed && tune.kbit_preparation { SINGLE } else { base },
            packed: packed && !full,
            eight: tune.precision == BasePrecision::Int8,
            packs_experts: tune.trainer == Trainer::Unsloth,
            autocast: tune.autocast && (single || packed),
            full,
            adapters,
            eager: attention == AttentionKernel::Eager,
            masked: tune.padded,
            gradient_checkpointing: tune.gradient_checkpointing,
            chunked: tune.chunked_loss,
            tiled: tune.trainer == Trainer::Trl,
            returns_logits: tune.return_logits,
            accumulates: tune.gradient_accumulation_steps > 1,
        }
    }

    /// Values of the mask of a batch.
    pub fn mask(&self) -> f64 {
        let sequences = if self.masked { self.batch } else { 1.0 };
        sequences * self.sequence * self.sequence
    }

    /// Whether a layer looks back less far than a sequence is long, which takes a mask.
    pub fn windows(&self, block: &Block) -> bool {
        match &block.mixer {
            Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
                shape.window.is_some_and(|window| self.sequence >= f64::from(window))
            }
            _ => false,
        }
    }

    /// Bytes of a value of the residual stream.
    pub const fn stream(&self) -> f64 {
        self.outer
    }

    /// Bytes of a value that a matrix product gives, from values of `input` bytes.
    pub const fn product(&self, input: f64) -> f64 {
        if self.autocast { HALF } else { input }
    }
}
