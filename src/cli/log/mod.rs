//! What programs printed of their own runs, beside the estimate of `check`, and kept where that is asked.

mod keep;
mod show;

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use keep::keep;
pub(super) use show::{WithLog, words};

use super::error::{CliError, LogError};
use crate::engine::Assumptions;
use crate::evidence::logs::{Beside, LogRun, beside as held_beside, read_log};
use crate::spec::{Machine, Scenario};

/// Longest text of a log that is read; what follows is left out.
const LONGEST: u64 = 16 << 20;

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
        let (text, cut) = text(path)?;
        let runs = read_log(&text).map_err(LogError::from)?;
        Ok(Log { path: path.clone(), runs, cut })
    };
    paths.iter().map(|path| log(path).map_err(|error| CliError::Log(path.clone(), error))).collect()
}

/// The beginning of a regular file, and whether there is more; what is no UTF-8 in it is replaced.
fn text(path: &Path) -> Result<(String, bool), LogError> {
    // Looked at before opening: opening a named pipe waits for someone to write to it.
    if !fs::metadata(path).map_err(LogError::Unreadable)?.is_file() {
        return Err(LogError::NotRegular);
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(LogError::Unreadable)?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(LogError::Unreadable)?;
    let cut = bytes.len() as u64 > LONGEST;
    // PowerShell redirects in UTF-16.
    let text = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => {
            let units = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        all => String::from_utf8_lossy(all).into_owned(),
    };
    Ok((text, cut))
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
