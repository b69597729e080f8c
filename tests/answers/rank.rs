//! Ranked rows are plain estimates, each in the best quantization that fits, in the order that was asked for.

#![expect(clippy::panic, reason = "a helper of tests says which case failed")]

use std::sync::{Arc, LazyLock};

use assert_cmd::Command;
use plimsoll::catalog::{calibration, quality};
use plimsoll::cli::Context;
use plimsoll::engine::rank::{Contender, Row, Sort, best_first, rank, sort};
use plimsoll::engine::solve::{Change, Variants, fits};
use plimsoll::engine::{Assumptions, Held, Question, Verdict, estimate};
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{Machine, Makes, Model, Quality, Quantization, Scenario};
use plimsoll::units::Bytes;
use serde_json::Value;

static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context::built_in(""));

/// The preset of a chat read again with other keys, as `--set` reads it.
struct Chat;

impl Variants for Chat {
    fn with(&self, changes: &[Change]) -> Option<Scenario> {
        let text = &CONTEXT.catalog.preset("chat-8b").expect("a preset").text;
        let below = parse(text, "chat-8b").expect("keys").remove(0);
        let mut over = PresetKeys::default();
        for change in changes {
            over.replace(change.key, &change.value).ok()?;
        }
        resolve(over.over(below), &*CONTEXT).ok().map(|preset| preset.scenario)
    }
}

fn model(id: &str) -> Arc<Model> {
    Arc::clone(CONTEXT.catalog.model(id).expect("a model"))
}

fn machine(id: &str) -> Arc<Machine> {
    Arc::clone(CONTEXT.catalog.machine(id).expect("a machine"))
}

/// Formats of every runtime, GGUF's and others.
fn formats() -> Vec<Quantization> {
    ["F16", "Q8_0", "Q5_K_M", "Q4_K_M", "IQ4_XS", "Q2_K", "mlx-4bit", "mlx-8bit", "bf16", "fp8", "awq", "nf4"]
        .map(|key| Quantization::parse(key).expect("a known key"))
        .to_vec()
}

const MODELS: [&str; 5] = ["llama-3.1-8b", "llama-3.3-70b", "qwen3-30b-a3b", "gpt-oss-20b", "deepseek-r1"];
const MACHINES: [&str; 6] = [
    "rtx-4090",
    "apple-m5max-40c-128gb",
    "rtx-3060-12gb",
    "strix-halo-395-128gb",
    "h100-sxm",
    "apple-m1-8c-8gb",
];

/// A contender, and its quantizations in their order.
fn contender(id: &str, formats: &[Quantization]) -> (Contender, Vec<Quantization>) {
    let ordered = best_first(&model(id), formats, quality());
    let contender = Contender::new(&Chat, &[Change::new("model", id)], &ordered);
    (contender.expect("a contender"), ordered)
}

fn table() -> Vec<Row<'static>> {
    let contenders: Vec<Contender> = MODELS.map(|id| contender(id, &formats()).0).into_iter().collect();
    let machines = MACHINES.map(machine);
    rank(&contenders, &machines, &Assumptions::new(calibration()), quality())
}

#[test]
fn every_step_is_what_set_reads() {
    for id in MODELS {
        let (contender, ordered) = contender(id, &formats());
        assert_eq!(contender.steps().len(), ordered.len(), "{id}");
        for (step, quantization) in contender.steps().iter().zip(ordered) {
            let changes = [Change::new("model", id), Change::new("quantization", quantization.key())];
            assert_eq!(Some(step), Chat.with(&changes).as_ref(), "{id} {}", quantization.key());
        }
    }
}

#[test]
fn rows_are_plain_estimates_in_the_best_quantization_that_fits() {
    let assumptions = Assumptions::new(calibration());
    let rows = table();
    let mut rows = rows.iter();
    for id in MODELS {
        let (contender, _) = contender(id, &formats());
        for machine in MACHINES.map(machine) {
            let row = rows.next().expect("a row for each");
            let about = format!("{id} on {}", machine.id);
            assert_eq!(row.machine.id, machine.id);
            let format = |scenario: &Scenario| scenario.inference().map(|inference| inference.quantization);
            // What the machine answers in another format is another step's answer.
            let plain: Vec<_> = contender
                .steps()
                .iter()
                .map(|step| (step, estimate(step, &machine, &assumptions)))
                .filter(|(step, answer)| format(step) == format(&answer.resolved.scenario))
                .filter(|(_, answer)| answer.fit.verdict != Verdict::CannotRun)
                .map(|(_, answer)| answer)
                .collect();
            let best = plain.iter().find(|answer| fits(&answer.fit)).or(plain.last());
            assert_eq!(Some(&row.estimate), best, "{about}");
        }
    }
    assert!(rows.next().is_none());
}

#[test]
fn quantizations_go_by_bits_and_by_what_was_measured() {
    let keys = |formats: &[&str]| {
        let formats: Vec<Quantization> =
            formats.iter().map(|key| Quantization::parse(key).expect("known")).collect();
        best_first(&model("llama-3.1-8b"), &formats, quality())
            .into_iter()
            .map(Quantization::key)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        keys(&["Q2_K", "IQ2_M", "Q4_0", "IQ4_XS", "Q4_K_M", "Q8_0", "F16", "Q8_0"]),
        ["F16", "Q8_0", "Q4_K_M", "IQ4_XS", "Q4_0", "IQ2_M", "Q2_K"],
        "IQ4_XS and IQ2_M are smaller than Q4_0 and Q2_K, and lose less"
    );
    assert_eq!(keys(&["mlx-4bit", "mlx-8bit", "bf16"]), ["bf16", "mlx-8bit", "mlx-4bit"], "by bits alone");
}

/// Whether a figure never falls along rows that fit, unknown ones last.
fn rises(rows: &[Row<'_>], figure: impl Fn(&Row<'_>) -> Option<f64>) -> bool {
    let figures: Vec<f64> =
        rows.iter().filter(|row| row.fits()).map(|row| figure(row).unwrap_or(f64::INFINITY)).collect();
    assert!(figures.len() > 5, "{figures:?}");
    figures.windows(2).all(|pair| pair[0] <= pair[1])
}

#[test]
fn each_order_is_what_it_says_and_what_fits_comes_first() {
    for by in [Sort::Speed, Sort::Quality, Sort::Cost, Sort::Price, Sort::Memory, Sort::Size, Sort::Newest] {
        let mut rows = table();
        sort(&mut rows, by, &|_| None);
        let fit = rows.iter().take_while(|row| row.fits()).count();
        assert!(rows.iter().skip(fit).all(|row| !row.fits()), "{by:?}");
        let ordered = match by {
            Sort::Speed => rises(&rows, |row| row.inference().map(|speed| -speed.decode.best.get())),
            Sort::Quality => rises(&rows, |row| row.quality.map(Quality::loss)),
            Sort::Cost => rises(&rows, |row| Some(row.estimate.work_cost?.million_tokens?.best.get())),
            Sort::Price => rises(&rows, |row| Some(row.estimate.cost?.price?.get())),
            Sort::Memory => rises(&rows, |row| row.memory().map(Bytes::get)),
            Sort::Size => rises(&rows, |row| {
                let heavy = row.quality.is_some_and(|quality| quality.loss() > 20.0);
                let language = row.estimate.resolved.scenario.language()?;
                Some(f64::from(u8::from(heavy)) * 1e15 - *language.model.parameters.value())
            }),
            Sort::Newest => rises(&rows, |row| {
                let released = row.machine.released.as_deref()?.replace('-', "");
                released.get(..6)?.parse::<f64>().ok().map(|month| -month)
            }),
        };
        assert!(ordered, "{by:?}");
    }
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Said {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::cargo_bin("plimsoll").expect("the program is built");
    command.env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path().join("config"));
    let output = command.arg("rank").args(arguments).output().expect("it runs");
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

fn rows_of(said: &Said) -> Vec<Value> {
    let json: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}{}", said.out, said.err));
    json["rows"].as_array().expect("rows").clone()
}

#[test]
fn a_machine_ranks_every_model_and_a_row_is_what_check_says() {
    let said = run(&["--machine", "rtx-4090", "--json"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let rows = rows_of(&said);
    let writes = CONTEXT.catalog.models.iter().filter(|model| model.makes == Makes::Text);
    assert_eq!(rows.len(), writes.count(), "models that chat");
    let row = rows.iter().find(|row| row["model"] == "qwen3-32b").expect("a row");
    let quantization = format!("quantization={}", row["quantization"].as_str().expect("a key"));
    let home = tempfile::tempdir().expect("a folder");
    let mut check = Command::cargo_bin("plimsoll").expect("the program is built");
    let check = check
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .args([
            "check",
            "chat-8b",
            "--model",
            "qwen3-32b",
            "--machine",
            "rtx-4090",
            "--json",
            "--set",
            &quantization,
        ])
        .output()
        .expect("it runs");
    let check: Value = serde_json::from_slice(&check.stdout).expect("JSON");
    assert_eq!(row["verdict"], check["verdict"]);
    assert_eq!(row["memory_bytes"], check["memory"]["peak_bytes"]["best"]);
    assert_eq!(row["decode_tokens_per_s"], check["speed"]["decode_tokens_per_s"]["best"]);
    assert_eq!(row["time_to_first_token_s"], check["speed"]["time_to_first_token_s"]["best"]);
    assert_eq!(row["output_dollars_per_million"], check["cost"]["output_dollars_per_million"]["best"]);
}

#[test]
fn a_workload_ranks_machines_within_a_price_and_says_when_nothing_fits() {
    let said = run(&["chat-70b", "--max-price", "4000", "--sort", "price", "--json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let rows = rows_of(&said);
    assert!(rows.len() > 50);
    for row in &rows {
        assert_eq!(
            (&row["model"], &row["quantization"]),
            (&"llama-3.3-70b".into(), &"Q4_K_M".into()),
            "{row}"
        );
        let price = row["price_dollars"].as_f64();
        assert!(price.map_or(row["dollars_per_hour"].is_number(), |price| price <= 4000.0), "{row}");
    }
    let none = run(&["chat-70b", "--machines", "rtx-3060-12gb,rtx-4090", "--json"]);
    assert_eq!(none.code, Some(1), "{}", none.err);
    assert!(rows_of(&none).iter().all(|row| row["verdict"] == "does-not-fit"));
}

#[test]
fn other_workloads_are_ranked_by_what_they_do() {
    let said = run(&["sdxl", "--machines", "rtx-4090,rtx-3090", "--json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let rows = rows_of(&said);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["machine"], "rtx-4090-24gb");
    assert!(rows[0]["seconds_per_image"].as_f64() < rows[1]["seconds_per_image"].as_f64());
    assert_eq!(rows[0]["quality"], Value::Null);
}

#[test]
fn what_there_is_not_is_said_with_what_there_is() {
    for (arguments, expected) in [
        (&["--machine", "rtx-4090", "--sort", "beauty"][..], "speed, quality, cost, price"),
        (&["--machine", "rtx-4090", "--quantizations", "Q4_K_XXL"][..], "Q4_K_M"),
        (&["--machine", "rtx-4090", "--models", "llama-9"][..], "plimsoll list models"),
        (&["sdxl", "--models", "llama-3.1-8b"][..], "leave --models out"),
        (&["sdxl", "--quantizations", "Q4_K_M"][..], "leave --quantizations out"),
    ] {
        let said = run(arguments);
        assert_eq!(said.code, Some(3), "{arguments:?}: {}", said.out);
        assert!(said.err.contains(expected), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn a_small_table_reads_well() {
    let machines = ["--machines", "rtx-4090,mac-mini-m5-pro-64gb,strix-halo-395-128gb"];
    let said = run(&[&machines[..], &["--models", "llama-3.3-70b,qwen3-32b,llama-3.1-8b"]].concat());
    assert_eq!(said.code, Some(0), "{}", said.err);
    insta::assert_snapshot!(said.out);
}

#[test]
fn a_machine_has_rows_of_the_formats_it_reads() {
    let is_mlx = |row: &Row<'_>| matches!(row.quantization(), Some(Quantization::Mlx { .. }));
    for row in table() {
        assert!(row.machine.id.starts_with("apple") || !is_mlx(&row), "{}", row.machine.id);
    }
}

/// Weights that are over a limit alone are told without the rest of a budget, and only those.
#[test]
fn a_verdict_in_short_is_that_of_a_plain_estimate() {
    let assumptions = Assumptions::new(calibration());
    let ids =
        ["rtx-3060-12gb", "rtx-4090-24gb", "apple-m4-10c-16gb", "apple-m5max-40c-128gb", "a100-80gb-sxm"];
    let machines = ids.map(machine);
    let mut too_small = 0;
    for known in CONTEXT.catalog.models.iter().step_by(4) {
        for format in ["F16", "Q8_0", "Q4_K_M", "IQ2_XXS", "mlx-4bit", "awq"] {
            let changes = [Change::new("model", known.id.as_str()), Change::new("quantization", format)];
            let Some(scenario) = Chat.with(&changes) else { continue };
            let mut question = Question::new(&scenario);
            for machine in &machines {
                let verdict = question.verdict(&mut Held::new(machine), &assumptions);
                let plain = estimate(&scenario, machine, &assumptions).fit.verdict;
                assert_eq!(verdict, plain, "{} in {format} on {}", known.id, machine.id);
                too_small += u32::from(plain == Verdict::DoesNotFit);
            }
        }
    }
    assert!(too_small > 100, "{too_small} do not fit");
}
