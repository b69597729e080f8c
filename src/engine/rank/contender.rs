//! A model in every quantization that is considered, the best first.

use crate::engine::solve::{Change, Variants};
use crate::spec::{Quantization, Scenario};

/// A workload with one model, in one or more quantizations, best quality first.
#[derive(Clone, Debug, PartialEq)]
pub struct Contender {
    steps: Vec<Scenario>,
}

impl Contender {
    /// A workload as it is.
    pub fn as_asked(scenario: Scenario) -> Self {
        Self { steps: vec![scenario] }
    }

    /// A workload in each of these quantizations, which are given best first, with other changes beside; `None` where it
    /// makes no sense in any of them.
    ///
    /// Of the defaults nothing but the runtime follows from the quantization, so the keys are read once a runtime.
    pub fn new(variants: &dyn Variants, changes: &[Change], quantizations: &[Quantization]) -> Option<Self> {
        let mut steps: Vec<Scenario> = Vec::with_capacity(quantizations.len());
        let mut read: Vec<(Quantization, Scenario)> = Vec::with_capacity(4);
        for quantization in quantizations {
            let alike = read.iter().find(|(other, _)| other.runtime() == quantization.runtime());
            let step = match alike {
                Some((_, scenario)) => stored(scenario.clone(), *quantization),
                None => {
                    let key = Change::new("quantization", quantization.key());
                    let changes: Vec<Change> = changes.iter().cloned().chain([key]).collect();
                    let Some(scenario) = variants.with(&changes) else { continue };
                    read.push((*quantization, scenario.clone()));
                    scenario
                }
            };
            steps.push(step);
        }
        (!steps.is_empty()).then_some(Self { steps })
    }

    /// The workload in each quantization.
    pub fn steps(&self) -> &[Scenario] {
        &self.steps
    }
}

fn stored(mut scenario: Scenario, quantization: Quantization) -> Scenario {
    if let Some(inference) = scenario.inference_mut() {
        inference.quantization = quantization;
    }
    scenario
}
