//! Opens the window on a captured Mac and finds things by name.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eframe::egui;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, Vec2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, Node};
use plimsoll::app::{Dialogs, Opening, Outside, Pending, Picked, Plimsoll, Purpose};
use plimsoll::catalog::Catalog;
use plimsoll::detect::{NvmlReading, Output, Platform, ProbeError, SystemReading, World};
use plimsoll::import::stores::{About, Disk, Listing, ThisDisk};
use plimsoll::spec::Os;
use plimsoll::units::Numbers;

use crate::world::Captured;

/// What the file dialogs answer; without a path no dialog can be shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    pub(crate) open: Option<PathBuf>,
    pub(crate) save: Option<PathBuf>,
    /// The folders that were opened in the file manager; without a list there is no file manager.
    pub(crate) folders: Option<Arc<Mutex<Vec<PathBuf>>>>,
    /// The home in which models are looked for; without one there is none.
    pub(crate) home: Option<PathBuf>,
    /// The user's folder of machines and prices; without one there is none.
    pub(crate) folder: Option<PathBuf>,
    /// How the system writes numbers.
    pub(crate) numbers: Numbers,
    /// The system's language.
    pub(crate) language: String,
}

impl Dialogs for Answers {
    fn ask(&self, purpose: Purpose, _suggested: &str) -> Pending {
        let path = match purpose {
            Purpose::Open | Purpose::Prices => self.open.clone(),
            Purpose::SavePreset | Purpose::SaveClaims | Purpose::SaveReport(_) => self.save.clone(),
        };
        Box::new(move || path.map_or(Picked::NoDialog, Picked::File))
    }

    fn open_folder(&self, folder: &Path) -> Opening {
        let (folders, folder) = (self.folders.clone(), folder.to_owned());
        Box::new(move || folders.map(|all| all.lock().expect("no panic while held").push(folder)).is_some())
    }
}

/// What a change must reach.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Everything {
    pub(crate) headline: String,
    pub(crate) kv_cache: String,
    pub(crate) marker: String,
    pub(crate) first_machines: Vec<String>,
}

/// A captured machine whose drivers answer once nobody holds them any longer.
struct Held(Captured, Mutex<Receiver<()>>);

impl World for Held {
    fn platform(&self) -> Platform {
        self.0.platform()
    }

    fn run(&self, program: &str, arguments: &[&str], limit: Duration) -> Result<Output, ProbeError> {
        self.0.run(program, arguments, limit)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ProbeError> {
        self.0.read(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ProbeError> {
        self.0.list(folder)
    }

    fn system(&self) -> SystemReading {
        // Ends when its sender is dropped.
        self.1.lock().expect("no panic while held").iter().for_each(drop);
        self.0.system()
    }

    fn nvml(&self) -> Result<NvmlReading, ProbeError> {
        self.0.nvml()
    }

    fn today(&self) -> String {
        self.0.today()
    }
}

/// The files of this machine, with another home.
struct Home(PathBuf);

impl Disk for Home {
    fn os(&self) -> Os {
        Os::Linux
    }

    fn home(&self) -> Option<PathBuf> {
        Some(self.0.clone())
    }

    fn variable(&self, name: &str) -> Option<PathBuf> {
        // The machine's own store stays out of what a test looks through.
        (name == "OLLAMA_MODELS").then(|| self.0.join(".ollama/models"))
    }

    fn list(&self, folder: &Path, most: usize) -> std::io::Result<Listing> {
        ThisDisk.list(folder, most)
    }

    fn about(&self, path: &Path) -> std::io::Result<About> {
        ThisDisk.about(path)
    }

    fn read(&self, path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
        ThisDisk.read(path, most)
    }
}

/// The window on a MacBook Pro M5 Max 128 GB, and what holds its drivers.
fn open(answers: Answers, size: Vec2) -> (Harness<'static, Plimsoll>, Sender<()>) {
    on(Captured::load("m5-max-128gb-macos-26"), answers, size)
}

/// The window on a captured machine, and what holds its drivers.
fn on(machine: Captured, answers: Answers, size: Vec2) -> (Harness<'static, Plimsoll>, Sender<()>) {
    let (hold, held) = channel();
    let home = answers.home.clone().unwrap_or_else(|| PathBuf::from("/no home"));
    let outside = Outside {
        user_folder: answers.folder.clone(),
        session_file: None,
        world: Arc::new(Held(machine, Mutex::new(held))),
        disk: Arc::new(Home(home)),
        numbers: answers.numbers,
        language: answers.language.clone(),
        dialogs: Arc::new(answers),
        today: "2026-11-21".to_owned(),
    };
    // What nobody can read in a file name is drawn as a box.
    let harness =
        Harness::builder().allow_missing_glyphs().with_size(size).with_step_dt(1.0 / 60.0).build_eframe(
            |context| {
                Plimsoll::open(&context.egui_ctx, Catalog::built_in(), outside).expect("the window opens")
            },
        );
    (harness, hold)
}

/// A window being driven.
pub(crate) struct Driver {
    /// While it is there, the machine's drivers do not answer.
    _hold: Option<Sender<()>>,
    pub(crate) harness: Harness<'static, Plimsoll>,
}

impl Driver {
    /// 1280×800, on a MacBook Pro M5 Max 128 GB.
    pub(crate) fn new() -> Self {
        Self::answering(Answers::default())
    }

    /// With answers to file dialogs.
    pub(crate) fn answering(answers: Answers) -> Self {
        Self::build(answers, vec2(1280.0, 800.0))
    }

    /// On another machine, by the name it is captured under.
    pub(crate) fn on(machine: &str) -> Self {
        let (harness, _) = on(Captured::load(machine), Answers::default(), vec2(1280.0, 800.0));
        Self::experienced(harness)
    }

    /// Another size.
    pub(crate) fn sized(size: Vec2) -> Self {
        Self::build(Answers::default(), size)
    }

    /// As it opens for somebody who sees it for the first time.
    pub(crate) fn at_the_first_run(size: Vec2) -> Self {
        let (harness, _) = open(Answers::default(), size);
        let mut driver = Self { _hold: None, harness };
        driver.settle();
        driver
    }

    /// As it opens, before anything in the background is done.
    pub(crate) fn at_the_first_frame() -> Self {
        let (harness, hold) = open(Answers::default(), vec2(1280.0, 800.0));
        Self { _hold: Some(hold), harness }
    }

    fn build(answers: Answers, size: Vec2) -> Self {
        let (harness, _) = open(answers, size);
        Self::experienced(harness)
    }

    /// For somebody who has read the hints of the first run.
    fn experienced(harness: Harness<'static, Plimsoll>) -> Self {
        let mut driver = Self { _hold: None, harness };
        driver.settle();
        driver.click(Role::Button, "Hide hints");
        driver
    }

    /// Draws until work in the background has come home and nothing more happens.
    pub(crate) fn settle(&mut self) {
        let begun = Instant::now();
        self.harness.step();
        while self.harness.state().is_working() {
            assert!(begun.elapsed() < Duration::from_mins(3), "work in the background does not end");
            std::thread::sleep(Duration::from_millis(2));
            self.harness.step();
        }
        for _ in 0..3 {
            self.harness.step();
        }
    }

    pub(crate) fn node<'t>(&'t self, role: Role, name: &'t str) -> Node<'t> {
        self.harness.get_by_role_and_label(role, name)
    }

    pub(crate) fn rect(&self, role: Role, name: &str) -> Rect {
        self.node(role, name).rect()
    }

    pub(crate) fn value(&self, role: Role, name: &str) -> String {
        self.node(role, name).accesskit_node().value().unwrap_or_default()
    }

    /// What a slider reads out.
    pub(crate) fn slider(&self, name: &str) -> String {
        self.value(Role::Slider, name)
    }

    /// A slider's number.
    pub(crate) fn number(&self, name: &str) -> f64 {
        self.node(Role::Slider, name).accesskit_node().numeric_value().expect("a slider has a number")
    }

    pub(crate) fn verdict(&self) -> String {
        self.text_with("Verdict ").expect("there is a badge")
    }

    pub(crate) fn headline(&self) -> String {
        self.text_with("Needs ").expect("there is a verdict")
    }

    /// The first text that begins so.
    fn text_with(&self, start: &str) -> Option<String> {
        self.harness.query_all_by_label_contains(start).find_map(|node| {
            let node = node.accesskit_node();
            [node.label(), node.value()].into_iter().flatten().find(|text| text.starts_with(start))
        })
    }

    pub(crate) fn machines(&self) -> Vec<String> {
        self.harness
            .query_all_by_role(Role::ListBoxOption)
            .filter_map(|node| node.accesskit_node().label())
            .collect()
    }

    pub(crate) fn everything(&self) -> Everything {
        let bar = self
            .harness
            .query_all_by_label_contains("KV cache")
            .find_map(|node| node.accesskit_node().label().filter(|label| label.contains("show working")));
        Everything {
            headline: self.headline(),
            kv_cache: bar.unwrap_or_default(),
            marker: self.slider("Plot marker, context"),
            first_machines: self.machines(),
        }
    }

    /// Fails unless this is said somewhere in the window.
    pub(crate) fn says(&self, text: &str) {
        assert!(self.harness.query_all_by_label_contains(text).next().is_some(), "nothing says `{text}`");
    }

    pub(crate) fn click(&mut self, role: Role, name: &str) {
        let at = self.rect(role, name).center();
        self.press(at);
        self.release(at);
        self.settle();
    }

    /// A click on what is named from such a start.
    pub(crate) fn click_start(&mut self, role: Role, start: &str) {
        let named =
            |node: &Node<'_>| node.accesskit_node().label().is_some_and(|name| name.starts_with(start));
        let found = self.harness.query_all_by_role(role).find(named);
        assert!(found.is_some(), "nothing is named from `{start}`");
        let at = found.expect("it is there").rect().center();
        self.press(at);
        self.release(at);
        self.settle();
    }

    /// A click that does not wait for what it begins.
    pub(crate) fn start(&mut self, role: Role, name: &str) {
        let at = self.rect(role, name).center();
        self.press(at);
        self.release(at);
        self.harness.step();
    }

    pub(crate) fn press(&mut self, at: Pos2) {
        self.harness.event(Event::PointerMoved(at));
        self.harness.step();
        self.harness.event(button(at, true));
        self.harness.step();
    }

    /// One frame with the pointer elsewhere.
    pub(crate) fn move_to(&mut self, to: Pos2) {
        self.harness.event(Event::PointerMoved(to));
        self.harness.step();
    }

    pub(crate) fn release(&mut self, at: Pos2) {
        self.harness.event(button(at, false));
        self.harness.step();
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.step();
    }

    /// Replaces what stands in a field and presses Enter.
    pub(crate) fn type_into(&mut self, name: &str, text: &str) {
        self.node(Role::TextInput, name).focus();
        self.harness.step();
        self.harness.step();
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.harness.step();
        self.type_text(text);
        self.harness.key_press(Key::Enter);
        self.harness.step();
        self.settle();
    }

    /// In how long the window wants the next frame.
    pub(crate) fn repaint_delay(&self) -> Duration {
        self.harness
            .output()
            .viewport_output
            .values()
            .map(|viewport| viewport.repaint_delay)
            .min()
            .unwrap_or(Duration::MAX)
    }
}

const fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}
