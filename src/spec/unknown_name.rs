//! The error for a name that is not on a list.

use crate::units::quoted;

/// A name that is none of the known ones; its text says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownName(String);

impl UnknownName {
    /// For a `text` that names no `what` of the list.
    pub fn new(what: &'static str, text: &str, known: impl IntoIterator<Item = &'static str>) -> Self {
        let known: Vec<_> = known.into_iter().collect();
        Self(format!("no {what} is called `{}`; known are {}", quoted(text), known.join(", ")))
    }

    /// For a `text` that names something that cannot be had by name: what it is instead.
    pub fn explained(text: &str, is: impl std::fmt::Display) -> Self {
        Self(format!("`{}` is {is}", quoted(text)))
    }
}
