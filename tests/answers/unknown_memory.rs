//! A machine that does not tell its memory: nothing is known to fit, nor not to, and that is said everywhere.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::sync::{Arc, LazyLock};

use crate::world::Captured;
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::cli::{self, Asked, Outside, Printer};
use plimsoll::detect::{NvmlCard, NvmlMemory, NvmlReading, Overrides, SystemReading, Warning, detect};
use plimsoll::engine::{Assumptions, Verdict, estimate};
use plimsoll::import::stores::ThisDisk;
use plimsoll::report::{Format, Opened, Report, export, open};
use plimsoll::spec::Memory;
use plimsoll::spec::preset::{NoModel, Preset, parse};
use plimsoll::units::Bytes;
use serde_json::Value;

fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);
    &CATALOG
}

/// What a program on this machine says to these arguments.
fn said(world: &Captured, arguments: &[&str]) -> (u8, String) {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let mut outside = Outside {
        input: &mut std::io::empty(),
        output: Printer::new(&mut output, false),
        errors: &mut errors,
        world,
        disk: Arc::new(ThisDisk),
        user_folder: None,
        today: "2026-11-20".to_owned(),
    };
    let arguments = ["plimsoll"].into_iter().chain(arguments.iter().copied()).map(Into::into);
    let Asked::Answered(code) = cli::run(arguments, &mut outside) else { panic!("no window was asked for") };
    (code, String::from_utf8([output, errors].concat()).expect("text"))
}

/// Machines on paper whose memory is not told, or cannot be true.
fn untold() -> Vec<(&'static str, Captured)> {
    let system = |total: u64| SystemReading { total, available: total, ..SystemReading::default() };
    let laptop = |total| Captured::load("laptop-without-gpu").with_system(system(total));
    let card = |memory| {
        let card =
            NvmlCard { name: Some("NVIDIA GeForce RTX 4090".to_owned()), memory, ..NvmlCard::default() };
        let reading = NvmlReading { driver: None, count: 1, cards: vec![card] };
        Captured::load("rtx-4090-linux").with_nvml(Ok(reading))
    };
    vec![
        ("nothing is read", laptop(0)),
        ("a few bytes", laptop(4096)),
        ("as a negative number reads", laptop(u64::MAX)),
        ("more than any machine has", laptop(1 << 60)),
        ("no system at all", Captured::load("silent-linux")),
        ("a silent Mac", Captured::load("silent-mac")),
        ("a broken Mac", Captured::load("broken-mac")),
        ("shared memory", Captured::load("strix-halo-128gb").with_system(system(0))),
        ("a card without memory", card(None)),
        ("a card of no memory", card(Some(NvmlMemory { total: 0, free: 0, reserved: 0 }))),
        ("a card of absurd memory", card(Some(NvmlMemory { total: u64::MAX, free: 0, reserved: 0 }))),
        ("a card that is gone", Captured::load("broken-linux")),
    ]
}

#[test]
fn unknown_memory_is_uncertain_and_said() {
    for (name, world) in untold() {
        for preset in ["chat-8b", "chat-70b", "tool-calling-qlora-8b", "whole-program-gnn", "sdxl"] {
            let (code, json) = said(&world, &["check", preset, "--json"]);
            assert_eq!(code, 2, "{name}, {preset}: {json}");
            let answer: Value = serde_json::from_str(&json).expect(&json);
            assert_eq!(answer["verdict"], "uncertain", "{name}, {preset}");
            assert_eq!(answer["machine"]["capacity_bytes"], Value::Null, "{name}, {preset}");
            assert_eq!(answer["memory"]["ceiling_bytes"], Value::Null, "{name}, {preset}");
            assert!(answer["memory"]["peak_bytes"]["best"].as_f64() > Some(1e8), "{name}: {json}");
            let sentence = answer["sentence"].as_str().expect("a sentence");
            assert!(sentence.starts_with("Needs ") && sentence.ends_with("is unknown"), "{name}: {sentence}");
            let note = answer["notes"][0].as_str().expect("a note");
            assert!(note.starts_with("How much memory this machine has is unknown"), "{name}: {note}");
            let (code, text) = said(&world, &["check", preset]);
            assert_eq!(code, 2, "{name}, {preset}: {text}");
            assert!(text.contains("Uncertain: Needs") && !text.contains("of 0.0 GiB"), "{name}: {text}");
        }
        let (code, text) = said(&world, &["compare", "chat-8b", "--machines", "this,rtx-4090"]);
        assert_eq!(code, 0, "{name}: {text}");
        assert!(text.contains("  Uncertain  ") && text.contains("unknown  of   unknown"), "{name}: {text}");
    }
}

#[test]
fn a_known_machine_is_as_certain_as_before() {
    let (code, json) = said(&Captured::load("rtx-4090-linux"), &["check", "chat-8b", "--json"]);
    let answer: Value = serde_json::from_str(&json).expect(&json);
    assert_eq!((code, answer["verdict"].as_str()), (0, Some("fits")), "{json}");
    assert!(answer["machine"]["capacity_bytes"].as_f64() > Some(20e9), "{json}");
}

#[test]
fn memory_set_by_hand_makes_it_certain() {
    for (name, world) in untold() {
        let detected = detect(&world, &catalog().machines);
        assert_eq!(detected.machine.memory.value().capacity(), None, "{name}");
        let set = Overrides { memory: Some(Bytes::gib(24.0)), ..Overrides::default() }.apply(&detected);
        assert_eq!(set.machine.memory.value().capacity(), Some(Bytes::gib(24.0)), "{name}");
        let unknown =
            |warning: &Warning| matches!(warning, Warning::MemoryUnknown | Warning::CardMemoryUnknown { .. });
        assert!(!set.warnings.iter().any(unknown), "{name}: {:?}", set.warnings);
        let fit = estimate(&chat().scenario, &Arc::new(set.machine), &Assumptions::new(calibration())).fit;
        assert!(fit.deciding().is_some() && fit.verdict != Verdict::DoesNotFit, "{name}: {:?}", fit.verdict);
    }
}

#[test]
fn a_catalog_record_without_memory_is_uncertain_too() {
    let known = catalog().machine("rtx-4090").expect("a card");
    let mut machine = known.as_ref().clone();
    for (memory, limits) in [
        (Memory::System { total: Bytes::ZERO }, 0),
        (Memory::Unified { total: Bytes::ZERO, gpu_limit: None }, 0),
        (untold_card(known.memory.value()), 1),
    ] {
        machine.memory.0 = memory;
        let fit =
            estimate(&chat().scenario, &Arc::new(machine.clone()), &Assumptions::new(calibration())).fit;
        assert_eq!((fit.verdict, fit.deciding()), (Verdict::Uncertain, None));
        assert_eq!(fit.comparisons.len(), limits, "system memory beside the card is still shown");
    }
}

#[test]
fn every_report_says_that_it_is_unknown_and_opens_again() {
    let detected = detect(&Captured::load("silent-linux"), &catalog().machines);
    let machines = [Arc::new(detected.machine)];
    let report = Report::new(
        chat().scenario,
        &machines,
        &Assumptions::new(calibration()),
        ("2026-11-20", "2026-11-20"),
    );
    let text = |format| export(&report, format);
    assert!(text(Format::Markdown).contains("| Uncertain | 5."), "{}", text(Format::Markdown));
    assert!(text(Format::Markdown).contains("is unknown"), "{}", text(Format::Markdown));
    let csv = text(Format::Csv);
    assert!(
        csv.contains(",uncertain,") && csv.contains(",This machine,,,,,,"),
        "no limit and no need: {csv}"
    );
    let ron = text(Format::Ron);
    let Ok(Opened::Report(saved)) = open(&ron, "r.ron") else { panic!("no report: {ron}") };
    assert_eq!((saved.results[0].need_bytes, saved.results[0].ceiling_bytes), (None, None));
    assert_eq!(plimsoll::report::changes_since(&saved, &report), Vec::<String>::new());
}

/// Chat with an 8B model.
fn chat() -> Preset {
    let preset = catalog().preset("chat-8b").expect("built in");
    let keys = parse(&preset.text, &preset.file).expect("a preset").remove(0);
    plimsoll::spec::preset::resolve(keys, &Known).expect("a scenario")
}

struct Known;

impl plimsoll::spec::preset::Models for Known {
    fn find(&self, key: &str) -> Result<Arc<plimsoll::spec::Model>, NoModel> {
        catalog().model(key).cloned().map_err(|error| NoModel(error.to_string()))
    }

    fn scaled(&self, model: &plimsoll::spec::Model, _parameters: f64) -> plimsoll::spec::Model {
        model.clone()
    }
}

/// A card that does not tell its memory, in a computer of 64 GiB.
fn untold_card(known: &Memory) -> Memory {
    let Memory::Discrete { driver, .. } = known else { panic!("a card") };
    Memory::Discrete { vram: Bytes::ZERO, driver: *driver, system: Some(Bytes::gib(64.0)) }
}
