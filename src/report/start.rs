//! What is typed to start a scenario as it stands: one command for the runtime that was checked.

use super::command::{flag, optimizer};
use crate::engine::Resolved;
use crate::engine::graph::{self, fine_tune};
use crate::engine::solve::Change;
use crate::spec::{
    BasePrecision, Diffusion, DiffusionMode, DiffusionPrecision, FineTune, Inference, KvPrecision, Method,
    Named as _, Objective, Optimizer, Pipeline, Quantization, Residency, Runtime, Scenario, Server, Setting,
    Split, Targets, Trainer, TrainingOffload, TunedLayers, Workload, ZeroStage,
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
        (Runtime::Vllm, ..) => vllm_serve(resolved, model),
        (Runtime::Sglang, ..) => sglang_server(resolved, model),
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
    let in_hand = scenario.language().is_some_and(|language| language.model.file.is_some());
    let file = if in_hand { model.to_owned() } else { stored(resolved, model) + ".gguf" };
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

/// Settings that vLLM and SGLang have flags for.
const SERVED: [&str; 6] = [
    "gpu_memory_utilization",
    "max_num_seqs",
    "max_num_batched_tokens",
    "kv_precision",
    "enforce_eager",
    "cpu_offload_gb",
];

/// What a server that fills a share of the device is told of each request and of the devices; nothing where a second model
/// drafts, which takes a file or a list of its own.
struct Served {
    /// Tokens of a request.
    each: u64,
    /// Devices, and how they share the model; nothing where there is one.
    several: Option<(u32, Split)>,
}

impl Served {
    fn of(resolved: &Resolved) -> Option<Self> {
        let scenario = &*resolved.scenario;
        let inference = graph::inference(&scenario.workload)?;
        let drafts = scenario.language().is_some_and(|language| language.draft.is_some());
        let several = (resolved.devices > 1).then_some((resolved.devices, scenario.devices.split));
        (!drafts).then(|| Self { each: inference.context / inference.concurrency.max(1), several })
    }
}

fn vllm_serve(resolved: &Resolved, model: &str) -> Option<String> {
    let Served { each, several } = Served::of(resolved)?;
    let devices = several.map_or_else(String::new, |(devices, split)| match split {
        Split::Layers => format!(" --pipeline-parallel-size {devices}"),
        Split::Copies => format!(" --data-parallel-size {devices}"),
        Split::Experts => format!(" --tensor-parallel-size {devices} --enable-expert-parallel"),
        Split::Auto | Split::Tensor => format!(" --tensor-parallel-size {devices}"),
    });
    let model = stored(resolved, model);
    Some(format!("vllm serve {model} --max-model-len {each}{}{devices}", given(resolved, &SERVED)))
}

fn sglang_server(resolved: &Resolved, model: &str) -> Option<String> {
    let Served { each, several } = Served::of(resolved)?;
    let devices = several.map_or_else(String::new, |(devices, split)| match split {
        Split::Layers => format!(" --pp-size {devices}"),
        Split::Copies => format!(" --dp-size {devices}"),
        Split::Experts => format!(" --tp-size {devices} --ep-size {devices}"),
        Split::Auto | Split::Tensor => format!(" --tp-size {devices}"),
    });
    let model = stored(resolved, model);
    Some(format!(
        "python -m sglang.launch_server --model-path {model} --context-length {each}{}{devices}",
        given(resolved, &SERVED)
    ))
}

/// The model by the name of a checkpoint in the format that is answered: what is published in 16 bit, or as gpt-oss is, has
/// the model's own name, and a file in hand its path.
fn stored(resolved: &Resolved, model: &str) -> String {
    let scenario = &*resolved.scenario;
    let in_hand = scenario.language().is_some_and(|language| language.model.file.is_some());
    let kept = graph::inference(&scenario.workload).map(|inference| inference.quantization);
    match kept.filter(|_| !in_hand) {
        None | Some(Quantization::Bf16 | Quantization::MxFp4 | Quantization::Own(_)) => model.to_owned(),
        Some(other) => format!("{model}-{}", other.key().trim_start_matches("mlx-")),
    }
}

/// One request is generated, several are served.
fn mlx(resolved: &Resolved, model: &str, inference: &Inference) -> String {
    let draft = resolved.scenario.language().and_then(|language| language.draft.as_ref());
    let draft = draft.map_or_else(String::new, |draft| format!(" --draft-model {}", draft.key));
    let flags = given(resolved, &["kv_precision", "prefill_step"]) + &draft;
    let model = stored(resolved, model);
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
        let keys = match tune.targets {
            Targets::AllLinear => String::new(),
            Targets::Attention => format!(", keys: [{}]", projections(&["q", "k", "v", "o"])),
            Targets::QueryValue => format!(", keys: [{}]", projections(&["q", "v"])),
        };
        format!(" -c <(echo 'lora_parameters: {{rank: {}, dropout: 0.0, scale: 20.0{keys}}}')", tune.rank)
    };
    // A packed base is a folder of its own, as `mlx_lm.convert` writes it.
    let model = match tune.precision {
        BasePrecision::Mlx4 | BasePrecision::Mlx8 => {
            format!("{model}-{}", tune.precision.key().trim_start_matches("mlx-"))
        }
        _ => model.to_owned(),
    };
    format!(
        "mlx_lm.lora --train --model {model} --data DATA{kind} --iters {}{} --max-seq-length {}{optimizer}{rank}",
        crate::units::whole(passes.ceil().max(1.0)),
        given(resolved, &keys),
        longest(&resolved.scenario, tune)
    )
}

/// Attention's matrices as mlx-lm names them.
fn projections(of: &[&str]) -> String {
    let names: Vec<String> = of.iter().map(|which| format!("self_attn.{which}_proj")).collect();
    names.join(", ")
}

/// Tokens of the longest sequence that is trained on; graphs become sequences by their sizes.
fn longest(scenario: &Scenario, tune: &FineTune) -> u64 {
    fine_tune(&scenario.workload).map_or(tune.sequence, |computed| computed.sequence)
}

/// Whether TRL's command has all of a fine-tune. It has no layers by number, which are an argument of PEFT, and no sequence
/// parallelism; of ZeRO the stages 1 to 3 without offload (`trl/accelerate_configs`); what GRPO rewards is a program; and
/// other trainers have commands and files of their own.
const fn is_one_command(tune: &FineTune) -> bool {
    let own = matches!(tune.trainer, Trainer::None | Trainer::Transformers | Trainer::Trl);
    own && matches!(tune.tuned_layers, TunedLayers::All)
        && !matches!(tune.objective, Objective::Grpo)
        && !matches!(tune.zero_stage, ZeroStage::Zero)
        && matches!(tune.training_offload, TrainingOffload::None)
        && tune.sequence_parallel <= 1
}

/// Transformers' trainer and PEFT through TRL's command.
fn trl(scenario: &Scenario, model: &str, tune: &FineTune) -> Option<String> {
    if !is_one_command(tune) {
        return None;
    }
    let learns = tune.objective.key();
    let kind = match tune.precision {
        BasePrecision::Fp32 if tune.autocast => "float32 --bf16",
        BasePrecision::Fp32 => "float32",
        BasePrecision::Fp16 => "float16 --fp16",
        _ => "bfloat16 --bf16",
    };
    let mut flags = vec![
        format!("trl {learns} --model_name_or_path {model} --dataset_name DATASET --dtype {kind}"),
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
    if tune.zero_stage != ZeroStage::None {
        flags.push(format!("--accelerate_config zero{}", tune.zero_stage.key()));
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
