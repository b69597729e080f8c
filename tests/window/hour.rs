//! What misled, jumped or was lost in an hour of use, each kind of it once.

use eframe::egui;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Driver;

fn press(driver: &mut Driver, key: Key) {
    driver.harness.key_press_modifiers(Modifiers::COMMAND, key);
    driver.settle();
}

/// The pointer's last motion and its release in one frame, as a slow frame or a flick brings them.
fn flick(driver: &mut Driver, to: Pos2) {
    driver.harness.event(Event::PointerMoved(to));
    let modifiers = Modifiers::NONE;
    let button = PointerButton::Primary;
    driver.harness.event(Event::PointerButton { pos: to, button, pressed: false, modifiers });
    driver.harness.step();
    driver.settle();
}

#[test]
fn undo_is_of_the_work_and_leaves_the_filter() {
    let mut driver = Driver::new();
    driver.type_into("Context", "16k");
    // Typed without Enter, which would choose the first machine.
    driver.node(Role::TextInput, "Filter machines").focus();
    driver.harness.step();
    driver.type_text("rtx");
    driver.settle();
    driver.click(Role::Button, "Clear the filter");
    driver.click(Role::Button, "Undo");
    assert_eq!(driver.slider("Context"), "8,192", "one step back is the context");
    assert_eq!(driver.value(Role::TextInput, "Filter machines"), "", "the words do not come back");
}

#[test]
fn a_longer_context_brings_no_longer_prompt() {
    let mut driver = Driver::new();
    let before = driver.slider("Prompt");
    driver.type_into("Context", "32k");
    assert_eq!(driver.slider("Prompt"), before, "nobody asked for another prompt");
    driver.type_into("Context", "2k");
    assert_ne!(driver.slider("Prompt"), before, "one that finds no room is cut");
    driver.type_into("Context", "16k");
    assert_eq!(driver.slider("Prompt"), before, "and has its length again where there is room");
}

#[test]
fn another_family_is_not_edited_until_it_is() {
    let mut driver = Driver::new();
    let edited = |driver: &Driver| driver.harness.query_all_by_label_contains(", edited").next().is_some();
    driver.click(Role::Tab, "GNN");
    assert!(!edited(&driver), "it stands as it starts");
    driver.click(Role::Tab, "Inference");
    assert!(!edited(&driver), "and so does what was there");
    driver.type_into("Context", "16k");
    assert!(edited(&driver));
}

#[test]
fn a_raised_limit_ends_with_its_scenario_and_its_machine() {
    let mut driver = Driver::new();
    driver.click(Role::CheckBox, "What if the GPU limit were raised");
    assert!(driver.headline().contains("raised"), "{}", driver.headline());
    press(&mut driver, Key::N);
    assert!(!driver.headline().contains("raised"), "{}", driver.headline());
    driver.click(Role::CheckBox, "What if the GPU limit were raised");
    driver.type_into("Filter machines", "mac studio m5 max 64");
    assert!(!driver.headline().contains("raised"), "another machine is as shipped: {}", driver.headline());
}

#[test]
fn the_last_motion_counts_on_the_map_too() {
    let mut driver = Driver::new();
    driver.click(Role::Tab, "Map");
    let map = |driver: &Driver| {
        let maps = driver.harness.query_all_by_label_contains("Map of quantization against context");
        maps.map(|node| node.rect()).next().expect("a map")
    };
    let area = map(&driver);
    let (from, to) = (area.center(), pos2(area.right() - 3.0, area.center().y));
    driver.press(from);
    driver.move_to(from + vec2(10.0, 0.0));
    flick(&mut driver, to);
    assert!(driver.number("Context") > 100_000.0, "{}", driver.slider("Context"));
}
