//! What stands where a model should: a pointer that Git keeps in place of a large file, or a page that a server sent.

use std::io::Read as _;
use std::path::Path;

use super::Problem;
use super::open::open;

/// How a pointer of Git LFS starts (git-lfs docs/spec.md).
const POINTER: &[u8] = b"version https://git-lfs";
/// How pages and the errors of stores of files start, in small letters.
const PAGES: [&[u8]; 4] = [b"<!doctype", b"<html", b"<?xml", b"<!--"];
/// The longest pointer.
const LONGEST_POINTER: u64 = 1024;
/// Bytes that tell either apart.
pub(super) const START: u64 = 32;

/// Refuses a file that starts as something else was saved in its place.
///
/// # Errors
/// When it is a pointer or a page.
pub(super) fn refuse(start: &[u8]) -> Result<(), Problem> {
    if start.starts_with(POINTER) {
        return Err(Problem::content(
            "a pointer of Git LFS, which stands in place of the file itself",
            "run `git lfs pull` in its folder",
        ));
    }
    // One sign is too little: a safetensors file may start with any byte.
    let text = start.trim_ascii_start().to_ascii_lowercase();
    if PAGES.iter().any(|page| text.starts_with(page)) {
        return Err(Problem::content(
            "a web page that was saved in place of the file",
            "download the file itself; on Hugging Face its address has `/resolve/` in it, not `/blob/`",
        ));
    }
    Ok(())
}

/// Whether a file is a pointer.
pub(super) fn is_pointer(path: &Path) -> bool {
    let Ok((file, length)) = open(path) else { return false };
    let mut start = Vec::new();
    length <= LONGEST_POINTER
        && file.take(START).read_to_end(&mut start).is_ok()
        && start.starts_with(POINTER)
}
