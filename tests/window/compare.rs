//! Machines side by side in the window, found by the names a screen reader sees.

use crate::driver::{Answers, Driver};
use eframe::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

/// A fine-tune on this Mac, an RTX 4090 and a DGX Spark, side by side.
fn three(size: egui::Vec2) -> Driver {
    let mut driver = Driver::sized(size);
    driver.click(Role::Tab, "Tune");
    for machine in ["rtx-4090-24gb", "dgx-spark-gb10-128gb"] {
        let ctx = driver.harness.ctx.clone();
        driver.harness.state_mut().compare(&ctx, machine);
    }
    driver.click(Role::Tab, "Compare");
    driver
}

/// Where the one thing of a role is whose name begins so.
fn place(driver: &Driver, role: Role, start: &str) -> Option<Rect> {
    let mut found = driver
        .harness
        .query_all_by_role(role)
        .filter(|node| node.accesskit_node().label().is_some_and(|name| name.starts_with(start)));
    found.next().map(|node| node.rect())
}

/// Where a machine's column begins.
fn column(driver: &Driver, machine: &str) -> Option<f32> {
    place(driver, Role::Button, &format!("Hold the others against {machine}")).map(|rect| rect.left())
}

#[test]
fn each_machine_is_answered_as_its_owner_runs_it() {
    let driver = three(vec2(1280.0, 800.0));
    driver.says("3 machines");
    driver.says("Runs with, This Mac: MLX (auto), mlx-4bit");
    driver.says("Runs with, RTX 4090: PyTorch (auto), nf4");
    driver.says("Runs with, DGX Spark (GB10): PyTorch (auto), nf4");
    for line in
        ["Verdict", "Memory at the peak", "Headroom", "Training speed", "A training run", "All together"]
    {
        driver.says(&format!("{line}, RTX 4090: "));
    }
    driver.says("Noise, RTX 4090: ");
    driver.says("× ·");
    driver.says(", best");
}

#[test]
fn columns_are_held_against_another_ordered_and_taken_out() {
    let mut driver = three(vec2(1280.0, 800.0));
    let mac = column(&driver, "This Mac").expect("the evaluated machine is a column");
    driver.click_start(Role::Button, "Hold the others against RTX 4090");
    let card = column(&driver, "RTX 4090").expect("it is there");
    assert!((card - mac).abs() < 1.0, "the baseline comes first");
    driver.click_start(Role::Button, "Order by Training speed");
    let (spark, other) = (column(&driver, "DGX Spark"), column(&driver, "This Mac"));
    assert!(spark < other, "the faster one first: {spark:?} {other:?}");
    driver.click_start(Role::Button, "Order by Training speed");
    let (spark, other) = (column(&driver, "DGX Spark"), column(&driver, "This Mac"));
    assert!(spark > other, "the other way around: {spark:?} {other:?}");
    driver.click_start(Role::Button, "Remove DGX Spark");
    assert_eq!(column(&driver, "DGX Spark"), None);
    driver.click_start(Role::Button, "Remove This Mac");
    assert_eq!(column(&driver, "This Mac"), None, "the evaluated one can go as well");
    assert!(column(&driver, "RTX 4090").is_some());
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driver.settle();
    assert!(column(&driver, "This Mac").is_some(), "and comes back");
}

#[test]
fn a_machine_is_added_by_name() {
    let mut driver = Driver::new();
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    driver.settle();
    driver.says("Add machines or another scenario to see them side by side");
    driver.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    driver.settle();
    driver.type_text("rtx 5090");
    driver.harness.key_press(Key::Enter);
    driver.settle();
    assert!(column(&driver, "RTX 5090").is_some());
    driver.click(Role::Tab, "Report");
    driver.says("Save HTML");
    driver.says("Which machine for “Chat with Llama 3.1 8B”?");
    driver.says("Side by side");
    driver.says("Memory by part against each machine's limit");
    driver.says("RTX 5090");
    driver.says("Workings and sources of ");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    driver.settle();
    assert_eq!(driver.verdict(), "Verdict Fits", "the answer is where it was");
}

#[test]
fn in_a_small_window_names_stay_while_figures_scroll() {
    let mut driver = three(vec2(620.0, 480.0));
    let line = place(&driver, Role::Button, "Order by Memory at the peak").expect("a line");
    let before = column(&driver, "DGX Spark").expect("a column");
    driver.harness.hover_at(line.center() + vec2(260.0, 20.0));
    driver.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(-120.0, 0.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    for _ in 0..30 {
        driver.harness.step();
    }
    let after = column(&driver, "DGX Spark").expect("a column");
    assert!(after < before - 40.0, "figures scroll: {before} to {after}");
    let stays = place(&driver, Role::Button, "Order by Memory at the peak").expect("a line");
    assert!((stays.left() - line.left()).abs() < 1.0, "names of lines stay");
}

#[test]
fn two_scenarios_stand_side_by_side_and_change_places() {
    let mut driver = Driver::new();
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    driver.settle();
    driver.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    driver.settle();
    driver.type_text("scenario chat 70b q4");
    driver.harness.key_press(Key::Enter);
    driver.settle();
    driver.says("Chat with Llama 3.1 8B and Chat 70B Q4: one machine");
    driver.says("Memory at the peak, Chat with Llama 3.1 8B: ");
    driver.says("Memory at the peak, Chat 70B Q4: ");
    driver.click_start(Role::Button, "Hold the others against Chat 70B Q4");
    driver.says("Chat 70B Q4 and Chat with Llama 3.1 8B: one machine");
    driver.click_start(Role::Button, "Remove Chat with Llama 3.1 8B");
    driver.says("Chat 70B Q4: one machine");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driver.settle();
    driver.says("Chat with Llama 3.1 8B and Chat 70B Q4: one machine");
}

#[test]
fn charts_are_saved_as_an_image() {
    let folder = tempfile::tempdir().expect("a folder to write to");
    let path = folder.path().join("charts");
    let mut driver = Driver::answering(Answers { save: Some(path.clone()), ..Answers::default() });
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    driver.settle();
    driver.click(Role::Tab, "Report");
    driver.click(Role::Button, "Charts as PNG");
    let image = std::fs::read(path.with_extension("png")).expect("it is saved");
    assert!(image.starts_with(b"\x89PNG"), "{} bytes", image.len());
}

/// Fills of rectangles that lie in a place, as they are painted.
fn fills(driver: &Driver, place: Rect) -> Vec<egui::Color32> {
    let shapes = &driver.harness.output().shapes;
    let rects = shapes.iter().filter_map(|clipped| match &clipped.shape {
        egui::Shape::Rect(rect) if place.contains_rect(rect.rect) => Some(rect.fill),
        _ => None,
    });
    rects.collect()
}

#[test]
fn a_column_has_the_color_its_machine_has_in_the_list() {
    let mut driver = three(vec2(1280.0, 800.0));
    driver.click(Role::Tab, "Answer");
    // Enter would evaluate on it.
    driver.node(Role::TextInput, "Filter machines").focus();
    driver.harness.step();
    driver.type_text("rtx-4090-24gb");
    driver.settle();
    let tick = place(&driver, Role::CheckBox, "Compare RTX 4090").expect("it is listed");
    let ticked = fills(&driver, tick);
    let [color] = ticked[..] else { panic!("a ticked box has one color, not {ticked:?}") };
    driver.click(Role::Tab, "Compare");
    let columns = ["RTX 4090", "DGX Spark"].map(|machine| {
        let head = place(&driver, Role::Button, &format!("Hold the others against {machine}"));
        fills(&driver, head.expect("a column").expand(4.0))
    });
    assert!(columns[0].contains(&color), "{color:?} in {columns:?}");
    assert!(!columns[1].contains(&color), "another machine has another: {columns:?}");
}
