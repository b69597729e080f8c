//! What would make a scenario fit a machine, in the words of a report.

use std::sync::Arc;

use super::figures_of::fits;
use super::plan_json::PlanJson;
use super::plan_words::{after_words, command, note_words, step_words};
use super::start::start;
use super::{Answer, Report, quality_words, rules};
use crate::engine::plan::{Plan, Step, plan};
use crate::engine::solve::{Change, Variants};
use crate::engine::{Assumptions, Verdict, estimate};
use crate::spec::{Machine, Quality, QualityLoss};
use crate::units::memory_unit;

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
        let short = self.answers.iter().filter(|answer| !fits(&answer.estimate));
        let plans = short
            .take(MOST)
            .filter_map(|answer| {
                let found = plan(variants, &answer.machine, assumptions)?;
                Some(said(&found, answer, variants, (assumptions, known)))
            })
            .collect();
        Self { plans, ..self.advised(assumptions, known) }
    }

    /// The same with the rules that bear on it and what is known of the quantizations, without plans, which take longer.
    #[must_use]
    pub fn advised(self, assumptions: &Assumptions<'_>, known: &[QualityLoss]) -> Self {
        let rules = rules::rules(&self.scenario, &self.answers, assumptions);
        let quality = self.answers.iter().map(|answer| quality_of(answer, known)).collect();
        Self { rules, quality, ..self }
    }
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
        figures: figures(step),
        note: note_words(step, &told.scenario, known),
        command: command(step, machine, told),
        verdict: step.verdict,
    };
    PlanSaid {
        machine: Arc::clone(machine),
        steps: plan.steps.iter().map(step).collect(),
        reaches: plan.reaches,
        stays: moved.is_empty(),
        start: start(after).filter(|_| plan.reaches.fits() && moved.is_empty()),
        json: PlanJson::new(plan, machine, (resolved, after), known),
    }
}

/// `-4.0 GiB, 36.8 GiB needed then (37.3 GiB with system memory), +26 % speed`.
fn figures(step: &Step) -> String {
    let speed = step.speed.filter(|speed| (speed - 1.0).abs() >= 0.005);
    let speed = speed.map_or_else(String::new, |speed| format!(", {:+.0} % speed", (speed - 1.0) * 100.0));
    format!("{:+.1} {}, {}{speed}", step.delta.as_shown(), memory_unit(), after_words(step))
}
