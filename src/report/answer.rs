//! What a report holds.

use std::sync::Arc;

use crate::engine::{Estimate, estimate};
use crate::spec::{Machine, Scenario};
use crate::units::Bytes;

/// What follows for one machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The machine.
    pub machine: Arc<Machine>,
    /// What follows.
    pub estimate: Estimate,
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
    /// Asks every machine.
    pub fn new(
        scenario: Scenario,
        machines: &[Arc<Machine>],
        raised: Option<Bytes>,
        made_on: &str,
        data_of: &str,
    ) -> Self {
        let answers = machines
            .iter()
            .map(|machine| Answer {
                machine: Arc::clone(machine),
                estimate: estimate(&scenario, machine, raised),
            })
            .collect();
        Self {
            scenario,
            answers,
            made_on: made_on.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_of: data_of.to_owned(),
        }
    }
}
