//! A low-rank adapter of a language model, as its file says it.

use super::{FineTune, Inference, Method, Targets};

/// A low-rank adapter of a language model.
#[derive(Clone, Debug, PartialEq)]
pub struct Adapter {
    /// What it is called.
    pub name: String,
    /// The model it was trained on, as the file names it: a path, or a repository.
    pub base: String,
    /// How it was trained.
    pub method: Method,
    /// Its rank, the largest where matrices differ.
    pub rank: u64,
    /// The matrices that have one, as the nearest set that is known.
    pub targets: Targets,
    /// Bytes of its tensors; 0 where none are there.
    pub bytes: u64,
}

/// Ranks that vLLM has slots for.
const SLOTS: [u64; 9] = [1, 8, 16, 32, 64, 128, 256, 320, 512];

impl Adapter {
    /// A training as the adapter was trained.
    pub(super) const fn train(&self, tune: &mut FineTune) {
        tune.rank = if self.rank == 0 { tune.rank } else { self.rank };
        tune.targets = self.targets;
        tune.method = self.method;
    }

    /// A server with a slot for it.
    pub(super) fn serve(&self, inference: &mut Inference) {
        inference.max_loras = 1;
        let slot = SLOTS.into_iter().find(|slot| *slot >= self.rank);
        inference.max_lora_rank = slot.unwrap_or(self.rank).max(1);
    }
}
