//! Measuring this machine while the window stays in use.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use eframe::egui;

use super::Plimsoll;
use super::work::Done;
use crate::app::text;
use crate::detect::{Detected, measured_file, read_measured};
use crate::measure::{Subject, Watch, measure};
use crate::report::save_with_folder;
use crate::spec::Measured;

/// A measurement that is under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Measuring {
    /// Thousandths that are done.
    done: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
}

impl Measuring {
    /// The share that is done, 0 to 1.
    pub(super) fn share(&self) -> f32 {
        f32::from(u16::try_from(self.done.load(Ordering::Relaxed)).unwrap_or(1000)) / 1000.0
    }
}

impl Plimsoll {
    /// Begins to measure, unless it is being done.
    pub(super) fn start_measuring(&mut self, ctx: &egui::Context) {
        if self.measuring.is_some() {
            return;
        }
        let measuring = Measuring::default();
        self.measuring = Some(measuring.clone());
        let outside = self.outside.clone();
        let (world, folder, today) = (outside.world, outside.user_folder, outside.today);
        let shown = ctx.clone();
        self.work.start(ctx, move || {
            let system = world.system();
            let total = system.total.min(system.available);
            let subject = Subject { processor: system.cpu, total, threads: None, today };
            let progress = |share: f64| {
                measuring.done.store(thousandths(share), Ordering::Relaxed);
                shown.request_repaint();
            };
            let measured = measure(&subject, &Watch { progress: &progress, stop: &measuring.stop });
            // A measurement that was stopped is none, and no error either.
            let kept = measured.ok().map(|measured| {
                let problem = folder.and_then(|folder| keep(&measured, &folder).err());
                let problem = problem.map(|error| error.to_string());
                (measured, problem)
            });
            Done::Measured(kept)
        });
    }

    /// Stops measuring; nothing is kept.
    pub(super) fn stop_measuring(&self) {
        if let Some(measuring) = &self.measuring {
            measuring.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Takes in what was measured, with what went wrong when it was kept.
    pub(super) fn measured(&mut self, done: Option<(Measured, Option<String>)>) {
        self.measuring = None;
        let Some((measured, problem)) = done else {
            self.toasts.say(text::measuring_was_stopped());
            return;
        };
        self.measured = Some(measured);
        self.rebuild_machines();
        match problem {
            Some(problem) => self.toasts.error(problem),
            None => self.toasts.say(text::this_machine_was_measured()),
        }
    }

    /// Reads what was measured before.
    pub(super) fn load_measured(&mut self) {
        let Some(folder) = &self.outside.user_folder else { return };
        match read_measured(self.outside.world.as_ref(), folder) {
            Ok(measured) => self.measured = measured,
            Err(problem) => self.toasts.error(problem.to_string()),
        }
    }

    /// This machine as it was detected, with what was measured and what the user says laid over it; where the user says
    /// that it is another one, as the catalog has that.
    pub(super) fn this_machine(&self) -> Option<Detected> {
        let detected = self.as_detected()?;
        Some(self.state.overrides.apply(&detected))
    }

    /// The same without the values that the user set.
    pub(super) fn as_detected(&self) -> Option<Detected> {
        let detected = self.detected.as_ref()?;
        let other = self.state.overrides.machine.as_deref().and_then(|id| self.catalog.machine(id).ok());
        if let Some(other) = other {
            return Some(detected.as_if(other));
        }
        let detected = detected.with_runs(&self.kept);
        let measured = self.measured.as_ref().map(|measured| detected.with_measured(measured));
        Some(measured.unwrap_or(detected))
    }
}

fn keep(measured: &Measured, folder: &Path) -> Result<(), KeepError> {
    Ok(save_with_folder(&measured_file(folder), &measured.to_ron()?)?)
}

fn thousandths(share: f64) -> u32 {
    u32::try_from(crate::units::whole(share.clamp(0.0, 1.0) * 1000.0)).unwrap_or(1000)
}

/// Why what was measured is not kept.
#[derive(Debug, thiserror::Error)]
enum KeepError {
    /// A rate that is no number.
    #[error(transparent)]
    Written(#[from] ron::Error),
    /// The file cannot be written.
    #[error(transparent)]
    Save(#[from] crate::report::SaveError),
}
