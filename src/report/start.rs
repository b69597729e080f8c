//! What is typed to start a scenario as it stands: one command for the runtime that was checked.

use super::command::{flag, optimizer};
use crate::engine::Resolved;
use crate::engine::graph::{self, fine_tune};
use crate::engine::solve::Change;
use crate::spec::{
    BasePrecision, Diffusion, DiffusionMode, DiffusionPrecision, FineTune, Inference, KvPrecision, Method,
    Named as _, Optimizer, Pipeline, Residency, Runtime, Scenario, Server, Setting, Split, Targets, Trainer,
    TunedLayers, Workload, ZeroStage,
};

/// What is typed to start a scenario as it stands; nothing where no single command does it.
pub fn start(resolved: &Resolved) -> Option<String> {
    let scenario = &*resolved.scenario;
    if let Workload::Diffusion(diffusion) = &scenario.workload {
        return images(diffusion);
    }
    let model = &scenario.language()?.key;
    match (resolved.runtime, scenario.tune(), scenario.inference()) {
        (Runtime::LlamaCpp, ..) => llama_server(resolved, model),
        (Runtime::Vllm, ..) => Some(vllm_serve(resolved, model)),
        (Runtime::Sglang, ..) => Some(sglang_server(resolved, model)),
        (Runtime::Mlx, None, Some(inference)) => Some(mlx(resolved, model, inference)),
        (Runtime::Mlx, Some(tune), _) => Some(mlx_lora(resolved, model, tune)),
        (Runtime::PyTorch, Some(tune), _) => trl(scenario, model, tune),
        _ => None,
    }
}

/// llama.cpp's own server; Ollama and LM Studio load models by commands of their own.
fn llama_server(resolved: &Resolved, model: &str) -> Option<String> {
    let scenario = &*resolved.scenario;
    let inference = graph::inference(&scenario.workload)?;
    if matches!(inference.server, Server::Ollama | Server::LmStudio) {
        return None;
    }
    let keys = ["concurrency", "ubatch", "gpu_layers", "cpu_experts", "attention", "unified_kv", "swa_full"];
    let [keys_as, values_as] = inference.cache_types().map(KvPrecision::key);
    // A file in hand is named as it is; of a model of the catalog a file in this format is meant.
    let in_hand = scenario.language().is_some_and(|language| language.model.file.is_some());
    let file =
        if in_hand { model.to_owned() } else { format!("{model}-{}.gguf", inference.quantization.key()) };
    let draft = scenario.language().and_then(|language| language.draft.as_ref());
    let draft = draft.map_or_else(String::new, |draft| format!(" -md {}.gguf", draft.key));
    let image = if inference.vision { " --mmproj mmproj.gguf" } else { "" };
    let split = if scenario.devices.split == Split::Tensor { " -sm tensor" } else { "" };
    Some(format!(
        "llama-server -m {file} -c {}{} -ctk {keys_as} -ctv {values_as}{draft}{image}{split}",
        inference.context,
        given(resolved, &keys)
    ))
}

fn vllm_serve(resolved: &Resolved, model: &str) -> String {
    let keys = [
        "context",
        "gpu_memory_utilization",
        "max_num_seqs",
        "max_num_batched_tokens",
        "kv_precision",
        "enforce_eager",
        "cpu_offload_gb",
    ];
    let several = match (resolved.devices, resolved.scenario.devices.split) {
        (0 | 1, _) => String::new(),
        (devices, Split::Layers) => format!(" --pipeline-parallel-size {devices}"),
        (devices, Split::Copies) => format!(" --data-parallel-size {devices}"),
        (devices, Split::Experts) => format!(" --tensor-parallel-size {devices} --enable-expert-parallel"),
        (devices, Split::Auto | Split::Tensor) => format!(" --tensor-parallel-size {devices}"),
    };
    format!("vllm serve {model}{}{several}", given(resolved, &keys))
}

fn sglang_server(resolved: &Resolved, model: &str) -> String {
    let keys = [
        "context",
        "gpu_memory_utilization",
        "max_num_seqs",
        "max_num_batched_tokens",
        "kv_precision",
        "enforce_eager",
        "cpu_offload_gb",
    ];
    let several = match (resolved.devices, resolved.scenario.devices.split) {
        (0 | 1, _) => String::new(),
        (devices, Split::Layers) => format!(" --pp-size {devices}"),
        (devices, Split::Copies) => format!(" --dp-size {devices}"),
        (devices, Split::Experts) => format!(" --tp-size {devices} --ep-size {devices}"),
        (devices, Split::Auto | Split::Tensor) => format!(" --tp-size {devices}"),
    };
    format!("python -m sglang.launch_server --model-path {model}{}{several}", given(resolved, &keys))
}

/// One request is generated, several are served.
fn mlx(resolved: &Resolved, model: &str, inference: &Inference) -> String {
    let flags = given(resolved, &["kv_precision", "prefill_step"]);
    if inference.concurrency > 1 {
        return format!(
            "mlx_lm.server --model {model} --decode-concurrency {}{flags}",
            inference.concurrency
        );
    }
    format!(
        "mlx_lm.generate --model {model} --max-tokens {}{flags} --prompt - < prompt.txt",
        inference.generate
    )
}

fn mlx_lora(resolved: &Resolved, model: &str, tune: &FineTune) -> String {
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
        format!(" -c <(echo 'lora_parameters: {{rank: {}, dropout: 0.0, scale: 20.0}}')", tune.rank)
    };
    format!(
        "mlx_lm.lora --train --model {model} --data DATA{kind} --iters {}{} --max-seq-length {}{optimizer}{rank}",
        crate::units::whole(passes.ceil().max(1.0)),
        given(resolved, &keys),
        longest(&resolved.scenario, tune)
    )
}

/// Tokens of the longest sequence that is trained on; graphs become sequences by their sizes.
fn longest(scenario: &Scenario, tune: &FineTune) -> u64 {
    fine_tune(&scenario.workload).map_or(tune.sequence, |computed| computed.sequence)
}

/// Transformers' trainer and PEFT through TRL's command.
fn trl(scenario: &Scenario, model: &str, tune: &FineTune) -> Option<String> {
    // Layers by number are an argument of PEFT that the command does not have, and other trainers have their own.
    let own = matches!(tune.trainer, Trainer::None | Trainer::Transformers | Trainer::Trl);
    if tune.tuned_layers != TunedLayers::All || !own {
        return None;
    }
    let learns = tune.objective.key();
    let mut flags = vec![
        format!("trl {learns} --model_name_or_path {model} --dataset_name DATASET --dtype bfloat16 --bf16"),
        format!("--max_length {}", longest(scenario, tune)),
        format!("--per_device_train_batch_size {}", tune.micro_batch),
        format!("--gradient_accumulation_steps {}", tune.gradient_accumulation_steps),
        format!("--gradient_checkpointing {}", tune.gradient_checkpointing),
        format!("--num_train_epochs {}", tune.epochs),
    ];
    flags.extend(optimizer(tune.optimizer.key()).map(|name| format!("--optim {name}")));
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
    }
    match tune.zero_stage {
        ZeroStage::None => {}
        stage => flags.push(format!("--accelerate_config zero{}", stage.key())),
    }
    flags.extend((tune.method == Method::Dora).then(|| "--use_dora".to_owned()));
    flags.extend(tune.chunked_loss.then(|| "--use_liger_kernel".to_owned()));
    let packs = Setting::find(scenario, "packing").and_then(|setting| setting.entry(scenario));
    flags.extend(packs.filter(|packs| packs.text() == "true").map(|_| "--packing".to_owned()));
    Some(flags.join(" "))
}

/// One image or clip with diffusers; nothing for what is trained, and for weights that take a file or a configuration.
fn images(diffusion: &Diffusion) -> Option<String> {
    let generates = diffusion.mode == DiffusionMode::Generate;
    let kind = match diffusion.precision {
        DiffusionPrecision::Bf16 => "bfloat16",
        DiffusionPrecision::Fp32 => "float32",
        _ => return None,
    };
    let (repository, output) = match diffusion.pipeline {
        Pipeline::Sd15 => ("stable-diffusion-v1-5/stable-diffusion-v1-5", "images[0].save(\"image.png\")"),
        Pipeline::Sdxl => ("stabilityai/stable-diffusion-xl-base-1.0", "images[0].save(\"image.png\")"),
        Pipeline::Flux1Dev => ("black-forest-labs/FLUX.1-dev", "images[0].save(\"image.png\")"),
        Pipeline::Wan22Small => ("Wan-AI/Wan2.2-TI2V-5B-Diffusers", "frames[0]"),
        Pipeline::Wan22Large => ("Wan-AI/Wan2.2-T2V-A14B-Diffusers", "frames[0]"),
        Pipeline::Flux1Schnell => ("black-forest-labs/FLUX.1-schnell", "images[0].save(\"image.png\")"),
        Pipeline::Flux2Dev => ("black-forest-labs/FLUX.2-dev", "images[0].save(\"image.png\")"),
        Pipeline::Sd35Medium => ("stabilityai/stable-diffusion-3.5-medium", "images[0].save(\"image.png\")"),
        Pipeline::Sd35Large => ("stabilityai/stable-diffusion-3.5-large", "images[0].save(\"image.png\")"),
        Pipeline::QwenImage => ("Qwen/Qwen-Image", "images[0].save(\"image.png\")"),
        Pipeline::ZImage => ("Tongyi-MAI/Z-Image-Turbo", "images[0].save(\"image.png\")"),
        Pipeline::Wan21Small => ("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "frames[0]"),
        Pipeline::Wan21Large => ("Wan-AI/Wan2.1-T2V-14B-Diffusers", "frames[0]"),
        Pipeline::HunyuanVideo => ("hunyuanvideo-community/HunyuanVideo", "frames[0]"),
        Pipeline::Ltx2 => ("Lightricks/LTX-2", "frames[0]"),
    };
    let place = match diffusion.residency {
        Residency::All => "pipe.to(\"cuda\" if torch.cuda.is_available() else \"mps\")",
        Residency::Component => "pipe.enable_model_cpu_offload()",
        Residency::Sequential => "pipe.enable_sequential_cpu_offload()",
    };
    let tiles = if diffusion.vae_tiling { "; pipe.vae.enable_tiling()" } else { "" };
    let frames = if diffusion.pipeline.makes_video() {
        format!(", num_frames={}", diffusion.frames)
    } else {
        String::new()
    };
    generates.then(|| {
        format!(
            "python -c 'import torch; from diffusers import DiffusionPipeline; pipe = \
             DiffusionPipeline.from_pretrained(\"{repository}\", torch_dtype=torch.{kind}); {place}{tiles}; \
             pipe(\"PROMPT\", width={}, height={}, num_inference_steps={}{frames}).{output}'",
            diffusion.width, diffusion.height, diffusion.steps
        )
    })
}

/// The flags of settings as they stand.
fn given(resolved: &Resolved, keys: &[&'static str]) -> String {
    let scenario = &*resolved.scenario;
    let flags = keys.iter().filter_map(|key| {
        let setting = Setting::find(scenario, key)?;
        let value = setting.entry(scenario)?.text();
        flag(resolved, &Change { key, value }).filter(|flag| flag.starts_with('-'))
    });
    flags.flat_map(|flag| [" ".to_owned(), flag]).collect()
}
