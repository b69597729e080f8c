//! Saving that never costs the old file: the new one is complete before it takes its place.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A file could not be saved; whatever was there before is untouched.
#[derive(Debug, Error)]
#[error("could not save: {reason}; the file that was there is untouched: {}", path.display())]
pub struct SaveError {
    /// Where it was to go.
    pub path: PathBuf,
    /// What the system says.
    pub reason: std::io::Error,
}

/// Writes a file beside its target, then puts it in its place in one step.
///
/// # Errors
/// When the folder cannot be written to, or the disk is full.
pub fn save(path: &Path, text: &str) -> Result<(), SaveError> {
    let failed = |reason: std::io::Error| SaveError { path: path.to_owned(), reason };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    keep_mode(path, &file).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Writes text to a file of the program's own, in a folder that is made where there is none.
///
/// # Errors
/// When the folder cannot be made or the file cannot be written.
pub fn save_with_folder(path: &Path, text: &str) -> Result<(), SaveError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|reason| SaveError { path: path.to_owned(), reason })?;
    }
    save(path, text)
}

/// A temporary file is private; a report is as readable as the file it replaces, or as any new file.
#[cfg(unix)]
fn keep_mode(path: &Path, file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = match std::fs::metadata(path) {
        Ok(existing) => existing.permissions(),
        Err(_) => std::fs::Permissions::from_mode(0o644),
    };
    file.as_file().set_permissions(permissions)
}

/// Permissions come from the folder here.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as elsewhere")]
fn keep_mode(_path: &Path, _file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    Ok(())
}
