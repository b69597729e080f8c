//! What would make a scenario fit a machine, in the words of a report.

use std::sync::Arc;

use super::Answer;
use super::plan_json::PlanJson;
use super::plan_words::{command, note_words, step_figures, step_words};
use super::start::{start, start_note};
use crate::engine::Verdict;
use crate::engine::plan::{Plan, Step};
use crate::spec::{Machine, QualityLoss};

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

impl PlanSaid {
    /// The steps in one line, where they make it fit the machine itself.
    pub(super) fn made_to_fit(&self) -> Option<String> {
        let steps: Vec<&str> = self.steps.iter().map(|step| step.what.as_str()).collect();
        (self.stays && self.reaches.fits() && !steps.is_empty()).then(|| steps.join("; "))
    }
}

/// Of a plan for the machine of an answer.
pub(super) fn said(plan: &Plan, answer: &Answer, known: &[QualityLoss]) -> PlanSaid {
    let machine = &answer.machine;
    let resolved = &answer.estimate.resolved;
    let moved = plan.steps.iter().flat_map(|step| &step.changes).any(|change| change.key == "machine");
    let after = plan.steps.last().map_or(resolved, |step| &step.after);
    // What cannot run as it was asked is told in the words of what runs.
    let told = if resolved.refusal.is_some() { after } else { resolved };
    let step = |step: &Step| StepSaid {
        what: step_words(step, &told.scenario),
        figures: step_figures(step),
        note: note_words(step, &told.scenario, known),
        command: command(step, machine),
        verdict: step.verdict,
    };
    let starts = plan.reaches.fits() && !moved;
    PlanSaid {
        machine: Arc::clone(machine),
        steps: plan.steps.iter().map(step).collect(),
        reaches: plan.reaches,
        stays: !moved,
        start: start(after).filter(|_| starts),
        start_note: start_note(after).filter(|_| starts),
        json: PlanJson::new(plan, machine, (resolved, after), known),
    }
}
