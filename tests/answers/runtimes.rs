//! Each machine is answered with the runtime that its owner runs; what does not run there is said, with what to choose.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::memory::{PartName, Place};
use plimsoll::engine::runtime::{Cause, Instead, Note};
use plimsoll::engine::{
    Assumptions, CeilingKind, Estimate, MachineNote, Question, Unknown, Verdict, estimate,
};
use plimsoll::report::{Answer, Format, Report, answer_json, export, sentence};
use plimsoll::spec::support::FACTS;
use plimsoll::spec::{
    BasePrecision, Chosen, Machine, NotTogether, Optimizer, Quantization, Runtime, Scenario, joined,
};

const MAC: &str = "apple-m5max-40c-128gb";
const H100: &str = "h100-sxm-80gb";
const MI300X: &str = "mi300x-192gb";

fn machine(id: &str) -> Arc<Machine> {
    Arc::clone(CONTEXT.catalog.machine(id).expect("a machine"))
}

fn on(scenario: &Scenario, id: &str) -> Estimate {
    estimate(scenario, &machine(id), &Assumptions::new(calibration()))
}

/// The tool-calling tune of the window's first task: "M5 Max: PyTorch with bitsandbytes on a Mac, 1.9 to 13 h", where
/// MLX and CUDA could not stand side by side.
#[test]
fn a_fine_tune_stands_side_by_side_on_mlx_and_cuda() {
    let tune = asked("tool-calling-qlora-8b", &[]);
    let mac = on(&tune, MAC);
    assert_eq!((mac.resolved.runtime, mac.resolved.chosen), (Runtime::Mlx, Chosen::Auto));
    let answered = mac.resolved.scenario.tune().expect("a tune");
    assert_eq!((answered.precision, answered.optimizer), (BasePrecision::Mlx4, Optimizer::AdamW));
    let notes = &mac.resolved.notes;
    assert!(
        notes.iter().any(|note| matches!(note, Note::Base { from: BasePrecision::Nf4, .. })),
        "{notes:?}"
    );
    assert!(notes.iter().any(|note| matches!(note, Note::Optimizer { .. })), "{notes:?}");
    for id in ["rtx-4090", "dgx-spark-gb10", "a100-80gb-sxm"] {
        let card = on(&tune, id);
        assert_eq!((card.resolved.runtime, &card.resolved.notes[..]), (Runtime::PyTorch, &[][..]), "{id}");
        assert_eq!(card.fit.verdict, Verdict::Fits, "{id}");
    }
}

/// "PyTorch + nf4 + paged 8-bit AdamW on Apple; MLX + paged 8-bit AdamW; MLX on RTX" were judged as if they ran.
#[test]
fn what_does_not_run_is_refused_with_its_reason_and_what_to_choose() {
    let paged = Cause::Optimizer(Optimizer::PagedAdamW8bit);
    for (preset, set, id, cause) in [
        ("tool-calling-qlora-8b", &[("runtime", "pytorch")][..], MAC, paged),
        ("tool-calling-qlora-8b", &[("runtime", "mlx"), ("optimizer", "paged-adamw-8bit")], MAC, paged),
        (
            "tool-calling-qlora-8b",
            &[("runtime", "mlx"), ("optimizer", "adamw")],
            "rtx-4090",
            Cause::NotModelled,
        ),
        ("chat-8b", &[("runtime", "mlx")], H100, Cause::NotModelled),
        ("chat-8b", &[("runtime", "vllm"), ("quantization", "nf4")], H100, Cause::Weights(Quantization::Nf4)),
        (
            "chat-8b",
            &[("runtime", "pytorch"), ("quantization", "fp8")],
            MAC,
            Cause::Weights(Quantization::Fp8),
        ),
    ] {
        let answer = on(&asked(preset, set), id);
        assert_eq!(answer.fit.verdict, Verdict::CannotRun, "{preset} {set:?} on {id}");
        let refusal = answer.resolved.refusal.as_ref().expect("a reason");
        assert_eq!(refusal.cause, cause, "{preset} {set:?} on {id}");
        assert!(answer.speed.is_none() && answer.cost.is_none() && answer.budget.phases.is_empty());
        let words = sentence(&answer, id);
        assert!(words.detail.starts_with("choose "), "{words:?}");
    }
    // Neither MLX nor vLLM of the tree has anything for these machines.
    let vllm = on(&asked("chat-8b", &[("runtime", "vllm")]), MAC).resolved.refusal.expect("no vLLM on a Mac");
    assert!(matches!(vllm.cause, Cause::Runtime(Some(plugin)) if plugin.program == "vllm-metal"));
    assert_eq!(vllm.instead, Instead::Runtime(Runtime::Mlx));
    let mlx = on(&asked("chat-8b", &[("runtime", "mlx")]), MI300X).resolved.refusal.expect("no MLX on ROCm");
    assert!(matches!(mlx.cause, Cause::Runtime(None)));
}

/// What is proposed in place of what does not run, runs.
#[test]
fn what_to_choose_instead_runs() {
    for runtime in Runtime::ALL {
        for quantization in ["Q4_K_M", "bf16", "fp8", "awq", "nf4", "nvfp4", "mlx-4bit", "mxfp4"] {
            let set = [("runtime", runtime.key()), ("quantization", quantization)];
            for id in [MAC, H100, MI300X, "rtx-4090"] {
                let Some(refusal) = on(&asked("chat-8b", &set), id).resolved.refusal else { continue };
                let set: Vec<(&str, &str)> = match refusal.instead {
                    Instead::Setting { key, value } => vec![(key, value)],
                    Instead::Runtime(other) => vec![("runtime", other.key()), ("quantization", quantization)],
                    Instead::Weights(other) => vec![set[0], ("quantization", other.key())],
                    Instead::Base(_) | Instead::Optimizer(_) | Instead::Context(_) => {
                        unreachable!("nothing is trained, and the context is short")
                    }
                };
                let after = on(&asked("chat-8b", &set), id);
                assert_ne!(after.fit.verdict, Verdict::CannotRun, "{refusal:?} proposes {set:?}");
            }
            let auto = [("runtime", "auto"), ("quantization", quantization)];
            for id in [MAC, H100, MI300X, "rtx-4090", "strix-halo-395-128gb"] {
                let answer = on(&asked("chat-8b", &auto), id);
                assert_ne!(answer.fit.verdict, Verdict::CannotRun, "{quantization} on {id}: {answer:?}");
            }
        }
    }
}

/// The usual runtime of a format on a kind of machine.
#[test]
fn auto_is_what_people_run() {
    for (quantization, id, runtime) in [
        ("Q4_K_M", MAC, Runtime::LlamaCpp),
        ("Q4_K_M", H100, Runtime::LlamaCpp),
        ("mlx-4bit", MAC, Runtime::Mlx),
        ("mlx-4bit", "rtx-4090", Runtime::LlamaCpp),
        ("bf16", MAC, Runtime::Mlx),
        ("bf16", H100, Runtime::Vllm),
        ("bf16", MI300X, Runtime::Vllm),
        ("fp8", H100, Runtime::Vllm),
        ("nf4", "rtx-4090", Runtime::PyTorch),
        ("nf4", MAC, Runtime::Mlx),
        ("mxfp4-hf", H100, Runtime::Vllm),
    ] {
        let answer = on(&asked("chat-8b", &[("quantization", quantization)]), id);
        assert_eq!(answer.resolved.runtime, runtime, "{quantization} on {id}");
        let read = answer.resolved.scenario.inference().expect("an inference").quantization;
        let said = answer.resolved.notes.iter().any(|note| matches!(note, Note::Weights { .. }));
        assert_eq!(said, read.key() != quantization, "what is answered with another format is said");
    }
}

/// "vLLM has no such weight format" was said of BF16 and of MXFP4, which it has.
#[test]
fn vllm_reads_bf16_and_mxfp4() {
    for (model, quantization) in [("llama-3.1-8b", "BF16"), ("gpt-oss-20b", "MXFP4")] {
        let set = [("model", model), ("runtime", "vllm"), ("quantization", quantization)];
        let answer = on(&asked("chat-8b", &set), H100);
        assert_eq!(answer.fit.verdict, Verdict::Fits, "{model}");
        assert!(!answer.budget.unknown.contains(&Unknown::QuantizationUnsupported), "{model}");
        assert!(answer.resolved.notes.is_empty(), "{:?}", answer.resolved.notes);
    }
}

/// 411 GiB with no word of why: attention's backward pass is not fused on Apple.
#[test]
fn a_long_training_sequence_on_a_mac_says_that_nothing_fuses_its_backward_pass() {
    for runtime in ["auto", "pytorch"] {
        let answer = on(&asked("parse-trees-32k-8b", &[("runtime", runtime)]), MAC);
        let words = sentence(&answer, "a Mac");
        let said = words.remarks.iter().find(|remark| remark.contains("no fused backward attention"));
        let said = said.unwrap_or_else(|| panic!("{runtime}: {words:?}"));
        assert!(said.contains("scaled_dot_product_attention") || said.contains("179294"), "{said}");
    }
    let card = on(&asked("parse-trees-32k-8b", &[]), H100);
    assert!(!card.resolved.notes.iter().any(|note| matches!(note, Note::UnfusedBackward { .. })));
}

/// The runtime stands in every form of an answer.
#[test]
fn every_report_shows_the_runtime() {
    let scenario = asked("tool-calling-qlora-8b", &[("runtime", "pytorch")]);
    let assumptions = Assumptions::new(calibration());
    let answer = Answer::new(&scenario, &machine(MAC), &assumptions);
    let json = serde_json::to_value(answer_json(&scenario, &answer, &[])).expect("JSON");
    assert_eq!((&json["verdict"], &json["runtime_chosen"]), (&"cannot-run".into(), &"asked".into()));
    assert!(json["memory"].is_null() && json["speed"].is_null() && json["cost"].is_null());
    assert!(json["reason"].as_str().is_some_and(|reason| reason.contains("bitsandbytes")));
    let scenario = asked("tool-calling-qlora-8b", &[]);
    let machines = [machine(MAC), machine("rtx-4090")];
    let report = Report::new(scenario, &machines, &assumptions, ("2026-11-27", "2026-11-20"));
    let markdown = export(&report, Format::Markdown);
    assert!(markdown.contains("MLX (auto)") && markdown.contains("PyTorch (auto)"), "{markdown}");
    let csv = export(&report, Format::Csv);
    let mut lines = csv.lines();
    let at = lines.next().and_then(|head| head.split(',').position(|name| name == "runtime"));
    let at = at.expect("a column");
    assert_eq!(lines.filter_map(|line| line.split(',').nth(at)).collect::<Vec<_>>(), ["mlx", "pytorch"]);
}

/// One question of many machines answers each as it is answered alone, though they run different programs.
#[test]
fn many_machines_are_answered_as_each_alone() {
    let scenario = asked("chat-8b", &[("quantization", "bf16")]);
    let mut question = Question::new(&scenario);
    for machine in &CONTEXT.catalog.machines {
        let assumptions = Assumptions::new(calibration());
        let (shared, alone) =
            (question.on(machine, &assumptions), estimate(&scenario, machine, &assumptions));
        assert_eq!(shared, alone, "{}", machine.id);
    }
}

/// What a generation of NVIDIA's chips does: FP8 units from 8.9 on, and what runs slower without them is said; what
/// does not run at all is refused with the generation that does.
#[test]
fn generations_of_chips_are_told_apart() {
    let vllm = |quantization: &str, id: &str| {
        on(&asked("chat-8b", &[("runtime", "vllm"), ("quantization", quantization)]), id)
    };
    let unpacked =
        |answer: &Estimate| answer.resolved.notes.iter().any(|note| matches!(note, Note::Unpacked { .. }));
    for (quantization, id, slower) in [
        ("fp8", "rtx-3090", true),
        ("fp8", "a100-80gb-sxm", true),
        ("fp8", "rtx-4090", false),
        ("fp8", H100, false),
        ("nvfp4", H100, true),
        ("nvfp4", "rtx-5090", false),
        ("awq", "rtx-3090", false),
    ] {
        let answer = vllm(quantization, id);
        assert_ne!(answer.fit.verdict, Verdict::CannotRun, "{quantization} on {id}");
        assert_eq!(unpacked(&answer), slower, "{quantization} on {id}: {:?}", answer.resolved.notes);
    }
    // Marlin's kernels for MXFP4 begin with Ampere, vLLM itself with Turing.
    for (quantization, id) in [("mxfp4-hf", "rtx-2060"), ("bf16", "gtx-1080ti"), ("bf16", "v100-sxm2-16gb")] {
        let Ok(machine) = CONTEXT.catalog.machine(id) else { continue };
        let asked = asked("chat-8b", &[("runtime", "vllm"), ("quantization", quantization)]);
        let answer = estimate(&asked, machine, &Assumptions::new(calibration()));
        let refusal = answer.resolved.refusal.as_ref().expect("too old");
        assert!(refusal.older, "{refusal:?}");
        let words = sentence(&answer, id);
        assert!(words.headline.contains("below compute capability"), "{words:?}");
    }
    // Without bf16 vLLM takes float16; older cards than its own are answered with what runs there.
    let turing = vllm("bf16", "rtx-2060");
    assert!(turing.resolved.notes.iter().any(|note| matches!(note, Note::NoBf16(_))), "{turing:?}");
    let pascal = on(&asked("chat-8b", &[("quantization", "bf16")]), "gtx-1080ti");
    assert_eq!(pascal.resolved.runtime, Runtime::PyTorch);
}

/// vLLM and SGLang take their defaults from the memory of the device (`get_batch_defaults`,
/// `handle_gpu_memory_settings`).
#[test]
fn what_a_program_does_not_hear_does_not_slow_it() {
    for runtime in ["vllm", "sglang", "pytorch", "exllama"] {
        for (key, value) in [("gpu_layers", "4"), ("cpu_experts", "all")] {
            let of = |set: &[(&str, &str)]| {
                let set: Vec<_> =
                    [("model", "qwen3-30b-a3b"), ("runtime", runtime)].iter().chain(set).copied().collect();
                on(&asked("chat-8b", &set), H100)
            };
            let (plain, deaf) = (of(&[]), of(&[(key, value)]));
            assert_eq!(deaf.speed, plain.speed, "{key} under {runtime}");
            let said = |note: &Note| matches!(note, Note::Ignored(ignored) if ignored.key == key);
            assert!(deaf.resolved.notes.iter().any(said), "{key} under {runtime}");
        }
    }
}

/// vLLM: "User-specified max_model_len (262144) is greater than the derived max_model_len".
#[test]
fn servers_do_not_start_with_requests_longer_than_the_model() {
    for (runtime, refused) in [("vllm", true), ("sglang", true), ("llama.cpp", false)] {
        let of = |context: &str, requests: &str| {
            let set = [("runtime", runtime), ("max_model_len", context), ("concurrency", requests)];
            on(&asked("chat-8b", &set), H100).resolved.refusal
        };
        let long = of("262144", "1");
        assert_eq!(long.is_some(), refused, "{runtime}");
        if let Some(refusal) = long {
            assert_eq!(refusal.cause, Cause::LongerThanModel { asked: 262_144, holds: 131_072 });
            assert_eq!(refusal.instead, Instead::Context(131_072));
        }
        assert!(of("131072", "1").is_none() && of("131072", "2").is_none(), "{runtime}: each has its own");
        assert_eq!(of("262144", "2").is_some(), refused, "{runtime}");
    }
}

/// A preset's context was not meant for a model that holds less.
#[test]
fn a_server_that_nobody_named_takes_what_the_model_holds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/configs/Llama-3.1-8B.json");
    let set = [("model", path), ("quantization", "bf16"), ("context", "262144")];
    let auto = on(&asked("chat-8b", &set), H100);
    assert_eq!(auto.resolved.runtime, Runtime::Vllm);
    assert_eq!(auto.resolved.refusal, None);
    assert!(auto.resolved.notes.contains(&Note::Clamped { asked: 262_144, holds: 131_072 }));
}

/// vLLM's and SGLang's lengths, and Ollama's, are of each request.
#[test]
fn a_servers_length_is_of_each_request() {
    for (runtime, key) in [("vllm", "max_model_len"), ("sglang", "context_length")] {
        let eight = asked("chat-8b", &[("runtime", runtime), (key, "8192"), ("concurrency", "8")]);
        assert_eq!(eight.inference().map(|inference| inference.context), Some(65_536), "{runtime}");
        let command = plimsoll::report::start_command(&on(&eight, H100).resolved).expect("a command");
        assert!(command.contains(" 8192"), "{command}");
        let all = asked("chat-8b", &[("runtime", runtime), ("context", "8192"), ("concurrency", "8")]);
        assert_eq!(all.inference().map(|inference| inference.context), Some(8192), "{runtime}");
    }
}

/// The checkpoint that people serve: DeepSeek V3 is published in FP8, Kimi K2.5 in 4 bit.
#[test]
fn servers_load_the_format_that_a_model_is_published_in() {
    for (model, format) in [
        ("deepseek-v3", Quantization::Fp8),
        ("kimi-k2.5", Quantization::Gptq),
        ("llama-3.1-8b", Quantization::Bf16),
    ] {
        let mut keys = plimsoll::spec::preset::PresetKeys::default();
        keys.set("model", model).expect("a model");
        keys.set("runtime", "vllm").expect("a runtime");
        let preset = plimsoll::spec::preset::resolve(keys, &*CONTEXT).expect("a scenario");
        assert_eq!(
            preset.scenario.inference().map(|inference| inference.quantization),
            Some(format),
            "{model}"
        );
    }
}

/// Programs that are built for some of AMD's chips alone.
#[test]
fn programs_run_on_the_radeons_that_they_are_built_for() {
    let runs = |runtime: &str, id: &str| {
        let set = [("model", "llama-3.2-1b"), ("runtime", runtime), ("quantization", "bf16")];
        on(&asked("chat-8b", &set), id).resolved.refusal.is_none()
    };
    for (id, sglang, pytorch, vllm) in [
        (MI300X, true, true, true),
        ("rx-7900xtx-24gb", false, true, true),
        ("rx-9070xt-16gb", false, true, true),
        ("rx-6800-16gb", false, true, false),
        ("rx-vega-64-8gb", false, true, false),
        ("rx-5700xt-8gb", false, false, false),
        ("rx-580-8gb", false, false, false),
        ("ryzen-7-7840u-32gb", false, false, false),
        ("strix-halo-395-128gb", false, true, true),
    ] {
        let found = [runs("sglang", id), runs("pytorch", id), runs("vllm", id)];
        assert_eq!(found, [sglang, pytorch, vllm], "{id}");
    }
    let polaris = on(&asked("chat-8b", &[("runtime", "vllm"), ("quantization", "bf16")]), "rx-580-8gb");
    let refusal = polaris.resolved.refusal.expect("no vLLM");
    assert_eq!(refusal.instead, Instead::Runtime(Runtime::LlamaCpp));
}

#[test]
fn a_trainer_that_does_not_run_there_is_not_advised_again() {
    let tuned = on(&asked("tool-calling-qlora-8b", &[("trainer", "mlx-lm")]), H100);
    let refusal = tuned.resolved.refusal.expect("mlx-lm trains on Macs");
    assert_eq!(refusal.instead, Instead::Setting { key: "trainer", value: "none" });
}

#[test]
fn heads_that_devices_cannot_share_evenly_are_refused_by_tensor() {
    // vLLM: "Total number of attention heads (32) must be divisible by tensor parallel size (3)."
    for runtime in ["vllm", "sglang"] {
        let by = |devices: &str, split: &str| {
            let set =
                [("runtime", runtime), ("quantization", "bf16"), ("devices", devices), ("split", split)];
            on(&asked("chat-8b", &set), H100)
        };
        let three = by("3", "auto");
        let refusal = three.resolved.refusal.as_ref().expect("32 heads on 3 devices");
        assert_eq!(refusal.cause, Cause::UnevenHeads { heads: 32, devices: 3 });
        assert_eq!(refusal.instead, Instead::Setting { key: "split", value: "layers" });
        assert!(by("4", "auto").resolved.refusal.is_none() && by("3", "layers").resolved.refusal.is_none());
    }
    let llama = on(&asked("chat-8b", &[("devices", "3"), ("split", "tensor")]), H100);
    assert!(llama.resolved.refusal.is_none(), "llama.cpp cuts rows");
}

#[test]
fn what_a_library_refuses_to_train_is_not_said_of_a_model_that_is_run() {
    let no_bf16 =
        |estimate: &Estimate| estimate.resolved.notes.iter().any(|note| matches!(note, Note::NoBf16(_)));
    let set = [("runtime", "pytorch"), ("quantization", "bf16")];
    assert!(!no_bf16(&on(&asked("chat-8b", &set), "gtx-1080ti-11gb")));
    assert!(no_bf16(&on(&asked("lora-13b", &[]), "gtx-1080ti-11gb")));
}

#[test]
fn unsloth_packs_the_experts_that_bitsandbytes_leaves() {
    // Unsloth's guide: gpt-oss 20B is tuned in 14 GB where its own 4-bit checkpoint is the base.
    let set = [
        ("model", "gpt-oss-20b"),
        ("method", "qlora"),
        ("rank", "8"),
        ("targets", "attention"),
        ("sequence", "1024"),
    ];
    let need = |trainer: &str| {
        let set: Vec<_> = set.iter().copied().chain([("trainer", trainer)]).collect();
        on(&asked("lora-13b", &set), "rtx-4090-24gb").fit.deciding().expect("a ceiling").need
    };
    let (unsloth, trl) = (need("unsloth"), need("trl"));
    assert!(unsloth.best.as_gib() < 16.0 && trl.best.as_gib() > 38.0, "{unsloth:?} {trl:?}");
    assert!(unsloth.high.as_gib() > 38.0, "the high end is of experts in 16 bit");
}

#[test]
fn a_servers_share_is_of_what_the_drivers_runtime_counts() {
    // GiB of memory in all, as PyTorch's out-of-memory messages in public logs say it; on a card with ECC in its own
    // memory a sixteenth is missing.
    for (machine, gib) in [
        ("rtx-4090", 23.64),
        ("rtx-3090", 23.69),
        ("rtx-5090", 31.36),
        ("rtx-5080", 15.47),
        ("a100-80gb-sxm", 79.15),
        ("h100-sxm-80gb", 79.2),
        ("l4-24gb", 22.03),
        ("a10g-24gb", 22.06),
        ("l40s-48gb", 44.45),
        ("rtx-a6000", 47.53),
        ("rtx-pro-6000-96gb", 94.97),
        ("h200-141gb", 139.8),
        ("rtx-3060-12gb", 11.76),
        ("rx-9070xt-16gb", 15.92),
    ] {
        let set = [("runtime", "vllm"), ("quantization", "bf16"), ("gpu_memory_utilization", "0.5")];
        let estimate = on(&asked("chat-8b", &set), machine);
        let share = estimate.fit.comparisons.iter().find(|each| each.ceiling.kind == CeilingKind::Share);
        let total = share.expect("vLLM takes a share").ceiling.bytes.best.as_gib() * 2.0;
        assert!((total / gib - 1.0).abs() < 0.01, "{machine}: {total:.2} of {gib} GiB");
    }
}

#[test]
fn servers_take_their_defaults_from_the_device() {
    let filled = |runtime: &str, set: &[(&str, &str)], id: &str| {
        let mut all = vec![("runtime", runtime), ("quantization", "bf16")];
        all.extend_from_slice(set);
        let answer = on(&asked("chat-8b", &all), id);
        let inference = answer.resolved.scenario.inference().expect("an inference");
        (inference.max_num_batched_tokens, inference.max_num_seqs)
    };
    for (runtime, id, expected) in [
        ("vllm", "rtx-4090", (None, None)),
        ("vllm", H100, (Some(8192), Some(1024))),
        ("vllm", "a100-80gb-sxm", (None, None)),
        ("vllm", "dgx-spark-gb10", (None, None)),
        ("vllm", MI300X, (Some(16_384), Some(1024))),
        ("sglang", "rtx-4060", (None, None)),
        ("sglang", "rtx-4090", (Some(4096), None)),
        ("sglang", H100, (Some(8192), None)),
        ("sglang", MI300X, (Some(16_384), None)),
    ] {
        assert_eq!(filled(runtime, &[], id), expected, "{runtime} on {id}");
    }
    let asked = filled("vllm", &[("max_num_seqs", "32"), ("prefill_step", "4096")], H100);
    assert_eq!(asked, (None, Some(32)), "what is asked for stands");
}

/// SGLang's share where none is given: 80 GiB less 512 MiB, 1.5 × 8,192, 128, and its graphs.
#[test]
fn sglang_works_its_share_out_of_the_memory() {
    let answer = on(&asked("chat-8b", &[("runtime", "sglang"), ("quantization", "bf16")]), H100);
    let deciding = answer.fit.comparisons.iter().find(|each| each.ceiling.kind == CeilingKind::StaticShare);
    let ceiling = &deciding.expect("a share").ceiling;
    // 512 + 12,288 + 128 + 2 × 256 + 8 × 58 = 13,904 of 81,920 MiB.
    assert!(ceiling.basis.starts_with("mem_fraction_static 0.83 "), "{}", ceiling.basis);
    assert!(answer.serving.expect("it serves").kv_capacity_tokens > 300_000);
    let asked = asked("chat-8b", &[("runtime", "sglang"), ("mem_fraction_static", "0.7")]);
    let less = on(&asked, H100).serving.expect("it serves");
    assert!(less.kv_capacity_tokens < answer.serving.expect("it serves").kv_capacity_tokens);
}

/// `text-generation-webui` pull request 6903 (2025-04): ExLlamaV3 with a 32B of 4 bits and 8,192 tokens took 18,665 MiB,
/// with a 4-bit cache 16,827.
#[test]
fn exllama_is_within_what_was_reported() {
    let need = |cache: &str| {
        let set = [("model", "qwen2.5-32b"), ("quantization", "exl3-4.0bpw"), ("kv_precision", cache)];
        let answer = on(&asked("chat-8b", &set), "rtx-4090");
        assert_eq!(answer.resolved.runtime, Runtime::ExLlama);
        let phase = answer.budget.peak_in(Place::Device).expect("a phase");
        phase.in_place(Place::Device)
    };
    for (cache, measured) in [("fp16", 18_665.0), ("q4", 16_827.0)] {
        let need = need(cache);
        let [low, high] = [need.low, need.high].map(|bytes| bytes.get() / (1024.0 * 1024.0));
        assert!((low..=high).contains(&measured), "{cache}: {measured} of {low} to {high} MiB");
    }
}

/// With experts shared out, each device holds a part of them and all of attention.
#[test]
fn experts_are_shared_out_over_devices() {
    let weights = |split: &str| {
        let set =
            [("model", "qwen3-30b-a3b"), ("quantization", "bf16"), ("runtime", "vllm"), ("split", split)];
        let answer = on(&asked("chat-8b", &[&set[..], &[("devices", "4")]].concat()), H100);
        let phase = answer.budget.peak_in(Place::Device).expect("a phase");
        phase.named(PartName::Weights).best.get()
    };
    let [copies, experts, tensor] = ["copies", "experts", "tensor"].map(weights);
    assert!(tensor < experts && experts < 0.4 * copies, "{tensor} {experts} {copies}");
}

/// FLUX in 8-bit floats was "Fits" on a Mac, where PyTorch has no such tensors; Unsloth trained there with PyTorch; Ollama
/// kept formats that it does not take.
#[test]
fn programs_around_a_runtime_and_parts_of_a_pipeline_are_refused_where_they_are_not() {
    let setting = |key, value| Instead::Setting { key, value };
    let tune = "tool-calling-qlora-8b";
    for (preset, set, id, instead) in [
        ("flux-1-dev", &[("precision", "fp8")][..], MAC, setting("precision", "q8_0")),
        (
            "flux-1-dev",
            &[("precision", "q8_0"), ("text_precision", "fp8")],
            MAC,
            setting("text_precision", "q8_0"),
        ),
        (tune, &[("trainer", "unsloth")], MAC, setting("trainer", "mlx-lm")),
        (
            tune,
            &[("runtime", "pytorch"), ("optimizer", "adamw"), ("zero_stage", "3")],
            MAC,
            setting("zero_stage", "none"),
        ),
        (
            "chat-8b",
            &[("server", "ollama"), ("kv_precision", "q5_1")],
            "rtx-4090",
            setting("kv_precision", "q8_0"),
        ),
        (
            "chat-8b",
            &[("server", "ollama"), ("cache_type_v", "q4_0")],
            "rtx-4090",
            setting("cache_type_v", "auto"),
        ),
    ] {
        let answer = on(&asked(preset, set), id);
        let refusal = answer.resolved.refusal.as_ref().unwrap_or_else(|| panic!("{preset} {set:?} on {id}"));
        assert_eq!((answer.fit.verdict, refusal.instead), (Verdict::CannotRun, instead), "{preset} {set:?}");
        let Instead::Setting { key, value } = instead else { continue };
        let words = sentence(&answer, id);
        assert!(words.detail.starts_with(&format!("choose {key}={value} · read in ")), "{words:?}");
        // What is advised runs.
        let others: Vec<(&str, &str)> = set.iter().filter(|(other, _)| *other != key).copied().collect();
        let mended = on(&asked(preset, &[&others[..], &[(key, value)]].concat()), id);
        assert_ne!(mended.fit.verdict, Verdict::CannotRun, "{preset} {set:?} with {key}={value}");
    }
    for (preset, set, id) in [
        ("flux-1-dev", &[("precision", "fp8")][..], "rtx-4090"),
        ("flux-1-dev", &[("precision", "nf4")], MAC),
        (tune, &[("trainer", "unsloth")], "rtx-4090"),
        ("chat-8b", &[("server", "ollama"), ("kv_precision", "q8_0")], "rtx-4090"),
        ("chat-8b", &[("server", "llama-server"), ("cache_type_k", "q5_1")], "rtx-4090"),
    ] {
        let answer = on(&asked(preset, set), id);
        assert_eq!(answer.resolved.refusal, None, "{preset} {set:?} on {id}");
    }
}

/// A GeForce and a Radeon under one vLLM "fit": a build of it is for CUDA or for ROCm. llama.cpp has Vulkan for both.
#[test]
fn cards_of_several_makers_run_under_llama_cpp_alone() {
    let pair = joined("rtx-5080 + rx-7900-xtx-24gb", |id| {
        CONTEXT.catalog.machine(id).cloned().map_err(|_unknown| NotTogether::Nothing)
    });
    let pair = Arc::new(pair.expect("a pair").expect("two cards"));
    for (set, runs) in [
        (&[("runtime", "vllm"), ("quantization", "fp8")][..], false),
        (&[("runtime", "sglang"), ("quantization", "fp8")], false),
        (&[("runtime", "llama.cpp")], true),
    ] {
        let answer = estimate(&asked("chat-8b", set), &pair, &Assumptions::new(calibration()));
        let cause = answer.resolved.refusal.as_ref().map(|refusal| refusal.cause);
        assert_eq!(cause, (!runs).then_some(Cause::SeveralMakers), "{set:?}");
    }
}

/// vLLM on a DGX Spark "fits" at its 0.9, of which 109.5 GiB are asked for where about 102 are free; and a server with its
/// share of a large card was held against the card.
#[test]
fn a_servers_share_decides_and_is_said_where_less_is_free() {
    let over = |answer: &Estimate| {
        answer.machine_notes.iter().any(|note| matches!(note, MachineNote::ShareOverFree { .. }))
    };
    let served = |share: &str, id: &str| {
        on(
            &asked(
                "chat-8b",
                &[("runtime", "vllm"), ("quantization", "bf16"), ("gpu_memory_utilization", share)],
            ),
            id,
        )
    };
    let usual = served("0.9", "dgx-spark-gb10");
    assert!(usual.fit.verdict >= Verdict::Uncertain && over(&usual), "{:?}", usual.fit);
    let need = usual.fit.deciding().expect("a ceiling").need.best.as_gib();
    assert!((need - 0.9 * 121.7).abs() < 0.5, "of what programs see: {need}");
    let less = served("0.7", "dgx-spark-gb10");
    assert!(less.fit.verdict == Verdict::Fits && !over(&less), "{:?}", less.fit);
    let card = served("0.9", "h200-141gb");
    let deciding = card.fit.deciding().expect("a ceiling").ceiling.kind;
    assert!(deciding == CeilingKind::Share && !over(&card), "{deciding:?}");
}

/// What runs with a limit says it: a trainer on a Mac, a server on Windows.
#[test]
fn limits_of_the_programs_around_a_runtime_are_said() {
    for (preset, set, id, program) in [
        (
            "tool-calling-qlora-8b",
            &[("trainer", "axolotl"), ("runtime", "pytorch"), ("optimizer", "adamw")][..],
            MAC,
            "axolotl",
        ),
        ("chat-8b", &[("server", "ollama"), ("os", "windows")], "rx-6800-xt-16gb", "Ollama"),
    ] {
        let notes = on(&asked(preset, set), id).resolved.notes;
        let said = |note: &Note| matches!(note, Note::Limit(fact) if fact.program == program);
        assert!(notes.iter().any(said), "{preset} {set:?} on {id}: {notes:?}");
    }
    let linux =
        on(&asked("chat-8b", &[("server", "ollama"), ("os", "linux")]), "rx-6800-xt-16gb").resolved.notes;
    assert!(
        !linux.iter().any(|note| matches!(note, Note::Limit(fact) if fact.program == "Ollama")),
        "{linux:?}"
    );
}

/// Each fact has a version, a source and a day, and none stands twice.
#[test]
fn facts_are_complete_and_stand_once() {
    for (at, fact) in FACTS.iter().enumerate() {
        assert!(!fact.program.is_empty() && !fact.version.is_empty() && !fact.source.is_empty(), "{fact:?}");
        assert!(fact.date.len() == 10 && fact.date.starts_with("202"), "{fact:?}");
        let same = |other: &&plimsoll::spec::support::Fact| {
            (other.runtime, other.platform, other.feature) == (fact.runtime, fact.platform, fact.feature)
        };
        assert!(!FACTS[..at].iter().any(|other| same(&other)), "{fact:?} stands twice");
    }
}
