//! What is found of a claim.

use super::asked::Asked;
use crate::units::Band;

/// What is found, from the least grave on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimVerdict {
    /// Neither engine nor catalog says anything of it.
    NotCheckable,
    /// It agrees with what is known.
    Plausible,
    /// The machine does better than is said.
    Pessimistic,
    /// It was so, or was expected; later facts are others.
    Outdated,
    /// No law forbids it, and nothing measured comes near.
    Implausible,
    /// A fact is another, or the figures do not add up.
    Wrong,
    /// No machine of that kind can do it.
    Impossible,
}

impl ClaimVerdict {
    /// Every verdict, the gravest first.
    pub const ALL: [Self; 7] = [
        Self::Impossible,
        Self::Wrong,
        Self::Implausible,
        Self::Outdated,
        Self::Pessimistic,
        Self::Plausible,
        Self::NotCheckable,
    ];

    /// As in JSON: `not-checkable`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotCheckable => "not-checkable",
            Self::Plausible => "plausible",
            Self::Pessimistic => "pessimistic",
            Self::Outdated => "outdated",
            Self::Implausible => "implausible",
            Self::Wrong => "wrong",
            Self::Impossible => "impossible",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotCheckable => "Not checkable",
            Self::Plausible => "Plausible",
            Self::Pessimistic => "Pessimistic",
            Self::Outdated => "Outdated",
            Self::Implausible => "Implausible",
            Self::Wrong => "Wrong",
            Self::Impossible => "Impossible",
        }
    }
}

/// What is found of one side of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which side: `speed`, `capacity`, `model`.
    pub aspect: &'static str,
    /// What is found.
    pub verdict: ClaimVerdict,
    /// Why, with the figures.
    pub reason: String,
}

impl Finding {
    /// Of a side, a verdict and its reason.
    pub fn new(aspect: &'static str, verdict: ClaimVerdict, reason: impl Into<String>) -> Self {
        Self { aspect, verdict, reason: reason.into() }
    }
}

/// A change that would make an impossible speed true.
#[derive(Clone, Debug, PartialEq)]
pub struct Would {
    /// In words.
    pub what: String,
    /// The settings that do it, as presets have them.
    pub set: Vec<(&'static str, String)>,
    /// What the engine says then, in the claim's unit.
    pub value: Option<f64>,
}

/// What is found of a claim, side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// What is found, as it was looked at.
    pub list: Vec<Finding>,
    /// What the figure cannot exceed, or has to be, in the claim's unit.
    pub bound: Option<f64>,
    /// What the engine expects, in the claim's unit.
    pub band: Option<Band<f64>>,
    /// What would make it true.
    pub would: Vec<Would>,
    /// The question to the engine whose answer the bound is.
    pub bound_of: Option<Asked>,
    /// The questions whose answers make the band: one a model that the claim may mean.
    pub band_of: Vec<Asked>,
}

impl Findings {
    /// One finding.
    pub fn of(aspect: &'static str, verdict: ClaimVerdict, reason: impl Into<String>) -> Self {
        Self { list: vec![Finding::new(aspect, verdict, reason)], ..Self::default() }
    }

    /// Nothing could be checked, and why.
    pub fn none(aspect: &'static str, reason: impl Into<String>) -> Self {
        Self::of(aspect, ClaimVerdict::NotCheckable, reason)
    }

    /// The same with what it has to be.
    #[must_use]
    pub fn bounded(self, bound: f64) -> Self {
        Self { bound: Some(bound), ..self }
    }

    /// The same with what the engine expects, and the questions whose answers the bound and the band are.
    #[must_use]
    pub fn expected(self, band: Band<f64>, bound_of: Option<Asked>, band_of: Asked) -> Self {
        Self { band: Some(band), bound_of, band_of: vec![band_of], ..self }
    }

    /// Both together; figures are those that came first.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for finding in other.list {
            if !self.list.contains(&finding) {
                self.list.push(finding);
            }
        }
        self.bound = self.bound.or(other.bound);
        self.band = self.band.or(other.band);
        if self.would.is_empty() {
            self.would = other.would;
        }
        self.bound_of = self.bound_of.or(other.bound_of);
        if self.band_of.is_empty() {
            self.band_of = other.band_of;
        }
        self
    }

    /// The gravest finding.
    pub fn gravest(&self) -> Option<&Finding> {
        // Of equal ones the first.
        self.list.iter().rev().max_by_key(|finding| finding.verdict)
    }
}
