//! The working of a figure as steps to read.

/// One step of a working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// What is computed.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The formula in words; empty where there is none.
    pub formula: String,
    /// The numbers in it.
    pub inputs: Vec<(String, String)>,
    /// What it rests on, and its source.
    pub basis: String,
}

/// A working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WorkingData {
    /// Its heading.
    pub title: String,
    /// The figure.
    pub value: String,
    /// How it came about.
    pub steps: Vec<Step>,
}
