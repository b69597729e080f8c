//! The plan itself: ideas are tried in their order, what saves nothing is passed over, and what proves needless is
//! left out again.

use std::sync::Arc;

use super::after::laid_over;
use super::idea::{Damage, IDEAS, Idea};
use super::not_offered::{NotOffered, Why, each_once, is_expected, is_named_where_missing, not_had};
use super::programs::close_programs;
use super::step::{Step, limit, need, pace, peak, rate};
use crate::engine::solve::{Change, Variants, fits};
use crate::engine::{Assumptions, Estimate, Verdict, estimate};
use crate::spec::{Machine, Scenario, Setting};
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
    /// `shortest`, `best quality`, `shortest, best quality`, `faster`, `fewer bits`, `smaller model`, `sampled neighbors`,
    /// `more devices` or `next machine`.
    pub name: &'static str,
    /// Its steps in order.
    pub steps: Vec<Step>,
    /// The verdict after all of them.
    pub reaches: Verdict,
}

/// Below this a step is not worth taking, unless it reaches the verdict: a hundredth of the peak.
const WORTH: f64 = 0.01;

/// Share of the speed that a step leaves which is slower, and not several times slower.
const STILL_SLOWER: f64 = 0.5;

/// The plan for a scenario on a machine. Steps are settings: setting them one after the other with `--set` gives what
/// each says.
pub fn plan(variants: &dyn Variants, machine: &Arc<Machine>, assumptions: &Assumptions<'_>) -> Option<Plan> {
    let search = Search { variants, machine, assumptions };
    let now = search.at(&[])?;
    let verdict = now.1.fit.verdict;
    if verdict == Verdict::CannotRun {
        return search.made_to_run(&now);
    }
    if fits(&now.1.fit) || now.1.fit.deciding().is_none() {
        return Some(Plan {
            verdict,
            steps: close_programs(&now.1, &now.1).into_iter().collect(),
            reaches: verdict,
            alternatives: Vec::new(),
            not_offered: Vec::new(),
        });
    }
    let mut not_offered = Vec::new();
    let any = |_: Damage| true;
    let gentle = search.pruned(search.tried_in_order(&now, &any, &mut not_offered));
    let gentle = search.or_another_machine(gentle, &now, &any, &mut not_offered);
    let best = search.pruned(search.tried_in_order(&now, &Damage::keeps_quality, &mut Vec::new()));
    let best = search.or_another_machine(best, &now, &Damage::keeps_quality, &mut Vec::new());
    // Steps that lose more than others, of which the gravest is as grave, are another way at most.
    let (gentle, other) =
        if search.is_gentler(&now, &best, &gentle) { (best, gentle) } else { (gentle, best) };
    let (mut steps, reaches) = search.described(&now, &gentle);
    let alternatives = search.other_ways(&now, (&gentle, &steps), &other);
    let moved = |key: &str| {
        let by_idea = gentle.iter().any(|taken| taken.idea.key == key);
        by_idea || steps.iter().flat_map(|step| &step.changes).any(|change| change.key == key)
    };
    let told = |each: &NotOffered| each.why != Why::Already || is_expected(each.key);
    not_offered.retain(|each| !moved(each.key) && told(each));
    let mut not_offered = each_once(not_offered);
    let others = alternatives.iter().flat_map(|other| &other.steps).flat_map(|step| &step.changes);
    let others: Vec<&str> = others.map(|change| change.key).collect();
    let is_said = |key: &str| moved(key) || others.contains(&key);
    search.name_the_rest(&now, &is_said, &mut not_offered);
    let end = search.at(&changes_of(&gentle)).unwrap_or_else(|| now.clone());
    let programs = close_programs(&now.1, &end.1);
    if programs.is_none() {
        not_offered.push(NotOffered { key: "programs", value: String::new(), why: Why::NothingOpen });
    }
    steps.splice(0..0, programs);
    Some(Plan { verdict, steps, reaches, alternatives, not_offered })
}

/// An idea with the changes it became.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Taken {
    pub(super) idea: &'static Idea,
    pub(super) changes: Vec<Change>,
}

impl PartialEq for Idea {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// A scenario with what follows from it.
pub(super) type At = (Scenario, Estimate);

/// What is asked of, on which machine, and what its figures rest on.
pub(super) struct Search<'a> {
    pub(super) variants: &'a dyn Variants,
    pub(super) machine: &'a Arc<Machine>,
    pub(super) assumptions: &'a Assumptions<'a>,
}

impl Search<'_> {
    pub(super) fn at(&self, changes: &[Change]) -> Option<At> {
        let (moved, settings): (Vec<&Change>, Vec<&Change>) =
            changes.iter().partition(|change| change.key == "machine");
        let settings: Vec<Change> = settings.into_iter().cloned().collect();
        let scenario = self.variants.with(&settings)?;
        let other = moved.last().map(|change| &change.value);
        let other = other.and_then(|id| self.variants.machines().iter().find(|machine| machine.id == *id));
        let estimate = estimate(&scenario, other.unwrap_or(self.machine), self.assumptions);
        Some((scenario, estimate))
    }

    /// Whether it fits after these steps.
    pub(super) fn reaches(&self, taken: &[Taken]) -> bool {
        self.at(&changes_of(taken)).is_some_and(|at| fits(&at.1.fit))
    }

    /// Whether some steps reach as much as others with no graver damage and in no more steps, without money.
    fn is_gentler(&self, now: &At, steps: &[Taken], than: &[Taken]) -> bool {
        let gravest = self.damages(now, steps).into_iter().max();
        let of_others = than.iter().map(|taken| taken.idea.damage).max();
        // What costs money in any case may as well keep all else.
        let free = gravest < Some(Damage::Money) || of_others == Some(Damage::Money);
        let gentler = steps.len() <= than.len() && gravest <= of_others;
        !steps.is_empty() && free && steps != than && (than.is_empty() || gentler) && self.reaches(steps)
    }

    /// What each step costs, by the speed that it leaves where that is known: a few layers elsewhere are no more than slower.
    fn damages(&self, now: &At, taken: &[Taken]) -> Vec<Damage> {
        let (steps, _) = self.described(now, taken);
        let lightly = |step: &Step| step.speed.is_some_and(|speed| speed >= STILL_SLOWER);
        let cost = |step: &Step| match step.damage {
            Damage::MuchSlower if lightly(step) => Damage::Slower,
            damage => damage,
        };
        steps.iter().map(cost).collect()
    }

    /// The idea of a key alone: the first that fits with that, or else the first that helps; nothing where there is none.
    pub(super) fn alone(&self, key: &str, now: &At) -> Option<Taken> {
        let mut helps = None;
        for idea in IDEAS.iter().filter(|idea| idea.key == key) {
            let Ok(Some((changes, next))) = self.tried(idea, now, &[]) else { continue };
            let taken = Taken { idea, changes };
            if fits(&next.1.fit) {
                return Some(taken);
            }
            helps.get_or_insert(taken);
        }
        helps
    }

    /// What an idea becomes here, with what follows; nothing where the scenario has no such setting.
    pub(super) fn tried(
        &self,
        idea: &'static Idea,
        here: &At,
        done: &[Change],
    ) -> Result<Option<(Vec<Change>, At)>, NotOffered> {
        let resolved = &*here.1.resolved.scenario;
        let runtime = here.1.resolved.runtime;
        let setting = Setting::find(resolved, idea.key);
        if setting.is_none() && !idea.to.is_beyond_settings() {
            return Ok(None);
        }
        let heard = |setting: &Setting| setting.heard.is_empty() || setting.heard.contains(&runtime);
        let on = idea.on.is_empty() || idea.on.contains(&runtime);
        let not = |value: &str, why: Why| NotOffered { key: idea.key, value: value.to_owned(), why };
        if !on || !setting.is_none_or(heard) {
            let named = is_named_where_missing(idea.key) && setting.is_none_or(|of| (of.when)(&here.0));
            return if named { Err(not("", Why::NotIn(runtime))) } else { Ok(None) };
        }
        if !setting.is_none_or(|setting| (setting.when)(resolved)) {
            return Ok(None);
        }
        let changes = match self.value(idea, setting, here, done) {
            Ok(Some(changes)) => changes,
            Ok(None) => return Ok(None),
            Err(why) => return Err(not("", why)),
        };
        let value = changes.first().map_or("", |change| change.value.as_str()).to_owned();
        if stands(idea.key, here) == value {
            return Err(not(&value, Why::Already));
        }
        if let Some(why) = not_had(resolved, idea.key, &value) {
            return Err(not(&value, why));
        }
        let Some(next) = self.at(&laid_over(done, &changes)) else { return Ok(None) };
        if let Some(refusal) = next.1.resolved.refusal.clone() {
            return Err(not(&value, Why::CannotRun(Box::new(refusal))));
        }
        if fits(&next.1.fit) || lowers(here, &next) {
            return Ok(Some((changes, next)));
        }
        Err(not(&value, saves(here, &next)))
    }

    /// Steps one after the other with what follows from each, and the verdict after all.
    pub(super) fn described(&self, now: &At, taken: &[Taken]) -> (Vec<Step>, Verdict) {
        let mut steps = Vec::with_capacity(taken.len());
        let mut here = now.clone();
        let mut done: Vec<Change> = Vec::new();
        for Taken { idea, changes } in taken {
            done = laid_over(&done, changes);
            let Some(next) = self.at(&done) else { continue };
            steps.push(self.step((changes, idea.damage, idea.note), &here, &next));
            here = next;
        }
        (steps, here.1.fit.verdict)
    }

    /// A step with what follows from it.
    pub(super) fn step(
        &self,
        (changes, damage, note): (&[Change], Damage, &'static str),
        here: &At,
        next: &At,
    ) -> Step {
        let key = changes.first().map_or("", |change| change.key);
        Step {
            changes: changes.to_vec(),
            before: if key == "machine" { self.machine.name.clone() } else { stands(key, here) },
            shown: self.shown(changes),
            action: None,
            damage,
            note,
            delta: peak(&next.1) - peak(&here.1),
            total: peak(&next.1),
            need: need(&next.1),
            need_before: need(&here.1),
            limit: limit(&next.1),
            speed: rate(&next.1).zip(rate(&here.1)).map(|(after, before)| after / before),
            pace: pace(&next.1),
            after: next.1.resolved.clone(),
            verdict: next.1.fit.verdict,
        }
    }
}

pub(super) fn changes_of(taken: &[Taken]) -> Vec<Change> {
    taken.iter().fold(Vec::new(), |done, taken| laid_over(&done, &taken.changes))
}

/// Whether a step lowers what decides by enough to be worth it.
pub(super) fn lowers(here: &At, next: &At) -> bool {
    let (Some(before), Some(after)) = (need(&here.1), need(&next.1)) else { return false };
    let other_ceiling = |at: &At| at.1.fit.deciding().map(|deciding| deciding.ceiling.kind);
    before - after >= before * WORTH
        || (other_ceiling(here) != other_ceiling(next) && next.1.fit.verdict < here.1.fit.verdict)
}

/// How little a step that is not worth taking lowers what decides.
fn saves(here: &At, next: &At) -> Why {
    let saved = need(&here.1).zip(need(&next.1)).map_or(Bytes::ZERO, |(before, after)| before - after);
    if saved.get() >= 1.0 { Why::SavesOnly(saved) } else { Why::SavesNothing }
}

/// What a key is now, as it is typed.
pub(super) fn stands(key: &str, (_, estimate): &At) -> String {
    let resolved = &*estimate.resolved.scenario;
    match key {
        "runtime" => estimate.resolved.runtime.key().to_owned(),
        "model" => resolved.language().map(|language| language.key.clone()).unwrap_or_default(),
        _ => {
            let entry = Setting::find(resolved, key).and_then(|setting| setting.entry(resolved));
            entry.map(|entry| entry.text()).unwrap_or_default()
        }
    }
}
