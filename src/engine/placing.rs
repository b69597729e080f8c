//! What llama-server does by itself where a model does not fit: a shorter context, then fewer layers or experts on the
//! GPU (`-fit`, on by default).

use std::sync::Arc;

use super::ceilings::{Ceiling, ceilings};
use super::memory::{Budget, PartName, Place, Placement, Site, budget_at};
use super::runtime::place;
use super::unlike::decided;
use crate::spec::support::Placed;
use crate::spec::{FeedForward, Inference, Machine, Model, Runtime, Scenario, Server, Split};
use crate::units::Bytes;

/// What is left free of each device (`fit_params_target` of llama.cpp, `--fit-target`; Ollama 0.33 passes the same on).
const MARGIN: Bytes = Bytes::mib(1024.0);
/// The shortest context that is opened for more layers (`fit_params_min_ctx`, `--fit-ctx`).
const SHORTEST: u64 = 4096;
/// Contexts are whole multiples of it (`common_params_fit_impl`).
const ALIGNED: u64 = 256;

/// Whether a program places layers by itself: nothing was said of where they go.
pub(super) fn places_itself(scenario: &Scenario) -> bool {
    let layers = scenario.devices.split.meant(&scenario.workload) != Split::Tensor;
    let plain = |inference: &Inference| {
        matches!(inference.server, Server::LlamaServer | Server::Ollama) && !inference.offloads()
    };
    layers && scenario.inference().is_some_and(plain)
}

/// What a server opens and places on a machine, of a scenario that was resolved for it; nothing where all fits as it is.
///
/// Imitates `common_params_fit_impl` of llama.cpp (`common/fit.cpp`): the context first, where none was asked for, down to
/// 4,096 tokens; then, of a mixture, routed experts go to the host, and else layers. It moves parts of a layer too, of
/// which only whole ones are counted here. On several devices it gives each its own share of a mixture, which is not
/// imitated: there nothing but the context is placed.
pub(super) fn placed(scenario: &Scenario, machine: &Machine, site: Site) -> Option<Placed> {
    let language = scenario.language().filter(|language| language.runtime == Runtime::LlamaCpp)?;
    if site.placement == Placement::Cpu || language.model.is_unknown() {
        return None;
    }
    let several = site.devices > 1 || !machine.cards.is_empty();
    let over = |placed: &Placed| {
        let mut scenario = scenario.clone();
        place(&mut scenario, placed);
        over(&scenario, machine, site)
    };
    let whole = Placed { context: None, layers: None, experts: None };
    if over(&whole)? <= 0.0 {
        return None;
    }
    let fits = |placed: &Placed| over(placed).is_some_and(|over| over <= 0.0);
    let (context, enough) = shorter(scenario, &|context| over(&Placed { context: Some(context), ..whole }));
    let start = Placed { context, ..whole };
    if enough && (!several || fits(&start)) {
        return Some(start);
    }
    let layers = u64::from(language.model.layer_count());
    let experts = has_experts(&language.model);
    if experts && several {
        return context.is_some().then_some(start);
    }
    let without = Placed { experts: Some(layers), ..start };
    if experts && fits(&without) {
        let fewest = least(layers, |held| fits(&Placed { experts: Some(held), ..start }));
        return Some(Placed { experts: Some(fewest), ..start });
    }
    let start = if experts { without } else { start };
    // The output counts as one layer more.
    let left_out = least(layers + 1, |off| fits(&Placed { layers: Some(layers + 1 - off), ..start }));
    Some(Placed { layers: Some(layers + 1 - left_out), ..start })
}

/// Whether a server would move experts of a mixture from several devices, which is not imitated.
pub(super) fn leaves_experts(scenario: &Scenario, machine: &Machine, site: Site) -> bool {
    let several = site.devices > 1 || !machine.cards.is_empty();
    several && scenario.language().is_some_and(|language| has_experts(&language.model))
}

/// Of the free memory of one GPU, what Ollama's prediction may be so that it takes that one alone
/// (`llamaServerLoadHeadroomPercent`).
const OF_ONE: f64 = 0.8;

/// Whether Ollama puts a model on one of several like GPUs, because that one holds it (`bestSingleGPUFit`).
pub(super) fn one_holds_all(scenario: &Scenario, machine: &Machine, site: Site) -> bool {
    let ollama = scenario.inference().is_some_and(|inference| inference.server == Server::Ollama);
    let several = site.devices > 1 && scenario.devices.count.is_none() && machine.cards.is_empty();
    if !ollama || !several {
        return false;
    }
    let budget = budget_at(scenario, Site { devices: 1, ..site });
    let need = budget.peak_in(Place::Device).map_or(Bytes::ZERO, |phase| phase.in_place(Place::Device).best);
    free(&ceilings(machine, &scenario.setup)).is_some_and(|free| need <= free * OF_ONE)
}

/// The context that is opened so that all layers stay on the GPU, and whether it is enough for that; nothing where one was
/// asked for or is short already.
fn shorter(scenario: &Scenario, over: &impl Fn(u64) -> Option<f64>) -> (Option<u64>, bool) {
    let of_server = scenario.inference().filter(|inference| inference.server == Server::LlamaServer);
    let Some(inference) = of_server.filter(|_| scenario.opens_by_itself()) else { return (None, false) };
    let longest = inference.context;
    let (_, unified) = inference.slots();
    let streams = if unified { 1 } else { inference.concurrency.max(1) };
    let shortest = SHORTEST.saturating_mul(streams);
    let Some((least, most)) = over(shortest).zip(over(longest)).filter(|_| longest > shortest) else {
        return (None, false);
    };
    if least >= 0.0 || most <= least {
        return (Some(shortest), false);
    }
    #[expect(clippy::cast_precision_loss, reason = "tokens of a context are far below 2^52")]
    let between = (longest - shortest) as f64 * -least / (most - least);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the longest context"
    )]
    let context = shortest + between as u64;
    let aligned = ALIGNED.saturating_mul(streams);
    (Some((context - context % aligned).max(shortest)), true)
}

/// The least number up to a most that holds, the most where none does.
fn least(most: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut fails, mut held) = (0, most);
    while held - fails > 1 {
        let middle = fails + (held - fails) / 2;
        if holds(middle) {
            held = middle;
        } else {
            fails = middle;
        }
    }
    held
}

/// Bytes that are wanted of the fullest device beyond what may be taken of it: what it tells as free, less the margin.
/// Nothing where no limit is known.
fn over(scenario: &Scenario, machine: &Machine, site: Site) -> Option<f64> {
    let ceilings = |card: &Machine| ceilings(card, &scenario.setup);
    if machine.cards.is_empty() {
        return over_of(&budget_at(scenario, site), &ceilings(machine));
    }
    let mut budget = |site| Arc::new(budget_at(scenario, site));
    let unlike = decided(scenario, machine, site, &ceilings, &mut budget)?;
    let over = unlike.cards.iter().filter_map(|card| {
        let budget = budget_at(scenario, card.site);
        over_of(&budget, &ceilings(&card.card))
    });
    over.max_by(f64::total_cmp)
}

fn over_of(budget: &Budget, ceilings: &[Ceiling]) -> Option<f64> {
    let free = free(ceilings)?.get();
    // What the driver and its libraries take beside it is not in llama.cpp's own accounting.
    let needs = budget.phases.iter().map(|phase| {
        let own = phase.parts.iter().filter(|part| part.place == Place::Device);
        own.filter(|part| part.name != PartName::Overhead).map(|part| part.bytes.best.get()).sum::<f64>()
    });
    Some(needs.fold(0.0, f64::max) - (free - MARGIN.get()).max(0.0))
}

/// What a device tells as free.
fn free(ceilings: &[Ceiling]) -> Option<Bytes> {
    let of_device = ceilings.iter().filter(|each| each.decides && each.place != Some(Place::Host));
    of_device.map(|each| each.bytes.best).min_by(|a, b| a.get().total_cmp(&b.get()))
}

/// Whether some layers choose among experts.
fn has_experts(model: &Model) -> bool {
    let mut blocks = model.stack.iter().flat_map(|run| &run.blocks);
    blocks.any(|block| matches!(block.feed_forward, FeedForward::Experts(_)))
}
