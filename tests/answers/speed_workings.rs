//! Every figure of speed and cost is the value of the working that it shows, for every preset on every machine.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use crate::expression::evaluate;
use plimsoll::catalog::calibration;
use plimsoll::engine::estimate::site;
use plimsoll::engine::memory::budget_at;
use plimsoll::engine::working::{Detail, How, Working};
use plimsoll::engine::{Assumptions, FigureName, Question, Speed, as_asked, estimate};
use plimsoll::report::{Answer, answer_json};
use plimsoll::spec::{Machine, Scenario};
use serde_json::Value;

/// Presets with settings that change what a working is made of.
const MOVED: &[(&str, &[(&str, &str)])] = &[
    ("chat-8b", &[("speculative", "4")]),
    ("chat-8b", &[("concurrency", "8"), ("context", "64k")]),
    ("chat-8b", &[("calls", "5")]),
    ("chat-8b", &[("runtime", "mlx"), ("concurrency", "40"), ("context", "64k")]),
    ("chat-8b", &[("quantization", "bf16")]),
    ("mixtral-8x22b", &[("concurrency", "16"), ("context", "64k")]),
    ("chat-70b", &[("gpu_layers", "20")]),
    ("chat-70b", &[("devices", "4"), ("split", "tensor")]),
    ("chat-70b", &[("devices", "4"), ("split", "layers")]),
    ("five-agents-8b", &[("devices", "4"), ("split", "copies")]),
    ("gpt-oss-120b", &[("cpu_experts", "all")]),
    ("qlora-13b", &[("devices", "4"), ("split", "tensor")]),
    ("whole-program-gnn", &[("devices", "4")]),
    ("sdxl", &[("batch", "4"), ("devices", "2")]),
];

fn scenarios() -> Vec<Scenario> {
    let presets = CONTEXT.catalog.presets.iter().map(|preset| asked(&preset.id, &[]));
    presets.chain(MOVED.iter().map(|(preset, set)| asked(preset, set))).collect()
}

fn with_workings() -> Assumptions<'static> {
    Assumptions { detail: Detail::Workings, ..Assumptions::new(calibration()) }
}

fn near(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits() || (one - other).abs() <= 1e-9 * one.abs().max(other.abs())
}

/// Computes a working again, and those of its inputs.
fn holds(working: &Working, what: &str) {
    let How::Expression { text, inputs } = &working.how else { panic!("{what}: {working:?}") };
    let lookup = |name: &str| inputs.iter().find(|input| input.name == name).map(|input| input.value);
    let value = evaluate(text, &lookup).unwrap_or_else(|error| panic!("{what}: {text}: {error}"));
    assert!(near(value, working.value), "{what}: {text} is {value}, not {}", working.value);
    assert!(!working.source.is_empty(), "{what}: {text} says no source");
    for input in inputs {
        assert!(text.contains(input.name), "{what}: {} is not in {text}", input.name);
        if let Some(own) = &input.working {
            assert!(near(own.value, input.value), "{what}: {} is not {own:?}", input.name);
            holds(own, what);
        }
    }
}

#[test]
fn every_working_of_every_preset_on_every_machine_comes_to_its_figure() {
    let mut checked = 0_u32;
    for scenario in scenarios() {
        let mut question = Question::new(&scenario);
        for machine in &CONTEXT.catalog.machines {
            let estimate = question.on(machine, &with_workings());
            for (name, workings) in estimate.workings.iter() {
                let what = format!("{} of {} on {}", name.key(), scenario.name, machine.id);
                let ends = [workings.low.as_ref(), workings.high.as_ref()].into_iter().flatten();
                for working in ends.chain([&workings.best]) {
                    holds(working, &what);
                    checked += 1;
                }
            }
            for name in expected(estimate.speed.as_ref()) {
                assert!(estimate.workings.of(*name).is_some(), "{name:?} of {}", scenario.name);
            }
            if estimate.cost.is_some() {
                assert!(estimate.workings.of(FigureName::Total).is_some(), "{}", machine.id);
            }
        }
    }
    assert!(checked > 50_000, "{checked} workings");
}

/// Figures that a family has.
const fn expected(speed: Option<&Speed>) -> &'static [FigureName] {
    use FigureName as Name;
    match speed {
        Some(Speed::Inference(_)) => &[
            Name::Decode,
            Name::TimePerOutputToken,
            Name::Aggregate,
            Name::Prefill,
            Name::TimeToFirstToken,
            Name::Request,
            Name::Roofline,
            Name::PrefillRoofline,
        ],
        Some(Speed::Reading(_)) => &[Name::Prefill, Name::Texts, Name::TextsAtOnce, Name::PrefillRoofline],
        Some(Speed::Training(_)) => &[Name::TrainTokens, Name::ShareOfPeak, Name::RunHours, Name::Roofline],
        Some(Speed::Gnn(_)) => &[Name::Epoch, Name::RunHours, Name::Roofline],
        Some(Speed::Images(speed)) if speed.run.is_some() => &[Name::Step, Name::RunHours, Name::Roofline],
        Some(Speed::Images(_)) => &[Name::Image, Name::Roofline],
        None => &[],
    }
}

/// One machine of each kind of chip.
fn kinds() -> Vec<&'static Arc<Machine>> {
    [
        "rtx-4090-24gb",
        "apple-m4max-40c-128gb",
        "apple-m5max-40c-128gb",
        "a100-80gb-sxm",
        "dgx-spark-gb10-128gb",
    ]
    .map(|id| CONTEXT.catalog.machine(id).expect("a machine"))
    .to_vec()
}

/// Computes a working of the JSON again, and those of its inputs.
fn json_holds(working: &Value, value: &Value, what: &str) {
    let value = value.as_f64().expect(what);
    let text = working["expression"].as_str().expect(what);
    let lookup = |name: &str| working["inputs"][name].as_f64();
    let again = evaluate(text, &lookup).unwrap_or_else(|error| panic!("{what}: {text}: {error}"));
    assert!(near(again, value), "{what}: {text} is {again}, not {value}");
    assert!(near(working["value"].as_f64().expect(what), value), "{what}");
    for (name, own) in working["workings"].as_object().into_iter().flatten() {
        json_holds(own, &working["inputs"][name], what);
    }
}

#[test]
fn figures_in_json_are_the_values_of_their_workings() {
    let mut checked = 0_u32;
    for scenario in scenarios() {
        for machine in kinds() {
            let answer = Answer::new(&scenario, machine, &with_workings());
            let json = serde_json::to_value(answer_json(&scenario, &answer, &[])).expect("JSON");
            for part in ["speed", "cost"] {
                for (key, figure) in json[part].as_object().into_iter().flatten() {
                    let what = format!("{key} of {} on {}", scenario.name, machine.id);
                    let Some(working) = figure.get("working") else { continue };
                    let best = figure.get("best").or(figure.get("value")).expect("a figure");
                    json_holds(working, best, &what);
                    for (end, of) in [("low", "low_working"), ("high", "high_working")] {
                        let own = figure.get(of).unwrap_or(working);
                        figure
                            .get(end)
                            .into_iter()
                            .for_each(|value| json_holds(own, value, &format!("{end} {what}")));
                    }
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 1000, "{checked} figures");
}

/// Figures without workings are the same, and what machines share is what each alone would have.
#[test]
fn estimates_of_many_machines_are_those_of_each_alone() {
    for scenario in scenarios() {
        let plain = Assumptions::new(calibration());
        let mut question = Question::new(&scenario);
        for machine in &CONTEXT.catalog.machines {
            // Each kind of site has machines of several makes; these stand for all.
            let shared = question.on(machine, &plain);
            if !kinds().iter().any(|kind| kind.id == machine.id) {
                continue;
            }
            assert_eq!(shared, estimate(&scenario, machine, &plain), "{} on {}", scenario.name, machine.id);
            let there = as_asked(&scenario, machine);
            if shared.resolved.refusal.is_none() {
                let answered = &shared.resolved.scenario;
                assert_eq!(*shared.budget, budget_at(answered, site(&scenario, &there)), "{}", machine.id);
            }
            let worked = estimate(&scenario, machine, &with_workings());
            assert_eq!((&worked.speed, worked.cost), (&shared.speed, shared.cost), "{}", machine.id);
            let mut fit = worked.fit.clone();
            fit.comparisons.iter_mut().for_each(|compared| compared.ceiling.workings = None);
            assert_eq!((worked.work_cost, &fit), (shared.work_cost, &shared.fit), "{}", machine.id);
            assert_eq!(shared.workings.iter().count(), 0, "figures alone bring no workings");
        }
    }
}
