//! What was found, and how it was found out.

use super::Warning;

/// One value as it is shown under This machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is: `Memory`, `GPU cores`.
    pub name: String,
    /// The value with its unit: `128.0 GiB`.
    pub value: String,
    /// The command, file, library or catalog record it comes from.
    pub origin: String,
}

/// Findings and warnings as they come in.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) findings: Vec<Finding>,
    pub(super) warnings: Vec<Warning>,
}

impl Notes {
    pub(super) fn found(&mut self, name: &str, value: impl Into<String>, origin: impl Into<String>) {
        self.findings.push(Finding { name: name.to_owned(), value: value.into(), origin: origin.into() });
    }

    pub(super) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}
