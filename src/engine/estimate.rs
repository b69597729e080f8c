//! The one entry: a scenario and a machine in, everything that follows out.

use super::ceilings::ceilings;
use super::fit::{Fit, judge};
use super::memory::{Budget, Placement, Unknown, budget};
use crate::spec::{Machine, Memory, Scenario, Vendor};
use crate::units::Bytes;

/// Everything that follows from a scenario on a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Memory, part by part.
    pub budget: Budget,
    /// The verdict against the machine's ceilings.
    pub fit: Fit,
}

/// Which layout a machine's memory asks for.
pub const fn placement(machine: &Machine) -> Placement {
    match (machine.memory.value(), machine.vendor) {
        (Memory::System { .. }, _) => Placement::Cpu,
        (Memory::Unified { .. }, Vendor::Apple) => Placement::Metal,
        (Memory::Unified { .. } | Memory::Discrete { .. }, _) => Placement::Gpu,
    }
}

/// What follows from a scenario on a machine; `raised` is the what-if of a raised GPU limit.
pub fn estimate(scenario: &Scenario, machine: &Machine, raised: Option<Bytes>) -> Estimate {
    let mut budget = budget(scenario, placement(machine));
    if machine.devices > 1 {
        budget.unknown.push(Unknown::OneDeviceOnly);
    }
    let fit = judge(&budget, &ceilings(machine, raised));
    Estimate { budget, fit }
}
