//! Another scenario on the same machines, beside the one that a report is of.

use super::plan_said::PlanSaid;
use super::rules::RuleSaid;
use super::{Answer, Report};
use crate::engine::Assumptions;
use crate::spec::Scenario;

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
}
