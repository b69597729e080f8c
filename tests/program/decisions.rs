//! What `solve`, `rank`, `plan` and `compare` say of what was left out, in words and in JSON.

use std::process::{Command, Output};

use serde_json::Value;

pub(crate) fn run(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .env("XDG_DATA_HOME", folder.path())
        .output()
        .expect("the program runs")
}

pub(crate) fn text(arguments: &[&str]) -> String {
    String::from_utf8(run(arguments).stdout).expect("text")
}

pub(crate) fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&text(arguments)).expect("JSON")
}

#[test]
fn what_only_rents_does_not_say_that_nothing_can_be_bought() {
    let asked = ["solve", "chat-8b", "--for", "machine", "--rent", "--hours-a-day", "4"];
    let said = text(&asked);
    assert!(!said.contains("nothing that fits") && said.contains("left out by --rent"), "{said}");
    assert!(said.contains("what 4 hours a day for 5 years cost"), "{said}");
    let found = json(&[&asked[..], &["--json"]].concat());
    assert_eq!(found["left_out"][0]["what"], "to-buy", "{found}");
    let first = &found["rent"][0];
    let rent = first["dollars_per_hour"].as_f64().expect("a rent");
    let total = first["total_dollars"].as_f64().expect("a total");
    assert!((total / (rent * 4.0 * 365.0 * 5.0) - 1.0).abs() < 0.01, "{first}");
    let said = text(&["solve", "chat-8b", "--for", "machine", "--rent", "--users", "3"]);
    assert!(!said.contains("nothing that serves them"), "{said}");
}

#[test]
fn a_price_that_excludes_is_said_to() {
    let said = text(&["solve", "chat-8b", "--for", "machine", "--budget", "500"]);
    assert!(said.contains("cost more than --budget $500"), "{said}");
    let asked = ["rank", "--max-price", "500", "--machine", "rtx-4090"];
    let said = text(&asked);
    assert!(said.contains("Left out by --max-price $500: GeForce RTX 4090"), "{said}");
    assert!(!said.contains("nothing fits"), "{said}");
    let found = json(&[&asked[..], &["--json"]].concat());
    assert_eq!(found["left_out"].as_array().map(Vec::len), Some(1), "{found}");
}

#[test]
fn titles_and_limits_are_those_of_what_was_asked() {
    let said = text(&["rank", "--models", "llama-3.3-70b", "--machine", "apple-m5max-40c-128gb"]);
    assert!(said.starts_with("Llama 3.3 70B on "), "{said}");
    let said =
        text(&["solve", "chat-8b", "--for", "concurrency", "--machine", "rtx-4090", "--set", "runtime=vllm"]);
    assert!(!said.contains("the the"), "{said}");
    let said = run(&["compare", "chat-8b", "--machines", "rtx-4090", "--save", "missing/x.html"]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("there is no folder missing"), "{said}");
}

#[test]
fn steps_of_a_plan_change_whole_bytes_that_sum() {
    for (preset, machine) in
        [("chat-70b", "rtx-4090"), ("coding-agent-32b", "rtx-4090"), ("lora-13b", "rtx-3060-12gb")]
    {
        let found = json(&["plan", preset, "--machine", machine, "--json"]);
        let alternatives = found["alternatives"].as_array().expect("ways");
        let ways = std::iter::once(&found).chain(alternatives);
        for step in ways.flat_map(|way| way["steps"].as_array().expect("steps")) {
            let delta = step["delta_bytes"].as_f64().expect("bytes");
            assert!(delta.fract().abs() < f64::EPSILON, "{preset}: {step}");
        }
    }
}

/// A comparison saved as a file of some ending, as text.
pub(crate) fn saved(arguments: &[&str], ending: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("report.{ending}"));
    let file = path.to_str().expect("a path");
    let output = run(&[arguments, &["--save", file]].concat());
    std::fs::read_to_string(&path).unwrap_or_else(|_| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        format!("nothing was saved: {said}")
    })
}

const TWO: [&str; 4] = ["compare", "chat-8b", "--machines", "rtx-4090,apple-m5max-40c-128gb"];

#[test]
fn a_saved_comparison_holds_machines_against_one_of_them() {
    let text = saved(&TWO, "md");
    assert!(text.contains("| Baseline | held against this one |") && text.contains(" ×"), "{text}");
    assert!(text.contains("| Noise | unknown | unknown |"), "{text}");
    let other = saved(&[&TWO[..], &["--baseline", "apple-m5max-40c-128gb"]].concat(), "md");
    assert!(other.contains("| Baseline | – | held against this one |"), "{other}");
    let table = saved(&TWO, "csv");
    let head: Vec<&str> = table.lines().next().expect("a line").split(',').collect();
    for column in ["run_dollars", "image_dollars", "load_watts", "form", "noise", "notes", "scenario"] {
        assert!(head.contains(&column), "{column}: {head:?}");
    }
}

#[test]
fn a_model_that_writes_nothing_reads_in_a_report_and_the_one_that_reads_more_is_faster() {
    let asked = ["compare", "chat-8b", "--set", "model=bge-m3", "--machines", "arc-b570,rtx-4090"];
    let text = saved(&asked, "md");
    assert!(text.contains("It reads about ") && !text.contains("A run takes"), "{text}");
    let times = text.split(" times as fast").next().filter(|before| *before != text);
    let times = times.and_then(|before| before.rsplit(' ').next()).expect("one is faster");
    assert!(times.parse::<f64>().expect("a number") > 1.0, "{text}");
    let page = saved(&asked, "html");
    assert!(page.contains("prefill, all texts at once") && !page.contains(">a run<"), "{page}");
}

#[test]
fn two_scenarios_stand_side_by_side_in_every_format_and_open_again() {
    let with = [&TWO[..], &["--with", "chat-70b"]].concat();
    for (ending, part) in [
        ("md", "## Beside “Chat 70B Q4”"),
        ("html", "Beside “Chat 70B Q4”"),
        ("csv", "Chat 70B Q4"),
        ("json", "\"beside\": ["),
        ("ron", "beside: Some("),
    ] {
        let text = saved(&with, ending);
        assert!(text.contains(part), "{ending}: {text}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("two.ron");
    let file = path.to_str().expect("a path");
    run(&[&with[..], &["--save", file]].concat());
    let again = text(&["compare", file]);
    assert!(again.contains("Chat 8B\n") && again.contains("Chat 70B Q4\n"), "{again}");
}

#[test]
fn notes_are_kept_in_what_opens_again() {
    let noted = ["compare", "coding-agent-32b", "--machines", "rtx-4090"];
    for ending in ["ron", "csv"] {
        let text = saved(&noted, ending);
        assert!(text.contains("kv_precision q8_0 sets cache_type_k and cache_type_v"), "{ending}: {text}");
    }
}

/// Two values that stop a search are told apart, one is not many, and what is made has its own name.
#[test]
fn words_agree_with_their_figures() {
    let said = text(&["solve", "chat-8b", "--for", "concurrency", "--machine", "rtx-4090"]);
    assert!(said.contains("1 request is the most that fits") && said.contains("share its context"), "{said}");
    let said = text(&["solve", "chat-70b", "--for", "model_size", "--machine", "mac-mini-m6-32gb"]);
    let sizes: Vec<&str> = said.lines().skip(1).filter_map(|line| line.split(" parameters").next()).collect();
    assert!(sizes.len() == 2 && !sizes[0].ends_with(sizes[1].trim()), "two sizes that differ: {said}");
    let said = text(&["rank", "flux-1-dev", "--machines", "rtx-5090,a100-80gb-sxm", "--sort", "cost"]);
    assert!(said.contains(" an image") && !said.contains(" a run"), "{said}");
    let said =
        text(&["rank", "wan-2.2-5b", "--machines", "a100-80gb-sxm,8x h100-sxm-80gb", "--sort", "speed"]);
    assert!(said.contains("a clip, 8 at once"), "what several devices are sorted by: {said}");
    let alone = saved(&["compare", "chat-8b", "--machines", "rtx-4090,rtx-5090"], "md");
    assert!(!alone.contains("Aggregate throughput"), "of one request there is nothing to add up: {alone}");
    let several = saved(&["compare", "five-agents-8b", "--machines", "rtx-4090,rtx-5090"], "md");
    assert!(several.contains("Aggregate throughput"), "{several}");
    // Adapters are trained over no base that only generates, and images can be encoded once before.
    let said = text(&["plan", "sdxl-lora", "--machine", "rtx-4060"]);
    assert!(!said.contains("GGUFQuantizationConfig") && said.contains("Cached latents"), "{said}");
    // diffusers makes 37 frames of 36.
    let said = run(&["check", "wan-2.2-5b", "--machine", "h100-sxm-80gb", "--set", "frames=36"]);
    let said = [said.stdout, said.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("of 36 it makes 37"), "{said}");
    let none = saved(&["compare", "flux-1-dev", "--machines", "rtx-3060-12gb,mac-mini-m6-16gb"], "md");
    let first = none.lines().nth(2).expect("an answer");
    let both = "The Mac mini M6 16 GB and the GeForce RTX 3060 12GB hold it after the steps below.";
    assert!(first.contains("as it is asked") && first.contains(both), "{first}");
}

#[test]
fn what_is_solved_says_the_system_memory_that_nothing_bounds() {
    let set = ["--set", "method=full", "--set", "precision=bf16", "--set", "training_offload=all"];
    let asked =
        [&["solve", "lora-13b", "--for", "micro_batch", "--machine", "2x rtx-4090"][..], &set].concat();
    let found = json(&[&asked[..], &["--json"]].concat());
    let known = found["system_memory_bytes"].as_f64();
    let said = text(&asked);
    assert!(known.is_none_or(|bytes| bytes > 1e11), "13 B parameters take more: {found}");
    assert_eq!(known.is_some(), said.contains("of system memory, and how much"), "{said}");
}

#[test]
fn nothing_is_solved_of_adapters_that_are_not_modelled() {
    for pipeline in ["z-image", "flux.2-dev"] {
        let set = format!("pipeline={pipeline}");
        let asked = ["solve", "sdxl", "--for", "rank", "--machine", "h100-sxm-80gb", "--set", "mode=lora"];
        let output = run(&[&asked[..], &["--set", &set]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("is not modelled"), "{pipeline}: {said}");
    }
}
