//! What people report of memory beside weights and cache, held against the same question asked here: drafting, what a
//! server keeps, caches of keys and values apart, and what vLLM prints when it has started.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use plimsoll::catalog::{Catalog, calibration};
use plimsoll::cli::Context;
use plimsoll::engine::{Assumptions, Estimate, PartName, Phase, PhaseName, Place, Verdict, estimate};
use plimsoll::spec::preset::{Preset, PresetKeys, resolve};
use plimsoll::units::{Band, Bytes};

fn asked(set: &[(&str, &str)]) -> Preset {
    let mut keys = PresetKeys::default();
    for (key, value) in set {
        keys.set(key, value).unwrap_or_else(|error| panic!("{key}={value}: {error}"));
    }
    let context = Context::built_in("");
    resolve(keys, &context).unwrap_or_else(|error| panic!("{set:?}: {error}"))
}

fn answer(machine: &str, set: &[(&str, &str)]) -> Estimate {
    let catalog = Catalog::built_in();
    let machine = catalog.machine(machine).unwrap_or_else(|error| panic!("{machine}: {error}"));
    estimate(&asked(set).scenario, machine, &Assumptions::new(calibration()))
}

fn decode(estimate: &Estimate) -> &Phase {
    estimate.budget.phases.iter().find(|phase| phase.name == PhaseName::Decode).expect("it decodes")
}

/// MiB of a part in a place: low, best and high.
fn part(estimate: &Estimate, name: PartName, place: Place) -> Band<f64> {
    let parts = decode(estimate).parts.iter().filter(|part| part.name == name && part.place == place);
    let bytes: Band<Bytes> = parts.map(|part| part.bytes).sum();
    bytes.map(|bytes| bytes.get() / (1024.0 * 1024.0))
}

fn best(estimate: &Estimate, name: PartName, place: Place) -> f64 {
    part(estimate, name, place).best
}

fn near(said: f64, reported: f64, share: f64, what: &str) {
    assert!((said / reported - 1.0).abs() <= share, "{what}: {said:.1} said, {reported} reported");
}

/// llama.cpp pull request 25465 (2026-07), an RTX 5090's log, and issue 23472 (2026-05) with a cache of q8_0.
#[test]
fn prediction_layers_take_a_cache_a_buffer_and_states_to_go_back_to() {
    let log = [("model", "qwen3.6-27b"), ("context", "262144"), ("ubatch", "1024"), ("speculative", "2")];
    let said = answer("rtx-5090", &log);
    near(best(&said, PartName::RecurrentState, Place::Device), 448.9, 1e-3, "recurrent states, three times");
    near(best(&said, PartName::DraftCache, Place::Device), 1024.0, 1e-3, "the head's cache");
    near(best(&said, PartName::DraftCompute, Place::Device), 648.0, 1e-3, "the head's buffer");
    near(best(&said, PartName::ComputeBuffer, Place::Device), 756.0, 1e-3, "the model's buffer");
    let weights = best(&said, PartName::DraftWeights, Place::Device);
    assert!((200.0..300.0).contains(&weights), "a layer and a joining matrix of 425 M: {weights}");

    let mut quantized = log.to_vec();
    quantized.push(("kv_precision", "q8_0"));
    let said = answer("rtx-5090", &quantized);
    near(best(&said, PartName::DraftCache, Place::Device), 544.0, 1e-3, "the head's cache in q8_0");
}

/// llama.cpp pull request 23269 (2026-05), Vulkan.
#[test]
fn states_are_kept_once_more_for_each_draft_token() {
    let set = [("model", "qwen3.6-35b-a3b"), ("context", "65536"), ("speculative", "2")];
    near(best(&answer("rtx-5090", &set), PartName::RecurrentState, Place::Device), 188.4, 1e-3, "states");
    let without = answer("rtx-5090", &set[..2]);
    near(best(&without, PartName::RecurrentState, Place::Device), 62.8, 1e-3, "states of one pass");
    for name in [PartName::DraftWeights, PartName::DraftCache, PartName::DraftCompute] {
        assert!(best(&without, name, Place::Device) <= 0.0, "{name:?} without drafting");
    }
}

/// club-3090 issue 58 (2026-05): with prediction layers an RTX 3090 holds 64K to 80K, not what it holds without.
#[test]
fn drafting_leaves_room_for_less_context() {
    let set = [("model", "qwen3.6-27b"), ("context", "131072"), ("kv_precision", "q8_0")];
    let plain = answer("rtx-3090", &set);
    let mut with = set.to_vec();
    with.push(("draft_tokens", "3"));
    let drafting = answer("rtx-3090", &with);
    let need = |estimate: &Estimate| decode(estimate).in_place(Place::Device).best.as_gib();
    assert!(need(&drafting) - need(&plain) > 1.0, "{} after {}", need(&drafting), need(&plain));
}

#[test]
fn a_second_model_brings_its_weights_cache_and_buffer() {
    let set = [("model", "qwen3-32b"), ("draft_model", "qwen3-0.6b"), ("context", "16384")];
    let preset = asked(&set);
    assert!(preset.notes.iter().any(|note| note.contains("draft_tokens is 3")), "{:?}", preset.notes);
    let said = answer("rtx-5090", &set);
    let alone = answer("rtx-5090", &[("model", "qwen3-0.6b"), ("context", "16384")]);
    for (draft, own) in [
        (PartName::DraftWeights, PartName::Weights),
        (PartName::DraftCache, PartName::KvCache),
        (PartName::DraftCompute, PartName::ComputeBuffer),
    ] {
        near(best(&said, draft, Place::Device), best(&alone, own, Place::Device), 1e-9, draft.label());
    }
}

#[test]
fn keys_and_values_are_stored_apart() {
    let bytes = |set: &[(&str, &str)]| {
        let mut all = vec![("model", "llama-3.1-8b"), ("context", "8192")];
        all.extend_from_slice(set);
        best(&answer("rtx-4090", &all), PartName::KvCache, Place::Device)
    };
    let plain = bytes(&[]);
    near(bytes(&[("cache_type_k", "q8_0")]), plain * (1.0 + 34.0 / 64.0) / 2.0, 1e-9, "keys alone");
    near(
        bytes(&[("cache_type_k", "q8_0"), ("cache_type_v", "q5_1")]),
        plain * (34.0 + 24.0) / 128.0,
        1e-9,
        "both",
    );
    near(bytes(&[("kv_precision", "iq4_nl")]), plain * 18.0 / 64.0, 1e-9, "one key for both");
    let windows = |set: &[(&str, &str)]| {
        let mut all = vec![("model", "gemma-3-12b"), ("context", "32768")];
        all.extend_from_slice(set);
        best(&answer("rtx-4090", &all), PartName::KvCache, Place::Device)
    };
    let cells = |model: f64| model / windows(&[]);
    assert!(cells(windows(&[("swa_full", "true")])) > 3.0, "40 of 48 layers have a window");
}

/// Ollama issues 18072 and 18264 (2026-08 and 09): a kept prompt of Qwen3.8 27B with q8_0 takes 1,001 MiB at 12,506
/// tokens and 3,418 at 66,163; a server with Gemma 4 12B holds 8.3 GB in anonymous memory after a day.
#[test]
fn a_server_keeps_prompts_in_system_memory() {
    for (tokens, reported) in [(12_506_u64, 1001.0), (66_163, 3418.0)] {
        let prompt = (tokens - 506).to_string();
        let said = answer(
            "rtx-5090",
            &[
                ("model", "qwen3.8-27b"),
                ("server", "ollama"),
                ("context", "131072"),
                ("kv_precision", "q8_0"),
                ("prompt", &prompt),
                ("generate", "506"),
                ("cache_ram", "1"),
            ],
        );
        // With next to no room for others, the one prompt that is always kept is all there is.
        let kept = part(&said, PartName::PromptCache, Place::Host);
        near(kept.best, reported, 0.15, "one prompt");
        assert!(kept.high >= reported && kept.low <= 0.0, "{kept:?}");
    }
    let said =
        answer("rtx-5090", &[("model", "gemma-4-12b"), ("server", "llama-server"), ("context", "32768")]);
    near(part(&said, PartName::PromptCache, Place::Host).high, 8192.0, 1e-9, "up to its limit");
    let off = answer("rtx-5090", &[("model", "gemma-4-12b"), ("server", "llama-server"), ("cache_ram", "0")]);
    assert!(part(&off, PartName::PromptCache, Place::Host).high <= 0.0);
}

#[test]
fn servers_start_with_their_own_defaults() {
    let context = |server: &str| {
        let preset = asked(&[("model", "llama-3.1-8b"), ("server", server)]);
        (preset.scenario.inference().map_or(0, |inference| inference.context), preset.notes)
    };
    assert_eq!(context("none"), (8192, Vec::new()));
    for (server, tokens) in [("llama-server", 131_072), ("ollama", 4096)] {
        let (opened, notes) = context(server);
        assert_eq!(opened, tokens, "{server}");
        assert!(notes.iter().any(|note| note.starts_with("context is ")), "{notes:?}");
    }
    // Four slots share one context; each has states of its own.
    let states = |set: &[(&str, &str)]| {
        let mut all = vec![("model", "qwen3.6-27b"), ("context", "32768")];
        all.extend_from_slice(set);
        best(&answer("rtx-5090", &all), PartName::RecurrentState, Place::Device)
    };
    let one = states(&[]);
    near(states(&[("server", "llama-server")]), 4.0 * one, 1e-9, "four slots");
    near(states(&[("server", "llama-server"), ("parallel", "1")]), one, 1e-9, "-np 1");
    near(states(&[("server", "ollama")]), one, 1e-9, "Ollama's one slot");
    let cache = |parallel: &str| {
        let set = [("model", "qwen3-8b"), ("server", "ollama"), ("context", "8192"), ("parallel", parallel)];
        best(&answer("rtx-5090", &set), PartName::KvCache, Place::Device)
    };
    near(cache("4"), 4.0 * cache("1"), 1e-9, "Ollama opens the context once for each slot");
}

/// LM Studio issue 1176 (2025-11): 352.8 MiB where builds since June 2026 reserve 136.
#[test]
fn an_older_build_inside_a_server_is_the_high_end() {
    let set =
        [("model", "qwen3-vl-8b"), ("context", "16384"), ("kv_precision", "q8_0"), ("server", "lm-studio")];
    let said = part(&answer("rtx-4090", &set), PartName::ComputeBuffer, Place::Device);
    assert!(said.best < 352.8 && 352.8 <= said.high, "{said:?}");
}

fn vllm(machine: &str, set: &[(&str, &str)]) -> Estimate {
    let mut all = vec![("runtime", "vllm")];
    all.extend_from_slice(set);
    answer(machine, &all)
}

/// vLLM issue 10517 (2024-12): Llama 3.1 8B in bf16 starts with 45K on an RTX 3090 at 0.9.
#[test]
fn vllm_says_what_its_share_has_room_for() {
    let set = [("model", "llama-3.1-8b"), ("quantization", "bf16"), ("max_model_len", "45000")];
    let said = vllm("rtx-3090", &set);
    let serving = said.serving.expect("vLLM serves");
    assert!(serving.max_concurrency >= 1.0, "{serving:?}");
    assert!((45_000..60_000).contains(&serving.kv_capacity_tokens), "{serving:?}");
    assert_ne!(said.fit.verdict, Verdict::DoesNotFit);

    let share = |share: &str| {
        let mut all = set.to_vec();
        all.push(("gpu_memory_utilization", share));
        vllm("rtx-3090", &all)
    };
    let less = share("0.7");
    assert_eq!(less.fit.verdict, Verdict::DoesNotFit, "0.7 of 24 GiB");
    assert!(less.serving.expect("vLLM").max_concurrency < 1.0);
    // A further tenth of the card is as many tokens more as fit into it: 131,072 bytes each.
    let more = share("0.95").serving.expect("vLLM").kv_capacity_tokens - serving.kv_capacity_tokens;
    // CUDA counts 23.69 GiB of an RTX 3090.
    near(plimsoll::units::count(more), 0.05 * 23.69 * 8192.0, 2e-3, "tokens of 0.05 of 23.69 GiB");
}

/// vLLM issue 13882 (2025-02): Qwen2.5 7B in int4 does not start on 8 GB at a share of 0.7: 5.20 GiB of weights.
#[test]
fn vllm_does_not_start_where_its_share_holds_no_request() {
    let said = vllm(
        "rtx-4070",
        &[
            ("model", "qwen2.5-7b"),
            ("quantization", "gptq"),
            ("context", "32768"),
            ("gpu_memory_utilization", "0.4667"),
        ],
    );
    near(best(&said, PartName::Weights, Place::Device), 5.2 * 1024.0, 0.02, "weights");
    assert_eq!(said.fit.verdict, Verdict::DoesNotFit);
}

/// vLLM issue 41695 (2026-05): Qwen3 30B-A3B in FP8 does not start on an RTX 5090.
#[test]
fn weights_beyond_the_share_do_not_start() {
    let said = vllm("rtx-5090", &[("model", "qwen3-30b-a3b"), ("quantization", "fp8"), ("context", "16384")]);
    assert!(said.fit.verdict >= Verdict::Uncertain, "{:?}", said.fit.verdict);
    assert!(said.serving.expect("vLLM").max_concurrency < 1.0);
}

#[test]
fn vllms_settings_change_what_they_name() {
    let set = [("model", "llama-3.1-8b"), ("quantization", "bf16"), ("context", "8192")];
    let with = |key: &str, value: &str| {
        let mut all = set.to_vec();
        all.push((key, value));
        vllm("rtx-5090", &all)
    };
    let plain = vllm("rtx-5090", &set);
    assert!(best(&with("enforce_eager", "true"), PartName::CapturedGraphs, Place::Device) <= 0.0);
    let offloaded = with("cpu_offload_gb", "4");
    near(best(&offloaded, PartName::Weights, Place::Host), 4096.0, 1e-9, "on the host");
    let weights = |estimate: &Estimate| best(estimate, PartName::Weights, Place::Device);
    near(weights(&plain) - weights(&offloaded), 4096.0, 1e-9, "less on the device");
    // Llama 3.1 8B: 32 layers; q and o 2 × 8,192, k and v 2 × 5,120, gate, up and down 3 × 18,432.
    let sides = 32.0 * (2.0 * 8192.0 + 2.0 * 5120.0 + 3.0 * 18_432.0);
    let slots = best(&with("max_loras", "2"), PartName::Adapters, Place::Device);
    near(slots, 2.0 * 16.0 * 2.0 * sides / (1024.0 * 1024.0), 1e-9, "two slots of rank 16");
    let profile = |estimate: &Estimate| best(estimate, PartName::Activations, Place::Device);
    assert!(profile(&with("max_num_seqs", "1024")) > 2.0 * profile(&plain));
    assert!(profile(&with("max_num_batched_tokens", "16384")) > 2.0 * profile(&plain));
    let four = with("concurrency", "4").serving.expect("vLLM");
    assert_eq!(four.tokens_per_request, 2048, "the context is shared out to the requests");
}

/// llama.cpp pull request 16837 (2025-10), Gemma 3 12B on Metal; Ollama issue 17482 (2026-08), the worst case of the
/// picture model of Qwen3.6 27B; pull request 13478 (2025-05), Qwen2.5-VL before and after its pictures were capped.
#[test]
fn a_picture_model_computes_beside_its_weights() {
    let compute = |set: &[(&str, &str)]| {
        let mut all = vec![("vision", "true")];
        all.extend_from_slice(set);
        best(&answer("rtx-5090", &all), PartName::VisionCompute, Place::Device)
    };
    near(compute(&[("model", "gemma-3-12b")]), 121.25, 1e-4, "fused");
    near(compute(&[("model", "gemma-3-12b"), ("attention", "eager")]), 1132.0, 1e-4, "scores written out");

    let qwen = answer("rtx-5090", &[("model", "qwen3.6-27b"), ("vision", "true")]);
    let plain = answer("rtx-5090", &[("model", "qwen3.6-27b")]);
    let device =
        |estimate: &Estimate| decode(estimate).in_place(Place::Device).best.get() / (1024.0 * 1024.0);
    near(device(&qwen) - device(&plain), 1136.0, 0.01, "weights and the largest picture");

    let picture =
        |size: &str| compute(&[("model", "qwen2.5-vl-7b"), ("attention", "eager"), ("image_size", size)]);
    near(picture("2592x1944") * 1024.0 * 1024.0, 41e9, 0.04, "2592 × 1944");
    near(picture("1024"), 1830.0, 0.04, "1024 × 1024");
}

/// Gemma 4 26B-A4B: 25,805,933,872 parameters in all and 25,233,141,760 of text, counted with Transformers 5.24.
#[test]
fn a_picture_model_counts_or_is_said_not_to() {
    let weights = |vision: &str| {
        let said = answer("rtx-5090", &[("model", "gemma-4-26b-a4b"), ("vision", vision)]);
        best(&said, PartName::Weights, Place::Device)
    };
    let tower = 572_792_112.0 * 2.0 / (1024.0 * 1024.0);
    near(weights("true") - weights("false"), tower, 1e-6, "the tower in 16 bit");
    let unknown = answer("rtx-5090", &[("model", "gemma-4-12b"), ("vision", "true")]);
    assert!(unknown.budget.unknown.contains(&plimsoll::engine::Unknown::Vision));
}
