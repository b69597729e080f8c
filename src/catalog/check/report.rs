//! What the audit finds.

use crate::catalog::CatalogProblem;
use crate::catalog::problem::placed;
use crate::units::quoted;

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

    /// What is said of a user's record: that it is left out for it, or that it is used all the same.
    pub(super) fn into_problem(self) -> CatalogProblem {
        let Self { file, record, field, message, severity } = self;
        match severity {
            Severity::Impossible => CatalogProblem::Impossible { file, record, field, message },
            Severity::Wrong => CatalogProblem::Implausible { file, record, field, message },
        }
    }

    /// The same with its place in the text of the file.
    pub(super) fn placed(self, text: &str) -> Self {
        let file = placed(&self.file, text, &self.record, &self.field);
        Self { file, record: quoted(&self.record), ..self }
    }

    /// That a record cannot be read or cannot be.
    pub(super) fn of_problem(problem: &CatalogProblem, record: &str) -> Self {
        let severity = Severity::Impossible;
        match problem {
            CatalogProblem::Impossible { file, record, field, message }
            | CatalogProblem::Implausible { file, record, field, message } => Self {
                file: file.clone(),
                record: record.clone(),
                field: field.clone(),
                message: message.clone(),
                severity,
            },
            CatalogProblem::Malformed { file, line, column, message, remedy } => Self {
                file: format!("{file}:{line}:{column}"),
                record: record.to_owned(),
                field: "text".to_owned(),
                message: [Some(message.as_str()), *remedy]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join("; "),
                severity,
            },
            other => Self {
                file: "catalog".to_owned(),
                record: record.to_owned(),
                field: "file".to_owned(),
                message: other.to_string(),
                severity,
            },
        }
    }
}

/// Findings on one record.
pub(crate) struct Report<'a> {
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
