//! Figures whose working can be opened.

use crate::app::text;
use crate::engine::{CeilingKind, FigureName, PartName, Place};

/// A figure on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// What is needed, and against what it is held.
    Need,
    /// One part in one place, at the phase shown.
    Part(PartName, Place),
    /// One ceiling of the chosen machine.
    Ceiling(CeilingKind),
    /// A figure of speed or cost on the chosen machine.
    Figure(FigureName),
    /// A figure of speed or cost on a machine, by its id.
    FigureOn(String, FigureName),
    /// What is needed on a machine, by its id.
    NeedOn(String),
    /// One part on a machine, by its id, wherever it lies.
    PartOn(String, PartName),
    /// What is asked for a machine, by its id.
    Price(String),
    /// What a claim is held against, by its id.
    Claim(String),
}

impl Subject {
    /// Heading of its working.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Need | Self::NeedOn(_) => text::what_is_needed().to_owned(),
            Self::Part(name, _) | Self::PartOn(_, name) => name.label().to_owned(),
            Self::Ceiling(kind) => text::ceiling(&kind.label()),
            Self::Figure(name) | Self::FigureOn(_, name) => name.label().to_owned(),
            Self::Price(_) => text::price().to_owned(),
            Self::Claim(_) => text::subject_what_it_is_held_against().to_owned(),
        }
    }
}
