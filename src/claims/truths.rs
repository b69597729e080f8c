//! What is widely believed of memory and not so, each judged as a claim.

use super::checker::Checker;
use super::document::Judged;
use super::facts::{Facts, Truth};

/// Something that is believed, with what is found of it.
#[derive(Clone, Debug)]
pub struct JudgedTruth {
    /// What is believed, why, and what is so.
    pub truth: &'static Truth,
    /// What engine and catalog say to it.
    pub judged: Vec<Judged>,
}

/// All of them, judged.
pub fn truths(checker: &Checker<'_>) -> Vec<JudgedTruth> {
    let judged =
        |truth: &'static Truth| JudgedTruth { truth, judged: checker.judge(checker.read(&truth.believed)) };
    Facts::shipped().truths.iter().map(judged).collect()
}
