//! Solving and planning: what is said to fit does, one more does not, and steps come to what they say.

#![expect(clippy::panic, reason = "a helper of tests says which case failed")]

use std::sync::{Arc, LazyLock};

use plimsoll::catalog::{calibration, quality};
use plimsoll::cli::Context;
use plimsoll::engine::estimate::fit;
use plimsoll::engine::plan::{Act, Plan, Step, plan, smaller};
use plimsoll::engine::solve::{Change, Found, Variants, fits, largest};
use plimsoll::engine::{Assumptions, Verdict, estimate};
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{Figure, Kind, Machine, MemoryNow, Model, QualityLoss, Scenario, Setting};
use plimsoll::units::Bytes;

pub(crate) static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context::built_in("2026-11-27"));

/// A preset with some keys set, as the terminal reads it.
pub(crate) struct Asked(PresetKeys);

impl Variants for Asked {
    fn with(&self, changes: &[Change]) -> Option<Scenario> {
        let mut over = PresetKeys::default();
        for change in changes {
            over.set(change.key, &change.value).ok()?;
        }
        resolve(over.over(self.0.clone()), &*CONTEXT).ok().map(|preset| preset.scenario)
    }

    fn gives(&self, key: &str) -> bool {
        self.0.gives(key)
    }

    fn smaller(&self, than: &Model) -> Option<Vec<String>> {
        let found = smaller(than, CONTEXT.catalog.models.iter());
        Some(found.into_iter().map(|model| model.id.clone()).collect())
    }

    fn machines(&self) -> &[Arc<Machine>] {
        &CONTEXT.catalog.machines
    }

    fn qualities(&self) -> &[QualityLoss] {
        quality()
    }
}

/// Numbers that are the same on every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % most.max(1)
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let at = self.below(list.len());
        list.get(at).expect("the list is not empty")
    }
}

/// Settings that change what is asked, where the family has them.
const SETTINGS: &[(&str, &[&str])] = &[
    ("context", &["2048", "16384", "65536"]),
    ("concurrency", &["1", "4", "16"]),
    ("kv_precision", &["f16", "q8_0"]),
    ("sequence", &["1024", "4096", "16384"]),
    ("micro_batch", &["1", "4"]),
    ("method", &["lora", "qlora"]),
    ("gradient_checkpointing", &["true", "false"]),
    ("edges", &["100000", "5000000"]),
    ("hidden", &["64", "512"]),
    ("residency", &["all", "component"]),
    ("model", &["llama-3.1-8b", "qwen3-30b-a3b", "gemma-3-27b", "llama-3.3-70b"]),
];

fn drawn(draw: &mut Draw) -> (Asked, Arc<Machine>, String) {
    let presets: Vec<_> = CONTEXT.catalog.presets.iter().collect();
    let machines: Vec<Arc<Machine>> = CONTEXT.catalog.machines.iter().cloned().collect();
    let preset = draw.of(&presets);
    let machine = Arc::clone(draw.of(&machines));
    let mut keys = parse(&preset.text, &preset.file).expect("a built-in preset").remove(0);
    let mut said = format!("{} on {}", preset.name, machine.id);
    for (key, values) in SETTINGS {
        let value = draw.of(values);
        let mut over = PresetKeys::default();
        over.set(key, value).expect("a value of it");
        let with = over.over(keys.clone());
        if draw.below(3) == 0 && resolve(with.clone(), &*CONTEXT).is_ok() {
            keys = with;
            said.extend([" ", key, "=", value]);
        }
    }
    (Asked(keys), machine, said)
}

#[test]
fn what_is_solved_fits_and_one_more_does_not() {
    let mut draw = Draw(11);
    let (mut solved, mut ended) = (0, 0);
    for _ in 0..200 {
        let (asked, machine, said) = drawn(&mut draw);
        let scenario = asked.with(&[]).expect("it was drawn so");
        let solvable: Vec<_> = Setting::of(&scenario).filter(|setting| setting.slides(&scenario)).collect();
        let setting = *draw.of(&solvable);
        let mut judged = |scenario: &Scenario| fit(scenario, &machine);
        let Some(solution) = largest(&scenario, setting, &asked, &mut judged) else { continue };
        let verdict = |found: &Found| {
            let change = Change::new(setting.key, &found.text);
            let scenario = asked.with(&[change]).unwrap_or_else(|| panic!("{said}: {found:?}"));
            fit(&scenario, &machine)
        };
        if let Some(best) = &solution.best {
            let said_so = verdict(best);
            assert!(fits(&said_so), "{said}: {} {best:?}", setting.key);
            assert_eq!(said_so.verdict, best.verdict, "{said}: {}", setting.key);
            solved += 1;
        }
        match &solution.next {
            Some(next) => assert!(!fits(&verdict(next)), "{said}: {} {next:?}", setting.key),
            None => ended += 1,
        }
    }
    assert!(solved > 60 && ended < 140, "{solved} solved, {ended} at the end of their range");
}

/// Applies the steps one by one through their keys and holds what each says against a plain estimate.
pub(crate) fn held(asked: &Asked, machine: &Arc<Machine>, steps: &[Step], said: &str) -> Verdict {
    let assumptions = Assumptions::new(calibration());
    let peak = |done: &[Change]| {
        let (moved, settings): (Vec<Change>, Vec<Change>) =
            done.iter().cloned().partition(|change| change.key == "machine");
        let scenario = asked.with(&settings).unwrap_or_else(|| panic!("{said}: {done:?}"));
        let other = moved.last().map(|change| CONTEXT.catalog.machine(&change.value).expect("it is known"));
        let estimate = estimate(&scenario, other.unwrap_or(machine), &assumptions);
        (estimate.budget.peak().map_or(Bytes::ZERO, |phase| phase.total().best), estimate.fit.verdict)
    };
    let mut now = peak(&[]);
    let mut done: Vec<Change> = Vec::new();
    for step in steps {
        done.retain(|before| step.changes.iter().all(|change| change.key != before.key));
        done.extend(step.changes.iter().cloned());
        let after = peak(&done);
        assert_eq!(step.total, after.0, "{said}: {step:?}");
        assert_eq!(step.delta, after.0 - now.0, "{said}: {step:?}");
        assert_eq!(step.verdict, after.1, "{said}: {step:?}");
        // What changes neither memory nor the limit nor the verdict is no step.
        let moves = step.delta != Bytes::ZERO || step.need != step.need_before || step.verdict != now.1;
        assert!(moves || step.action.is_some(), "{said}: {step:?} changes nothing");
        now = after;
    }
    now.1
}

#[test]
fn steps_of_a_plan_come_to_what_they_say() {
    let mut draw = Draw(5);
    let assumptions = Assumptions::new(calibration());
    let (mut without, mut reached) = (0, 0);
    while without < 300 {
        let (asked, machine, said) = drawn(&mut draw);
        let plan = plan(&asked, &machine, &assumptions).unwrap_or_else(|| panic!("{said}"));
        if plan.verdict.fits() {
            assert!(plan.steps.is_empty(), "{said}: nothing has to change");
            continue;
        }
        without += 1;
        assert_eq!(held(&asked, &machine, &plan.steps, &said), plan.reaches, "{said}");
        for other in &plan.alternatives {
            assert_eq!(held(&asked, &machine, &other.steps, &said), other.reaches, "{said}: {}", other.name);
            assert!(other.reaches.fits(), "{said}: {}", other.name);
        }
        reached += u32::from(plan.reaches.fits());
    }
    println!("{reached} of {without} are made to fit");
    assert!(reached >= 200, "{reached} of {without} are made to fit");
}

#[test]
fn no_step_of_a_plan_is_needless() {
    let mut draw = Draw(23);
    let assumptions = Assumptions::new(calibration());
    for _ in 0..120 {
        let (asked, machine, said) = drawn(&mut draw);
        let plan = plan(&asked, &machine, &assumptions).unwrap_or_else(|| panic!("{said}"));
        if !plan.reaches.fits() {
            continue;
        }
        for left_out in 0..plan.steps.len() {
            let others = plan.steps.iter().enumerate().filter(|(at, _)| *at != left_out);
            let changes: Vec<Change> = others.flat_map(|(_, step)| step.changes.clone()).collect();
            let Some(scenario) = asked.with(&changes) else { continue };
            assert!(!fits(&fit(&scenario, &machine)), "{said}: step {left_out} of {:?}", plan.steps);
        }
    }
}

pub(crate) fn asked(preset: &str, over: &[(&str, &str)]) -> Asked {
    let preset = CONTEXT.catalog.preset(preset).expect("a built-in preset");
    let keys = parse(&preset.text, &preset.file).expect("a built-in preset").remove(0);
    let mut set = PresetKeys::default();
    for (key, value) in over {
        set.set(key, value).expect("a value of it");
    }
    Asked(set.over(keys))
}

/// The plan of a preset with settings over it on a machine, every way of which does what it says.
pub(crate) fn planned(preset: &str, over: &[(&str, &str)], on: &str) -> Plan {
    let (asked, on) = (asked(preset, over), machine(on));
    let found = plan(&asked, &on, &Assumptions::new(calibration())).expect("a plan");
    assert_eq!(held(&asked, &on, &found.steps, preset), found.reaches, "{preset}");
    for other in &found.alternatives {
        assert_eq!(held(&asked, &on, &other.steps, preset), other.reaches, "{preset}: {}", other.name);
    }
    found
}

pub(crate) fn machine(id: &str) -> Arc<Machine> {
    Arc::clone(CONTEXT.catalog.machine(id).expect("a machine of the catalog"))
}

#[test]
fn programs_are_closed_where_less_is_free_than_is_needed() {
    let assumptions = Assumptions::new(calibration());
    let asked = asked("chat-70b", &[]);
    let with = |free: f64| {
        let now = MemoryNow { free: Bytes::gib(free) };
        let now = Figure(now, Kind::Measured, "the system".to_owned(), "2026-11-27".to_owned());
        Arc::new(Machine { now: Some(now), ..(*machine("apple-m5max-40c-128gb")).clone() })
    };
    let found = plan(&asked, &with(20.0), &assumptions).expect("a plan");
    assert!(found.verdict.fits() && found.reaches.fits(), "the machine itself is large enough");
    let [step] = &found.steps[..] else { panic!("one act: {:?}", found.steps) };
    assert!(step.changes.is_empty() && step.delta == Bytes::ZERO, "{step:?}");
    let Some(Act::ClosePrograms { more }) = step.action else { panic!("{step:?}") };
    assert!(more > Bytes::gib(15.0) && more < Bytes::gib(30.0), "{more:?}");
    assert_eq!(held(&asked, &with(20.0), &found.steps, "programs"), found.reaches);
    assert_eq!(plan(&asked, &with(90.0), &assumptions).expect("a plan").steps, [], "enough is free");
}

#[test]
fn a_smaller_model_of_the_family_and_the_next_machine_are_other_ways() {
    let assumptions = Assumptions::new(calibration());
    for (preset, on, expected) in
        [("chat-70b", "rtx-4090", Some("llama-3.1-8b")), ("coding-agent-32b", "rtx-3060-12gb", None)]
    {
        let (asked, on) = (asked(preset, &[]), machine(on));
        let found = plan(&asked, &on, &assumptions).expect("a plan");
        let way = |name: &str| found.alternatives.iter().find(|other| other.name == name);
        let smaller = way("smaller model").unwrap_or_else(|| panic!("{preset}: {:?}", found.alternatives));
        let scenario = asked.with(&[]).expect("a preset");
        let than = scenario.language().expect("a language model");
        let change = smaller.steps.first().and_then(|step| step.changes.first()).expect("a change");
        assert_eq!(change.key, "model");
        let to = CONTEXT.catalog.model(&change.value).expect("it is known");
        assert!(to.family == than.model.family && to.parameters.value() < than.model.parameters.value());
        assert!(expected.is_none_or(|expected| change.value == expected), "{preset}: {change:?}");
        let next = way("next machine").unwrap_or_else(|| panic!("{preset}: {:?}", found.alternatives));
        for way in [smaller, next] {
            assert_eq!(held(&asked, &on, &way.steps, preset), way.reaches, "{preset}");
        }
    }
}

/// The keys that a plan moves or says not to move, in all its ways.
fn keys_of(preset: &str, over: &[(&str, &str)], on: &str) -> Vec<&'static str> {
    let assumptions = Assumptions::new(calibration());
    let (asked, on) = (asked(preset, over), machine(on));
    let found = plan(&asked, &on, &assumptions).expect("a plan");
    assert!(!found.verdict.fits(), "{preset} has to be made to fit");
    assert_eq!(held(&asked, &on, &found.steps, preset), found.reaches, "the plan reaches what it says");
    let ways = found.steps.iter().chain(found.alternatives.iter().flat_map(|other| &other.steps));
    let moved = ways.flat_map(|step| step.changes.iter().map(|change| change.key));
    moved.chain(found.not_offered.iter().map(|other| other.key)).collect()
}

#[test]
fn steps_that_people_miss_are_taken_or_named_with_why_not() {
    for (preset, over, on, expected) in [
        ("whole-program-gnn", &[][..], "a100-80gb-sxm", &["precision", "message_passing"][..]),
        (
            "tool-calling-qlora-8b",
            &[("sequence", "16384"), ("gradient_checkpointing", "false"), ("micro_batch", "4")],
            "rtx-4090",
            &["gradient_checkpointing", "chunked_loss"],
        ),
        ("lora-70b", &[], "rtx-4090", &["training_offload", "programs", "optimizer"]),
        ("gpt-oss-120b", &[("runtime", "vllm")], "rtx-4090", &["gpu_layers", "cpu_experts"]),
        ("chat-70b", &[("runtime", "vllm")], "rtx-4090", &["cpu_offload_gb"]),
    ] {
        let keys = keys_of(preset, over, on);
        for key in expected {
            assert!(keys.contains(key), "{preset} on {on}: {key} is neither taken nor named: {keys:?}");
        }
    }
}

#[test]
fn another_program_is_a_step_where_it_fits_with_that_alone() {
    let assumptions = Assumptions::new(calibration());
    let mut taken = 0;
    for on in ["rtx-3060-12gb", "rtx-4090", "rtx-5090", "a100-40gb-pcie"] {
        let Ok(on) = CONTEXT.catalog.machine(on) else { continue };
        for model in ["llama-3.1-8b", "qwen3-14b", "qwen3-32b"] {
            let asked = asked("chat-8b", &[("model", model), ("runtime", "vllm"), ("quantization", "awq")]);
            let Some(found) = plan(&asked, on, &assumptions) else { continue };
            let ways = found.steps.iter().chain(found.alternatives.iter().flat_map(|other| &other.steps));
            for step in ways.filter(|step| step.changes.iter().any(|change| change.key == "runtime")) {
                assert!(step.verdict.fits(), "{model} on {}: {step:?}", on.id);
                taken += 1;
            }
        }
    }
    assert!(taken > 0, "vLLM takes a share of the card that another program does not");
}
