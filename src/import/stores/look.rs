//! What a search has seen, what it still has to look at, and how much it may.

use std::collections::{BTreeSet, VecDeque};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{Disk, Entry, FileId, FileKind};
use super::found::{Found, Store, StoredFile};

/// Most names of one folder that are looked at.
const MOST_IN_FOLDER: usize = 10_000;
/// Most names that a search looks at in all.
const MOST_NAMES: usize = 50_000;
/// Most models that a search lists.
const MOST_MODELS: usize = 2_000;
/// Folders inside one another that are gone into.
const DEEPEST: u32 = 8;
/// Most characters of a name.
const LONGEST_NAME: usize = 200;

/// How far a search has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Folders and manifests that were looked at.
    pub looked: usize,
    /// Those that wait; more may come.
    pub waiting: usize,
    /// Models found.
    pub models: usize,
}

/// What one step of a search came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// One more folder was looked at.
    Looked,
    /// A model.
    Model(Box<Found>),
    /// Something that could not be looked at.
    Problem(StoreProblem),
}

/// Why not all of a store is listed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreProblem {
    /// The system does not give it.
    #[error("{reason}; check that you may open it: {}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// More names than are looked at.
    #[error("only {MOST_IN_FOLDER} of its names were looked at; name a folder inside it: {}", folder.display())]
    ManyNames {
        /// The folder.
        folder: PathBuf,
    },
    /// Folders within folders, deeper than any store has them.
    #[error("folders inside one another, {DEEPEST} deep, were left out; name one of them: {}", folder.display())]
    Deep {
        /// The first that was left out.
        folder: PathBuf,
    },
    /// More models or names than a search takes.
    #[error(
        "the search stopped at {MOST_MODELS} models or {MOST_NAMES} names; name a folder to look through it alone"
    )]
    Stopped,
}

/// What kind of folder is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// One with models in it, or folders with models.
    Folder,
    /// Ollama's manifests.
    Manifests,
    /// Repositories of the Hugging Face cache.
    Hub,
    /// One of those.
    Repository,
}

/// A folder that waits to be looked at.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub store: Store,
    /// The folder that names are counted from.
    pub root: Arc<Path>,
    /// What stands before them: `org/name` of a repository.
    pub prefix: Arc<str>,
    /// Whether models go by the store's own names: of a folder that was named, they go by their path.
    pub named: bool,
    pub path: PathBuf,
    pub depth: u32,
    pub what: What,
}

impl Task {
    /// Looks from a folder on.
    pub(super) fn new(store: Store, path: PathBuf, what: What, named: bool) -> Self {
        Self { store, root: path.as_path().into(), prefix: "".into(), named, path, depth: 0, what }
    }

    /// A folder inside.
    pub(super) fn inside(&self, name: &OsStr) -> Self {
        Self { path: self.path.join(name), depth: self.depth + 1, ..self.clone() }
    }

    /// A path as its store names it: from the root on, with slashes; empty for the root itself.
    pub(super) fn name_of(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.root).unwrap_or(path);
        let parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
        let parts: Vec<_> = std::iter::once(self.prefix.as_ref().into()).chain(parts).collect();
        let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).filter(|part| !part.is_empty()).collect();
        parts.join("/")
    }

    /// What `--model` takes for a path: the store's name where it gives one.
    pub(super) fn key_of(&self, path: &Path) -> Option<String> {
        let text = path.to_str()?;
        let own = self.named && self.store.has_names();
        Some(if own { format!("{}:{}", self.store.key(), self.name_of(path)) } else { text.to_owned() })
    }
}

/// What a search has seen and has still to look at.
pub(super) struct Look<'d> {
    pub disk: &'d dyn Disk,
    pub ready: VecDeque<Step>,
    tasks: Vec<Task>,
    seen: BTreeSet<FileId>,
    names: usize,
    progress: Progress,
    stopped: bool,
    /// Whether it was said that folders lie too deep; once is enough.
    too_deep: bool,
}

impl<'d> Look<'d> {
    pub(super) fn new(disk: &'d dyn Disk, mut tasks: Vec<Task>) -> Self {
        tasks.reverse();
        let (ready, seen, progress) = (VecDeque::new(), BTreeSet::new(), Progress::default());
        Self { disk, ready, tasks, seen, names: 0, progress, stopped: false, too_deep: false }
    }

    /// The next folder, unless the search has had enough.
    pub(super) fn next_task(&mut self) -> Option<Task> {
        if !self.stopped && (self.names >= MOST_NAMES || self.progress.models >= MOST_MODELS) {
            self.stopped = true;
            self.tasks.clear();
            self.ready.push_back(Step::Problem(StoreProblem::Stopped));
        }
        let task = self.tasks.pop()?;
        self.progress.looked += 1;
        Some(task)
    }

    pub(super) fn progress(&self) -> Progress {
        Progress { waiting: self.tasks.len(), ..self.progress }
    }

    /// The names of a folder in their order, each folder once; `None` where it is not there or was looked at.
    pub(super) fn list(&mut self, task: &Task) -> Option<Vec<Entry>> {
        let folder = &task.path;
        let listed = self.disk.about(folder).and_then(|about| {
            let anew = about.kind == FileKind::Folder && self.seen.insert(about.id);
            anew.then(|| self.disk.list(folder, MOST_IN_FOLDER)).transpose()
        });
        let mut listing = match listed {
            Ok(listing) => listing?,
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    self.problem(StoreProblem::Unreadable {
                        folder: folder.clone(),
                        reason: error.to_string(),
                    });
                }
                return None;
            }
        };
        self.names += listing.entries.len();
        if listing.more {
            self.problem(StoreProblem::ManyNames { folder: folder.clone() });
        }
        listing.entries.sort_by(|a, b| a.name.cmp(&b.name));
        Some(listing.entries)
    }

    /// Goes on with folders, in this order, after what is at hand.
    pub(super) fn go_on(&mut self, tasks: Vec<Task>) {
        if let Some(task) = tasks.iter().find(|task| task.depth > DEEPEST && !self.too_deep) {
            self.too_deep = true;
            self.problem(StoreProblem::Deep { folder: task.path.clone() });
        }
        self.tasks.extend(tasks.into_iter().rev().filter(|task| task.depth <= DEEPEST));
    }

    /// What a name is, with links followed; nothing for a link that leads nowhere.
    pub(super) fn kind(&self, folder: &Path, entry: &Entry) -> Option<FileKind> {
        if entry.kind != FileKind::Link {
            return Some(entry.kind);
        }
        self.disk.about(&folder.join(&entry.name)).ok().map(|about| about.kind)
    }

    /// A file of a model; nothing where it is none, or not there.
    pub(super) fn file(&self, path: &Path) -> Option<StoredFile> {
        let about = self.disk.about(path).ok().filter(|about| about.kind == FileKind::File)?;
        Some(StoredFile { id: about.id, bytes: about.bytes })
    }

    pub(super) fn found(&mut self, mut found: Found) {
        if self.progress.models >= MOST_MODELS {
            return;
        }
        if let Some((end, _)) = found.name.char_indices().nth(LONGEST_NAME) {
            found.name.truncate(end);
            found.name.push('…');
        }
        self.progress.models += 1;
        self.ready.push_back(Step::Model(Box::new(found)));
    }

    fn problem(&mut self, problem: StoreProblem) {
        self.ready.push_back(Step::Problem(problem));
    }
}
