//! The formats a report is kept in.

use std::path::Path;

use thiserror::Error;

use super::{Report, csv_text, json, markdown, ron_text};

/// A format a report is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// To read and to paste.
    Markdown,
    /// Re-opens as the same scenario.
    Ron,
    /// For other programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// A file name whose ending says no known format.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("a report is saved as .md, .ron, .json or .csv; the ending of `{0}` is none of them")]
pub struct UnknownFormat(pub String);

impl Format {
    /// Every format, in the order it is offered.
    pub const ALL: [Self; 4] = [Self::Markdown, Self::Ron, Self::Json, Self::Csv];

    /// The ending of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Ron => "ron",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown",
            Self::Ron => "RON (re-opens)",
            Self::Json => "JSON",
            Self::Csv => "CSV",
        }
    }

    /// By the ending of a file name.
    ///
    /// # Errors
    /// When the ending says none of the known formats.
    pub fn of_path(path: &Path) -> Result<Self, UnknownFormat> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|format| format.extension().eq_ignore_ascii_case(ending))
            .ok_or_else(|| UnknownFormat(path.display().to_string()))
    }
}

/// The text of a report in a format.
pub fn export(report: &Report, format: Format) -> String {
    match format {
        Format::Markdown => markdown::markdown(report),
        Format::Ron => ron_text::ron_text(report),
        Format::Json => json::report_json(report),
        Format::Csv => csv_text::csv_text(report),
    }
}
