//! A scenario taken over to another runtime.

use super::choices;
use crate::engine::axis::Axis;
use crate::engine::{PartName, Placement, budget};
use crate::spec::preset::default_inference;
use crate::spec::{GraphTask, Inference, LanguageModel, Runtime, Scenario, Workload};

/// How far from the bytes before the runtime's usual format may be to be taken all the same.
const NEAR: f64 = 0.15;

/// The scenario on another runtime. A weight format or KV precision that the new one lacks becomes its usual one
/// where that takes about as many bytes, else the one whose bytes come nearest.
pub(super) fn to_runtime(scenario: &Scenario, runtime: Runtime) -> Scenario {
    let mut converted = scenario.clone();
    if let Some(language) = converted.language_mut() {
        language.runtime = runtime;
    }
    for (axis, part) in [(Axis::Quantization, PartName::Weights), (Axis::KvPrecision, PartName::KvCache)] {
        if !choices::offers(&converted, axis) {
            converted = nearest(scenario, &converted, axis, part);
        }
    }
    converted
}

fn nearest(before: &Scenario, converted: &Scenario, axis: Axis, part: PartName) -> Scenario {
    let wanted = bytes(before, part);
    let usual = usual(converted);
    if axis == Axis::Quantization && (bytes(&usual, part) / wanted - 1.0).abs() < NEAR {
        return usual;
    }
    choices::of(converted, axis)
        .into_iter()
        .map(|(value, _)| axis.set(converted, value))
        .min_by(|a, b| (bytes(a, part) - wanted).abs().total_cmp(&(bytes(b, part) - wanted).abs()))
        .unwrap_or_else(|| converted.clone())
}

/// With the weight format that people use most on the runtime.
fn usual(scenario: &Scenario) -> Scenario {
    let mut usual = scenario.clone();
    match &mut usual.workload {
        Workload::Inference(language, inference) => make_usual(language, inference),
        Workload::GraphSequence(language, sequence) => {
            if let GraphTask::Read(inference) = &mut sequence.task {
                make_usual(language, inference);
            }
        }
        Workload::FineTune(..) | Workload::Gnn(_) | Workload::Diffusion(_) => {}
    }
    usual
}

fn make_usual(language: &LanguageModel, inference: &mut Inference) {
    inference.quantization = default_inference(language.runtime, language.model.context_max).quantization;
}

fn bytes(scenario: &Scenario, part: PartName) -> f64 {
    budget(scenario, Placement::Metal).peak().map_or(0.0, |phase| phase.named(part).best.get())
}
