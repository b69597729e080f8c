//! Every setting of every family: it is read, written, checked, shown and explained from its one declaration.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use plimsoll::catalog::calibration;
use plimsoll::cli::Context;
use plimsoll::engine::Assumptions;
use plimsoll::engine::axis::Axis;
use plimsoll::report::{Report, markdown};
use plimsoll::spec::preset::{PresetKeys, entries, parse, resolve, write};
use plimsoll::spec::settings::{Amount, Entry};
use plimsoll::spec::{Family, Place, Scenario, Setting};

fn context() -> Context {
    Context::built_in("")
}

fn read(text: &str, context: &Context) -> (Scenario, Vec<String>) {
    let keys = parse(text, "a.ron").unwrap_or_else(|error| panic!("{error} in {text}")).remove(0);
    let preset = resolve(keys, context).unwrap_or_else(|error| panic!("{error} in {text}"));
    (preset.scenario, preset.notes)
}

/// Scenarios in which every setting means something.
fn scenarios(context: &Context) -> Vec<Scenario> {
    let texts = [
        r#"(family: "inference", concurrency: 4, context: "64k", generate: 100, devices: 2)"#,
        r#"(model: "gpt-oss-120b", draft_tokens: 4, turns: 3, context: "64k", prompt: 1000, generate: 100)"#,
        r#"(model: "gemma-3-27b", runtime: "mlx")"#,
        r#"(model: "gemma-3-27b", server: "llama-server", context: "16k")"#,
        r#"(model: "llama-3.1-8b", runtime: "vllm", max_loras: 2)"#,
        r#"(model: "qwen3.6-27b", vision: true)"#,
        r#"(family: "fine-tune")"#,
        r#"(family: "fine-tune", method: "full")"#,
        r#"(family: "fine-tune", method: "qlora", devices: 2)"#,
        r#"(family: "fine-tune", method: "full", objective: "dpo", optimizer: "galore")"#,
        r#"(family: "fine-tune", method: "full", objective: "grpo", generation: "vllm")"#,
        r#"(family: "graph-sequence", max_sequence: "16k", size_spread: 2)"#,
        r#"(family: "graph-sequence", mode: "infer", generate: 10)"#,
        r#"(family: "gnn", architecture: "gat", sampling: [15, 10])"#,
        r#"(family: "gnn", architecture: "gcn", devices: 2)"#,
        r#"(family: "gnn", architecture: "code2vec")"#,
        r#"(family: "gnn", architecture: "nnconv")"#,
        r#"(family: "gnn", architecture: "hgt")"#,
        r#"(family: "gnn", architecture: "rgcn", batch_graphs: 64, nodes: 30, edges: 120)"#,
        r#"(family: "diffusion", pipeline: "sdxl")"#,
        r#"(family: "diffusion", mode: "lora")"#,
        r#"(family: "diffusion", pipeline: "wan2.2-5b")"#,
    ];
    texts.iter().map(|text| read(text, context).0).collect()
}

/// Values that differ from what a scenario has, as texts.
fn others(setting: &Setting, scenario: &Scenario) -> Vec<String> {
    let now = setting.entry(scenario).map_or_else(String::new, |entry| entry.text());
    let choices: Vec<String> =
        setting.choices(scenario).into_iter().map(|(name, _)| name.to_owned()).collect();
    let texts = match setting.entry(scenario) {
        _ if !choices.is_empty() => choices,
        Some(Entry::Flag(flag)) => vec![(!flag).to_string()],
        Some(Entry::Number(_)) if setting.amount == Amount::Share => {
            vec!["0.25".to_owned(), "40%".to_owned()]
        }
        _ if setting.slides(scenario) => {
            let (least, most) = Axis::sliders(scenario)
                .into_iter()
                .chain(Axis::available(scenario))
                .find(|axis| axis.key() == setting.key)
                .map_or((1.0, 2.0), |axis| axis.range(scenario));
            vec![setting.text_at(scenario, least + 1.0), setting.text_at(scenario, most - 1.0)]
        }
        Some(Entry::Count(number)) => vec![(number + 1).to_string(), "3".to_owned()],
        Some(Entry::Number(number)) => vec![(number + 1.5).to_string()],
        _ if setting.key == "raised_limit" => vec!["56 GiB".to_owned(), "60.5 GB".to_owned()],
        _ if setting.key == "gpu_memory_utilization" => vec!["0.5".to_owned(), "0.8".to_owned()],
        _ if setting.key == "sampling" => vec!["25, 5".to_owned(), "full".to_owned()],
        _ => vec!["2".to_owned(), "3".to_owned()],
    };
    texts.into_iter().filter(|text| *text != now).collect()
}

/// Settings that are chosen elsewhere than in a row.
fn is_moved(setting: &Setting) -> bool {
    !["family", "name", "model", "model_size", "machine", "draft_model"].contains(&setting.key)
}

/// Each setting of each scenario where it means something, moved to each of some other values.
fn each_move(check: impl Fn(&Scenario, &Setting, &str, &Scenario, &[String])) {
    let context = context();
    for scenario in scenarios(&context) {
        for setting in Setting::of(&scenario)
            .filter(|setting| is_moved(setting))
            .filter(|setting| (setting.when)(&scenario))
        {
            let mut moves = 0;
            for text in others(setting, &scenario) {
                let Ok((moved, notes)) = scenario.with(setting.key, &text) else { continue };
                if moved != scenario {
                    moves += 1;
                    check(&scenario, setting, &text, &moved, &notes);
                }
            }
            assert!(moves > 0 || setting.choices(&scenario).len() == 1, "{} cannot be moved", setting.key);
        }
    }
}

#[test]
fn what_is_moved_is_written_and_reads_back_the_same() {
    let context = context();
    each_move(|_, setting, text, moved, _| {
        let written = write(moved, None);
        let (again, _) = read(&written, &context);
        assert_eq!(&again, moved, "{}={text} in {written}", setting.key);
    });
}

#[test]
fn what_is_moved_is_named_in_the_report() {
    let report = |scenario: &Scenario| {
        markdown(&Report::new(
            scenario.clone(),
            &[],
            &Assumptions::new(calibration()),
            ("2026-11-27", "2026-11-27"),
        ))
    };
    each_move(|before, setting, text, moved, _| {
        let (was, is) = (report(before), report(moved));
        assert_ne!(was, is, "{}={text} is not in the report", setting.key);
        let line = format!("- {}: ", setting.label);
        let said = |report: &str| report.lines().find(|said| said.starts_with(&line)).map(ToOwned::to_owned);
        assert!(said(&was) != said(&is), "{}={text}: no line of the report names it", setting.key);
    });
}

#[test]
fn a_value_out_of_range_is_moved_and_said_the_same_everywhere() {
    let context = context();
    for scenario in scenarios(&context) {
        let numbers = |setting: &&Setting| {
            setting.range.1 > setting.range.0 && setting.amount != Amount::Share && setting.written
        };
        for setting in Setting::of(&scenario).filter(|setting| is_moved(setting)).filter(numbers) {
            let beyond = format!("{}", setting.range.1 * 2.0);
            let (moved, notes) = scenario.with(setting.key, &beyond).expect("it is moved into range");
            let note = notes.first().unwrap_or_else(|| panic!("{}={beyond} says nothing", setting.key));
            assert!(note.starts_with(&format!("{} ", setting.key)) && note.contains("lowered to"), "{note}");
            let mut keys = PresetKeys::default();
            for (key, entry) in entries(&scenario).into_iter().filter(|(key, _)| *key != setting.key) {
                keys.set(key, &entry.text()).expect("what is written is read");
            }
            keys.set(setting.key, &beyond).expect("a number");
            let preset = resolve(keys, &context).expect("a scenario");
            assert!(preset.notes.contains(note), "{note} is not in {:?}", preset.notes);
            assert_eq!(setting.entry(&preset.scenario), setting.entry(&moved), "{}", setting.key);
            if let Some(axis) = Axis::available(&scenario).into_iter().find(|axis| axis.key() == setting.key)
            {
                let (least, most) = axis.range(&scenario);
                assert!(setting.range.0 <= least && most <= setting.range.1, "{} slides beyond", setting.key);
            }
        }
    }
}

#[test]
fn help_lists_every_setting() {
    let run = |arguments: &[&str]| {
        let run = assert_cmd::Command::cargo_bin("plimsoll").expect("the program").args(arguments).output();
        String::from_utf8(run.expect("it runs").stdout).expect("text")
    };
    let (listed, help) = (run(&["list", "settings"]), run(&["check", "--help"]));
    for setting in Setting::all() {
        assert!(
            listed.lines().any(|line| line.starts_with(setting.key) && line.contains(&setting.help())),
            "{} is not listed",
            setting.key
        );
        assert!(help.contains(&format!("  {}: ", setting.key)), "{} is not in the help", setting.key);
    }
}

#[test]
fn every_setting_has_a_place_a_label_and_help() {
    for setting in Setting::all() {
        assert!(!setting.label.is_empty() && !setting.hint().is_empty(), "{}", setting.key);
        assert!(!setting.label.contains('_'), "{} is a key, not a label", setting.label);
        assert!(!setting.families.is_empty(), "{} is of no family", setting.key);
        let default = setting.default().is_some();
        assert!(default || !setting.usual.is_empty() || setting.key == "machine", "{}", setting.key);
        assert!(setting.place != Place::Slider || setting.slider.is_some(), "{} has no rail", setting.key);
    }
    let context = context();
    let scenarios = scenarios(&context);
    for setting in Setting::all().filter(|setting| is_moved(setting)) {
        let shown = |scenario: &Scenario| {
            Setting::of(scenario).any(|other| std::ptr::eq(other, setting))
                && setting.shown(scenario) != Place::Elsewhere
        };
        assert!(scenarios.iter().any(shown), "{} has no row in any form", setting.key);
    }
    for family in Family::ALL {
        assert!(Setting::keys().any(|key| Setting::families_of(key).contains(&family)));
    }
}
