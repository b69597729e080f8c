//! Saving that never costs the old file: the new one is complete before it takes its place.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

/// A file could not be saved; whatever was there before is untouched.
#[derive(Debug, Error)]
#[error("could not save: {reason}{}: {}", if *replaces { "; the file that was there is untouched" } else { "" }, path.display())]
pub struct SaveError {
    /// Where it was to go.
    pub path: PathBuf,
    /// What the system says.
    pub reason: std::io::Error,
    /// Whether there was a file before.
    pub replaces: bool,
}

impl SaveError {
    fn new(path: &Path, reason: std::io::Error) -> Self {
        Self { path: path.to_owned(), reason, replaces: path.is_file() }
    }
}

/// Writes a file beside its target, then puts it in its place in one step. A link stays one: what it leads to is
/// replaced.
///
/// # Errors
/// When the folder cannot be written to, the disk is full, or the file that is there may not be written.
pub fn save(path: &Path, text: &str) -> Result<(), SaveError> {
    save_bytes(path, text.as_bytes())
}

/// The same of bytes.
///
/// # Errors
/// As [`save`] has them.
pub fn save_bytes(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    let failed = |reason: std::io::Error| SaveError::new(path, reason);
    let target = led_to(path).map_err(failed)?;
    let existing = std::fs::metadata(&target).ok();
    if existing.is_some_and(|existing| existing.permissions().readonly()) {
        return Err(failed(std::io::Error::new(
            std::io::ErrorKind::PermissionDenied,
            "the file is read-only; save under another name",
        )));
    }
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(failed(std::io::Error::new(
            std::io::ErrorKind::NotFound,
            format!("there is no folder {}", folder.display()),
        )));
    }
    let prefix = unfinished(&target);
    forget_unfinished(folder, &prefix);
    let mut file = tempfile::Builder::new()
        .prefix(&prefix)
        .tempfile_in(folder)
        .map_err(|error| without_name(&error))
        .map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    keep_mode(&target, &file).map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// The file that a path leads to through links; the path itself where nothing is there yet.
fn led_to(path: &Path) -> std::io::Result<PathBuf> {
    let mut target = path.to_owned();
    // As many links as systems follow.
    for _ in 0..40 {
        if !target.is_symlink() {
            return Ok(target);
        }
        let to = std::fs::read_link(&target)?;
        target = target.parent().map_or_else(|| to.clone(), |folder| folder.join(&to));
    }
    Err(std::io::Error::other("the links lead in a circle"))
}

/// What the names of unfinished files of a target begin with.
fn unfinished(target: &Path) -> OsString {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".unfinished-");
    name
}

/// How long a file that is still being written may lie there; a text of some MiB takes a second.
const ABANDONED: Duration = Duration::from_mins(10);

/// Removes what a program that was killed while it saved the same file has left. That nothing is removed costs nothing.
fn forget_unfinished(folder: &Path, prefix: &OsStr) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes());
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if ours && age().is_some_and(|age| age > ABANDONED) {
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

/// What the system says, without the name of the unfinished file, which nobody gave.
fn without_name(error: &std::io::Error) -> std::io::Error {
    error.raw_os_error().map_or_else(|| std::io::Error::from(error.kind()), std::io::Error::from_raw_os_error)
}

/// Writes text to a file of the program's own, in a folder that is made where there is none.
///
/// # Errors
/// When the folder cannot be made or the file cannot be written.
pub fn save_with_folder(path: &Path, text: &str) -> Result<(), SaveError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|reason| SaveError::new(path, reason))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("report.md");
        let old = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, "half").expect("a file");
            let file = std::fs::File::options().write(true).open(&path).expect("a file");
            let hour_ago = std::time::SystemTime::now() - Duration::from_hours(1);
            file.set_modified(hour_ago).expect("its time");
            path
        };
        let left = old(".report.md.unfinished-abc123");
        let others = [old(".other.md.unfinished-abc123"), old("report.md.bak")];
        let written_now = folder.path().join(".report.md.unfinished-now");
        std::fs::write(&written_now, "half").expect("a file");
        save(&target, "whole").expect("it is saved");
        assert!(!left.exists(), "what was left is gone");
        assert!(others.iter().all(|path| path.exists()) && written_now.exists(), "nothing else is");
        assert_eq!(std::fs::read_to_string(&target).expect("a file"), "whole");
        let failed =
            save(&folder.path().join("none").join("a.md"), "x").expect_err("no such folder").to_string();
        assert!(!failed.contains("unfinished") && !failed.contains("untouched"), "{failed}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_a_read_only_file_stays_as_it_is() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real.md"), folder.path().join("link.md"));
        std::fs::write(&real, "old").expect("a file");
        symlink("real.md", &link).expect("a link");
        save(&link, "new").expect("it is saved");
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&real).expect("a file"), "new");
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o444)).expect("its mode");
        let refused = save(&real, "newer").expect_err("read-only").to_string();
        assert!(refused.contains("read-only") && refused.contains("untouched"), "{refused}");
        assert_eq!(std::fs::read_to_string(&real).expect("a file"), "new");
        let circle = folder.path().join("circle.md");
        symlink("circle.md", &circle).expect("a link");
        assert!(save(&circle, "x").is_err());
    }
}
