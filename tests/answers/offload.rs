//! What waits in system memory: its copies take time, and it is a step of a plan where what trains has it.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::plan::{Keyed, Plan, Step, Why, plan};
use plimsoll::engine::solve::Change;
use plimsoll::engine::{Assumptions, Speed, estimate};
use plimsoll::spec::Machine;

fn machine(id: &str) -> &'static Arc<Machine> {
    CONTEXT.catalog.machine(id).expect(id)
}

/// Tokens a second of training, or seconds of an image, by best estimate.
fn pace(preset: &str, set: &[(&str, &str)], on: &str) -> f64 {
    let answer = estimate(&asked(preset, set), machine(on), &Assumptions::new(calibration()));
    match answer.speed {
        Some(Speed::Training(speed)) => speed.tokens.best.get(),
        Some(Speed::Images(speed)) => speed.image.best.get(),
        other => panic!("{preset} {set:?} on {on}: {other:?}"),
    }
}

/// A full fine-tune of a model that fits a card either way.
fn trained(more: &[(&str, &str)]) -> f64 {
    let set = [
        ("model", "llama-3.2-1b"),
        ("method", "full"),
        ("precision", "bf16"),
        ("optimizer", "adamw"),
        ("gradient_accumulation_steps", "1"),
        ("kernels", "plain"),
    ];
    let kept = set.into_iter().filter(|(key, _)| more.iter().all(|(other, _)| other != key));
    let all: Vec<(&str, &str)> = kept.chain(more.iter().copied()).collect();
    pace("lora-13b", &all, "rtx-4090")
}

#[test]
fn a_step_on_the_processor_and_its_transfers_take_time() {
    let [none, optimizer, all] =
        ["none", "optimizer", "all"].map(|value| trained(&[("training_offload", value)]));
    assert!(none > optimizer && none > all, "{none} {optimizer} {all}");
    // CPU Adam reads and writes 30 bytes a parameter: at 60 GB/s 1.24 billion take 0.6 s of each step.
    let seconds = |pace: f64| 2048.0 / pace;
    let more = seconds(optimizer) - seconds(none);
    assert!((0.5..0.9).contains(&more), "{more} s more a step");
    // Of several passes there is one step.
    let often = |value: &str| trained(&[("training_offload", value), ("gradient_accumulation_steps", "16")]);
    assert!(often("optimizer") > 1.5 * optimizer, "{} {optimizer}", often("optimizer"));
    // A narrow slot is slower than the card's own.
    let slot = |lanes: &str| {
        trained(&[("training_offload", "all"), ("pcie_lanes", lanes), ("pcie_generation", "4")])
    };
    assert!(slot("1") < 0.8 * slot("16"), "{} {}", slot("1"), slot("16"));
    let narrow = trained(&[("training_offload", "optimizer"), ("pcie_lanes", "1"), ("pcie_generation", "4")]);
    assert!(slot("1") < narrow, "parameters cross it too: {} {narrow}", slot("1"));
}

#[test]
fn models_that_wait_are_copied_for_each_image_or_each_step() {
    let on = |residency: &str, card: &str| {
        pace("flux-1-dev", &[("precision", "fp8"), ("residency", residency)], card)
    };
    let [all, component, sequential] =
        ["all", "component", "sequential"].map(|residency| on(residency, "rtx-4090"));
    assert!(all < component && component < sequential, "{all} {component} {sequential}");
    // 11.9 billion parameters of a byte in 28 steps cross 16 lanes of PCIe 4.0, which move 31.5 GB/s at most.
    let least = 28.0 * 11.9e9 / 31.5e9;
    assert!(sequential - all > least, "{sequential} s is less than the link takes: {least} s");
    assert!(component - all > 2.0 * 20e9 / 31.5e9, "encoders and denoiser there and back: {component} {all}");
    // One memory for both has no link between them.
    let [all, component] = ["all", "component"].map(|residency| on(residency, "dgx-spark-gb10-128gb"));
    assert!((all - component).abs() < 1e-9, "{all} {component}");
}

fn planned(preset: &str, set: &[(&str, &str)], on: &str) -> Plan {
    let scenario = asked(preset, set);
    let variants = Keyed::of(&scenario, &*CONTEXT).expect("keys");
    plan(&variants, machine(on), &Assumptions::new(calibration())).expect("a plan")
}

/// Why offload is not offered.
fn why(plan: &Plan) -> Vec<&Why> {
    plan.not_offered.iter().filter(|not| not.key == "training_offload").map(|not| &not.why).collect()
}

#[test]
fn offload_of_training_is_a_step_where_what_trains_has_it() {
    let full = [("method", "full"), ("precision", "bf16"), ("optimizer", "adamw")];
    let found = planned("lora-13b", &full, "rtx-4090");
    let mut ways = std::iter::once(&found.steps).chain(found.alternatives.iter().map(|other| &other.steps));
    let offloads = |steps: &&Vec<Step>| {
        steps.len() == 1 && steps[0].changes.contains(&Change::new("training_offload", "all"))
    };
    let step = &ways.find(offloads).unwrap_or_else(|| panic!("{found:?}"))[0];
    assert!(step.verdict.fits() && step.need.expect("bytes").as_gib() < 8.0, "{step:?}");
    let unsloth = planned("lora-13b", &[&full[..], &[("trainer", "unsloth")]].concat(), "rtx-4090");
    assert!(matches!(why(&unsloth)[..], [Why::NotInTrainer(_)]), "{:?}", unsloth.not_offered);
    let packed = planned("lora-70b", &[], "rtx-4090");
    assert!(why(&packed).contains(&&Why::PackedBase), "{:?}", packed.not_offered);
    // Where there is one memory nothing is gained, and MLX has no such thing.
    for on in ["dgx-spark-gb10-128gb", "apple-m5max-40c-128gb"] {
        let found = planned("lora-70b", &[("method", "full"), ("precision", "bf16")], on);
        let mut steps = found.steps.iter().chain(found.alternatives.iter().flat_map(|other| &other.steps));
        let offloads = steps.any(|step| step.changes.iter().any(|change| change.key == "training_offload"));
        assert!(!offloads, "{on}: {found:?}");
    }
}
