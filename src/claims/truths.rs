//! What is widely believed of memory and not so, each checked as a claim.

use super::checker::Checker;
use super::document::Checked;
use super::facts::{Facts, Truth};

/// Something that is believed, with what is found of it.
#[derive(Clone, Debug)]
pub struct JudgedTruth {
    /// What is believed, why, and what is so.
    pub truth: &'static Truth,
    /// What engine and catalog say to it.
    pub checked: Vec<Checked>,
}

/// All of them, checked.
pub fn truths(checker: &Checker<'_>) -> Vec<JudgedTruth> {
    let checked =
        |truth: &'static Truth| JudgedTruth { truth, checked: checker.judge(checker.read(&truth.believed)) };
    Facts::shipped().truths.iter().map(checked).collect()
}
