//! What is wrong with a file, where, and what would be right.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A file or folder that could not be imported.
#[derive(Debug, Error)]
#[error("{problem}: {}", path.display())]
pub struct ImportError {
    /// What is wrong, where in the file, and what would be right.
    pub problem: Problem,
    /// The file or folder it is about.
    pub path: PathBuf,
}

/// What is wrong with a file.
#[derive(Debug, Error)]
pub enum Problem {
    /// The operating system could not read it.
    #[error("cannot be read ({0}); check that it exists and that you may open it")]
    Read(#[from] io::Error),
    /// A binary file says something impossible.
    #[error("{what} at byte {offset}; {remedy}")]
    Binary {
        /// What was found.
        what: String,
        /// Where, counted from the start of the file.
        offset: u64,
        /// What would be right.
        remedy: String,
    },
    /// A text file says something impossible.
    #[error("{what} at line {line}, column {column}; {remedy}")]
    Text {
        /// What was found.
        what: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What would be right.
        remedy: String,
    },
    /// A configuration lacks a value that the layers of its model follow from.
    #[error(
        "the configuration has no `{key}`; this model type needs it; give the `config.json` that came with the model"
    )]
    Lacks {
        /// The value's key.
        key: &'static str,
    },
    /// Something is missing, or the whole of it is wrong, so that no single place can be named.
    #[error("{what}; {remedy}")]
    Content {
        /// What was found or is missing.
        what: String,
        /// What would be right.
        remedy: String,
    },
}

impl Problem {
    /// Something impossible at a byte of a binary file.
    pub(super) fn binary(what: impl Into<String>, offset: u64, remedy: impl Into<String>) -> Self {
        Self::Binary { what: what.into(), offset, remedy: remedy.into() }
    }

    /// Something wrong with no single place.
    pub(super) fn content(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Content { what: what.into(), remedy: remedy.into() }
    }

    /// What a JSON reader stumbled over, with its place.
    pub(super) fn json(error: &serde_json::Error, remedy: impl Into<String>) -> Self {
        Self::Text {
            what: json_fault(error),
            line: error.line(),
            column: error.column(),
            remedy: remedy.into(),
        }
    }

    /// The same problem with its path, as it leaves this module.
    pub(super) fn at(self, path: impl Into<PathBuf>) -> ImportError {
        ImportError { problem: self, path: path.into() }
    }
}

/// A sentence that quotes something long: its beginning and its end.
fn cut(sentence: &str) -> String {
    let signs: Vec<char> = sentence.chars().collect();
    if signs.len() <= 2 * SHOWN + 40 {
        return sentence.to_owned();
    }
    let (start, end) = (signs.iter().take(SHOWN + 20), signs.iter().skip(signs.len() - SHOWN - 20));
    start.chain(std::iter::once(&'…')).chain(end).collect()
}

/// Most characters of a text from a file that are shown.
const SHOWN: usize = 80;

/// A text from a file, cut to what a sentence can hold.
pub(super) fn bounded(text: &str) -> String {
    crate::units::quoted(text)
}

/// What a JSON reader stumbled over, without the place and in a user's words.
pub(super) fn json_fault(error: &serde_json::Error) -> String {
    let shown = error.to_string();
    let what = shown.rsplit_once(" at line ").map_or(shown.as_str(), |(what, _place)| what);
    // It quotes what stood there whole, so what is long is cut in the middle.
    let what = cut(what);
    what.replace("EOF while parsing", "the file ends inside")
        .replace("expected u32", "expected a whole number from 0 to 4294967295")
        .replace("expected u64", "expected a whole number of 0 or more")
}
