//! What makes a scenario run at all where what was asked for does not: what is to be chosen instead, and the plan from there.

use super::after::{After, laid_over};
use super::idea::Damage;
use super::search::{Alternative, At, Plan, Search, plan, stands};
use super::step::Step;
use crate::engine::runtime::{Instead, Refusal};
use crate::engine::solve::Change;
use crate::spec::{BasePrecision, FileType, Named as _, Quantization, Runtime, Scenario};

/// More choices than this are no way to run it.
const MOST: usize = 4;

impl Search<'_> {
    /// The plan of what cannot run as it is asked: first what is chosen instead, until it runs, then what makes that fit; or
    /// the machine that runs it as it is asked.
    pub(super) fn made_to_run(&self, now: &At) -> Option<Plan> {
        let mut done: Vec<Change> = Vec::new();
        let mut steps: Vec<Step> = Vec::new();
        let mut here = now.clone();
        while let Some(refusal) = here.1.resolved.refusal.clone().filter(|_| steps.len() < MOST) {
            let moves =
                |changes: &[Change]| changes.iter().any(|change| stands(change.key, &here) != change.value);
            let mut choices = choices(&refusal, &here.0).into_iter().filter(|changes| moves(changes));
            let found = choices.find_map(|changes| {
                let changes = self.said_out(&here, &done, changes)?;
                let done = laid_over(&done, &changes);
                self.at(&done).map(|next| (changes, done, next))
            });
            let Some((changes, all, next)) = found else { break };
            steps.push(self.step((&changes, Damage::Slight, note(&refusal)), &here, &next));
            (done, here) = (all, next);
        }
        let as_asked = self.alone("machine", now).map(|machine| self.described(now, &[machine]));
        let as_asked = as_asked.map(|(steps, reaches)| Alternative { name: "next machine", steps, reaches });
        if here.1.resolved.refusal.is_some() {
            steps.clear();
            done.clear();
        }
        let verdict = now.1.fit.verdict;
        if done.is_empty() {
            let alternatives = as_asked.into_iter().collect();
            return Some(Plan { verdict, steps, reaches: verdict, alternatives, not_offered: Vec::new() });
        }
        let rest = plan(&After { variants: self.variants, done }, self.machine, self.assumptions)?;
        let after = |others: Vec<Step>| steps.iter().cloned().chain(others).collect::<Vec<Step>>();
        let mut alternatives: Vec<Alternative> = rest
            .alternatives
            .into_iter()
            .map(|other| Alternative { steps: after(other.steps), ..other })
            .filter(|other| as_asked.is_none() || other.name != "next machine")
            .collect();
        alternatives.extend(as_asked);
        Some(Plan {
            verdict,
            steps: after(rest.steps),
            reaches: rest.reaches,
            alternatives,
            not_offered: rest.not_offered,
        })
    }
}

/// What is chosen instead, as it is set.
fn instead(refusal: &Refusal) -> Change {
    match refusal.instead {
        Instead::Runtime(runtime) => Change::new("runtime", runtime.key()),
        Instead::Weights(weights) => Change::new("quantization", weights.key()),
        Instead::Base(base) => Change::new("precision", base.key()),
        Instead::Optimizer(optimizer) => Change::new("optimizer", optimizer.key()),
        Instead::Context(tokens) => Change::new("context", tokens.to_string()),
        Instead::Setting { key, value } => Change::new(key, value),
    }
}

/// The same, alone and, where formats were asked for that the other program does not read, with its own.
fn choices(refusal: &Refusal, scenario: &Scenario) -> Vec<Vec<Change>> {
    let change = instead(refusal);
    let runs = match (refusal.instead, change.value.as_str()) {
        (Instead::Runtime(runtime), _) => runtime,
        (Instead::Setting { key: "trainer", .. }, "mlx-lm") => Runtime::Mlx,
        (Instead::Setting { key: "trainer", .. }, _) => Runtime::PyTorch,
        _ => return vec![vec![change]],
    };
    let read = scenario.inference().map(|inference| {
        let usual =
            if runs == Runtime::LlamaCpp { Quantization::Gguf(FileType::Q4KM) } else { Quantization::Bf16 };
        Change::new("quantization", inference.quantization.paired_on(runs).unwrap_or(usual).key())
    });
    let held =
        scenario.tune().map(|tune| Change::new("precision", BasePrecision::usual(tune.method, runs).key()));
    let formats = read.or(held).map(|format| vec![change.clone(), format]);
    std::iter::once(vec![change]).chain(formats).collect()
}

/// What that does to results.
const fn note(refusal: &Refusal) -> &'static str {
    match refusal.instead {
        Instead::Runtime(_) => "another program runs the same model, in the format that it reads",
        Instead::Weights(_) => "another file of the same model",
        Instead::Base(_) => "the base in another format",
        Instead::Optimizer(_) => "another optimizer",
        Instead::Context(_) => "requests as long as the model is published for",
        Instead::Setting { .. } => "the same work in the way that the machine runs",
    }
}
