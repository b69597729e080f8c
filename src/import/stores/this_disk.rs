//! The files of the machine this program runs on.

use std::fs::{self, File, FileType};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::disk::{About, Disk, Entry, FileId, FileKind, Listing};
use crate::spec::Os;

/// The files of the machine this program runs on, read for real.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisDisk;

impl Disk for ThisDisk {
    fn os(&self) -> Os {
        match std::env::consts::OS {
            "macos" => Os::MacOs,
            "windows" => Os::Windows,
            _ => Os::Linux,
        }
    }

    fn home(&self) -> Option<PathBuf> {
        directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned())
    }

    fn variable(&self, name: &str) -> Option<PathBuf> {
        std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    fn list(&self, folder: &Path, most: usize) -> io::Result<Listing> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(folder)? {
            if listing.entries.len() == most {
                listing.more = true;
                break;
            }
            let entry = entry?;
            let kind = entry.file_type().map_or(FileKind::Other, kind);
            listing.entries.push(Entry { name: entry.file_name(), kind });
        }
        Ok(listing)
    }

    fn about(&self, path: &Path) -> io::Result<About> {
        let about = fs::metadata(path)?;
        Ok(About { kind: kind(about.file_type()), bytes: about.len(), id: id(path, &about)? })
    }

    fn read(&self, path: &Path, most: u64) -> io::Result<Vec<u8>> {
        // Looked at before opening: opening a named pipe waits for someone to write to it.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            return Err(io::Error::other(format!("more than {most} bytes")));
        }
        Ok(bytes)
    }
}

fn kind(file: FileType) -> FileKind {
    if file.is_symlink() {
        FileKind::Link
    } else if file.is_file() {
        FileKind::File
    } else if file.is_dir() {
        FileKind::Folder
    } else {
        FileKind::Other
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems look for the path, which can fail")]
fn id(_path: &Path, about: &fs::Metadata) -> io::Result<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(FileId::Numbers(about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn id(path: &Path, _about: &fs::Metadata) -> io::Result<FileId> {
    fs::canonicalize(path).map(FileId::Path)
}
