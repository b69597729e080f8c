//! Memory of training a language model further, by runtime.

mod by_kind;
pub mod mlx;
pub mod pytorch;

use super::multi_device::{Ranks, offloaded};
use super::{Budget, Placement, Unknown, Want};
use crate::spec::{FineTune, LanguageModel, Runtime};
use by_kind::by_kind_of_matrix;

/// Memory of a fine-tune on one device; runtimes that do not train are refused where presets are read.
pub fn budget(language: &LanguageModel, tune: &FineTune, want: impl Into<Want>) -> Budget {
    let want = want.into();
    let mut budget = trained(language, tune, want);
    if language.runtime == Runtime::PyTorch && want.placement == Placement::Gpu {
        offloaded(&mut budget, &language.model, tune, Ranks::alone(want.detail));
    }
    budget
}

/// The same with all of it on the device.
pub(super) fn trained(language: &LanguageModel, tune: &FineTune, want: Want) -> Budget {
    match language.runtime {
        Runtime::Mlx => mlx::budget(&language.model, tune, want),
        Runtime::PyTorch => pytorch::budget(&language.model, tune, want),
        Runtime::LlamaCpp | Runtime::Vllm | Runtime::Sglang | Runtime::ExLlama => {
            Budget { unknown: vec![Unknown::TrainingNotModelled], ..Budget::new(want.placement, Vec::new()) }
        }
    }
}
