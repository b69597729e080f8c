//! What an idea becomes on a scenario as it stands: the value that is tried.

use super::after::{After, laid_over};
use super::idea::{Idea, To};
use super::not_offered::{Why, not_had};
use super::search::{At, Search};
use crate::engine::estimate::{as_asked, fit};
use crate::engine::graph::lengths;
use crate::engine::solve::{Change, Found, Value, Variants, fits, holds_beside_the_host, largest};
use crate::engine::{Estimate, Fit, MachineNote};
use crate::spec::{
    Devices, DiffusionPrecision, Form, Memory, Offer, Quantization, Scenario, Setting, Workload, offered,
};
use crate::units::{Bytes, show_dollars, show_rent, whole};

/// A change, or none; and why there is none, where that is worth a word.
pub(super) type Tried = Result<Option<Vec<Change>>, Why>;

impl To {
    /// Whether it moves what is no setting of the form.
    pub(super) const fn is_beyond_settings(self) -> bool {
        matches!(self, Self::OtherRuntime | Self::AnyRuntime | Self::SmallerModel | Self::NextMachine)
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
            (To::MoreDevices, _) => self.more_devices(here, done).map_or(Ok(None), one),
            (To::FanOuts, _) => self.fan_outs(here, done).map_or(Ok(None), one),
            (To::FewerPaths, _) => fewer_paths(&here.0).map_or(Ok(None), one),
            (To::HeldByComfy(form), _) => Ok(beside(&here.0, form, DiffusionPrecision::Nf4, "q4_0")),
            (To::Packed(form), _) => Ok(beside(&here.0, form, DiffusionPrecision::Q4_0, "nf4")),
            (To::OtherRuntime, _) => Ok(self.other_runtime(here, done, true)),
            (To::AnyRuntime, _) => Ok(self.other_runtime(here, done, false)),
            (To::SmallerModel, _) => self.smaller_model(here, done),
            (To::NextMachine, _) => Ok(self.next_machine(here).map(|change| vec![change])),
            (To::MostOr(_) | To::Most | To::JustEnough | To::Bits(_) | To::LeastWhole, None) => Ok(None),
        }
    }

    /// The most of a setting that fits after what is done.
    pub(super) fn most(&self, setting: &'static Setting, here: &At, done: &[Change]) -> Option<Found> {
        let after = After { variants: self.variants, done: done.to_vec() };
        let solution = largest(&here.0, setting, &after, &mut |scenario| self.fit_of(scenario))?;
        // Less than nothing is no answer to what was asked.
        solution.best.filter(|best| best.value != Value::Whole(0))
    }

    /// The least whole number of a setting above where it stands with which it fits: what it moves to the host is sought by
    /// the device alone, for more of it fills the host.
    fn least(&self, setting: &Setting, here: &At, done: &[Change]) -> Option<String> {
        let to = |number: u64| Change::new(setting.key, number.to_string());
        let holds =
            |number: u64| self.fit_with(done, to(number)).is_some_and(|fit| holds_beside_the_host(&fit));
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
        self.holds(done, to(enough)).then(|| enough.to_string())
    }

    /// Whether it fits with one more change.
    pub(super) fn holds(&self, done: &[Change], change: Change) -> bool {
        self.fit_with(done, change).is_some_and(|fit| fits(&fit))
    }

    /// How it fits with one more change.
    fn fit_with(&self, done: &[Change], change: Change) -> Option<Fit> {
        let next = self.variants.with(&laid_over(done, &[change]));
        next.map(|scenario| self.fit_of(&scenario))
    }

    /// How a scenario fits the machine, or as many of it as it says.
    pub(super) fn fit_of(&self, scenario: &Scenario) -> Fit {
        fit(scenario, &as_asked(scenario, self.machine))
    }

    /// The fewest more devices that hold it; where none of these does, twice as many. No other card goes into a laptop.
    fn more_devices(&self, here: &At, done: &[Change]) -> Option<String> {
        let form = self.machine.body.form.as_ref().map(|form| *form.value());
        let laptop = form == Some(Form::Laptop);
        let memory = self.machine.memory.value();
        // How processors share work is not modelled.
        if matches!(memory, Memory::System { .. }) || laptop && matches!(memory, Memory::Discrete { .. }) {
            return None;
        }
        let now = here.0.devices.count.unwrap_or(self.machine.devices).max(1);
        let times = |factor: u32| now.checked_mul(factor).filter(|count| *count <= Devices::MOST);
        // Eight are at home in a server alone.
        let most = if form == Some(Form::Server) { 8 } else { 4 };
        let counts: Vec<u32> =
            [2, 4, 8].into_iter().filter(|factor| *factor <= most).filter_map(times).collect();
        let enough = counts.iter().find(|count| self.holds(done, Change::new("devices", count.to_string())));
        enough.or_else(|| counts.first()).map(u32::to_string)
    }

    /// Fan-outs, one of each layer, since a hop that nobody samples is one that a layer does not see: the most neighbors
    /// that fit, or else the fewest.
    fn fan_outs(&self, here: &At, done: &[Change]) -> Option<String> {
        let gnn = here.0.gnn().filter(|gnn| !gnn.architecture.record().reads_paths)?;
        let ways: Vec<Vec<u64>> = match gnn.fan_outs() {
            Some(sampled) => vec![sampled.iter().map(|each| (each / 2).max(1)).collect()],
            None => FAN_OUTS.iter().map(|first| over_layers(first, gnn.layers)).collect(),
        };
        let ways: Vec<String> = ways.iter().map(|way| written(way)).collect();
        let enough = ways.iter().find(|way| self.holds(done, Change::new("sampling", way.as_str())));
        enough.or_else(|| ways.last()).cloned()
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
        let raised = match self.machine.memory.value() {
            Memory::Unified { gpu_limit: Some(limit), .. } => limit.raise.is_some(),
            _ => false,
        };
        if raised { Err(Why::LimitTooLow) } else { Ok(None) }
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
                let past = if machine.can_be_had() { "" } else { "; no longer made" };
                let price = format!("{} ({}{past})", show_dollars(*price.value()), price.words());
                Some(format!("{}, {price}", machine.name))
            }
            Some(Offer::Rent(rent)) => {
                Some(format!("{}, {} an hour", machine.name, show_rent(*rent.value())))
            }
            None => None,
        }
    }
}

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

/// Fan-outs of the first hops, the most neighbors first: those of GraphSAGE's published examples, and fewer. What lies behind
/// them draws as the last.
const FAN_OUTS: [&[u64]; 5] = [&[15, 10, 5], &[10, 5, 3], &[5, 3, 2], &[3, 2], &[2]];

/// The same of as many layers.
fn over_layers(first: &[u64], layers: u64) -> Vec<u64> {
    let last = first.last().copied().unwrap_or(1);
    (0..layers.max(1))
        .map(|at| usize::try_from(at).ok().and_then(|at| first.get(at)).copied().unwrap_or(last))
        .collect()
}

/// Fan-outs as they are typed: `15, 10`.
fn written(hops: &[u64]) -> String {
    hops.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// Half of the paths that are drawn of a method.
fn fewer_paths(scenario: &Scenario) -> Option<String> {
    let gnn = scenario.gnn().filter(|gnn| gnn.architecture.record().reads_paths)?;
    let drawn = gnn.fan_outs().and_then(<[u64]>::first).map_or(gnn.edges, |paths| gnn.edges.min(*paths));
    (drawn > 1).then(|| (drawn / 2).to_string())
}

/// Text encoders in a format, beside a denoiser that the same program loads: one in the format that it does not is in the
/// other of as many bits.
fn beside(
    scenario: &Scenario,
    text: &'static str,
    foreign: DiffusionPrecision,
    own: &'static str,
) -> Option<Vec<Change>> {
    let diffusion = scenario.diffusion()?;
    let denoiser = (diffusion.precision == foreign).then(|| Change::new("precision", own));
    Some(std::iter::once(Change::new("text_precision", text)).chain(denoiser).collect())
}

/// The most that is tried of a number of which the least that fits is sought.
const MOST_TRIED: u64 = 1 << 12;

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
