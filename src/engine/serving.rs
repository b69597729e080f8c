//! What a server that takes a share of the device at its start has room for (vLLM, SGLang).
//!
//! vLLM takes `gpu_memory_utilization` of all device memory, less what lies outside of its own allocations (the context
//! of the driver's runtime); what weights, the profiled pass and captured graphs leave of it becomes pages of keys and
//! values (`determine_available_memory` of its GPU worker).

use super::ceiling_size::capacity;
use super::ceilings::{Ceiling, CeilingKind, ceilings};
use super::memory::{Budget, PartName, PhaseName, Place, Site, budget_at};
use super::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{
    Generation, Inference, Machine, Memory, Mixer, Model, Objective, Os, Runtime, Scenario, Setup, Vendor,
    Workload, overhead,
};
use crate::units::{Band, Bytes, Display, count, show_gib, whole};

/// What is left for keys and values, as vLLM prints it when it has started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Serving {
    /// Tokens that the KV cache of the device holds: `GPU KV cache size`.
    pub kv_capacity_tokens: u64,
    /// Requests of the whole length that it holds at once: `Maximum concurrency`; below 1 it does not start.
    pub max_concurrency: f64,
    /// Tokens of such a request.
    pub tokens_per_request: u64,
}

impl Serving {
    /// As the log of its start says it: `KV cache of 75,584 tokens, 9.23 requests of 8,192 tokens at once`.
    pub fn line(&self) -> String {
        let grouped = |count: u64| Display::default().while_chosen(|| crate::units::show_grouped(count));
        let [held, each] = [self.kv_capacity_tokens, self.tokens_per_request].map(grouped);
        format!("KV cache of {held} tokens, {:.2} requests of {each} tokens at once", self.max_concurrency)
    }
}

/// The inference of a scenario whose program takes a share of a device; nothing for the others.
fn served<'a>(scenario: &'a Scenario, machine: &Machine) -> Option<(&'a Inference, Bytes)> {
    let inference = scenario.inference()?;
    let runtime = scenario.language()?.runtime;
    let device = match (machine.memory.value(), machine.vendor) {
        (Memory::Discrete { vram, driver, .. }, vendor) => {
            (*vram - driver.best + beyond_usable(*vram, vendor)).max(Bytes::ZERO).min(*vram)
        }
        (Memory::Unified { total, gpu_limit }, vendor) if vendor != Vendor::Apple => {
            // Where it was measured what the system leaves of a pool, its firmware keeps a part that no program sees.
            let measured = gpu_limit.as_ref().is_some_and(|limit| limit.whole_pool);
            match may_be_mapped(machine, scenario) {
                _ if measured => *total * overhead::POOL_SEEN_SHARE.amount,
                // HIP counts what the kernel lets it map (`hipMemGetInfo`), and a raised limit with it.
                Some(mapped) => mapped.best,
                None => *total,
            }
        }
        _ => return None,
    };
    (runtime.fills_a_share() && device > Bytes::ZERO).then_some((inference, device))
}

/// What the GPU of a shared pool may take, or what the system leaves of the pool, as the machine is set up.
fn may_be_mapped(machine: &Machine, scenario: &Scenario) -> Option<Band<Bytes>> {
    let found = ceilings(machine, &scenario.setup).into_iter();
    let limits = found.filter(|ceiling| {
        ceiling.decides
            && matches!(ceiling.kind, CeilingKind::GpuLimit | CeilingKind::RaisedLimit | CeilingKind::System)
    });
    limits.map(|ceiling| ceiling.bytes).min_by(|a, b| a.best.get().total_cmp(&b.best.get()))
}

/// What the driver's runtime counts as a card's memory beyond what it leaves to programs (`cudaMemGetInfo`): the empty
/// context, and not what the driver keeps for itself.
fn beyond_usable(vram: Bytes, vendor: Vendor) -> Bytes {
    match vendor {
        Vendor::Nvidia => {
            overhead::CUDA_TOTAL_BEYOND_USABLE.amount - vram * overhead::CUDA_TOTAL_KEPT_SHARE.amount
        }
        _ => overhead::HIP_TOTAL_BEYOND_USABLE.amount,
    }
}

/// Share of the device that vLLM takes where nothing is said: its default up to 2026.
const VLLM_SHARE: f64 = 0.9;

/// What lies outside of the program's allocations when `SGLang` first looks at what is free.
const CONTEXT: Band<f64> = overhead::VLLM_CONTEXT.amount;

/// The share of the device that the program takes, where it takes one.
pub(super) fn share(scenario: &Scenario, machine: &Machine, detail: Detail) -> Option<Ceiling> {
    if let Some(left) = beside_generation(scenario, machine, detail) {
        return Some(left);
    }
    let (inference, device) = served(scenario, machine)?;
    let language = scenario.language()?;
    let asked = inference.gpu_memory_utilization;
    let of_machine = || capacity(detail, machine, device);
    if language.runtime == Runtime::Sglang {
        // It asks nvidia-smi, which shows what the driver keeps for itself too.
        let shown = match machine.memory.value() {
            Memory::Discrete { vram, .. } => *vram,
            _ => device,
        };
        let share =
            asked.unwrap_or_else(|| sglang_share(inference, (&language.model, machine.devices), shown));
        let least = free_at_start(machine, scenario).unwrap_or_else(|| Band::exact(device));
        let free = |context: f64, least: Bytes| {
            let device_memory = if least < device {
                Figure::found(detail, "what the machine leaves to programs", "free", least.get())
            } else {
                of_machine()
            };
            formula!(detail, "SGLang, mem_fraction_static of what is free when it starts";
                device_memory = device_memory,
                driver_context = context, mem_fraction_static = share
                => max(device_memory - driver_context, 0.0) * mem_fraction_static)
        };
        let size = Worked::band(
            free(CONTEXT.high, least.low),
            free(CONTEXT.best, least.best),
            free(CONTEXT.low, least.high),
        );
        let basis = format!(
            "mem_fraction_static {share} of {} less the driver's context: weights and the pool of keys and values",
            show_gib(device)
        );
        return Some(Ceiling::of(CeilingKind::StaticShare, Some(Place::Device), size, basis).deciding());
    }
    let share = asked.unwrap_or(VLLM_SHARE);
    let size = formula!(detail, "vLLM, gpu_memory_utilization of all device memory";
        device_memory = of_machine(), gpu_memory_utilization = share
        => device_memory * gpu_memory_utilization);
    let basis = format!(
        "gpu_memory_utilization {share} of {}, which the driver's context is not part of",
        show_gib(device)
    );
    let place = Some(Place::Device);
    Some(Ceiling::of(CeilingKind::Share, place, Worked::exact(size), basis).deciding())
}

/// What is free before SGLang loads, where that is less than what the device shows: of a pool that is shared with the
/// system (`get_available_gpu_memory`), and beside a desktop.
fn free_at_start(machine: &Machine, scenario: &Scenario) -> Option<Band<Bytes>> {
    match machine.memory.value() {
        Memory::Unified { .. } => may_be_mapped(machine, scenario),
        Memory::Discrete { .. } => {
            let as_shipped = Setup { os: Os::Auto, display: crate::spec::Display::Auto, ..scenario.setup };
            let is_moved = as_shipped != scenario.setup;
            let card = |ceiling: &Ceiling| ceiling.kind == CeilingKind::Vram;
            let found = ceilings(machine, &scenario.setup).into_iter().find(card);
            found.filter(|_| is_moved).map(|ceiling| ceiling.bytes)
        }
        Memory::System { .. } => None,
    }
}

/// What the vLLM of GRPO leaves of a device to training.
fn beside_generation(scenario: &Scenario, machine: &Machine, detail: Detail) -> Option<Ceiling> {
    let tune = scenario.tune()?;
    let beside = tune.objective == Objective::Grpo && tune.generation == Generation::Vllm;
    let Memory::Discrete { vram, .. } = machine.memory.value() else { return None };
    let taken = tune.vllm_share;
    beside.then(|| {
        let left = formula!(detail, "TRL, vllm_gpu_memory_utilization of a vLLM beside training";
            device_memory = capacity(detail, machine, *vram), vllm_gpu_memory_utilization = taken
            => device_memory * max(min(1.0 - vllm_gpu_memory_utilization, 1.0), 0.0));
        let basis = format!(
            "{} less the {taken} of it that vLLM beside training takes (vllm_gpu_memory_utilization)",
            show_gib(*vram)
        );
        Ceiling::of(CeilingKind::Vram, Some(Place::Device), Worked::exact(left), basis).deciding()
    })
}

/// The share that `SGLang` 0.5.23 works out where none is given (`handle_gpu_memory_settings`): all but 512 MiB, 1.5 MiB
/// for each token of a chunk, 128 MiB for each device, and what graphs take; at least 10 GiB are left above 60.
fn sglang_share(inference: &Inference, (model, devices): (&Model, u32), device: Bytes) -> f64 {
    let memory = device.get() / MIB;
    let chunk = count(inference.batched_tokens()).max(2048.0);
    let latent = model.layers().any(|block| matches!(block.mixer, Mixer::Mla(_)));
    let graphs = if inference.enforce_eager {
        0.0
    } else {
        let batch = f64::from(inference.max_num_seqs.unwrap_or(u32::MAX).min(graph_batch(memory, devices)));
        2.0 * batch + if latent { 1536.0 } else { 8.0 * chunk_lengths(chunk) }
    };
    let reserve = 512.0 + 1.5 * chunk + 128.0 * f64::from(devices.max(1)) + graphs;
    let reserve = if memory > 60.0 * 1024.0 { reserve.max(10.0 * 1024.0) } else { reserve };
    (((memory - reserve) / memory * 1000.0).round() / 1000.0).clamp(0.0, 1.0)
}

const MIB: f64 = 1024.0 * 1024.0;

/// The largest batch of decode that is captured, by MiB of device memory.
fn graph_batch(memory: f64, devices: u32) -> u32 {
    let alone = devices < 4;
    match memory / 1024.0 {
        gib if gib < 20.0 => 8,
        gib if gib < 35.0 && alone => 48,
        gib if gib < 60.0 && alone => 32,
        gib if gib < 60.0 => 160,
        gib if gib < 160.0 && alone => 256,
        _ => 512,
    }
}

/// Lengths of a chunk that are captured (`generate_prefill_cuda_graph_batch_sizes`).
fn chunk_lengths(most: f64) -> f64 {
    const STEPS: [(u64, u64, u64); 5] =
        [(4, 32, 4), (48, 256, 16), (288, 512, 32), (576, 1024, 64), (1280, 4096, 256)];
    let most = whole(most);
    let up_to = |(first, last, step): (u64, u64, u64)| {
        let last = last.min(most);
        if last < first { 0 } else { (last - first) / step + 1 }
    };
    let beyond = up_to((4608, most, 512));
    count(STEPS.into_iter().map(up_to).sum::<u64>() + beyond)
}

/// What is left of the share for requests.
pub(super) fn serving(
    scenario: &Scenario,
    machine: &Machine,
    (site, budget): (Site, &Budget),
) -> Option<Serving> {
    let (inference, _) = served(scenario, machine)?;
    // An encoder keeps nothing that requests could share.
    scenario.language().filter(|language| !language.model.is_encoder())?;
    let ceiling = share(scenario, machine, Detail::Figures)?;
    let share = ceiling.bytes.best;
    let tokens = (inference.context / inference.concurrency.max(1)).max(1);
    let one = one_request(scenario, tokens)?;
    let alone = budget_at(&one, Site { detail: Detail::Figures, ..site });
    let kept = |budget: &Budget| {
        let decode = budget.phases.iter().find(|phase| phase.name == PhaseName::Decode);
        decode.map_or(Bytes::ZERO, |phase| {
            let names =
                [PartName::KvCache, PartName::IndexerCache, PartName::RecurrentState, PartName::DraftCache];
            names.map(|name| phase.named(name).best).into_iter().sum()
        })
    };
    let whole_need = budget.phases.iter().map(|phase| ceiling.need(phase).best).fold(Bytes::ZERO, Bytes::max);
    let room = (share - (whole_need - kept(budget))).max(Bytes::ZERO);
    let max_concurrency = if kept(&alone) > Bytes::ZERO { (room / kept(&alone)).get() } else { 0.0 };
    let page = if scenario.language()?.runtime == Runtime::Sglang { 1 } else { PAGE };
    let kv_capacity_tokens = whole(max_concurrency * count(tokens)) / page * page;
    Some(Serving { kv_capacity_tokens, max_concurrency, tokens_per_request: tokens })
}

/// Tokens of one page of vLLM's; `SGLang`'s pool is by the token.
const PAGE: u64 = 16;

/// The same with one request of so many tokens.
fn one_request(scenario: &Scenario, tokens: u64) -> Option<Scenario> {
    let Workload::Inference(language, inference) = &scenario.workload else { return None };
    let one = Inference { concurrency: 1, context: tokens, prefix_share: 0.0, ..*inference };
    Some(Scenario { workload: Workload::Inference(language.clone(), one), ..scenario.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of `handle_gpu_memory_settings`, at its borders too.
    #[test]
    fn batches_that_sglang_captures_are_those_of_its_table() {
        for (gib, below_four, from_four) in [
            (16.0, 8, 8),
            (19.9, 8, 8),
            (20.0, 48, 160),
            (24.0, 48, 160),
            (35.0, 32, 160),
            (48.0, 32, 160),
            (60.0, 256, 512),
            (80.0, 256, 512),
            (141.0, 256, 512),
            (160.0, 512, 512),
            (192.0, 512, 512),
        ] {
            let of = |devices| graph_batch(gib * 1024.0, devices);
            assert_eq!([1, 3, 4, 8].map(of), [below_four, below_four, from_four, from_four], "{gib} GiB");
        }
    }

    /// Steps of 4 to 32, 16 to 256, 32 to 512, 64 to 1,024, 256 to 4,096 and 512 beyond
    /// (`generate_prefill_cuda_graph_batch_sizes`).
    #[test]
    fn lengths_of_a_chunk_are_counted_one_by_one() {
        let steps = [(32, 4), (256, 16), (512, 32), (1024, 64), (4096, 256), (u64::MAX, 512)];
        for most in [4, 32, 47, 48, 512, 2048, 4096, 8192, 16_384] {
            let step = |at: u64| steps.iter().find(|(last, _)| at < *last).map_or(512, |(_, step)| *step);
            let lengths = std::iter::successors(Some(4), |at| Some(at + step(*at)));
            let by_one = lengths.take_while(|at| *at <= most).count();
            assert_eq!(whole(chunk_lengths(count(most))), by_one as u64, "up to {most}");
        }
    }
}
