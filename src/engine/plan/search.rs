//! The plan itself: ideas are tried in their order, what saves nothing is passed over, and what proves needless is
//! left out again.

use std::sync::Arc;

use super::idea::{Damage, IDEAS, Idea, To};
use super::step::{Step, need, peak, rate};
use crate::engine::runtime::Refusal;
use crate::engine::solve::{Change, Value, Variants, fits, largest};
use crate::engine::{Assumptions, Estimate, MachineNote, Verdict, estimate};
use crate::spec::{Devices, Machine, Quantization, Scenario, Setting};
use crate::units::Bytes;

/// What would make a scenario fit a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The verdict as it is.
    pub verdict: Verdict,
    /// Steps in order, the least damage first; none where it fits.
    pub steps: Vec<Step>,
    /// The verdict after all of them.
    pub reaches: Verdict,
    /// Other ways, each with a name.
    pub alternatives: Vec<Alternative>,
    /// What people expect to help and does not, with why.
    pub not_offered: Vec<NotOffered>,
}

/// Another way to make it fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// `shortest` or `best quality`.
    pub name: &'static str,
    /// Its steps in order.
    pub steps: Vec<Step>,
    /// The verdict after all of them.
    pub reaches: Verdict,
}

/// Something people try that does not help here.
#[derive(Clone, Debug, PartialEq)]
pub struct NotOffered {
    /// The setting.
    pub key: &'static str,
    /// The value that would be tried; empty where none makes sense.
    pub value: String,
    /// Why not.
    pub why: Why,
}

/// Why a step is not offered.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// It is so already.
    Already,
    /// The peak is no lower with it, and neither is what decides.
    SavesNothing,
    /// Its runtime does not do that on the machine.
    CannotRun(Box<Refusal>),
    /// Even the most that the system can spare is too little.
    LimitTooLow,
    /// Even its least value does not fit with all else as it stands.
    NoneFits,
}

/// What people reach for first: that it is set already is worth a word.
const EXPECTED: [&str; 6] =
    ["attention", "gradient_checkpointing", "micro_batch", "method", "optimizer", "residency"];

/// Below this a step is not worth taking, unless it reaches the verdict: a hundredth of the peak.
const WORTH: f64 = 0.01;

/// The plan for a scenario on a machine. Steps are settings: setting them one after the other with `--set` gives what
/// each says.
pub fn plan(variants: &dyn Variants, machine: &Arc<Machine>, assumptions: &Assumptions<'_>) -> Option<Plan> {
    let search = Search { variants, machine, assumptions };
    let now = search.at(&[])?;
    let verdict = now.1.fit.verdict;
    if fits(&now.1.fit) || verdict == Verdict::CannotRun || now.1.fit.deciding().is_none() {
        return Some(Plan {
            verdict,
            steps: Vec::new(),
            reaches: verdict,
            alternatives: Vec::new(),
            not_offered: Vec::new(),
        });
    }
    let mut not_offered = Vec::new();
    let gentle = search.greedy(&now, |_| true, &mut not_offered);
    let gentle = search.pruned(gentle);
    let (steps, reaches) = search.described(&now, &gentle);
    let mut alternatives = Vec::new();
    if let Some(short) = search.shortest(&now)
        && short.len() < gentle.len()
    {
        let (steps, reaches) = search.described(&now, &short);
        alternatives.push(Alternative { name: "shortest", steps, reaches });
    }
    let best = search.pruned(search.greedy(&now, Damage::keeps_quality, &mut Vec::new()));
    if best != gentle && !best.is_empty() {
        let (steps, reaches) = search.described(&now, &best);
        let said = alternatives.iter().any(|other| other.steps == steps);
        if reaches.fits() && !said {
            alternatives.push(Alternative { name: "best quality", steps, reaches });
        }
    }
    let moved = |key: &str| gentle.iter().any(|taken| taken.idea.key == key);
    let told = |each: &NotOffered| each.why != Why::Already || EXPECTED.contains(&each.key);
    not_offered.retain(|each| !moved(each.key) && told(each));
    not_offered.dedup_by(|a, b| a.key == b.key && a.why == b.why);
    Some(Plan { verdict, steps, reaches, alternatives, not_offered })
}

/// An idea with the changes it became.
#[derive(Clone, Debug, PartialEq)]
struct Taken {
    idea: &'static Idea,
    changes: Vec<Change>,
}

impl PartialEq for Idea {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

type At = (Scenario, Estimate);

struct Search<'a> {
    variants: &'a dyn Variants,
    machine: &'a Arc<Machine>,
    assumptions: &'a Assumptions<'a>,
}

/// A scenario's variants with some changes made already.
struct After<'a> {
    variants: &'a dyn Variants,
    done: Vec<Change>,
}

impl Variants for After<'_> {
    fn with(&self, changes: &[Change]) -> Option<Scenario> {
        let all: Vec<Change> = laid_over(&self.done, changes);
        self.variants.with(&all)
    }
}

/// Changes after others; a key that is set again has its last value only.
fn laid_over(done: &[Change], more: &[Change]) -> Vec<Change> {
    let kept = done.iter().filter(|change| more.iter().all(|new| new.key != change.key));
    kept.chain(more).cloned().collect()
}

impl Search<'_> {
    fn at(&self, changes: &[Change]) -> Option<At> {
        let scenario = self.variants.with(changes)?;
        let estimate = estimate(&scenario, self.machine, self.assumptions);
        Some((scenario, estimate))
    }

    /// Every idea in its order, until it fits.
    fn greedy(
        &self,
        now: &At,
        allowed: impl Fn(Damage) -> bool,
        not_offered: &mut Vec<NotOffered>,
    ) -> Vec<Taken> {
        let mut taken: Vec<Taken> = Vec::new();
        let mut here = now.clone();
        for idea in IDEAS.iter().filter(|idea| allowed(idea.damage)) {
            let done = changes_of(&taken);
            match self.tried(idea, &here, &done) {
                Ok(Some((changes, next))) => {
                    let reached = fits(&next.1.fit);
                    taken.retain(|before| before.idea.key != idea.key);
                    taken.push(Taken { idea, changes });
                    here = next;
                    if reached {
                        break;
                    }
                }
                Ok(None) => {}
                Err(why) => not_offered.push(why),
            }
        }
        taken
    }

    /// What an idea becomes here, with what follows; nothing where the scenario has no such setting.
    fn tried(
        &self,
        idea: &'static Idea,
        here: &At,
        done: &[Change],
    ) -> Result<Option<(Vec<Change>, At)>, NotOffered> {
        let resolved = &*here.1.resolved.scenario;
        let runtime = here.1.resolved.runtime;
        let Some(setting) = Setting::find(resolved, idea.key) else { return Ok(None) };
        let heard = setting.heard.is_empty() || setting.heard.contains(&runtime);
        let on = idea.on.is_empty() || idea.on.contains(&runtime);
        if !on || !heard || !(setting.when)(resolved) {
            return Ok(None);
        }
        let not = |value: &str, why: Why| NotOffered { key: idea.key, value: value.to_owned(), why };
        let changes = match self.value(idea, setting, here, done) {
            Ok(Some(changes)) => changes,
            Ok(None) => return Ok(None),
            Err(why) => return Err(not("", why)),
        };
        let value = changes.first().map_or("", |change| change.value.as_str()).to_owned();
        let current = setting.entry(resolved).map(|entry| entry.text()).unwrap_or_default();
        if current == value {
            return Err(not(&value, Why::Already));
        }
        let Some(next) = self.at(&laid_over(done, &changes)) else { return Ok(None) };
        if let Some(refusal) = next.1.resolved.refusal.clone() {
            return Err(not(&value, Why::CannotRun(Box::new(refusal))));
        }
        if fits(&next.1.fit) || lowers(here, &next) {
            return Ok(Some((changes, next)));
        }
        Err(not(&value, Why::SavesNothing))
    }

    /// The changes that an idea is here.
    fn value(
        &self,
        idea: &Idea,
        setting: &'static Setting,
        here: &At,
        done: &[Change],
    ) -> Result<Option<Vec<Change>>, Why> {
        let one = |value: String| Ok(Some(vec![Change { key: idea.key, value }]));
        match idea.to {
            To::Value(value) => one(value.to_owned()),
            To::MostOr(least) => one(self.most(setting, here, done).unwrap_or_else(|| least.to_owned())),
            To::Most => match self.most(setting, here, done) {
                Some(value) => one(value),
                None => Err(Why::NoneFits),
            },
            To::Bits(least) => Ok(self
                .step_of(setting, here, done, least)
                .map(|value| vec![Change { key: idea.key, value }])),
            To::OneByOne => Ok(one_by_one(&here.0)),
            To::LeastLimit => self.least_limit(&here.1).map(|limit| {
                limit.map(|to| vec![Change::new("raised_limit", format!("{}GiB", to.as_gib().ceil()))])
            }),
            To::Twice => {
                let now = here.0.devices.count.unwrap_or(self.machine.devices).max(1);
                let twice = now.saturating_mul(2);
                if twice > Devices::MOST { Ok(None) } else { one(twice.to_string()) }
            }
        }
    }

    /// The most of a setting that fits after what is done, as it is typed.
    fn most(&self, setting: &'static Setting, here: &At, done: &[Change]) -> Option<String> {
        let after = After { variants: self.variants, done: done.to_vec() };
        let solution = largest(&here.0, setting, &after, &mut |scenario| {
            crate::engine::estimate::fit(scenario, self.machine)
        })?;
        let best = solution.best?;
        // Less than nothing is no answer to what was asked.
        (best.value != Value::Whole(0)).then_some(best.text)
    }

    /// The largest step with at least so many bits that fits, else the smallest of those; below where it stands.
    fn step_of(&self, setting: &Setting, here: &At, done: &[Change], least: u32) -> Option<String> {
        let resolved = &*here.1.resolved.scenario;
        let steps = (setting.slider?.steps?)(resolved);
        let current = setting.entry(resolved)?.text();
        let place = steps.iter().position(|step| *step == current)?;
        let below = steps.get(..place)?;
        let enough: Vec<&&str> = below.iter().filter(|step| bits(step) >= least).collect();
        for step in enough.iter().rev() {
            let change = Change::new(setting.key, **step);
            let next = self.variants.with(&laid_over(done, &[change]));
            let fit = next.map(|scenario| crate::engine::estimate::fit(&scenario, self.machine));
            if fit.is_some_and(|fit| fits(&fit)) {
                return Some((**step).to_owned());
            }
        }
        enough.first().map(|step| (**step).to_owned())
    }

    /// The least raised limit with which it fits; nothing where nothing is raised on the machine.
    fn least_limit(&self, estimate: &Estimate) -> Result<Option<Bytes>, Why> {
        let found = estimate.machine_notes.iter().find_map(|note| match note {
            MachineNote::FitsRaised { to, .. } => Some(*to),
            _ => None,
        });
        if found.is_some() {
            return Ok(found);
        }
        let raisable = match self.machine.memory.value() {
            crate::spec::Memory::Unified { gpu_limit: Some(limit), .. } => limit.raisable_to.is_some(),
            _ => false,
        };
        if raisable { Err(Why::LimitTooLow) } else { Ok(None) }
    }

    /// The same without what proves needless, the gravest damage first.
    fn pruned(&self, mut taken: Vec<Taken>) -> Vec<Taken> {
        let reaches = |taken: &[Taken]| self.at(&changes_of(taken)).is_some_and(|at| fits(&at.1.fit));
        if !reaches(&taken) {
            return taken;
        }
        let mut order: Vec<&'static Idea> = taken.iter().map(|taken| taken.idea).collect();
        order.sort_by_key(|idea| std::cmp::Reverse(idea.damage));
        // Leaving one out can make another needless, so all are asked again until none is.
        loop {
            let before = taken.len();
            for idea in &order {
                let without: Vec<Taken> = taken.iter().filter(|taken| taken.idea != *idea).cloned().collect();
                if without.len() < taken.len() && reaches(&without) {
                    taken = without;
                }
            }
            if taken.len() == before {
                return taken;
            }
        }
    }

    /// The fewest steps: one that does it alone, the gentlest of those; else the two that do.
    fn shortest(&self, now: &At) -> Option<Vec<Taken>> {
        let mut useful: Vec<(Taken, At)> = Vec::new();
        for idea in IDEAS {
            if let Ok(Some((changes, next))) = self.tried(idea, now, &[]) {
                let taken = Taken { idea, changes };
                if fits(&next.1.fit) && idea.damage != Damage::Money {
                    return Some(vec![taken]);
                }
                useful.push((taken, next));
            }
        }
        for (first, at) in &useful {
            for idea in IDEAS.iter().filter(|idea| idea.key != first.idea.key) {
                if let Ok(Some((changes, next))) = self.tried(idea, at, &first.changes)
                    && fits(&next.1.fit)
                {
                    return Some(vec![first.clone(), Taken { idea, changes }]);
                }
            }
        }
        None
    }

    /// Steps one after the other with what follows from each, and the verdict after all.
    fn described(&self, now: &At, taken: &[Taken]) -> (Vec<Step>, Verdict) {
        let mut steps = Vec::with_capacity(taken.len());
        let mut here = now.clone();
        let mut done: Vec<Change> = Vec::new();
        for Taken { idea, changes } in taken {
            done = laid_over(&done, changes);
            let Some(next) = self.at(&done) else { continue };
            let resolved = &*here.1.resolved.scenario;
            let before = Setting::find(resolved, idea.key).and_then(|setting| setting.entry(resolved));
            steps.push(Step {
                changes: changes.clone(),
                before: before.map(|entry| entry.text()).unwrap_or_default(),
                damage: idea.damage,
                note: idea.note,
                delta: peak(&next.1) - peak(&here.1),
                total: peak(&next.1),
                need: need(&next.1),
                speed: rate(&next.1).zip(rate(&here.1)).map(|(after, before)| after / before),
                verdict: next.1.fit.verdict,
            });
            here = next;
        }
        (steps, here.1.fit.verdict)
    }
}

fn changes_of(taken: &[Taken]) -> Vec<Change> {
    taken.iter().fold(Vec::new(), |done, taken| laid_over(&done, &taken.changes))
}

/// Whether a step lowers what decides by enough to be worth it.
fn lowers(here: &At, next: &At) -> bool {
    let (Some(before), Some(after)) = (need(&here.1), need(&next.1)) else { return false };
    let other_ceiling = |at: &At| at.1.fit.deciding().map(|deciding| deciding.ceiling.kind);
    before - after >= before * WORTH
        || (other_ceiling(here) != other_ceiling(next) && next.1.fit.verdict < here.1.fit.verdict)
}

/// Bits a value of a number format by its name; 16 for what is no quantization.
fn bits(step: &str) -> u32 {
    if let Ok(quantization) = Quantization::parse(step) {
        return quantization.bits();
    }
    match step {
        "nf4" | "mlx-4bit" | "q4_0" => 4,
        "fp8" | "q8_0" | "mlx-8bit" => 8,
        "fp32" => 32,
        _ => 16,
    }
}

/// Sequences of a pass one by one, accumulated to as many.
fn one_by_one(scenario: &Scenario) -> Option<Vec<Change>> {
    let tune = scenario.tune()?;
    let passes = tune.gradient_accumulation_steps.saturating_mul(tune.micro_batch.max(1));
    Some(vec![
        Change::new("micro_batch", "1"),
        Change::new("gradient_accumulation_steps", passes.to_string()),
    ])
}
