//! The error for a name that is not on a list.

/// A name that is none of the known ones; its text lists them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {what} is called `{text}`; known are {known}")]
pub struct UnknownName {
    what: &'static str,
    text: String,
    known: String,
}

impl UnknownName {
    /// For a `text` that names no `what` of the list.
    pub fn new(what: &'static str, text: &str, known: impl IntoIterator<Item = &'static str>) -> Self {
        let known: Vec<_> = known.into_iter().collect();
        Self { what, text: crate::units::quoted(text), known: known.join(", ") }
    }
}
