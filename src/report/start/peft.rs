//! Transformers' trainer with PEFT's adapters: a script of a few lines, as memory is counted where no other program is named.
//!
//! Arguments are those of transformers 5.24.0 (`from_pretrained`, `TrainingArguments`, `DataCollatorForLanguageModeling`), of
//! peft 0.21.2 (`LoraConfig`, `get_peft_model`, `prepare_model_for_kbit_training`) and of accelerate 1.15.0
//! (`accelerate launch`), read on 2026-11-28.

use super::fsdp::{UNSHARDED, WHOLE_NUMBERS, is_sharded, is_stored_wide, waits_unsharded};
use super::longest;
use super::names::published;
use super::recipe::{packs, projections};
use crate::engine::Resolved;
use crate::report::command::optimizer;
use crate::spec::{
    AttentionKernel, BasePrecision, FineTune, MasterWeights, Method, Named as _, Objective, Optimizer, Split,
    Targets, TrainingOffload, TunedLayers, ZeroStage,
};

/// Why a few lines do not do what was asked, a sentence without its full stop; nothing where they do.
pub(super) fn why_not(resolved: &Resolved, tune: &FineTune) -> Option<&'static str> {
    let full = tune.method == Method::Full;
    // FSDP and DeepSpeed keep 32-bit copies by themselves, and one device keeps none.
    let alone = resolved.devices <= 1
        && tune.zero_stage == ZeroStage::None
        && tune.training_offload == TrainingOffload::None;
    // A flat parameter of FSDP's first version is of one type (`FlatParamHandle._validate_tensors_to_flatten` of PyTorch).
    let flat = is_sharded(resolved, tune) && tune.precision.is_quantized();
    let mixed = flat && tune.kbit_preparation;
    let own = tune.return_logits || (alone && tune.master_weights == MasterWeights::Kept);
    // Gradients in 16-bit floats are not scaled back (`_unscale_grads_` of PyTorch's `GradScaler`).
    let unscaled = tune.precision == BasePrecision::Fp16 && (full || !tune.adapters_fp32);
    Some(match tune.objective {
        Objective::Grpo => "what GRPO rewards is a program of one's own",
        Objective::Dpo => {
            "TRL learns preferences, never with all logits at once and without k-bit preparation: trainer=trl counts that and \
             starts it"
        }
        _ if tune.sequence_parallel > 1 => {
            "devices that share each sequence are set up in a file of Accelerate's"
        }
        _ if full && tune.tuned_layers != TunedLayers::All => {
            "layers that are left as they are take lines of one's own"
        }
        _ if tune.checkpoint_offload => {
            "Transformers keeps what is recomputed from on the device; trainer=unsloth moves it"
        }
        _ if tune.optimizer_in_backward => {
            "Transformers changes parameters after the backward pass; trainer=torchtune changes them in it"
        }
        _ if optimizer(tune.optimizer.key()).is_none() => "Transformers' trainer has no such optimizer",
        _ if unscaled => "PyTorch scales no gradients in 16-bit floats; precision=bf16 needs no scale",
        _ if waits_unsharded(resolved, tune) => UNSHARDED,
        _ if flat && tune.precision == BasePrecision::Int8 => WHOLE_NUMBERS,
        _ if mixed => {
            "FSDP flattens the numbers of a layer into one of one type, and k-bit preparation raises its norms to 32 bit; \
             kbit_preparation=false leaves them in 16"
        }
        _ if own => "a few lines with Transformers' trainer do not do all of these settings",
        Objective::Sft => return None,
    })
}

/// What is typed: a script, and what launches it on several devices.
pub(super) fn train(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    if why_not(resolved, tune).is_some() {
        return None;
    }
    let lines = script(resolved, tune)?.join("\n");
    Some(match launch(resolved, tune) {
        None => format!("python - <<'END'\n{lines}\nEND"),
        Some(flags) => format!("cat > train.py <<'END'\n{lines}\nEND\naccelerate launch {flags} train.py"),
    })
}

fn script(resolved: &Resolved, tune: &FineTune) -> Option<Vec<String>> {
    let model = published(resolved)?;
    let scenario = &*resolved.scenario;
    let longest = longest(scenario, tune);
    let full = tune.method == Method::Full;
    let prepared = tune.kbit_preparation && tune.precision.is_quantized();
    let mut lines = vec!["import torch".to_owned(), "from datasets import load_dataset".to_owned()];
    let preparation = if prepared { ", prepare_model_for_kbit_training" } else { "" };
    lines.extend((!full).then(|| format!("from peft import LoraConfig, get_peft_model{preparation}")));
    lines.push(
        "from transformers import (AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, \
         DataCollatorForLanguageModeling, Trainer, TrainingArguments)"
            .to_owned(),
    );
    lines.push(format!("tokenizer = AutoTokenizer.from_pretrained(\"{model}\")"));
    lines.push("tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token".to_owned());
    lines.push(format!("model = AutoModelForCausalLM.from_pretrained(\"{model}\"{})", held(resolved, tune)));
    if prepared {
        lines.push(format!(
            "model = prepare_model_for_kbit_training(model, use_gradient_checkpointing={})",
            python(tune.gradient_checkpointing)
        ));
    }
    if !full {
        lines.push(adapters(tune));
        // PEFT raises adapters to 32 bit by itself.
        lines.extend((!tune.adapters_fp32).then(|| {
            "for each in model.parameters(): each.data = each.data.to(torch.bfloat16) if each.requires_grad else each.data"
                .to_owned()
        }));
    }
    lines.push("examples = load_dataset(\"DATASET\", split=\"train\")".to_owned());
    lines.push(if packs(scenario) {
        format!(
            "def packed(rows): ids = [token for row in rows[\"text\"] for token in tokenizer(row).input_ids]; return \
             {{\"input_ids\": [ids[at:at + {longest}] for at in range(0, len(ids), {longest})]}}\n\
             examples = examples.map(packed, batched=True, remove_columns=examples.column_names)"
        )
    } else {
        format!(
            "examples = examples.map(lambda row: tokenizer(row[\"text\"], truncation=True, max_length={longest}), \
             remove_columns=examples.column_names)"
        )
    });
    lines.push(format!(
        "Trainer(model=model, train_dataset=examples, data_collator=DataCollatorForLanguageModeling(tokenizer, mlm=False), \
         args=TrainingArguments({})).train()",
        arguments(tune)?
    ));
    Some(lines)
}

/// How the model is loaded, behind its name.
fn held(resolved: &Resolved, tune: &FineTune) -> String {
    let kind = match tune.precision {
        BasePrecision::Fp32 => "float32",
        BasePrecision::Fp16 => "float16",
        _ => "bfloat16",
    };
    let kernel = if tune.attention == AttentionKernel::Eager { "eager" } else { "sdpa" };
    // What shards a packed base moves its bytes as numbers of 16 bit.
    let stored = if is_stored_wide(resolved, tune) { ", bnb_4bit_quant_storage=torch.bfloat16" } else { "" };
    let packed = match tune.precision {
        BasePrecision::Nf4 => format!(
            ", quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type=\"nf4\", \
             bnb_4bit_compute_dtype=torch.bfloat16{stored})"
        ),
        BasePrecision::Int8 => ", quantization_config=BitsAndBytesConfig(load_in_8bit=True)".to_owned(),
        _ => String::new(),
    };
    let layers = resolved.scenario.devices.split.meant(&resolved.scenario.workload) == Split::Layers;
    let spread = if resolved.devices > 1 && layers && tune.zero_stage == ZeroStage::None {
        ", device_map=\"auto\""
    } else {
        ""
    };
    format!(", dtype=torch.{kind}, attn_implementation=\"{kernel}\"{packed}{spread}")
}

fn adapters(tune: &FineTune) -> String {
    let listed = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("[{}]", names.join(", "))
    };
    let (targets, layers) = match (tune.targets, tune.tuned_layers) {
        (Targets::AllLinear, TunedLayers::All) => ("\"all-linear\"".to_owned(), String::new()),
        (some, TunedLayers::All) => (listed(projections(some)), String::new()),
        // Layers by number take names of matrices.
        (some, TunedLayers::Last(tuned)) => (
            listed(projections(some)),
            format!(", layers_to_transform=list(range(model.config.num_hidden_layers))[-{tuned}:]"),
        ),
    };
    let dora = if tune.method == Method::Dora { ", use_dora=True" } else { "" };
    format!(
        "model = get_peft_model(model, LoraConfig(task_type=\"CAUSAL_LM\", r={}, target_modules={targets}{layers}{dora}))",
        tune.rank
    )
}

fn arguments(tune: &FineTune) -> Option<String> {
    let mut all = vec![
        "output_dir=\"ADAPTER\"".to_owned(),
        format!("per_device_train_batch_size={}", tune.micro_batch),
        format!("gradient_accumulation_steps={}", tune.gradient_accumulation_steps),
        format!("gradient_checkpointing={}", python(tune.gradient_checkpointing)),
        format!("num_train_epochs={}", tune.epochs),
        format!("optim=\"{}\"", optimizer(tune.optimizer.key())?),
    ];
    if tune.optimizer == Optimizer::GaLore {
        all.push(format!("optim_target_modules=\"all-linear\", optim_args=\"rank={}\"", tune.galore_rank));
    }
    if tune.autocast {
        all.push(if tune.precision == BasePrecision::Fp16 { "fp16=True" } else { "bf16=True" }.to_owned());
    }
    all.extend(tune.chunked_loss.then(|| "use_liger_kernel=True".to_owned()));
    Some(all.join(", "))
}

/// Arguments of `accelerate launch`; nothing where the script runs by itself.
fn launch(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    let scenario = &*resolved.scenario;
    let several = resolved.devices > 1;
    let split = scenario.devices.split.meant(&scenario.workload);
    let version = if tune.precision.is_quantized() { "" } else { " --fsdp_version 2" };
    let fsdp = format!("--use_fsdp{version} --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP");
    let way = match (tune.training_offload, tune.zero_stage) {
        (TrainingOffload::All, _) if is_sharded(resolved, tune) => {
            format!("{fsdp} --fsdp_offload_params true")
        }
        (TrainingOffload::All, _) => {
            "--use_deepspeed --zero_stage 3 --offload_optimizer_device cpu --offload_param_device cpu"
                .to_owned()
        }
        (TrainingOffload::Optimizer, stage) => {
            let stage = if matches!(stage, ZeroStage::None | ZeroStage::Zero) { "2" } else { stage.key() };
            format!("--use_deepspeed --zero_stage {stage} --offload_optimizer_device cpu")
        }
        (TrainingOffload::None, ZeroStage::None) if !several => return None,
        (TrainingOffload::None, ZeroStage::None) => match split {
            Split::Tensor => fsdp,
            Split::Copies => "--multi_gpu".to_owned(),
            // One process drives all of them.
            _ => return None,
        },
        (TrainingOffload::None, stage) => format!("--use_deepspeed --zero_stage {}", stage.key()),
    };
    let devices = if several { format!(" --num_processes {}", resolved.devices) } else { String::new() };
    Some(way + &devices)
}

const fn python(is: bool) -> &'static str {
    if is { "True" } else { "False" }
}
