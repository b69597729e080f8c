//! A fact with its origin.

use serde::{Deserialize, Serialize};

/// How a figure came to be known, best evidence first.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Kind {
    /// Someone measured it.
    Measured,
    /// The maker states it.
    Datasheet,
    /// It follows from other figures.
    Derived,
    /// A best guess by someone who says so.
    Estimate,
    /// It is said, and no more.
    Rumour,
}

impl Kind {
    /// As it stands before a source.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Datasheet => "datasheet",
            Self::Derived => "derived",
            Self::Estimate => "estimate",
            Self::Rumour => "rumor",
        }
    }
}

/// A fact with how, where and when it was learnt. In RON: `(GBps(614), Datasheet, "E1", "2026-09-30")`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Figure<T>(
    /// The fact.
    pub T,
    /// How it is known.
    pub Kind,
    /// Id of the source in `sources.ron`; of a detected value, the command or file it was read from.
    pub String,
    /// Day it was read, `YYYY-MM-DD`.
    pub String,
);

impl<T> Figure<T> {
    /// The fact itself.
    pub const fn value(&self) -> &T {
        &self.0
    }
}
