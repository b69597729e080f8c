//! A scenario: a workload under a name, as a preset holds it.

use super::{Devices, LanguageModel, Workload};

/// Everything that is asked, except the machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// As it is listed.
    pub name: String,
    /// What is run.
    pub workload: Workload,
    /// How many devices share it, and how.
    pub devices: Devices,
}

impl Scenario {
    /// A workload on the devices a machine has.
    pub fn new(name: impl Into<String>, workload: Workload) -> Self {
        Self { name: name.into(), workload, devices: Devices::default() }
    }

    /// The language model that is run or trained; graph networks and pipelines have none.
    pub const fn language(&self) -> Option<&LanguageModel> {
        match &self.workload {
            Workload::Inference(language, _)
            | Workload::FineTune(language, _)
            | Workload::GraphSequence(language, _) => Some(language),
            Workload::Gnn(_) | Workload::Diffusion(_) => None,
        }
    }

    /// The same, to be changed.
    pub const fn language_mut(&mut self) -> Option<&mut LanguageModel> {
        match &mut self.workload {
            Workload::Inference(language, _)
            | Workload::FineTune(language, _)
            | Workload::GraphSequence(language, _) => Some(language),
            Workload::Gnn(_) | Workload::Diffusion(_) => None,
        }
    }
}
