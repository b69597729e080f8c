//! Figures whose working can be opened.

use crate::engine::{CeilingKind, FigureName, PartName, Place};

/// A figure on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// What is needed, and against what it is held.
    Need,
    /// One part in one place, at the phase shown.
    Part(PartName, Place),
    /// One ceiling of the chosen machine.
    Ceiling(CeilingKind),
    /// A figure of speed or cost.
    Figure(FigureName),
}

impl Subject {
    /// Heading of its working.
    pub(super) fn title(self) -> String {
        match self {
            Self::Need => "What is needed".to_owned(),
            Self::Part(name, _) => name.label().to_owned(),
            Self::Ceiling(kind) => format!("Ceiling: {}", kind.label()),
            Self::Figure(name) => name.label().to_owned(),
        }
    }
}
