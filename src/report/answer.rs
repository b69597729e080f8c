//! What a report holds.

use std::sync::Arc;

use super::beside::Beside;
use super::open::SavedReport;
use super::plan_said::PlanSaid;
use super::rules::RuleSaid;
use super::since::Since;
use crate::engine::{Assumptions, Book, Estimate, Use, as_asked, estimate};
use crate::spec::{Machine, Scenario};

/// What follows for one machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The machine.
    pub machine: Arc<Machine>,
    /// What follows.
    pub estimate: Estimate,
}

impl Answer {
    /// Asks one machine.
    pub fn new(scenario: &Scenario, machine: &Arc<Machine>, assumptions: &Assumptions<'_>) -> Self {
        let machine = as_asked(scenario, machine);
        let estimate = estimate(scenario, &machine, assumptions);
        Self { machine, estimate }
    }
}

/// A comparison: one scenario, some machines, and what the figures rest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was asked.
    pub scenario: Scenario,
    /// How the machines are used, for what they cost.
    pub usage: Use,
    /// One answer a machine, in the order they were chosen.
    pub answers: Vec<Answer>,
    /// Day it was made, `YYYY-MM-DD`.
    pub made_on: String,
    /// Version of the program, and so of the engine.
    pub version: String,
    /// Day of the newest fact in the catalog.
    pub data_of: String,
    /// What had to be changed to make sense of what was asked, a sentence each.
    pub notes: Vec<String>,
    /// Id of the machine that the others are held against; nothing for the first in their order.
    pub baseline: Option<String>,
    /// Another scenario on the same machines, where two are compared.
    pub other: Option<Beside>,
    /// Where it is a saved report answered again: what it said then.
    pub since: Option<Since>,
    /// Rules of thumb that bear on it, held against its figures; none where that was not asked.
    pub rules: Vec<RuleSaid>,
    /// What would make it fit each machine that it does not fit; none where that was not asked.
    pub plans: Vec<PlanSaid>,
    /// What is known of the quantization of each answer, in their order; none where that was not asked.
    pub quality: Vec<Option<String>>,
}

impl Report {
    /// Asks every machine; `made_on` is the day, `data_of` that of the newest fact.
    pub fn new(
        scenario: Scenario,
        machines: &[Arc<Machine>],
        assumptions: &Assumptions<'_>,
        (made_on, data_of): (&str, &str),
    ) -> Self {
        let answers = machines.iter().map(|machine| Answer::new(&scenario, machine, assumptions)).collect();
        Self::answered(scenario, answers, assumptions.usage, (made_on, data_of))
    }

    /// Of answers that there are already, as [`Report::new`] makes them.
    pub fn answered(
        scenario: Scenario,
        answers: Vec<Answer>,
        usage: Use,
        (made_on, data_of): (&str, &str),
    ) -> Self {
        Self {
            scenario,
            usage,
            answers,
            made_on: made_on.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_of: data_of.to_owned(),
            notes: Vec::new(),
            baseline: None,
            other: None,
            since: None,
            rules: Vec::new(),
            plans: Vec::new(),
            quality: Vec::new(),
        }
    }

    /// The same with what was changed of the question.
    #[must_use]
    pub fn with_notes(self, notes: Vec<String>) -> Self {
        Self { notes, ..self }
    }

    /// The same with the others held against one machine.
    #[must_use]
    pub fn held_against(self, baseline: Option<String>) -> Self {
        Self { baseline, ..self }
    }

    /// The same beside what it said when it was saved, with the notes that it kept.
    #[must_use]
    pub fn beside(self, saved: &SavedReport) -> Self {
        let since = Some(Since::of(saved, &self));
        let kept: Vec<String> =
            saved.notes.iter().filter(|note| !self.notes.contains(note)).cloned().collect();
        let notes = self.notes.iter().cloned().chain(kept).collect();
        Self { since, notes, ..self }
    }

    /// The same report with its figures alone.
    #[must_use]
    pub fn without_workings(mut self) -> Self {
        let others = self.other.iter_mut().flat_map(|other| &mut other.answers);
        for answer in self.answers.iter_mut().chain(others) {
            answer.estimate.workings = Book::default();
            for phase in &mut Arc::make_mut(&mut answer.estimate.budget).phases {
                for part in &mut phase.parts {
                    part.workings = None;
                }
            }
        }
        self
    }
}
