//! The one entry: a scenario and a machine in, everything that follows out.

use std::sync::Arc;

use super::ceilings::{Ceiling, CeilingKind, ceilings};
use super::cost::{Cost, Use, WorkCost, cost, work_cost};
use super::figures::Book;
use super::fit::{Fit, judge};
use super::memory::{Budget, Placement, Site, budget_at};
use super::speed::{self, Speed};
use super::unlike::{CardFit, Judged, as_one, judged};
use super::working::Detail;
use crate::spec::{Calibration, Devices, Machine, Memory, Scenario, Vendor};
use crate::units::Bytes;

/// What an estimate rests on beside the scenario and the machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assumptions<'a> {
    /// What engines were measured to achieve.
    pub calibration: &'a Calibration,
    /// How the machine is used, for what it costs.
    pub usage: Use,
    /// The what-if of a raised GPU limit.
    pub raised_limit: Option<Bytes>,
    /// Whether each figure brings its working.
    pub detail: Detail,
}

impl<'a> Assumptions<'a> {
    /// As most ask: the usual use, the limit that is set, figures alone.
    pub fn new(calibration: &'a Calibration) -> Self {
        Self { calibration, usage: Use::default(), raised_limit: None, detail: Detail::Figures }
    }
}

/// Everything that follows from a scenario on a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Memory, part by part; shared where many machines lay it out alike.
    pub budget: Arc<Budget>,
    /// The verdict against the machine's ceilings.
    pub fit: Fit,
    /// Of unlike cards, what each kind holds; empty where all are alike.
    pub cards: Vec<CardFit>,
    /// How fast it runs; nothing where the machine's rates are unknown or it does not run.
    pub speed: Option<Speed>,
    /// What the machine costs; nothing where no price is known.
    pub cost: Option<Cost>,
    /// What the workload costs there, where speed and cost are known.
    pub work_cost: Option<WorkCost>,
    /// How the figures of speed and cost came about, where that was asked.
    pub workings: Book,
}

/// Everything that follows from a scenario on a machine, or on as many of it as the scenario says.
pub fn estimate(scenario: &Scenario, machine: &Arc<Machine>, assumptions: &Assumptions<'_>) -> Estimate {
    Question::new(scenario).on(machine, assumptions)
}

/// A scenario asked of many machines: what is the same on them is computed once.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    scenario: &'a Scenario,
    speed: speed::Question<'a>,
    budgets: Vec<(Site, Arc<Budget>)>,
}

impl<'a> Question<'a> {
    /// Of a scenario.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, speed: speed::Question::new(scenario), budgets: Vec::new() }
    }

    /// The estimate on one machine; the same as [`estimate`] gives.
    pub fn on(&mut self, machine: &Arc<Machine>, assumptions: &Assumptions<'_>) -> Estimate {
        let machine = as_asked(self.scenario, machine);
        let site = Site { detail: assumptions.detail, ..site(self.scenario, &machine) };
        let unlike = (!machine.cards.is_empty()).then(|| {
            let raised = assumptions.raised_limit;
            let ceilings = |card: &Machine| ceilings_at(site, card, raised);
            judged(self.scenario, &machine, site, &ceilings, &mut |site| self.budget(site))
        });
        let Judged { budget, fit, cards } = unlike.flatten().unwrap_or_else(|| {
            let budget = self.budget(site);
            let fit = judge(&budget, &ceilings_at(site, &machine, assumptions.raised_limit));
            Judged { budget, fit, cards: Vec::new() }
        });
        let mut workings = Book::new(assumptions.detail);
        let speed = self.speed.on(
            &as_one(self.scenario, &machine),
            (&budget, &fit),
            assumptions.calibration,
            &mut workings,
        );
        let cost = cost(&machine, &assumptions.usage, &mut workings);
        let work_cost = cost.zip(speed.as_ref()).map(|(cost, speed)| work_cost(&cost, speed, &mut workings));
        Estimate { budget, fit, cards, speed, cost, work_cost, workings }
    }

    /// Memory where it runs: one budget a kind of site, however many machines are one.
    pub fn budget(&mut self, site: Site) -> Arc<Budget> {
        // Who shares a host matters only to several devices.
        let site = Site { one_host: site.one_host && site.devices > 1, ..site };
        if let Some((_, known)) = self.budgets.iter().find(|(known, _)| *known == site) {
            return Arc::clone(known);
        }
        let budget = Arc::new(budget_at(self.scenario, site));
        self.budgets.push((site, Arc::clone(&budget)));
        budget
    }
}

/// The verdict alone, which is all that a search for the largest value asks of each.
pub fn fit(scenario: &Scenario, machine: &Machine, raised_limit: Option<Bytes>) -> Fit {
    let site = site(scenario, machine);
    let mut budget = |site| Arc::new(budget_at(scenario, site));
    let ceilings = |card: &Machine| ceilings_at(site, card, raised_limit);
    if !machine.cards.is_empty()
        && let Some(judged) = judged(scenario, machine, site, &ceilings, &mut budget)
    {
        return judged.fit;
    }
    judge(&budget_at(scenario, site), &ceilings_at(site, machine, raised_limit))
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
        Some(count)
            if count != machine.devices
                && machine.cards.is_empty()
                && placement(machine) != Placement::Cpu =>
        {
            Arc::new(machine.with_devices(count))
        }
        _ => Arc::clone(machine),
    }
}

/// Where a scenario runs: the machine's devices, or as many of them as the scenario says.
pub fn site(scenario: &Scenario, machine: &Machine) -> Site {
    Site {
        placement: placement(machine),
        devices: scenario
            .devices
            .count
            .filter(|_| machine.cards.is_empty())
            .unwrap_or(machine.devices)
            .clamp(1, Devices::MOST),
        portion: None,
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
