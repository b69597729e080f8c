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
    /// The second model that drafts tokens for it, where one does.
    pub draft: Option<Draft>,
}

/// A second model, small and of the same vocabulary, that drafts tokens for the first to verify.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The model.
    pub model: Arc<Model>,
    /// How a preset names it.
    pub key: String,
}

impl Draft {
    /// It as a model that runs by itself.
    pub fn of(&self, runtime: Runtime) -> LanguageModel {
        LanguageModel { key: self.key.clone(), ..LanguageModel::named(Arc::clone(&self.model), runtime) }
    }
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
            draft: None,
            model,
        }
    }
}
