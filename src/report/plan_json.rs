//! A plan, as `plan --json` prints it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::plan_words::{act_words, command, note_words, step_words, why_words};
use super::speed_json::{SpeedJson, speed_of};
use crate::engine::Resolved;
use crate::engine::plan::{Plan, Step};
use crate::spec::{Machine, QualityLoss};
use crate::units::Bytes;

/// One step with what follows once it and all before it are done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepJson {
    what: String,
    set: BTreeMap<&'static str, String>,
    delta_bytes: f64,
    total_bytes: f64,
    /// What counts against the ceiling that decides; `null` where memory is unknown.
    need_bytes: Option<f64>,
    /// Share of the speed that is gained or, below 0, lost; `null` where either is unknown.
    delta_speed: Option<f64>,
    /// How fast it is after it; `null` where it does not fit then or no rate is known.
    speed_after: Option<SpeedJson>,
    quality: String,
    verdict_after: &'static str,
    command: Option<String>,
    action: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct AlternativeJson {
    name: &'static str,
    steps: Vec<StepJson>,
    reaches: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct NotOfferedJson {
    what: String,
    why: String,
}

/// What would make a scenario fit a machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanJson {
    machine: String,
    runtime: &'static str,
    verdict: &'static str,
    steps: Vec<StepJson>,
    reaches: &'static str,
    alternatives: Vec<AlternativeJson>,
    not_offered: Vec<NotOfferedJson>,
    /// What starts the scenario after the steps; `null` where no single command does.
    start: Option<String>,
    /// What names in that command stand for, or why there is none.
    start_note: Option<String>,
}

impl PlanJson {
    /// Of a plan for a machine; `resolved` is the scenario as the machine is asked it, `after` once the steps are done.
    pub fn new(
        plan: &Plan,
        machine: &Machine,
        (resolved, after): (&Resolved, &Resolved),
        known: &[QualityLoss],
    ) -> Self {
        // What cannot run as it was asked is told in the words of what runs.
        let said = if resolved.refusal.is_some() { after } else { resolved };
        let steps =
            |steps: &[Step]| steps.iter().map(|step| self::step(step, machine, (said, known))).collect();
        Self {
            machine: machine.id.clone(),
            runtime: resolved.runtime.key(),
            verdict: plan.verdict.key(),
            steps: steps(&plan.steps),
            reaches: plan.reaches.key(),
            alternatives: plan
                .alternatives
                .iter()
                .map(|other| AlternativeJson {
                    name: other.name,
                    steps: steps(&other.steps),
                    reaches: other.reaches.key(),
                })
                .collect(),
            not_offered: plan
                .not_offered
                .iter()
                .map(|other| NotOfferedJson {
                    what: super::plan_words::tried(other, &said.scenario),
                    why: why_words(other),
                })
                .collect(),
            start: super::start::start(after),
            start_note: super::start::start_note(after),
        }
    }
}

/// Whole bytes: shares of a model are none.
fn whole(bytes: Bytes) -> f64 {
    bytes.get().round()
}

fn step(step: &Step, machine: &Machine, (resolved, known): (&Resolved, &[QualityLoss])) -> StepJson {
    StepJson {
        what: step_words(step, &resolved.scenario),
        set: step.changes.iter().map(|change| (change.key, change.value.clone())).collect(),
        // Between whole peaks, so that the steps sum.
        delta_bytes: whole(step.total) - whole(step.total - step.delta),
        total_bytes: step.total.get(),
        need_bytes: step.need.map(crate::units::Bytes::get),
        delta_speed: step.speed.map(|speed| speed - 1.0),
        quality: note_words(step, &resolved.scenario, known),
        verdict_after: step.verdict.key(),
        speed_after: step.pace.as_ref().map(speed_of),
        command: command(step, machine),
        action: step.action.map(act_words),
    }
}
