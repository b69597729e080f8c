//! Models whose layers stand as lists of matrices: cut among devices, computed whole, shared between layers.

use std::sync::Arc;

use plimsoll::catalog::calibration;
use plimsoll::engine::memory::{PartName, Place, Placement, parameter_count};
use plimsoll::engine::speed::Reads;
use plimsoll::engine::{Assumptions, Estimate, as_asked, estimate};
use plimsoll::spec::{Mixer, Model, Quantization};

use crate::asked::{CONTEXT, asked};

fn model(id: &str) -> Arc<Model> {
    Arc::clone(CONTEXT.catalog.model(id).expect("a model"))
}

fn answer(set: &[(&str, &str)], machine: &str) -> Estimate {
    let scenario = asked("chat-8b", set);
    let machine = as_asked(&scenario, CONTEXT.catalog.machine(machine).expect("a machine"));
    estimate(&scenario, &machine, &Assumptions::new(calibration()))
}

/// What one device has of a part in the last phase.
fn on_device(estimate: &Estimate, name: PartName) -> f64 {
    assert_eq!(estimate.resolved.refusal, None, "it runs");
    assert_eq!(estimate.budget.placement, Placement::Gpu, "one of several cards");
    let parts = estimate.budget.phases.last().expect("a phase").parts.iter();
    parts
        .filter(|part| part.name == name && part.place == Place::Device)
        .map(|part| part.bytes.best.get())
        .sum()
}

fn vllm<'a>(model: &'a str, devices: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("model", model),
        ("runtime", "vllm"),
        ("quantization", "bf16"),
        ("split", "tensor"),
        ("devices", devices),
    ]
}

/// Norms, ranks and what nobody is known to cut lie on both devices: less than one in fifty of these.
#[test]
fn matrices_of_a_list_are_cut_among_devices() {
    for id in ["bge-m3", "olmo-hybrid-7b", "lfm3-1.7b"] {
        let weights = |devices| on_device(&answer(&vllm(id, devices), "h100-sxm"), PartName::Weights);
        let (whole, half) = (weights("1"), weights("2"));
        assert!(whole > 1e8, "{id}: {whole}");
        assert!((0.5..0.51).contains(&(half / whole)), "{id}: {half} of {whole}");
    }
}

/// Gemma 4 E2B has one key and value head: each device has all of it, as vLLM repeats heads that are too few.
#[test]
fn a_head_of_keys_is_not_cut() {
    let cache = |id, devices| on_device(&answer(&vllm(id, devices), "h100-sxm"), PartName::KvCache);
    let (one, two) = (cache("gemma-4-e2b", "1"), cache("gemma-4-e2b", "2"));
    assert!(one > 0.0 && (two / one - 1.0).abs() < 1e-9, "{two} of {one}");
    // A latent stands for the keys and values of all heads.
    let (one, two) = (cache("kimi-linear-48b-a3b", "1"), cache("kimi-linear-48b-a3b", "2"));
    assert!(one > 0.0 && (two / one - 1.0).abs() < 1e-9, "{two} of {one}");
    let (one, two) = (cache("olmo-hybrid-7b", "1"), cache("olmo-hybrid-7b", "2"));
    assert!((two / one - 0.5).abs() < 1e-9, "{two} of {one}");
}

/// Twenty layers with states and seven with latents, of Moonshot's configuration.
#[test]
fn kimi_linear_has_its_published_size_and_folds_its_latents() {
    let model = model("kimi-linear-48b-a3b");
    assert_eq!(parameter_count(&model), 49_122_675_072);
    let recurrent = |mixer: &Mixer| matches!(mixer, Mixer::Listed(listed) if listed.is_recurrent());
    let states = model.layers().filter(|block| recurrent(&block.mixer)).count();
    assert_eq!((states, model.layer_count()), (20, 27));
    let reads = Reads::of(&model, Quantization::Bf16);
    // 32 heads of 7 layers: 512 and half of 64 in place of 192.
    assert!((reads.latent - 7.0 * 32.0 * (544.0 - 192.0)).abs() < 1e-6, "{}", reads.latent);
}

/// Rows of the layers' own embeddings are looked up: what Google calls the effective parameters is what is multiplied.
#[test]
fn embeddings_of_layers_are_not_multiplied() {
    let model = model("gemma-4-e2b");
    let reads = Reads::of(&model, Quantization::Bf16);
    let table = 262_144.0 * 256.0 * 35.0;
    let tower = model.vision.as_ref().map_or(0.0, |vision| *vision.parameters.value());
    assert!((reads.active - (model.parameters.value() - tower - table)).abs() < 1.0, "{}", reads.active);
    assert!((reads.active / 1e9 - 2.3).abs() < 0.05, "as published: {}", reads.active);
}

/// The last twenty of its 35 layers keep nothing, and look at what layers before them keep.
#[test]
fn layers_that_keep_nothing_look_at_another_ones_tokens() {
    let reads = Reads::of(&model("gemma-4-e2b"), Quantization::Bf16);
    // Every fifth of 35 layers sees all tokens, with heads of 512; the others 512 tokens, with heads of 256.
    let (all, window) = (7.0 * 8.0 * 512.0, 28.0 * 8.0 * 256.0);
    assert!(
        (reads.query - reads.query_in_window - all).abs() < 1e-6,
        "{}",
        reads.query - reads.query_in_window
    );
    assert!((reads.query_in_window - window).abs() < 1e-6, "{}", reads.query_in_window);
    assert!((reads.looking - 35.0 * 8.0).abs() < 1e-6, "{}", reads.looking);
    assert!((reads.kept - 7.0 * 1024.0).abs() < 1e-6, "{}", reads.kept);
}

/// Each token of an encoder looks at all others, so no program computes a part of a text; a decoder's are.
#[test]
fn texts_of_encoders_are_computed_whole() {
    let computed = |id, runtime, quantization| {
        let set = [("model", id), ("runtime", runtime), ("quantization", quantization), ("prompt", "6000")];
        let answer = answer(&set, "rtx-4090-24gb");
        assert_eq!(answer.resolved.refusal, None, "{id} {runtime}");
        let inference = answer.resolved.scenario.inference().expect("an inference");
        (inference.ubatch, inference.batched_tokens())
    };
    assert_eq!(computed("bge-m3", "llama.cpp", "F16").0, 6000, "an encoder's text is one");
    assert_eq!(
        computed("qwen3-embedding-0.6b", "llama.cpp", "F16").0,
        512,
        "a decoder's prompt goes in parts"
    );
    assert!(computed("bge-m3", "vllm", "bf16").1 >= 6000, "no part of a text is a batch");
    let one = answer(&[("model", "bge-m3"), ("runtime", "vllm"), ("quantization", "bf16")], "rtx-4090-24gb");
    assert!(on_device(&one, PartName::Logits).abs() < 1.0, "nothing is drawn from a vocabulary");
}
