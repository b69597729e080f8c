//! A scenario: a workload with its model and runtime, as a preset holds it.

use std::sync::Arc;

use super::{Model, Runtime, Workload};

/// Everything that is asked, except the machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// As it is listed.
    pub name: String,
    /// The model as it is computed with; shared, because undo keeps many scenarios.
    pub model: Arc<Model>,
    /// The model as it is published: what `model` was scaled from, or the same.
    pub base: Arc<Model>,
    /// How a preset names the model: a catalog id, or the path it was read from.
    pub model_key: String,
    /// Parameters the model's shape was scaled to; `None` for the model itself.
    pub model_size: Option<f64>,
    /// The program that runs it.
    pub runtime: Runtime,
    /// What is run.
    pub workload: Workload,
}
