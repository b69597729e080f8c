//! Checked claims as a file to keep: Markdown to read, CSV for spreadsheets, JSON for programs.

use std::path::Path;

use thiserror::Error;

use super::cell::cell;
use super::claim_words::{claim_fields, claim_subject};
use super::claims_json::{ClaimJson, Opened};
use super::csv_text::plain;
use crate::claims::Checked;

/// A format that claims are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimsFormat {
    /// A table to read and to paste.
    Markdown,
    /// A row a claim, for spreadsheets.
    Csv,
    /// For other programs: as `plimsoll claims --json` prints them.
    Json,
}

/// Claims could not be written.
#[derive(Debug, Error)]
pub enum ClaimsFileError {
    /// The ending of the name is of something else.
    #[error("claims are saved as .md, .csv or .json: {0}")]
    Ending(String),
    /// A cell or number that the format cannot hold.
    #[error("the claims could not be written: {0}")]
    Written(String),
}

impl ClaimsFormat {
    /// Every format, in the order it is offered.
    pub const ALL: [Self; 3] = [Self::Markdown, Self::Csv, Self::Json];

    /// The ending of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown",
            Self::Csv => "CSV",
            Self::Json => "JSON",
        }
    }

    /// The format that the ending of a file's name says.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn of_path(path: &Path) -> Result<Self, ClaimsFileError> {
        let ending =
            path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let known = Self::ALL.into_iter().find(|format| format.extension() == ending);
        known
            .or_else(|| (ending == "markdown").then_some(Self::Markdown))
            .ok_or_else(|| ClaimsFileError::Ending(path.display().to_string()))
    }

    /// Claims in this format; `opened` says how the figures came about that they are held against.
    ///
    /// # Errors
    /// When something in them cannot be written so.
    pub fn write(self, checked: &[&Checked], opened: Opened<'_>) -> Result<String, ClaimsFileError> {
        match self {
            Self::Markdown => Ok(claims_markdown(checked)),
            Self::Csv => csv(checked),
            Self::Json => {
                let json: Vec<ClaimJson<'_>> =
                    checked.iter().map(|one| ClaimJson::new(one, opened)).collect();
                let text = serde_json::to_string_pretty(&json);
                text.map(|text| text + "\n").map_err(|error| ClaimsFileError::Written(error.to_string()))
            }
        }
    }
}

/// Claims as a table of Markdown.
pub fn claims_markdown(checked: &[&Checked]) -> String {
    let row = |one: &&Checked| {
        let (subject, verdict, reason) = (claim_subject(one), one.verdict().label(), one.reason());
        format!("| {} | {verdict} | {} |\n", cell(&subject), cell(reason))
    };
    let rows: String = checked.iter().map(row).collect();
    format!("| Claim | Verdict | Why |\n|---|---|---|\n{rows}")
}

/// Columns of a spreadsheet.
const COLUMNS: [&str; 12] = [
    "id",
    "document",
    "place",
    "claim",
    "verdict",
    "reason",
    "machine",
    "model",
    "quantization",
    "runtime",
    "quantity",
    "value",
];

fn csv(checked: &[&Checked]) -> Result<String, ClaimsFileError> {
    let failed = |error: &dyn std::fmt::Display| ClaimsFileError::Written(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|error| failed(&error))?;
    for one in checked {
        let claim = &one.claim;
        let said = [&claim.id, claim.document.as_ref().unwrap_or(&String::new()), &claim.place, &claim.text]
            .map(Clone::clone);
        let found = [one.verdict().key().to_owned(), one.reason().to_owned()];
        let fields = claim_fields(one).into_iter().map(|(_, value)| value);
        let cells = said.into_iter().chain(found).chain(fields).map(|cell| plain(&cell));
        writer.write_record(cells).map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}
