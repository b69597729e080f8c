//! The inverse question: how much of a setting still fits, which step of it, and which machine.

mod bracket;
mod largest;
mod machines;
mod serve;
mod size;
mod variants;

pub(in crate::engine) use largest::holds_beside_the_host;
pub use largest::{Found, Solution, Value, largest};
pub use machines::{Candidate, Candidates, JustMisses, machines_that_fit};
pub use serve::{Ends, Fleet, Fleets, Limits, Load, Served, fleets, for_requests, serve};
pub use variants::{Change, Variants};

use super::axis::Axis;
use super::fit::{Fit, Verdict};
use super::memory::diffusion;
use crate::spec::{Machine, Scenario};
use crate::units::count;

/// Whether a verdict counts as fitting.
pub fn fits(fit: &Fit) -> bool {
    fit.verdict <= Verdict::Tight
}

/// Whether only a lower bound of what it needs is known, because how it is trained is not modelled: nothing about it is known
/// to fit.
pub fn is_lower_bound(scenario: &Scenario) -> bool {
    scenario.diffusion().is_some_and(|diffusion| !diffusion::is_modelled(diffusion))
}

/// The most of an axis that fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Most {
    /// How much.
    pub value: f64,
    /// Whether the range ends there, so that more may fit.
    pub ends: bool,
}

/// The largest value of an axis whose verdict is "fits" or "tight"; `None` where not even the least fits.
///
/// On a stepped axis it is the place of the last step that fits. Whole numbers are exact.
pub fn largest_that_fits(scenario: &Scenario, machine: &Machine, axis: Axis) -> Option<f64> {
    most_that_fits(scenario, machine, axis).map(|most| most.value)
}

/// The same, with whether the range ends there.
pub fn most_that_fits(scenario: &Scenario, machine: &Machine, axis: Axis) -> Option<Most> {
    if axis == Axis::MODEL_SIZE {
        let mut holds =
            |size: u64| fits(&super::estimate::fit(&Axis::MODEL_SIZE.set(scenario, count(size)), machine));
        let (size, ends) = size::most(axis.range(scenario), &mut holds)?;
        return Some(Most { value: count(size), ends });
    }
    let setting = axis.setting(scenario)?;
    let solution = largest(scenario, setting, scenario, &mut |asked| super::estimate::fit(asked, machine))?;
    let value = match solution.best?.value {
        Value::Whole(number) => count(number),
        Value::Step(place, _) => count(u64::try_from(place).unwrap_or(0)),
        Value::Sides(width, height) => (count(width) * count(height)).sqrt(),
    };
    Some(Most { value, ends: solution.next.is_none() })
}
