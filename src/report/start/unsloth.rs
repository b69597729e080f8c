//! Unsloth: a script of a few lines.
//!
//! Arguments are those of `FastLanguageModel` in unsloth 2026.10.9 (unsloth/models/loader.py and llama.py, read on
//! 2026-11-28), and of TRL's `SFTConfig`.

use super::names::published;
use super::recipe::{Recipe, projections};
use crate::engine::Resolved;
use crate::report::command::optimizer;
use crate::spec::{BasePrecision, FineTune, Method, Named as _, TrainingOffload, ZeroStage};

/// What is typed; nothing where a few lines do not do what was asked.
pub(super) fn train(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    let recipe = Recipe::of(resolved, tune)?;
    let alone = recipe.devices <= 1
        && tune.zero_stage == ZeroStage::None
        && tune.training_offload == TrainingOffload::None;
    if !alone || tune.method == Method::Dora {
        return None;
    }
    let held = match (tune.method, tune.precision) {
        (Method::Full, _) => "load_in_4bit=False, full_finetuning=True",
        (_, BasePrecision::Nf4) => "load_in_4bit=True",
        (_, BasePrecision::Int8) => "load_in_4bit=False, load_in_8bit=True",
        (_, BasePrecision::Bf16) => "load_in_4bit=False, load_in_16bit=True",
        _ => return None,
    };
    let recomputed = match (tune.gradient_checkpointing, tune.checkpoint_offload) {
        (true, true) => "\"unsloth\"",
        (true, false) => "True",
        (false, _) => "False",
    };
    let targets: Vec<String> = projections(tune.targets).iter().map(|name| format!("\"{name}\"")).collect();
    let adapters = if tune.method == Method::Full {
        String::new()
    } else {
        format!(
            "model = FastLanguageModel.get_peft_model(model, r={}, lora_alpha={}, target_modules=[{}], \
             use_gradient_checkpointing={recomputed})\n",
            tune.rank,
            tune.rank,
            targets.join(", ")
        )
    };
    let packing = if recipe.packs { ", packing=True" } else { "" };
    Some(format!(
        "python - <<'END'\n\
         from unsloth import FastLanguageModel\n\
         from datasets import load_dataset\n\
         from trl import SFTConfig, SFTTrainer\n\
         model, tokenizer = FastLanguageModel.from_pretrained(\"{}\", max_seq_length={}, {held}, \
         use_gradient_checkpointing={recomputed})\n\
         {adapters}\
         SFTTrainer(model=model, processing_class=tokenizer, train_dataset=load_dataset(\"DATASET\", split=\"train\"), \
         args=SFTConfig(output_dir=\"ADAPTER\", max_length={}, per_device_train_batch_size={}, \
         gradient_accumulation_steps={}, num_train_epochs={}, optim=\"{}\"{packing})).train()\n\
         END",
        published(resolved)?,
        recipe.longest,
        recipe.longest,
        tune.micro_batch,
        tune.gradient_accumulation_steps,
        tune.epochs,
        optimizer(tune.optimizer.key())?,
    ))
}
