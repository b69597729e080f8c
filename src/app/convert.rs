//! A scenario taken over to another runtime.

use super::choices;
use crate::engine::axis::Axis;
use crate::engine::{PartName, Placement, budget};
use crate::spec::{Runtime, Scenario};

/// The scenario on another runtime. A weight format or KV precision that the new one lacks becomes the one
/// whose bytes come nearest.
pub(super) fn to_runtime(scenario: &Scenario, runtime: Runtime) -> Scenario {
    let mut converted = scenario.clone();
    converted.runtime = runtime;
    for (axis, part) in [(Axis::Quantization, PartName::Weights), (Axis::KvPrecision, PartName::KvCache)] {
        if !choices::offers(&converted, axis) {
            converted = nearest(scenario, &converted, axis, part);
        }
    }
    converted
}

fn nearest(before: &Scenario, converted: &Scenario, axis: Axis, part: PartName) -> Scenario {
    let wanted = bytes(before, part);
    choices::of(converted, axis)
        .into_iter()
        .map(|(value, _)| axis.set(converted, value))
        .min_by(|a, b| (bytes(a, part) - wanted).abs().total_cmp(&(bytes(b, part) - wanted).abs()))
        .unwrap_or_else(|| converted.clone())
}

fn bytes(scenario: &Scenario, part: PartName) -> f64 {
    budget(scenario, Placement::Metal).peak().map_or(0.0, |phase| phase.named(part).best.get())
}
