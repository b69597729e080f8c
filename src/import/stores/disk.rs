//! The files of a machine as the search for models sees them, so that any store is a test.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::spec::Os;

/// What a name in a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, not followed.
    Link,
    /// A device, pipe or socket, which is never opened.
    Other,
}

/// A name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name alone.
    pub name: OsString,
    /// What it is; links are not followed.
    pub kind: FileKind,
}

/// What stands in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Its names, in no order.
    pub entries: Vec<Entry>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

/// One file under all of its names: two names of one file are counted once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileId {
    /// The numbers of device and file that the system gives it.
    Numbers(u64, u64),
    /// Its path with all links followed.
    Path(PathBuf),
}

/// What a path leads to, with links followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// What it is; never a link.
    pub kind: FileKind,
    /// Its length, bytes.
    pub bytes: u64,
    /// Which file or folder it is.
    pub id: FileId,
}

/// The files that are looked at. Every answer is bounded: nothing is read that may not end.
pub trait Disk {
    /// Which operating system lays the folders out.
    fn os(&self) -> Os;

    /// The user's own folder.
    fn home(&self) -> Option<PathBuf>;

    /// A path in a variable of the environment, unless it is empty.
    fn variable(&self, name: &str) -> Option<PathBuf>;

    /// At most `most` names in a folder.
    ///
    /// # Errors
    /// When it is absent, no folder, or not readable.
    fn list(&self, folder: &Path, most: usize) -> io::Result<Listing>;

    /// What a path leads to.
    ///
    /// # Errors
    /// When it leads nowhere, or round and round.
    fn about(&self, path: &Path) -> io::Result<About>;

    /// A regular file of at most `most` bytes.
    ///
    /// # Errors
    /// When it is absent, no regular file, longer, or not readable.
    fn read(&self, path: &Path, most: u64) -> io::Result<Vec<u8>>;
}
