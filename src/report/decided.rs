//! What a report comes to: plans, rules of thumb, and what quantizations cost.

use super::beside::Beside;
use super::figures_of::fits;
use super::plan_said::{PlanSaid, said};
use super::{Answer, Report, quality_words, rules};
use crate::engine::Assumptions;
use crate::engine::plan::plan;
use crate::engine::solve::Variants;
use crate::spec::{Quality, QualityLoss};

/// Machines whose plans stand in a report.
const MOST: usize = 8;

impl Report {
    /// The same with what it comes to: the plan of each machine that it does not fit, the rules that bear on it, and what is
    /// known of the quantizations.
    #[must_use]
    pub fn decided(
        self,
        variants: &dyn Variants,
        assumptions: &Assumptions<'_>,
        known: &[QualityLoss],
    ) -> Self {
        let plans = plans(&self.answers, variants, (assumptions, known));
        Self { plans, ..self.advised(assumptions, known) }
    }

    /// The same with the plans of the other scenario, where two are compared.
    #[must_use]
    pub fn decided_beside(
        self,
        variants: &dyn Variants,
        assumptions: &Assumptions<'_>,
        known: &[QualityLoss],
    ) -> Self {
        let other = self
            .other
            .map(|other| Beside { plans: plans(&other.answers, variants, (assumptions, known)), ..other });
        Self { other, ..self }
    }

    /// The same with the rules that bear on it and what is known of the quantizations, of both scenarios where two are
    /// compared; without plans, which take longer.
    #[must_use]
    pub fn advised(self, assumptions: &Assumptions<'_>, known: &[QualityLoss]) -> Self {
        let rules = rules::rules(&self.scenario, &self.answers, assumptions);
        let quality = qualities(&self.answers, known);
        let other = self.other.map(|other| Beside {
            rules: rules::rules(&other.scenario, &other.answers, assumptions),
            quality: qualities(&other.answers, known),
            ..other
        });
        Self { rules, quality, other, ..self }
    }
}

/// The plan of each machine that does not hold it.
fn plans(
    answers: &[Answer],
    variants: &dyn Variants,
    (assumptions, known): (&Assumptions<'_>, &[QualityLoss]),
) -> Vec<PlanSaid> {
    let short = answers.iter().filter(|answer| !fits(&answer.estimate));
    let planned = short.take(MOST).filter_map(|answer| {
        let found = plan(variants, &answer.machine, assumptions)?;
        Some(said(&found, answer, known))
    });
    planned.collect()
}

fn qualities(answers: &[Answer], known: &[QualityLoss]) -> Vec<Option<String>> {
    answers.iter().map(|answer| quality_of(answer, known)).collect()
}

/// What is known of the quantization that a machine is answered in; nothing where weights are not chosen so.
fn quality_of(answer: &Answer, known: &[QualityLoss]) -> Option<String> {
    let scenario = &answer.estimate.resolved.scenario;
    let (language, inference) = scenario.language().zip(scenario.inference())?;
    Some(quality_words(Quality::of(&language.model, inference.quantization, known)))
}
