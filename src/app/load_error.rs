//! Why a file, a family or a session does not open, and why a file is not saved.

use std::path::PathBuf;

use thiserror::Error;

use crate::app::text;
use crate::catalog::UnknownId;
use crate::import::ImportError;
use crate::report::{PixelsError, ReadError, SaveError, UnknownFormat};
use crate::spec::preset::{KeyError, PresetError, ResolveError};

/// Why nothing opens.
#[derive(Debug, Error)]
pub(super) enum LoadError {
    /// The file cannot be read as text.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The text is no preset and no report.
    #[error(transparent)]
    Text(#[from] PresetError),
    /// The file is no model that is understood.
    #[error(transparent)]
    Model(#[from] ImportError),
    /// The catalog has no such preset.
    #[error(transparent)]
    Unknown(#[from] UnknownId),
    /// A key or its value is not as it should be.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// What the keys say does not go together.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The same of a file.
    #[error("{file}: {error}")]
    Inside {
        /// The file.
        file: String,
        /// What does not go together.
        error: ResolveError,
    },
    /// A list without a preset.
    #[error("{}", text::the_list_holds_no_preset(.0))]
    Empty(String),
    /// A path that presets could not keep.
    #[error("{}", text::a_models_path_has_to_be_utf_8(&.0.display()))]
    Path(PathBuf),
    /// A model whose architecture is not known: what was read of it, sentence by sentence.
    #[error("{0}")]
    Architecture(String),
    /// A file that holds something else.
    #[error("{}", text::it_holds_no_scenario())]
    NoScenario,
}

/// Why a report is not saved.
#[derive(Debug, Error)]
pub(super) enum ReportError {
    /// The name asks for no format that there is.
    #[error(transparent)]
    Format(#[from] UnknownFormat),
    /// Its charts cannot be turned into pixels.
    #[error(transparent)]
    Pixels(#[from] PixelsError),
    /// The file cannot be written.
    #[error(transparent)]
    Save(#[from] SaveError),
}
