//! Keeping the speeds of a log as this machine's.

use std::sync::Arc;

use super::Measured;
use crate::cli::error::CliError;
use crate::cli::{Context, Outside};
use crate::detect::{kept_file, with_kept};
use crate::evidence::logs::kept;
use crate::report::save_with_folder;
use crate::spec::{KeptRun, Machine, Scenario};

/// Writes the speeds of one request into the user's folder; returns the file.
///
/// # Errors
/// When there is none to keep, or the folder does not take it.
pub(in crate::cli) fn keep(
    measured: &[Measured],
    scenario: &Scenario,
    machine: &Arc<Machine>,
    (context, outside): (&Context, &Outside<'_>),
) -> Result<String, CliError> {
    let folder = outside.user_folder.as_deref().ok_or(CliError::NoFolder)?;
    let of_run = |own: &Measured| {
        let runtime = own.run.program.runtime();
        let kept =
            own.figures.iter().filter_map(|figure| kept(figure, runtime, scenario, machine, &context.today));
        kept.collect::<Vec<_>>()
    };
    let more: Vec<KeptRun> = measured.iter().flat_map(of_run).collect();
    if more.is_empty() {
        return Err(CliError::NothingToKeep);
    }
    let path = kept_file(folder);
    let text = with_kept(context.runs.clone(), more).map_err(CliError::written)?;
    save_with_folder(&path, &text)?;
    Ok(path.display().to_string())
}
