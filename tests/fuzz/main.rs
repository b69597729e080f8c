//! Everything that is read from outside, fed with what no program writes: seeds that are right, with bytes changed, cut
//! and put in. Nothing may panic, hang, or say more than a person can read.
//!
//! Each target runs for some seconds; `PLIMSOLL_FUZZ_SECONDS=900 cargo test --release --test fuzz TARGET` for long.
//! Small files of every form that a target reads lie in `tests/fuzz/corpus/TARGET`, beside what once broke something; they
//! are tried first, as they are and changed.

mod mutate;
#[path = "../support/paper_disk.rs"]
#[expect(dead_code, reason = "other tests lay out more")]
mod paper_disk;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use mutate::{Edits, mutated};
use paper_disk::PaperDisk;
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::{Assumptions, estimate};
use plimsoll::evidence::logs::{beside, read_log};
use plimsoll::here::ModelHere;
use plimsoll::import::import;
use plimsoll::import::stores::{Search, Step};
use plimsoll::report::{Format, Opened, Report, export, open};
use plimsoll::spec::preset::{Models, NoModel, PresetKeys, parse_each, resolve};
use plimsoll::spec::{Machine, Model, Os, Scenario};

/// Most characters that one sentence may have: a list of all that is known has some thousand.
const LONGEST: usize = 6_000;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// How long each target runs.
fn time() -> Duration {
    let asked = std::env::var("PLIMSOLL_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(asked.unwrap_or(10))
}

/// The files of a folder of seeds, with those that are kept for the target.
fn seeds(target: &str, folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    for folder in [root().join("tests/fuzz/corpus").join(target), root().join(folder)] {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let kept =
                path.starts_with(root().join("tests/fuzz")) || path.to_string_lossy().ends_with(ending);
            if kept && path.is_file() {
                paths.push(path);
            }
        }
    }
    let own = paths.iter().filter(|path| path.starts_with(root().join("tests/fuzz"))).count();
    assert!(own > 0, "nothing is kept for {target}");
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a seed")).collect()
}

/// What is tried on every input. A target that panics is not asked again, so nothing of it can be seen half done.
struct Target<F>(F);

impl<F> std::panic::RefUnwindSafe for Target<F> {}

impl<F: Fn(&[u8])> Target<F> {
    fn try_on(&self, bytes: &[u8]) {
        (self.0)(bytes);
    }
}

/// Runs a target over changed seeds.
fn fuzz(seeds: &[Vec<u8>], words: &[&str], target: impl Fn(&[u8])) {
    assert!(!seeds.is_empty(), "there is nothing to begin with");
    let target = &Target(target);
    for seed in seeds {
        target.try_on(seed);
    }
    let runs = &AtomicU64::new(0);
    let test =
        bolero::check!().with_test_time(time()).with_iterations(usize::MAX).with_type::<(u16, Edits)>();
    test.for_each(|(seed, edits): &(u16, Edits)| {
        runs.fetch_add(1, Ordering::Relaxed);
        let seed = &seeds[usize::from(*seed) % seeds.len()];
        target.try_on(&mutated(seed, edits, words));
    });
    let runs = runs.load(Ordering::Relaxed);
    assert!(runs > 20, "only {runs} runs");
}

/// A sentence for a person.
fn said(text: &impl ToString) {
    let text = text.to_string();
    let signs = text.chars().count();
    assert!(signs <= LONGEST, "{signs} characters: {}…", text.chars().take(300).collect::<String>());
}

fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);
    &CATALOG
}

fn machine() -> &'static Arc<Machine> {
    catalog().machine("rtx-4090").expect("in the catalog")
}

struct Known;

impl Models for Known {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        catalog().model(key).cloned().map_err(|error| NoModel(error.to_string()))
    }

    fn scaled(&self, model: &Model, _parameters: f64) -> Model {
        model.clone()
    }
}

/// The one model that was read.
struct Single(Arc<Model>);

impl Models for Single {
    fn find(&self, _key: &str) -> Result<Arc<Model>, NoModel> {
        Ok(Arc::clone(&self.0))
    }

    fn scaled(&self, model: &Model, _parameters: f64) -> Model {
        model.clone()
    }
}

/// Reads a file as a model, and asks what follows.
fn model(path: &Path) {
    let imported = match import(path) {
        Ok(imported) => imported,
        Err(error) => return said(&error.problem),
    };
    said(&imported.summary());
    for note in &imported.notes {
        said(note);
    }
    if let Some(model) = imported.into_model() {
        let assumptions = Assumptions::new(calibration());
        let mut keys = PresetKeys::default();
        keys.set("model", "/a").expect("a path");
        match ModelHere::new(&keys, &Single(Arc::new(model)), machine(), &assumptions) {
            Ok(here) => {
                assert!(
                    here.estimate.budget.phases.iter().all(|phase| phase.total().best.get() >= 0.0),
                    "no phase needs less than nothing"
                );
            }
            Err(error) => said(&error),
        }
    }
}

/// A target that reads a file of that name.
fn of_file(name: &'static str, seeds: &[Vec<u8>], words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fuzz(seeds, words, |bytes| {
        fs::write(&path, bytes).expect("a file");
        model(&path);
    });
}

const JSON: [&str; 22] = [
    "null",
    "true",
    "-1",
    "0",
    "1e400",
    "9007199254740993",
    "18446744073709551615",
    "\"\"",
    "{}",
    "[]",
    "[[",
    "{\"a\":",
    "NaN",
    "Infinity",
    "\"\\u202e\"",
    "\"model_type\"",
    "\"quantization_config\"",
    "\"text_config\"",
    "\"num_hidden_layers\":",
    "\"data_offsets\":[0,",
    "\"shape\":[",
    "\"dtype\":\"",
];

#[test]
fn gguf() {
    let words = [
        "GGUF",
        "general.architecture",
        "llama",
        "general.file_type",
        ".block_count",
        "blk.0.",
        "\u{ff}\u{ff}",
    ];
    let seeds: Vec<Vec<u8>> = seeds("gguf", "tests/headers", ".gguf")
        .into_iter()
        .map(|seed| seed.get(..seed.len().min(64 << 10)).expect("its start").to_vec())
        .chain([small_gguf()])
        .collect();
    of_file("m.gguf", &seeds, &words);
}

/// A GGUF header with a few settings and one tensor.
fn small_gguf() -> Vec<u8> {
    let mut bytes = b"GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0".to_vec();
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    };
    text(&mut bytes, "general.architecture");
    bytes.extend_from_slice(&8_u32.to_le_bytes());
    text(&mut bytes, "llama");
    for (key, value) in [("llama.block_count", 1_u32), ("llama.embedding_length", 64)] {
        text(&mut bytes, key);
        bytes.extend_from_slice(&4_u32.to_le_bytes());
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    text(&mut bytes, "token_embd.weight");
    bytes.extend_from_slice(&2_u32.to_le_bytes());
    for dimension in [64_u64, 32] {
        bytes.extend_from_slice(&dimension.to_le_bytes());
    }
    bytes.extend_from_slice(&1_u32.to_le_bytes());
    bytes.extend_from_slice(&0_u64.to_le_bytes());
    bytes
}

#[test]
fn safetensors() {
    let header = br#"{"__metadata__":{"format":"pt"},"model.layers.0.self_attn.q_proj.weight":{"dtype":"BF16","shape":[64,64],"data_offsets":[0,8192]},"lm_head.weight":{"dtype":"F8_E4M3","shape":[8,8],"data_offsets":[8192,8256]}}"#;
    let mut one = (header.len() as u64).to_le_bytes().to_vec();
    one.extend_from_slice(header);
    one.extend_from_slice(&[0; 64]);
    let mut all = seeds("safetensors", "tests/none", ".safetensors");
    all.push(one);
    of_file("m.safetensors", &all, &JSON);
}

#[test]
fn config() {
    of_file("config.json", &seeds("config", "tests/configs", ".json"), &JSON);
}

/// What lies beside a model's configuration and its tensors, or in place of them.
#[test]
fn folder() {
    let config = root().join("tests/fuzz/corpus/config/wide.json");
    let tensors = root().join("tests/fuzz/corpus/safetensors/language.safetensors");
    let kinds: Vec<(tempfile::TempDir, &str)> = [
        ("adapter_config.json", "adapters.safetensors", false),
        ("model_index.json", "vae/diffusion_pytorch_model.safetensors", false),
        ("model.safetensors.index.json", "model-00001-of-00002.safetensors", true),
        ("hf_quant_config.json", "model.safetensors", true),
    ]
    .into_iter()
    .map(|(kind, weights, configured)| {
        let folder = tempfile::tempdir().expect("a folder");
        let weights = folder.path().join(weights);
        fs::create_dir_all(weights.parent().expect("a folder")).expect("a folder");
        fs::copy(&tensors, weights).expect("a file");
        if configured {
            fs::copy(&config, folder.path().join("config.json")).expect("a file");
        }
        (folder, kind)
    })
    .collect();
    fuzz(&seeds("folder", "tests/none", ".json"), &JSON, |bytes| {
        for (folder, kind) in &kinds {
            fs::write(folder.path().join(kind), bytes).expect("a file");
            model(folder.path());
        }
    });
}

const RON: [&str; 20] = [
    "(",
    ")",
    "[",
    "]",
    "Some(",
    "None",
    "\"",
    "//",
    "/*",
    "*/",
    "r#\"",
    "#![enable(implicit_some)]",
    ": 1e999,",
    ": -1,",
    "model: \"\"",
    "family: \"gnn\"",
    "plimsoll_report: 3,",
    "GiB(",
    "context: ",
    "\u{202e}",
];

#[test]
fn preset() {
    fuzz(&seeds("preset", "presets", ".ron"), &RON, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match parse_each(&text, "a.ron") {
            Err(error) => said(&error),
            Ok(entries) => entries.into_iter().take(4).for_each(|entry| match entry.keys {
                Err(error) => said(&error),
                Ok(keys) => match resolve(&keys, &Known) {
                    Err(error) => said(&error),
                    Ok(preset) => answer(&preset.scenario, &preset.notes),
                },
            }),
        }
    });
}

/// What follows from a scenario that was read, and what is said of it.
fn answer(scenario: &Scenario, notes: &[String]) {
    notes.iter().for_each(said);
    let estimate = estimate(scenario, machine(), &Assumptions::new(calibration()));
    if let Some(deciding) = estimate.fit.deciding() {
        let need = deciding.need;
        assert!(need.low <= need.best && need.best <= need.high, "{need:?} {scenario:?}");
    }
}

#[test]
fn report() {
    let mut all = seeds("report", "tests/none", ".ron");
    for id in ["chat-8b", "whole-program-gnn", "sdxl"] {
        let Ok(preset) = catalog().preset(id) else { continue };
        let entries = parse_each(&preset.text, &preset.file).expect("a preset");
        let keys = entries.into_iter().next().expect("one").keys.expect("keys");
        let scenario = resolve(&keys, &Known).expect("a scenario").scenario;
        let assumptions = Assumptions::new(calibration());
        let report =
            Report::new(scenario, &[Arc::clone(machine())], &assumptions, ("2026-11-27", "2026-11-20"));
        all.push(export(&report, Format::Ron).into_bytes());
    }
    fuzz(&all, &RON, |bytes| match open(&String::from_utf8_lossy(bytes), "a.ron") {
        Err(error) => said(&error),
        Ok(Opened::Report(report)) => {
            if let Err(error) = resolve(&report.scenario, &Known) {
                said(&error);
            }
        }
        Ok(Opened::Presets(entries)) => assert!(entries.len() < 100_000),
    });
}

#[test]
fn user_catalog() {
    let chips = fs::read_to_string(root().join("assets/catalog/machines/amd.ron")).expect("machines");
    // A few records are enough, and are read in no time.
    let end = chips.match_indices("\n        ),").nth(3).map_or(chips.len(), |(at, found)| at + found.len());
    let few = format!("{}\n    ],\n)", chips.get(..end).expect("its start"));
    let mut all = seeds("catalog", "tests/none", ".ron");
    all.push(few.into_bytes());
    let models = fs::read_dir(root().join("assets/catalog/models")).expect("models");
    let models = models.flatten().map(|entry| fs::read(entry.path()).expect("a file"));
    all.extend(models.filter(|text| text.len() < 8_000).take(6));
    let folder = tempfile::tempdir().expect("a folder");
    for kind in ["machines", "models", "presets"] {
        fs::create_dir(folder.path().join(kind)).expect("a folder");
    }
    fuzz(&all, &RON, |bytes| {
        for kind in ["machines", "models", "presets"] {
            fs::write(folder.path().join(kind).join("a.ron"), bytes).expect("a file");
        }
        let (catalog, problems) = Catalog::load(Some(folder.path()));
        problems.iter().for_each(said);
        assert!(!catalog.models.is_empty());
    });
}

#[test]
fn log() {
    let mut all = seeds("log", "tests/none", ".txt");
    all.push(
        b"[{\"model_type\":\"llama\",\"model_size\":1,\"n_prompt\":512,\"n_gen\":0,\"avg_ts\":1.5,\"stddev_ts\":0.1}]".to_vec(),
    );
    all.push(
        b"| llama 8B | 4.58 GiB | 8.03 B | CUDA | 99 | tg128 @ d4096 | 141.25 \xc2\xb1 0.50 |\n".to_vec(),
    );
    all.push(
        b"prompt eval time = 123.45 ms / 26 tokens ( 4.75 ms per token, 210.61 tokens per second)\neval time = 1.5 ms / 64 runs ( 19.29 ms per token, 51.84 tokens per second)\n".to_vec(),
    );
    all.push(
        b"prompt eval count: 26 token(s)\nprompt eval rate: 199.88 tokens/s\neval count: 298 token(s)\neval rate: 63.19 tokens/s\n".to_vec(),
    );
    all.push(b"Prompt: 36 tokens, 512.345 tokens-per-sec\nGeneration: 100 tokens, 45.678 tokens-per-sec\nPeak memory: 4.567 GB\n".to_vec());
    all.push(
        b"GPU KV cache size: 43,104 tokens\nMaximum concurrency for 8,192 tokens per request: 5.26x\nAvg generation throughput: 30.2 tokens/s, Running: 1 reqs\nOutput token throughput (tok/s): 12.0\n".to_vec(),
    );
    let scenario = {
        let preset = catalog().preset("chat-8b").expect("a preset");
        let keys = parse_each(&preset.text, &preset.file).expect("a preset").remove(0).keys.expect("keys");
        resolve(&keys, &Known).expect("a scenario").scenario
    };
    let words = [
        "tokens",
        "eval rate:",
        "tokens per second",
        "|",
        "\u{b1}",
        "1e308",
        "-",
        "99999999999999999999",
        "@ d",
        "pp",
        "tg",
    ];
    fuzz(&all, &words, |bytes| match read_log(&String::from_utf8_lossy(bytes)) {
        Err(error) => said(&error),
        Ok(runs) => {
            for run in runs.iter().take(3) {
                for figure in run.figures.iter().take(3) {
                    let held =
                        beside(run.program, *figure, &scenario, machine(), &Assumptions::new(calibration()));
                    assert!(
                        held.estimated.is_none_or(|band| band.low <= band.best && band.best <= band.high)
                    );
                }
            }
        }
    });
}

#[test]
fn manifest() {
    let digest = "a".repeat(64);
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{{"digest":"sha256:{digest}","size":4}},"layers":[{{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:{digest}","size":4}}]}}"#
    );
    let mut all = seeds("manifest", "tests/none", ".json");
    all.push(manifest.into_bytes());
    fuzz(&all, &["sha256:", "..", "/", "\"size\":-1", "\"layers\":[", "null", "{}"], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let root = "/home/u/.ollama/models";
        let disk = PaperDisk::new(Os::Linux, "/home/u")
            .text(&format!("{root}/manifests/registry.ollama.ai/library/a/1"), &text)
            .file(&format!("{root}/blobs/sha256-{digest}"), 4);
        for step in Search::of_all(&disk) {
            if let Step::Model(found) = step {
                assert!(found.path.starts_with(root), "{}", found.path.display());
                found.trouble.iter().for_each(said);
            }
        }
    });
}
