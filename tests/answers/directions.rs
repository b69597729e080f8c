//! By how much an answer changes with one setting, where that follows from what is computed: a pass more, a batch twice as
//! large, a cache that is shared out.

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::axis::Axis;
use plimsoll::engine::memory::{PartName, PhaseName, Place};
use plimsoll::engine::solve::most_that_fits;
use plimsoll::engine::{Assumptions, Estimate, Speed, Verdict, estimate};
use plimsoll::spec::preset::{PresetKeys, resolve};

fn on(preset: &str, set: &[(&str, &str)], machine: &str) -> Estimate {
    let machine = CONTEXT.catalog.machine(machine).expect("a machine");
    estimate(&asked(preset, set), machine, &Assumptions::new(calibration()))
}

fn image_seconds(set: &[(&str, &str)]) -> f64 {
    let speed = on("sdxl", set, "rtx-4090").speed;
    let images = speed.as_ref().and_then(|speed| match speed {
        Speed::Images(speed) => Some(speed),
        _ => None,
    });
    images.expect("images").batch_time.best.get()
}

/// Each step is computed with and without the prompt.
#[test]
fn guidance_doubles_what_a_step_of_an_image_takes() {
    let ratio = image_seconds(&[("guidance", "true")]) / image_seconds(&[("guidance", "false")]);
    assert!((1.8..=2.0).contains(&ratio), "{ratio}");
}

fn trained_per_second(set: &[(&str, &str)]) -> f64 {
    let speed = on("tool-calling-qlora-8b", set, "h100-sxm-80gb").speed;
    let training = speed.as_ref().and_then(|speed| match speed {
        Speed::Training(speed) => Some(speed),
        _ => None,
    });
    training.expect("training").tokens.best.get()
}

/// A sequence more in a pass fills the chip better, and is no second pass for nothing.
#[test]
fn one_long_sequence_a_pass_trains_nearly_as_many_tokens_a_second_as_two() {
    let of = |batch| trained_per_second(&[("micro_batch", batch), ("sequence", "4096")]);
    let ratio = of("2") / of("1");
    assert!((0.95..=1.3).contains(&ratio), "{ratio}");
}

fn token_seconds(set: &[(&str, &str)]) -> f64 {
    let speed = on("chat-8b", set, "h100-sxm-80gb").speed;
    let inference = speed.as_ref().and_then(|speed| match speed {
        Speed::Inference(speed) => Some(speed),
        _ => None,
    });
    inference.expect("inference").time_per_output_token.best.get()
}

/// Eight key heads on four devices are two on each, and each reads its own.
#[test]
fn a_long_cache_is_read_in_parts_where_matrices_are_split() {
    let of = |devices, context| {
        let prompt = if context == "131072" { "120000" } else { "1000" };
        let common =
            [("runtime", "vllm"), ("quantization", "bf16"), ("split", "tensor"), ("generate", "256")];
        let own = [("devices", devices), ("context", context), ("prompt", prompt)];
        token_seconds(&[&common[..], &own[..]].concat())
    };
    let more = |devices| of(devices, "131072") - of(devices, "8192");
    let share = more("4") / more("1");
    assert!((0.2..=0.45).contains(&share), "a quarter and what goes over the links: {share}");
}

fn waiting(set: &[(&str, &str)]) -> f64 {
    let both = [&[("trainer", "unsloth"), ("micro_batch", "1"), ("sequence", "1024")][..], set].concat();
    let mut unique: Vec<(&str, &str)> = Vec::new();
    for (key, value) in both {
        unique.retain(|(other, _)| *other != key);
        unique.push((key, value));
    }
    let answer = on("tool-calling-qlora-8b", &unique, "rtx-4090");
    let backward =
        answer.budget.phases.iter().find(|phase| phase.name == PhaseName::Backward).expect("a phase");
    let host =
        backward.parts.iter().filter(|part| part.place == Place::Host && part.name == PartName::Activations);
    host.map(|part| part.bytes.best.get()).sum()
}

/// The input of each layer but two waits in system memory: 30 of 32 layers, 4,096 values of 2 bytes a token.
#[test]
fn what_waits_of_recomputed_layers_grows_with_the_tokens_of_a_pass() {
    let one = waiting(&[]);
    assert!((one / (30.0 * 1024.0 * 4096.0 * 2.0) - 1.0).abs() < 1e-9, "{one}");
    for set in [("micro_batch", "2"), ("sequence", "2048")] {
        let ratio = waiting(&[set]) / one;
        assert!((ratio - 2.0).abs() < 1e-9, "{set:?}: {ratio}");
    }
}

/// The largest side is that of a square of as many pixels.
#[test]
fn the_largest_image_is_told_by_the_side_of_a_square() {
    let sdxl = asked("sdxl", &[]);
    let axis = Axis::available(&sdxl).into_iter().find(|axis| axis.key() == "resolution").expect("an axis");
    let machine = CONTEXT.catalog.machine("rtx-4090").expect("a machine");
    let most = most_that_fits(&sdxl, machine, axis).expect("an image fits").value;
    assert!((1024.0..=8192.0).contains(&most), "{most}");
    let side = most.floor().to_string();
    let fits = |side: &str| on("sdxl", &[("resolution", side)], "rtx-4090").fit.verdict <= Verdict::Tight;
    assert!(fits(&side), "{side} fits");
}

/// Ollama opens 4,096 tokens, of which an eighth is kept for the answer.
#[test]
fn a_server_that_opens_less_leaves_an_eighth_for_the_answer() {
    let mut keys = PresetKeys::default();
    for (key, value) in [("model", "llama-3.1-8b"), ("server", "ollama")] {
        keys.set(key, value).expect("a key");
    }
    let scenario = resolve(keys, &*CONTEXT).expect("a scenario").scenario;
    let inference = scenario.inference().expect("inference");
    assert_eq!((inference.context, inference.generate, inference.prompt), (4096, 512, 3584));
}

/// vLLM's largest was "6,980 requests" of a context of 8,192 tokens, a token each.
#[test]
fn requests_are_no_more_than_hold_a_prompt_and_its_answer() {
    for runtime in ["llama.cpp", "vllm"] {
        let quantization = if runtime == "vllm" { "fp8" } else { "Q4_K_M" };
        let set =
            [("runtime", runtime), ("quantization", quantization), ("prompt", "1024"), ("generate", "1024")];
        let chat = asked("chat-8b", &set);
        let axis =
            Axis::available(&chat).into_iter().find(|axis| axis.key() == "concurrency").expect("an axis");
        let machine = CONTEXT.catalog.machine("rtx-4090").expect("a machine");
        let most = most_that_fits(&chat, machine, axis).expect("one fits").value;
        assert_eq!(most.total_cmp(&4.0), std::cmp::Ordering::Equal, "{runtime}: {most}");
    }
}

/// Width and height of a preset won over a resolution that was set above it: 65,536 pixels "fitted".
#[test]
fn what_is_said_above_of_an_images_size_stands() {
    let mut below = PresetKeys::default();
    for (key, value) in [("pipeline", "sdxl"), ("width", "1216"), ("height", "832")] {
        below.set(key, value).expect("a key");
    }
    let sides = |key: &str, value: &str| {
        let mut over = PresetKeys::default();
        over.set(key, value).expect("a key");
        let scenario = resolve(over.over(below.clone()), &*CONTEXT).expect("a scenario").scenario;
        let image = scenario.diffusion().expect("images");
        (image.width, image.height)
    };
    assert_eq!(sides("resolution", "2048x1024"), (2048, 1024));
    assert_eq!(sides("width", "512"), (512, 832));
}
