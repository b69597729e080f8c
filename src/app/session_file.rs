//! The file a session is kept in. It is written beside itself and put in its place whole, and one that cannot be read
//! is set aside: nothing is lost without a word.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::load_error::LoadError;
use crate::app::text;
use crate::report::{ReadError, SaveError, read_text, save_with_folder};

/// What the session is called in the file, which holds texts by name.
const KEY: &str = "session";
/// Damaged files that are kept beside one another.
const MOST_SET_ASIDE: u32 = 100;

/// Why a session could not be taken up.
#[derive(Debug, Error)]
pub(super) enum SessionError {
    /// The file cannot be read, or is no file.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What it holds is not what was written.
    #[error("{0}")]
    Damaged(#[from] ron::error::SpannedError),
    /// Its scenario is understood no more.
    #[error("{}", text::its_scenario_cannot_be_opened(.0))]
    Scenario(LoadError),
}

/// The file in the folder for a program's own data, as it is named on each system.
pub(super) fn session_file() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "plimsoll").map(|folders| folders.data_dir().join("app.ron"))
}

/// What was kept last; `None` where nothing was.
///
/// # Errors
/// When the file is there and cannot be read.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, SessionError> {
    // A link to nowhere is there too.
    if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Ok(None);
    }
    let kept: BTreeMap<String, String> = ron::from_str(&read_text(path)?)?;
    Ok(kept.get(KEY).map(|session| ron::from_str(session)).transpose()?)
}

/// The text of the file.
///
/// # Errors
/// When the session cannot be written as text.
pub(super) fn text<T: Serialize>(session: &T) -> Result<String, ron::Error> {
    ron::to_string(&BTreeMap::from([(KEY, ron::to_string(session)?)]))
}

/// Puts the text in the place of what was kept, in one step.
///
/// # Errors
/// When the folder cannot be written to, or the disk is full; what was kept is untouched then.
pub(super) fn write(path: &Path, text: &str) -> Result<(), SaveError> {
    save_with_folder(path, text)
}

/// Renames a file that cannot be read to `app.ron.damaged`, or with a number where that is taken; returns the new
/// path.
///
/// # Errors
/// When the folder cannot be written to.
pub(super) fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let named = |ending: &str| {
        let mut name = OsString::from(path);
        name.push(ending);
        PathBuf::from(name)
    };
    let numbered = (2..MOST_SET_ASIDE).map(|number| named(&format!(".damaged-{number}")));
    let first = named(".damaged");
    let free = std::iter::once(first.clone()).chain(numbered).find(|name| name.symlink_metadata().is_err());
    let aside = free.unwrap_or(first);
    std::fs::rename(path, &aside)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn what_is_written_is_read_and_none_is_none() {
        let folder = folder();
        let path = folder.path().join("new/app.ron");
        assert_eq!(read::<Vec<u32>>(&path).expect("nothing"), None);
        write(&path, &text(&vec![1, 2]).expect("a text")).expect("written");
        assert_eq!(read(&path).expect("a session"), Some(vec![1, 2]));
    }

    #[test]
    fn a_session_that_eframe_wrote_is_read() {
        let folder = folder();
        let path = folder.path().join("app.ron");
        fs::write(
            &path,
            "{\n    \"window\": \"(inner_size_points: (x: 1.0, y: 2.0))\",\n    \"session\": \"[3]\",\n}",
        )
        .expect("a file");
        assert_eq!(read(&path).expect("a session"), Some(vec![3]));
    }

    #[test]
    fn whatever_is_cut_or_garbage_is_an_error() {
        let folder = folder();
        let path = folder.path().join("app.ron");
        let whole = text(&vec!["some text".to_owned(); 3]).expect("a text");
        for length in 0..whole.len() {
            fs::write(&path, &whole.as_bytes()[..length]).expect("a file");
            assert!(read::<Vec<String>>(&path).is_err(), "{length} bytes of {whole}");
        }
        for garbage in [&b"\xff\xfe"[..], b"(", b"{\"session\": 3}", b"{\"session\": \"(\"}", &[0; 4096]] {
            fs::write(&path, garbage).expect("a file");
            assert!(read::<Vec<String>>(&path).is_err(), "{garbage:?}");
        }
        fs::remove_file(&path).expect("a file");
        fs::create_dir(&path).expect("a folder");
        assert!(read::<Vec<String>>(&path).is_err(), "a folder is no session");
    }

    #[test]
    fn every_damaged_file_is_kept_under_a_name_of_its_own() {
        let folder = folder();
        let path = folder.path().join("app.ron");
        for (text, name) in [("a", "app.ron.damaged"), ("b", "app.ron.damaged-2"), ("c", "app.ron.damaged-3")]
        {
            fs::write(&path, text).expect("a file");
            assert_eq!(set_aside(&path).expect("renamed"), folder.path().join(name));
            assert_eq!(fs::read_to_string(folder.path().join(name)).expect("kept"), text);
            assert!(!path.exists());
        }
        assert!(set_aside(&path).is_err(), "there is nothing to set aside");
    }
}
