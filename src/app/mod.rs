//! The window: state, commands and views. The only place that knows egui.

mod answers;
mod apply;
mod centre;
mod choose;
mod columns;
mod command;
mod convert;
mod data;
mod evaluated;
mod evidence;
mod file_manager;
mod files;
mod fonts;
mod form;
mod frame;
mod hints;
mod history;
mod load_error;
mod locale;
mod looks;
mod made;
mod map_axes;
mod measured_log;
mod measuring;
mod memo;
mod models;
mod names;
mod native_dialogs;
mod on_disk;
mod open_files;
mod open_tabs;
mod opening;
mod outside;
mod overlays;
mod pages;
mod panels;
mod plans;
mod program;
mod session;
mod session_file;
mod settings;
mod sort;
mod state;
mod subject;
mod switch;
mod tabs;
mod text;
mod theme;
mod theme_choice;
mod toast;
mod widgets;
mod window;
mod work;

pub use outside::{Dialogs, Opening, Outside, Pending, Picked, Purpose};
pub use window::{AppError, Options, display_problem, run};

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui;

use crate::catalog::Catalog;
use crate::detect::{Detected, THIS};
use crate::report::{SavedReport, Sheet};
use crate::spec::{KeptRun, Machine, Measured, Scenario};
use answers::{Answers, Machines};
use data::compare::CompareData;
use data::cost::CostData;
use data::machines::MachinesData;
use data::map::MapData;
use data::speed::SpeedData;
use evidence::Evidence;
use history::History;
use looks::Looks;
use measuring::Measuring;
use memo::Memo;
use models::Models;
use on_disk::OnDisk;
use open_files::{OfTab, OpenFiles};
use overlays::Overlay;
use pages::Place;
use plans::Plans;
use program::Program;
use session::Autosave;
use settings::Settings;
use state::AppState;
use subject::Subject;
use text::Texts;
use theme::Themes;
use toast::Toasts;
use work::Work;

/// The whole window.
pub struct Plimsoll {
    state: AppState,
    history: History,
    looks: Looks,
    file: OpenFiles,
    catalog: Arc<Catalog>,
    /// What was detected, before overrides; `None` while it is being looked at.
    detected: Option<Detected>,
    /// What was measured on this machine.
    measured: Option<Measured>,
    /// What programs reported of their runs on this machine, and the user kept.
    kept: Vec<KeptRun>,
    /// A measurement that is under way.
    measuring: Option<Measuring>,
    machines: Vec<Arc<Machine>>,
    machines_version: u64,
    /// What is written in words among the machines asked about.
    joined_ids: Vec<String>,
    answers: Answers,
    list: Memo<MachinesData>,
    /// The report that was opened last, with the scenario that it was of.
    saved: Option<(Scenario, Box<SavedReport>)>,
    pages: PageMemos,
    models: Models,
    plans: Plans,
    on_disk: OnDisk,
    evidence: Evidence,
    program: Program,
    settings: Settings,
    texts: Texts,
    themes: Themes,
    toasts: Toasts,
    overlay: Overlay,
    /// The figure whose working is open, and in which place it was opened.
    working: Option<(Place, Subject)>,
    work: Work,
    outside: Outside,
    autosave: Autosave,
    /// The window's title as it was last set.
    title: String,
    /// Seconds of the window's clock, and whether the pointer is down: they part one step of undo from the next.
    now: f64,
    held: bool,
}

/// What pages show, as it was last built.
#[derive(Debug, Default)]
struct PageMemos {
    speed: Memo<SpeedData>,
    cost: Memo<CostData>,
    map: MapData,
    compare: Memo<CompareData>,
    report: Memo<Sheet>,
}

impl Plimsoll {
    /// The window's content on a context, which gets its fonts and styles; this machine is being looked at.
    ///
    /// # Errors
    /// When a built-in theme is broken or the catalog lacks what the window starts with; the tests rule out both.
    pub fn open(ctx: &egui::Context, catalog: Catalog, outside: Outside) -> Result<Self, AppError> {
        let themes = Themes::built_in()?;
        let scenario = files::first_scenario(&catalog).map_err(|error| AppError::Catalog(Box::new(error)))?;
        themes.install(ctx);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        Settings { system: outside.numbers, ..Settings::default() }.display().choose();
        let (texts, wrong) = Texts::of(outside.user_folder.as_deref(), &outside.language);
        texts.choose();
        let mut window = Self::new(themes, Arc::new(catalog), scenario, outside);
        for wrong in wrong {
            window.toasts.error(wrong);
        }
        window.load_measured();
        window.load_kept();
        window.start_detection(ctx);
        Ok(window)
    }

    /// Takes in finished work and draws one frame, for a window that someone else holds open.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        self.choose();
        self.collect_work(ui.ctx());
        self.frame_ui(ui);
    }

    /// How figures and texts are read on this thread from now on.
    fn choose(&self) {
        self.settings.display().choose();
        self.texts.choose();
    }

    /// What is asked now.
    pub const fn scenario(&self) -> &Scenario {
        &self.state.scenario
    }

    /// Ticks a machine, or takes its tick away, as a click on its box does.
    pub fn compare(&mut self, ctx: &egui::Context, id: &str) {
        self.carry_out(ctx, vec![command::Command::Change(state::Change::Compare(id.to_owned()))]);
    }

    fn new(themes: Themes, catalog: Arc<Catalog>, scenario: Scenario, outside: Outside) -> Self {
        let state = AppState::new(scenario);
        let machines = catalog.machines.to_vec();
        let answers = Answers::new(&state, Machines { all: &machines, version: 0 });
        let settings = Settings { system: outside.numbers, ..Settings::default() };
        let mut file = OpenFiles::default();
        file.of_tab.insert(
            state.tabs.shown,
            OfTab { path: None, saved: state.scenario.clone(), starts: BTreeMap::new() },
        );
        Self {
            state,
            history: History::default(),
            looks: Looks::default(),
            file,
            catalog,
            detected: None,
            measured: None,
            kept: Vec::new(),
            measuring: None,
            machines,
            machines_version: 0,
            joined_ids: Vec::new(),
            answers,
            list: Memo::default(),
            saved: None,
            pages: PageMemos::default(),
            models: Models::default(),
            plans: Plans::default(),
            on_disk: OnDisk::default(),
            evidence: Evidence::default(),
            program: Program::default(),
            settings,
            texts: Texts::chosen(),
            themes,
            toasts: Toasts::default(),
            overlay: Overlay::default(),
            working: None,
            work: Work::new(),
            outside,
            autosave: Autosave::default(),
            title: String::new(),
            now: 0.0,
            held: false,
        }
    }

    /// Whether the scenario differs from what was saved.
    fn edited(&self) -> bool {
        self.is_edited(self.state.tabs.shown, &self.state.scenario)
    }

    /// Puts this machine, with what the user says of it, at the head of the list.
    fn rebuild_machines(&mut self) {
        let this = self.this_machine().map(|detected| Arc::new(detected.machine));
        let joined = self.joined(this.as_ref());
        self.machines = this.into_iter().chain(joined).chain(self.catalog.machines.iter().cloned()).collect();
        self.machines_version += 1;
    }

    /// Puts machines into the list that are in no catalog and are chosen, ticked, or typed into its filter: several of
    /// one, `2x rtx-3090`, computers of unlike cards, `rtx-5080 + rtx-3090`, and what three figures describe,
    /// `24GiB 1008GBps 82TFLOPS`.
    fn join_cards(&mut self) {
        let AppState { machine, compared, filter, .. } = &self.state;
        let asked = std::iter::once(machine).chain(compared).chain(std::iter::once(filter));
        let asked: Vec<&String> = asked.filter(|id| files::is_written(id)).collect();
        if asked.iter().copied().eq(&self.joined_ids) {
            return;
        }
        self.joined_ids = asked.into_iter().cloned().collect();
        self.rebuild_machines();
    }

    /// The machine that is in no catalog and is written so: several of one, of unlike cards, or described by figures.
    fn unlisted(&self, id: &str) -> Option<Arc<Machine>> {
        let this = self.machines.iter().find(|machine| machine.id == THIS);
        files::unlisted(&self.catalog, this, id, &self.outside.today)
    }

    /// Such machines that are asked about, each once.
    fn joined(&self, this: Option<&Arc<Machine>>) -> Vec<Arc<Machine>> {
        let mut found: Vec<Arc<Machine>> = Vec::new();
        let unlisted = |id: &String| files::unlisted(&self.catalog, this, id, &self.outside.today);
        for machine in self.joined_ids.iter().filter_map(unlisted) {
            if found.iter().all(|known| known.id != machine.id) {
                found.push(machine);
            }
        }
        found
    }

    /// Answers for the state as it is now.
    fn refresh(&mut self) {
        self.join_cards();
        let machines = Machines { all: &self.machines, version: self.machines_version };
        self.answers.refresh(&self.state, machines);
    }
}

impl eframe::App for Plimsoll {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        // Several windows of one process, as in tests, each have their own.
        self.choose();
        self.collect_work(ctx);
        self.keep_session(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.frame_ui(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.store_session();
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
