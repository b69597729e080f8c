//! Trainers with their own defaults, what objectives keep, and what ZeRO shards and keeps in system memory.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::memory::{PartName, PhaseName, Place};
use plimsoll::engine::runtime::Note;
use plimsoll::engine::{Assumptions, Estimate, Verdict, estimate};
use plimsoll::spec::preset::{PresetKeys, resolve};
use plimsoll::spec::{BasePrecision, Named as _, Optimizer, Runtime, Targets, TunedLayers, trainer_defaults};

const H100: &str = "h100-sxm-80gb";
const MAC: &str = "apple-m5max-40c-128gb";

fn on(set: &[(&str, &str)], id: &str, devices: u32) -> Estimate {
    let machine = CONTEXT.catalog.machine(id).expect("a machine");
    let machine = if devices > 1 { Arc::new(machine.with_devices(devices)) } else { Arc::clone(machine) };
    estimate(&asked("lora-13b", set), &machine, &Assumptions::new(calibration()))
}

fn part(estimate: &Estimate, phase: PhaseName, part: PartName, place: Place) -> f64 {
    let phase = estimate.budget.phases.iter().find(|found| found.name == phase).expect("the phase");
    let parts = phase.parts.iter().filter(|found| found.name == part && found.place == place);
    parts.map(|part| part.bytes.best.get()).sum()
}

fn near(is: f64, right: f64, what: &str) {
    assert!((is / right - 1.0).abs() < 0.01, "{what}: {is} is not {right}");
}

/// The defaults of each program, which its own source has.
#[test]
fn a_trainer_is_its_programs_defaults() {
    let tune = |trainer: &str, set: &[(&str, &str)], id: &str| {
        let mut keys = PresetKeys::default();
        let all = [&[("family", "fine-tune"), ("model", "llama-3.1-8b"), ("trainer", trainer)], set].concat();
        for (key, value) in all {
            keys.set(key, value).expect("a key");
        }
        let scenario = resolve(keys, &*CONTEXT).expect("a scenario").scenario;
        let machine = CONTEXT.catalog.machine(id).expect("a machine");
        let answer = estimate(&scenario, machine, &Assumptions::new(calibration()));
        assert!(answer.resolved.refusal.is_none(), "{trainer}: {:?}", answer.resolved.refusal);
        (answer.resolved.runtime, *answer.resolved.scenario.tune().expect("a tune"))
    };
    let (runtime, trl) = tune("trl", &[], H100);
    assert_eq!((runtime, trl.sequence, trl.micro_batch, trl.rank), (Runtime::PyTorch, 1024, 8, 8));
    assert!(trl.gradient_checkpointing && trl.chunked_loss && trl.targets == Targets::QueryValue);
    assert_eq!(trl.precision, BasePrecision::Fp32, "TRL loads what is named in 32 bit");
    let (_, unsloth) = tune("unsloth", &[("method", "qlora")], H100);
    assert_eq!((unsloth.micro_batch, unsloth.optimizer), (4, Optimizer::AdamW8bit));
    assert!(unsloth.checkpoint_offload && !unsloth.kbit_preparation);
    let (_, full) = tune("torchtune", &[("method", "full")], H100);
    assert_eq!((full.optimizer, full.gradient_accumulation_steps), (Optimizer::PagedAdamW8bit, 1));
    assert!(full.optimizer_in_backward);
    let (runtime, mlx) = tune("mlx-lm", &[], MAC);
    assert_eq!((runtime, mlx.micro_batch, mlx.tuned_layers), (Runtime::Mlx, 4, TunedLayers::Last(16)));
    // What is asked for stands before what the program would do.
    assert_eq!(tune("trl", &[("micro_batch", "1"), ("rank", "64")], H100).1.rank, 64);
    assert_eq!(tune("trl", &[], MAC).0, Runtime::PyTorch, "TRL is built on PyTorch");
}

/// axolotl issue 2531 (2025-04): full tuning of a 32B on eight H100 with ZeRO-3; 16 bytes a parameter are 61 GiB a card
/// before anything is computed, and the reporter ran out of memory at 79 GiB.
#[test]
fn full_tuning_on_several_devices_keeps_master_weights() {
    let set = [
        ("model", "qwen2.5-coder-32b"),
        ("method", "full"),
        ("precision", "bf16"),
        ("sequence", "4096"),
        ("micro_batch", "1"),
    ];
    let answer = on(&set, H100, 8);
    assert!(answer.resolved.notes.iter().any(|note| matches!(note, Note::Masters { deep_speed: false })));
    assert_ne!(answer.fit.verdict, Verdict::Fits);
    let of = |name| part(&answer, PhaseName::OptimizerStep, name, Place::Device);
    let kept = of(PartName::Weights) + of(PartName::MasterWeights) + of(PartName::OptimizerState);
    let parameters = *CONTEXT.catalog.model("qwen2.5-coder-32b").expect("a model").parameters.value();
    near(kept, 14.0 * parameters / 8.0, "weights, masters and moments of one device");
    let plain = on(&[&set[..], &[("master_weights", "false")]].concat(), H100, 8);
    assert_eq!(plain.fit.verdict, Verdict::Fits);
}

/// Each stage of ZeRO shards one more kind of what is kept; offloading moves it to system memory.
#[test]
fn zero_shards_stage_by_stage() {
    let set = [("model", "llama-3.1-8b"), ("method", "full"), ("precision", "bf16"), ("sequence", "1024")];
    let kept = |more: &[(&str, &str)], name, place| {
        part(&on(&[&set[..], more].concat(), H100, 4), PhaseName::OptimizerStep, name, place)
    };
    let at = |stage, name| kept(&[("zero_stage", stage)], name, Place::Device);
    let whole = at("0", PartName::OptimizerState);
    near(at("1", PartName::OptimizerState), whole / 4.0, "stage 1");
    near(at("1", PartName::Weights), at("0", PartName::Weights), "weights whole at stage 1");
    // Without sharding, the buckets of DDP are as large as the gradients.
    near(at("2", PartName::Gradients), at("1", PartName::Gradients) / 4.0, "stage 2");
    near(at("3", PartName::Weights), at("1", PartName::Weights) / 4.0, "stage 3");
    let offloaded = [("zero_stage", "3"), ("training_offload", "optimizer")];
    assert!(kept(&offloaded, PartName::OptimizerState, Place::Device) <= 0.0);
    near(kept(&offloaded, PartName::OptimizerState, Place::Host), whole, "all shards on the host");
    let one = on(&[&set[..], &[("training_offload", "all")]].concat(), "rtx-4090", 1);
    assert_eq!(one.fit.comparisons.iter().filter(|each| each.ceiling.decides).count(), 1);
    assert!(part(&one, PhaseName::OptimizerStep, PartName::Weights, Place::Device) <= 0.0);
}

/// The reference of DPO is a second model where all is trained, and the base itself where adapters are.
#[test]
fn dpo_has_a_reference_and_both_answers() {
    let dpo = |more: &[(&str, &str)]| {
        let set = [("model", "qwen2.5-7b"), ("objective", "dpo"), ("chunked_loss", "true")];
        on(&[&set[..], more].concat(), H100, 1)
    };
    let reference =
        |answer: &Estimate| part(answer, PhaseName::Backward, PartName::ReferenceWeights, Place::Device);
    let full = dpo(&[("method", "full"), ("precision", "bf16")]);
    near(reference(&full), part(&full, PhaseName::Load, PartName::Weights, Place::Device), "a second model");
    let before = dpo(&[("method", "full"), ("precision", "bf16"), ("precompute_ref_log_probs", "true")]);
    assert!(reference(&before) <= 0.0);
    let adapters = dpo(&[]);
    assert!(reference(&adapters) <= 0.0, "the base with its adapters off");
    let sft = on(&[("model", "qwen2.5-7b"), ("micro_batch", "2"), ("chunked_loss", "true")], H100, 1);
    let need = |answer: &Estimate| part(answer, PhaseName::Backward, PartName::Activations, Place::Device);
    near(need(&adapters), need(&sft), "both answers are two sequences");
}

/// GRPO writes all answers of a prompt at once with a cache; vLLM beside it leaves training a part of the device.
#[test]
fn grpo_writes_its_answers() {
    let set = [
        ("model", "qwen2.5-7b"),
        ("objective", "grpo"),
        ("sequence", "1024"),
        ("chunked_loss", "true"),
        ("micro_batch", "1"),
        ("gradient_accumulation_steps", "1"),
    ];
    let answer = on(&set, H100, 1);
    // Eight answers of 1,024 tokens: 28 layers of 2 × 4 × 128 values, 2 bytes each.
    let cache = part(&answer, PhaseName::Decode, PartName::KvCache, Place::Device);
    near(cache, 8.0 * 1024.0 * 28.0 * 1024.0 * 2.0, "the cache of eight answers");
    let more = on(&[&set[..], &[("num_generations", "16")]].concat(), H100, 1);
    near(part(&more, PhaseName::Decode, PartName::KvCache, Place::Device), 2.0 * cache, "sixteen answers");
    let beside = on(&[&set[..], &[("generation", "vllm"), ("vllm_share", "0.5")]].concat(), H100, 1);
    let left = beside.fit.comparisons.iter().find(|each| each.ceiling.basis.contains("vllm_gpu_memory"));
    near(left.expect("what vLLM leaves").ceiling.bytes.best.as_gib(), 40.0, "half of 80 GiB");
    let own = answer.fit.comparisons.iter().any(|each| each.ceiling.basis.contains("vllm_gpu_memory"));
    assert!(!own, "without vLLM nothing is left to it");
    let mac = on(&set, MAC, 1);
    assert_eq!(mac.resolved.runtime, Runtime::PyTorch, "mlx-lm learns from examples alone");
}

/// What an answer keeps is what Transformers' cache has: of latent attention whole heads of keys and values, of layers with
/// a recurrent state nothing that grows.
#[test]
fn answers_keep_what_their_layers_keep() {
    let cache = |model: &str, tokens: &str| {
        let set = [
            ("model", model),
            ("objective", "grpo"),
            ("sequence", tokens),
            ("chunked_loss", "true"),
            ("micro_batch", "1"),
            ("gradient_accumulation_steps", "1"),
        ];
        part(&on(&set, H100, 1), PhaseName::Decode, PartName::KvCache, Place::Device)
    };
    // DeepSeek-V2-Lite: 27 layers of 16 heads, keys of 128 and 64 values and values of 128.
    let right = 8.0 * 1024.0 * 27.0 * 16.0 * (192.0 + 128.0) * 2.0;
    near(cache("deepseek-v2-lite", "1024"), right, "whole heads");
    // Granite 4.0 H Micro: 4 of its 40 layers attend, with 8 heads of 64 values.
    for tokens in [16.0, 1024.0] {
        let is = cache("granite-4.0-h-micro", &format!("{tokens}"));
        assert!((is - 8.0 * tokens * 4.0 * 2.0 * 8.0 * 64.0 * 2.0).abs() < 1.0, "{tokens} tokens: {is}");
    }
    let (short, long) = (cache("kimi-linear-48b-a3b", "16"), cache("kimi-linear-48b-a3b", "1024"));
    assert!((long - 64.0 * short).abs() < 1.0, "states do not grow: {short} {long}");
}

/// A base in 8 bit: a byte a value and a 32-bit scale a row of each linear layer.
#[test]
fn an_eight_bit_base_is_a_byte_a_value() {
    let set = [
        ("model", "llama-3.1-8b"),
        ("method", "qlora"),
        ("precision", "8bit"),
        ("kbit_preparation", "false"),
    ];
    let answer = on(&set, H100, 1);
    let weights = part(&answer, PhaseName::Load, PartName::Weights, Place::Device);
    // 32 layers of 218,103,808 weights in 53,248 rows, 65 norms of 4,096, and two matrices of 128,256 × 4,096.
    let rows = 32.0 * (4096.0 * 2.0 + 1024.0 * 2.0 + 14_336.0 * 2.0 + 4096.0);
    let right = 32.0 * 218_103_808.0 + 4.0 * rows + 2.0 * (65.0 * 4096.0 + 2.0 * 128_256.0 * 4096.0);
    near(weights, right, "the base");
    // unsloth issue 2366 (2025-04): Gemma 3 12B on an H100 runs with 14,000 tokens.
    let gemma = [
        ("model", "gemma-3-12b"),
        ("method", "qlora"),
        ("precision", "int8"),
        ("trainer", "unsloth"),
        ("micro_batch", "1"),
        ("sequence", "14000"),
    ];
    assert_ne!(on(&gemma, H100, 1).fit.verdict, Verdict::DoesNotFit);
}

/// The page of all defaults is what the records say, row by row.
#[test]
fn the_page_of_defaults_is_that_of_the_records() {
    let row = |(trainer, default): (plimsoll::spec::Trainer, &plimsoll::spec::TrainerDefault)| {
        format!(
            "| `{}` | {} | {} | {} | {} |",
            default.key,
            trainer.label(),
            default.of_what(),
            default.value,
            default.source
        )
    };
    let rows: Vec<String> = trainer_defaults().map(row).collect();
    let page: Vec<&str> =
        include_str!("../../docs/trainers.md").lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(page, rows, "the rows that docs/trainers.md should have:\n{}", rows.join("\n"));
}
