//! The outside world as the window sees it; tests give their own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::detect::World;
use crate::import::stores::Disk;
use crate::report::Format;
use crate::units::Numbers;

/// What came of asking for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picked {
    /// This one.
    File(PathBuf),
    /// None; the user thought better of it.
    Cancelled,
    /// No dialog can be shown here; the window asks for a path itself.
    NoDialog,
}

/// What a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To open a preset, a report or a model.
    Open,
    /// To take prices from.
    Prices,
    /// To save the scenario.
    SavePreset,
    /// To save a report, in this format unless the name says another.
    SaveReport(Format),
    /// To save the claims that are listed.
    SaveClaims,
}

/// A dialog that is being shown: called in a thread of its own, it waits for the answer.
pub type Pending = Box<dyn FnOnce() -> Picked + Send>;

/// A folder that is being opened: called in a thread of its own, it says whether something opened it.
pub type Opening = Box<dyn FnOnce() -> bool + Send>;

/// File dialogs of the system, and its file manager.
pub trait Dialogs {
    /// Begins to ask for a file; `suggested` is the name it is offered under when saving.
    fn ask(&self, purpose: Purpose, suggested: &str) -> Pending;

    /// Begins to open a folder in the file manager.
    fn open_folder(&self, folder: &Path) -> Opening;
}

/// Everything the window may touch.
#[derive(Clone)]
pub struct Outside {
    /// How this machine is looked at.
    pub world: Arc<dyn World + Send + Sync>,
    /// How models that are stored on it are looked for.
    pub disk: Arc<dyn Disk + Send + Sync>,
    /// How files are asked for.
    pub dialogs: Arc<dyn Dialogs>,
    /// The user's folder, where measurements are kept.
    pub user_folder: Option<PathBuf>,
    /// The file the session is kept in; none where it is not kept.
    pub session_file: Option<PathBuf>,
    /// How the system writes numbers.
    pub numbers: Numbers,
    /// The system's language, `de`: its texts are those of the user's folder where they lie there.
    pub language: String,
    /// Today, `YYYY-MM-DD`.
    pub today: String,
}
