//! A language model as a scenario has it: which one, at what size, and what runs it.

use std::sync::Arc;

use super::{Chosen, Model, Runtime};

/// A language model with the program that runs or trains it.
#[derive(Clone, Debug, PartialEq)]
pub struct LanguageModel {
    /// The model as it is computed with; shared, because undo keeps many scenarios.
    pub model: Arc<Model>,
    /// The model as it is published: what `model` was scaled from, or the same.
    pub base: Arc<Model>,
    /// How a preset names the model: a catalog id, or the path it was read from.
    pub key: String,
    /// Parameters the model's shape was scaled to; `None` for the model itself.
    pub size: Option<f64>,
    /// The program that runs it; where none was asked for, that of the number format until a machine is known.
    pub runtime: Runtime,
    /// Whether that program was asked for, or each machine is answered with the one that people run on it.
    pub chosen: Chosen,
}

impl LanguageModel {
    /// A published model at its own size, named by its id, on the runtime that is asked for.
    pub fn named(model: Arc<Model>, runtime: Runtime) -> Self {
        Self {
            base: Arc::clone(&model),
            key: model.id.clone(),
            size: None,
            runtime,
            chosen: Chosen::Asked,
            model,
        }
    }
}
