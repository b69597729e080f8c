//! Logs of programs beside the estimate of `check`, and kept as a machine's own measurements.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::world::Captured;
use plimsoll::cli::{self, Asked, Outside, Printer};
use plimsoll::detect::{
    NvmlReading, Output, Platform, ProbeError, SystemReading, World, kept_file, read_kept,
};
use plimsoll::import::stores::ThisDisk;
use serde_json::Value;

/// A captured machine with a real folder of its user.
struct Owned(Captured);

impl World for Owned {
    fn platform(&self) -> Platform {
        self.0.platform()
    }
    fn run(&self, program: &str, arguments: &[&str], limit: Duration) -> Result<Output, ProbeError> {
        self.0.run(program, arguments, limit)
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, ProbeError> {
        self.0.read(path).or_else(|error| fs::read(path).map_err(|_absent| error))
    }
    fn list(&self, folder: &str) -> Result<Vec<String>, ProbeError> {
        self.0.list(folder)
    }
    fn system(&self) -> SystemReading {
        self.0.system()
    }
    fn nvml(&self) -> Result<NvmlReading, ProbeError> {
        self.0.nvml()
    }
    fn today(&self) -> String {
        self.0.today()
    }
}

/// What a program on a machine says to these arguments; with the code, standard output and errors.
fn said(machine: &str, user: &Path, arguments: &[&str]) -> (u8, String, String) {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let mut outside = Outside {
        input: &mut std::io::empty(),
        output: Printer::new(&mut output, false),
        errors: &mut errors,
        world: &Owned(Captured::load(machine)),
        disk: Arc::new(ThisDisk),
        user_folder: Some(user.to_owned()),
        today: "2026-11-27".to_owned(),
    };
    let arguments = ["plimsoll"].into_iter().chain(arguments.iter().copied()).map(Into::into);
    let Asked::Answered(code) = cli::run(arguments, &mut outside) else { panic!("no window was asked for") };
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (code, text(output), text(errors))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn ollama(decode: f64, prefill: f64) -> String {
    format!(
        "prompt eval count:    512 token(s)\nprompt eval rate:     {prefill:.2} tokens/s\n\
         eval count:           128 token(s)\neval rate:            {decode:.2} tokens/s\n"
    )
}

const MAC: &str = "m3-max-64gb-macos-14";
const LLAMA: [&str; 3] = ["check", "llama-3.1-8b", "--json"];

fn decode(answer: &Value) -> (f64, f64, f64) {
    let of = |end: &str| answer["speed"]["decode_tokens_per_s"][end].as_f64().expect("a speed");
    (of("low"), of("best"), of("high"))
}

#[test]
fn a_log_stands_beside_the_estimate() {
    let user = tempfile::tempdir().expect("a folder");
    let log = user.path().join("log.txt");
    fs::write(&log, ollama(50.0, 600.0)).expect("a log");
    let log = log.to_str().expect("text");
    let (_, text, errors) =
        said(MAC, user.path(), &["check", "llama-3.1-8b", "--set", "runtime=llama.cpp", "--log", log]);
    assert!(text.contains("measured by Ollama") && text.contains("50.0 tok/s"), "{text}{errors}");
    assert!(text.contains("128 tokens, after 512") && text.contains("estimated "), "{text}");
    let (_, text, _) = said(MAC, user.path(), &[&LLAMA[..], &["--log", log]].concat());
    let answer = json(&text);
    let run = &answer["measured"][0];
    assert_eq!((run["program"].as_str(), run["runtime"].as_str()), (Some("Ollama"), Some("llama.cpp")));
    let figures = run["figures"].as_array().expect("figures");
    let of = |quantity: &str| figures.iter().find(|own| own["quantity"] == quantity).expect("a figure");
    for quantity in ["decode_tokens_per_s", "prefill_tokens_per_s"] {
        let figure = of(quantity);
        let (measured, best) = (&figure["measured"], &figure["estimated"]["best"]);
        let ratio = measured.as_f64().expect("measured") / best.as_f64().expect("estimated");
        assert!((figure["ratio"].as_f64().expect("a ratio") - ratio).abs() < 1e-12, "{figure}");
    }
    assert_eq!(of("decode_tokens_per_s")["depth"], 512);
    let outside = |figure: &&Value| {
        let end = |end: &str| figure["estimated"][end].as_f64();
        let measured = figure["measured"].as_f64().expect("measured");
        end("low").is_some_and(|low| measured < low) || end("high").is_some_and(|high| measured > high)
    };
    for speed in [1.0, 50.0, 400.0] {
        fs::write(user.path().join("log.txt"), ollama(speed, 600.0)).expect("a log");
        let asked = ["check", "llama-3.1-8b", "--set", "runtime=llama.cpp", "--log", log];
        let (_, text, _) = said(MAC, user.path(), &asked);
        let answer = json(&said(MAC, user.path(), &[&asked[..], &["--json"]].concat()).1);
        let figures = answer["measured"][0]["figures"].as_array().expect("figures");
        let (is, right) = (text.matches("outside the band").count(), figures.iter().filter(outside).count());
        assert_eq!(is, right, "{speed} tok/s: {text}");
    }
    assert!(json(&said(MAC, user.path(), &LLAMA).1)["measured"].is_null(), "without a log there is nothing");
}

#[test]
fn what_is_kept_corrects_the_estimates_of_this_machine_alone() {
    let user = tempfile::tempdir().expect("a folder");
    let log = user.path().join("log.txt");
    let ask = |more: &[&str]| {
        let asked = [&LLAMA[..], &["--set", "runtime=llama.cpp"], more].concat();
        let (code, text, errors) = said(MAC, user.path(), &asked);
        assert!(code <= 2, "{errors}");
        json(&text)
    };
    fs::write(&log, ollama(30.0, 300.0)).expect("a log");
    let path = log.to_str().expect("text");
    let before = ask(&["--log", path]);
    let figures = before["measured"][0]["figures"].as_array().expect("figures");
    let ratio = figures.iter().find(|own| own["quantity"] == "decode_tokens_per_s").expect("decode")["ratio"]
        .as_f64()
        .expect("a ratio");
    let kept = ask(&["--log", path, "--keep"]);
    let file = kept_file(user.path());
    assert_eq!(kept["kept_in"].as_str(), file.to_str());
    let runs = read_kept(&Owned(Captured::load(MAC)), user.path()).expect("runs");
    assert_eq!(runs.len(), 2);
    assert!(runs.iter().all(|run| run.kept_on == "2026-11-27" && run.quantization == "Q4_K_M"), "{runs:?}");

    let after = ask(&[]);
    let (slow, fast) = (decode(&after), decode(&before));
    assert!((slow.1 / fast.1 / ratio - 1.0).abs() < 0.02, "{slow:?} {fast:?} {ratio}");
    assert!(
        after["notes"].to_string().contains("Decode is corrected by 1 kept run of this model"),
        "{after}"
    );
    let other = ask(&["--model", "qwen3-8b"]);
    assert!(other["notes"].to_string().contains("of other models"), "{other}");
    assert!(
        ask(&["--machine", "rtx-4090"])["notes"].to_string().find("kept run").is_none(),
        "not another machine"
    );
    let (_, text, _) = said("m5-max-128gb-macos-26", user.path(), &LLAMA);
    assert!(!text.contains("kept run"), "nor one that is detected under the same user: {text}");
    let (_, text, _) = said(MAC, user.path(), &["machine"]);
    assert!(text.contains("Kept runs"), "{text}");

    // Kept again, it stands once; and what was held beside is the estimate without what was kept.
    let again = ask(&["--log", path, "--keep"]);
    assert_eq!(read_kept(&Owned(Captured::load(MAC)), user.path()).expect("runs").len(), 2);
    assert_eq!(again["measured"], before["measured"]);
}

#[test]
fn a_kept_run_above_the_roofline_is_held_under_it() {
    let user = tempfile::tempdir().expect("a folder");
    let log = user.path().join("log.txt");
    fs::write(&log, ollama(900.0, 600.0)).expect("a log");
    let asked = [&LLAMA[..], &["--set", "runtime=llama.cpp", "--log", log.to_str().expect("text"), "--keep"]]
        .concat();
    said(MAC, user.path(), &asked);
    let after = json(&said(MAC, user.path(), &asked[..5]).1);
    let roof = &after["speed"]["decode_roofline_tokens_per_s"];
    let roof = roof["value"].as_f64().or_else(|| roof["best"].as_f64());
    let (_, best, high) = decode(&after);
    let most = 400.0e9 / 4.6e9;
    assert!(best <= high && high <= roof.unwrap_or(most) * 1.05, "{best} {high} {roof:?}");
}

#[test]
fn what_cannot_be_kept_or_read_is_said() {
    let user = tempfile::tempdir().expect("a folder");
    let at = |name: &str| user.path().join(name);
    fs::write(at("log.txt"), ollama(30.0, 300.0)).expect("a log");
    fs::write(at("none.txt"), "hello").expect("a text");
    fs::write(at("start.txt"), "GPU KV cache size: 43,104 tokens\n").expect("a log");
    fs::create_dir(at("folder")).expect("a folder");
    let refused = |name: &str, more: &[&str]| {
        let path = at(name);
        let asked = [&["check", "chat-8b", "--log", path.to_str().expect("text")], more].concat();
        let (code, _, errors) = said(MAC, user.path(), &asked);
        assert_eq!(code, 3, "{name} {more:?}");
        errors
    };
    assert!(refused("none.txt", &[]).contains("no figures of a run were found"));
    assert!(refused("folder", &[]).contains("not a regular file"));
    assert!(refused("absent.txt", &[]).contains("absent.txt"));
    assert!(refused("log.txt", &["--keep", "--machine", "rtx-4090"]).contains("leave --machine out"));
    assert!(refused("start.txt", &["--keep"]).contains("nothing to keep"));
    assert!(!kept_file(user.path()).exists(), "nothing was written");
    fs::write(kept_file(user.path()), "(").expect("a damaged file");
    let (code, _, errors) = said(MAC, user.path(), &["check", "chat-8b", "--machine", "rtx-4090"]);
    assert!(code == 0 && errors.contains("runs.ron:1:") && errors.contains("delete it"), "{code} {errors}");
}
