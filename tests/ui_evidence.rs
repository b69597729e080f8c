//! The place of evidence in the window, found by the names a screen reader sees.

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
