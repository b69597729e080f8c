//! torchtune: a recipe for one device with its configuration, and what is otherwise.
//!
//! Recipes, configurations and their keys are those of torchtune at bd2a0fc7 (recipes/configs and
//! docs/source/tutorials/memory_optimizations.rst, read on 2026-11-28).

use super::recipe::Recipe;
use crate::engine::Resolved;
use crate::spec::{BasePrecision, FineTune, Method, Optimizer, Targets, TrainingOffload, ZeroStage};

/// What a configuration's tokenizer is made of, in the folder of the model.
const LLAMA: &[(&str, &str)] = &[("path", "original/tokenizer.model")];
const PIECES: &[(&str, &str)] = &[("path", "tokenizer.model")];
const QWEN: &[(&str, &str)] = &[("path", "vocab.json"), ("merges_file", "merges.txt")];
const PHI: &[(&str, &str)] = &[("vocab_path", "vocab.json"), ("merges_path", "merges.txt")];

/// The configuration of full training on one device.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Full {
    /// There is none.
    None,
    /// It has an optimizer in 8 bit that is paged.
    Paged,
    /// It has AdamW in one fused pass.
    Fused,
}

/// A configuration: the model, its name, its tokenizer, and that of full training.
type Config = (&'static str, &'static str, &'static [(&'static str, &'static str)], Full);

/// Configurations of models here, for one device.
const CONFIGS: &[Config] = &[
    ("gemma-2-27b", "gemma2/27B", PIECES, Full::None),
    ("gemma-2-2b", "gemma2/2B", PIECES, Full::None),
    ("gemma-2-9b", "gemma2/9B", PIECES, Full::None),
    ("gemma-2b", "gemma/2B", PIECES, Full::None),
    ("gemma-7b", "gemma/7B", PIECES, Full::None),
    ("llama-2-7b", "llama2/7B", PIECES, Full::None),
    ("llama-3-8b", "llama3/8B", LLAMA, Full::Paged),
    ("llama-3.1-8b", "llama3_1/8B", LLAMA, Full::Paged),
    ("llama-3.2-1b", "llama3_2/1B", LLAMA, Full::Paged),
    ("llama-3.2-3b", "llama3_2/3B", LLAMA, Full::Paged),
    ("mistral-7b-v0.1", "mistral/7B", PIECES, Full::None),
    ("phi-4-14b", "phi4/14B", PHI, Full::None),
    ("qwen2.5-0.5b", "qwen2_5/0.5B", QWEN, Full::Fused),
    ("qwen2.5-1.5b", "qwen2_5/1.5B", QWEN, Full::Fused),
    ("qwen2.5-14b", "qwen2_5/14B", QWEN, Full::None),
    ("qwen2.5-3b", "qwen2_5/3B", QWEN, Full::Fused),
    ("qwen2.5-7b", "qwen2_5/7B", QWEN, Full::Fused),
    ("qwen3-0.6b", "qwen3/0.6B", QWEN, Full::Fused),
    ("qwen3-1.7b", "qwen3/1.7B", QWEN, Full::Fused),
    ("qwen3-14b", "qwen3/14B", QWEN, Full::None),
    ("qwen3-4b", "qwen3/4B", QWEN, Full::Fused),
    ("qwen3-8b", "qwen3/8B", QWEN, Full::Fused),
];

fn config(resolved: &Resolved) -> Option<&'static Config> {
    let language = resolved.scenario.language().filter(|language| language.size.is_none())?;
    CONFIGS.iter().find(|(id, ..)| *id == language.model.id)
}

/// What is typed; nothing where no recipe for one device does what was asked, or the model has no configuration there.
pub(super) fn train(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    let recipe = Recipe::of(resolved, tune)?;
    let (_, name, tokenizer, of_full) = config(resolved)?;
    let full = tune.method == Method::Full;
    let alone = recipe.devices <= 1
        && tune.zero_stage == ZeroStage::None
        && tune.training_offload == TrainingOffload::None;
    if !alone || (full && *of_full == Full::None) {
        return None;
    }
    let (kind, runs) = if full { ("full", "full_finetune") } else { ("lora", "lora_finetune") };
    let mut words = vec![format!("tune run {runs}_single_device --config {name}_{kind}_single_device")];
    words.push("checkpointer.checkpoint_dir=MODEL".to_owned());
    words.extend(tokenizer.iter().map(|(key, file)| format!("tokenizer.{key}=MODEL/{file}")));
    words.push(format!("tokenizer.max_seq_len={}", recipe.longest));
    if recipe.packs {
        words.push("dataset.packed=True".to_owned());
    }
    words.push(number_kind(tune)?.to_owned());
    if !full {
        words.extend(adapters(tune));
    }
    words.extend([
        format!("batch_size={}", tune.micro_batch),
        format!("gradient_accumulation_steps={}", tune.gradient_accumulation_steps),
        format!("epochs={}", tune.epochs.ceil()),
        format!("enable_activation_checkpointing={}", python(tune.gradient_checkpointing)),
    ]);
    let fused = if full { *of_full == Full::Fused } else { true };
    words.extend(optimizer(tune, fused)?.iter().map(|word| (*word).to_owned()));
    if full {
        words.push(format!("optimizer_in_bwd={}", python(tune.optimizer_in_backward)));
    }
    Some(words.join(" "))
}

/// How the base is held.
const fn number_kind(tune: &FineTune) -> Option<&'static str> {
    match tune.precision {
        BasePrecision::Bf16 => Some("dtype=bf16"),
        BasePrecision::Fp32 => Some("dtype=fp32"),
        BasePrecision::Nf4 => Some("model.quantize_base=True"),
        _ => None,
    }
}

fn adapters(tune: &FineTune) -> Vec<String> {
    let (attention, feed_forward) = match tune.targets {
        Targets::QueryValue => ("'q_proj','v_proj'", false),
        Targets::Attention => ("'q_proj','k_proj','v_proj','output_proj'", false),
        Targets::AllLinear => ("'q_proj','k_proj','v_proj','output_proj'", true),
    };
    let mut words = vec![
        format!("model.lora_rank={}", tune.rank),
        format!("model.lora_alpha={}", tune.rank),
        format!("model.lora_attn_modules=\"[{attention}]\""),
        format!("model.apply_lora_to_mlp={}", python(feed_forward)),
    ];
    words.extend((tune.method == Method::Dora).then(|| "model.use_dora=True".to_owned()));
    words
}

/// The optimizer with its arguments, over that of the configuration: AdamW in one fused pass, or one in 8 bit that is paged.
const fn optimizer(tune: &FineTune, fused: bool) -> Option<&'static [&'static str]> {
    Some(match (tune.optimizer, fused) {
        (Optimizer::AdamW, true) | (Optimizer::PagedAdamW8bit, false) => &[],
        (Optimizer::AdamW, false) => &["optimizer=torch.optim.AdamW", "optimizer.fused=True"],
        (Optimizer::AdamWForeach, true) => &["optimizer.fused=False"],
        (Optimizer::AdamWForeach, false) => &["optimizer=torch.optim.AdamW"],
        (Optimizer::PagedAdamW8bit, true) => {
            &["optimizer=bitsandbytes.optim.PagedAdamW8bit", "~optimizer.fused"]
        }
        (Optimizer::AdamW8bit, true) => &["optimizer=bitsandbytes.optim.AdamW8bit", "~optimizer.fused"],
        (Optimizer::AdamW8bit, false) => &["optimizer=bitsandbytes.optim.AdamW8bit"],
        _ => return None,
    })
}

const fn python(is: bool) -> &'static str {
    if is { "True" } else { "False" }
}

/// Why there is no line, a sentence without its full stop.
pub(super) fn why_not(resolved: &Resolved) -> &'static str {
    if config(resolved).is_none() {
        "torchtune starts from a recipe and a configuration, and has none of this model for one device"
    } else {
        "torchtune starts from a recipe and a configuration, and none for one device has all of these settings"
    }
}
