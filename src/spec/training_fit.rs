//! What training language models was measured to take: coefficients of the time of one pass.

use serde::{Deserialize, Serialize};

use super::calibration::terms;

/// What trains, as far as speed was measured apart.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum TrainedBy {
    /// PyTorch with operations one by one (Transformers, PEFT).
    Plain,
    /// PyTorch with fused operations, or a program written for it (torchtune compiled, llm-foundry, llm.q).
    Fused,
    /// MLX.
    Mlx,
}

impl TrainedBy {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Plain => "PyTorch, plain operations",
            Self::Fused => "fused kernels",
            Self::Mlx => "MLX",
        }
    }
}

terms! {
    /// Coefficients of the time of one pass; every one is above 0.
    TrainingTerms, 17, {
        /// Share of the 16-bit peak with 32-bit sums that products of `GeForce` cards reach; their clocks go beyond it.
        geforce,
        /// The same of other NVIDIA matrix units, at as many operations a byte of bandwidth as an A100 has.
        full_rate,
        /// The same of Apple's shaders, up to the M4.
        apple,
        /// How that share falls with more operations a byte: a power.
        narrowing,
        /// Of the rate at which a chip was measured to multiply prompts, what training reaches; for chips that no run
        /// was measured on.
        borrowed,
        /// Bytes moved for each value of the hidden width, a layer and token, by plain operations.
        plain_values,
        /// The same by fused ones.
        fused_values,
        /// The same by MLX.
        mlx_values,
        /// Bytes moved for each logit where the loss is computed plainly.
        plain_logits,
        /// The same by fused kernels.
        fused_logits,
        /// Milliseconds that plain operations take to start a layer, forward or backward.
        plain_launch,
        /// The same of fused ones.
        fused_launch,
        /// The same of MLX.
        mlx_launch,
        /// Milliseconds that the gradients of a layer take to go through DeepSpeed's buckets, whatever their size.
        bucket_launch,
        /// Times that a 4-bit base is unpacked into 16 bit: written and read, for each pass over it.
        unpacking,
        /// Times the bytes that plain adapters move, over those of training all parameters.
        adapters,
        /// Times that MLX goes through the scores of attention, which it writes out in training.
        scores,
    }
}

/// How far runs of one kind lay from what is predicted without their machine.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingBand {
    /// What trained.
    pub trained_by: TrainedBy,
    /// Measured over predicted: nine in ten lay between these.
    pub band: (f64, f64),
    /// Runs behind it.
    pub rows: u32,
    /// Machines behind it.
    pub machines: u32,
    /// Sources of the runs, as their table names them.
    pub sources: Vec<String>,
}

/// What training was measured to take.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingFit {
    /// The coefficients.
    pub terms: TrainingTerms,
    /// How far measured runs lay from them.
    pub bands: Vec<TrainingBand>,
}

impl TrainingFit {
    /// The band of what trains.
    pub fn band(&self, trained_by: TrainedBy) -> Option<&TrainingBand> {
        self.bands.iter().find(|band| band.trained_by == trained_by)
    }
}
