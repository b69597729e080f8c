//! What vLLM provides for by itself, which depends on the size of the device.

use std::borrow::Cow;

use crate::spec::{Inference, Machine, Memory, Runtime, Scenario, Vendor};
use crate::units::Bytes;

/// Sequences and tokens that vLLM provides for at once, and profiles with
/// (`EngineArgs.get_batch_defaults`, vLLM 0.33, its server).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provided {
    /// Sequences: `max_num_seqs`.
    pub sequences: u32,
    /// Tokens: `max_num_batched_tokens`.
    pub tokens: u32,
}

impl Provided {
    /// On devices below 70 GiB, and on the A100.
    pub const USUAL: Self = Self { sequences: 256, tokens: 2048 };
    /// From 70 GiB on.
    pub const LARGE: Self = Self { sequences: 1024, tokens: 8192 };
    /// From 160 GiB on.
    pub const LARGEST: Self = Self { sequences: 1024, tokens: 16_384 };

    /// On a machine's device. The A100 is told by its chip, as vLLM tells it by its name.
    pub fn on(machine: &Machine) -> Self {
        let device = match (machine.memory.value(), machine.vendor) {
            (Memory::Discrete { vram, .. }, _) => *vram,
            (Memory::Unified { total, .. }, vendor) if vendor != Vendor::Apple => *total,
            _ => Bytes::ZERO,
        };
        if device < Bytes::gib(70.0) || machine.chip == "GA100" {
            Self::USUAL
        } else if device < Bytes::gib(160.0) {
            Self::LARGE
        } else {
            Self::LARGEST
        }
    }

    /// Whether that is more than usual, and something of it was left to vLLM.
    pub fn decides(self, scenario: &Scenario) -> bool {
        let vllm = scenario.language().is_some_and(|language| language.runtime == Runtime::Vllm);
        let unset = scenario
            .inference()
            .is_some_and(|inference| inference.max_num_seqs.is_none() || Self::leaves_tokens(inference));
        self != Self::USUAL && vllm && unset
    }

    /// The scenario with what was left to vLLM.
    pub(in crate::engine::memory) fn filled_in(self, scenario: &Scenario) -> Cow<'_, Scenario> {
        if !self.decides(scenario) {
            return Cow::Borrowed(scenario);
        }
        let mut scenario = scenario.clone();
        if let Some(inference) = scenario.inference_mut() {
            let tokens = Self::leaves_tokens(inference).then_some(self.tokens);
            inference.max_num_seqs = inference.max_num_seqs.or(Some(self.sequences));
            inference.max_num_batched_tokens = inference.max_num_batched_tokens.or(tokens);
        }
        Cow::Owned(scenario)
    }

    /// Whether neither key that says how many tokens are computed at once was set.
    fn leaves_tokens(inference: &Inference) -> bool {
        inference.max_num_batched_tokens.is_none() && inference.prefill_step == u64::from(Self::USUAL.tokens)
    }
}
