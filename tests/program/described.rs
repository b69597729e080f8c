//! A machine in three figures, in every command that takes one.

use std::process::{Command, Output};

use serde_json::Value;

const FIGURES: &str = "24GiB 1008GBps 82TFLOPS";

fn run(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .env("HOME", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .env("XDG_DATA_HOME", folder.path())
        .output()
        .expect("the program runs")
}

fn json(arguments: &[&str]) -> Value {
    let output = run(arguments);
    let text = String::from_utf8(output.stdout).expect("text");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.is_empty(), "{arguments:?}: {errors}");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn check_says_what_is_assumed_and_what_is_unknown() {
    let answer = json(&["check", "chat-8b", "--machine", FIGURES, "--json"]);
    assert_eq!(answer["machine"]["id"], FIGURES, "{}", answer["machine"]);
    assert_eq!(answer["verdict"], "fits");
    let notes: Vec<&str> =
        answer["notes"].as_array().expect("notes").iter().filter_map(Value::as_str).collect();
    let taken =
        notes.iter().find(|note| note.contains("is taken for an NVIDIA card")).expect("what is assumed");
    assert!(taken.contains("no maker was named") && taken.contains("price"), "{taken}");
    assert!(answer["cost"]["price_dollars"].is_null(), "{}", answer["cost"]);
    let text = run(&["check", "chat-8b", "--machine", FIGURES]);
    let text = String::from_utf8(text.stdout).expect("text");
    assert!(text.contains("note: 24GiB 1008GBps 82TFLOPS is taken for"), "{text}");
    assert!(text.contains("Price: unknown"), "{text}");
}

#[test]
fn the_figures_of_a_card_come_near_to_the_card() {
    let of = |machine: &str| {
        let answer = json(&["check", "chat-8b", "--machine", machine, "--json"]);
        let memory = answer["memory"]["peak_bytes"]["best"].as_f64().expect("bytes");
        (memory, answer["speed"]["decode_tokens_per_s"]["best"].as_f64().expect("a speed"))
    };
    let (card, described) = (of("rtx-4090"), of("24GiB 1008GBps 165TFLOPS"));
    assert!((card.0 / described.0 - 1.0).abs() < 0.02, "{card:?} {described:?}");
    assert!((card.1 / described.1 - 1.0).abs() < 0.3, "{card:?} {described:?}");
    let slow = of("24GiB 504GBps 165TFLOPS");
    assert!(slow.1 < 0.65 * described.1, "half the bandwidth: {slow:?} {described:?}");
}

#[test]
fn every_command_takes_it() {
    let solved = json(&["solve", "chat-8b", "--for", "context", "--machine", FIGURES, "--json"]);
    assert!(solved["value"].as_f64().is_some_and(|value| value > 8192.0), "{solved}");
    assert_eq!(solved["machine"], FIGURES);
    let plan = json(&["plan", "chat-70b", "--machine", FIGURES, "--json"]);
    assert_eq!(plan["machine"], FIGURES);
    let ranked = json(&["rank", "--machine", FIGURES, "--models", "llama-3.1-8b,qwen3-32b", "--json"]);
    assert!(ranked["rows"].as_array().is_some_and(|rows| rows.iter().all(|row| row["machine"] == FIGURES)));
    let both = format!("{FIGURES},rtx-4090,2x {FIGURES}");
    let compared = json(&["compare", "chat-8b", "--machines", &both, "--json"]);
    let text = compared.to_string();
    assert!(text.contains(FIGURES) && text.contains("2x 24GiB"), "{text}");
    let ranked = json(&["rank", "chat-8b", "--machines", &both, "--json"]);
    assert_eq!(ranked["rows"].as_array().map(Vec::len), Some(3), "{ranked}");
    let said = run(&["solve", "chat-8b", "--for", "context", "--machine", FIGURES]);
    assert!(String::from_utf8_lossy(&said.stderr).contains("taken for an NVIDIA card"));
}

#[test]
fn a_preset_and_a_saved_report_name_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let preset = folder.path().join("mine.ron");
    std::fs::write(&preset, format!("(model: \"llama-3.1-8b\", machine: \"{FIGURES}\")")).expect("a preset");
    let preset = preset.to_str().expect("text");
    assert_eq!(json(&["check", preset, "--json"])["machine"]["id"], FIGURES);
    let report = folder.path().join("report.ron");
    let report = report.to_str().expect("text");
    assert!(run(&["compare", preset, "--machines", FIGURES, "--save", report]).status.success());
    assert_eq!(json(&["check", report, "--json"])["machine"]["id"], FIGURES);
}

#[test]
fn what_is_wrong_says_what_would_be_right() {
    for (machine, part) in [
        ("24GiB 1008GBps", "says no arithmetic; write memory, bandwidth"),
        ("24GiB 1008Gbps 82TFLOPS", "can be bits; write bytes a second with a large B"),
        ("24GiB 1008GBps 82TFLOPS fast", "`fast` is no figure"),
        ("0GiB 1008GBps 82TFLOPS", "must be from 256 MiB"),
        ("rtx-4091", "did you mean rtx-4090"),
    ] {
        let output = run(&["check", "chat-8b", "--machine", machine]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{machine}: {said}");
        assert!(said.contains(part), "{machine}: {said}");
    }
}
