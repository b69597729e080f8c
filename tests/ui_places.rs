//! Map, models and evidence in the window, found by the names a screen reader sees.

#[path = "captured/world.rs"]
#[expect(dead_code, reason = "other tests break captured machines; these take them as they are")]
mod world;

#[path = "ui/driver.rs"]
#[expect(dead_code, reason = "other tests drive more of the window")]
mod driver;

use driver::Driver;
use eframe::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

/// The window at a place, by its shortcut.
fn at(key: Key) -> Driver {
    let mut driver = Driver::new();
    driver.harness.key_press_modifiers(Modifiers::COMMAND, key);
    driver.settle();
    driver
}

/// Names of what a list offers, in the order in which they stand from the top.
fn listed(driver: &Driver) -> Vec<String> {
    let options = driver.harness.query_all_by_role(Role::ListBoxOption);
    let mut rows: Vec<(f32, String)> =
        options.map(|node| (node.rect().top(), node.accesskit_node().label().unwrap_or_default())).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().map(|(_, name)| name).collect()
}

#[test]
fn every_group_is_listed_misses_first_and_its_rows_have_names() {
    let mut driver = at(Key::Num4);
    driver.says("On real hardware");
    driver.says("Emulated, or counted without the hardware");
    driver.says("misses");
    let groups = listed(&driver);
    assert!(groups.len() > 70, "{} groups", groups.len());
    assert!(groups[0].starts_with("Reports of people's machines, "), "{}", groups[0]);
    let place = |start: &str| groups.iter().position(|name| name.starts_with(start));
    assert!(place("decode, ") < place("PyTorch fine-tuning, peaks"), "real hardware stands first");
    driver.click_start(Role::ListBoxOption, "prefill, 241 rows");
    driver.says("prefill: 241 rows, predicted against measured");
    driver.says("Farthest off first");
    driver.says("leave-one-machine-out");
    driver.type_into("Filter by family, machine, model, program or version", "pytorch geometric");
    let groups = listed(&driver);
    assert_eq!(groups.len(), 4, "{groups:?}");
    assert!(groups.iter().all(|name| name.contains("PyTorch Geometric 2.8.1")), "{groups:?}");
    driver.type_into("Filter by family, machine, model, program or version", "prefill dgx");
    assert!(!listed(&driver).is_empty(), "rows are found by their machine");
}

#[test]
fn sources_say_what_they_gave_and_old_prices_are_warned_of() {
    let mut driver = at(Key::Num4);
    driver.click(Role::Tab, "Sources");
    driver.says("stand first");
    driver.says("prices are older than 90 days");
    driver.says("estimate");
    driver.says("figures: ");
}

/// The window with its map, every cell computed.
fn map() -> Driver {
    let mut driver = Driver::new();
    driver.click(Role::Tab, "Map");
    fill(&mut driver);
    driver
}

/// Draws until every cell is computed.
fn fill(driver: &mut Driver) {
    for _ in 0..3000 {
        if driver
            .harness
            .query_by_role_and_label(Role::Image, "Map of quantization against context")
            .is_some()
        {
            return;
        }
        driver.harness.step();
    }
    driver.says("Map of quantization against context");
}

#[test]
fn the_map_says_each_row_and_a_click_sets_both_axes() {
    let mut driver = map();
    driver.says("quantization Q4_K_M: fits from ");
    let area = driver.rect(Role::Image, "Map of quantization against context");
    let at = area.left_top() + egui::vec2(area.width() * 0.9, area.height() * 0.1);
    driver.press(at);
    driver.release(at);
    driver.settle();
    assert!(driver.number("Context") > 65_536.0, "{}", driver.slider("Context"));
    assert_eq!(driver.slider("Quantization"), "Q8_0", "the second row from the top");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driver.settle();
    assert_eq!(driver.slider("Context"), "8,192", "one undo takes both back");
    assert_eq!(driver.slider("Quantization"), "Q4_K_M");
}

#[test]
fn the_map_is_walked_by_arrow_keys_and_runs_over_machines() {
    let mut driver = map();
    driver.node(Role::Image, "Map of quantization against context").focus();
    driver.settle();
    driver.harness.key_press(Key::ArrowUp);
    driver.settle();
    assert_eq!(driver.slider("Quantization"), "Q5_K_M");
    driver.click(Role::ComboBox, "Map axis up");
    driver.click(Role::Button, "machines");
    driver.says("machines This Mac: fits from ");
}

#[test]
fn models_are_ranked_for_the_machine_and_one_opens_as_the_scenario() {
    let mut driver = at(Key::Num3);
    driver.says("Models for this MacBook Pro");
    driver.type_into("Filter models", "llama 3.3 70b");
    driver.click_start(Role::ListBoxOption, "Llama 3.3 70B, ");
    assert_eq!(driver.value(Role::ComboBox, "Model"), "Llama 3.3 70B");
    assert!(driver.headline().starts_with("Needs "), "the answer is shown");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    driver.settle();
    driver.type_into("Filter models", "");
    driver.click_start(Role::Button, "Order by Decode");
    driver.click_start(Role::Button, "Order by Loss by quantization");
    driver.says("tokens a second");
}
