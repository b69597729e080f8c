//! The working of a figure as steps to read.

/// One step of a working.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// What is computed.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The formula in words; empty where there is none.
    pub formula: String,
    /// The numbers in it.
    pub inputs: Vec<(String, String)>,
    /// Whether what is summed is a list of its own, a line each.
    pub is_list: bool,
    /// What it rests on, and its source.
    pub basis: String,
    /// How deep it lies in what it is an input of.
    pub depth: usize,
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
