//! A figure of a machine as the table says it.

use crate::app::text;
use crate::engine::Verdict;

/// A figure of a machine, with what it is compared by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    /// The figure.
    pub text: String,
    /// Its band or its basis.
    pub under: String,
    /// What it is compared by; nothing where it is unknown.
    pub value: Option<f64>,
    /// Whether it may be called the best: the price of a card alone is not that of a computer.
    pub comparable: bool,
    /// The verdict it says.
    pub verdict: Option<Verdict>,
}

impl Reading {
    /// A figure with its value.
    pub(super) fn figure(text: impl Into<String>, under: impl Into<String>, value: f64) -> Self {
        let value = Some(value).filter(|value| value.is_finite());
        Self { value, ..Self::words(text, under) }
    }

    /// Words, which are not compared.
    pub(super) fn words(text: impl Into<String>, under: impl Into<String>) -> Self {
        Self { text: text.into(), under: under.into(), value: None, comparable: true, verdict: None }
    }

    /// What nobody knows.
    pub(super) fn unknown() -> Self {
        Self::words(text::unknown(), "")
    }

    /// What there is none of, because it does not run there.
    pub(super) fn none() -> Self {
        Self::words("–", "")
    }
}
