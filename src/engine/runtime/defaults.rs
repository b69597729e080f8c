//! What a server takes its defaults from: the memory of the device.

use crate::engine::ceilings::ceilings;
use crate::spec::{Capability, Chosen, Inference, Machine, Memory, Runtime, Scenario, Server, Setup, Vendor};
use crate::units::Bytes;

/// What a server provides for where it is not said, by its own rules for such a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// Tokens computed at once.
    pub tokens: u32,
    /// Sequences at once, where the rule has a number.
    pub sequences: Option<u32>,
    /// GiB of device memory from which on the rule holds.
    pub from_gib: u16,
}

/// `EngineArgs.get_batch_defaults` of vLLM 0.33.0 for its server, the largest first.
const VLLM: [Defaults; 2] = [
    Defaults { tokens: 16_384, sequences: Some(1024), from_gib: 160 },
    Defaults { tokens: 8192, sequences: Some(1024), from_gib: 70 },
];

/// `handle_gpu_memory_settings` of `SGLang` 0.5.23, the largest first.
const SGLANG: [Defaults; 3] = [
    Defaults { tokens: 16_384, sequences: None, from_gib: 160 },
    Defaults { tokens: 8192, sequences: None, from_gib: 60 },
    Defaults { tokens: 4096, sequences: None, from_gib: 20 },
];

/// Tokens of context that Ollama 0.33.0 opens for a slot by the GPU memory that it finds (`server/routes.go`), where it is
/// more than what it opens on any machine.
const OLLAMA: [(u16, u64); 2] = [(47, 262_144), (23, 32_768)];

/// GiB of Ollama's rule that holds on a machine; nothing below.
pub(super) fn ollama_tier(machine: &Machine) -> Option<u16> {
    let memory = match machine.memory.value() {
        Memory::Discrete { vram, .. } if machine.cards.is_empty() => {
            *vram * f64::from(machine.devices.max(1))
        }
        Memory::Discrete { .. } => {
            let of = |card: &Machine| match card.memory.value() {
                Memory::Discrete { vram, .. } => *vram * f64::from(card.devices.max(1)),
                _ => Bytes::ZERO,
            };
            machine.cards.iter().map(|card| of(card)).sum()
        }
        Memory::Unified { .. } => limit(machine)?,
        Memory::System { .. } => return None,
    };
    OLLAMA.iter().find(|(gib, _)| memory.as_gib() >= f64::from(*gib)).map(|(gib, _)| *gib)
}

/// What the system lets the GPU take of a shared pool, as it is shipped.
fn limit(machine: &Machine) -> Option<Bytes> {
    let found = ceilings(machine, &Setup::default()).into_iter();
    let limit = found.filter(|each| each.decides).map(|each| each.bytes.best);
    limit.min_by(|a, b| a.get().total_cmp(&b.get()))
}

/// Requests longer than the model, where the program cuts them or nobody asked for the program: Ollama opens what the model
/// is trained on (`requested context size too large for model`), and a preset's context was not meant for a shorter model.
pub(super) fn clamp(scenario: &mut Scenario, runtime: Runtime, chosen: Chosen) -> Option<(u64, u64)> {
    let holds = u64::from(scenario.language()?.model.context_max);
    let inference = scenario.inference_mut()?;
    let cut = match runtime {
        Runtime::LlamaCpp => inference.server == Server::Ollama,
        _ => runtime.fills_a_share() && chosen == Chosen::Auto,
    };
    let requests = inference.concurrency.max(1);
    let asked = inference.context / requests;
    if !cut || holds == 0 || asked <= holds {
        return None;
    }
    inference.context = holds.saturating_mul(requests);
    inference.generate = inference.generate.min((holds / 2).max(1));
    inference.prompt = inference.prompt.min(holds - inference.generate).max(1);
    Some((asked, holds))
}

/// Opens the context that Ollama opens by itself on such a machine; the tokens of a slot, where it is another.
pub(super) fn open(scenario: &mut Scenario, tier: Option<u16>) -> Option<u64> {
    let trained = u64::from(scenario.language()?.model.context_max).max(1);
    let opens = scenario.opens_by_itself();
    let inference = scenario.inference_mut().filter(|_| opens)?;
    let (_, tokens) = OLLAMA.iter().find(|(gib, _)| Some(*gib) == tier)?;
    let slot = (*tokens).min(trained);
    let context = slot.saturating_mul(inference.concurrency.max(1));
    if context <= inference.context {
        return None;
    }
    inference.context = context;
    Some(slot)
}

/// GiB of the rule that holds on a machine; nothing where the server's plain defaults do.
pub(super) fn tier(runtime: Runtime, machine: &Machine) -> Option<u16> {
    let memory = match machine.memory.value() {
        Memory::Discrete { vram, .. } => *vram,
        // HIP tells as much as the system lets it map.
        Memory::Unified { .. } if machine.vendor == Vendor::Amd => limit(machine)?,
        Memory::Unified { total, .. } if machine.vendor != Vendor::Apple => *total,
        Memory::Unified { .. } | Memory::System { .. } => return None,
    };
    rules(runtime)
        .iter()
        .find(|rule| memory.as_gib() >= f64::from(rule.from_gib) && !is_left_out(rule, runtime, machine))
        .map(|rule| rule.from_gib)
}

/// vLLM keeps A100 and GB10 on the small rule below 160 GiB.
fn is_left_out(rule: &Defaults, runtime: Runtime, machine: &Machine) -> bool {
    let small = machine.chip == "GA100" || Capability::of(machine) == Some(Capability(121));
    runtime == Runtime::Vllm && rule.from_gib < 160 && small
}

const fn rules(runtime: Runtime) -> &'static [Defaults] {
    match runtime {
        Runtime::Vllm => &VLLM,
        Runtime::Sglang => &SGLANG,
        _ => &[],
    }
}

/// Fills in what is not said by the rule that holds, and tells it.
pub(super) fn fill(scenario: &mut Scenario, runtime: Runtime, tier: Option<u16>) -> Option<Defaults> {
    let rule = *rules(runtime).iter().find(|rule| Some(rule.from_gib) == tier)?;
    let inference = scenario.inference_mut()?;
    // A chunk that is asked for under its other name stands.
    let free = inference.max_num_batched_tokens.is_none()
        && inference.prefill_step == Inference::default().prefill_step;
    let unsaid = inference.max_num_seqs.is_none() && rule.sequences.is_some();
    if free {
        inference.max_num_batched_tokens = Some(rule.tokens);
    }
    inference.max_num_seqs = inference.max_num_seqs.or(rule.sequences);
    (free || unsaid).then_some(Defaults {
        tokens: inference.max_num_batched_tokens.unwrap_or(rule.tokens),
        sequences: rule.sequences.and(inference.max_num_seqs),
        ..rule
    })
}
