//! A model in every quantization that is considered, the best first.

use crate::engine::solve::{Change, Variants};
use crate::spec::{Model, Quality, Quantization, Scenario};

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

/// Quantizations from the least loss of quality to the most: by their bits a value, in the order of the known ones where
/// those are alike, and by what was measured wherever two were measured on one model.
pub fn best_first(
    model: &Model,
    quantizations: &[Quantization],
    known: &[crate::spec::QualityLoss],
) -> Vec<Quantization> {
    let place = |of: Quantization| Quantization::known().position(|known| known == of).unwrap_or(usize::MAX);
    let mut sorted = quantizations.to_vec();
    sorted.sort_by_cached_key(|of| (std::cmp::Reverse(of.bits()), place(*of)));
    sorted.dedup();
    let mut ordered: Vec<(Quantization, Option<Quality<'_>>)> = Vec::with_capacity(sorted.len());
    for quantization in sorted {
        let quality = Quality::of(model, quantization, known);
        // It goes ahead of those behind which it stands by bits alone, as far as measurements say that it is better.
        let worse = ordered.iter().rposition(|(_, other)| !is_better(quality, *other));
        ordered.insert(worse.map_or(0, |at| at + 1), (quantization, quality));
    }
    ordered.into_iter().map(|(quantization, _)| quantization).collect()
}

/// Whether measurements of one model say so.
fn is_better(one: Option<Quality<'_>>, other: Option<Quality<'_>>) -> bool {
    match (one.and_then(Quality::measured), other.and_then(Quality::measured)) {
        (Some(one), Some(other)) => one.is_comparable(other) && one.loss() < other.loss(),
        _ => false,
    }
}
