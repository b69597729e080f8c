//! The inverse question: how much of a setting still fits, which step of it, and which machine.

mod bracket;
mod largest;
mod machines;
mod variants;

pub use largest::{Found, Solution, Value, largest};
pub use machines::{Candidate, Candidates, JustMisses, machines_that_fit};
pub use variants::{Change, Variants};

use super::axis::Axis;
use super::fit::{Fit, Verdict};
use crate::spec::{Machine, Scenario};
use crate::units::count;

/// Whether a verdict counts as fitting.
pub fn fits(fit: &Fit) -> bool {
    fit.verdict <= Verdict::Tight
}

/// The largest value of an axis whose verdict is "fits" or "tight"; `None` where not even the least fits.
///
/// On a stepped axis it is the place of the last step that fits. Whole numbers are exact.
pub fn largest_that_fits(scenario: &Scenario, machine: &Machine, axis: Axis) -> Option<f64> {
    let setting = axis.setting(scenario)?;
    let solution = largest(scenario, setting, scenario, &mut |asked| super::estimate::fit(asked, machine));
    match solution?.best?.value {
        Value::Whole(number) => Some(count(number)),
        Value::Step(place, _) => Some(count(u64::try_from(place).unwrap_or(0))),
        Value::Sides(width, height) => Some((count(width) * count(height)).sqrt()),
    }
}
