//! What answers for a machine: the program, the number format and the optimizer that its owner runs, or why what was
//! asked for does not run there.

mod around;
mod choose;
mod deep_speed;
mod defaults;
mod ignored;
mod limits;
mod linked;
mod note;
mod placed;
mod refusal;
mod refused;
mod sharing;
mod whole;
mod width;

use std::borrow::Cow;
use std::sync::Arc;

pub use defaults::Defaults;
pub(super) use ignored::set_up;
pub use linked::not_shared;
pub use note::{Ignored, IgnoredSetUp, Note};
pub(super) use placed::place;
pub use refusal::{Cause, Instead, Refusal};

use super::graph;
use crate::spec::support::{Fact, Feature, Placed, Platform, Support, Target, find, told_apart};
use crate::spec::{
    Backend, Capability, Chosen, Devices, Inference, Machine, MasterWeights, Runtime, Scenario, Server,
    Setting, Split, Workload, ZeroStage,
};

/// A scenario as one machine is asked it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The scenario with the runtime and the formats that it is answered with.
    pub scenario: Arc<Scenario>,
    /// The program that runs it.
    pub runtime: Runtime,
    /// Whether that one was asked for.
    pub chosen: Chosen,
    /// What was replaced, is ignored, or should be known about the runtime.
    pub notes: Vec<Note>,
    /// Why it does not run at all.
    pub refusal: Option<Refusal>,
    /// What a server took its defaults from, where not all was said.
    pub defaults: Option<Defaults>,
    /// Devices that a server which splits the model has; 1 for what is not served so.
    pub devices: u32,
    /// Computers that the devices are in: each that shares its memory with its processor is one.
    pub computers: u32,
}

impl Resolved {
    /// A scenario with layers and experts where the server placed them on the machine, so that what is asked of other
    /// values of a setting is asked of the same placement.
    pub fn held<'a>(&self, scenario: &'a Scenario) -> Cow<'a, Scenario> {
        let placed = self.notes.iter().find_map(|note| match note {
            Note::Placed { placed, .. } if placed.layers.or(placed.experts).is_some() => Some(*placed),
            _ => None,
        });
        // What was said of layers stands.
        let said = scenario.inference().is_none_or(Inference::offloads);
        placed.filter(|_| !said).map_or(Cow::Borrowed(scenario), |placed| {
            let mut held = scenario.clone();
            place(&mut held, &Placed { context: None, ..placed });
            Cow::Owned(held)
        })
    }
}

/// The scenario as a machine's owner runs it, by what is known of runtimes.
pub fn resolve(asked: &Scenario, machine: &Machine, facts: &'static [Fact]) -> Resolved {
    on(asked, target(asked, machine, facts), facts)
}

/// What of a machine decides how a scenario is asked of it, and nothing else of it: machines with the same are asked
/// alike.
pub(super) fn target(asked: &Scenario, machine: &Machine, facts: &'static [Fact]) -> Target {
    let platform = Platform::of(machine);
    let own = Capability::of(machine);
    let alone = Target { capability: own, ..Target::any(platform) };
    let runtime = runtime_for(asked, alone, facts);
    let candidates = choose::candidates(asked, platform).chain([runtime]);
    let capability = candidates.filter_map(|runtime| told_apart(runtime, platform, own)).max();
    let served = asked.inference().is_some() && asked.language().is_some();
    let counts = asked.tune().is_some() || asked.devices != Devices::default();
    let several = counts && asked.devices.count.unwrap_or_else(|| devices(machine)) > 1;
    let ollama = asked.inference().is_some_and(|inference| inference.server == Server::Ollama);
    let opened = runtime == Runtime::LlamaCpp && ollama && asked.opens_by_itself();
    let tier = if opened { defaults::ollama_tier(machine) } else { defaults::tier(runtime, machine) };
    let tier = tier.filter(|_| served);
    let mixed = machine.cards.iter().any(|card| Platform::of(card) != platform);
    let splits = asked.tune().is_some() || served && matches!(runtime, Runtime::Vllm | Runtime::Sglang);
    let devices = if splits { asked.devices.count.unwrap_or_else(|| devices(machine)) } else { 1 };
    Target { platform, capability, several, tier, devices, mixed, placed: None }
}

/// Devices of a machine, unlike cards together.
fn devices(machine: &Machine) -> u32 {
    let cards = machine.cards.iter().fold(0_u32, |sum, card| sum.saturating_add(card.devices));
    machine.devices.max(cards)
}

/// The program that runs a scenario: the one that is asked for, else the one that people run there.
fn runtime_for(asked: &Scenario, target: Target, facts: &'static [Fact]) -> Runtime {
    match asked.language().map(|language| (language.chosen, language.runtime)) {
        Some((Chosen::Asked, runtime)) => runtime,
        Some((Chosen::Auto, _)) => choose::runtime(asked, target, facts),
        None => Runtime::PyTorch,
    }
}

/// The same for a kind of machine.
pub(super) fn on(asked: &Scenario, target: Target, facts: &'static [Fact]) -> Resolved {
    let mut scenario = asked.clone();
    let mut notes = Vec::new();
    let mut defaults = None;
    let runtime = runtime_for(asked, target, facts);
    let chosen = asked.language().map_or(Chosen::Auto, |language| language.chosen);
    if asked.language().is_some() {
        choose::set(&mut scenario, runtime);
        notes.extend(width::loaded(&mut scenario));
        choose::formats(&mut scenario, (chosen, target.platform), facts, &mut notes);
        notes.extend(split_replaced(&mut scenario));
        notes.extend(backend_replaced(&mut scenario, target.platform));
        notes.extend(unfused_backward(&scenario, runtime, target.platform, facts));
        notes.extend(deep_speed::stage(&mut scenario, target));
        notes.extend(deep_speed::masters(&mut scenario, target));
        notes.extend(deep_speed::optimizer(&mut scenario, target));
        notes.extend(alone(&scenario, target));
        notes.extend(training_split(&scenario, target));
    }
    notes.extend(
        defaults::clamp(&mut scenario, runtime, chosen).map(|(asked, holds)| Note::Clamped { asked, holds }),
    );
    let refusal = refused::refusal((asked, &scenario), chosen, target, facts);
    notes.extend(limits::notes(&scenario, runtime, target, facts));
    notes.extend(ignored::notes(&scenario, target.several));
    unpacked(&mut scenario);
    if runtime == Runtime::LlamaCpp {
        notes.extend(defaults::open(&mut scenario, target.tier).map(Note::Opened));
    }
    if refusal.is_none() {
        defaults = defaults::fill(&mut scenario, runtime, target.tier);
    }
    notes.extend(target.placed.and_then(|placed| placed::note(&mut scenario, placed)));
    whole::texts(&mut scenario, runtime);
    let devices = target.devices;
    Resolved {
        scenario: Arc::new(scenario),
        runtime,
        chosen,
        notes,
        refusal,
        defaults,
        devices,
        computers: 1,
    }
}

/// A backend that does not exist on such a machine becomes the usual one; Vulkan exists wherever Metal does not.
fn backend_replaced(scenario: &mut Scenario, platform: Platform) -> Option<Note> {
    let inference = scenario.inference_mut()?;
    let backend = inference.backend;
    let there = match backend {
        Backend::Auto => true,
        Backend::Cuda => platform == Platform::Cuda,
        Backend::Rocm => platform == Platform::Rocm,
        Backend::Metal => platform == Platform::Apple,
        Backend::Vulkan => !matches!(platform, Platform::Apple | Platform::Cpu),
    };
    if there {
        return None;
    }
    inference.backend = Backend::Auto;
    Some(Note::Backend(backend))
}

/// A split that the chosen runtime does not do becomes its own.
fn split_replaced(scenario: &mut Scenario) -> Option<Note> {
    let split = scenario.devices.split;
    if split == Split::Auto || Split::of(&scenario.workload).contains(&split) {
        return None;
    }
    scenario.devices.split = Split::Auto;
    Some(Note::Split { from: split, to: Split::Auto.meant(&scenario.workload) })
}

/// What is said of sharing training out, where there is one device and nothing of it bears on what is kept.
fn alone(scenario: &Scenario, target: Target) -> Vec<Note> {
    // Another runtime is said not to hear them.
    let heard = scenario.language().is_some_and(|language| language.runtime == Runtime::PyTorch);
    let Some(tune) = scenario.tune().filter(|_| heard && !target.several) else { return Vec::new() };
    let stage = tune.zero_stage != ZeroStage::None && tune.master_weights != MasterWeights::Kept;
    let keys = [("zero_stage", stage), ("sequence_parallel", tune.sequence_parallel > 1)];
    let idle = keys.into_iter().filter(|(_, is_idle)| *is_idle);
    idle.map(|(key, _)| Note::Ignored(Ignored { key, runtime: None })).collect()
}

/// What a split that was asked for is counted as, where training on PyTorch shares the work out.
fn training_split(scenario: &Scenario, target: Target) -> Option<Note> {
    let tune = scenario.tune().filter(|_| target.several)?;
    let trains = scenario.language().is_some_and(|language| language.runtime == Runtime::PyTorch);
    let deep_speed = tune.zero_stage != ZeroStage::None;
    let asked = match scenario.devices.split {
        Split::Auto => false,
        Split::Tensor => true,
        _ => deep_speed,
    };
    (trains && asked).then_some(Note::TrainingSplit { deep_speed })
}

/// What learns from preferences or rewards packs nothing (TRL's `DPOConfig` and `GRPOConfig`), and that was said.
fn unpacked(scenario: &mut Scenario) {
    let packs = Setting::find(scenario, "packing").is_none_or(|packing| packing.means(scenario));
    if let Workload::GraphSequence(_, sequence) = &mut scenario.workload {
        sequence.graph.packing &= packs;
    }
}

/// Tokens of a training sequence from which on the score matrices of unfused attention are worth a word.
const LONG: u64 = 4096;

/// That attention's backward pass writes score matrices out, where sequences are long.
fn unfused_backward(
    scenario: &Scenario,
    runtime: Runtime,
    platform: Platform,
    facts: &'static [Fact],
) -> Option<Note> {
    let tune = graph::fine_tune(&scenario.workload)?;
    let fact = find(facts, runtime, platform, Feature::FusedAttentionBackward)?;
    let unfused = fact.support == Support::No && tune.sequence >= LONG;
    unfused.then_some(Note::UnfusedBackward { fact, sequence: tune.sequence })
}
