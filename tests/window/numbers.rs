//! Numbers as a person's system writes them: in the window, and nowhere else.

use std::fs;

use eframe::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use plimsoll::units::Numbers;

use crate::driver::{Answers, Driver};

const GERMAN: Numbers = Numbers { decimal: ',', group: '.' };

/// Goes to the settings and chooses how numbers are written, by a sample.
fn choose(driver: &mut Driver, sample: &str) {
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    driver.settle();
    driver.click(Role::ComboBox, "Numbers");
    driver.click(Role::Button, sample);
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    driver.settle();
}

#[test]
fn numbers_are_written_as_the_system_does_and_read_so() {
    let mut driver = Driver::answering(Answers { numbers: GERMAN, ..Answers::default() });
    assert_eq!(driver.slider("Context"), "8.192");
    assert!(driver.headline().starts_with("Needs 5,4 of 107,5 GiB"), "{}", driver.headline());
    driver.type_into("Context", "16.384");
    assert_eq!(driver.slider("Context"), "16.384");
    assert!((driver.number("Context") - 16_384.0).abs() < 0.5);
    driver.type_into("Model size", "13,5B");
    assert!((driver.number("Model size") - 13.5e9).abs() < 1e8, "{}", driver.number("Model size"));
    driver.click_start(Role::Button, "Weights ");
    driver.says(" × ");
    driver.harness.key_press(Key::Escape);
    driver.settle();
    driver.click(Role::Tab, "Cost");
    driver.says("$0,18 a kilowatt-hour");
    choose(&mut driver, "1,234.5");
    assert_eq!(driver.slider("Context"), "16,384");
}

#[test]
fn what_is_saved_is_the_same_however_numbers_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let saved = |numbers: Numbers, name: &str| {
        let path = folder.path().join(name);
        let answers = Answers { save: Some(path.clone()), numbers, ..Answers::default() };
        let mut driver = Driver::answering(answers);
        driver.type_into("Context", "16k");
        let ctx = driver.harness.ctx.clone();
        driver.harness.state_mut().compare(&ctx, "rtx-4090-24gb");
        driver.settle();
        // Its working is open in the window's own way of writing.
        driver.click_start(Role::Button, "Weights ");
        driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
        driver.settle();
        fs::read_to_string(path).expect("it is saved")
    };
    for ending in ["json", "csv", "md", "ron", "html"] {
        let usual = saved(Numbers::default(), &format!("usual.{ending}"));
        let german = saved(GERMAN, &format!("german.{ending}"));
        assert!(usual.contains("16") && usual == german, "{ending}: {german}");
    }
}
