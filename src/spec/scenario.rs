//! A scenario: a workload with its model and runtime, as a preset holds it.

use super::{Model, Runtime, Workload};
use std::sync::Arc;

/// Everything that is asked, except the machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// As it is listed.
    pub name: String,
    /// The model; shared, because undo keeps many scenarios.
    pub model: Arc<Model>,
    /// The program that runs it.
    pub runtime: Runtime,
    /// What is run.
    pub workload: Workload,
}
