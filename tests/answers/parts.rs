//! Parts of memory by hand: which device has what, which formats stay wide, and what a report shows of them.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::working::Detail;
use plimsoll::engine::{Assumptions, Estimate, Part, PartName, Phase, PhaseName, Place, as_asked, estimate};
use plimsoll::report::{Format, Report, export, sentence};
use plimsoll::units::show_gib;

fn answer(set: &[(&str, &str)], id: &str) -> Estimate {
    let scenario = asked("chat-8b", set);
    let machine = CONTEXT.catalog.machine(id).expect("a machine");
    estimate(&scenario, &as_asked(&scenario, machine), &Assumptions::new(calibration()))
}

fn phase(estimate: &Estimate, name: PhaseName) -> &Phase {
    estimate.budget.phases.iter().find(|phase| phase.name == name).expect("the phase")
}

fn held(estimate: &Estimate, name: PartName, place: Place) -> f64 {
    let parts = phase(estimate, PhaseName::Decode).parts.iter();
    parts.filter(|part| part.name == name && part.place == place).map(|part| part.bytes.best.get()).sum()
}

/// llama.cpp loads the projector onto one device, the first. Of two cards the second has the output matrix of Gemma 3 27B,
/// which is larger than its tower, so it stays the fullest and holds as much as without pictures.
#[test]
fn one_of_several_devices_has_the_vision_tower() {
    let weights = |vision: &str, devices: &str| {
        let set = [
            ("model", "gemma-3-27b"),
            ("quantization", "Q4_K_M"),
            ("context", "4096"),
            ("vision", vision),
            ("devices", devices),
            ("split", "layers"),
        ];
        held(&answer(&set, "rtx-4090"), PartName::Weights, Place::Device)
    };
    assert!(weights("true", "1") - weights("false", "1") > 0.8e9, "430 million parameters in 16 bit");
    let (with, without) = (weights("true", "2"), weights("false", "2"));
    assert!((with - without).abs() < 1.0, "{with} and {without}");
}

/// Copies of a model on one host have what lies in system memory each for itself.
#[test]
fn each_copy_has_its_own_layers_in_system_memory() {
    let host = |devices: &str| {
        let set = [
            ("model", "llama-3.1-8b"),
            ("quantization", "Q8_0"),
            ("context", "4096"),
            ("gpu_layers", "10"),
            ("devices", devices),
            ("split", "copies"),
        ];
        held(&answer(&set, "rtx-4090"), PartName::Weights, Place::Host)
    };
    let (one, two) = (host("1"), host("2"));
    assert!(one > 1e9 && (two / one - 2.0).abs() < 1e-9, "{two} of {one}");
}

/// Those who publish NVFP4 leave recurrent layers in 8 or 16 bit; of a model without any, all are in 4.
#[test]
fn only_hybrids_have_nvfp4_of_several_widths() {
    let weights = |model: &str| {
        let set = [("model", model), ("runtime", "vllm"), ("quantization", "nvfp4"), ("context", "4096")];
        phase(&answer(&set, "b200-180gb"), PhaseName::Load).named(PartName::Weights)
    };
    let plain = weights("llama-3.1-8b");
    assert!(plain.is_exact(), "{plain:?}");
    let hybrid = weights("qwen3-next-80b-a3b");
    assert!(hybrid.low < hybrid.best && hybrid.best < hybrid.high, "{hybrid:?}");
}

/// PyTorch's allocator keeps 15 % of what comes and goes in blocks too small to be used again (`overhead.ron`): of a pass,
/// and of the cache that is made anew with each token.
#[test]
fn an_allocator_keeps_a_share_of_what_comes_and_goes() {
    let set = [
        ("model", "llama-3.1-8b"),
        ("runtime", "pytorch"),
        ("quantization", "bf16"),
        ("prompt", "4096"),
        ("context", "8192"),
    ];
    let answer = answer(&set, "a100-80gb-sxm");
    let prefill = phase(&answer, PhaseName::Prefill);
    let activations = prefill.named(PartName::Activations);
    // 32 layers of 2 × 8 heads of 128 values of two bytes.
    let cache = prefill.named(PartName::KvCache).best.get();
    assert!(cache > 32.0 * 2.0 * 1024.0 * 2.0 * 4096.0 * 0.99, "{cache}");
    let more = (activations.high - activations.best).get();
    let kept = 0.15 * (activations.best.get() + cache);
    assert!((more / kept - 1.0).abs() < 0.02, "{more} is not {kept}");
}

/// A part's size is the best estimate; its ends stand beside it.
#[test]
fn a_report_shows_the_best_of_a_part_and_its_ends() {
    let machines = [Arc::clone(CONTEXT.catalog.machine("rtx-4090").expect("a machine"))];
    let assumptions = Assumptions::new(calibration());
    let report = Report::new(asked("chat-8b", &[]), &machines, &assumptions, ("2026-11-27", "2026-11-21"));
    let text = export(&report, Format::Markdown);
    let peak = report.answers[0].estimate.budget.peak().expect("a phase");
    let differs = |part: &&Part| show_gib(part.bytes.best) != show_gib(part.bytes.high);
    let banded: Vec<&Part> = peak.parts.iter().filter(differs).collect();
    assert!(!banded.is_empty(), "the libraries around it are a band");
    for part in banded {
        let [low, best, high] = [part.bytes.low, part.bytes.best, part.bytes.high].map(show_gib);
        let row = format!("| {} | {} | {best} | {low} to {high} |", part.name.label(), part.place.key());
        assert!(text.contains(&row), "{row}: {text}");
    }
}

/// `docs/faq.mdx` of Ollama: its cache is `f16`, `q8_0` or `q4_0`.
#[test]
fn a_refusal_says_what_the_program_takes() {
    let set = [("server", "ollama"), ("kv_precision", "q5_1")];
    let words = sentence(&answer(&set, "rtx-4090"), "this");
    let said = format!("{} {}", words.headline, words.detail);
    assert!(said.contains("Ollama does not take this kv_precision: it keeps f16, q8_0 or q4_0"), "{said}");
}

/// A served state has three of the four taps: the fourth is of the token itself (`mamba2_state_shape` of vLLM).
#[test]
fn a_server_keeps_one_tap_less_than_a_convolution_has() {
    for runtime in ["vllm", "sglang"] {
        let set = [("model", "granite-4.0-h-micro"), ("runtime", runtime), ("quantization", "bf16")];
        let scenario = asked("chat-8b", &set);
        let machine = CONTEXT.catalog.machine("a100-80gb-sxm").expect("a machine");
        let answer = estimate(&scenario, machine, &Assumptions::new(calibration()));
        let parts = answer.budget.phases.iter().flat_map(|phase| &phase.parts);
        let state =
            parts.filter(|part| part.name == PartName::RecurrentState).map(|part| part.bytes.best.get());
        let one = 36.0 * (4096.0 * 128.0 * 4.0 + 3.0 * (4096.0 + 256.0) * 2.0);
        let sequences = state.fold(0.0, f64::max) / one;
        assert!(sequences >= 1.0 && (sequences - sequences.round()).abs() < 1e-9, "{runtime}: {sequences}");
    }
}

/// Granite 4.0 H Micro (its configuration): 36 layers with a state of 128 numbers in 32 bit for each of 4,096 channels, and
/// the four taps of a convolution over those and 256 more, which Transformers' cache keeps all of (`Mamba2Cache`), in 16
/// bit; of every request.
#[test]
fn a_recurrent_state_is_as_large_as_its_layers_say() {
    for requests in [1.0, 2.0, 4.0] {
        let concurrency = format!("{requests}");
        let set = [
            ("model", "granite-4.0-h-micro"),
            ("runtime", "pytorch"),
            ("quantization", "bf16"),
            ("context", "32768"),
            ("concurrency", &concurrency),
        ];
        let scenario = asked("chat-8b", &set);
        let machine = CONTEXT.catalog.machine("a100-80gb-sxm").expect("a machine");
        let assumptions = Assumptions { detail: Detail::Workings, ..Assumptions::new(calibration()) };
        let answer = estimate(&scenario, machine, &assumptions);
        let parts = &phase(&answer, PhaseName::Decode).parts;
        let state = parts.iter().find(|part| part.name == PartName::RecurrentState).expect("a state");
        let right = requests * 36.0 * (4096.0 * 128.0 * 4.0 + 4.0 * (4096.0 + 256.0) * 2.0);
        let working = &state.workings.as_ref().expect("it was asked for").best;
        for is in [state.bytes.best.get(), working.value] {
            assert!((is / right - 1.0).abs() < 1e-9, "{requests} requests: {is} is not {right}");
        }
    }
}
