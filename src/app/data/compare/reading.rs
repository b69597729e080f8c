//! What one line says of one machine.

use super::lines::Kind;
use super::{machine, work};
use crate::app::columns::Line;
use crate::app::evaluated::Evaluated;
use crate::app::state::AppState;
use crate::engine::Verdict;

/// A figure of a machine, with what it is compared by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    /// The figure.
    pub text: String,
    /// Its band or its basis.
    pub under: String,
    /// What it is compared by; nothing where it is unknown.
    pub value: Option<f64>,
    /// Whether it may be called the best: the price of a card alone is not that of a computer.
    pub comparable: bool,
    /// The verdict it says.
    pub verdict: Option<Verdict>,
}

impl Reading {
    /// A figure with its value.
    pub(super) fn figure(text: impl Into<String>, under: impl Into<String>, value: f64) -> Self {
        let value = Some(value).filter(|value| value.is_finite());
        Self { value, ..Self::words(text, under) }
    }

    /// Words, which are not compared.
    pub(super) fn words(text: impl Into<String>, under: impl Into<String>) -> Self {
        Self { text: text.into(), under: under.into(), value: None, comparable: true, verdict: None }
    }

    /// What nobody knows.
    pub(super) fn unknown() -> Self {
        Self::words("unknown", "")
    }

    /// What there is none of, because it does not run there.
    pub(super) fn none() -> Self {
        Self::words("–", "")
    }
}

/// Reads a line on a machine.
pub(super) fn of(kind: &Kind, state: &AppState, evaluated: &Evaluated) -> Reading {
    match kind.line {
        Line::Runtime => work::runtime(evaluated),
        Line::Verdict => work::verdict(evaluated),
        Line::Memory => work::memory(evaluated),
        Line::Headroom => work::headroom(evaluated),
        Line::Largest => work::largest(state, evaluated),
        Line::Part(name) => machine::part(evaluated, name),
        Line::Decode
        | Line::Aggregate
        | Line::TimeToFirstToken
        | Line::TimePerOutputToken
        | Line::TrainTokens
        | Line::Epoch
        | Line::Image
        | Line::Run => work::speed(kind.line, evaluated),
        Line::Price => machine::price(&evaluated.machine),
        Line::RunDollars | Line::MillionTokens => work::dollars_of_work(kind.line, evaluated),
        Line::Total => work::total(evaluated),
        Line::Power => machine::power(&evaluated.machine),
        Line::Noise => machine::noise(&evaluated.machine),
        Line::Size => machine::size(&evaluated.machine),
        Line::Capacity => machine::capacity(&evaluated.machine),
        Line::Bandwidth => machine::bandwidth(&evaluated.machine),
        Line::Software => machine::programs(&evaluated.machine),
    }
}
