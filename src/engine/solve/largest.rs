//! The most of one setting that fits, and the first that does not.

use super::bracket::last_that_holds;
use super::variants::{Change, Variants};
use super::{fits, size};
use crate::engine::axis::Axis;
use crate::engine::ceilings::CeilingKind;
use crate::engine::fit::{Fit, Verdict};
use crate::engine::memory::Place;
use crate::spec::settings::Amount;
use crate::spec::{QualityLoss, Scenario, Setting, offered};
use crate::units::{count, whole};

/// A value of a setting that was solved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Whole(u64),
    /// A step by its place among the steps, smallest memory first (of quantizations the worst), and its name.
    Step(usize, &'static str),
    /// Width and height of an image, in pixels.
    Sides(u64, u64),
}

impl Value {
    /// As it is typed after `--set key=`.
    pub fn text(self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Step(_, name) => name.to_owned(),
            Self::Sides(width, height) => format!("{width}x{height}"),
        }
    }
}

/// A value with its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The value; of a setting that is slid along the other way, its place on the rail.
    pub value: Value,
    /// As it is typed after `--set key=`.
    pub text: String,
    /// What is said of it.
    pub verdict: Verdict,
    /// The ceiling that the verdict rests on; `None` where memory is unknown.
    pub ceiling: Option<CeilingKind>,
}

/// What was solved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// The most that fits; `None` where nothing does.
    pub best: Option<Found>,
    /// One more, which does not fit; `None` where the range ends.
    pub next: Option<Found>,
}

impl Solution {
    /// The ceiling that stops it: that of one more; nothing where the range ends, which no ceiling does.
    pub fn binding(&self) -> Option<CeilingKind> {
        self.next.as_ref().and_then(|found| found.ceiling)
    }
}

/// The most of a setting that fits.
///
/// It is the last whole number, the last of its steps (of quantizations the best), or the largest image of the same shape in
/// the steps of its pipeline. `None` where the setting has nothing to solve for.
///
/// What a value means is asked of `variants`; `fit_of` says how a scenario fits.
pub fn largest(
    scenario: &Scenario,
    setting: &Setting,
    variants: &dyn Variants,
    fit_of: &mut dyn FnMut(&Scenario) -> Fit,
) -> Option<Solution> {
    let placed = setting.slider.is_some_and(|slider| slider.text.is_some());
    let to_host = MOVES_TO_HOST.contains(&setting.key);
    let mut asked = |value: Value| {
        let text = match value {
            Value::Whole(place) if placed => setting.text_at(scenario, count(place)),
            _ => value.text(),
        };
        let fit = fit_of(&variants.with(&[Change { key: setting.key, value: text.clone() }])?);
        let gap = if to_host { gap_beside_the_host(&fit) } else { gap(&fit) };
        Some((found(value, text, &fit), gap))
    };
    if let Some(steps) = setting.slider.and_then(|slider| slider.steps) {
        let best_last = by_quality(scenario, setting, steps(scenario), variants.qualities());
        return Some(last_step(&best_last, &mut asked));
    }
    if setting.key == "resolution" {
        let sides = Sides::of(scenario)?;
        return Some(last_number((1, sides.most()), sides.now(), &|step| sides.at(step), &mut asked));
    }
    if setting.key == Axis::MODEL_SIZE.key() {
        return Some(last_size(Axis::MODEL_SIZE.range(scenario), &mut asked));
    }
    let range = range(scenario, setting)?;
    let now = whole(setting.stands(scenario).max(1.0));
    let solution = last_number(range, now, &Value::Whole, &mut asked);
    Some(if to_host { with_the_host(solution) } else { solution })
}

/// Settings that move a part from the device to the host: less of it asks more of the host, so that neither the least nor the
/// most of them may fit where some between do.
const MOVES_TO_HOST: [&str; 2] = ["gpu_layers", "cpu_experts"];

/// The most that the devices hold leaves the host as little as there can be, so that where the host has no room for that,
/// nothing fits.
fn with_the_host(solution: Solution) -> Solution {
    match solution.best {
        Some(best) if !best.verdict.fits() => Solution { best: None, next: Some(best) },
        best => Solution { best, ..solution },
    }
}

fn found(value: Value, text: String, fit: &Fit) -> Found {
    Found { value, text, verdict: fit.verdict, ceiling: fit.deciding().map(|deciding| deciding.ceiling.kind) }
}

/// How far a verdict is from fitting, in bytes.
fn gap(fit: &Fit) -> f64 {
    let gap = fit.deciding().map_or(0.0, |deciding| (deciding.need.high - deciding.ceiling.bytes.low).get());
    // An unknown part can make a verdict uncertain whose figures would fit.
    if fits(fit) { gap.min(0.0) } else { gap.max(1.0) }
}

/// Whether everything but the memory of the host holds it.
pub(in crate::engine) fn holds_beside_the_host(fit: &Fit) -> bool {
    gap_beside_the_host(fit) <= 0.0
}

/// The same as a gap: of the ceilings that decide, those of the devices and of what is shared with them.
fn gap_beside_the_host(fit: &Fit) -> f64 {
    let others =
        fit.comparisons.iter().filter(|of| of.ceiling.decides && of.ceiling.place != Some(Place::Host));
    let gaps = others.map(|of| {
        let gap = (of.need.high - of.ceiling.bytes.low).get();
        if of.verdict.fits() { gap.min(0.0) } else { gap.max(1.0) }
    });
    gaps.max_by(f64::total_cmp).unwrap_or_else(|| gap(fit))
}

type Asked<'a> = &'a mut dyn FnMut(Value) -> Option<(Found, f64)>;

/// The steps from the worst to the best: of quantizations all that files come in, by what was measured of them and then by
/// their bits; of all else by their memory.
fn by_quality(
    scenario: &Scenario,
    setting: &Setting,
    steps: Vec<&'static str>,
    known: &[QualityLoss],
) -> Vec<&'static str> {
    let language = scenario.language().filter(|_| setting.key == "quantization" && !known.is_empty());
    let Some(language) = language else { return steps };
    let offered = offered(&language.model, language.runtime, known);
    offered.iter().rev().map(|of| of.key()).collect()
}

fn last_step(steps: &[&'static str], asked: Asked<'_>) -> Solution {
    let mut next = None;
    for (place, name) in steps.iter().enumerate().rev() {
        let Some((found, gap)) = asked(Value::Step(place, name)) else { continue };
        if gap <= 0.0 {
            return Solution { best: Some(found), next };
        }
        next = Some(found);
    }
    Solution { best: None, next }
}

fn last_size(range: (f64, f64), asked: Asked<'_>) -> Solution {
    let mut found = |size: u64| asked(Value::Whole(size));
    let most = size::most(range, &mut |size| found(size).is_some_and(|(_, gap)| gap <= 0.0));
    let at =
        |size: u64, found: &mut dyn FnMut(u64) -> Option<(Found, f64)>| found(size).map(|(found, _)| found);
    match most {
        None => Solution { best: None, next: at(whole(range.0), &mut found) },
        Some((most, true)) => Solution { best: at(most, &mut found), next: None },
        Some((most, false)) => {
            Solution { best: at(most, &mut found), next: at(size::after(most), &mut found) }
        }
    }
}

fn last_number(range: (u64, u64), now: u64, value: &dyn Fn(u64) -> Value, asked: Asked<'_>) -> Solution {
    let mut seen: Vec<(u64, Found)> = Vec::with_capacity(32);
    let last = last_that_holds(range, now, &mut |number| {
        // What makes no sense does not fit.
        let Some((found, gap)) = asked(value(number)) else { return 1.0 };
        seen.push((number, found));
        gap
    });
    let at =
        |number: u64| seen.iter().rev().find(|(seen, _)| *seen == number).map(|(_, found)| found.clone());
    match last {
        None => Solution { best: None, next: at(range.0) },
        Some((most, true)) => Solution { best: at(most), next: None },
        Some((most, false)) => Solution { best: at(most), next: at(most.saturating_add(1)) },
    }
}

/// Least and most of a whole number that are asked for; `None` where the setting is no such number.
fn range(scenario: &Scenario, setting: &Setting) -> Option<(u64, u64)> {
    let slider = setting.slider?;
    if slider.fractional {
        return None;
    }
    let (least_slid, most_slid) = (slider.range)(scenario);
    if slider.text.is_some() {
        return Some((whole(least_slid), whole(most_slid)));
    }
    let (least, most) = setting.range;
    // Tokens end where the model's training ended; what else there is of a number is not bounded by its slider.
    let most = if setting.amount == Amount::Tokens { most_slid.min(most) } else { most };
    let most = most_requests(scenario, setting).map_or(whole(most), |requests| requests.min(whole(most)));
    Some((whole(least.max(1.0)), most.max(1)))
}

/// Requests share the context out, so there are no more than hold a prompt and its answer.
fn most_requests(scenario: &Scenario, setting: &Setting) -> Option<u64> {
    let inference = scenario.inference().filter(|_| setting.key == "concurrency")?;
    let each = inference.prompt.saturating_add(inference.generate).max(1);
    Some((inference.context / each).max(1))
}

/// Images of one shape, by steps of the smallest that the pipeline takes.
struct Sides {
    width: u64,
    height: u64,
    patch: u64,
}

impl Sides {
    fn of(scenario: &Scenario) -> Option<Self> {
        let diffusion = scenario.diffusion()?;
        let patch = diffusion.pipeline.patch();
        Some(Self { width: diffusion.width.max(1), height: diffusion.height.max(1), patch })
    }

    /// The longer side in patches.
    fn now(&self) -> u64 {
        (self.width.max(self.height) / self.patch).max(1)
    }

    const fn most(&self) -> u64 {
        65_536 / self.patch
    }

    /// The image whose longer side has so many patches.
    fn at(&self, patches: u64) -> Value {
        let longer = count(self.width.max(self.height));
        let side = |pixels: u64| {
            let share = count(pixels) / longer * count(patches);
            whole(share.round()).max(1) * self.patch
        };
        Value::Sides(side(self.width), side(self.height))
    }
}
