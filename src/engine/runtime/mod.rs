//! What answers for a machine: the program, the number format and the optimizer that its owner runs, or why what was
//! asked for does not run there.

mod choose;
mod ignored;
mod note;
mod refusal;

use std::sync::Arc;

pub(super) use ignored::set_up;
pub use note::{Ignored, IgnoredSetUp, Note};
pub use refusal::{Cause, Instead, Refusal};

use super::graph;
use crate::spec::support::{Fact, Feature, Platform, Support, find};
use crate::spec::{Chosen, Machine, Runtime, Scenario, Split};

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
}

/// The scenario as a machine's owner runs it, by what is known of runtimes; it depends on what the machine computes with
/// and on nothing else of it.
pub fn resolve(asked: &Scenario, machine: &Machine, facts: &'static [Fact]) -> Resolved {
    on(asked, Platform::of(machine), facts)
}

/// The same for a kind of machine.
pub(super) fn on(asked: &Scenario, platform: Platform, facts: &'static [Fact]) -> Resolved {
    let mut scenario = asked.clone();
    let mut notes = Vec::new();
    let mut refusal = None;
    let (mut runtime, mut chosen) = (Runtime::PyTorch, Chosen::Auto);
    if let Some(language) = asked.language() {
        chosen = language.chosen;
        runtime = match chosen {
            Chosen::Asked => language.runtime,
            Chosen::Auto => choose::runtime(asked, platform),
        };
        choose::set(&mut scenario, runtime);
        choose::formats(&mut scenario, (chosen, platform), facts, &mut notes);
        refusal = refusal::refusal((asked, &scenario), chosen, platform, facts);
        notes.extend(split_replaced(&mut scenario));
        notes.extend(unfused_backward(&scenario, runtime, platform, facts));
    }
    notes.extend(ignored::notes(&scenario));
    Resolved { scenario: Arc::new(scenario), runtime, chosen, notes, refusal }
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
