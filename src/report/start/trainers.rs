//! Trainers that one command starts: TRL and mlx-lm.

use super::fsdp::{UNSHARDED, WHOLE_NUMBERS, is_sharded, is_stored_wide, waits_unsharded};
use super::names::{base, published};
use super::recipe::packs;
use super::{given, longest};
use crate::engine::Resolved;
use crate::engine::graph::fine_tune;
use crate::report::command::optimizer;
use crate::spec::{
    AttentionKernel, BasePrecision, FineTune, Method, Named as _, Objective, Optimizer, Split, Targets,
    TrainingOffload, TunedLayers, ZeroStage,
};

/// mlx-lm's `lora`; the rank is in a file alone.
pub(super) fn mlx_lora(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    let keys = ["micro_batch", "gradient_accumulation_steps", "tuned_layers", "gradient_checkpointing"];
    // Graphs become sequences by their sizes, and as many as there are of them.
    let examples = fine_tune(&resolved.scenario.workload).map_or(tune.examples, |computed| computed.examples);
    let passes = crate::units::count(examples) * tune.epochs / crate::units::count(tune.micro_batch.max(1));
    let kind = match tune.method {
        Method::Full => " --fine-tune-type full",
        Method::Dora => " --fine-tune-type dora",
        Method::Lora | Method::Qlora => "",
    };
    let optimizer = match tune.optimizer {
        Optimizer::AdamW => " --optimizer adamw",
        Optimizer::Adafactor => " --optimizer adafactor",
        Optimizer::Sgd => " --optimizer sgd",
        Optimizer::Muon => " --optimizer muon",
        _ => "",
    };
    // The rank is in a file alone.
    let rank = if tune.method == Method::Full {
        String::new()
    } else {
        let keys = match tune.targets {
            Targets::AllLinear => String::new(),
            Targets::Attention => format!(", keys: [{}]", projections(&["q", "k", "v", "o"])),
            Targets::QueryValue => format!(", keys: [{}]", projections(&["q", "v"])),
        };
        format!(" -c <(echo 'lora_parameters: {{rank: {}, dropout: 0.0, scale: 20.0{keys}}}')", tune.rank)
    };
    let model = base(resolved, tune)?;
    Some(format!(
        "mlx_lm.lora --train --model {model} --data DATA{kind} --iters {}{} --max-seq-length {}{optimizer}{rank}",
        crate::units::whole(passes.ceil().max(1.0)),
        given(resolved, &keys),
        longest(&resolved.scenario, tune)
    ))
}

/// Attention's matrices as mlx-lm names them.
fn projections(of: &[&str]) -> String {
    let names: Vec<String> = of.iter().map(|which| format!("self_attn.{which}_proj")).collect();
    names.join(", ")
}

/// Whether TRL's command has all of a fine-tune. It has no layers by number, which are an argument of PEFT, and no sequence
/// parallelism; and what GRPO rewards is a program.
const fn is_one_command(tune: &FineTune) -> bool {
    matches!(tune.tuned_layers, TunedLayers::All)
        && !matches!(tune.objective, Objective::Grpo)
        && !matches!(tune.zero_stage, ZeroStage::Zero)
        && tune.sequence_parallel <= 1
        && !tune.checkpoint_offload
        && !tune.optimizer_in_backward
        && !tune.return_logits
}

/// What TRL does by itself, whatever is set, where that is another training than what is set: chunked cross-entropy
/// (`add_fused_lm_head` of TRL 1.16), no k-bit preparation, and adapters in 16 bit over a packed base, or over one in 16 bit that
/// ZeRO shares out layer by layer, else in 32 (`SFTTrainer.__init__`, and `DPOTrainer.__init__` alike).
fn otherwise(resolved: &Resolved, tune: &FineTune) -> Option<&'static str> {
    let packed = tune.precision.is_quantized();
    let halved = packed || (tune.holds_adapters_as_base() && !is_sharded(resolved, tune));
    let adapters = tune.method != Method::Full;
    if !tune.chunked_loss {
        return Some("TRL computes chunked cross-entropy whatever is set, which is chunked_loss=true");
    }
    if packed && tune.kbit_preparation {
        return Some("TRL prepares no base in 4 or 8 bit, which is kbit_preparation=false");
    }
    match (adapters, tune.adapters_fp32, halved) {
        (true, true, true) => Some(
            "TRL holds adapters in 16 bit over a base in 4 or 8 bit, and over one in 16 bit that ZeRO's third stage shards, \
             which is adapters_fp32=false",
        ),
        (true, false, false) => Some("TRL holds these adapters in 32 bit, which is adapters_fp32=true"),
        _ => None,
    }
}

/// What FSDP does not share out.
fn unshared(resolved: &Resolved, tune: &FineTune) -> Option<&'static str> {
    if waits_unsharded(resolved, tune) {
        return Some(UNSHARDED);
    }
    (tune.precision == BasePrecision::Int8 && is_sharded(resolved, tune)).then_some(WHOLE_NUMBERS)
}

/// Why TRL's command does not do what is set, a sentence without its full stop.
pub(super) fn why_not(resolved: &Resolved, tune: &FineTune) -> String {
    if let Some(why) = otherwise(resolved, tune).filter(|_| is_one_command(tune)) {
        // Preferences are learnt by TRL alone.
        let instead =
            if tune.objective == Objective::Sft { "; trainer=transformers starts what is set" } else { "" };
        return format!("{why}{instead}");
    }
    if let Some(why) = unshared(resolved, tune) {
        return why.to_owned();
    }
    if optimizer(tune.optimizer.key()).is_none() && resolved.scenario.language().is_some() {
        return "Transformers' trainer, which TRL's is, has no such optimizer".to_owned();
    }
    "no single command has all of these settings".to_owned()
}

/// TRL's command.
pub(super) fn trl(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    if !is_one_command(tune) || otherwise(resolved, tune).or_else(|| unshared(resolved, tune)).is_some() {
        return None;
    }
    let scenario = &*resolved.scenario;
    let model = published(resolved)?;
    let learns = tune.objective.key();
    let kind = match tune.precision {
        BasePrecision::Fp32 if tune.autocast => "float32 --bf16",
        BasePrecision::Fp32 => "float32 --bf16 false",
        BasePrecision::Fp16 => "float16 --fp16",
        _ if tune.autocast => "bfloat16 --bf16",
        _ => "bfloat16 --bf16 false",
    };
    let mut flags = vec![
        format!("trl {learns} --model_name_or_path {model} --dataset_name DATASET --dtype {kind}"),
        format!("--max_length {}", longest(scenario, tune)),
        format!("--per_device_train_batch_size {}", tune.micro_batch),
        format!("--gradient_accumulation_steps {}", tune.gradient_accumulation_steps),
        format!("--gradient_checkpointing {}", tune.gradient_checkpointing),
        format!("--num_train_epochs {}", tune.epochs),
    ];
    flags.push(format!("--optim {}", optimizer(tune.optimizer.key())?));
    flags
        .extend((tune.attention == AttentionKernel::Eager).then(|| "--attn_implementation eager".to_owned()));
    let before = tune.objective == Objective::Dpo && tune.reference_precomputed;
    flags.extend(before.then(|| "--precompute_ref_log_probs".to_owned()));
    if tune.method != Method::Full {
        let targets = match tune.targets {
            Targets::AllLinear => "all-linear",
            Targets::Attention => "q_proj k_proj v_proj o_proj",
            Targets::QueryValue => "q_proj v_proj",
        };
        flags.push(format!("--use_peft --lora_r {} --lora_target_modules {targets}", tune.rank));
    }
    if tune.precision == BasePrecision::Int8 {
        flags.push("--load_in_8bit".to_owned());
    } else if tune.precision.is_quantized() {
        flags.push("--load_in_4bit --bnb_4bit_quant_type nf4".to_owned());
        flags.extend(is_stored_wide(resolved, tune).then(|| "--bnb_4bit_quant_storage bfloat16".to_owned()));
    }
    flags.extend(sharding(tune, resolved));
    if resolved.devices > 1 || tune.zero_stage != ZeroStage::None {
        flags.push(format!("--num_processes {}", resolved.devices));
    }
    flags.extend((tune.method == Method::Dora).then(|| "--use_dora".to_owned()));
    // What learns preferences packs nothing.
    let packing = tune.objective == Objective::Sft && packs(scenario);
    flags.extend(packing.then(|| "--packing".to_owned()));
    Some(flags.join(" "))
}

/// How devices and system memory share the work, as `accelerate launch` takes it, which TRL's command passes through: a file of its
/// own for a stage of ZeRO, and arguments where something lies in system memory.
fn sharding(tune: &FineTune, resolved: &Resolved) -> Option<String> {
    let offload = match tune.training_offload {
        TrainingOffload::None => {
            let scenario = &*resolved.scenario;
            let several = resolved.devices > 1;
            let way = match (tune.zero_stage, scenario.devices.split.meant(&scenario.workload)) {
                (ZeroStage::None, Split::Tensor) if several && tune.precision.is_quantized() => "fsdp1",
                (ZeroStage::None, Split::Tensor) if several => "fsdp2",
                (ZeroStage::None, Split::Copies) if several => "multi_gpu",
                (ZeroStage::None, _) => return None,
                (stage, _) => return Some(format!("--accelerate_config zero{}", stage.key())),
            };
            return Some(format!("--accelerate_config {way}"));
        }
        TrainingOffload::All if is_sharded(resolved, tune) => {
            let version = if tune.precision.is_quantized() { "" } else { "--fsdp_version 2 " };
            return Some(format!(
                "--use_fsdp {version}--fsdp_offload_params true --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP"
            ));
        }
        TrainingOffload::All => ("3", " --offload_param_device cpu"),
        TrainingOffload::Optimizer => match tune.zero_stage {
            ZeroStage::None | ZeroStage::Zero => ("2", ""),
            stage => (stage.key(), ""),
        },
    };
    let (stage, parameters) = offload;
    Some(format!("--use_deepspeed --zero_stage {stage} --offload_optimizer_device cpu{parameters}"))
}
