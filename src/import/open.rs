//! Opening files with care: only regular ones, and small texts only when they are small.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use super::Problem;

/// A regular file and its length; a device or pipe would never end.
///
/// # Errors
/// When it cannot be opened or is no regular file.
pub(super) fn open(path: &Path) -> Result<(File, u64), Problem> {
    // Looked at before opening: opening a named pipe waits for someone to write to it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(Problem::content("not a regular file", "give a file, or a folder that holds a model"));
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok((file, length))
}

/// The whole of a text of at most `limit` bytes.
///
/// # Errors
/// When it cannot be read, is longer, or is not UTF-8.
pub(super) fn read_text(path: &Path, limit: u64) -> Result<String, Problem> {
    let (file, _) = open(path)?;
    let mut bytes = Vec::new();
    BufReader::new(file).take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Problem::binary(
            format!("more than {limit} bytes of JSON"),
            limit,
            "a model's configuration has a few thousand",
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to() as u64;
        Problem::binary("a byte that is not UTF-8", offset, "JSON is UTF-8 text")
    })
}
