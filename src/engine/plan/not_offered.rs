//! What people expect to help and does not, with why.

use crate::engine::Estimate;
use crate::engine::memory::Placement;
use crate::engine::runtime::Refusal;
use crate::spec::{Runtime, Scenario};

/// Something people try that does not help here.
#[derive(Clone, Debug, PartialEq)]
pub struct NotOffered {
    /// The setting, or `programs` and `cpu_offload` for what is none.
    pub key: &'static str,
    /// The value that would be tried; empty where none makes sense.
    pub value: String,
    /// Why not.
    pub why: Why,
}

/// Why a step is not offered.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// It is so already.
    Already,
    /// The peak is no lower with it, and neither is what decides.
    SavesNothing,
    /// Its runtime does not do that on the machine.
    CannotRun(Box<Refusal>),
    /// The program that runs it has no such thing.
    NotIn(Runtime),
    /// Even the most that the system can spare is too little.
    LimitTooLow,
    /// Even its least value does not fit with all else as it stands.
    NoneFits,
    /// No smaller model of the family is known.
    NoneSmaller,
    /// The limit is that of a machine with nothing else open.
    NothingOpen,
    /// It may help, and how much is not computed here.
    NotComputed,
}

/// What people reach for first: that it is set already is worth a word.
const EXPECTED: [&str; 7] = [
    "attention",
    "gradient_checkpointing",
    "micro_batch",
    "method",
    "optimizer",
    "chunked_loss",
    "residency",
];

/// Whether people reach for it first.
pub(super) fn is_expected(key: &str) -> bool {
    EXPECTED.contains(&key)
}

/// What people know from another program: that this one has no such thing is worth a word.
const MISSED: [&str; 4] = ["optimizer", "chunked_loss", "gpu_layers", "cpu_experts"];

/// Whether it is worth a word that a program does not have it.
pub(super) fn is_named_where_missing(key: &str) -> bool {
    MISSED.contains(&key)
}

/// What is no setting and people think of all the same.
pub(super) fn beyond_settings(
    scenario: &Scenario,
    estimate: &Estimate,
    programs_help: bool,
) -> Vec<NotOffered> {
    let mut found = Vec::with_capacity(2);
    if !programs_help {
        found.push(NotOffered { key: "programs", value: String::new(), why: Why::NothingOpen });
    }
    let trains = scenario.tune().is_some() && estimate.resolved.runtime == Runtime::PyTorch;
    let beside = estimate.budget.placement == Placement::Gpu;
    if trains && beside {
        found.push(NotOffered { key: "cpu_offload", value: String::new(), why: Why::NotComputed });
    }
    found
}
