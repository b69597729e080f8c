//! axolotl: a file of settings and the command that reads it.
//!
//! Keys are those of axolotl 0.18.0 (src/axolotl/utils/schemas and integrations/liger/args.py at 067b021c, read on 2026-11-28).

use super::names::published;
use super::recipe::{Recipe, projections};
use crate::engine::Resolved;
use crate::report::command::optimizer;
use crate::spec::{
    AttentionKernel, BasePrecision, FineTune, Method, Named as _, Targets, TrainingOffload, ZeroStage,
};

/// What is typed; nothing where its files do not say all that was asked.
pub(super) fn train(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    let recipe = Recipe::of(resolved, tune)?;
    let mut lines = vec![format!("base_model: {}", published(resolved)?)];
    lines.extend(base(tune)?);
    lines.extend(adapters(tune));
    lines.push("datasets:".to_owned());
    lines.push("  - path: DATASET".to_owned());
    lines.push("    type: chat_template".to_owned());
    let kernel = match (tune.attention, recipe.packs) {
        (AttentionKernel::Eager, true) => return None,
        (AttentionKernel::Eager, false) => "eager",
        // What fuses attention in PyTorch itself packs nothing there.
        (_, true) => "flash_attention_2",
        (_, false) => "sdpa",
    };
    lines.extend([
        format!("sequence_len: {}", recipe.longest),
        format!("sample_packing: {}", recipe.packs),
        format!("attn_implementation: {kernel}"),
        format!("micro_batch_size: {}", tune.micro_batch),
        format!("gradient_accumulation_steps: {}", tune.gradient_accumulation_steps),
        format!("gradient_checkpointing: {}", tune.gradient_checkpointing),
        format!("num_epochs: {}", tune.epochs),
        format!("optimizer: {}", optimizer(tune.optimizer.key())?),
        "learning_rate: 0.0002".to_owned(),
    ]);
    if tune.chunked_loss {
        lines.push("plugins:\n  - axolotl.integrations.liger.LigerPlugin".to_owned());
        lines.push("liger_fused_linear_cross_entropy: true".to_owned());
    }
    let file = deepspeed(tune)?;
    lines.extend((!file.is_empty()).then(|| format!("deepspeed: deepspeed_configs/{file}.json")));
    lines.push("output_dir: ADAPTER".to_owned());
    let several = if recipe.devices > 1 {
        format!(" --launcher accelerate -- --num_processes={}", recipe.devices)
    } else {
        String::new()
    };
    Some(format!("cat > axolotl.yml <<'END'\n{}\nEND\naxolotl train axolotl.yml{several}", lines.join("\n")))
}

/// How the base is held.
fn base(tune: &FineTune) -> Option<Vec<String>> {
    let lines: &[&str] = match tune.precision {
        BasePrecision::Bf16 => &["bf16: true"],
        BasePrecision::Fp16 => &["fp16: true"],
        BasePrecision::Nf4 => &["load_in_4bit: true", "bf16: true"],
        BasePrecision::Int8 => &["load_in_8bit: true", "bf16: true"],
        _ => return None,
    };
    Some(lines.iter().map(|line| (*line).to_owned()).collect())
}

fn adapters(tune: &FineTune) -> Vec<String> {
    if tune.method == Method::Full {
        return Vec::new();
    }
    let kind = if tune.precision == BasePrecision::Nf4 { "qlora" } else { "lora" };
    let targets = match tune.targets {
        Targets::AllLinear => "lora_target_linear: true".to_owned(),
        some => format!("lora_target_modules: [{}]", projections(some).join(", ")),
    };
    let mut lines = vec![
        format!("adapter: {kind}"),
        format!("lora_r: {}", tune.rank),
        format!("lora_alpha: {}", tune.rank),
        targets,
        format!("peft_autocast_adapter_dtype: {}", tune.adapters_fp32),
    ];
    lines.extend((tune.method == Method::Dora).then(|| "peft_use_dora: true".to_owned()));
    lines
}

/// The file of DeepSpeed's settings that comes with it, empty where none is needed; nothing where none does what was asked.
fn deepspeed(tune: &FineTune) -> Option<&'static str> {
    Some(match (tune.zero_stage, tune.training_offload) {
        (ZeroStage::None, TrainingOffload::None) => "",
        (ZeroStage::One, TrainingOffload::None) => "zero1",
        (ZeroStage::Three, TrainingOffload::None) => "zero3_bf16",
        // Its file of the second stage has the optimizer in system memory.
        (ZeroStage::None | ZeroStage::Two, TrainingOffload::Optimizer) => "zero2",
        (ZeroStage::None | ZeroStage::Three, TrainingOffload::All) if !tune.precision.is_quantized() => {
            "zero3_bf16_cpuoffload_all"
        }
        _ => return None,
    })
}
