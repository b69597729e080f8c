//! Each family of workload in the window: every slider moves, and what the window says is what the engine says.

use crate::driver::Driver;
use crate::world::Captured;
use eframe::egui;
use egui::accesskit::Role;
use egui::{Key, vec2};

use egui_kittest::kittest::{NodeT as _, Queryable as _};
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::detect::detect;
use plimsoll::engine::{Assumptions, Estimate, estimate, graph};
use plimsoll::report::sentence;
use plimsoll::spec::{Machine, Scenario, Workload};
use std::sync::Arc;

/// The machine that the window detects.
fn this_mac() -> Machine {
    let catalog = Catalog::built_in();
    detect(&Captured::load("m5-max-128gb-macos-26"), &catalog.machines).machine
}

fn engine(scenario: &Scenario, machine: &Machine) -> Estimate {
    estimate(scenario, &Arc::new(machine.clone()), &Assumptions::new(calibration()))
}

/// How long graphs are, which sizes move even where long ones are cut.
fn lengths(scenario: &Scenario) -> String {
    match &scenario.workload {
        Workload::GraphSequence(_, sequence) => format!("{:?}", graph::lengths(&sequence.graph)),
        _ => String::new(),
    }
}

/// The sliders of the form.
fn sliders(driver: &Driver) -> Vec<String> {
    let nodes = driver.harness.query_all_by_role(Role::Slider);
    let names = nodes.filter_map(|node| node.accesskit_node().label());
    names.filter(|name| !name.starts_with("Plot marker")).collect()
}

/// One arrow key on a slider, to the side where it can go.
fn nudge(driver: &mut Driver, name: &str) {
    let before = driver.harness.state().scenario().clone();
    let mut moved = false;
    for key in [Key::ArrowRight, Key::ArrowLeft] {
        if moved {
            return;
        }
        driver.node(Role::Slider, name).focus();
        driver.harness.step();
        for _ in 0..4 {
            driver.harness.key_press(key);
            driver.harness.step();
        }
        moved = *driver.harness.state().scenario() != before;
    }
    assert!(moved, "{name} does not move");
}

fn drive(tab: &str, expected: &[&str]) {
    let mac = this_mac();
    let mut driver = Driver::new();
    driver.click(Role::Tab, tab);
    assert_eq!(sliders(&driver), expected, "sliders of {tab}");
    for name in expected {
        let before = driver.harness.state().scenario().clone();
        nudge(&mut driver, name);
        let after = driver.harness.state().scenario().clone();
        let answer = engine(&after, &mac);
        let was = engine(&before, &mac);
        let told =
            answer.budget != was.budget || answer.speed != was.speed || lengths(&after) != lengths(&before);
        assert!(told, "{tab}: {name} changes no figure");
        let words = sentence(&answer, &format!("this {}", mac.name));
        assert_eq!(driver.headline(), words.headline, "{tab} {name}");
        driver.says(&words.detail);
    }
}

#[test]
fn chats() {
    drive(
        "Inference",
        &["Model size", "Quantization", "Context", "KV cache", "Concurrent requests", "Prompt"],
    );
}

#[test]
fn fine_tunes() {
    drive(
        "Tune",
        &["Model size", "Sequence length", "Micro-batch", "Adapter rank", "Tuned layers", "Base precision"],
    );
}

#[test]
fn program_graphs() {
    drive(
        "Graph",
        &[
            "Model size",
            "Max sequence length",
            "Graph edges",
            "Graph nodes",
            "p95 ÷ median of graph sizes",
            "Micro-batch",
            "Adapter rank",
            "Tuned layers",
            "Base precision",
        ],
    );
}

#[test]
fn graph_networks() {
    drive(
        "GNN",
        &[
            "Graph edges",
            "Graph nodes",
            "Feature width",
            "Hidden width",
            "Layers",
            "Batch nodes",
            "Precision",
        ],
    );
}

#[test]
fn pictures() {
    drive("Image", &["Resolution", "Images at once", "Precision"]);
}

#[test]
fn a_setting_is_taken_and_undone() {
    // High enough for the whole form.
    let mut driver = Driver::sized(vec2(1280.0, 1200.0));
    driver.click(Role::Tab, "Tune");
    let before = driver.headline();
    driver.click(Role::CheckBox, "Chunked cross-entropy");
    driver.says("chunked_loss is ignored: MLX does not hear it");
    driver.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    driver.settle();
    driver.click(Role::CheckBox, "Gradient checkpointing");
    assert_ne!(driver.headline(), before, "activations that are kept take more");
    driver.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    driver.settle();
    assert_eq!(driver.headline(), before);
    driver.click(Role::DisclosureTriangle, "Advanced");
    driver.type_into("Devices", "a few");
    driver.says("`a few`");
    assert_eq!(driver.headline(), before, "what cannot be read changes nothing");
}
