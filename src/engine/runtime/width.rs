//! Weights that lie in 32 bit, as the program that runs them loads them.

use std::sync::Arc;

use super::note::Note;
use crate::spec::{FileType, Model, Quantization, Runtime, Scenario, Wide};

/// Whether the weights of the model's own file are wanted, and lie in 32 bit.
fn is_wide(scenario: &Scenario) -> bool {
    let file = scenario.language().and_then(|language| language.model.file.as_deref());
    file.is_some_and(|file| {
        file.wide != Wide::No
            && scenario.inference().is_some_and(|inference| inference.quantization == file.stored)
    })
}

/// The format by which a program is chosen: plain weights, of whatever width, are read by whoever reads 16 bit.
pub(super) fn plain(scenario: &Scenario, quantization: Quantization) -> Quantization {
    if is_wide(scenario) { Quantization::Bf16 } else { quantization }
}

/// Loads 32-bit weights as the runtime does, and says so where that is another width.
pub(super) fn loaded(scenario: &mut Scenario) -> Option<Note> {
    if !is_wide(scenario) {
        return None;
    }
    let language = scenario.language_mut()?;
    let runtime = language.runtime;
    let file = language.model.file.as_deref()?.loaded_by(runtime)?;
    // What llama.cpp's converter writes has its own rules for norms.
    let converted = runtime == Runtime::LlamaCpp && !language.model.is_unknown();
    let to = if converted { Quantization::Gguf(FileType::BF16) } else { file.stored };
    if !converted {
        language.model = Arc::new(Model { file: Some(Arc::new(file)), ..(*language.model).clone() });
    }
    scenario.inference_mut()?.quantization = to;
    (runtime != Runtime::Mlx).then_some(Note::Narrowed(runtime))
}
