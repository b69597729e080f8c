//! Another scenario on the same machines, beside the one that a report is of.

use std::sync::Arc;

use super::decision::Decision;
use super::plan_said::PlanSaid;
use super::rules::RuleSaid;
use super::{Answer, Report};
use crate::engine::Assumptions;
use crate::spec::{Machine, Scenario};

/// Another scenario, as the machines of a report answer it.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// What is asked.
    pub scenario: Scenario,
    /// One answer a machine, in the order of the report's.
    pub answers: Vec<Answer>,
    /// Rules of thumb that bear on it; none where that was not asked.
    pub rules: Vec<RuleSaid>,
    /// What would make it fit each machine that it does not fit; none where that was not asked.
    pub plans: Vec<PlanSaid>,
    /// What is known of the quantization of each answer; none where that was not asked.
    pub quality: Vec<Option<String>>,
}

impl Report {
    /// The same beside another scenario on its machines.
    #[must_use]
    pub fn with_other(self, scenario: Scenario, assumptions: &Assumptions<'_>) -> Self {
        let answers =
            self.answers.iter().map(|answer| Answer::new(&scenario, &answer.machine, assumptions)).collect();
        let (rules, plans, quality) = (Vec::new(), Vec::new(), Vec::new());
        Self { other: Some(Beside { scenario, answers, rules, plans, quality }), ..self }
    }

    /// Both scenarios on each machine in turn, each named with its own, in the order of a decision; nothing where there is
    /// one alone.
    pub(super) fn in_pairs(&self, decision: &Decision<'_>) -> Vec<Answer> {
        let Some(other) = &self.other else { return Vec::new() };
        let named = |answer: &Answer, scenario: &Scenario| {
            let name = format!("{}: {}", answer.machine.name, scenario.name);
            let machine = Arc::new(Machine { name, ..(*answer.machine).clone() });
            Answer { machine, estimate: answer.estimate.clone() }
        };
        let pair = |own: &&Answer| {
            let same = other.answers.iter().find(|answer| answer.machine.id == own.machine.id)?;
            Some([named(own, &self.scenario), named(same, &other.scenario)])
        };
        decision.order.iter().filter_map(pair).flatten().collect()
    }
}
