//! Speeds that programs reported of their runs here, kept in the user's folder.

use std::path::{Path, PathBuf};

use super::Detected;
use super::finding::Finding;
use super::measured::MeasuredError;
use super::world::{ProbeError, World};
use crate::spec::KeptRun;

/// The file in the user's folder, beside what was measured.
pub fn kept_file(user_folder: &Path) -> PathBuf {
    user_folder.join("runs.ron")
}

/// The runs that were kept, oldest first; none where there is no such file.
///
/// # Errors
/// In a sentence, when the file cannot be read: with line and column where it is not as it was written.
pub fn read_kept(world: &dyn World, user_folder: &Path) -> Result<Vec<KeptRun>, MeasuredError> {
    let path = kept_file(user_folder);
    let bytes = match world.read(&path.to_string_lossy()) {
        Ok(bytes) => bytes,
        Err(ProbeError::NotFound) => return Ok(Vec::new()),
        Err(error) => return Err(MeasuredError::Probe(path, error)),
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut runs: Vec<KeptRun> =
        ron::from_str(&text).map_err(|error| MeasuredError::DamagedRuns(path, Box::new(error)))?;
    runs.retain(KeptRun::is_believable);
    runs.drain(..runs.len().saturating_sub(KeptRun::MOST));
    Ok(runs)
}

/// Runs with more of them, each in place of one that it replaces, as they are written down.
///
/// # Errors
/// Never for speeds that are numbers.
pub fn with_kept(mut runs: Vec<KeptRun>, more: Vec<KeptRun>) -> Result<String, ron::Error> {
    for new in more {
        runs.retain(|old| !new.replaces(old));
        runs.push(new);
    }
    runs.drain(..runs.len().saturating_sub(KeptRun::MOST));
    ron::ser::to_string_pretty(&runs, ron::ser::PrettyConfig::default()).map(|text| text + "\n")
}

impl Detected {
    /// The same with the runs that were kept on this very machine.
    #[must_use]
    pub fn with_runs(&self, runs: &[KeptRun]) -> Self {
        let mut result = self.clone();
        let here = |run: &&KeptRun| run.machine == self.machine.name;
        result.machine.runs = runs.iter().filter(here).cloned().collect();
        let kept = result.machine.runs.len();
        if kept > 0 {
            result.findings.push(Finding {
                name: "Kept runs".to_owned(),
                value: kept.to_string(),
                origin: "logs that were kept with `check --log FILE --keep`".to_owned(),
            });
        }
        result
    }
}
