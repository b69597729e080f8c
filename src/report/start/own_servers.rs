//! Programs around llama.cpp that keep models by names of their own: Ollama and LM Studio.
//!
//! Parameters are those of a Modelfile and of Ollama 0.33.0's environment (envconfig/config.go), and flags those of `lms load`
//! (lmstudio.ai/docs/cli/load), read on 2026-11-28.

use super::drafting;
use super::names::stored;
use crate::engine::Resolved;
use crate::engine::graph;
use crate::engine::runtime::Note;
use crate::spec::{AttentionKernel, GpuLayers, Inference, KvPrecision, Scenario, Setting};

/// A Modelfile and what reads it; nothing where Ollama has no setting for what was asked.
pub(super) fn ollama(resolved: &Resolved) -> Option<String> {
    let scenario = &*resolved.scenario;
    let inference = graph::inference(&scenario.workload)?;
    let [keys, values] = inference.cache_types().map(KvPrecision::key);
    // What it places and opens by itself is left to it.
    let placed = resolved.notes.iter().any(|note| matches!(note, Note::Placed { .. }));
    let slots = inference.concurrency.max(1);
    let others = inference.parallel.is_some_and(|parallel| u64::from(parallel) != slots);
    if keys != values
        || others
        || (away(&inference) && !placed)
        || !drafting::of_llama_server(resolved).is_empty()
        || has_one_of(scenario, &NOT_OLLAMAS)
    {
        return None;
    }
    let language = scenario.language()?;
    let file = if language.model.file.is_some() {
        language.key.clone()
    } else {
        format!("./{}.gguf", stored(resolved)?)
    };
    let mut lines = vec![format!("FROM {file}")];
    if !scenario.opens_by_itself() {
        lines.push(format!("PARAMETER num_ctx {}", inference.context / slots));
    }
    lines.push(format!("PARAMETER num_batch {}", inference.ubatch));
    if let (GpuLayers::Count(layers), false) = (inference.gpu_layers, placed) {
        lines.push(format!("PARAMETER num_gpu {layers}"));
    }
    // What one card holds it keeps there, unless it is told to spread layers over all.
    let several = scenario.devices.count.unwrap_or(1) > 1;
    let spread = if several { "OLLAMA_SCHED_SPREAD=1 " } else { "" };
    let fused = u8::from(inference.attention == AttentionKernel::Fused);
    Some(format!(
        "cat > Modelfile <<'END'\n{}\nEND\n{spread}OLLAMA_NUM_PARALLEL={slots} OLLAMA_FLASH_ATTENTION={fused} \
         OLLAMA_KV_CACHE_TYPE={keys} ollama serve &\nollama create asked -f Modelfile\nollama run asked",
        lines.join("\n")
    ))
}

/// A model that LM Studio has, loaded with these settings; nothing where its command has no flag for one.
pub(super) fn lm_studio(resolved: &Resolved) -> Option<String> {
    let scenario = &*resolved.scenario;
    let inference = graph::inference(&scenario.workload)?;
    let plain = inference.cache_types() == [KvPrecision::F16; 2] && inference.concurrency <= 1;
    if !plain
        || away(&inference)
        || has_one_of(scenario, &NOT_LM_STUDIOS)
        || !drafting::of_llama_server(resolved).is_empty()
    {
        return None;
    }
    let gpu = match inference.gpu_layers {
        GpuLayers::Auto => "max".to_owned(),
        GpuLayers::Count(0) => "off".to_owned(),
        GpuLayers::Count(layers) => {
            let all = crate::units::count(scenario.language()?.model.layer_count().max(1).into());
            format!("{:.3}", (crate::units::count(layers) / all).min(1.0))
        }
    };
    Some(format!("lms load {} --context-length {} --gpu {gpu}", stored(resolved)?, inference.context))
}

/// Whether experts are kept in system memory, which neither has a setting for.
const fn away(inference: &Inference) -> bool {
    inference.cpu_experts > 0
}

/// Settings that neither a Modelfile nor Ollama's environment has, though they are counted.
const NOT_OLLAMAS: [&str; 9] = [
    "backend",
    "cache_ram",
    "context_checkpoints",
    "image_size",
    "logits",
    "split",
    "swa_full",
    "unified_kv",
    "vision",
];

/// Settings that `lms load` has no flag for, though they are counted.
const NOT_LM_STUDIOS: [&str; 13] = [
    "attention",
    "backend",
    "cache_ram",
    "context_checkpoints",
    "devices",
    "image_size",
    "logits",
    "parallel",
    "split",
    "swa_full",
    "ubatch",
    "unified_kv",
    "vision",
];

/// Whether one of these settings is not as it is usual.
fn has_one_of(scenario: &Scenario, keys: &[&str]) -> bool {
    let usual = scenario.usual();
    let mut settings = keys.iter().filter_map(|key| Setting::find(scenario, key));
    settings.any(|setting| setting.means(scenario) && setting.entry(scenario) != setting.entry(&usual))
}
