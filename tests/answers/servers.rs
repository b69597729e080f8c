//! Servers as their operators run them: what share they take of which memory, what several devices hold each, what they
//! open by themselves, and how fast what they leave in system memory is.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::memory::{PartName, Place};
use plimsoll::engine::runtime::Note;
use plimsoll::engine::{Assumptions, CeilingKind, Estimate, MachineNote, Speed, Verdict, estimate};
use plimsoll::spec::preset::{PresetKeys, parse, resolve, write};
use plimsoll::spec::{Machine, Scenario};
use plimsoll::units::{Bytes, whole};

fn machine(id: &str) -> Arc<Machine> {
    let (count, one) = plimsoll::spec::count_and_id(id).unwrap_or((1, id));
    let found = CONTEXT.catalog.machine(one).expect("a machine");
    if count == 1 { Arc::clone(found) } else { Arc::new(found.named_with_devices(count)) }
}

fn on(id: &str, set: &[(&str, &str)]) -> Estimate {
    estimate(&asked("chat-8b", set), &machine(id), &Assumptions::new(calibration()))
}

fn ceiling(estimate: &Estimate, kind: CeilingKind) -> Bytes {
    let mut found = estimate.fit.comparisons.iter().map(|each| &each.ceiling);
    found.find(|ceiling| ceiling.kind == kind).expect("the ceiling").bytes.best
}

fn part(estimate: &Estimate, name: PartName) -> f64 {
    let parts = estimate.budget.phases.iter().flat_map(|phase| &phase.parts);
    let found = parts.filter(|part| part.name == name && part.place == Place::Device);
    found.map(|part| part.bytes.best.get()).fold(0.0, f64::max)
}

fn decode(estimate: &Estimate) -> f64 {
    let Some(Speed::Inference(speed)) = &estimate.speed else { return 0.0 };
    speed.decode.best.get()
}

/// HIP reports 62.47 GiB of a Strix Halo of 128 GB (unslothai/unsloth, pull request 7960): what the kernel lets it map.
#[test]
fn the_share_of_a_shared_pool_is_of_what_the_gpu_may_take() {
    let as_shipped = on("strix-halo-395-128gb", &[("runtime", "vllm")]);
    assert_eq!(as_shipped.fit.verdict, Verdict::Fits);
    let share = ceiling(&as_shipped, CeilingKind::Share);
    assert!(share < ceiling(&as_shipped, CeilingKind::GpuLimit), "{share:?}");
    let raised = on("strix-halo-395-128gb", &[("runtime", "vllm"), ("raised_limit", "110GiB")]);
    let of_raised = ceiling(&raised, CeilingKind::Share).as_gib();
    assert!(of_raised > 90.0, "a raised limit is shown to programs");
    let notes = raised.machine_notes.iter().chain(&as_shipped.machine_notes);
    assert!(notes.into_iter().all(|note| !matches!(note, MachineNote::FitsRaised { .. })));
    let patched = on("strix-halo-395-128gb", &[("runtime", "sglang")]).resolved.refusal;
    assert!(patched.is_some(), "SGLang's kernels are built for gfx942 and gfx950, as it is published");
    let spark = on("dgx-spark", &[("runtime", "sglang")]);
    assert!(ceiling(&spark, CeilingKind::StaticShare).as_gib() < 102.2, "of what is free before it loads");
}

#[test]
fn a_desktop_leaves_sglang_less() {
    let static_share = |set: &[(&str, &str)]| {
        let set: Vec<(&str, &str)> = [("runtime", "sglang")].iter().chain(set).copied().collect();
        ceiling(&on("rtx-4090", &set), CeilingKind::StaticShare)
    };
    assert!(static_share(&[("display", "desktop"), ("os", "windows")]) < static_share(&[]));
}

/// vLLM prints 1.26 GiB of activations of Llama 3 8B on one H100 and on each of two (pull request 10511).
#[test]
fn each_device_of_a_server_samples_from_the_whole_vocabulary() {
    for runtime in ["vllm", "sglang"] {
        let set =
            [("runtime", runtime), ("split", "tensor"), ("max_num_seqs", "1024"), ("concurrency", "64")];
        let [one, two] = ["h100-sxm-80gb", "2x h100-sxm-80gb"].map(|id| on(id, &set));
        let logits = 64.0 * 128_256.0 * 4.0;
        let [alone, shared] = [&one, &two].map(|each| part(each, PartName::Activations));
        assert!(shared >= alone.min(logits), "{runtime}: {shared} of {alone}");
        let [alone, shared] = [&one, &two].map(|each| part(each, PartName::Overhead));
        assert!(shared > alone, "{runtime}: and holds what they talk with");
    }
}

#[test]
fn what_a_server_leaves_in_system_memory_crosses_the_link_in_every_pass() {
    let vllm = |set: &[(&str, &str)]| {
        let all = [("model", "qwen3-8b"), ("runtime", "vllm"), ("quantization", "bf16")];
        on("rtx-4090", &all.iter().chain(set).copied().collect::<Vec<_>>())
    };
    let here = decode(&vllm(&[]));
    let slow = decode(&vllm(&[("cpu_offload_gb", "10"), ("pcie_generation", "3"), ("pcie_lanes", "4")]));
    let fast = decode(&vllm(&[("cpu_offload_gb", "10"), ("pcie_generation", "4"), ("pcie_lanes", "16")]));
    // 10 GiB, of which the embedding is not read, over 3.9 GB/s, and over 31.5.
    assert!((0.2..0.4).contains(&slow) && (1.0..3.2).contains(&fast), "{slow} {fast}");
    assert!(here > 40.0, "{here}");
}

/// `server/routes.go` of Ollama 0.33.0: 4,096 tokens, 32,768 from 23 GiB, 262,144 from 47 GiB, at most the model's own.
#[test]
fn ollama_opens_what_the_memory_of_the_gpu_lets_it() {
    let opened = |id: &str, more: &[(&str, &str)]| {
        let keys: Vec<(&str, &str)> = [("server", "ollama")].iter().chain(more).copied().collect();
        let mut keys_of = PresetKeys::default();
        keys_of.set("model", "llama-3.1-8b").expect("a model");
        for (key, value) in keys {
            keys_of.set(key, value).expect("a setting");
        }
        let preset = resolve(keys_of, &*CONTEXT).expect("a scenario");
        let estimate = estimate(&preset.scenario, &machine(id), &Assumptions::new(calibration()));
        let said = estimate.resolved.notes.iter().any(|note| matches!(note, Note::Opened(_)));
        let inference = *estimate.resolved.scenario.inference().expect("it answers");
        (inference.context / inference.concurrency, said, whole(part(&estimate, PartName::KvCache)))
    };
    let cell = 131_072;
    assert_eq!(opened("rtx-4070", &[]), (4096, false, 4096 * cell));
    assert_eq!(opened("rtx-4090", &[]), (32_768, true, 32_768 * cell));
    assert_eq!(opened("2x rtx-3060-12gb", &[]).0, 32_768, "the memory of all GPUs together");
    assert_eq!(opened("a100-80gb-sxm", &[]), (131_072, true, 131_072 * cell), "the model's own is less");
    assert_eq!(
        opened("rtx-4090", &[("context", "8192")]),
        (8192, false, 8192 * cell),
        "what is asked stands"
    );
    let mut keys = PresetKeys::default();
    keys.set("model", "llama-3.1-8b").expect("a model");
    keys.set("server", "ollama").expect("a server");
    let asked = resolve(keys, &*CONTEXT).expect("a scenario").scenario;
    let on = |scenario: &Scenario| {
        let estimate = estimate(scenario, &machine("rtx-4090"), &Assumptions::new(calibration()));
        estimate.resolved.scenario.inference().map(|inference| inference.context)
    };
    assert_eq!(on(&asked), Some(32_768));
    let saved = parse(&write(&asked, None), "saved.ron").expect("keys").remove(0);
    let again = resolve(saved, &*CONTEXT).expect("a scenario").scenario;
    assert_eq!(on(&again), Some(32_768), "what is saved opens the same");
    let faster = asked.with("kv_precision", "q8_0").expect("a format").0;
    assert_eq!(on(&faster), Some(32_768), "another setting leaves it to the server");
    let same = asked.with("context", "4096").expect("a context").0;
    assert_eq!(on(&same), Some(4096), "even where it is what is shown");
    let set = asked.with("context", "8192").and_then(|(other, _)| other.with("context", "4096"));
    assert_eq!(on(&set.expect("a context").0), Some(4096), "what is set stands");
    let eight = opened("rtx-4070", &[("concurrency", "8")]);
    assert_eq!(eight, (4096, false, 8 * 4096 * cell), "each request at once has its slot");
}

#[test]
fn servers_run_on_the_generations_that_they_name() {
    for (id, runtime, runs) in [
        ("tesla-v100-16gb-sxm2", "sglang", false),
        ("tesla-t4", "sglang", true),
        ("rx-6800", "vllm", false),
        ("mi50-32gb", "vllm", false),
        ("rx-7900xtx", "vllm", true),
        ("strix-halo-395-128gb", "vllm", true),
        ("mi300x", "vllm", true),
    ] {
        let verdict = on(id, &[("runtime", runtime)]).fit.verdict;
        assert_eq!(verdict != Verdict::CannotRun, runs, "{id} {runtime}: {verdict:?}");
    }
}
