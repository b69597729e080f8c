//! What the centre shows under the verdict.

pub(super) mod compare;
pub(super) mod cost;
pub(super) mod fit;
pub(super) mod report;
pub(super) mod speed;

/// A page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Page {
    /// Memory against an axis.
    #[default]
    Fit,
    /// How fast, on which machine.
    Speed,
    /// What it costs to own and to run.
    Cost,
    /// Chosen machines side by side.
    Compare,
    /// What a saved report says.
    Report,
}

impl Page {
    /// Every page, as the tabs show them.
    pub(super) const ALL: [Self; 5] = [Self::Fit, Self::Speed, Self::Cost, Self::Compare, Self::Report];

    /// As its tab says.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Fit => "Fit",
            Self::Speed => "Speed",
            Self::Cost => "Cost",
            Self::Compare => "Compare",
            Self::Report => "Report",
        }
    }

    /// The page after this one, and after the last the first.
    pub(super) const fn next(self) -> Self {
        match self {
            Self::Fit => Self::Speed,
            Self::Speed => Self::Cost,
            Self::Cost => Self::Compare,
            Self::Compare => Self::Report,
            Self::Report => Self::Fit,
        }
    }
}
