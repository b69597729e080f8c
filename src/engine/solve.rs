//! The inverse question: how much of a setting still fits.

use super::axis::Axis;
use super::estimate::fit;
use super::fit::Verdict;
use crate::spec::{Machine, Scenario};
use crate::units::{count, whole};

/// The largest value of an axis whose verdict is "fits" or "tight"; `None` where not even the least fits.
///
/// On a stepped axis it is the last step that fits. Memory never falls along the others (a law that is tested),
/// so halving the interval finds it. Whole numbers are exact below a million and to 0.01 % above.
pub fn largest_that_fits(scenario: &Scenario, machine: &Machine, axis: Axis) -> Option<f64> {
    let holds = |value: f64| {
        let moved = axis.set(scenario, value);
        fit(&moved, machine).verdict <= Verdict::Tight
    };
    let (least, most) = axis.range(scenario);
    if axis.is_stepped() {
        return (0..=whole(most)).rev().map(count).find(|step| holds(*step));
    }
    if !holds(least) {
        return None;
    }
    if holds(most) {
        return Some(most);
    }
    let (mut fits, mut fails) = (least, most);
    for _ in 0..64 {
        if fails - fits <= (fits * 1e-4).max(1.0) && !(fits < 1e6 && fails - fits > 1.0) {
            break;
        }
        let middle = ((fits * fails).sqrt()).floor().clamp(fits, fails);
        let middle = if middle <= fits { f64::midpoint(fits, fails).floor() } else { middle };
        if middle <= fits {
            break;
        }
        if holds(middle) { fits = middle } else { fails = middle }
    }
    Some(fits)
}
