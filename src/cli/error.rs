//! Why a command gave no answer.

use std::fmt::Display;
use std::path::PathBuf;

use thiserror::Error;

use crate::catalog::{NoMachine, UnknownId};
use crate::evidence::EvidenceError;
use crate::evidence::logs::LogError;
use crate::report::{PixelsError, ReadError, SaveError, UnknownFormat};
use crate::spec::preset::PresetError;
use crate::spec::{NotTogether, UnknownName};

/// Why a command gave no answer: what is wrong, where, and what would be right.
#[derive(Debug, Error)]
pub(super) enum CliError {
    /// `--set` without a value.
    #[error("`--set {0}` lacks `=`; write for example --set context=32k")]
    NoValue(String),
    /// A key or value that presets do not take.
    #[error("{0}")]
    Key(String),
    /// A preset that is understood and cannot be answered.
    #[error("{file}: {message}")]
    Preset {
        /// Its file.
        file: String,
        /// What is wrong with it.
        message: String,
    },
    /// What is wrong with an entry of a list, and where it stands.
    #[error("{file}:{line}:{column}: {error}")]
    Placed {
        /// Its file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        error: Box<Self>,
    },
    /// A list of no preset.
    #[error("{0}: the list holds no preset")]
    Empty(String),
    /// A text that is neither preset nor report.
    #[error(transparent)]
    Syntax(#[from] PresetError),
    /// A file that cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Standard input that cannot be read.
    #[error("standard input: {0}; presets are text in UTF-8")]
    Input(std::io::Error),
    /// More on standard input than presets are.
    #[error("standard input: more than {0} MiB; presets are text of a few KiB")]
    InputTooLong(u64),
    /// Neither a preset nor a file.
    #[error("{0}, and no such file; `plimsoll list presets` lists them all")]
    NoPreset(UnknownId),
    /// No machine of that id, or a description that describes none.
    #[error("{0}; `plimsoll list machines` lists them all")]
    NoMachine(NoMachine),
    /// A baseline that is none of the machines compared.
    #[error("--baseline {0} is none of the machines that are compared; name it in --machines too")]
    NoBaseline(String),
    /// Nothing to compare on.
    #[error("name the machines to compare, as in --machines rtx-4090,a100-80gb-sxm; a report brings its own")]
    NoMachines,
    /// Machines that are no cards of one computer.
    #[error(transparent)]
    NotTogether(#[from] NotTogether),
    /// A model whose path a preset could not hold.
    #[error("a model's path has to be UTF-8 text, because presets and reports keep it; rename it: {}", .0.display())]
    PathNotText(PathBuf),
    /// Several presets where one is asked about.
    #[error("this asks about one preset, and the file holds a list; `check` answers lists")]
    SeveralPresets,
    /// A setting that nothing can be solved for in this scenario.
    #[error("nothing to solve for `{0}` here; known are {1}")]
    NotSolvable(String, String),
    /// A workload of which only a lower bound of its memory is known.
    #[error(
        "nothing to solve for `{0}` here: how this is trained is not modelled, and a lower bound of its memory says what does \
         not fit, never what does"
    )]
    NotModelled(String),
    /// An option that says nothing to what is solved for.
    #[error("`{0}` says nothing to `--for {1}`: {2}")]
    NotHeard(&'static str, String, &'static str),
    /// Requests of a workload that answers none.
    #[error("requests at once are asked of a workload that generates text (family: inference)")]
    NoRequests,
    /// A scenario that its own keys no longer give.
    #[error("the preset cannot be read again with a setting changed")]
    NoPlan,
    /// A quantization that there is not.
    #[error(transparent)]
    Quantization(#[from] UnknownName),
    /// No model of that id.
    #[error("{0}; `plimsoll list models` lists them all")]
    NoModel(UnknownId),
    /// A log that cannot be read.
    #[error("{}: {_1}", _0.display())]
    Log(PathBuf, LogError),
    /// Speeds of another machine, or of several questions.
    #[error(
        "speeds are kept as those of this machine, for one model: leave --machine out, and give one preset"
    )]
    KeptElsewhere,
    /// A log without speeds that could be kept.
    #[error("nothing to keep: the log has no decode or prefill of one request that is estimated here")]
    NothingToKeep,
    /// A folder to look through that is none.
    #[error("{}: {_1}; name a folder that holds models", _0.display())]
    NoFolderThere(PathBuf, String),
    /// Models or quantizations for a workload that has none.
    #[error("this workload has no {0} to choose; leave --{0} out")]
    NoChoice(&'static str),
    /// A report to be saved in no known format.
    #[error(transparent)]
    Format(#[from] UnknownFormat),
    /// A file that could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// Charts that cannot be turned into pixels.
    #[error(transparent)]
    Pixels(#[from] PixelsError),
    /// An answer that cannot be written as JSON or RON.
    #[error("{0}")]
    Written(String),
    /// This machine could not be measured.
    #[error("{0}")]
    Measure(String),
    /// A system without a folder for settings.
    #[error("this system has no folder for settings; --dry-run prints the rates only")]
    NoFolder,
    /// The evidence could not be held against the engine.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// Standard output does not take the answer, as of a full disk.
    #[error("the answer could not be written: {0}")]
    Output(std::io::Error),
}

impl CliError {
    /// What presets say of a key or its value.
    pub(super) fn key(message: impl Display) -> Self {
        Self::Key(message.to_string())
    }

    /// What is wrong with a preset of a file.
    pub(super) fn preset(file: &str, message: impl Display) -> Self {
        Self::Preset { file: file.to_owned(), message: message.to_string() }
    }

    /// The same, without the file where what is wrong names it already, as of a model that is asked about by itself.
    pub(super) fn of_preset(file: &str, message: impl Display) -> Self {
        let message = message.to_string();
        if message.ends_with(file) { Self::Key(message) } else { Self::preset(file, message) }
    }

    /// Line and column of what is wrong, where they are known.
    pub(super) const fn place(&self) -> Option<(usize, usize)> {
        match self {
            Self::Placed { line, column, .. } | Self::Syntax(PresetError::Syntax { line, column, .. }) => {
                Some((*line, *column))
            }
            _ => None,
        }
    }

    /// What is wrong, without the place where it is known apart.
    pub(super) fn without_place(&self) -> String {
        match self {
            Self::Placed { error, .. } => error.to_string(),
            Self::Syntax(PresetError::Syntax { message, .. }) => message.clone(),
            other => other.to_string(),
        }
    }

    /// What a writer of a format says.
    pub(super) fn written(message: impl Display) -> Self {
        Self::Written(message.to_string())
    }
}
