//! Memory of training a language model further, by runtime.

mod by_kind;
pub mod mlx;
pub mod pytorch;

use super::{Budget, Unknown, Want};
use crate::spec::{FineTune, LanguageModel, Runtime};
use by_kind::by_kind_of_matrix;

/// Memory of a fine-tune; runtimes that do not train are refused where presets are read.
pub fn budget(language: &LanguageModel, tune: &FineTune, want: impl Into<Want>) -> Budget {
    let want = want.into();
    match language.runtime {
        Runtime::Mlx => mlx::budget(&language.model, tune, want),
        Runtime::PyTorch => pytorch::budget(&language.model, tune, want),
        Runtime::LlamaCpp | Runtime::Vllm | Runtime::Sglang | Runtime::ExLlama => {
            Budget { unknown: vec![Unknown::TrainingNotModelled], ..Budget::new(want.placement, Vec::new()) }
        }
    }
}
