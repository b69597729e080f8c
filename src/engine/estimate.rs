//! The one entry: a scenario and a machine in, everything that follows out.

use std::sync::Arc;

use super::ceilings::{Ceiling, CeilingKind, ceilings};
use super::fit::{Fit, judge};
use super::memory::{Budget, Placement, Site, budget_at};
use super::working::Detail;
use crate::spec::{Devices, Machine, Memory, Scenario, Vendor};
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

/// The machine, or as many of it as the scenario says.
pub fn as_asked(scenario: &Scenario, machine: &Arc<Machine>) -> Arc<Machine> {
    match scenario.devices.count {
        // How processors share work is not modelled, so there is one.
        Some(count) if count != machine.devices && placement(machine) != Placement::Cpu => {
            Arc::new(machine.several(count))
        }
        _ => Arc::clone(machine),
    }
}

/// Where a scenario runs: the machine's devices, or as many of them as the scenario says.
pub fn site(scenario: &Scenario, machine: &Machine) -> Site {
    Site {
        placement: placement(machine),
        devices: scenario.devices.count.unwrap_or(machine.devices).clamp(1, Devices::MOST),
        one_host: matches!(machine.memory.value(), Memory::Discrete { .. }),
        detail: Detail::Figures,
    }
}

/// Ceilings of one of several devices; what a card and the system's memory hold together says nothing there.
pub fn ceilings_at(site: Site, machine: &Machine, raised: Option<Bytes>) -> Vec<Ceiling> {
    let mut found = ceilings(machine, raised);
    if site.devices > 1 {
        found.retain(|ceiling| ceiling.kind != CeilingKind::VramAndSystem);
    }
    found
}

/// What follows from a scenario on a machine; `raised` is the what-if of a raised GPU limit.
pub fn estimate(scenario: &Scenario, machine: &Machine, raised: Option<Bytes>) -> Estimate {
    let site = site(scenario, machine);
    let budget = budget_at(scenario, site);
    let fit = judge(&budget, &ceilings_at(site, machine, raised));
    Estimate { budget, fit }
}
