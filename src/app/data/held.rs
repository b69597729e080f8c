//! What is held against the ceiling that decides, so that parts, bar, plot and verdict are of one sum.

use crate::engine::{Budget, Ceiling, Estimate, Part, Phase};
use crate::units::{Band, Bytes};

/// The ceiling that decides; without one everything counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held<'a>(Option<&'a Ceiling>);

impl<'a> Held<'a> {
    /// By the ceiling that an estimate's verdict rests on.
    pub(crate) fn of(estimate: &'a Estimate) -> Self {
        Self(estimate.fit.deciding().map(|deciding| &deciding.ceiling))
    }

    /// Whether a part counts.
    pub(crate) fn counts(self, part: &Part) -> bool {
        self.0.is_none_or(|ceiling| ceiling.counts(part))
    }

    /// What of a phase counts.
    pub(crate) fn need(self, phase: &Phase) -> Band<Bytes> {
        phase.parts.iter().filter(|part| self.counts(part)).map(|part| part.bytes).sum()
    }

    /// The phase that needs most of it.
    pub(crate) fn peak(self, budget: &Budget) -> Option<&Phase> {
        budget.peak_by(|phase| self.need(phase).best)
    }
}
