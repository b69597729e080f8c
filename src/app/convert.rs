//! A scenario taken over to another runtime.

use crate::engine::axis::Axis;
use crate::engine::{Estimate, PartName, Placement, budget};
use crate::spec::{Chosen, Runtime, Scenario};

/// How far from the bytes before the runtime's usual format may be to be taken all the same.
const NEAR: f64 = 0.15;

/// The scenario on another runtime. A weight format or KV precision that the new one lacks becomes its usual one
/// where that takes about as many bytes, else the one whose bytes come nearest.
pub(super) fn to_runtime(scenario: &Scenario, runtime: Runtime) -> Scenario {
    let mut converted = scenario.clone();
    if let Some(language) = converted.language_mut() {
        language.runtime = runtime;
        language.chosen = Chosen::Asked;
    }
    for (axis, part) in [(Axis::QUANTIZATION, PartName::Weights), (Axis::KV_PRECISION, PartName::KvCache)] {
        if !offers(&converted, axis) {
            converted = nearest(scenario, &converted, axis, part);
        }
    }
    converted
}

fn nearest(before: &Scenario, converted: &Scenario, axis: Axis, part: PartName) -> Scenario {
    let wanted = bytes(before, part);
    let usual = usual(converted);
    if axis == Axis::QUANTIZATION && (bytes(&usual, part) / wanted - 1.0).abs() < NEAR {
        return usual;
    }
    steps(converted, axis)
        .map(|value| axis.set(converted, value))
        .min_by(|a, b| (bytes(a, part) - wanted).abs().total_cmp(&(bytes(b, part) - wanted).abs()))
        .unwrap_or_else(|| converted.clone())
}

/// With the weight format that people use most on the runtime.
fn usual(scenario: &Scenario) -> Scenario {
    let (mut usual, other) = (scenario.clone(), scenario.usual());
    if let (Some(inference), Some(other)) = (usual.inference_mut(), other.inference()) {
        inference.quantization = other.quantization;
    }
    usual
}

/// The steps of a stepped axis.
fn steps(scenario: &Scenario, axis: Axis) -> impl Iterator<Item = f64> {
    let (least, most) = axis.range(scenario);
    std::iter::successors(Some(least), |step| Some(step + 1.0)).take_while(move |step| *step <= most)
}

/// Whether what the scenario has on a stepped axis is one of its runtime's steps.
fn offers(scenario: &Scenario, axis: Axis) -> bool {
    let name = axis.exact(scenario);
    steps(scenario, axis).any(|step| axis.step_name(scenario, step) == Some(name.as_str()))
}

/// The scenario whose place on an axis is shown: as it was asked, or where a server opens its context by itself as it does
/// on the machine.
pub(super) fn shown<'a>(scenario: &'a Scenario, estimate: &'a Estimate, axis: Axis) -> &'a Scenario {
    shown_as(scenario, &estimate.resolved.scenario, axis.key())
}

/// The same of a setting by its key: what is asked in a context follows what the server makes of it.
pub(super) fn shown_as<'a>(asked: &'a Scenario, resolved: &'a Scenario, key: &str) -> &'a Scenario {
    let of_context = OF_CONTEXT.contains(&key) && asked.opens_by_itself();
    if of_context && resolved.inference().is_some() { resolved } else { asked }
}

/// Keys of the context and of what has to lie in it.
const OF_CONTEXT: [&str; 3] = ["context", "prompt", "generate"];

/// Where a scenario stands on an axis. A weight format that is not one of the runtime's steps stands at the step
/// whose bytes come nearest.
pub(super) fn place(scenario: &Scenario, axis: Axis) -> f64 {
    if axis != Axis::QUANTIZATION || offers(scenario, axis) {
        return axis.get(scenario);
    }
    let wanted = bytes(scenario, PartName::Weights);
    let away = |step: f64| (bytes(&axis.set(scenario, step), PartName::Weights) - wanted).abs();
    steps(scenario, axis).min_by(|a, b| away(*a).total_cmp(&away(*b))).unwrap_or_default()
}

fn bytes(scenario: &Scenario, part: PartName) -> f64 {
    budget(scenario, Placement::Metal).peak().map_or(0.0, |phase| phase.named(part).best.get())
}
