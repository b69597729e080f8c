//! How large a model of the same shape may be: a size is no whole number that is counted up to.

use super::{Most, fits};
use crate::engine::axis::Axis;
use crate::engine::estimate::fit;
use crate::spec::{Machine, Scenario};

/// How near both ends come before the search ends, as a share of the value.
const NEAR: f64 = 1e-4;

/// The most parameters that fit, to 0.01 %; memory never falls with them, so halving the interval finds it.
pub(super) fn largest_size(scenario: &Scenario, machine: &Machine) -> Option<Most> {
    let holds = |size: f64| fits(&fit(&Axis::MODEL_SIZE.set(scenario, size), machine));
    let (least, most) = Axis::MODEL_SIZE.range(scenario);
    if !holds(least) {
        return None;
    }
    if holds(most) {
        return Some(Most { value: most, ends: true });
    }
    let (mut low, mut high) = (least, most);
    while high - low > low * NEAR {
        let middle = (low * high).sqrt();
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { low = middle } else { high = middle }
    }
    Some(Most { value: low, ends: false })
}
