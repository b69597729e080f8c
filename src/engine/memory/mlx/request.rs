//! A request as MLX will see it: its tokens, chunks and cache format, within bounds that cannot overflow.

use super::cache::{Format, Growth};
use super::trace::Ahead;
use crate::spec::Inference;
use crate::units::count;

/// More tokens than any machine can hold; larger inputs are taken as this.
const MOST_TOKENS: u64 = 1 << 50;
/// Prompts that mlx-lm's batches read at once; further ones wait.
const PROMPTS_AT_ONCE: u64 = 8;

/// Sequences of one length in flight together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    /// Tokens of one sequence and how they come in.
    pub(super) growth: Growth,
    /// Tokens of its prompt, its last one included.
    pub(super) prompt: u64,
    /// How keys and values are kept.
    pub(super) format: Format,
    /// How far the host runs ahead of the device.
    pub(super) ahead: Ahead,
    /// Sequences held.
    pub(super) sequences: f64,
    /// Sequences whose prompts are read together.
    pub(super) together: f64,
}

impl Request {
    /// Each sequence fills its share of the context; the last `generate` tokens are the answer.
    pub(super) fn new(inference: &Inference, format: Format, ahead: Ahead) -> Self {
        let sequences = inference.concurrency.clamp(1, MOST_TOKENS);
        let end = (inference.context / sequences).clamp(2, MOST_TOKENS);
        let prompt = end.saturating_sub(inference.generate).max(1);
        let chunk = inference.prefill_step.min(inference.prompt).clamp(1, MOST_TOKENS);
        Self {
            growth: Growth { prompt: prompt - 1, chunk, end },
            prompt,
            format,
            ahead,
            sequences: count(sequences),
            together: count(sequences.min(PROMPTS_AT_ONCE)),
        }
    }
}
