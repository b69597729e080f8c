//! What programs printed of their own runs, beside the estimate of `check`, and kept where that is asked.

mod keep;
mod show;

use std::path::PathBuf;
use std::sync::Arc;

pub(super) use keep::keep;
pub(super) use show::{WithLog, words};

use super::error::CliError;
use crate::engine::Assumptions;
use crate::evidence::logs::{Beside, LogRun, beside as held_beside, read_log_file};
use crate::spec::{Machine, Scenario};

/// A log that was read.
pub(super) struct Log {
    path: PathBuf,
    runs: Vec<LogRun>,
    /// Whether it goes on after what was read.
    cut: bool,
}

/// A run of a log beside what was to be expected of it.
pub(super) struct Measured {
    /// The log's file.
    pub(super) path: PathBuf,
    /// The run.
    pub(super) run: LogRun,
    /// Its figures.
    pub(super) figures: Vec<Beside>,
    /// Whether the log goes on after what was read.
    pub(super) cut: bool,
}

/// Reads the logs.
///
/// # Errors
/// When one cannot be read, or has no figures.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Log>, CliError> {
    let log = |path: &PathBuf| {
        let (runs, cut) = read_log_file(path).map_err(|error| CliError::Log(path.clone(), error))?;
        Ok(Log { path: path.clone(), runs, cut })
    };
    paths.iter().map(log).collect()
}

/// Every figure of the logs beside the estimate, as it would be without any run that was kept.
pub(super) fn beside(
    logs: &[Log],
    scenario: &Scenario,
    machine: &Arc<Machine>,
    assumptions: &Assumptions<'_>,
) -> Vec<Measured> {
    let bare = Arc::new(Machine { runs: Vec::new(), ..Machine::clone(machine) });
    let measured = |log: &Log, run: &LogRun| Measured {
        path: log.path.clone(),
        run: run.clone(),
        figures: run
            .figures
            .iter()
            .map(|figure| held_beside(run.program, *figure, scenario, &bare, assumptions))
            .collect(),
        cut: log.cut,
    };
    logs.iter().flat_map(|log| log.runs.iter().map(|run| measured(log, run))).collect()
}
