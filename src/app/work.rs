//! Work off the frame thread: its results are collected before a frame.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use eframe::egui;

use super::Plimsoll;
use super::data::accuracy::AccuracyData;
use super::data::claims::ClaimsData;
use super::data::plan::{self, PlanData};
use super::data::ranked::{Ask, RankedData};
use super::data::sources::SourcesData;
use super::files::{self, Loaded};
use super::load_error::{LoadError, ReportError};
use super::made::Made;
use super::outside::{Picked, Purpose};
use super::overlays::Overlay;
use super::settings::Settings;
use super::text::Texts;
use crate::app::text;
use crate::detect::{Detected, detect};
use crate::evidence::EvidenceError;
use crate::report;
use crate::report::{Format, SaveError};
use crate::spec::{Measured, Scenario};
use crate::units::Display;

/// Something that was finished.
#[derive(Debug)]
pub(super) enum Done {
    /// This machine was looked at.
    Detected(Box<Detected>),
    /// This machine was measured, with why the rates could not be kept; `None` where it was stopped.
    Measured(Option<(Measured, Option<String>)>),
    /// A file was asked for.
    Picked(Purpose, Picked),
    /// A file was read.
    Loaded(PathBuf, Result<Loaded, LoadError>),
    /// A file to compare with was read.
    Beside(Box<Result<Loaded, LoadError>>),
    /// The scenario was saved, or why not.
    Saved(PathBuf, Box<(u32, Scenario)>, Result<(), SaveError>),
    /// A report was saved, or why not.
    Reported(PathBuf, Result<(), ReportError>),
    /// A folder was opened; `false` where nothing opens one.
    Opened(PathBuf, bool),
    /// Predictions were held against measurements, or why not.
    Accuracy(Box<Result<AccuracyData, EvidenceError>>),
    /// The scenario was planned.
    Planned(Box<(plan::Ask, PlanData)>),
    /// This machine was looked through for models.
    LookedForModels,
    /// Models were ranked for what was asked.
    Ranked(Box<(Ask, Option<RankedData>)>),
    /// Claims were checked: of a text, or of the documents.
    Claims(Box<(Option<String>, ClaimsData)>),
    /// It was looked up where figures come from.
    Sources(Box<SourcesData>),
}

/// Threads at work and what they send.
pub(super) struct Work {
    sender: Sender<Done>,
    receiver: Receiver<Done>,
    /// Files being asked for, read or written, and looks at this machine.
    pub running: usize,
}

impl Work {
    /// Nothing at work yet.
    pub(super) fn new() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver, running: 0 }
    }

    /// Runs a job in a thread of its own, and wakes the window when it is done.
    pub(super) fn start(&mut self, ctx: &egui::Context, job: impl FnOnce() -> Done + Send + 'static) {
        self.running += 1;
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        let (display, texts) = (Display::chosen(), Texts::chosen());
        std::thread::spawn(move || {
            display.choose();
            texts.choose();
            // The window may be gone by now; then nobody is waiting for it.
            if sender.send(job()).is_ok() {
                ctx.request_repaint();
            }
        });
    }
}

impl Plimsoll {
    /// Whether something is being looked at, asked for, read or written in the background.
    pub fn is_working(&self) -> bool {
        self.work.running > 0
    }

    /// Looks at this machine.
    pub(super) fn start_detection(&mut self, ctx: &egui::Context) {
        let (world, catalog) = (Arc::clone(&self.outside.world), Arc::clone(&self.catalog));
        self.work.start(ctx, move || Done::Detected(Box::new(detect(world.as_ref(), &catalog.machines))));
    }

    /// Asks for a file.
    pub(super) fn start_asking(&mut self, ctx: &egui::Context, purpose: Purpose) {
        let pending = self.outside.dialogs.ask(purpose, &self.suggested_name(purpose));
        self.work.start(ctx, move || Done::Picked(purpose, pending()));
    }

    /// Reads a file.
    pub(super) fn start_loading(&mut self, ctx: &egui::Context, path: PathBuf) {
        let (catalog, machines) = (Arc::clone(&self.catalog), self.machines.clone());
        let today = self.outside.today.clone();
        self.work.start(ctx, move || {
            let loaded = files::load(&path, &catalog, &machines, &today);
            Done::Loaded(path, loaded)
        });
    }

    /// Reads a file to compare with.
    pub(super) fn start_laying_beside(&mut self, ctx: &egui::Context, path: PathBuf) {
        let (catalog, machines) = (Arc::clone(&self.catalog), self.machines.clone());
        let today = self.outside.today.clone();
        self.work.start(ctx, move || Done::Beside(Box::new(files::load(&path, &catalog, &machines, &today))));
    }

    /// Writes the scenario as a preset.
    pub(super) fn start_saving(&mut self, ctx: &egui::Context, path: PathBuf) {
        let (tab, scenario) = (self.state.tabs.shown, self.state.scenario.clone());
        let text = crate::spec::preset::write(&scenario, Some(&self.state.machine));
        self.work.start(ctx, move || {
            let saved = report::save(&path, &text);
            Done::Saved(path, Box::new((tab, scenario)), saved)
        });
    }

    /// Writes a report in the format its name asks for.
    pub(super) fn start_reporting(&mut self, ctx: &egui::Context, path: PathBuf) {
        let report = Settings::in_files(|| self.report());
        self.work.start(ctx, move || {
            // What is saved is read elsewhere, where nobody knows what this window shows.
            Display::default().choose();
            let saved = report::Format::of_path(&path).map_err(ReportError::from).and_then(|format| {
                report::save_bytes(&path, &report::export_bytes(&report, format)?).map_err(ReportError::from)
            });
            Done::Reported(path, saved)
        });
    }

    /// Opens a folder in the file manager.
    pub(super) fn start_opening_folder(&mut self, ctx: &egui::Context, folder: PathBuf) {
        let opening = self.outside.dialogs.open_folder(&folder);
        self.work.start(ctx, move || Done::Opened(folder, opening()));
    }

    /// Takes in what was finished since the last frame.
    pub(super) fn collect_work(&mut self, ctx: &egui::Context) {
        while let Ok(done) = self.work.receiver.try_recv() {
            self.work.running = self.work.running.saturating_sub(1);
            self.finish(ctx, done);
            self.refresh();
        }
    }

    fn finish(&mut self, ctx: &egui::Context, done: Done) {
        match done {
            Done::Detected(detected) => {
                self.detected = Some(*detected);
                self.rebuild_machines();
            }
            Done::Measured(measured) => self.measured(measured),
            Done::Picked(purpose, Picked::File(path)) => self.picked(ctx, purpose, path),
            Done::Picked(_, Picked::Cancelled) | Done::Opened(_, true) => {}
            Done::Picked(purpose, Picked::NoDialog) => self.ask_in_window(purpose),
            Done::Loaded(path, Ok(loaded)) => self.opened(Some(path), loaded),
            Done::Saved(path, of, Ok(())) => {
                self.toasts.saved(text::saved_to(&path.display()), &path);
                self.note_file(of.0, of.1, Some(path.clone()));
                self.remember(path);
            }
            Done::Reported(path, Ok(())) => {
                self.toasts.saved(text::report_saved_to(&path.display()), &path);
                if path.extension().is_some_and(|ending| ending == "ron") {
                    self.remember(path);
                }
            }
            Done::Opened(folder, false) => self.toasts.error(text::nothing_opens_folders(&folder.display())),
            Done::Accuracy(data) => self.evidence.accuracy = Made::Ready(*data),
            Done::Beside(loaded) => self.lay_beside(*loaded),
            Done::Planned(planned) => {
                self.plans.take(planned.0, planned.1);
                if self.waits_to_fit() {
                    self.make_it_fit(ctx);
                }
            }
            Done::LookedForModels => self.on_disk.ended(),
            Done::Ranked(ranked) => self.models.take(ranked.0, ranked.1),
            Done::Claims(checked) => self.take_claims(checked.0, checked.1),
            Done::Sources(data) => self.evidence.sources = Made::Ready(*data),
            Done::Loaded(_, Err(error)) => self.toasts.error(error.to_string()),
            Done::Saved(path, _, Err(error)) => self.not_saved(Purpose::SavePreset, &path, error.to_string()),
            Done::Reported(path, Err(error)) => {
                let format = Format::of_path(&path).unwrap_or(Format::Html);
                self.not_saved(Purpose::SaveReport(format), &path, error.to_string());
            }
        }
    }

    /// A file could not be written: its path is asked for again, as it was typed.
    pub(super) fn not_saved(&mut self, purpose: Purpose, path: &std::path::Path, why: String) {
        self.toasts.error(why.clone());
        self.overlay = Overlay::path_again(purpose, path.display().to_string(), why);
    }
}
