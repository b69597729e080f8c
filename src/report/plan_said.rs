//! What would make a scenario fit a machine, in the words of a report.

use std::sync::Arc;

use super::beside::Beside;
use super::figures_of::fits;
use super::plan_json::PlanJson;
use super::plan_words::{command, note_words, step_figures, step_words};
use super::start::{start, start_note};
use super::{Answer, Report, quality_words, rules};
use crate::engine::plan::{Plan, Step, plan};
use crate::engine::solve::{Change, Variants};
use crate::engine::{Assumptions, Verdict, estimate};
use crate::spec::{Machine, Quality, QualityLoss};

/// A step in words.
#[derive(Clone, Debug, PartialEq)]
pub struct StepSaid {
    /// What it does: `KV cache: f16 → q8_0`.
    pub what: String,
    /// What it saves, what is needed then, and what it does to speed.
    pub figures: String,
    /// What it does to results.
    pub note: String,
    /// What is typed to do it; nothing where no single command does.
    pub command: Option<String>,
    /// The verdict after it.
    pub verdict: Verdict,
}

/// What would make it fit one machine.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanSaid {
    /// The machine.
    pub machine: Arc<Machine>,
    /// Steps in order, the least damage first.
    pub steps: Vec<StepSaid>,
    /// The verdict after all of them.
    pub reaches: Verdict,
    /// What is typed to start it then; nothing where it does not fit, or no single command does.
    pub start: Option<String>,
    /// What names in that stand for, or why there is none, a sentence without its full stop.
    pub start_note: Option<String>,
    /// Whether all steps are taken on the machine itself, and none is another one.
    pub(super) stays: bool,
    /// The same as other programs read it.
    pub(super) json: PlanJson,
}

/// Machines whose plans stand in a report.
const MOST: usize = 8;

impl PlanSaid {
    /// The steps in one line, where they make it fit the machine itself.
    pub(super) fn made_to_fit(&self) -> Option<String> {
        let steps: Vec<&str> = self.steps.iter().map(|step| step.what.as_str()).collect();
        (self.stays && self.reaches.fits() && !steps.is_empty()).then(|| steps.join("; "))
    }
}

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
        Some(said(&found, answer, variants, (assumptions, known)))
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

fn said(
    plan: &Plan,
    answer: &Answer,
    variants: &dyn Variants,
    (assumptions, known): (&Assumptions<'_>, &[QualityLoss]),
) -> PlanSaid {
    let machine = &answer.machine;
    let resolved = &answer.estimate.resolved;
    let done: Vec<Change> = plan.steps.iter().flat_map(|step| step.changes.clone()).collect();
    // A plan that ends on another machine is started there.
    let (moved, settings): (Vec<Change>, Vec<Change>) =
        done.into_iter().partition(|change| change.key == "machine");
    let after = variants.with(&settings).filter(|_| moved.is_empty());
    let after = after.map(|scenario| estimate(&scenario, machine, assumptions).resolved);
    let after = after.as_ref().unwrap_or(resolved);
    // What cannot run as it was asked is told in the words of what runs.
    let told = if resolved.refusal.is_some() { after } else { resolved };
    let step = |step: &Step| StepSaid {
        what: step_words(step, &told.scenario),
        figures: step_figures(step),
        note: note_words(step, &told.scenario, known),
        command: command(step, machine, told),
        verdict: step.verdict,
    };
    let starts = plan.reaches.fits() && moved.is_empty();
    PlanSaid {
        machine: Arc::clone(machine),
        steps: plan.steps.iter().map(step).collect(),
        reaches: plan.reaches,
        stays: moved.is_empty(),
        start: start(after).filter(|_| starts),
        start_note: start_note(after).filter(|_| starts),
        json: PlanJson::new(plan, machine, (resolved, after), known),
    }
}
