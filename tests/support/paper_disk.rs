//! A disk on paper: folders, files of any length, links, pipes; and how often it was asked.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::path::{Component, Path, PathBuf};

use plimsoll::import::stores::{About, Disk, Entry, FileId, FileKind, Listing};
use plimsoll::spec::Os;

#[derive(Clone, Debug)]
enum Node {
    Folder,
    File(u64),
    Text(String),
    Link(PathBuf),
    Other,
}

pub struct PaperDisk {
    os: Os,
    home: PathBuf,
    variables: BTreeMap<String, PathBuf>,
    nodes: BTreeMap<PathBuf, Node>,
    inside: BTreeMap<PathBuf, Vec<PathBuf>>,
    asked: Cell<usize>,
}

impl PaperDisk {
    pub fn new(os: Os, home: &str) -> Self {
        let (variables, nodes, inside) = Default::default();
        Self { os, home: home.into(), variables, nodes, inside, asked: Cell::new(0) }
    }

    fn with(mut self, path: &str, node: Node) -> Self {
        let mut path = PathBuf::from(path);
        let mut node = node;
        loop {
            if self.nodes.insert(path.clone(), node).is_some() {
                return self;
            }
            let Some(folder) = path.parent().map(Path::to_owned) else { return self };
            self.inside.entry(folder.clone()).or_default().push(path);
            if self.nodes.contains_key(&folder) {
                return self;
            }
            (path, node) = (folder, Node::Folder);
        }
    }

    pub fn file(self, path: &str, bytes: u64) -> Self {
        self.with(path, Node::File(bytes))
    }

    pub fn text(self, path: &str, text: &str) -> Self {
        self.with(path, Node::Text(text.to_owned()))
    }

    pub fn link(self, path: &str, to: &str) -> Self {
        self.with(path, Node::Link(to.into()))
    }

    pub fn other(self, path: &str) -> Self {
        self.with(path, Node::Other)
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    pub fn asked(&self) -> usize {
        self.asked.get()
    }

    /// A path with all links followed, as a system does it.
    fn real(&self, path: &Path) -> Result<PathBuf> {
        self.asked.set(self.asked.get() + 1);
        let mut left = 40;
        self.follow(path, &mut left)
    }

    fn follow(&self, path: &Path, left: &mut u32) -> Result<PathBuf> {
        let mut real = PathBuf::new();
        for part in path.components() {
            match part {
                Component::ParentDir => {
                    real.pop();
                }
                Component::CurDir => {}
                _ => real.push(part),
            }
            match self.nodes.get(&real) {
                Some(Node::Link(to)) => {
                    *left = left.checked_sub(1).ok_or_else(|| Error::other("too many links"))?;
                    let folder = real.parent().map(Path::to_owned).unwrap_or_default();
                    real = self.follow(&folder.join(to), left)?;
                }
                Some(_) => {}
                None => return Err(ErrorKind::NotFound.into()),
            }
        }
        Ok(real)
    }
}

impl Disk for PaperDisk {
    fn os(&self) -> Os {
        self.os
    }

    fn home(&self) -> Option<PathBuf> {
        Some(self.home.clone())
    }

    fn variable(&self, name: &str) -> Option<PathBuf> {
        self.variables.get(name).cloned()
    }

    fn list(&self, folder: &Path, most: usize) -> Result<Listing> {
        let real = self.real(folder)?;
        if !matches!(self.nodes.get(&real), Some(Node::Folder)) {
            return Err(ErrorKind::NotADirectory.into());
        }
        let names = self.inside.get(&real).map(Vec::as_slice).unwrap_or_default();
        let entry = |path: &PathBuf| {
            let kind = match self.nodes.get(path) {
                Some(Node::Folder) => FileKind::Folder,
                Some(Node::File(_) | Node::Text(_)) => FileKind::File,
                Some(Node::Link(_)) => FileKind::Link,
                Some(Node::Other) | None => FileKind::Other,
            };
            Entry { name: path.file_name().expect("a name").to_owned(), kind }
        };
        Ok(Listing { entries: names.iter().take(most).map(entry).collect(), more: names.len() > most })
    }

    fn about(&self, path: &Path) -> Result<About> {
        let real = self.real(path)?;
        let (kind, bytes) = match self.nodes.get(&real) {
            Some(Node::Folder) => (FileKind::Folder, 0),
            Some(Node::File(bytes)) => (FileKind::File, *bytes),
            Some(Node::Text(text)) => (FileKind::File, text.len() as u64),
            Some(Node::Other) => (FileKind::Other, 0),
            Some(Node::Link(_)) | None => return Err(ErrorKind::NotFound.into()),
        };
        Ok(About { kind, bytes, id: FileId::Path(real) })
    }

    fn read(&self, path: &Path, most: u64) -> Result<Vec<u8>> {
        let real = self.real(path)?;
        match self.nodes.get(&real) {
            Some(Node::Text(text)) if text.len() as u64 <= most => Ok(text.clone().into_bytes()),
            Some(Node::Text(_) | Node::File(_)) => Err(Error::other(format!("more than {most} bytes"))),
            _ => Err(Error::other("not a regular file")),
        }
    }
}
