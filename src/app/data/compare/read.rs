//! What one line says of one machine.

use super::lines::Kind;
use super::reading::Reading;
use super::{machine, work};
use crate::app::columns::Line;
use crate::app::evaluated::Evaluated;
use crate::app::state::AppState;

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
        | Line::Texts
        | Line::Prefill
        | Line::TextsAtOnce
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
