//! What is kept from one session to the next: the scenario, the machines, the looks.

use std::collections::BTreeSet;
use std::path::PathBuf;

use eframe::{Storage, egui};
use serde::{Deserialize, Serialize};

use super::Plimsoll;
use super::files::{Loaded, load_text};
use super::sort::Sort;
use super::state::AppState;
use super::theme_choice::ThemeChoice;
use crate::detect::Overrides;
use crate::engine::axis::Axis;
use crate::spec::Scenario;
use crate::spec::preset::write;

const KEY: &str = "session";
/// Seconds after the last change until it is written.
const PAUSE: f64 = 1.0;

/// What is kept.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Session {
    /// The scenario as a preset.
    scenario: String,
    /// The scenario as it was saved last, as a preset: it differs while there are unsaved changes.
    saved: String,
    path: Option<PathBuf>,
    recent: Vec<PathBuf>,
    machine: String,
    compared: BTreeSet<String>,
    axis: String,
    filter: String,
    sort: String,
    overrides: Overrides,
    theme: String,
    zoom: f32,
}

/// When the session was written last, and since when it waits to be.
#[derive(Debug, Default)]
pub(super) struct Autosave {
    kept: Option<Session>,
    waits_since: Option<f64>,
}

impl Plimsoll {
    fn session(&self, zoom: f32) -> Session {
        Session {
            scenario: write(&self.state.scenario, None),
            saved: write(&self.file.saved, None),
            path: self.file.path.clone(),
            recent: self.file.recent.clone(),
            machine: self.state.machine.clone(),
            compared: self.state.compared.clone(),
            axis: self.state.axis.key().to_owned(),
            filter: self.state.filter.clone(),
            sort: self.state.sort.key().to_owned(),
            overrides: self.state.overrides.clone(),
            theme: self.looks.theme.key().to_owned(),
            zoom,
        }
    }

    /// Writes the session a moment after it changed, so that a crash costs no more than that moment.
    pub(super) fn keep_session(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        let Some(storage) = frame.storage_mut() else { return };
        if self.held {
            return;
        }
        let now = self.session(ctx.zoom_factor());
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
        put(storage, &now);
        storage.flush();
        self.autosave.kept = Some(now);
        self.autosave.waits_since = None;
    }

    /// Writes the session when the window closes.
    pub(super) fn store_session(&mut self, storage: &mut dyn Storage) {
        let zoom = self.autosave.kept.as_ref().map_or(1.0, |kept| kept.zoom);
        put(storage, &self.session(zoom));
    }

    /// Takes up where the last session left off; what cannot be read again costs only itself, and is said.
    pub(super) fn restore(&mut self, ctx: &egui::Context, storage: &dyn Storage) {
        let Some(text) = storage.get_string(KEY) else { return };
        let Ok(session) = ron::from_str::<Session>(&text) else {
            self.toasts.error("The last session could not be read, so this is a fresh one");
            return;
        };
        match self.scenario_of(&session.scenario) {
            Ok(scenario) => {
                self.file.saved = self.scenario_of(&session.saved).unwrap_or_else(|_| scenario.clone());
                self.file.path = session.path;
                self.state = AppState { scenario, ..self.state.clone() };
            }
            Err(error) => self.toasts.error(format!("The last scenario could not be opened again: {error}")),
        }
        self.file.recent = session.recent;
        self.state.machine = session.machine;
        self.state.compared = session.compared;
        self.state.filter = session.filter;
        self.state.overrides = session.overrides;
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
        if (0.5..=4.0).contains(&session.zoom) {
            ctx.set_zoom_factor(session.zoom);
        }
        if self.state.machine != crate::detect::THIS && self.catalog.machine(&self.state.machine).is_err() {
            crate::detect::THIS.clone_into(&mut self.state.machine);
        }
        self.state.compared.retain(|id| id == crate::detect::THIS || self.catalog.machine(id).is_ok());
        self.refresh();
    }

    fn scenario_of(&self, text: &str) -> Result<Scenario, String> {
        match load_text(text, "last session", &self.catalog, &self.machines, &self.outside.today)? {
            Loaded::Scenario { scenario, .. } => Ok(*scenario),
            Loaded::Model { .. } => Err("it holds no scenario".to_owned()),
        }
    }
}

fn put(storage: &mut dyn Storage, session: &Session) {
    if let Ok(text) = ron::to_string(session) {
        storage.set_string(KEY, text);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::app::outside::{Dialogs, Outside, Pending, Picked, Purpose};
    use crate::app::state::Change;
    use crate::catalog::Catalog;
    use crate::detect::ThisMachine;

    /// Keeps strings as eframe does.
    #[derive(Default)]
    struct Shelf(BTreeMap<String, String>);

    impl Storage for Shelf {
        fn get_string(&self, key: &str) -> Option<String> {
            self.0.get(key).cloned()
        }

        fn set_string(&mut self, key: &str, value: String) {
            self.0.insert(key.to_owned(), value);
        }

        fn remove_string(&mut self, key: &str) {
            self.0.remove(key);
        }

        fn flush(&mut self) {}
    }

    struct NoDialogs;

    impl Dialogs for NoDialogs {
        fn ask(&self, _purpose: Purpose, _suggested: &str) -> Pending {
            Box::new(|| Picked::NoDialog)
        }
    }

    fn window(ctx: &egui::Context) -> Plimsoll {
        let outside = Outside {
            user_folder: None,
            world: Arc::new(ThisMachine),
            dialogs: Arc::new(NoDialogs),
            today: "2026-11-21".to_owned(),
        };
        Plimsoll::open(ctx, Catalog::built_in(), outside).expect("the window opens")
    }

    #[test]
    fn the_next_session_takes_up_where_the_last_left_off() {
        let ctx = egui::Context::default();
        let mut last = window(&ctx);
        for change in [
            Change::Axis(Axis::CONTEXT, 32_768.0),
            Change::Machine("rtx-4090-24gb".to_owned()),
            Change::Compare("rtx-5090-32gb".to_owned()),
            Change::PlotAxis(Axis::CONCURRENCY),
            Change::Sort(Sort::Memory),
            Change::Filter("rtx".to_owned()),
        ] {
            last.carry_out(&ctx, vec![crate::app::command::Command::Change(change)]);
        }
        let mut shelf = Shelf::default();
        last.store_session(&mut shelf);
        let mut next = window(&ctx);
        next.restore(&ctx, &shelf);
        assert_eq!(next.state, last.state);
        assert!(next.edited(), "unsaved changes are still unsaved");
    }

    #[test]
    fn a_session_that_cannot_be_read_costs_only_itself() {
        let ctx = egui::Context::default();
        let mut shelf = Shelf::default();
        shelf.set_string(KEY, "(scenario: \"(model: \\\"no-such-model\\\")\", filter: \"mac\"".to_owned());
        let mut next = window(&ctx);
        let fresh = next.state.clone();
        next.restore(&ctx, &shelf);
        assert_eq!(next.state, fresh);
        shelf.set_string(KEY, "(scenario: \"(model: \\\"no-such-model\\\")\", filter: \"mac\")".to_owned());
        next.restore(&ctx, &shelf);
        assert_eq!(next.state.scenario, fresh.scenario, "the scenario cannot be opened again");
        assert_eq!(next.state.filter, "mac", "the rest is taken up");
    }
}
