//! What is typed to change one setting of a scenario: the flags and arguments of the programs.
//!
//! Flags are those of llama.cpp's `common_params_parser_init`, of `vllm serve`, of `mlx_lm.generate`, `mlx_lm.server` and
//! `mlx_lm.lora` (`tests/house/commands.rs` holds them against lists of those programs), and arguments of Transformers'
//! `TrainingArguments`, PEFT's `LoraConfig`, PyTorch Geometric's `NeighborLoader` and diffusers' `DiffusionPipeline`.

mod comfy;
mod training;

use crate::engine::Resolved;
use crate::engine::graph;
use crate::engine::solve::Change;
use crate::spec::{DiffusionMode, Pipeline, Runtime, Scenario, Workload};

pub(super) use comfy::{denoiser_flag, is_made_by_comfy, residency_flag, text_loader};
pub(super) use training::optimizer;

/// What changes one setting in the program that runs the scenario; nothing where it is no flag or argument of it.
pub fn flag(resolved: &Resolved, change: &Change) -> Option<String> {
    let value = change.value.as_str();
    match &resolved.scenario.workload {
        Workload::Diffusion(diffusion) if diffusion.mode == DiffusionMode::Lora => {
            image_adapter(diffusion.pipeline, change.key, value)
        }
        Workload::Diffusion(diffusion) if is_made_by_comfy(diffusion) => {
            comfy::setting(diffusion, change.key, value)
        }
        Workload::Diffusion(_) => images(change.key, value),
        Workload::Gnn(gnn) if gnn.architecture.record().reads_paths => paths(change.key, value),
        Workload::Gnn(_) => network(change.key, value),
        _ => match (resolved.runtime, resolved.scenario.tune().is_some()) {
            // Graphs are read at the length of the longest.
            (Runtime::LlamaCpp, _) if change.key == "max_sequence" => {
                let read = graph::inference(&resolved.scenario.workload)?;
                llama_cpp("context", &read.context.to_string())
            }
            (Runtime::LlamaCpp, _) => llama_cpp(change.key, value),
            (Runtime::Vllm, _) => vllm(&resolved.scenario, change.key, value),
            (Runtime::Sglang, _) => sglang(&resolved.scenario, change.key, value),
            (Runtime::ExLlama, _) => exllama(change.key, value),
            (Runtime::Mlx, false) => mlx_generate(change.key, value),
            (Runtime::Mlx, true) => training::mlx_lora(change.key, value),
            (Runtime::PyTorch, true) => training::pytorch(resolved, change.key, value),
            (Runtime::PyTorch, false) => None,
        },
    }
}

/// Tokens that llama.cpp reads at once where nothing is said (`n_batch` of `common_params`).
const BATCH: u64 = 2048;

fn llama_cpp(key: &str, value: &str) -> Option<String> {
    Some(match key {
        "context" => format!("-c {value}"),
        "context_checkpoints" => format!("--ctx-checkpoints {value}"),
        // A chunk is no longer than what is read at once (`n_batch`), which is 2,048 tokens where nothing is said.
        "ubatch" if value.parse().is_ok_and(|tokens: u64| tokens > BATCH) => {
            format!("-b {value} -ub {value}")
        }
        "ubatch" => format!("-ub {value}"),
        "concurrency" | "parallel" => format!("-np {value}"),
        "gpu_layers" if value == "auto" => "-ngl 999".to_owned(),
        "gpu_layers" => format!("-ngl {value}"),
        "cpu_experts" if value == "none" => return None,
        "cpu_experts" if value == "all" => "--cpu-moe".to_owned(),
        "cpu_experts" => format!("--n-cpu-moe {value}"),
        "kv_precision" => format!("-ctk {value} -ctv {value}"),
        "cache_type_k" => format!("-ctk {value}"),
        "cache_type_v" => format!("-ctv {value}"),
        "attention" if value == "fused" => "-fa on".to_owned(),
        "attention" => "-fa off".to_owned(),
        "unified_kv" if value == "true" => "-kvu".to_owned(),
        "swa_full" if value == "true" => "--swa-full".to_owned(),
        "cache_ram" => format!("--cache-ram {value}"),
        "quantization" => {
            format!("a GGUF file in {value}: llama-quantize MODEL-BF16.gguf MODEL-{value}.gguf {value}")
        }
        _ => return None,
    })
}

/// Requests share the context out, and a server asks for the length of one.
fn each_request(scenario: &Scenario, context: &str) -> Option<u64> {
    let requests = scenario.inference().map_or(1, |inference| inference.concurrency.max(1));
    Some(context.parse::<u64>().ok()? / requests)
}

fn vllm(scenario: &Scenario, key: &str, value: &str) -> Option<String> {
    Some(match key {
        "context" => format!("--max-model-len {}", each_request(scenario, value)?),
        "gpu_memory_utilization" if value != "auto" => format!("--gpu-memory-utilization {value}"),
        "max_num_seqs" if value != "auto" => format!("--max-num-seqs {value}"),
        "max_num_batched_tokens" if value != "auto" => format!("--max-num-batched-tokens {value}"),
        "enforce_eager" if value == "true" => "--enforce-eager".to_owned(),
        "cpu_offload_gb" if value != "0" => format!("--cpu-offload-gb {value}"),
        "kv_precision" if value == "fp8" || value == "nvfp4" => format!("--kv-cache-dtype {value}"),
        "devices" if value == "auto" || value == "1" => return None,
        "devices" => format!("--tensor-parallel-size {value}"),
        "quantization" => {
            format!("a checkpoint in {value}, or --quantization {value} where vLLM quantizes it itself")
        }
        _ => return None,
    })
}

fn sglang(scenario: &Scenario, key: &str, value: &str) -> Option<String> {
    Some(match key {
        "context" => format!("--context-length {}", each_request(scenario, value)?),
        "gpu_memory_utilization" if value != "auto" => format!("--mem-fraction-static {value}"),
        "max_num_seqs" if value != "auto" => format!("--max-running-requests {value}"),
        "max_num_batched_tokens" if value != "auto" => format!("--chunked-prefill-size {value}"),
        "enforce_eager" if value == "true" => "--disable-cuda-graph".to_owned(),
        "cpu_offload_gb" if value != "0" => format!("--cpu-offload-gb {value}"),
        "kv_precision" if value == "fp8" => "--kv-cache-dtype fp8_e4m3".to_owned(),
        "kv_precision" if value == "nvfp4" => "--kv-cache-dtype nvfp4".to_owned(),
        "devices" if value == "auto" || value == "1" => return None,
        "devices" => format!("--tp-size {value}"),
        "quantization" => format!("a checkpoint in {value}"),
        _ => return None,
    })
}

fn exllama(key: &str, value: &str) -> Option<String> {
    Some(match key {
        "context" => format!("Cache(model, max_num_tokens={value})"),
        "kv_precision" => {
            let bits = value.strip_prefix("exl-")?.strip_suffix("bit")?;
            format!("Cache(model, layer_type=CacheLayer_quant, k_bits={bits}, v_bits={bits})")
        }
        "prefill_step" => format!("Generator(max_chunk_size={value})"),
        "quantization" => {
            let bits = value.strip_prefix("exl3-")?.strip_suffix("bpw")?;
            format!("convert.py -i MODEL -o OUT -w WORK -b {bits}")
        }
        _ => return None,
    })
}

// `--max-kv-size` is not among them: it drops the oldest tokens, and mlx-lm 0.32 refuses it with `--kv-bits`.
fn mlx_generate(key: &str, value: &str) -> Option<String> {
    Some(match key {
        "kv_precision" => format!("--kv-bits {}", value.strip_prefix("mlx-")?.strip_suffix("bit")?),
        "prefill_step" => format!("--prefill-step-size {value}"),
        "quantization" => {
            let bits = value.strip_prefix("mlx-")?.strip_suffix("bit")?;
            format!("mlx_lm.convert --hf-path MODEL -q --q-bits {bits}")
        }
        _ => return None,
    })
}

fn network(key: &str, value: &str) -> Option<String> {
    Some(match key {
        "sampling" if value != "full" => {
            format!("NeighborLoader(num_neighbors=[{}])", value.trim_matches(['[', ']']))
        }
        "batch_graphs" => format!("DataLoader(dataset, batch_size={value})"),
        "batch_nodes" => format!("NeighborLoader(batch_size={value})"),
        "message_passing" if value == "sparse" => {
            "T.ToSparseTensor(), and adj_t in place of edge_index".to_owned()
        }
        "precision" if value == "bf16" => "model.to(torch.bfloat16), and features in bfloat16".to_owned(),
        "precision" if value == "fp16" => {
            "model.half(), and features in half precision, with a scaled loss and torch.optim.Adam(eps=1e-4)"
                .to_owned()
        }
        "normalization_cached" if value == "false" => "GCNConv(cached=False)".to_owned(),
        _ => return None,
    })
}

/// What draws the paths of methods for a network that has no graph.
fn paths(key: &str, value: &str) -> Option<String> {
    match key {
        "sampling" => Some(format!("contexts[:, :{value}] of each method")),
        "batch_nodes" => Some(format!("DataLoader(methods, batch_size={value})")),
        _ => network(key, value).filter(|line| !line.starts_with("NeighborLoader")),
    }
}

/// A flag of the script of diffusers that trains adapters for a pipeline.
fn image_adapter(pipeline: Pipeline, key: &str, value: &str) -> Option<String> {
    let script = pipeline.record().diffusers.trainer;
    Some(match (key, value) {
        ("residency", "component") if script?.offloads => "--offload".to_owned(),
        ("cached_latents", "true") if script?.caches => "--cache_latents".to_owned(),
        // `sd-scripts` of kohya-ss (docs/sdxl_train_network.md), read on 2026-11-28.
        ("cached_latents", "true") if script?.file.ends_with("_sdxl.py") => {
            "sdxl_train_network.py --cache_latents --cache_text_encoder_outputs --network_train_unet_only"
                .to_owned()
        }
        ("gradient_checkpointing", "true") => "--gradient_checkpointing".to_owned(),
        ("batch", count) => format!("--train_batch_size {count}"),
        ("resolution", sides) => {
            let (width, height) = sides.split_once('x')?;
            // The script trains on square images.
            return (width == height).then(|| format!("--resolution {width}"));
        }
        ("rank", rank) => format!("--rank {rank}"),
        _ => return None,
    })
}

fn images(key: &str, value: &str) -> Option<String> {
    Some(match (key, value) {
        ("residency", "component") => "pipe.enable_model_cpu_offload()".to_owned(),
        ("residency", "sequential") => "pipe.enable_sequential_cpu_offload()".to_owned(),
        ("vae_tiling", "true") => "pipe.vae.enable_tiling()".to_owned(),
        ("batch", count) => format!("num_images_per_prompt={count}"),
        ("frames", count) => format!("num_frames={count}"),
        ("resolution", sides) => {
            let (width, height) = sides.split_once('x')?;
            format!("width={width}, height={height}")
        }
        ("precision", "nf4") => {
            "PipelineQuantizationConfig(quant_backend=\"bitsandbytes_4bit\", quant_kwargs={\"bnb_4bit_quant_type\": \"nf4\"})"
                .to_owned()
        }
        ("text_precision", "nf4") => {
            "T5EncoderModel.from_pretrained(MODEL, subfolder=\"text_encoder_2\", \
             quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type=\"nf4\"))"
                .to_owned()
        }
        ("precision", "fp8") => "transformer.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn)".to_owned(),
        ("precision", form @ ("q8_0" | "q4_0")) => format!("GGUFQuantizationConfig, with a GGUF file in {form}"),
        _ => return None,
    })
}
