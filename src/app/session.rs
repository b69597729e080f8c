//! What is kept from one session to the next: the scenario, the machines, the looks.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use eframe::egui;
use egui::{Vec2, vec2};
use serde::{Deserialize, Serialize};

use super::Plimsoll;
use super::files::{Loaded, load_text};
use super::load_error::LoadError;
use super::panels::layout::{Sides, Widths};
use super::session_file::{self, SessionError};
use super::settings::Settings;
use super::sort::Sort;
use super::state::AppState;
use super::theme_choice::ThemeChoice;
use crate::app::text;
use crate::detect::Overrides;
use crate::engine::axis::Axis;
use crate::report::{SaveError, SavedUse};
use crate::spec::Scenario;
use crate::spec::preset::write;

/// Seconds after the last change until it is written.
const PAUSE: f64 = 1.0;

/// A scenario in a tab that does not show.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct SavedTab {
    scenario: String,
    saved: String,
    path: Option<PathBuf>,
}

/// What is kept.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Session {
    /// The scenario as a preset.
    scenario: String,
    /// The scenario as it was saved last, as a preset: it differs while there are unsaved changes.
    saved: String,
    /// Paths are kept as text; one that is no text is not.
    path: Option<PathBuf>,
    /// Scenarios in tabs before it, and behind it.
    before: Vec<SavedTab>,
    behind: Vec<SavedTab>,
    recent: Vec<PathBuf>,
    machine: String,
    compared: BTreeSet<String>,
    axis: String,
    filter: String,
    sort: String,
    overrides: Overrides,
    /// How machines are used, for what they cost.
    usage: Option<SavedUse>,
    settings: Settings,
    theme: String,
    zoom: f32,
    /// Side panels: those beside an answer, a comparison, models and evidence, and their widths.
    sides: Option<[Sides; 4]>,
    widths: Widths,
    /// Width and height of the window while it is not maximized, in points without zoom.
    size: Option<(f32, f32)>,
    maximized: bool,
}

impl Session {
    /// The size the window had, if that is one a window can have.
    pub(super) fn size(&self) -> Option<Vec2> {
        let usual = 100.0..=20_000.0;
        self.size
            .filter(|(width, height)| usual.contains(width) && usual.contains(height))
            .map(|(width, height)| vec2(width, height))
    }

    /// Whether the window was maximized.
    pub(super) const fn maximized(&self) -> bool {
        self.maximized
    }
}

/// The window as it was drawn last.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    zoom: f32,
    /// Its size when it was last not maximized.
    size: Option<Vec2>,
    maximized: bool,
}

impl Default for Drawn {
    fn default() -> Self {
        Self { zoom: 1.0, size: None, maximized: false }
    }
}

impl Drawn {
    fn look(&mut self, ctx: &egui::Context) {
        self.zoom = ctx.zoom_factor();
        self.maximized = ctx.input(|input| input.viewport().maximized).unwrap_or_default();
        if !self.maximized {
            self.size = Some((ctx.viewport_rect().size() * self.zoom).round());
        }
    }
}

/// When the session was written last, and since when it waits to be.
#[derive(Debug, Default)]
pub(super) struct Autosave {
    drawn: Drawn,
    kept: Option<Session>,
    waits_since: Option<f64>,
    /// The session that is being written, off the frame thread.
    writing: Option<(Session, JoinHandle<Result<(), SaveError>>)>,
    /// Whether the last one could not be written, which is said once.
    failed: bool,
}

impl Plimsoll {
    fn session(&self) -> Session {
        let Drawn { zoom, size, maximized } = self.autosave.drawn;
        let is_text = |path: &&PathBuf| path.to_str().is_some();
        let mut waiting = self.state.tabs.waiting().map(|tab| SavedTab {
            scenario: write(&tab.scenario, None),
            saved: write(self.saved(tab.id, &tab.scenario), None),
            path: self.file.path(tab.id).filter(is_text).cloned(),
        });
        Session {
            scenario: write(&self.state.scenario, None),
            saved: write(self.saved(self.state.tabs.shown, &self.state.scenario), None),
            path: self.file.path(self.state.tabs.shown).filter(is_text).cloned(),
            before: waiting.by_ref().take(self.state.tabs.place()).collect(),
            behind: waiting.collect(),
            recent: self.file.recent.iter().filter(is_text).cloned().collect(),
            machine: self.state.machine.clone(),
            compared: self.state.compared.clone(),
            axis: self.state.axis.key().to_owned(),
            filter: self.state.filter.clone(),
            sort: self.state.sort.key().to_owned(),
            overrides: self.state.overrides.clone(),
            usage: Some(self.state.usage.into()),
            settings: self.settings.clone(),
            theme: self.looks.theme.key().to_owned(),
            zoom,
            sides: Some(self.looks.all_sides()),
            widths: self.looks.widths,
            size: size.map(|size| (size.x, size.y)),
            maximized,
        }
    }

    /// What a tab was last saved as.
    fn saved<'a>(&'a self, tab: u32, now: &'a Scenario) -> &'a Scenario {
        self.file.of_tab.get(&tab).map_or(now, |of| &of.saved)
    }

    /// Takes up tabs behind the one that shows; one that cannot be read costs only itself.
    fn take_up_tab(&mut self, tab: SavedTab) -> Option<u32> {
        match self.scenario_of(&tab.scenario) {
            Ok(scenario) => {
                let saved = self.scenario_of(&tab.saved).unwrap_or_else(|_| scenario.clone());
                let id = self.state.keep_behind(scenario);
                self.note_file(id, saved, tab.path);
                Some(id)
            }
            Err(error) => {
                self.toasts.error(text::a_scenario_of_the_last(&error));
                None
            }
        }
    }

    /// Writes the session a moment after it changed, so that a crash costs no more than that moment.
    pub(super) fn keep_session(&mut self, ctx: &egui::Context) {
        let Some(path) = self.outside.session_file.clone() else { return };
        if self.autosave.writing.as_ref().is_some_and(|(_, writing)| writing.is_finished()) {
            self.written();
        }
        self.autosave.drawn.look(ctx);
        if self.held || self.autosave.writing.is_some() {
            return;
        }
        let now = self.session();
        if self.autosave.kept.as_ref() == Some(&now) {
            self.autosave.waits_since = None;
            return;
        }
        let time = ctx.input(|input| input.time);
        let since = *self.autosave.waits_since.get_or_insert(time);
        if time - since < PAUSE {
            ctx.request_repaint_after_secs(1.0);
            return;
        }
        self.autosave.waits_since = None;
        let Ok(text) = session_file::text(&now) else { return };
        let ctx = ctx.clone();
        let writing = std::thread::spawn(move || {
            let written = session_file::write(&path, &text);
            ctx.request_repaint();
            written
        });
        self.autosave.writing = Some((now, writing));
    }

    /// Takes in that the session was written, or why not; waits for it where it is still being written.
    fn written(&mut self) {
        let Some((session, writing)) = self.autosave.writing.take() else { return };
        // A session that could not be written is tried again with the next change.
        self.autosave.kept = Some(session);
        match writing.join() {
            Ok(Err(error)) if !self.autosave.failed => {
                self.autosave.failed = true;
                self.toasts.error(text::the_session_is_not_kept(&error));
            }
            Ok(Ok(())) => self.autosave.failed = false,
            Ok(Err(_)) | Err(_) => {}
        }
    }

    /// Writes the session when the window closes.
    pub(super) fn store_session(&mut self) {
        let Some(path) = self.outside.session_file.clone() else { return };
        self.written();
        let now = self.session();
        if self.autosave.kept.as_ref() == Some(&now) && !self.autosave.failed {
            return;
        }
        let Ok(text) = session_file::text(&now) else { return };
        if let Err(error) = session_file::write(&path, &text) {
            // There is no window left to say it in.
            let said = writeln!(std::io::stderr(), "The session is not kept: {error}");
            drop(said);
        }
    }

    /// Takes up where the last session left off. What cannot be read again is set aside and said, and costs only
    /// itself.
    pub(super) fn restore(&mut self, ctx: &egui::Context, last: Result<Option<Session>, SessionError>) {
        let taken_up = match last {
            Ok(None) => return,
            Ok(Some(session)) => self.take_up(ctx, session),
            Err(error) => Err(error),
        };
        if let (Err(error), Some(path)) = (taken_up, self.outside.session_file.clone()) {
            self.set_aside(&path, &error);
        }
    }

    fn set_aside(&mut self, path: &Path, error: &SessionError) {
        let why = text::the_last_session_could(&error);
        match session_file::set_aside(path) {
            Ok(aside) => self.toasts.error(text::it_is_kept_as(&why, &aside.display())),
            Err(reason) => {
                // It would be overwritten otherwise.
                self.outside.session_file = None;
                self.toasts.error(text::it_is_left(&why, &reason));
            }
        }
    }

    fn take_up(&mut self, ctx: &egui::Context, session: Session) -> Result<(), SessionError> {
        let opened = self.scenario_of(&session.scenario);
        if let Ok(scenario) = &opened {
            let saved = self.scenario_of(&session.saved).unwrap_or_else(|_| scenario.clone());
            self.note_file(self.state.tabs.shown, saved, session.path);
            self.state = AppState { scenario: scenario.clone(), ..self.state.clone() };
        }
        self.file.recent = session.recent;
        let before: Vec<u32> = session.before.into_iter().filter_map(|tab| self.take_up_tab(tab)).collect();
        self.state.move_behind(before.len());
        for tab in session.behind {
            self.take_up_tab(tab);
        }
        self.state.machine = session.machine;
        self.state.compared = session.compared;
        self.state.filter = session.filter;
        self.state.overrides = session.overrides;
        self.state.usage = session.usage.map_or(self.state.usage, Into::into);
        self.set_settings(ctx, session.settings);
        let axes = Axis::available(&self.state.scenario);
        if let Some(axis) = axes.iter().find(|axis| axis.key() == session.axis) {
            self.state.axis = *axis;
        }
        if let Some(sort) = Sort::ALL.into_iter().find(|sort| sort.key() == session.sort) {
            self.state.sort = sort;
        }
        if let Some(theme) = ThemeChoice::ALL.into_iter().find(|theme| theme.key() == session.theme) {
            self.looks.theme = theme;
            ctx.set_theme(theme.preference());
        }
        self.looks.widths = session.widths;
        if let Some(sides) = session.sides {
            self.looks.show_sides(sides);
        }
        if (0.5..=4.0).contains(&session.zoom) {
            ctx.set_zoom_factor(session.zoom);
            self.autosave.drawn.zoom = session.zoom;
        }
        self.autosave.drawn.size = session.size.map(|(width, height)| vec2(width, height));
        if self.known(&self.state.machine).is_none() {
            crate::detect::THIS.clone_into(&mut self.state.machine);
        }
        let mut compared = std::mem::take(&mut self.state.compared);
        compared.retain(|id| self.known(id).is_some());
        self.state.compared = compared;
        self.refresh();
        opened.map(drop).map_err(SessionError::Scenario)
    }

    fn scenario_of(&self, text: &str) -> Result<Scenario, LoadError> {
        match load_text(text, text::last_session(), &self.catalog, &self.machines, &self.outside.today)? {
            Loaded::Scenario { scenario, .. } => Ok(*scenario),
            Loaded::Model { .. } | Loaded::Log(_) => Err(LoadError::NoScenario),
        }
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
