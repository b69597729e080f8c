//! What llama-server does by itself where a model does not fit: a shorter context, then fewer layers or experts on the
//! GPU (`-fit`, on by default).

use super::ceilings::ceilings;
use super::memory::{PartName, Place, Placement, Site, budget_at};
use super::runtime::place;
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
/// which only whole ones are counted here. Of unlike cards nothing is placed.
pub(super) fn placed(scenario: &Scenario, machine: &Machine, site: Site) -> Option<Placed> {
    let language = scenario.language().filter(|language| language.runtime == Runtime::LlamaCpp)?;
    if site.placement == Placement::Cpu || !machine.cards.is_empty() || language.model.is_unknown() {
        return None;
    }
    let room = room(scenario, machine)?;
    let takes = |placed: &Placed| {
        let mut scenario = scenario.clone();
        place(&mut scenario, placed);
        on_device(&scenario, site)
    };
    let whole = Placed { context: None, layers: None, experts: None };
    if takes(&whole) <= room {
        return None;
    }
    let context = shorter(scenario, room, &takes);
    let start = Placed { context, ..whole };
    if context.is_some() && takes(&start) <= room {
        return Some(start);
    }
    let layers = u64::from(language.model.layer_count());
    let experts = has_experts(&language.model);
    let without = Placed { experts: Some(layers), ..start };
    if experts && takes(&without) <= room {
        let fewest = least(layers, |held| takes(&Placed { experts: Some(held), ..start }) <= room);
        return Some(Placed { experts: Some(fewest), ..start });
    }
    let start = if experts { without } else { start };
    // The output counts as one layer more.
    let left_out =
        least(layers + 1, |off| takes(&Placed { layers: Some(layers + 1 - off), ..start }) <= room);
    Some(Placed { layers: Some(layers + 1 - left_out), ..start })
}

/// The context that is opened so that all layers stay on the GPU; nothing where one was asked for or is short already.
fn shorter(scenario: &Scenario, room: Bytes, takes: &impl Fn(&Placed) -> Bytes) -> Option<u64> {
    let inference = scenario.inference().filter(|inference| inference.server == Server::LlamaServer)?;
    let longest = scenario.opens_by_itself().then_some(inference.context)?;
    let (_, unified) = inference.slots();
    let streams = if unified { 1 } else { inference.concurrency.max(1) };
    let shortest = SHORTEST.saturating_mul(streams);
    if longest <= shortest {
        return None;
    }
    let at = |context| takes(&Placed { context: Some(context), layers: None, experts: None }).get();
    let (least, most) = (at(shortest), at(longest));
    if room.get() <= least || most <= least {
        return Some(shortest);
    }
    #[expect(clippy::cast_precision_loss, reason = "tokens of a context are far below 2^52")]
    let between = (longest - shortest) as f64 * (room.get() - least) / (most - least);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the longest context"
    )]
    let context = shortest + between as u64;
    let aligned = ALIGNED.saturating_mul(streams);
    Some((context - context % aligned).max(shortest))
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

/// What of the fullest device its own accounting knows: what the driver and its libraries take beside it is not.
fn on_device(scenario: &Scenario, site: Site) -> Bytes {
    let budget = budget_at(scenario, site);
    let needs = budget.phases.iter().map(|phase| {
        let parts = phase.parts.iter();
        let own = parts.filter(|part| part.place == Place::Device && part.name != PartName::Overhead);
        own.map(|part| part.bytes.best).sum()
    });
    needs.max_by(|a: &Bytes, b: &Bytes| a.get().total_cmp(&b.get())).unwrap_or(Bytes::ZERO)
}

/// What may be taken of a device: what it tells as free, less the margin.
fn room(scenario: &Scenario, machine: &Machine) -> Option<Bytes> {
    let found = ceilings(machine, &scenario.setup).into_iter();
    let free =
        found.filter(|each| each.decides && each.place != Some(Place::Host)).map(|each| each.bytes.best);
    let free = free.min_by(|a, b| a.get().total_cmp(&b.get()))?;
    Some(if free > MARGIN { free - MARGIN } else { Bytes::ZERO })
}

/// Whether some layers choose among experts.
fn has_experts(model: &Model) -> bool {
    let mut blocks = model.stack.iter().flat_map(|run| &run.blocks);
    blocks.any(|block| matches!(block.feed_forward, FeedForward::Experts(_)))
}
