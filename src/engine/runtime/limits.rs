//! What runs and has a limit there that should be known: slower arithmetic, a system that the program has no build for.

use super::note::Note;
use crate::spec::support::{Fact, Feature, Format, Platform, Support, Target, find};
use crate::spec::{BasePrecision, Os, Quantization, Runtime, Scenario, Split, Workload, ZeroStage};

/// A note for each limit that the scenario meets.
pub(super) fn notes(
    scenario: &Scenario,
    runtime: Runtime,
    target: Target,
    facts: &'static [Fact],
) -> Vec<Note> {
    let of = |feature| find(facts, runtime, target.platform, feature);
    let below = |fact: &&'static Fact| fact.on(target.capability) == Support::No;
    let partly = |feature| of(feature).filter(|fact| fact.on(target.capability) == Support::Partial);
    let mut notes = Vec::new();
    if let Some(weights) = scenario.inference().map(|inference| inference.quantization) {
        let format = Format::from(weights);
        notes.extend(of(Feature::Native(format)).filter(below).map(|fact| Note::Unpacked { fact, weights }));
        notes.extend(partly(Feature::Weights(format)).map(Note::Limit));
    }
    if computes_in_bf16(scenario) {
        // PyTorch itself computes in it anywhere; what refuses it trains.
        let refused = runtime != Runtime::PyTorch || scenario.tune().is_some();
        notes.extend(of(Feature::Bf16).filter(|_| refused).filter(below).map(Note::NoBf16));
    }
    if scenario.language().is_some() {
        notes.extend(partly(Feature::Runs).map(Note::Limit));
    }
    if let Some(tune) = scenario.tune() {
        notes.extend(partly(Feature::TrainedBy(tune.trainer)).map(Note::Limit));
    }
    if matches!(scenario.workload, Workload::Gnn(_)) {
        notes.extend(partly(Feature::GraphKernels).map(Note::Limit));
    }
    if multi_device(scenario) && scenario.inference().is_some() {
        match scenario.devices.split.meant(&scenario.workload) {
            Split::Tensor => notes.extend(partly(Feature::TensorParallel).map(Note::Limit)),
            Split::Layers => notes.extend(partly(Feature::PipelineParallel).map(Note::Limit)),
            Split::Experts => notes.extend(partly(Feature::ExpertParallel).map(Note::Limit)),
            Split::Auto | Split::Copies => {}
        }
    }
    if scenario.setup.os == Os::Windows && scenario.language().is_some() {
        let fact = find(facts, runtime, Platform::Windows, Feature::Runs);
        notes.extend(fact.filter(|fact| fact.support != Support::Yes).map(Note::Limit));
        notes.extend(on_windows(scenario, runtime, target.platform, facts).map(Note::Limit));
    }
    notes
}

/// What limits the server, or what shards training, on Windows.
fn on_windows(
    scenario: &Scenario,
    runtime: Runtime,
    platform: Platform,
    facts: &'static [Fact],
) -> Option<&'static Fact> {
    let partly = |feature| {
        let fact = find(facts, runtime, Platform::Windows, feature)?;
        (fact.support == Support::Partial).then_some(fact)
    };
    if scenario.tune().is_some_and(|tune| tune.zero_stage != ZeroStage::None) {
        return partly(Feature::DeepSpeed);
    }
    // What a server lacks there, it lacks on AMD's GPUs.
    let server = scenario.inference().filter(|_| platform == Platform::Rocm)?.server;
    partly(Feature::ServedBy(server))
}

fn multi_device(scenario: &Scenario) -> bool {
    scenario.devices.count.unwrap_or(1) > 1
}

/// Whether 16-bit brain floats are what is computed with; quantized weights are computed with in them too where they
/// are trained on.
fn computes_in_bf16(scenario: &Scenario) -> bool {
    let read = scenario.inference().map(|inference| inference.quantization);
    let trained = scenario.tune().map(|tune| tune.precision);
    read == Some(Quantization::Bf16)
        || matches!(trained, Some(BasePrecision::Bf16 | BasePrecision::Nf4 | BasePrecision::Int8))
}
