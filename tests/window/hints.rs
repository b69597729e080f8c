//! What somebody is told who sees the window for the first time.

use eframe::egui;
use egui::accesskit::Role;
use egui::vec2;
use egui_kittest::kittest::Queryable as _;

use crate::driver::Driver;

fn is_told(driver: &Driver, place: &str) -> bool {
    driver.harness.query_by_label(place).is_some()
}

#[test]
fn four_hints_are_told_one_by_one_and_none_twice() {
    let mut driver = Driver::at_the_first_run(vec2(1280.0, 800.0));
    driver.type_into("Context", "16k");
    let before = driver.rect(Role::Tab, "Plan");
    for place in ["1 of 4", "2 of 4", "3 of 4"] {
        assert!(is_told(&driver, place), "{place}");
        driver.click(Role::Button, "Next hint");
    }
    assert!(is_told(&driver, "4 of 4"));
    driver.says("finds every preset, model, machine and command");
    driver.click(Role::Button, "Got it");
    assert!(driver.harness.query_by_label_contains(" of 4").is_none(), "all are read");
    assert_eq!(driver.rect(Role::Tab, "Plan"), before, "nothing moved");
    driver.click(Role::Button, "Undo");
    assert_eq!(driver.slider("Context"), "8,192");
    assert!(driver.harness.query_by_label_contains(" of 4").is_none(), "undo is of the work alone");
}

#[test]
fn hints_are_hidden_at_once_and_told_again_from_the_settings() {
    let mut driver = Driver::at_the_first_run(vec2(1280.0, 800.0));
    driver.click(Role::Button, "Hide hints");
    assert!(driver.harness.query_by_label_contains(" of 4").is_none());
    driver.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Comma);
    driver.settle();
    driver.click(Role::Button, "Show hints again");
    assert!(is_told(&driver, "1 of 4"));
}

#[test]
fn a_hint_is_read_whole_in_a_small_window_and_keeps_nothing_from_being_used() {
    let mut driver = Driver::at_the_first_run(vec2(900.0, 600.0));
    for _ in 0..4 {
        let [next, place] = ["Next hint", "Got it"].map(|name| driver.harness.query_by_label(name));
        let button = next.or(place).expect("a button").rect();
        assert!(button.right() < 900.0 && button.bottom() < 576.0, "{button:?}");
        // What is cut fills all the room up to the count of hints.
        let count = driver.harness.get_by_label_contains(" of 4").rect();
        let texts = driver.harness.query_all_by_role(Role::Label).map(|node| node.rect());
        let texts: Vec<egui::Rect> =
            texts.filter(|rect| (546.0..576.0).contains(&rect.center().y) && rect.width() > 200.0).collect();
        let [text] = texts[..] else { panic!("a hint is one line, not {texts:?}") };
        assert!(text.right() < count.left() - 12.0, "{text:?} {count:?}");
        let name = if driver.harness.query_by_label("Next hint").is_some() { "Next hint" } else { "Got it" };
        driver.click(Role::Button, name);
    }
    driver.click(Role::Tab, "Plan");
}
