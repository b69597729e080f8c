//! What an idea becomes on a scenario as it stands: the value that is tried.

use std::sync::Arc;

use super::after::{After, laid_over};
use super::idea::{Idea, To};
use super::not_offered::{Why, not_had};
use super::search::{At, Search};
use crate::engine::estimate::fit;
use crate::engine::graph::lengths;
use crate::engine::solve::{Change, Found, Value, Variants, fits, largest};
use crate::engine::{Estimate, MachineNote, Question};
use crate::spec::{Devices, Machine, Offer, Quantization, Runtime, Scenario, Setting, Workload, offered};
use crate::units::{Bytes, show_dollars, show_rent, whole};

/// A change, or none; and why there is none, where that is worth a word.
type Tried = Result<Option<Vec<Change>>, Why>;

impl To {
    /// Whether it moves what is no setting of the form.
    pub(super) const fn is_beyond_settings(self) -> bool {
        matches!(self, Self::OtherRuntime | Self::SmallerModel | Self::NextMachine)
    }
}

impl Search<'_> {
    /// The changes that an idea is here.
    pub(super) fn value(
        &self,
        idea: &Idea,
        setting: Option<&'static Setting>,
        here: &At,
        done: &[Change],
    ) -> Tried {
        let one = |value: String| Ok(Some(vec![Change { key: idea.key, value }]));
        match (idea.to, setting) {
            (To::Value(value), _) => one(value.to_owned()),
            (To::MostOr(least), Some(setting)) => {
                one(self.most(setting, here, done).map_or_else(|| least.to_owned(), |found| found.text))
            }
            (To::Most | To::JustEnough, Some(setting)) => {
                let found = self.most(setting, here, done).ok_or(Why::NoneFits)?;
                let least = left(idea, setting, &here.0, self.variants);
                if is_at_least(found.value, least) { one(found.text) } else { Err(Why::LeavesTooLittle) }
            }
            // Numbers of a graph network are in 16 bit at least, which is an idea of its own.
            (To::Bits(_), Some(_)) if here.0.gnn().is_some() => Ok(None),
            (To::Bits(least), Some(setting)) => Ok(self
                .step_of(setting, here, done, least)
                .map(|value| vec![Change { key: idea.key, value }])),
            (To::LeastWhole, Some(setting)) => {
                self.least(setting, here, done).map_or(Err(Why::NoneFits), one)
            }
            (To::OneByOne, _) => Ok(one_by_one(&here.0)),
            (To::LeastLimit, _) => self.least_limit(&here.1).map(|limit| {
                limit.map(|to| vec![Change::new("raised_limit", format!("{}GiB", to.as_gib().ceil()))])
            }),
            (To::Twice, _) => {
                let now = here.0.devices.count.unwrap_or(self.machine.devices).max(1);
                let twice = now.saturating_mul(2);
                if twice > Devices::MOST { Ok(None) } else { one(twice.to_string()) }
            }
            (To::OtherRuntime, _) => Ok(self.other_runtime(here, done)),
            (To::SmallerModel, _) => self.smaller_model(here, done),
            (To::NextMachine, _) => Ok(self.next_machine(here).map(|change| vec![change])),
            (To::MostOr(_) | To::Most | To::JustEnough | To::Bits(_) | To::LeastWhole, None) => Ok(None),
        }
    }

    /// The most of a setting that fits after what is done.
    fn most(&self, setting: &'static Setting, here: &At, done: &[Change]) -> Option<Found> {
        let after = After { variants: self.variants, done: done.to_vec() };
        let solution = largest(&here.0, setting, &after, &mut |scenario| fit(scenario, self.machine))?;
        // Less than nothing is no answer to what was asked.
        solution.best.filter(|best| best.value != Value::Whole(0))
    }

    /// The least whole number of a setting above where it stands with which it fits.
    fn least(&self, setting: &Setting, here: &At, done: &[Change]) -> Option<String> {
        let holds = |number: u64| self.holds(done, Change::new(setting.key, number.to_string()));
        let start = whole(setting.stands(&here.0).max(0.0));
        let mut enough = start.saturating_add(1);
        while !holds(enough) {
            enough = enough.saturating_mul(2);
            if enough > MOST_TRIED {
                return None;
            }
        }
        let mut short = start;
        while enough - short > 1 {
            let middle = short + (enough - short) / 2;
            if holds(middle) { enough = middle } else { short = middle }
        }
        Some(enough.to_string())
    }

    /// Whether it fits with one more change.
    fn holds(&self, done: &[Change], change: Change) -> bool {
        let next = self.variants.with(&laid_over(done, &[change]));
        next.is_some_and(|scenario| fits(&fit(&scenario, self.machine)))
    }

    /// The best step with at least so many bits that fits, else the smallest of those; below where it stands.
    fn step_of(&self, setting: &Setting, here: &At, done: &[Change], least: u32) -> Option<String> {
        let resolved = &*here.1.resolved.scenario;
        let steps = (setting.slider?.steps?)(resolved);
        let current = setting.entry(resolved)?.text();
        // What is not on the slider stands above nothing there.
        let place = steps.iter().position(|step| *step == current).unwrap_or(0);
        let below = steps.get(..place)?;
        let runs = |step: &str| {
            let next = self.at(&laid_over(done, &[Change::new(setting.key, step)]));
            next.is_some_and(|next| next.1.resolved.refusal.is_none())
        };
        let had =
            |step: &&str| bits(step) >= least && not_had(resolved, setting.key, step).is_none() && runs(step);
        let enough: Vec<&'static str> = below.iter().copied().filter(had).collect();
        let best_last = self.worse(setting, resolved, &current, least).unwrap_or_else(|| enough.clone());
        let holding = best_last.iter().rev().find(|step| self.holds(done, Change::new(setting.key, **step)));
        holding.or_else(|| enough.first()).or_else(|| best_last.first()).map(|step| (*step).to_owned())
    }

    /// Quantizations worse than the one that stands, from the worst to the best by what was measured of them, with at least
    /// so many bits; nothing of what is no quantization.
    fn worse(
        &self,
        setting: &Setting,
        resolved: &Scenario,
        current: &str,
        least: u32,
    ) -> Option<Vec<&'static str>> {
        let known = self.variants.qualities();
        let language = resolved.language().filter(|_| setting.key == "quantization" && !known.is_empty())?;
        let offered = offered(&language.model, language.runtime, known);
        let worse = offered.iter().map(|of| of.key()).skip_while(|key| *key != current).skip(1);
        let mut worse: Vec<&'static str> = worse.filter(|key| bits(key) >= least).collect();
        worse.reverse();
        Some(worse)
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

    /// The first other program with which it fits as it stands, in the formats that it reads.
    fn other_runtime(&self, here: &At, done: &[Change]) -> Option<Vec<Change>> {
        here.0.language()?;
        let now = here.1.resolved.runtime;
        let others = Runtime::ALL.into_iter().filter(|runtime| *runtime != now);
        let change = others
            .map(|runtime| Change::new("runtime", runtime.key()))
            .find(|change| self.holds(done, change.clone()))?;
        self.said_out(here, done, vec![change])
    }

    /// Changes with the formats that follow from them. What was asked for by its own name stands beside another program,
    /// so that each format that is another there has to be said too.
    pub(super) fn said_out(&self, here: &At, done: &[Change], changes: Vec<Change>) -> Option<Vec<Change>> {
        let next = self.variants.with(&laid_over(done, &changes))?;
        let text = |key: &str, of: &Scenario| Setting::find(of, key)?.entry(of).map(|entry| entry.text());
        let other = |key: &&'static str| {
            let after = text(key, &next)?;
            let moved =
                changes.iter().any(|change| change.key == *key) || text(key, &here.0) == Some(after.clone());
            (!moved).then(|| Change::new(key, after))
        };
        let formats: Vec<Change> = FORMATS.iter().filter_map(other).collect();
        Some(changes.into_iter().chain(formats).collect())
    }

    /// The largest smaller model of the family that fits, with all that was asked of the other.
    fn smaller_model(&self, here: &At, done: &[Change]) -> Tried {
        let Some(language) = here.0.language() else { return Ok(None) };
        let Some(smaller) = self.variants.smaller(&language.base) else { return Ok(None) };
        if smaller.is_empty() {
            return Err(Why::NoneSmaller);
        }
        let asked = tokens(&here.0);
        let took = language.base.context_max.into();
        let fitting = smaller.into_iter().find(|key| {
            let change = Change::new("model", key.as_str());
            let next = self.variants.with(&laid_over(done, &[change]));
            // A model that takes fewer tokens does not do what was asked.
            let takes = |next: &Scenario| {
                let most = next.language().map_or(0, |language| language.base.context_max.into());
                tokens(next) >= asked && most >= asked.min(took)
            };
            next.is_some_and(|next| takes(&next) && fits(&fit(&next, self.machine)))
        });
        fitting.map_or(Err(Why::NoneFits), |key| Ok(Some(vec![Change::new("model", key)])))
    }

    /// The least expensive machine that can be bought and holds it, of the same maker and kind where one does; where none
    /// to buy does, one to rent.
    fn next_machine(&self, here: &At) -> Option<Change> {
        let mut question = Question::new(&here.0);
        let kind = |of: &Machine| (of.vendor, std::mem::discriminant(of.memory.value()));
        let mut best: Option<(Place, &Arc<Machine>)> = None;
        for machine in self.variants.machines() {
            let (rented, price) = match &machine.offer {
                Some(Offer::Buy(price)) if machine.can_be_had() => (false, price.value().get()),
                Some(Offer::Rent(rent)) => (true, rent.value().get()),
                _ => continue,
            };
            let place = (rented, kind(machine) != kind(self.machine), price);
            let nearer = best.is_none_or(|(other, _)| place < other);
            if nearer && machine.id != self.machine.id && fits(&question.on(machine, self.assumptions).fit) {
                best = Some((place, machine));
            }
        }
        best.map(|(_, machine)| Change::new("machine", machine.id.as_str()))
    }

    /// A change as people read it, where that is not what is typed: a machine's name and price, or that of each of several.
    pub(super) fn shown(&self, changes: &[Change]) -> Option<String> {
        if let Some(devices) = changes.iter().find(|change| change.key == "devices") {
            let Some(Offer::Buy(price)) = &self.machine.offer else { return None };
            let each = price.times(1.0 / f64::from(self.machine.devices.max(1)));
            return Some(format!(
                "{} devices, {} each ({})",
                devices.value,
                show_dollars(*each.value()),
                price.words()
            ));
        }
        let id = &changes.iter().find(|change| change.key == "machine")?.value;
        let machine = self.variants.machines().iter().find(|machine| machine.id == *id)?;
        match &machine.offer {
            Some(Offer::Buy(price)) => {
                Some(format!("{}, {} ({})", machine.name, show_dollars(*price.value()), price.words()))
            }
            Some(Offer::Rent(rent)) => {
                Some(format!("{}, {} an hour", machine.name, show_rent(*rent.value())))
            }
            None => None,
        }
    }
}

/// Where a machine stands among those that hold it: those to buy first, those of the same kind, the least expensive.
type Place = (bool, bool, f64);

/// Formats that follow from the program that reads them.
const FORMATS: [&str; 4] = ["quantization", "kv_precision", "precision", "optimizer"];

/// What has to be left of a setting for the work that was asked: half of where it stands, or by a graver step a prompt with
/// its answer, or an average example or graph; a quarter where nothing is said of those.
fn left(idea: &Idea, setting: &Setting, scenario: &Scenario, asked: &dyn Variants) -> u64 {
    let share = |now: u64| if idea.to == To::JustEnough { now / 4 } else { now / 2 };
    match (idea.key, scenario.inference(), scenario.tune()) {
        ("context", Some(inference), _) => {
            let each = inference.prompt.saturating_add(inference.generate);
            let work = each.saturating_mul(inference.concurrency.max(1));
            // A prompt that nobody named fills what its context leaves.
            let named = asked.gives("prompt") && work <= inference.context;
            match (named, idea.to) {
                (true, To::JustEnough) => work,
                (true, _) => work.max(share(inference.context)),
                (false, _) => share(inference.context).max(inference.generate.saturating_mul(2)),
            }
        }
        ("sequence", _, Some(tune)) => {
            let cut = tune.tokens_per_example < tune.sequence;
            match (cut, idea.to) {
                (true, To::JustEnough) => tune.tokens_per_example,
                (true, _) => tune.tokens_per_example.max(share(tune.sequence)),
                (false, _) => share(tune.sequence),
            }
        }
        ("resolution", ..) => scenario.diffusion().map_or(0, |image| share(image.width.max(image.height))),
        ("frames", ..) => scenario.diffusion().map_or(0, |clip| share(clip.frames)),
        // Layers on the host do the same work, and smaller steps go over the same nodes.
        ("gpu_layers" | "batch_nodes", ..) => 0,
        ("max_sequence", ..) => {
            let Workload::GraphSequence(_, sequence) = &scenario.workload else { return 0 };
            // Where the limit is above the longest graph, that is what is cut.
            let lengths = lengths(&sequence.graph);
            let [mean, longest] = [lengths.mean, lengths.longest].map(|length| whole(length.get().ceil()));
            if mean < longest { mean.max(share(longest)) } else { share(longest) }
        }
        _ => share(whole(setting.stands(scenario).max(0.0))),
    }
}

/// Whether a value is no less than what has to be left.
fn is_at_least(value: Value, least: u64) -> bool {
    match value {
        Value::Whole(number) => number >= least,
        Value::Sides(width, height) => width.max(height) >= least,
        Value::Step(..) => true,
    }
}

/// The most that is tried of a number of which the least that fits is sought.
const MOST_TRIED: u64 = 1 << 12;

/// Tokens that are asked of a model at once.
fn tokens(scenario: &Scenario) -> u64 {
    let context = scenario.inference().map(|inference| inference.context);
    context.or_else(|| scenario.tune().map(|tune| tune.sequence)).unwrap_or(0)
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
