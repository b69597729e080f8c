//! LLaMA-Factory's command.
//!
//! Arguments are those of src/llamafactory/hparams of LLaMA-Factory at ff6d4d12 with Transformers' `TrainingArguments`, and
//! files those of its examples/deepspeed, read on 2026-11-28.

use super::names::published;
use super::recipe::{Recipe, projections};
use crate::engine::Resolved;
use crate::report::command::optimizer;
use crate::spec::{BasePrecision, FineTune, Method, Named as _, Targets, TrainingOffload, ZeroStage};

/// What is typed; nothing where it has no arguments for what was asked.
pub(super) fn train(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    let recipe = Recipe::of(resolved, tune)?;
    let held = match tune.precision {
        BasePrecision::Bf16 => "--bf16 true",
        BasePrecision::Fp16 => "--fp16 true",
        BasePrecision::Nf4 => "--quantization_bit 4 --quantization_method bnb --bf16 true",
        BasePrecision::Int8 => "--quantization_bit 8 --quantization_method bnb --bf16 true",
        _ => return None,
    };
    let kind = if tune.method == Method::Full {
        "--finetuning_type full".to_owned()
    } else {
        let targets = match tune.targets {
            Targets::AllLinear => "all".to_owned(),
            some => projections(some).join(","),
        };
        let dora = if tune.method == Method::Dora { " --use_dora true" } else { "" };
        format!("--finetuning_type lora --lora_rank {} --lora_target {targets}{dora}", tune.rank)
    };
    let file = deepspeed(tune)?;
    let flag = |is: bool, flag: &'static str| if is { flag } else { "" };
    Some(format!(
        "{}llamafactory-cli train --stage sft --do_train true --model_name_or_path {} {kind} {held} --dataset DATASET \
         --cutoff_len {}{} --per_device_train_batch_size {} --gradient_accumulation_steps {}{} --num_train_epochs {} \
         --optim {}{}{} --output_dir ADAPTER",
        // It asks for torchrun where DeepSpeed is used on one device.
        flag(!file.is_empty(), "FORCE_TORCHRUN=1 "),
        published(resolved)?,
        recipe.longest,
        flag(recipe.packs, " --packing true"),
        tune.micro_batch,
        tune.gradient_accumulation_steps,
        flag(!tune.gradient_checkpointing, " --disable_gradient_checkpointing true"),
        tune.epochs,
        optimizer(tune.optimizer.key())?,
        flag(tune.chunked_loss, " --enable_liger_kernel true"),
        if file.is_empty() { String::new() } else { format!(" --deepspeed examples/deepspeed/{file}.json") },
    ))
}

/// The file of DeepSpeed's settings that comes with it, empty where none is needed; nothing where none does what was asked.
fn deepspeed(tune: &FineTune) -> Option<&'static str> {
    Some(match (tune.zero_stage, tune.training_offload) {
        (ZeroStage::None, TrainingOffload::None) => "",
        (ZeroStage::Zero, TrainingOffload::None) => "ds_z0_config",
        (ZeroStage::Two, TrainingOffload::None) => "ds_z2_config",
        (ZeroStage::Three, TrainingOffload::None) => "ds_z3_config",
        (ZeroStage::None | ZeroStage::Two, TrainingOffload::Optimizer) => "ds_z2_offload_config",
        (ZeroStage::None | ZeroStage::Three, TrainingOffload::All) if !tune.precision.is_quantized() => {
            "ds_z3_offload_config"
        }
        _ => return None,
    })
}
