//! What a report is about: a scenario with all that is answered about it.

use super::plan_said::PlanSaid;
use super::rules::RuleSaid;
use super::{Answer, Report};
use crate::spec::Scenario;

/// A scenario of a report with all that is answered about it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// What is asked.
    pub(super) scenario: &'a Scenario,
    /// One answer a machine.
    pub(super) answers: &'a [Answer],
    /// Rules of thumb that bear on it.
    pub(super) rules: &'a [RuleSaid],
    /// What would make it fit each machine that it does not fit.
    pub(super) plans: &'a [PlanSaid],
    /// What is known of the quantization of each answer.
    pub(super) quality: &'a [Option<String>],
    /// Id of the machine that the others are held against.
    pub(super) baseline: Option<&'a str>,
}

impl Report {
    /// The scenario that it is of.
    pub(super) fn own(&self) -> Subject<'_> {
        Subject {
            scenario: &self.scenario,
            answers: &self.answers,
            rules: &self.rules,
            plans: &self.plans,
            quality: &self.quality,
            baseline: self.baseline.as_deref(),
        }
    }

    /// The scenarios that it is of: one, or the two that are compared.
    pub(super) fn subjects(&self) -> Vec<Subject<'_>> {
        let other = self.other.as_ref().map(|other| Subject {
            scenario: &other.scenario,
            answers: &other.answers,
            rules: &other.rules,
            plans: &other.plans,
            quality: &other.quality,
            baseline: self.baseline.as_deref(),
        });
        std::iter::once(self.own()).chain(other).collect()
    }
}
