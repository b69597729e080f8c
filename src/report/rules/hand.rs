//! What rules ask of the machines at hand.

use super::AtHand;
use crate::engine::{FigureName, Speed, Verdict};
use crate::report::Answer;
use crate::report::figures_of::{figure, fits, pace};
use crate::spec::{Memory, Vendor};
use crate::units::{Bytes, show_decimals};

impl<'a> AtHand<'a> {
    /// Answers that fit.
    pub(super) fn fitting(&self) -> impl Iterator<Item = &'a Answer> {
        self.answers.iter().filter(|answer| fits(&answer.estimate))
    }

    /// Parameters of the model, in billions.
    pub(super) fn billions(&self) -> Option<f64> {
        Some(*self.scenario.language()?.model.parameters.value() / 1e9)
    }

    /// Apple's machines.
    pub(super) fn macs(&self) -> impl Iterator<Item = &'a Answer> {
        self.answers.iter().filter(|answer| is_mac(answer))
    }

    /// The fastest of some answers.
    pub(super) fn fastest(answers: impl Iterator<Item = &'a Answer>) -> Option<&'a Answer> {
        answers
            .filter(|answer| speed(answer) > 0.0)
            .reduce(|best, next| if speed(next) > speed(best) { next } else { best })
    }
}

/// Whether it is one of Apple's.
pub(super) fn is_mac(answer: &Answer) -> bool {
    answer.machine.vendor == Vendor::Apple
}

/// Whether it is a card or a computer with one.
pub(super) fn is_nvidia_card(answer: &Answer) -> bool {
    answer.machine.vendor == Vendor::Nvidia
        && matches!(answer.machine.memory.value(), Memory::Discrete { .. })
}

/// Whether it is of a chip: `M5 Max`.
pub(super) fn is_of_chip(answer: &Answer, chip: &str) -> bool {
    answer.machine.chip.contains(chip)
}

/// Memory of the device in decimal gigabytes, as it is sold.
pub(super) fn gigabytes(answer: &Answer) -> f64 {
    answer.machine.memory.value().capacity().map_or(0.0, Bytes::as_gib)
}

/// Work in a unit of time by best estimate; 0 where it is unknown or it does not fit.
pub(super) fn speed(answer: &Answer) -> f64 {
    pace(&answer.estimate).filter(|_| fits(&answer.estimate)).map_or(0.0, |pace| pace.best)
}

/// The best of a figure.
pub(super) fn best(answer: &Answer, name: FigureName) -> Option<f64> {
    figure(&answer.estimate, name).map(|band| band.best)
}

/// The need that decides, or the peak, by best estimate.
pub(super) fn need(answer: &Answer) -> Option<Bytes> {
    let deciding = answer.estimate.fit.deciding().map(|deciding| deciding.need.best);
    deciding.or_else(|| answer.estimate.budget.peak().map(|phase| phase.total().best))
}

/// Whether it is known not to hold it.
pub(super) fn is_too_small(answer: &Answer) -> bool {
    answer.estimate.fit.verdict == Verdict::DoesNotFit
}

/// Whether text is generated there.
pub(super) const fn generates(answer: &Answer) -> bool {
    matches!(answer.estimate.speed, Some(Speed::Inference(_)))
}

/// A machine's name in a sentence; that one is rented is said by its price.
pub(super) fn name(answer: &Answer) -> &str {
    let name = answer.machine.name.as_str();
    name.strip_suffix(", rented").unwrap_or(name)
}

/// Names one after the other: `A, B and C`.
pub(super) fn named<'a>(answers: impl Iterator<Item = &'a Answer>) -> String {
    let names: Vec<&str> = answers.map(name).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "none".to_owned(),
    }
}

/// `2.4 times`.
pub(super) fn times(ratio: f64) -> String {
    format!("{} times", show_decimals(ratio, 1))
}
