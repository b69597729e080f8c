//! Programs that train, with the defaults that they start with where nothing is said, each as its own source has it.

use super::named::choices;
use super::{FineTune, Method, Named as _, Runtime, Scenario, Setting};

choices! {
    /// The program that trains: a named set of defaults.
    #[derive(Default)]
    Trainer {
        /// None: a usual recipe.
        #[default]
        None = "none", "a usual recipe";
        /// Transformers' `Trainer` with PEFT's adapters.
        Transformers = "transformers" | "peft", "Transformers + PEFT";
        /// TRL's trainers.
        Trl = "trl", "TRL";
        /// torchtune's recipes for one device.
        Torchtune = "torchtune", "torchtune";
        /// axolotl.
        Axolotl = "axolotl", "axolotl";
        /// Unsloth on CUDA.
        Unsloth = "unsloth", "Unsloth";
        /// LLaMA-Factory.
        LlamaFactory = "llama-factory" | "llamafactory", "LLaMA-Factory";
        /// mlx-lm's `lora`.
        MlxLm = "mlx-lm" | "mlx", "mlx-lm";
    }
}

/// Bases that a default is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainedBase {
    /// Any.
    Any,
    /// One in 4 or 8 bit.
    Quantized,
    /// One in 16 bit that DeepSpeed shares out layer by layer (the third stage of ZeRO).
    Sharded,
}

/// A default of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainerDefault {
    /// The setting's key.
    pub key: &'static str,
    /// Its value.
    pub value: &'static str,
    /// The methods that have it; empty for all.
    pub methods: &'static [Method],
    /// The bases that have it.
    pub base: TrainedBase,
    /// The file that says so.
    pub source: &'static str,
}

const fn all(key: &'static str, value: &'static str, source: &'static str) -> TrainerDefault {
    TrainerDefault { key, value, methods: &[], base: TrainedBase::Any, source }
}

const fn of(
    methods: &'static [Method],
    key: &'static str,
    value: &'static str,
    source: &'static str,
) -> TrainerDefault {
    TrainerDefault { key, value, methods, base: TrainedBase::Any, source }
}

/// Of adapters where the base is in 4 or 8 bit, whichever method asks for it.
const fn on_quantized(key: &'static str, value: &'static str, source: &'static str) -> TrainerDefault {
    TrainerDefault { key, value, methods: ADAPTERS, base: TrainedBase::Quantized, source }
}

/// Of adapters where DeepSpeed shares a base in 16 bit out layer by layer.
const fn on_sharded(key: &'static str, value: &'static str, source: &'static str) -> TrainerDefault {
    TrainerDefault { key, value, methods: ADAPTERS, base: TrainedBase::Sharded, source }
}

const ADAPTERS: &[Method] = &[Method::Lora, Method::Qlora, Method::Dora];
const PLAIN: &[Method] = &[Method::Full, Method::Lora, Method::Dora];
const FULL: &[Method] = &[Method::Full];

const ARGUMENTS: &str = "transformers 5.24.0 training_args.py";
const PEFT: &str = "peft 0.21.2 tuners/lora/config.py";
const PEFT_TYPE: &str = "peft 0.21.2 tuners/tuners_utils.py (autocast_adapter_dtype)";

const TRANSFORMERS: &[TrainerDefault] = &[
    all("micro_batch", "8", ARGUMENTS),
    all("gradient_accumulation_steps", "1", ARGUMENTS),
    all("gradient_checkpointing", "false", ARGUMENTS),
    all("optimizer", "adamw", ARGUMENTS),
    all("autocast", "false", ARGUMENTS),
    all("chunked_loss", "false", ARGUMENTS),
    of(ADAPTERS, "rank", "8", PEFT),
    of(ADAPTERS, "targets", "query-value", "peft 0.21.2 utils/constants.py"),
    of(ADAPTERS, "adapters_fp32", "true", PEFT_TYPE),
    on_quantized("kbit_preparation", "true", "peft 0.21.2 utils/other.py (prepare_model_for_kbit_training)"),
    on_quantized("gradient_checkpointing", "true", "peft 0.21.2 utils/other.py"),
    of(PLAIN, "precision", "bf16", "transformers 5.24.0 modeling_utils.py (dtype auto)"),
];

const TRL_BASE: &str = "trl 1.16.0 trainer/base_config.py";
const TRL_SFT: &str = "trl 1.16.0 trainer/sft_config.py";

const TRL: &[TrainerDefault] = &[
    all("micro_batch", "8", ARGUMENTS),
    all("gradient_accumulation_steps", "1", ARGUMENTS),
    all("gradient_checkpointing", "true", TRL_BASE),
    all("autocast", "true", TRL_BASE),
    all("optimizer", "adamw", ARGUMENTS),
    all("sequence", "1024", TRL_SFT),
    all("chunked_loss", "true", TRL_SFT),
    of(PLAIN, "precision", "fp32", "trl 1.16.0 trainer/utils.py (create_model_from_path)"),
    of(ADAPTERS, "rank", "8", PEFT),
    of(ADAPTERS, "targets", "query-value", "peft 0.21.2 utils/constants.py"),
    of(ADAPTERS, "adapters_fp32", "true", PEFT_TYPE),
    on_quantized("adapters_fp32", "false", "trl 1.16.0 trainer/sft_trainer.py (quantized models)"),
    on_sharded("adapters_fp32", "false", "trl 1.16.0 trainer/sft_trainer.py (autocast_adapter_dtype)"),
    on_quantized("kbit_preparation", "false", "trl 1.16.0 trainer/sft_trainer.py"),
];

const TUNE_LORA: &str = "torchtune 0.6.1 recipes/configs/llama3_1/8B_lora_single_device.yaml";
const TUNE_FULL: &str = "torchtune 0.6.1 recipes/configs/llama3_1/8B_full_single_device.yaml";

const TORCHTUNE: &[TrainerDefault] = &[
    all("micro_batch", "2", TUNE_LORA),
    of(ADAPTERS, "gradient_accumulation_steps", "8", TUNE_LORA),
    of(FULL, "gradient_accumulation_steps", "1", TUNE_FULL),
    all("gradient_checkpointing", "true", TUNE_LORA),
    all("autocast", "false", "torchtune 0.6.1 training/precision.py (dtype bf16)"),
    // CEWithChunkedOutputLoss raises chunks to 32 bit one by one, and keeps the logits of all of them.
    all("chunked_loss", "false", "torchtune 0.6.1 modules/loss/ce_chunked_output_loss.py"),
    of(ADAPTERS, "optimizer", "adamw", TUNE_LORA),
    of(FULL, "optimizer", "paged-adamw-8bit", TUNE_FULL),
    of(FULL, "optimizer_in_backward", "true", TUNE_FULL),
    of(FULL, "master_weights", "false", TUNE_FULL),
    of(ADAPTERS, "rank", "8", TUNE_LORA),
    // Query, value, output and the feed-forward network; the keys' projections are counted beside them.
    of(ADAPTERS, "targets", "all-linear", TUNE_LORA),
    of(ADAPTERS, "adapters_fp32", "false", "torchtune 0.6.1 modules/peft/lora.py"),
    on_quantized("kbit_preparation", "false", "torchtune 0.6.1 modules/low_precision/nf4_linear.py"),
];

const AXOLOTL_TRAINING: &str = "axolotl 0.18.0 @067b021c src/axolotl/utils/schemas/training.py";
const AXOLOTL_CONFIG: &str = "axolotl 0.18.0 @067b021c src/axolotl/utils/schemas/config.py";
const AXOLOTL_EXAMPLE: &str = "axolotl 0.18.0 @067b021c examples/llama-3/qlora-1b.yml";

const AXOLOTL: &[TrainerDefault] = &[
    all("sequence", "512", AXOLOTL_CONFIG),
    all("micro_batch", "1", AXOLOTL_TRAINING),
    all("gradient_accumulation_steps", "1", AXOLOTL_TRAINING),
    all("optimizer", "adamw", AXOLOTL_TRAINING),
    all("gradient_checkpointing", "false", AXOLOTL_CONFIG),
    all("chunked_loss", "false", "axolotl 0.18.0 @067b021c docs/support-matrix.qmd"),
    of(ADAPTERS, "rank", "32", AXOLOTL_EXAMPLE),
    of(ADAPTERS, "targets", "all-linear", AXOLOTL_EXAMPLE),
    of(ADAPTERS, "adapters_fp32", "true", PEFT_TYPE),
];

const UNSLOTH_RL: &str = "unsloth 2026.10.9 models/rl.py";
const UNSLOTH_LOADER: &str = "unsloth 2026.10.9 models/loader.py";

const UNSLOTH: &[TrainerDefault] = &[
    all("sequence", "2048", UNSLOTH_LOADER),
    all("micro_batch", "4", UNSLOTH_RL),
    all("gradient_accumulation_steps", "2", UNSLOTH_RL),
    all("optimizer", "adamw-8bit", UNSLOTH_RL),
    all("gradient_checkpointing", "true", UNSLOTH_LOADER),
    all(
        "checkpoint_offload",
        "true",
        "unsloth 2026.10.9 models/loader.py (use_gradient_checkpointing unsloth)",
    ),
    all("chunked_loss", "true", "unsloth_zoo 2026.10.9 fused_losses/"),
    of(ADAPTERS, "rank", "16", "unsloth 2026.10.9 models/llama.py (get_peft_model)"),
    of(ADAPTERS, "targets", "all-linear", "unsloth 2026.10.9 models/llama.py (get_peft_model)"),
    of(ADAPTERS, "adapters_fp32", "true", "unsloth_zoo 2026.10.9 training_utils.py"),
    on_quantized("kbit_preparation", "false", "unsloth_zoo 2026.10.9 training_utils.py"),
    // Its loader asks for 32 bit of a 16-bit model only where `float32_mixed_precision` is said.
    of(FULL, "precision", "bf16", "unsloth 2026.10.9 models/vision.py (float32_mixed_precision)"),
];

const FACTORY_TUNING: &str = "llamafactory 0.9.5 hparams/finetuning_args.py";
const FACTORY_MODEL: &str = "llamafactory 0.9.5 hparams/model_args.py";

const LLAMA_FACTORY: &[TrainerDefault] = &[
    all("sequence", "2048", "llamafactory 0.9.5 hparams/data_args.py"),
    all("micro_batch", "8", ARGUMENTS),
    all("gradient_accumulation_steps", "1", ARGUMENTS),
    all("optimizer", "adamw", ARGUMENTS),
    all("gradient_checkpointing", "true", FACTORY_MODEL),
    all("chunked_loss", "false", FACTORY_MODEL),
    of(ADAPTERS, "rank", "8", FACTORY_TUNING),
    of(ADAPTERS, "targets", "all-linear", FACTORY_TUNING),
    of(ADAPTERS, "adapters_fp32", "true", "llamafactory 0.9.5 model/adapter.py"),
    on_quantized("kbit_preparation", "false", FACTORY_MODEL),
];

const MLX_LORA: &str = "mlx-lm 0.32.2 lora.py";

const MLX_LM: &[TrainerDefault] = &[
    all("sequence", "2048", MLX_LORA),
    all("micro_batch", "4", MLX_LORA),
    all("gradient_accumulation_steps", "1", MLX_LORA),
    // Adam and AdamW keep the same two moments.
    all("optimizer", "adamw", MLX_LORA),
    all("gradient_checkpointing", "false", MLX_LORA),
    all("tuned_layers", "16", MLX_LORA),
    of(ADAPTERS, "rank", "8", MLX_LORA),
    of(ADAPTERS, "targets", "all-linear", "mlx-lm 0.32.2 tuner/utils.py (linear_to_lora_layers)"),
];

impl Trainer {
    /// Every default that bears on memory or speed, with its source.
    pub const fn defaults(self) -> &'static [TrainerDefault] {
        match self {
            Self::None => &[],
            Self::Transformers => TRANSFORMERS,
            Self::Trl => TRL,
            Self::Torchtune => TORCHTUNE,
            Self::Axolotl => AXOLOTL,
            Self::Unsloth => UNSLOTH,
            Self::LlamaFactory => LLAMA_FACTORY,
            Self::MlxLm => MLX_LM,
        }
    }

    /// The runtime that it is built on.
    pub const fn runtime(self) -> Option<Runtime> {
        match self {
            Self::None => None,
            Self::MlxLm => Some(Runtime::Mlx),
            _ => Some(Runtime::PyTorch),
        }
    }
}

/// Every default of every program, setting by setting.
pub fn trainer_defaults() -> impl Iterator<Item = (Trainer, &'static TrainerDefault)> {
    REACHED.iter().flat_map(|key| {
        let of = |trainer: Trainer| trainer.defaults().iter().map(move |default| (trainer, default));
        Trainer::all().flat_map(of).filter(move |(_, default)| default.key == *key)
    })
}

/// Settings that a program's defaults reach, which take their defaults where another program is named.
pub(super) const REACHED: &[&str] = &[
    "precision",
    "kbit_preparation",
    "sequence",
    "micro_batch",
    "gradient_accumulation_steps",
    "gradient_checkpointing",
    "checkpoint_offload",
    "optimizer",
    "optimizer_in_backward",
    "autocast",
    "chunked_loss",
    "rank",
    "targets",
    "adapters_fp32",
    "master_weights",
    "tuned_layers",
    "tokens_per_example",
    "split",
];

impl TrainerDefault {
    /// What it is of: `all` methods, or some of them, on any base or on some.
    pub fn of_what(&self) -> String {
        let methods: Vec<&str> = self.methods.iter().map(|method| method.key()).collect();
        let methods = if methods.is_empty() { "all".to_owned() } else { methods.join(", ") };
        match self.base {
            TrainedBase::Any => methods,
            TrainedBase::Quantized => format!("{methods} on 4 or 8 bit"),
            TrainedBase::Sharded => format!("{methods} on 16 bit, ZeRO stage 3"),
        }
    }

    /// Whether it is of such a fine-tune, where its base is in 4 or 8 bit or not.
    pub fn is_of(&self, tune: &FineTune, quantized: bool) -> bool {
        let base = match self.base {
            TrainedBase::Any => true,
            TrainedBase::Quantized => quantized,
            TrainedBase::Sharded => tune.holds_adapters_as_base() && !quantized,
        };
        base && (self.methods.is_empty() || self.methods.contains(&tune.method))
    }
}

/// Gives a scenario the defaults of its trainer for what is trained there, where its base is in 4 or 8 bit or not.
pub(super) fn apply(scenario: &mut Scenario, trained: &FineTune, quantized: bool) {
    for default in trained.trainer.defaults().iter().filter(|default| default.is_of(trained, quantized)) {
        if let Some(setting) = Setting::find(scenario, default.key) {
            // The table is checked by a test: every value is one of its setting.
            drop(setting.put(scenario, default.value));
        }
    }
    if let Some(tune) = scenario.tune_mut().filter(|tune| tune.trainer != Trainer::None) {
        tune.tokens_per_example = tune.sequence;
    }
}

/// Where nobody asked for a runtime, the trainer's own runs it.
pub(super) fn follow(_: &Scenario, after: &mut Scenario) {
    let runtime = after.tune().and_then(|tune| tune.trainer.runtime());
    if let (Some(runtime), Some(language)) = (runtime, after.language_mut())
        && language.chosen == super::Chosen::Auto
    {
        language.runtime = runtime;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_of_its_setting_and_is_reset_with_its_trainer() {
        for trainer in Trainer::all() {
            for default in trainer.defaults() {
                let setting = Setting::all().find(|setting| setting.key == default.key);
                let setting = setting.expect("a setting");
                assert!(setting.check(default.value).is_ok(), "{trainer:?} {default:?}");
                assert!(REACHED.contains(&default.key), "{trainer:?} {default:?}");
                assert!(default.source.contains(char::is_numeric), "a version: {default:?}");
            }
        }
    }
}
