//! What the audit finds.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    /// It reads wrong, and estimates can still be made.
    Wrong,
    /// No estimate can be made with it.
    Impossible,
}

/// Something wrong with a catalog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}: {record}, {field}: {message}")]
pub struct Finding {
    /// The file it stands in.
    pub file: String,
    /// Id of the record.
    pub record: String,
    /// Which field.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
    severity: Severity,
}

impl Finding {
    /// Whether no estimate can be made with the record.
    pub fn is_impossible(&self) -> bool {
        self.severity == Severity::Impossible
    }
}

/// Findings on one record.
pub(super) struct Report<'a> {
    pub(super) file: &'a str,
    pub(super) record: &'a str,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Report<'_> {
    /// Something that should be put right.
    pub(super) fn wrong(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.push(field.into(), message.into(), Severity::Wrong);
    }

    /// Something no estimate can be made with.
    pub(super) fn impossible(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.push(field.into(), message.into(), Severity::Impossible);
    }

    fn push(&mut self, field: String, message: String, severity: Severity) {
        let (file, record) = (self.file.to_owned(), self.record.to_owned());
        self.findings.push(Finding { file, record, field, message, severity });
    }
}
