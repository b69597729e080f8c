//! Map, models and evidence in the window, found by the names a screen reader sees.

use crate::driver::{Answers, Driver};
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
    driver.click(Role::Tab, "Accuracy");
    driver.says("On real hardware");
    driver.says("Emulated, or counted without the hardware");
    driver.says("misses");
    let groups = listed(&driver);
    assert!(groups.len() > 70, "{} groups", groups.len());
    assert!(groups[0].starts_with("Reports of people's machines, "), "{}", groups[0]);
    let place = |start: &str| groups.iter().position(|name| name.starts_with(start));
    assert!(place("decode, ") < place("PyTorch fine-tuning, peaks"), "real hardware stands first");
    driver.click_start(Role::ListBoxOption, "prefill, 245 rows");
    driver.says("prefill: 245 rows, predicted against measured");
    driver.says("Farthest off first");
    driver.says("leave-one-machine-out");
    driver.type_into("Filter by family, machine, model, program or version", "pytorch geometric");
    let groups = listed(&driver);
    assert_eq!(groups.len(), 8, "{groups:?}");
    assert!(groups.iter().all(|name| name.contains("PyTorch Geometric 2.8.1")), "{groups:?}");
    driver.type_into("Filter by family, machine, model, program or version", "prefill dgx");
    assert!(!listed(&driver).is_empty(), "rows are found by their machine");
}

#[test]
fn claims_are_judged_filtered_typed_and_corrected() {
    let mut driver = at(Key::Num4);
    driver.says("Is that claim true?");
    let claims = listed(&driver);
    assert!(claims.len() > 5, "{} claims", claims.len());
    assert!(claims[0].starts_with("Impossible: "), "{}", claims[0]);
    driver.click_start(Role::ListBoxOption, "Impossible: 70B Q4 on M4 Max: 28 tok/s");
    driver.says("of what the memory can deliver");
    driver.says("It would be true with");
    let field = "Type or paste a claim or a paragraph, or drop a file of text, Markdown or CSV";
    driver.node(Role::MultilineTextInput, field).focus();
    driver.harness.step();
    driver.type_text("RTX 3090 has 936 GB/s. M4 Max has 819 GB/s.");
    driver.settle();
    let claims = listed(&driver);
    assert_eq!(claims.len(), 2, "{claims:?}");
    assert!(claims[0].starts_with("Wrong: M4 Max: 819 GB/s"), "{claims:?}");
    assert!(claims[1].starts_with("Plausible: RTX 3090: 936 GB/s"), "{claims:?}");
    driver.says("M4 Max has 410 or 546 GB/s");
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
    driver.says(" tok/s, Time to first token");
}

#[test]
fn the_largest_that_fits_is_taken_with_a_click_on_slider_or_plot() {
    let mut driver = Driver::new();
    driver.click_start(Role::Link, "Set Model size to ");
    assert!(driver.number("Model size") > 20e9, "{}", driver.slider("Model size"));
    driver.click_start(Role::Button, "Set context to ");
    let context = driver.number("Context");
    assert!((context - 8192.0).abs() > 1.0, "the crossing of the plot was taken: {context}");
}

#[test]
fn a_ceiling_of_the_plot_is_dragged() {
    let mut driver = Driver::new();
    let name = "Ceiling This Mac ";
    let found = driver.harness.query_all_by_role(Role::Button);
    let named = |node: &egui_kittest::Node<'_>| {
        node.accesskit_node().label().is_some_and(|label| label.starts_with(name))
    };
    let at = found.into_iter().find(named).expect("this Mac's ceiling has a label").rect().center();
    driver.press(at);
    driver.move_to(at - egui::vec2(0.0, 6.0));
    driver.move_to(at - egui::vec2(0.0, 14.0));
    driver.release(at - egui::vec2(0.0, 14.0));
    driver.settle();
    driver.says("GPU limit raised to");
}

/// A home with an Ollama store of one model under two names, and one in LM Studio's folder that is broken.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let write = |path: &str, bytes: &[u8]| {
        let path = home.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, bytes).expect("a file");
    };
    let header = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/headers/Llama-3.2-1B-Q8_0.header.gguf");
    let gguf = std::fs::read(header).expect("a header");
    let digest = "a".repeat(64);
    let manifest = format!(
        r#"{{"layers":[{{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:{digest}","size":{}}}]}}"#,
        gguf.len()
    );
    write(&format!(".ollama/models/blobs/sha256-{digest}"), &gguf);
    for tag in ["1b", "latest"] {
        write(
            &format!(".ollama/models/manifests/registry.ollama.ai/library/llama3.2/{tag}"),
            manifest.as_bytes(),
        );
    }
    write(".lmstudio/models/p/bro\u{202e}ken/x.gguf", b"GGUF");
    home
}

/// The window at the models of a home.
fn on_disk(home: &tempfile::TempDir) -> Driver {
    let answers = Answers { home: Some(home.path().to_owned()), ..Answers::default() };
    let mut driver = Driver::answering(answers);
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    driver.settle();
    driver.click(Role::Tab, "On this machine");
    driver.settle();
    driver
}

#[test]
fn models_on_this_machine_are_listed_and_a_click_opens_one() {
    let home = home();
    let mut driver = on_disk(&home);
    driver.says("3 models, ");
    driver.says("a file that several share is counted once");
    // The machines at the right are options of a list too.
    let mut rows = listed(&driver);
    rows.retain(|row| row.contains("largest context") || row.contains("cannot be read"));
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows[0].starts_with("llama3.2:1b, Ollama, GGUF Q8_0, ") && rows[0].contains("Fits"), "{rows:?}");
    assert!(rows[0].contains("131,072 (all)") && rows[0].ends_with("tok/s"), "{rows:?}");
    assert!(rows[2].contains("cannot be read") && !rows[2].contains('\u{202e}'), "{rows:?}");
    driver.click_start(Role::ListBoxOption, "llama3.2:1b");
    driver.settle();
    let model = driver.harness.state().scenario().language().expect("a language model").key.clone();
    assert!(model.contains("sha256-"), "the file is what opens: {model}");
}

#[test]
fn a_home_without_models_says_so_and_a_look_can_begin_anew() {
    let home = tempfile::tempdir().expect("a folder");
    let mut driver = on_disk(&home);
    driver.says("No models were found on this machine");
    std::fs::create_dir_all(home.path().join(".cache/llama.cpp")).expect("folders");
    std::fs::write(home.path().join(".cache/llama.cpp/x.gguf"), "GGUF").expect("a file");
    driver.click(Role::Button, "Look again");
    driver.settle();
    driver.says("1 model, ");
}

#[test]
fn a_log_that_is_dropped_is_held_beside_the_estimate() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("run.txt");
    std::fs::write(&log, "eval count: 128 token(s)\neval rate: 51.25 tokens/s\n").expect("a log");
    let answers = Answers { open: Some(log), ..Answers::default() };
    let mut driver = Driver::answering(answers);
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    driver.settle();
    driver.says("Measured by Ollama, beside ");
    driver.says("51.2 tok/s");
    driver.says("estimated ");
    driver.click(Role::Button, "Close");
}
