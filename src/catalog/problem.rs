//! What is wrong with a catalog file, with the place and what would be right.

use ron::Options;
use ron::error::{Error, SpannedError};
use ron::extensions::Extensions;
use serde::de::DeserializeOwned;
use thiserror::Error as ThisError;

use crate::units::{cut, quoted};

/// A file or a record of the user's folder that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum CatalogProblem {
    /// The file cannot be read.
    #[error("cannot read the file: {reason}: {file}")]
    Unreadable {
        /// Path of the file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// The file is larger than any catalog is.
    #[error("the file is larger than {limit_mib} MiB and was not read: {file}")]
    TooLarge {
        /// Path of the file.
        file: String,
        /// The largest size that is read, in MiB.
        limit_mib: u64,
    },
    /// The folder holds more files than are read.
    #[error("only the first {limit} files were read: {folder}")]
    TooManyFiles {
        /// Path of the folder.
        folder: String,
        /// How many are read.
        limit: usize,
    },
    /// The text is not what such a file holds.
    #[error("{file}:{line}:{column}: {message}{}", remedy.map(|remedy| format!("; {remedy}")).unwrap_or_default())]
    Malformed {
        /// Path of the file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was found and what was expected.
        message: String,
        /// What would be right, where it can be said.
        remedy: Option<&'static str>,
    },
    /// Two of the user's records have one id.
    #[error("{record} stands twice, and the later one counts: {other}, {file}")]
    Twice {
        /// File of the later one.
        file: String,
        /// The id.
        record: String,
        /// File of the earlier one.
        other: String,
    },
    /// A table of prices that is not taken.
    #[error("{reason}; the prices that ship are used: {file}")]
    Prices {
        /// Path of the file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A preset that cannot be read; it stays on the list, and says the same when it is opened.
    #[error("{0}")]
    Preset(String),
    /// More text than a user's folder has.
    #[error("the files before it hold {limit_mib} MiB, so it was not read: {file}")]
    TooMuch {
        /// Path of the file.
        file: String,
        /// How much is read of all files, in MiB.
        limit_mib: u64,
    },
    /// A record that is used, although no machine or model is like that.
    #[error("{record}, {field}: {message}; it is used as it stands: {file}")]
    Implausible {
        /// Path of the file, with line and column where they are known.
        file: String,
        /// Id of the record.
        record: String,
        /// Which of its fields.
        field: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A record that reads well and cannot be.
    #[error("{record}, {field}: {message}: {file}")]
    Impossible {
        /// Path of the file, with line and column where they are known.
        file: String,
        /// Id of the record.
        record: String,
        /// Which of its fields.
        field: String,
        /// What is wrong and what would be right.
        message: String,
    },
}

/// Where in its file a text begins, line and column from 1.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Reads RON with the leave to write `40` for `Some(40)`.
pub(crate) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, CatalogProblem> {
    parse_from(file, text, Start { line: 1, column: 1 })
}

/// The same of a text that is a part of its file.
pub(super) fn parse_from<T: DeserializeOwned>(
    file: &str,
    text: &str,
    start: Start,
) -> Result<T, CatalogProblem> {
    Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .from_str(text)
        .map_err(|error| malformed(file, text, start, &error))
}

fn malformed(file: &str, text: &str, start: Start, error: &SpannedError) -> CatalogProblem {
    let place = error.span.start;
    CatalogProblem::Malformed {
        file: file.to_owned(),
        line: start.line + place.line - 1,
        column: if place.line == 1 { start.column + place.col - 1 } else { place.col },
        message: message(&error.code),
        remedy: remedy(&error.code, rest_of_line(text, place.line, place.col)),
    }
}

/// Where a field of a record stands in its file: `file:line:column`; the record itself where the field is not found, and
/// the file alone where neither is.
pub(super) fn placed(file: &str, text: &str, record: &str, field: &str) -> String {
    let Some(start) = key(text, "id").find_map(|at| {
        let value = text.get(at..)?.split_once(':')?.1.trim_start().strip_prefix('"')?;
        value.strip_prefix(record)?.starts_with('"').then_some(at)
    }) else {
        return file.to_owned();
    };
    let rest = text.get(start..).unwrap_or_default();
    let next = key(rest, "id").nth(1).unwrap_or(rest.len());
    let own = field.rsplit('.').next().unwrap_or(field);
    let inside = key(rest.get(..next).unwrap_or_default(), own).next().unwrap_or(0);
    let before = text.get(..start + inside).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{file}:{line}:{column}")
}

/// Every place of a key in a text: the word, with a colon after it.
fn key<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = usize> + 't {
    let word = |sign: char| sign.is_alphanumeric() || sign == '_';
    text.match_indices(key).map(|(at, _)| at).filter(move |at| {
        let (before, rest) = text.split_at(*at);
        let after = rest.get(key.len()..).unwrap_or_default();
        after.trim_start().starts_with(':') && !before.ends_with(word)
    })
}

/// What was found and what was expected, without the names of types in this program.
fn message(error: &Error) -> String {
    match error {
        Error::NoSuchEnumVariant { found, expected, .. } => {
            format!("`{}` is not known here; write {}", quoted(found), expected.join(", "))
        }
        Error::NoSuchStructField { found, expected, .. } => {
            format!("there is no field `{}`; there are {}", quoted(found), expected.join(", "))
        }
        Error::SuggestRawIdentifier(found) | Error::InvalidIdentifier(found) => {
            format!("`{}` is not a name", quoted(found))
        }
        Error::ExpectedDifferentLength { found, .. } => format!("there are {found} parts"),
        Error::ExpectedDifferentStructName { found, .. } => format!("`{}` stands alone", quoted(found)),
        Error::ExpectedNamedStructLike(_) => "expected an opening bracket".to_owned(),
        Error::MissingStructField { field, .. } => format!("the field `{field}` is missing"),
        Error::DuplicateStructField { field, .. } => format!("the field `{field}` stands twice"),
        other => cut(&other.to_string()),
    }
}

/// What follows the place of an error on its line.
fn rest_of_line(text: &str, line: usize, column: usize) -> &str {
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    line.char_indices().nth(column.saturating_sub(1)).and_then(|(at, _)| line.get(at..)).unwrap_or_default()
}

/// What to write instead, for the slips people make.
fn remedy(error: &Error, found: &str) -> Option<&'static str> {
    match error {
        Error::SuggestRawIdentifier(_) | Error::ExpectedIdentifier | Error::InvalidIdentifier(_)
            if found.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.') =>
        {
            Some("write the unit, as in `GiB(64)`")
        }
        Error::ExpectedIdentifier | Error::ExpectedFloat | Error::ExpectedInteger
            if found.starts_with('"') =>
        {
            Some("write it without quotes")
        }
        Error::ExpectedStructLike
        | Error::ExpectedNamedStructLike(_)
        | Error::ExpectedDifferentStructName { .. }
        | Error::ExpectedDifferentLength { .. } => {
            Some("a figure is written `(GBps(614), Datasheet, \"source id\", \"2026-09-30\")`")
        }
        Error::Eof | Error::ExpectedStringEnd | Error::ExpectedStructLikeEnd | Error::ExpectedArrayEnd => {
            Some("a bracket or a quote is not closed")
        }
        Error::ExpectedString => Some("put text in quotes"),
        _ => None,
    }
}
