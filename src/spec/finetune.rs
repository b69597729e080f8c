//! A fine-tune: what is trained of a language model, and how.

use super::named::choices;
use super::of_model::{layers, trained_on};
use super::settings::{Amount, Families, Place, Setting, Slider, settings};
use super::{
    AttentionKernel, Family, Generation, MasterWeights, Named as _, Objective, Runtime, Scenario, Trainer,
    TrainingOffload, ZeroStage, trainer,
};
use crate::units::{count, whole};

const PYTORCH: &[Runtime] = &[Runtime::PyTorch];
const TUNE: Families = &[Family::FineTune];
const TRAIN: Families = &[Family::FineTune, Family::GraphSequence];

settings! {
    /// Training a language model further.
    #[derive(Clone, Copy, Debug, PartialEq)]
    FineTune in FINE_TUNE for TRAIN, of Scenario::tune, Scenario::tune_mut;

    /// What is trained of the model.
    method: Method = Method::Lora, Setting {
        label: "Method", place: Place::Head, resets: &["precision", "kbit_preparation", "split"],
        follow: without_whole_matrices, ..Setting::PLAIN
    };
    /// The program that trains, with the defaults that it starts with: `none`, `transformers`, `trl`, `torchtune`,
    /// `axolotl`, `unsloth`, `llama-factory` or `mlx-lm`.
    trainer: Trainer = Trainer::None, Setting {
        label: "Trainer", place: Place::Main, resets: trainer::REACHED, follow: trainer::follow, ..Setting::PLAIN
    };
    /// What is learnt: `sft` from examples, `dpo` from preferences against a reference model, `grpo` from rewards for
    /// answers that the model writes.
    objective: Objective = Objective::Sft, Setting {
        label: "Objective", place: Place::Main, heard: PYTORCH, ..Setting::PLAIN
    };
    /// Whether what the reference model of DPO says is computed before training, so that it is not kept beside.
    reference_precomputed: bool = false, Setting {
        also: &["precompute_ref_log_probs"], label: "Reference computed before", heard: PYTORCH,
        when: |scenario| objective_is(scenario, Objective::Dpo) && !has_adapters(scenario), ..Setting::PLAIN
    };
    /// Answers to each prompt of GRPO, which are written in one batch.
    generations: u64 = 8, Setting {
        also: &["num_generations"], label: "Answers a prompt", unit: "answers", heard: PYTORCH,
        when: |scenario| objective_is(scenario, Objective::Grpo), ..Setting::WIDTH
    };
    /// Whether GRPO holds the model near a reference (`beta` above 0), which full training keeps as a copy.
    kl_reference: bool = false, Setting {
        label: "Held near a reference", heard: PYTORCH,
        when: |scenario| objective_is(scenario, Objective::Grpo) && !has_adapters(scenario), ..Setting::PLAIN
    };
    /// What writes the answers of GRPO: the model itself, or vLLM beside it on the device.
    generation: Generation = Generation::Transformers, Setting {
        label: "Answers written by", heard: PYTORCH,
        when: |scenario| objective_is(scenario, Objective::Grpo), ..Setting::PLAIN
    };
    /// Share of the device's memory that the vLLM of GRPO takes.
    vllm_share: f64 = 0.3, Setting {
        also: &["vllm_gpu_memory_utilization"], label: "vLLM's share", heard: PYTORCH,
        when: |scenario| scenario.tune().is_some_and(|tune| {
            tune.objective == Objective::Grpo && tune.generation == Generation::Vllm
        }),
        ..Setting::SHARE
    };
    /// Tokens of a sequence; the longest one decides the peak.
    sequence: u64 = 2048, Setting {
        also: &["max_seq_length", "max_length", "sequence_len", "cutoff_len"], label: "Sequence length", families: TUNE, place: Place::Slider, usual: "2,048, or what the model holds",
        follow: filled_sequence,
        slider: Some(Slider { first: true, ..Slider::log(|scenario| (128.0, trained_on(scenario))) }),
        ..Setting::TOKENS
    };
    /// Sequences of one pass.
    micro_batch: u64 = 1, Setting {
        also: &["per_device_train_batch_size", "micro_batch_size"], label: "Micro-batch", unit: "sequences", place: Place::Slider, slider: Some(Slider::log(|_| (1.0, 256.0))),
        ..Setting::WIDTH
    };
    /// Rank of the adapters; only LoRA, QLoRA and DoRA have them.
    rank: u64 = 16, Setting {
        also: &["lora_r", "lora_rank", "r"], label: "Adapter rank", place: Place::Slider, when: has_adapters,
        slider: Some(Slider::log(|_| (1.0, 512.0))), ..Setting::WIDTH
    };
    /// `all`, or how many layers are trained, counted from the last; lower ones keep no activations.
    tuned_layers: TunedLayers = TunedLayers::All, Setting {
        also: &["num_layers"], label: "Tuned layers", unit: "layers", place: Place::Slider,
        slider: Some(Slider {
            get: Some(|scenario| match scenario.tune().map(|tune| tune.tuned_layers) {
                Some(TunedLayers::Last(tuned)) => count(tuned).min(layers(scenario)),
                Some(TunedLayers::All) | None => layers(scenario),
            }),
            text: Some(|scenario, place| {
                if place.round() >= layers(scenario) { "all".to_owned() } else { whole(place).to_string() }
            }),
            ..Slider::linear(|scenario| (1.0, layers(scenario).max(2.0)))
        }),
        ..Setting::WIDTH
    };
    /// How the base weights are held.
    precision: BasePrecision = BasePrecision::Bf16, Setting {
        resets: &["kbit_preparation", "adapters_fp32"], label: "Base precision", place: Place::Slider, usual: "nf4 for QLoRA (mlx-4bit on MLX), else bf16",
        among: Some(|scenario| bases_of(scenario).iter().map(|base| (base.key(), base.label().to_owned())).collect()),
        slider: Some(Slider::steps(|scenario| bases_of(scenario).iter().map(|base| base.key()).collect())),
        ..Setting::PLAIN
    };
    /// The optimizer: what it keeps for each trained parameter.
    optimizer: Optimizer = Optimizer::AdamW, Setting {
        also: &["optim"], label: "Optimizer", place: Place::Main, ..Setting::PLAIN
    };
    /// Matrices that get adapters.
    targets: Targets = Targets::AllLinear, Setting {
        also: &["target_modules", "lora_target_modules"], label: "Target modules", place: Place::Main, when: has_adapters, ..Setting::PLAIN
    };
    /// Whether activations are recomputed in the backward pass instead of kept: less memory, a third more time.
    gradient_checkpointing: bool = true, Setting {
        was: "checkpointing", label: "Gradient checkpointing", place: Place::Main, ..Setting::PLAIN
    };
    /// Whether what is kept of each layer for that waits in system memory (Unsloth).
    checkpoint_offload: bool = false, Setting {
        label: "Checkpoints in system memory", heard: PYTORCH,
        when: |scenario| scenario.tune().is_some_and(|tune| tune.gradient_checkpointing), ..Setting::PLAIN
    };
    /// Whether each parameter is changed as soon as its gradient has come, which is then let go (torchtune).
    optimizer_in_backward: bool = false, Setting {
        label: "Optimizer in the backward pass", heard: PYTORCH,
        when: |scenario| scenario.tune().is_some_and(|tune| tune.gradient_accumulation_steps <= 1),
        ..Setting::PLAIN
    };
    /// Rank of the projected gradients of GaLore.
    galore_rank: u64 = 128, Setting {
        label: "GaLore's rank", heard: PYTORCH,
        when: |scenario| scenario.tune().is_some_and(|tune| {
            tune.optimizer == Optimizer::GaLore && tune.method == Method::Full
        }),
        ..Setting::WIDTH
    };
    /// What DeepSpeed shards over the devices: `none` without it, or the stage of ZeRO from 0 to 3.
    zero_stage: ZeroStage = ZeroStage::None, Setting {
        label: "ZeRO stage", heard: PYTORCH, resets: &["adapters_fp32"], ..Setting::PLAIN
    };
    /// What of training lies in system memory: `none`, `optimizer`, or `all` with the parameters.
    training_offload: TrainingOffload = TrainingOffload::None, Setting {
        also: &["offload_optimizer"], label: "Training offload", heard: PYTORCH, resets: &["adapters_fp32"],
        ..Setting::PLAIN
    };
    /// Devices that share each sequence (sequence or context parallel), so that each holds a part of its activations.
    sequence_parallel: u64 = 1, Setting {
        also: &["context_parallel_size", "sequence_parallel_degree"], label: "Sequence parallel", unit: "devices",
        heard: PYTORCH, ..Setting::WIDTH
    };
    /// Whether cross-entropy is computed in chunks, without all logits at once, as Liger does it.
    chunked_loss: bool = false, Setting {
        was: "fused_loss", label: "Chunked cross-entropy", place: Place::Main, heard: PYTORCH, ..Setting::PLAIN
    };
    /// Which attention kernel runs; eager writes the score matrix out.
    attention: AttentionKernel = AttentionKernel::Fused, Setting {
        label: "Attention", place: Place::Main, heard: PYTORCH, ..Setting::PLAIN
    };
    /// Passes before the optimizer steps.
    gradient_accumulation_steps: u64 = 1, Setting {
        was: "accumulation", label: "Gradient accumulation steps", ..Setting::WIDTH
    };
    /// How the training loop computes: `plain` operations one by one as Transformers and PEFT do, or `fused` ones
    /// (torch.compile, Liger, Unsloth, torchtune, llm.q); `auto` lies between them.
    kernels: TrainingKernels = TrainingKernels::Auto, Setting {
        label: "Training kernels", heard: PYTORCH, ..Setting::PLAIN
    };
    /// Whether sequences of a batch are padded, which takes an attention mask.
    padded: bool = false, Setting {
        also: &["pad_to_max_length"], label: "Padding mask", heard: PYTORCH, ..Setting::PLAIN
    };
    /// Whether adapters are held and computed in fp32, as PEFT does by default.
    adapters_fp32: bool = true, Setting {
        label: "Adapters in fp32", heard: PYTORCH, when: |scenario| has_adapters(scenario), ..Setting::PLAIN
    };
    /// Whether full training keeps fp32 master weights beside 16-bit ones; `auto` as FSDP and DeepSpeed do on several
    /// devices, and one device does not.
    master_weights: MasterWeights = MasterWeights::Auto, Setting {
        label: "fp32 master weights", heard: PYTORCH, when: |scenario| !has_adapters(scenario),
        ..Setting::PLAIN
    };
    /// Whether norms, embeddings and head of a 4-bit or 8-bit base are raised to fp32 (prepare_model_for_kbit_training of PEFT).
    kbit_preparation: bool = false, Setting {
        label: "k-bit preparation", usual: "true on a 4-bit or 8-bit base with PyTorch",
        heard: PYTORCH, when: |scenario| scenario.tune().is_some_and(|tune| tune.precision.is_quantized()),
        ..Setting::PLAIN
    };
    /// Whether matrix products run in 16 bit whatever the parameters are held in.
    autocast: bool = true, Setting {
        label: "Autocast to 16 bit", heard: PYTORCH, ..Setting::PLAIN
    };
    /// Whether the training loop keeps the logits while gradients are computed (return_outputs).
    return_logits: bool = false, Setting {
        was: "keeps_logits", label: "Return logits", heard: PYTORCH, ..Setting::PLAIN
    };
    /// Sequences of the data set.
    examples: u64 = 1000, Setting {
        label: "Examples", unit: "sequences", families: TUNE, ..Setting::COUNT
    };
    /// Tokens of an average sequence; the longest decides the peak.
    tokens_per_example: u64 = 2048, Setting {
        label: "Tokens per example", families: TUNE, usual: "a full sequence", ..Setting::TOKENS
    };
    /// Epochs: how often the data set is trained on.
    epochs: f64 = 1.0, Setting {
        label: "Epochs", unit: "epochs", amount: Amount::Real, ..Setting::REAL
    };
}

choices! {
    /// What is trained.
    Method {
        /// Every parameter.
        Full = "full", "Full";
        /// Low-rank adapters beside a 16-bit base.
        Lora = "lora", "LoRA";
        /// Low-rank adapters beside a 4-bit base.
        Qlora = "qlora", "QLoRA";
        /// Low-rank adapters with a trained magnitude for every output.
        Dora = "dora", "DoRA";
    }
}

choices! {
    /// How the base weights are held.
    BasePrecision {
        /// 16-bit brain floats.
        Bf16 = "bf16", "bf16";
        /// 16-bit floats.
        Fp16 = "fp16", "fp16";
        /// 32-bit floats, computed in 16 bit.
        Fp32 = "fp32", "fp32";
        /// bitsandbytes NF4 in blocks of 64.
        Nf4 = "nf4", "nf4";
        /// bitsandbytes LLM.int8, with a scale a row.
        Int8 = "int8" | "8bit", "int8";
        /// MLX 4 bit in groups of 64.
        Mlx4 = "mlx-4bit", "mlx-4bit";
        /// MLX 8 bit in groups of 64.
        Mlx8 = "mlx-8bit", "mlx-8bit";
    }
}

impl BasePrecision {
    /// Whether it is stored in blocks that cannot be trained themselves.
    pub const fn is_quantized(self) -> bool {
        matches!(self, Self::Nf4 | Self::Int8 | Self::Mlx4 | Self::Mlx8)
    }

    /// The runtime whose format it is.
    pub const fn runtime(self) -> Runtime {
        match self {
            Self::Mlx4 | Self::Mlx8 => Runtime::Mlx,
            Self::Bf16 | Self::Fp16 | Self::Fp32 | Self::Nf4 | Self::Int8 => Runtime::PyTorch,
        }
    }

    /// How a method holds its base on a runtime where nothing is said.
    pub const fn usual(method: Method, runtime: Runtime) -> Self {
        match (method, runtime) {
            (Method::Qlora, Runtime::Mlx) => Self::Mlx4,
            (Method::Qlora, _) => Self::Nf4,
            (Method::Full | Method::Lora | Method::Dora, _) => Self::Bf16,
        }
    }
}

choices! {
    /// How a training loop computes.
    TrainingKernels {
        /// Not known: between the other two.
        Auto = "auto", "not known";
        /// Operations one by one, as PyTorch runs them.
        Plain = "plain" | "eager", "plain";
        /// Compiled or written by hand, several operations in one.
        Fused = "fused" | "compiled", "fused";
    }
}

choices! {
    /// Matrices that get adapters.
    Targets {
        /// Query and value projections.
        QueryValue = "query-value", "query, value";
        /// The four projections of attention.
        Attention = "attention", "attention";
        /// All linear layers.
        AllLinear = "all-linear", "all linear";
    }
}

/// Layers that are trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TunedLayers {
    /// All of them.
    All,
    /// The last `n`; lower ones keep no activations.
    Last(u64),
}

choices! {
    /// The optimizer.
    Optimizer {
        /// Two moments in the parameters' own type, changed in one fused pass.
        AdamW = "adamw" | "adamw-torch-fused" | "adamw-fused", "AdamW";
        /// The same, changed list by list (`foreach`), with another copy of what is trained in between.
        AdamWForeach = "adamw-foreach" | "adamw-torch" | "adamw-hf", "AdamW (foreach)";
        /// Two moments in 8 bit with a scale for each block.
        AdamW8bit = "adamw-8bit" | "adamw-bnb-8bit", "8-bit AdamW";
        /// The same, in memory that moves to the host when the device is full.
        PagedAdamW8bit = "paged-adamw-8bit" | "paged-adamw-bnb-8bit", "paged 8-bit AdamW";
        /// Two moments in 32 bit, in memory that moves to the host when the device is full.
        PagedAdamW = "paged-adamw" | "paged-adamw-32bit", "paged AdamW";
        /// `AdamW` on gradients projected to a low rank, matrix by matrix.
        GaLore = "galore" | "galore-adamw", "GaLore AdamW";
        /// One moment for matrices, `AdamW` for the rest.
        Muon = "muon", "Muon";
        /// Row and column sums instead of a second moment.
        Adafactor = "adafactor", "Adafactor";
        /// One moment.
        Lion = "lion" | "lion-32bit", "Lion";
        /// One moment in 8 bit with a scale for each block.
        Lion8bit = "lion-8bit", "8-bit Lion";
        /// None; with momentum it would be one.
        Sgd = "sgd", "SGD";
    }
}

impl FineTune {
    /// As most recipes start it: adapters of rank 16 on all linear layers, AdamW, one sequence at a time, activations
    /// recomputed.
    pub fn usual(method: Method, runtime: Runtime, context_max: u32) -> Self {
        let sequence = 2048.min(u64::from(context_max.max(256)));
        Self {
            method,
            precision: BasePrecision::usual(method, runtime),
            sequence,
            tokens_per_example: sequence,
            kbit_preparation: matches!((method, runtime), (Method::Qlora, Runtime::PyTorch)),
            ..Self::default()
        }
    }

    /// An average sequence is a full one where it is not given, and never longer than the longest; that is said.
    pub(super) fn hold_mean(&mut self, given: bool) -> Option<String> {
        let (mean, sequence) = (self.tokens_per_example, self.sequence);
        self.tokens_per_example = if given { mean.min(sequence) } else { sequence };
        (given && mean > sequence).then(|| {
            format!("tokens_per_example {mean} is more than a sequence holds and was lowered to {sequence}")
        })
    }
}

/// How a method may hold its base on a runtime, from the smallest to the largest.
fn bases_of(scenario: &Scenario) -> &'static [BasePrecision] {
    let runtime = scenario.language().map(|language| language.runtime);
    match (scenario.tune().map(|tune| tune.method), runtime) {
        (Some(Method::Qlora), Some(Runtime::Mlx)) => &[BasePrecision::Mlx4, BasePrecision::Mlx8],
        (Some(Method::Qlora), _) => &[BasePrecision::Nf4, BasePrecision::Int8],
        (_, Some(Runtime::Mlx)) => &[BasePrecision::Bf16, BasePrecision::Fp32],
        _ => &[BasePrecision::Bf16, BasePrecision::Fp16, BasePrecision::Fp32],
    }
}

/// An optimizer of whole matrices does not follow to adapters.
fn without_whole_matrices(_: &Scenario, after: &mut Scenario) {
    if let Some(tune) = after.tune_mut().filter(|tune| tune.method != Method::Full)
        && tune.optimizer == Optimizer::GaLore
    {
        tune.optimizer = Optimizer::AdamW;
    }
}

/// Examples that filled their sequence go on filling it.
fn filled_sequence(before: &Scenario, after: &mut Scenario) {
    let (Some(before), Some(tune)) = (before.tune(), after.tune_mut()) else { return };
    let filled = before.tokens_per_example >= before.sequence;
    tune.tokens_per_example = if filled { tune.sequence } else { tune.tokens_per_example.min(tune.sequence) };
}

fn objective_is(scenario: &Scenario, objective: Objective) -> bool {
    scenario.tune().is_some_and(|tune| tune.objective == objective)
}

fn has_adapters(scenario: &Scenario) -> bool {
    scenario.tune().is_some_and(|tune| tune.method != Method::Full)
}
