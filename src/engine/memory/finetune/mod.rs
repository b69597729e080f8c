//! Memory of training a language model further, by runtime.

pub mod mlx;
pub mod pytorch;

use super::{Budget, Placement, Unknown};
use crate::spec::{FineTune, LanguageModel, Runtime};

/// Memory of a fine-tune; runtimes that do not train are refused where presets are read.
pub fn budget(language: &LanguageModel, tune: &FineTune, placement: Placement) -> Budget {
    match language.runtime {
        Runtime::Mlx => mlx::budget(&language.model, tune, placement),
        Runtime::PyTorch => pytorch::budget(&language.model, tune, placement),
        Runtime::LlamaCpp | Runtime::Vllm => {
            Budget { unknown: vec![Unknown::TrainingNotModelled], ..Budget::new(placement, Vec::new()) }
        }
    }
}
