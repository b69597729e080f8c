//! What a report holds.

use std::sync::Arc;

use crate::engine::working::Detail;
use crate::engine::{
    Cost, Estimate, Site, Speed, Use, WorkCost, as_asked, budget_at, cost, estimate, site, speed, work_cost,
};
use crate::spec::{Calibration, Machine, Scenario};
use crate::units::Bytes;

/// What follows for one machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The machine.
    pub machine: Arc<Machine>,
    /// What follows.
    pub estimate: Estimate,
    /// How fast it runs; nothing where the machine's rates are unknown or it does not run.
    pub speed: Option<Speed>,
    /// What the machine costs; nothing where no price is known.
    pub cost: Option<Cost>,
}

impl Answer {
    /// Asks one machine.
    pub fn new(
        scenario: &Scenario,
        machine: &Arc<Machine>,
        raised: Option<Bytes>,
        calibration: &Calibration,
    ) -> Self {
        let machine = as_asked(scenario, machine);
        let estimate = estimate(scenario, &machine, raised);
        let speed = speed(scenario, &machine, &estimate, calibration);
        let cost = cost(&machine, &Use::default());
        Self { machine, estimate, speed, cost }
    }

    /// The same answer with how each part of its memory came about.
    #[must_use]
    pub fn with_workings(mut self, scenario: &Scenario) -> Self {
        let site = Site { detail: Detail::Workings, ..site(scenario, &self.machine) };
        self.estimate.budget = budget_at(scenario, site);
        self
    }

    /// What the workload costs there, where both are known.
    pub fn work_cost(&self) -> Option<(Cost, WorkCost)> {
        let (cost, speed) = (self.cost?, self.speed.as_ref()?);
        Some((cost, work_cost(&cost, speed)))
    }
}

/// A comparison: one scenario, some machines, and what the figures rest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was asked.
    pub scenario: Scenario,
    /// One answer a machine, in the order they were chosen.
    pub answers: Vec<Answer>,
    /// Day it was made, `YYYY-MM-DD`.
    pub made_on: String,
    /// Version of the program, and so of the engine.
    pub version: String,
    /// Day of the newest fact in the catalog.
    pub data_of: String,
}

impl Report {
    /// Asks every machine; `made_on` is the day, `data_of` that of the newest fact.
    pub fn new(
        scenario: Scenario,
        machines: &[Arc<Machine>],
        raised: Option<Bytes>,
        calibration: &Calibration,
        (made_on, data_of): (&str, &str),
    ) -> Self {
        let answers =
            machines.iter().map(|machine| Answer::new(&scenario, machine, raised, calibration)).collect();
        Self {
            scenario,
            answers,
            made_on: made_on.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_of: data_of.to_owned(),
        }
    }

    /// The same report with how each part of memory came about.
    #[must_use]
    pub fn with_workings(mut self) -> Self {
        self.answers = self.answers.into_iter().map(|answer| answer.with_workings(&self.scenario)).collect();
        self
    }
}
