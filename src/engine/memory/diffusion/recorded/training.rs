//! One step of training an adapter of a denoiser that was recorded.

use super::{Amounts, Tensor};
use crate::engine::memory::alive::Peak;
use crate::engine::memory::diffusion::lora::{Step, Training};
use crate::engine::working::Detail;

/// A step as it was recorded with adapters in 32 bit and the pass in 16 (automatic mixed precision).
#[derive(Debug)]
pub struct RecordedStep {
    /// Parameters of the adapters for each rank.
    pub adapters: f64,
    /// What is live at most until the loss is known, and after it, without the adapters' gradients.
    pub kept: [&'static [Tensor]; 2],
    /// The same where blocks are computed again in the backward pass.
    pub computed_again: [&'static [Tensor]; 2],
}

impl RecordedStep {
    /// One step; of several images each tensor is as often as large, but what is of the adapters alone.
    pub fn step(&self, amounts: Amounts, step: &Step, detail: Detail) -> Training {
        let amounts = Amounts { rank: step.rank, ..amounts };
        let [forward, backward] = if step.gradient_checkpointing { self.computed_again } else { self.kept };
        let peak = |alive: &'static [Tensor]| {
            alive.iter().fold(Peak::new(detail), |peak, (name, terms)| {
                let bytes: f64 = terms.iter().map(|(by, bytes)| bytes * amounts.of(*by)).sum();
                peak.with(*name, bytes)
            })
        };
        Training { adapters: self.adapters * step.rank, forward: peak(forward), backward: peak(backward) }
    }
}
