//! A log in a file: a bounded beginning of it, in whatever encoding a shell writes.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use super::run::LogRun;
use super::{NoFigures, read_log};

/// Longest text of a log that is read; what follows is left out.
const LONGEST: u64 = 16 << 20;

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The system does not give it.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// A folder, a pipe, a socket or a device, which may never end.
    #[error("not a regular file; save what the program printed to one")]
    NotRegular,
    /// No program's figures.
    #[error(transparent)]
    NoFigures(#[from] NoFigures),
}

/// The runs that the log in a file tells of, and whether it goes on after what was read.
///
/// # Errors
/// When it cannot be read, or tells of none.
pub fn read_log_file(path: &Path) -> Result<(Vec<LogRun>, bool), LogError> {
    // Looked at before opening: opening a named pipe waits for someone to write to it.
    if !fs::metadata(path)?.is_file() {
        return Err(LogError::NotRegular);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    let cut = bytes.len() as u64 > LONGEST;
    Ok((read_log(&text(&bytes))?, cut))
}

/// The bytes as text; what is no UTF-8 is replaced, and PowerShell's UTF-16 is read as such.
fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => {
            let units = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        all => String::from_utf8_lossy(all).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_log_of_any_shell_is_text() {
        let utf16: Vec<u8> = "\u{feff}eval rate: 5".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&utf16), "eval rate: 5");
        assert_eq!(text(b"\xef\xbb\xbfeval"), "eval");
        assert_eq!(text(b"a\xffb"), "a\u{fffd}b");
    }
}
