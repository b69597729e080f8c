//! The verdict: a need held against the ceilings.

use super::ceilings::Ceiling;
use super::memory::{Budget, PhaseName};
use crate::units::{Band, Bytes};

/// Whether it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Even the high end leaves 10 % of the ceiling.
    Fits,
    /// Even the high end is under the ceiling.
    Tight,
    /// The band straddles the ceiling, or something that decides is unknown.
    Uncertain,
    /// Even the low end is over the ceiling.
    DoesNotFit,
}

impl Verdict {
    /// As in JSON: `does-not-fit`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Tight => "tight",
            Self::Uncertain => "uncertain",
            Self::DoesNotFit => "does-not-fit",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Fits => "Fits",
            Self::Tight => "Tight",
            Self::Uncertain => "Uncertain",
            Self::DoesNotFit => "Does not fit",
        }
    }
}

/// A need against one ceiling.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The ceiling.
    pub ceiling: Ceiling,
    /// What counts against it, at the phase that needs most of it.
    pub need: Band<Bytes>,
    /// That phase.
    pub phase: PhaseName,
    /// The verdict against this ceiling alone.
    pub verdict: Verdict,
}

/// The verdict with the comparison that made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The worst of the deciding comparisons.
    pub verdict: Verdict,
    /// Every ceiling with its need; the deciding one first.
    pub comparisons: Vec<Comparison>,
    /// Whether the weights alone are over the deciding ceiling, so that no shorter context helps.
    pub weights_alone_too_large: bool,
}

impl Fit {
    /// The comparison the verdict rests on.
    pub fn deciding(&self) -> Option<&Comparison> {
        self.comparisons.first()
    }
}

/// Holds a budget against a machine's ceilings.
pub fn judge(budget: &Budget, ceilings: &[Ceiling]) -> Fit {
    let _ = (budget, ceilings);
    Fit { verdict: Verdict::Uncertain, comparisons: Vec::new(), weights_alone_too_large: false }
}
