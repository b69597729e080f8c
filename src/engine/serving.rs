//! What a server that takes a share of the device at its start has room for (vLLM, SGLang).
//!
//! vLLM takes `gpu_memory_utilization` of all device memory, less what lies outside of its own allocations (the context
//! of the driver's runtime); what weights, the profiled pass and captured graphs leave of it becomes pages of keys and
//! values (`determine_available_memory` of its GPU worker).

use std::borrow::Cow;

use super::ceilings::{Ceiling, CeilingKind};
use super::memory::{Budget, PartName, Phase, PhaseName, Place, Provided, Site, budget_at};
use super::working::Detail;
use crate::spec::{Inference, Machine, Memory, Runtime, Scenario, Vendor, Workload};
use crate::units::{Band, Bytes, count, show_gib, whole};

/// What is left for keys and values, as vLLM prints it when it has started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Serving {
    /// Tokens that the KV cache of the device holds: `GPU KV cache size`.
    pub kv_capacity_tokens: u64,
    /// Requests of the whole length that it holds at once: `Maximum concurrency`; below 1 it does not start.
    pub max_concurrency: f64,
    /// Tokens of such a request.
    pub tokens_per_request: u64,
    /// What the program provides for by itself, where that is more on such a device than is usual.
    pub provided: Option<Provided>,
}

impl Serving {
    /// As the log of its start says it: `KV cache of 75,584 tokens, 9.23 requests of 8,192 tokens at once`.
    pub fn line(&self) -> String {
        let [held, each] = [self.kv_capacity_tokens, self.tokens_per_request].map(crate::units::show_grouped);
        format!("KV cache of {held} tokens, {:.2} requests of {each} tokens at once", self.max_concurrency)
    }
}

/// The inference of a scenario whose program takes a share of a device; nothing for the others.
fn served<'a>(scenario: &'a Scenario, machine: &Machine) -> Option<(&'a Inference, Bytes)> {
    let inference = scenario.inference()?;
    let runtime = scenario.language()?.runtime;
    let device = match (machine.memory.value(), machine.vendor) {
        (Memory::Discrete { vram, .. }, _) => *vram,
        (Memory::Unified { total, .. }, vendor) if vendor != Vendor::Apple => *total,
        _ => return None,
    };
    (runtime == Runtime::Vllm && device > Bytes::ZERO).then_some((inference, device))
}

/// The share of the device that the program takes, where it takes one.
pub(super) fn share(scenario: &Scenario, machine: &Machine) -> Option<Ceiling> {
    let (inference, device) = served(scenario, machine)?;
    let share = inference.gpu_memory_utilization;
    Some(Ceiling {
        kind: CeilingKind::Share,
        place: Some(Place::Device),
        bytes: Band::exact(device * share),
        decides: true,
        basis: Cow::Owned(format!(
            "gpu_memory_utilization {share} of {}, which the driver's context is not part of",
            show_gib(device)
        )),
    })
}

/// What counts against the share: everything of the device but what lies outside of the program's allocations.
pub(super) fn in_share(phase: &Phase) -> Band<Bytes> {
    let inside = |part: &&super::Part| part.place == Place::Device && part.name != PartName::Overhead;
    phase.parts.iter().filter(inside).map(|part| part.bytes).sum()
}

/// What is left of the share for requests.
pub(super) fn serving(
    scenario: &Scenario,
    machine: &Machine,
    (site, budget): (Site, &Budget),
) -> Option<Serving> {
    let (inference, _) = served(scenario, machine)?;
    let provided = Some(site.provided).filter(|provided| provided.decides(scenario));
    let share = share(scenario, machine)?.bytes.best;
    let tokens = (inference.context / inference.concurrency.max(1)).max(1);
    let one = one_request(scenario, tokens)?;
    let alone = budget_at(&one, Site { detail: Detail::Figures, ..site });
    let kept = |budget: &Budget| {
        let decode = budget.phases.iter().find(|phase| phase.name == PhaseName::Decode);
        decode.map_or(Bytes::ZERO, |phase| {
            let names = [PartName::KvCache, PartName::RecurrentState, PartName::DraftCache];
            names.map(|name| phase.named(name).best).into_iter().sum()
        })
    };
    let whole_need = budget.phases.iter().map(|phase| in_share(phase).best).fold(Bytes::ZERO, Bytes::max);
    let room = (share - (whole_need - kept(budget))).max(Bytes::ZERO);
    let max_concurrency = if kept(&alone) > Bytes::ZERO { (room / kept(&alone)).get() } else { 0.0 };
    let kv_capacity_tokens = whole(max_concurrency * count(tokens)) / PAGE * PAGE;
    Some(Serving { kv_capacity_tokens, max_concurrency, tokens_per_request: tokens, provided })
}

/// Tokens of one page.
const PAGE: u64 = 16;

/// The same with one request of so many tokens.
fn one_request(scenario: &Scenario, tokens: u64) -> Option<Scenario> {
    let Workload::Inference(language, inference) = &scenario.workload else { return None };
    let one = Inference { concurrency: 1, context: tokens, prefix_share: 0.0, ..*inference };
    Some(Scenario { workload: Workload::Inference(language.clone(), one), ..scenario.clone() })
}
