//! What is of the program and this computer: this machine, machines of one's own, settings, prices, and scenarios as tabs.

use std::fs;
use std::path::Path;

use eframe::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use plimsoll::catalog::{Catalog, own_file};

use crate::driver::{Answers, Driver};

fn press(driver: &mut Driver, key: Key) {
    driver.harness.key_press_modifiers(Modifiers::COMMAND, key);
    driver.settle();
}

fn in_folder(folder: &Path) -> Driver {
    Driver::answering(Answers { folder: Some(folder.to_owned()), ..Answers::default() })
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Types a whole text into a field that is read as it is typed.
fn write(driver: &mut Driver, name: &str, text: &str) {
    driver.node(Role::TextInput, name).focus();
    driver.harness.step();
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    driver.harness.step();
    driver.type_text(text);
    driver.settle();
}

fn tabs(driver: &Driver) -> Vec<String> {
    let all = driver.harness.query_all_by_role(Role::Tab);
    all.filter_map(|node| node.accesskit_node().label())
        .filter(|name| name.starts_with("Scenario "))
        .collect()
}

#[test]
fn another_machine_of_the_catalog_stands_in_for_this_one() {
    let mut driver = Driver::new();
    press(&mut driver, Key::I);
    driver.click(Role::Button, "This is not my machine…");
    driver.type_text("rtx 4090");
    driver.harness.key_press(Key::Enter);
    driver.settle();
    driver.says("GeForce RTX 4090");
    driver.says("A machine of the catalog stands in this one's place");
    press(&mut driver, Key::I);
    assert!(driver.headline().contains("of 2"), "{}", driver.headline());
    press(&mut driver, Key::I);
    driver.click(Role::Button, "Use the detected machine");
    press(&mut driver, Key::I);
    assert!(driver.headline().contains("this MacBook Pro"), "{}", driver.headline());
}

#[test]
fn a_machine_of_ones_own_is_kept_changed_and_removed() {
    let folder = folder();
    let mut driver = in_folder(folder.path());
    press(&mut driver, Key::I);
    driver.click(Role::Button, "Describe a machine…");
    driver.click(Role::Button, "Keep this machine");
    driver.says("write how much it has, as 24");
    driver.says("write what it is called");
    write(&mut driver, "Name", "Next year's card");
    write(&mut driver, "Memory, GiB", "48");
    write(&mut driver, "Bandwidth, GB/s", "quick");
    driver.click(Role::Button, "Keep this machine");
    driver.says("write a number above 0, or leave it empty");
    write(&mut driver, "Bandwidth, GB/s", "1800");
    write(&mut driver, "Dense 16 bit, TFLOPS", "250");
    driver.click(Role::Button, "Keep this machine");
    let file = own_file(folder.path(), "next-year-s-card");
    let (catalog, problems) = Catalog::load(Some(folder.path()));
    assert_eq!(problems, []);
    assert!(catalog.machine("next-year-s-card").is_ok(), "{}", fs::read_to_string(&file).unwrap_or_default());
    driver.click(Role::Button, "Evaluate: Next year's card");
    press(&mut driver, Key::Num1);
    assert!(driver.headline().contains("Next year's card"), "{}", driver.headline());
    press(&mut driver, Key::I);
    driver.click(Role::Button, "Edit: Next year's card");
    write(&mut driver, "Memory, GiB", "64");
    driver.click(Role::Button, "Keep this machine");
    let (catalog, _) = Catalog::load(Some(folder.path()));
    let memory = catalog.machine("next-year-s-card").expect("it is kept").memory.value().capacity();
    assert_eq!(memory.map(plimsoll::units::Bytes::as_gib), Some(64.0));
    driver.click(Role::Button, "Remove: Next year's card");
    assert!(!file.exists(), "it is removed");
    press(&mut driver, Key::Num1);
    assert!(driver.headline().contains("this MacBook Pro"), "{}", driver.headline());
}

#[test]
fn prices_are_taken_from_a_table_and_given_back() {
    let folder = folder();
    let table = folder.path().join("new prices.csv");
    fs::write(&table, "machine,price_dollars,price_basis\nrtx-4090,1234,used\nrtx-5090,cheap,street\n")
        .expect("a file");
    let answers =
        Answers { folder: Some(folder.path().to_owned()), open: Some(table.clone()), ..Answers::default() };
    let mut driver = Driver::answering(answers);
    press(&mut driver, Key::Comma);
    driver.click(Role::Button, "Update prices from a file…");
    driver.says("line 3: `cheap` is no price_dollars");
    fs::write(&table, "machine,price_dollars,price_basis\nrtx-4090,1234,used\n").expect("a file");
    driver.click(Role::Button, "Update prices from a file…");
    driver.says("1 price taken from");
    press(&mut driver, Key::Num1);
    driver.type_into("Filter machines", "rtx-4090-24gb");
    driver.says("$1,234");
    press(&mut driver, Key::Comma);
    driver.click(Role::Button, "Use the prices that ship");
    press(&mut driver, Key::Num1);
    assert!(driver.harness.query_all_by_label_contains("$1,234").next().is_none(), "the price is given back");
}

#[test]
fn units_and_currency_change_what_is_read_and_are_reset() {
    let mut driver = Driver::new();
    let before = driver.headline();
    assert!(before.contains(" GiB "), "{before}");
    press(&mut driver, Key::Comma);
    driver.click(Role::ComboBox, "Memory in");
    driver.click(Role::Button, "GB, 1,000³ bytes");
    driver.click(Role::ComboBox, "Currency");
    driver.click(Role::Button, "EUR");
    driver.says("No rate is known here");
    driver.type_into("EUR for a dollar", "0.5");
    press(&mut driver, Key::Num1);
    assert!(driver.headline().contains(" GB "), "{}", driver.headline());
    driver.says("€");
    press(&mut driver, Key::Comma);
    driver.says("Data of ");
    driver.says("MPL-2.0");
    driver.click(Role::Button, "Reset settings");
    press(&mut driver, Key::Num1);
    assert_eq!(driver.headline(), before);
}

#[test]
fn scenarios_are_tabs_that_are_duplicated_renamed_closed_and_brought_back() {
    let mut driver = Driver::new();
    assert_eq!(tabs(&driver), Vec::<String>::new(), "one scenario needs no tabs");
    press(&mut driver, Key::D);
    driver.type_into("Context", "32k");
    let both = ["Scenario Chat with Llama 3.1 8B", "Scenario Chat with Llama 3.1 8B (2), edited"];
    assert_eq!(tabs(&driver), both);
    driver.click(Role::Tab, both[0]);
    assert_eq!(driver.slider("Context"), "8,192");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::PageDown);
    driver.settle();
    assert_eq!(driver.slider("Context"), "32,768");
    driver.harness.key_press(Key::F2);
    driver.settle();
    driver.type_into("Name of the scenario", "Long");
    assert_eq!(tabs(&driver)[1], "Scenario Long, edited");
    driver.click(Role::Button, "Close Long");
    assert_eq!(tabs(&driver), Vec::<String>::new());
    press(&mut driver, Key::Z);
    assert_eq!(tabs(&driver)[1], "Scenario Long, edited", "undo brings a tab back, unsaved as it was");
}

#[test]
fn what_is_opened_leaves_unsaved_work_in_its_tab() {
    let mut driver = Driver::new();
    driver.type_into("Context", "32k");
    press(&mut driver, Key::P);
    driver.type_text("flux");
    driver.harness.key_press(Key::Enter);
    driver.settle();
    assert_eq!(tabs(&driver).len(), 2);
    driver.click_start(Role::Tab, "Scenario Chat");
    assert_eq!(driver.slider("Context"), "32,768");
}

#[test]
fn every_cost_is_typed_on_its_page() {
    let mut driver = Driver::new();
    driver.click(Role::Tab, "Cost");
    driver.type_into("Utilization", "50");
    driver.type_into("API price of input", "3");
    driver.type_into("API price of output", "12.5");
    driver.says("$12.50");
    driver.type_into("Host computer", "a lot");
    driver.says("Host computer: write a number from 0 to 1000000");
}

#[test]
fn a_machine_in_three_figures_is_listed_where_it_is_typed_and_chosen_by_enter() {
    let mut driver = Driver::new();
    driver.type_into("Filter machines", "48GiB 1800GBps 250TFLOPS");
    driver.says("taken for an NVIDIA card");
    assert!(driver.headline().contains("48.0 GiB"), "{}", driver.headline());
}

#[test]
fn the_palette_sets_what_is_typed_and_checks_claims() {
    let mut driver = Driver::new();
    let say = |driver: &mut Driver, words: &str| {
        press(driver, Key::K);
        driver.type_text(words);
        driver.harness.key_press(Key::Enter);
        driver.settle();
    };
    say(&mut driver, "context 32k");
    assert_eq!(driver.slider("Context"), "32,768");
    say(&mut driver, "largest context");
    assert!(driver.number("Context") > 32_768.0, "{}", driver.slider("Context"));
    say(&mut driver, "claim M5 Max, Llama 3.3 70B Q4_K_M, 35 tok/s");
    driver.says("Impossible");
}

#[test]
fn several_machines_are_compared_by_one_line() {
    let mut driver = Driver::new();
    driver.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    driver.settle();
    driver.type_text("rtx 4090, rtx 5090, dgx spark");
    driver.harness.key_press(Key::Enter);
    driver.settle();
    driver.says("3 ticked");
}

#[test]
fn a_plan_is_applied_from_anywhere_and_one_undo_takes_it_back() {
    let mut driver = Driver::new();
    driver.type_into("Model size", "400B");
    assert_eq!(driver.verdict(), "Verdict Does not fit");
    press(&mut driver, Key::K);
    driver.type_text("make it fit");
    driver.harness.key_press(Key::Enter);
    driver.settle();
    assert_ne!(driver.verdict(), "Verdict Does not fit");
    press(&mut driver, Key::Z);
    assert_eq!(driver.verdict(), "Verdict Does not fit");
}

#[test]
fn every_quantization_is_seen_with_its_size_and_fit() {
    let mut driver = Driver::new();
    driver.click(Role::Link, "Compare all quantizations");
    driver.says("bits a weight");
    driver.type_text("q8");
    driver.harness.key_press(Key::Enter);
    driver.settle();
    assert_eq!(driver.slider("Quantization"), "Q8_0");
}

#[test]
fn texts_are_those_of_the_users_folder_in_the_systems_language() {
    let folder = folder();
    fs::create_dir(folder.path().join("text")).expect("a folder");
    let german =
        "{\"command_undo\": \"Rückgängig\", \"filter_machines\": \"Rechner filtern\", \"no_such\": \"-\"}";
    fs::write(folder.path().join("text/de.ron"), german).expect("a file");
    let folder = Some(folder.path().to_owned());
    let mut driver = Driver::answering(Answers { folder, language: "de".to_owned(), ..Answers::default() });
    driver.node(Role::Button, "Rückgängig");
    driver.node(Role::Button, "Redo");
    driver.says("`no_such` is no text of the window");
    driver.type_into("Rechner filtern", "rtx 4090");
    assert!(
        driver.machines().iter().any(|row| row.starts_with("RTX 4090 24 GB, ")),
        "{:?}",
        driver.machines()
    );
}
