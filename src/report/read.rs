//! Reading a text that people keep: a preset, a list of presets, a report.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Largest text that is read, MiB.
const LARGEST_MIB: u64 = 16;

/// Why a text could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The system does not give it.
    #[error("{reason}: {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A folder, a pipe, a socket or a device, which may never end.
    #[error("not a regular file, and a preset or report is one: {}", path.display())]
    NotRegular {
        /// What is no file.
        path: PathBuf,
    },
    /// Longer than any preset or report is.
    #[error("more than {LARGEST_MIB} MiB; a preset or report is text of a few KiB: {}", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// Not text.
    #[error("not UTF-8 from byte {byte}; a preset is text in UTF-8: {}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// The first byte that is no text, from 0.
        byte: usize,
    },
}

/// The whole text of a regular file.
///
/// # Errors
/// When there is none, it is no regular file, it is longer than 16 MiB or no text.
pub fn read_text(path: &Path) -> Result<String, ReadError> {
    let unreadable = |reason: std::io::Error| ReadError::Unreadable { path: path.to_owned(), reason };
    // Looked at before opening: opening a named pipe waits for someone to write to it.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(ReadError::NotRegular { path: path.to_owned() });
    }
    let limit = LARGEST_MIB << 20;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLong { path: path.to_owned() });
    }
    String::from_utf8(bytes)
        .map_err(|error| ReadError::NotText { path: path.to_owned(), byte: error.utf8_error().valid_up_to() })
}
