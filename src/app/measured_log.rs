//! A log that was dropped on the window: what a program measured beside the estimate, and whether to keep it.

use std::path::Path;
use std::sync::Arc;

use super::Plimsoll;
use super::overlays::Overlay;
use crate::app::text;
use crate::catalog::calibration;
use crate::detect::{THIS, kept_file, read_kept, with_kept};
use crate::engine::Assumptions;
use crate::evidence::logs::{LogRun, beside, kept};
use crate::report::{measured_words, save_with_folder};
use crate::spec::{KeptRun, Machine};

/// Most figures of a log that are shown.
const SHOWN: usize = 40;

/// What a log says beside the estimate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MeasuredLog {
    /// `Measured by Ollama, beside Chat 8B on MacBook Pro M5 Max`.
    pub title: String,
    /// A line a figure: what it is, of how many tokens, measured, estimated, how far apart, outside the band.
    pub lines: Vec<[String; 6]>,
    /// What can be kept; nothing where the machine is not the one it runs on.
    pub keep: Vec<KeptRun>,
}

/// Why runs are not kept.
#[derive(Debug, thiserror::Error)]
enum KeepError {
    /// A speed that is no number.
    #[error(transparent)]
    Written(#[from] ron::Error),
    /// The file cannot be written.
    #[error(transparent)]
    Save(#[from] crate::report::SaveError),
}

impl Plimsoll {
    /// Shows a log beside what is asked.
    pub(super) fn show_log(&mut self, runs: &[LogRun]) {
        let Some(machine) = self.answers.machine.clone() else {
            self.toasts.error(text::this_machine_is_still_being());
            return;
        };
        let scenario = &self.state.scenario;
        let bare = Arc::new(Machine { runs: Vec::new(), ..Machine::clone(&machine) });
        let assumptions = Assumptions::new(calibration());
        let (mut lines, mut keep, mut programs) = (Vec::new(), Vec::new(), Vec::new());
        for run in runs {
            if !programs.contains(&run.program.label()) {
                programs.push(run.program.label());
            }
            for figure in &run.figures {
                if lines.len() == SHOWN {
                    break;
                }
                let held = beside(run.program, *figure, scenario, &bare, &assumptions);
                lines.push(measured_words(&held));
                let runtime = run.program.runtime();
                keep.extend(kept(&held, runtime, scenario, &machine, &self.outside.today));
            }
        }
        if machine.id != THIS || self.outside.user_folder.is_none() {
            keep.clear();
        }
        let on = super::names::in_sentence(&machine);
        let title = text::measured_by_beside_on(&programs.join(", "), &scenario.name, &on);
        self.overlay = Overlay::Log(MeasuredLog { title, lines, keep });
    }

    /// Keeps runs in the user's folder, and estimates with them from now on.
    pub(super) fn keep_runs(&mut self, more: Vec<KeptRun>) {
        let Some(folder) = self.outside.user_folder.clone() else { return };
        match write(&folder, self.kept.clone(), more) {
            Ok(()) => {
                self.load_kept();
                self.rebuild_machines();
                self.refresh();
                self.toasts.say(text::kept_in(&kept_file(&folder).display()));
            }
            Err(error) => self.toasts.error(error.to_string()),
        }
    }

    /// Reads the runs that were kept before.
    pub(super) fn load_kept(&mut self) {
        let Some(folder) = &self.outside.user_folder else { return };
        match read_kept(self.outside.world.as_ref(), folder) {
            Ok(kept) => self.kept = kept,
            Err(problem) => self.toasts.error(problem.to_string()),
        }
    }
}

fn write(folder: &Path, runs: Vec<KeptRun>, more: Vec<KeptRun>) -> Result<(), KeepError> {
    Ok(save_with_folder(&kept_file(folder), &with_kept(runs, more)?)?)
}
