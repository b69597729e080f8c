//! What changes a setting of a fine-tune, in the words of what trains.

use crate::engine::Resolved;
use crate::spec::{FineTune, Named as _, Objective, Trainer, ZeroStage};

/// What changes a setting of a fine-tune on PyTorch.
pub(super) fn pytorch(resolved: &Resolved, key: &str, value: &str) -> Option<String> {
    let tune = resolved.scenario.tune()?;
    if key == "training_offload" {
        return offload((tune, resolved.devices), value);
    }
    match tune.trainer {
        Trainer::Axolotl => axolotl(key, value),
        Trainer::LlamaFactory => llama_factory(key, value),
        Trainer::Torchtune => torchtune(key, value),
        // TRL computes it so by itself.
        Trainer::Trl if key == "chunked_loss" => None,
        trainer => examples(trainer, tune.objective, key, value).or_else(|| arguments(key, value)),
    }
}

/// How examples are cut and packed: the script of Transformers' trainer does it itself, and TRL's trainers, on which Unsloth's
/// rest too, have it in a configuration of each objective.
fn examples(trainer: Trainer, objective: Objective, key: &str, value: &str) -> Option<String> {
    let own = matches!(trainer, Trainer::None | Trainer::Transformers);
    Some(match (objective, key) {
        (Objective::Sft, "sequence" | "max_sequence") if own => {
            format!("tokenizer(row[\"text\"], truncation=True, max_length={value})")
        }
        (Objective::Sft, "packing") if own && value == "true" => {
            "examples.map(packed, batched=True, remove_columns=examples.column_names)".to_owned()
        }
        (Objective::Sft, "sequence" | "max_sequence") => format!("SFTConfig(max_length={value})"),
        (Objective::Sft, "packing") if value == "true" => "SFTConfig(packing=True)".to_owned(),
        (Objective::Dpo, "sequence" | "max_sequence") => format!("DPOConfig(max_length={value})"),
        _ => return None,
    })
}

/// An argument of mlx-lm's `lora`.
pub(super) fn mlx_lora(key: &str, value: &str) -> Option<String> {
    Some(match key {
        "micro_batch" => format!("--batch-size {value}"),
        "gradient_accumulation_steps" => format!("--grad-accumulation-steps {value}"),
        "sequence" | "max_sequence" => format!("--max-seq-length {value}"),
        "tuned_layers" if value == "all" => "--num-layers -1".to_owned(),
        "tuned_layers" => format!("--num-layers {value}"),
        "gradient_checkpointing" if value == "true" => "--grad-checkpoint".to_owned(),
        "rank" => format!("lora_parameters: {{rank: {value}}} in the file of -c"),
        "method" if value == "qlora" => "mlx_lm.convert --hf-path MODEL -q --q-bits 4".to_owned(),
        "precision" => {
            let bits = value.strip_prefix("mlx-")?.strip_suffix("bit")?;
            format!("mlx_lm.convert --hf-path MODEL -q --q-bits {bits}")
        }
        _ => return None,
    })
}

/// An argument of Transformers and PEFT.
fn arguments(key: &str, value: &str) -> Option<String> {
    let python = |flag: bool| if flag { "True" } else { "False" };
    Some(match key {
        "micro_batch" => format!("TrainingArguments(per_device_train_batch_size={value})"),
        "gradient_accumulation_steps" => format!("TrainingArguments(gradient_accumulation_steps={value})"),
        "gradient_checkpointing" => {
            format!("TrainingArguments(gradient_checkpointing={})", python(value == "true"))
        }
        "optimizer" => format!("TrainingArguments(optim=\"{}\")", optimizer(value)?),
        "chunked_loss" if value == "true" => "TrainingArguments(use_liger_kernel=True)".to_owned(),
        "attention" if value == "fused" => "from_pretrained(attn_implementation=\"sdpa\")".to_owned(),
        "rank" => format!("LoraConfig(r={value})"),
        "targets" if value == "all-linear" => "LoraConfig(target_modules=\"all-linear\")".to_owned(),
        "targets" if value == "attention" => {
            "LoraConfig(target_modules=[\"q_proj\", \"k_proj\", \"v_proj\", \"o_proj\"])".to_owned()
        }
        "targets" => "LoraConfig(target_modules=[\"q_proj\", \"v_proj\"])".to_owned(),
        "adapters_fp32" if value == "false" => {
            "get_peft_model(model, config, autocast_adapter_dtype=False)".to_owned()
        }
        "kbit_preparation" if value == "false" => "without prepare_model_for_kbit_training".to_owned(),
        "method" if value == "qlora" => NF4.to_owned(),
        "precision" if value == "nf4" => NF4.to_owned(),
        _ => return None,
    })
}

/// A line of axolotl's file.
fn axolotl(key: &str, value: &str) -> Option<String> {
    Some(match key {
        "micro_batch" => format!("micro_batch_size: {value}"),
        "gradient_accumulation_steps" | "gradient_checkpointing" => format!("{key}: {value}"),
        "optimizer" => format!("optimizer: {}", optimizer(value)?),
        "chunked_loss" if value == "true" => {
            "plugins: [axolotl.integrations.liger.LigerPlugin]; liger_fused_linear_cross_entropy: true"
                .to_owned()
        }
        "attention" if value == "fused" => "attn_implementation: sdpa".to_owned(),
        "sequence" | "max_sequence" => format!("sequence_len: {value}"),
        "packing" if value == "true" => {
            "sample_packing: true; attn_implementation: flash_attention_2".to_owned()
        }
        "rank" => format!("lora_r: {value}"),
        "targets" if value == "all-linear" => "lora_target_linear: true".to_owned(),
        "targets" if value == "attention" => {
            "lora_target_modules: [q_proj, k_proj, v_proj, o_proj]".to_owned()
        }
        "targets" => "lora_target_modules: [q_proj, v_proj]".to_owned(),
        "adapters_fp32" => format!("peft_autocast_adapter_dtype: {value}"),
        "method" if value == "qlora" => "adapter: qlora; load_in_4bit: true".to_owned(),
        "precision" if value == "nf4" => "load_in_4bit: true".to_owned(),
        _ => return None,
    })
}

/// An argument of LLaMA-Factory's command.
fn llama_factory(key: &str, value: &str) -> Option<String> {
    Some(match key {
        "micro_batch" => format!("--per_device_train_batch_size {value}"),
        "gradient_accumulation_steps" => format!("--gradient_accumulation_steps {value}"),
        "gradient_checkpointing" => format!("--disable_gradient_checkpointing {}", value != "true"),
        "optimizer" => format!("--optim {}", optimizer(value)?),
        "chunked_loss" if value == "true" => "--enable_liger_kernel true".to_owned(),
        "attention" if value == "fused" => "--flash_attn sdpa".to_owned(),
        "sequence" | "max_sequence" => format!("--cutoff_len {value}"),
        "packing" if value == "true" => "--packing true".to_owned(),
        "rank" => format!("--lora_rank {value}"),
        "targets" if value == "all-linear" => "--lora_target all".to_owned(),
        "targets" if value == "attention" => "--lora_target q_proj,k_proj,v_proj,o_proj".to_owned(),
        "targets" => "--lora_target q_proj,v_proj".to_owned(),
        "method" if value == "qlora" => "--quantization_bit 4 --quantization_method bnb".to_owned(),
        "precision" if value == "nf4" => "--quantization_bit 4 --quantization_method bnb".to_owned(),
        _ => return None,
    })
}

/// What is laid over a configuration of torchtune's.
fn torchtune(key: &str, value: &str) -> Option<String> {
    let python = |flag: bool| if flag { "True" } else { "False" };
    Some(match key {
        "micro_batch" => format!("batch_size={value}"),
        "gradient_accumulation_steps" => format!("gradient_accumulation_steps={value}"),
        "gradient_checkpointing" => format!("enable_activation_checkpointing={}", python(value == "true")),
        "optimizer" => match value {
            "paged-adamw-8bit" => "optimizer=bitsandbytes.optim.PagedAdamW8bit".to_owned(),
            "adamw-8bit" => "optimizer=bitsandbytes.optim.AdamW8bit".to_owned(),
            "adamw" => "optimizer=torch.optim.AdamW".to_owned(),
            _ => return None,
        },
        "sequence" | "max_sequence" => format!("tokenizer.max_seq_len={value}"),
        "packing" if value == "true" => "dataset.packed=True".to_owned(),
        "rank" => format!("model.lora_rank={value}"),
        "method" if value == "qlora" => "model.quantize_base=True".to_owned(),
        "precision" if value == "nf4" => "model.quantize_base=True".to_owned(),
        _ => return None,
    })
}

/// What of training lies in system memory, as each trainer is told: the files are those that come with it.
fn offload((tune, devices): (&FineTune, u32), value: &str) -> Option<String> {
    let all = match value {
        "optimizer" => false,
        "all" => true,
        _ => return None,
    };
    let packed = tune.precision.is_quantized();
    // Without a stage FSDP is what shares all of it out over several devices.
    let fsdp = devices > 1 && tune.zero_stage == ZeroStage::None;
    Some(match (tune.trainer, all) {
        (Trainer::Unsloth | Trainer::MlxLm, _) => return None,
        (Trainer::Torchtune, true) => "fsdp_cpu_offload=True".to_owned(),
        (Trainer::Torchtune, false) => {
            "optimizer=torchao.prototype.low_bit_optim.CPUOffloadOptimizer optimizer.offload_gradients=True"
                .to_owned()
        }
        // Its file of the second stage has the optimizer in system memory.
        (Trainer::Axolotl, false) if matches!(tune.zero_stage, ZeroStage::None | ZeroStage::Two) => {
            "deepspeed: deepspeed_configs/zero2.json".to_owned()
        }
        (Trainer::Axolotl, true) if !packed && !fsdp => {
            "deepspeed: deepspeed_configs/zero3_bf16_cpuoffload_all.json".to_owned()
        }
        (Trainer::LlamaFactory, true) if !packed && !fsdp => {
            "deepspeed: examples/deepspeed/ds_z3_offload_config.json".to_owned()
        }
        (Trainer::LlamaFactory, false) => {
            "deepspeed: examples/deepspeed/ds_z2_offload_config.json".to_owned()
        }
        (_, true) if packed => "accelerate launch --use_fsdp --fsdp_offload_params true".to_owned(),
        (_, true) if fsdp => {
            "accelerate launch --use_fsdp --fsdp_version 2 --fsdp_offload_params true".to_owned()
        }
        (_, true) => "accelerate launch --use_deepspeed --zero_stage 3 --offload_optimizer_device cpu \
                      --offload_param_device cpu"
            .to_owned(),
        (_, false) => {
            let stage = match tune.zero_stage {
                ZeroStage::None | ZeroStage::Zero => "2",
                stage => stage.key(),
            };
            format!("accelerate launch --use_deepspeed --zero_stage {stage} --offload_optimizer_device cpu")
        }
    })
}

/// Transformers' name of an optimizer.
pub(in crate::report) fn optimizer(key: &str) -> Option<&'static str> {
    Some(match key {
        "adamw" => "adamw_torch_fused",
        "adamw-foreach" => "adamw_torch",
        "adamw-8bit" => "adamw_bnb_8bit",
        "paged-adamw-8bit" => "paged_adamw_8bit",
        "paged-adamw" => "paged_adamw_32bit",
        "lion" => "lion_32bit",
        "lion-8bit" => "lion_8bit",
        "galore" => "galore_adamw",
        "adafactor" => "adafactor",
        "sgd" => "sgd",
        _ => return None,
    })
}

const NF4: &str = "BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type=\"nf4\", bnb_4bit_compute_dtype=torch.bfloat16)";

#[cfg(test)]
mod tests {
    use super::mlx_lora;

    /// `mlx_lm/lora.py`: `--grad-checkpoint` is a flag, and all layers are -1.
    #[test]
    fn arguments_of_mlx_lm_are_those_it_has() {
        for (key, value, said) in [
            ("gradient_checkpointing", "true", Some("--grad-checkpoint")),
            ("gradient_checkpointing", "false", None),
            ("tuned_layers", "all", Some("--num-layers -1")),
            ("tuned_layers", "16", Some("--num-layers 16")),
            ("micro_batch", "2", Some("--batch-size 2")),
            ("sequence", "4096", Some("--max-seq-length 4096")),
            ("gradient_accumulation_steps", "8", Some("--grad-accumulation-steps 8")),
            ("method", "lora", None),
            ("precision", "bf16", None),
            ("precision", "mlx-8bit", Some("mlx_lm.convert --hf-path MODEL -q --q-bits 8")),
        ] {
            assert_eq!(mlx_lora(key, value).as_deref(), said, "{key}={value}");
        }
    }
}
