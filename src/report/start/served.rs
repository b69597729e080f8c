//! Servers: llama.cpp's own, vLLM, SGLang, and TabbyAPI over ExLlama.

use super::names::{PROJECTOR, checkpoint, packed_at_load, stored};
use super::{drafting, given};
use crate::engine::Resolved;
use crate::engine::graph;
use crate::engine::runtime::Note;
use crate::spec::{GpuLayers, Inference, KvPrecision, Makes, Scenario, Server, Split};

/// llama.cpp's own server; Ollama and LM Studio load models by commands of their own.
pub(super) fn llama_server(resolved: &Resolved) -> Option<String> {
    let scenario = &*resolved.scenario;
    let inference = graph::inference(&scenario.workload)?;
    if matches!(inference.server, Server::Ollama | Server::LmStudio) {
        return None;
    }
    let placed = resolved.notes.iter().find_map(|note| match note {
        Note::Placed { placed, .. } => Some(*placed),
        _ => None,
    });
    let server = inference.server == Server::LlamaServer;
    // What it opens, places and provides by itself is left to it; an option would switch that off.
    let left = |key: &&str| match *key {
        "gpu_layers" => server && (placed.is_some() || inference.gpu_layers == GpuLayers::Auto),
        "cpu_experts" => placed.is_some(),
        _ => false,
    };
    let opened = scenario.opens_by_itself() || placed.is_some_and(|placed| placed.context.is_some());
    let context = if opened { String::new() } else { format!(" -c {}", inference.context) };
    let keys = ["ubatch", "gpu_layers", "cpu_experts", "attention", "unified_kv", "swa_full"];
    let keys: Vec<&'static str> = keys.into_iter().filter(|key| !left(key)).collect();
    let [keys_as, values_as] = inference.cache_types().map(KvPrecision::key);
    let language = scenario.language()?;
    let file = if language.model.file.is_some() { language.key.clone() } else { stored(resolved)? + ".gguf" };
    let draft = kept(scenario, &inference) + &drafting::of_llama_server(resolved);
    let image = if inference.vision { format!(" --mmproj {PROJECTOR}") } else { String::new() };
    let split = if scenario.devices.split == Split::Tensor { " -sm tensor" } else { "" };
    let makes = match language.model.makes {
        Makes::Text => "",
        Makes::Embeddings => " --embedding",
        Makes::Scores => " --reranking",
    };
    Some(format!(
        "llama-server -m {file}{context}{}{} -ctk {keys_as} -ctv {values_as}{draft}{image}{split}{makes}",
        slots(&inference),
        given(resolved, &keys)
    ))
}

/// How many requests it answers at once; nothing where that is left to it.
fn slots(inference: &Inference) -> String {
    let requests = inference.concurrency.max(1);
    match (inference.server, inference.parallel) {
        (Server::LlamaServer, None) if requests <= 1 => String::new(),
        (Server::LlamaServer, Some(asked)) => format!(" -np {}", requests.max(asked.into())),
        _ => format!(" -np {requests}"),
    }
}

/// What it keeps in system memory of prompts it has answered, where that is not what it keeps by itself; nothing at all where
/// the program was counted without a server.
fn kept(scenario: &Scenario, inference: &Inference) -> String {
    let usual = Inference::default();
    let (ram, checkpoints) = match inference.server {
        Server::None => (0, 0),
        _ => (inference.cache_ram, inference.context_checkpoints),
    };
    let held = (ram != usual.cache_ram).then(|| format!(" --cache-ram {ram}"));
    // What is recurrent or has a window is saved so, and else nothing is.
    let saves = scenario.language().is_some_and(|language| language.model.has_windows_or_states());
    let saved = (saves && checkpoints != usual.context_checkpoints)
        .then(|| format!(" --ctx-checkpoints {checkpoints}"));
    held.into_iter().chain(saved).collect()
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

/// What a server that fills a share of the device is told of each request and of the devices.
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
        let several = (resolved.devices > 1).then_some((resolved.devices, scenario.devices.split));
        Some(Self { each: inference.context / inference.concurrency.max(1), several })
    }
}

pub(super) fn vllm_serve(resolved: &Resolved) -> Option<String> {
    let Served { each, several } = Served::of(resolved)?;
    let devices = several.map_or_else(String::new, |(devices, split)| match split {
        Split::Layers => format!(" --pipeline-parallel-size {devices}"),
        Split::Copies => format!(" --data-parallel-size {devices}"),
        Split::Experts => format!(" --tensor-parallel-size {devices} --enable-expert-parallel"),
        Split::Auto | Split::Tensor => format!(" --tensor-parallel-size {devices}"),
    });
    let model = checkpoint(resolved)?;
    let adapters = graph::inference(&resolved.scenario.workload)?;
    let adapters = if adapters.max_loras > 0 {
        format!(
            " --enable-lora --max-loras {} --max-lora-rank {}",
            adapters.max_loras, adapters.max_lora_rank
        )
    } else {
        String::new()
    };
    Some(format!(
        "vllm serve {model} --max-model-len {each}{}{}{adapters}{devices}{}",
        packed_at_load(resolved),
        given(resolved, &SERVED),
        drafting::of_vllm(resolved)
    ))
}

pub(super) fn sglang_server(resolved: &Resolved) -> Option<String> {
    let Served { each, several } = Served::of(resolved)?;
    let devices = several.map_or_else(String::new, |(devices, split)| match split {
        Split::Layers => format!(" --pp-size {devices}"),
        Split::Copies => format!(" --dp-size {devices}"),
        Split::Experts => format!(" --tp-size {devices} --ep-size {devices}"),
        Split::Auto | Split::Tensor => format!(" --tp-size {devices}"),
    });
    let model = checkpoint(resolved)?;
    Some(format!(
        "python -m sglang.launch_server --model-path {model} --context-length {each}{}{}{devices}{}",
        packed_at_load(resolved),
        given(resolved, &SERVED),
        drafting::of_sglang(resolved)?
    ))
}

/// TabbyAPI, the server over ExLlama; run in its folder, with the model in `models`. Its cache is a multiple of 256 tokens.
pub(super) fn tabby(resolved: &Resolved) -> Option<String> {
    let scenario = &*resolved.scenario;
    let inference: Inference = graph::inference(&scenario.workload)?;
    let each = inference.context / inference.concurrency.max(1);
    let cache = inference.context.next_multiple_of(256);
    let bits = inference.kv_precision.key().strip_prefix("exl-").and_then(|bits| bits.strip_suffix("bit"));
    let mode = bits.map_or_else(|| "FP16".to_owned(), |bits| format!("{bits},{bits}"));
    let draft = drafting::of_tabby(resolved);
    let several = scenario.devices.count.unwrap_or(1) > 1 && scenario.devices.split == Split::Tensor;
    let split = if several { " --tensor-parallel true" } else { "" };
    Some(format!(
        "python main.py --model-name {} --max-seq-len {each} --cache-size {cache} --cache-mode {mode} --chunk-size {} \
         --max-batch-size {}{draft}{split}",
        stored(resolved)?,
        inference.prefill_step,
        inference.concurrency.max(1)
    ))
}
