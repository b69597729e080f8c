//! The window, driven by the names a screen reader sees; no display and no GPU.

use std::fs;
use std::sync::{Arc, Mutex};

use crate::driver::{Answers, Driver};
use eframe::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

#[test]
fn the_first_frame_judges_a_chat_on_this_machine() {
    let driver = Driver::new();
    assert_eq!(driver.verdict(), "Verdict Fits");
    assert!(driver.headline().starts_with("Needs 5."), "{}", driver.headline());
    assert!(driver.headline().contains("this MacBook Pro"), "{}", driver.headline());
    assert_eq!(driver.slider("Context"), "8,192");
    assert_eq!(driver.slider("Quantization"), "Q4_K_M");
}

#[test]
fn until_this_machine_is_known_the_window_says_so() {
    let driver = Driver::at_the_first_frame();
    driver.says("Detecting this machine…");
    assert_eq!(driver.slider("Context"), "8,192");
    assert!(!driver.machines().is_empty(), "other machines are evaluated meanwhile");
}

#[test]
fn a_slider_drag_changes_everything_in_one_frame_and_undo_brings_all_back() {
    let mut driver = Driver::new();
    let before = driver.everything();
    let rail = driver.rect(Role::Slider, "Context");
    driver.press(rail.center());
    driver.move_to(rail.right_center() - vec2(8.0, 0.0));
    let during = driver.everything();
    assert_ne!(during.headline, before.headline, "the verdict sentence follows the drag");
    assert_ne!(during.kv_cache, before.kv_cache, "the bar follows the drag");
    assert_ne!(during.marker, before.marker, "the plot follows the drag");
    assert_ne!(during.first_machines, before.first_machines, "the machine list follows the drag");
    driver.move_to(rail.right_center() - vec2(40.0, 0.0));
    driver.release(rail.right_center() - vec2(40.0, 0.0));
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driver.harness.step();
    assert_eq!(driver.everything(), before, "one undo takes the whole drag back");
    driver.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    driver.harness.step();
    assert_ne!(driver.everything(), before, "redo brings it again");
}

#[test]
fn the_plot_marker_moves_the_slider() {
    let mut driver = Driver::new();
    let plot = driver.rect(Role::Slider, "Plot marker, context");
    driver.press(plot.center());
    driver.move_to(plot.center() + vec2(60.0, 0.0));
    assert_ne!(driver.slider("Context"), "8,192");
    let apart = driver.number("Context") - driver.number("Plot marker, context");
    assert!(apart.abs() < 1e-9, "slider and marker are {apart} apart");
}

#[test]
fn arrow_keys_move_a_slider() {
    let mut driver = Driver::new();
    driver.node(Role::Slider, "Context").focus();
    driver.settle();
    driver.harness.key_press(Key::ArrowRight);
    driver.harness.step();
    assert!(driver.number("Context") > 8192.0);
    driver.harness.key_press(Key::Home);
    driver.harness.step();
    assert!((driver.number("Context") - 512.0).abs() < 1e-9, "Home goes to the least");
}

#[test]
fn typed_values_are_read_with_their_suffix_and_held_in_range() {
    let mut driver = Driver::new();
    driver.type_into("Context", "16k");
    assert_eq!(driver.slider("Context"), "16,384");
    driver.type_into("Model size", "13B");
    assert!(driver.slider("Model size").starts_with("13"), "{}", driver.slider("Model size"));
    driver.type_into("Quantization", "q8_0");
    assert_eq!(driver.slider("Quantization"), "Q8_0");
    driver.type_into("Context", "1000000000000");
    assert_eq!(driver.slider("Context"), "100,000,000");
    driver.says("lowered to 100,000,000");
    driver.type_into("Context", "a lot");
    driver.says("is not a number");
    assert_eq!(driver.slider("Context"), "100,000,000", "what cannot be read changes nothing");
}

#[test]
fn a_model_is_found_by_typing_and_taken_with_enter() {
    let mut driver = Driver::new();
    driver.click(Role::ComboBox, "Model");
    driver.type_text("llama 3.3 70");
    driver.harness.key_press(Key::Enter);
    driver.settle();
    assert_eq!(driver.value(Role::ComboBox, "Model"), "Llama 3.3 70B");
    assert!(driver.headline().starts_with("Needs 4"), "{}", driver.headline());
}

#[test]
fn the_palette_runs_a_command_by_name() {
    let mut driver = Driver::new();
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    driver.settle();
    driver.type_text("go to compare");
    driver.harness.key_press(Key::Enter);
    driver.settle();
    driver.says("Add machines or another scenario to see them side by side");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    driver.settle();
    driver.harness.key_press(Key::Escape);
    driver.settle();
    assert!(driver.harness.query_by_label("Type a command").is_none(), "escape closes it");
}

#[test]
fn a_broken_preset_is_refused_with_its_place_and_the_scenario_stays() {
    let folder = tempfile::tempdir().expect("a folder to write to");
    for (name, text, said) in [
        ("truncated.ron", "(model: \"llama-3.1-8b\", context:", "truncated.ron:1:"),
        ("unknown.ron", "(model: \"llama-3.1-8b\",\n contxt: 4096)", "unknown.ron:2:"),
        ("model.ron", "(model: \"llama-9\")", "model.ron: no model"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("the folder takes files");
        let mut driver = Driver::answering(Answers { open: Some(path), save: None, ..Answers::default() });
        let before = driver.everything();
        driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
        driver.settle();
        driver.says(said);
        assert_eq!(driver.everything(), before, "{name} changes nothing");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder to write to");
    for name in ["pipe.ron", "pipe.gguf", "folder.ron"] {
        let path = folder.path().join(name);
        let maker = if name.starts_with("pipe") { "mkfifo" } else { "mkdir" };
        let made = std::process::Command::new(maker).arg(&path).status().expect("a maker of files");
        assert!(made.success(), "{name}");
        let mut driver = Driver::answering(Answers { open: Some(path), save: None, ..Answers::default() });
        driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
        driver.settle();
        driver.says("not a regular file");
    }
}

#[test]
fn a_machine_that_does_not_tell_its_memory_is_uncertain() {
    for machine in ["silent-linux", "silent-mac", "broken-linux"] {
        let driver = Driver::on(machine);
        assert_eq!(driver.verdict(), "Verdict Uncertain", "{machine}");
        let said = driver.headline();
        assert!(said.starts_with("Needs 5.") && said.ends_with("is unknown"), "{machine}: {said}");
        driver.says("How much memory this machine has is unknown");
        driver.says("memory unknown");
    }
}

#[test]
fn a_scenario_is_saved_and_opened_again() {
    let folder = tempfile::tempdir().expect("a folder to write to");
    let path = folder.path().join("mine.ron");
    let folders = Arc::new(Mutex::new(Vec::new()));
    let (open, save) = (Some(path.clone()), Some(path.clone()));
    let answers = Answers { open, save, folders: Some(Arc::clone(&folders)), ..Answers::default() };
    let mut driver = Driver::answering(answers);
    driver.type_into("Context", "32k");
    assert!(driver.harness.query_by_label_contains("edited").is_some(), "unsaved changes are marked");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    driver.settle();
    driver.says("Saved to");
    driver.click(Role::Button, "Open folder");
    driver.settle();
    assert_eq!(*folders.lock().expect("nobody holds it"), [folder.path().to_owned()]);
    assert!(driver.harness.query_by_label_contains("Saved to").is_none(), "it was answered");
    assert!(driver.harness.query_by_label_contains(", edited").is_none(), "saving takes the mark away");
    driver.type_into("Context", "4k");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    driver.settle();
    assert_eq!(driver.slider("Context"), "32,768");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driver.harness.step();
    assert_eq!(driver.slider("Context"), "4,096", "opening can be undone");
}

#[test]
fn a_report_is_saved_and_one_that_cannot_be_says_so() {
    let folder = tempfile::tempdir().expect("a folder to write to");
    let path = folder.path().join("report.csv");
    let mut driver =
        Driver::answering(Answers { open: None, save: Some(path.clone()), ..Answers::default() });
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    driver.settle();
    driver.says("Report saved to");
    driver.click(Role::Button, "Open folder");
    driver.settle();
    driver.says("No file manager answers; the folder is ");
    assert!(fs::read_to_string(&path).expect("the report is there").contains(','));
    let nowhere = folder.path().join("missing").join("report.md");
    let mut driver = Driver::answering(Answers { open: None, save: Some(nowhere), ..Answers::default() });
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    driver.settle();
    driver.says("could not save");
}

#[test]
fn without_a_file_dialog_the_window_asks_for_the_path() {
    let mut driver = Driver::answering(Answers { open: None, save: None, ..Answers::default() });
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    driver.settle();
    driver.says("This system shows no file dialog");
    driver.harness.key_press(Key::Escape);
    driver.settle();
    assert!(driver.harness.query_by_label("Path").is_none(), "escape closes it");
}

#[test]
fn the_filter_narrows_the_machines_and_a_tick_compares() {
    let mut driver = Driver::new();
    driver.node(Role::TextInput, "Filter machines").focus();
    driver.harness.step();
    driver.type_text("rtx 5090");
    driver.settle();
    // The machine that is evaluated stays in sight, whatever the filter.
    let mut rows: Vec<String> = driver.machines();
    let chosen = rows.remove(0);
    assert!(chosen.starts_with("This Mac"), "{chosen}");
    assert!(!rows.is_empty() && rows.iter().all(|row| row.contains("5090")), "{rows:?}");
    let name = rows[0].split(',').next().expect("a name").to_owned();
    driver.click(Role::CheckBox, &format!("Compare {name}"));
    driver.click(Role::Tab, "Compare");
    assert!(driver.harness.query_all_by_label_contains("5090").count() > 2, "it stands in the table");
    assert!(driver.harness.query_by_label_contains("Add machines").is_none(), "the table has two columns");
}

#[test]
fn a_graph_becomes_tokens() {
    let mut driver = Driver::new();
    driver.click(Role::Tab, "Graph");
    driver.type_into("Max sequence length", "none");
    driver.type_into("Graph nodes", "100");
    driver.type_into("Graph edges", "200");
    driver.says("Tokens of a graph: median");
    let needed = driver.headline();
    driver.type_into("Graph edges", "2k");
    assert_ne!(driver.headline(), needed, "more edges need more memory");
    driver.click(Role::Tab, "Inference");
    assert!(driver.harness.query_by_label("Graph edges").is_none(), "edges stay on their tab");
}

#[test]
fn every_part_opens_its_working() {
    let mut driver = Driver::new();
    driver.click(Role::Button, "Weights 4.3");
    driver.says("terms");
    driver.harness.key_press(Key::Escape);
    driver.settle();
}

#[test]
fn figures_of_speed_and_cost_open_their_workings() {
    let mut driver = Driver::new();
    driver.click(Role::Tab, "Speed");
    for (figure, says) in [
        ("Decode,", "min(1 ÷ pass s, most per s)"),
        ("Time/output token (TPOT),", "1 ÷ decode"),
        ("Time to first token (TTFT),", "prompt tokens ÷ prefill"),
    ] {
        driver.click_start(Role::Button, figure);
        driver.says(says);
        driver.says("Best estimate");
        driver.harness.key_press(Key::Escape);
        driver.settle();
    }
    driver.node(Role::TextInput, "Filter machines").focus();
    driver.harness.step();
    driver.type_text("rtx 5090");
    driver.settle();
    driver.click_start(Role::ListBoxOption, "RTX 5090");
    driver.click(Role::Tab, "Cost");
    driver.click_start(Role::Button, "Electricity,");
    driver.says("hours under load");
    driver.harness.key_press(Key::Escape);
    driver.settle();
    driver.click_start(Role::Button, "Beats rent after,");
    driver.says("(price − other price)");
    driver.harness.key_press(Key::Escape);
    driver.settle();
}

#[test]
fn this_machine_says_where_each_value_was_read_and_takes_others() {
    let mut driver = Driver::new();
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::I);
    driver.settle();
    driver.says("hw.memsize");
    driver.type_into("Memory", "16");
    driver.settle();
    driver.says("set by you");
    driver.harness.key_press(Key::Escape);
    driver.settle();
    assert!(!driver.headline().contains("107."), "{}", driver.headline());
}

#[test]
fn small_windows_stay_usable() {
    let mut driver = Driver::sized(vec2(900.0, 600.0));
    let window = egui::Rect::from_min_size(egui::Pos2::ZERO, vec2(900.0, 600.0));
    for (role, name) in [
        (Role::Slider, "Context"),
        (Role::Slider, "Plot marker, context"),
        (Role::TextInput, "Filter machines"),
        (Role::Tab, "Fit"),
    ] {
        let rect = driver.rect(role, name);
        assert!(window.contains_rect(rect), "{name}: {rect:?}");
        assert!(rect.width() > 8.0, "{name}: {rect:?}");
    }
    driver.type_into("Context", "16k");
    assert_eq!(driver.slider("Context"), "16,384");
    driver.harness.set_size(vec2(500.0, 300.0));
    driver.settle();
    assert_eq!(driver.verdict(), "Verdict Fits");
}

#[test]
fn a_window_without_area_draws_nothing_and_lives() {
    let mut driver = Driver::new();
    driver.harness.set_size(vec2(0.0, 0.0));
    for _ in 0..5 {
        driver.harness.step();
    }
    driver.harness.set_size(vec2(1280.0, 800.0));
    driver.settle();
    assert_eq!(driver.verdict(), "Verdict Fits");
}

#[test]
fn an_idle_window_asks_for_no_frame() {
    let mut driver = Driver::new();
    driver.settle();
    for _ in 0..3 {
        driver.harness.step();
        let delay = driver.repaint_delay();
        assert!(delay > std::time::Duration::from_hours(1), "it wants a frame in {delay:?}");
    }
}

#[test]
fn every_control_has_a_name() {
    let mut driver = Driver::new();
    driver.click(Role::DisclosureTriangle, "Advanced");
    for role in [Role::Button, Role::Slider, Role::TextInput, Role::CheckBox, Role::ComboBox, Role::Tab] {
        let unnamed = driver
            .harness
            .query_all_by_role(role)
            .filter(|node| node.accesskit_node().label().is_none_or(|label| label.trim().is_empty()))
            .count();
        assert_eq!(unnamed, 0, "{role:?} without a name");
    }
}

#[test]
fn speed_and_cost_have_pages() {
    let mut driver = Driver::new();
    driver.click(Role::Tab, "Speed");
    driver.says("Tokens a second, one request");
    driver.says("One request over the context before it, tokens a second");
    driver.says("Aggregate throughput, tokens a second");
    driver.says("Roofline");
    driver.click(Role::Tab, "Cost");
    driver.says("In 5 years, 8 h a day under load, $0.18 a kilowatt-hour");
    driver.says("per million tokens");
    driver.type_into("Hours a day", "24");
    driver.says("In 5 years, 24 h a day under load, $0.18 a kilowatt-hour");
    driver.type_into("Years", "for ever");
    driver.says("Years: write a number from 0 to 50");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driver.settle();
    driver.says("In 5 years, 8 h a day under load");
}

#[test]
fn this_machine_is_measured_and_measuring_is_stopped() {
    let mut driver = Driver::new();
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::I);
    driver.settle();
    driver.start(Role::Button, "Measure");
    driver.start(Role::Button, "Stop");
    driver.settle();
    driver.says("Measuring was stopped");
    driver.click(Role::Button, "Measure");
    driver.says("Measured bandwidth");
    driver.says("measured here on 2026-11-21");
    driver.node(Role::Button, "Measure again");
}

#[test]
fn a_step_of_a_plan_is_applied_and_one_undo_takes_it_back() {
    let mut driver = Driver::new();
    driver.type_into("Model size", "400B");
    let before = driver.verdict();
    assert_eq!(before, "Verdict Does not fit");
    driver.click(Role::Tab, "Plan");
    driver.says("Least damage first");
    // The first step may be one outside of Plimsoll, as closing programs.
    driver.click_start(Role::Button, "Apply");
    let after = driver.headline();
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driver.harness.step();
    assert_eq!(driver.verdict(), before, "one undo takes the step back");
    assert_ne!(driver.headline(), after, "the step had changed what is needed");
}
