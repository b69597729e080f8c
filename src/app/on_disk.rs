//! Looking for models on this machine, in the background: rows come as they are found, and it can be stopped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eframe::egui;
use egui::Ui;

use super::Plimsoll;
use super::command::Command;
use super::data::on_disk::DiskRow;
use super::files::Known;
use super::pages::on_disk::{self, Clicked, Shown};
use super::theme::Tokens;
use super::work::Done;
use crate::catalog::calibration;
use crate::engine::Assumptions;
use crate::here::{Asked, Listed, answer};
use crate::import::stores::{Progress, Search, Step};
use crate::spec::Machine;

/// How often the window is woken while rows come.
const WAKE: Duration = Duration::from_millis(60);

/// Models on this machine, as they were found last.
#[derive(Debug, Default)]
pub(super) struct OnDisk {
    looking: Option<Arc<Looking>>,
    rows: Vec<DiskRow>,
    problems: Vec<String>,
    progress: Progress,
    /// The machine that was asked about them; nothing before the first look.
    machine: Option<Arc<Machine>>,
    stopped: bool,
}

/// A look that is under way.
#[derive(Debug, Default)]
struct Looking {
    stop: AtomicBool,
    news: Mutex<News>,
}

/// What was found since the last frame.
#[derive(Debug, Default)]
struct News {
    rows: Vec<DiskRow>,
    problems: Vec<String>,
    progress: Progress,
}

impl Looking {
    fn tell(&self, what: impl FnOnce(&mut News)) {
        what(&mut self.news.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl OnDisk {
    /// Takes in what was found since the last frame.
    fn take(&mut self) {
        let Some(looking) = &self.looking else { return };
        let News { rows, problems, progress } =
            std::mem::take(&mut *looking.news.lock().unwrap_or_else(PoisonError::into_inner));
        if progress != Progress::default() {
            self.progress = progress;
        }
        if rows.is_empty() && problems.is_empty() {
            return;
        }
        self.rows.extend(rows);
        self.rows.sort_by(|a, b| a.rank().cmp(&b.rank()).then_with(|| a.name.cmp(&b.name)));
        self.problems.extend(problems);
    }

    /// The look has come to its end.
    pub(super) fn ended(&mut self) {
        self.take();
        self.looking = None;
    }
}

impl Plimsoll {
    /// Draws the page; the first look begins when it is first shown, and another one for another machine.
    pub(super) fn on_disk_ui(
        &mut self,
        ui: &mut Ui,
        look: &Arc<Tokens>,
        machine: &Arc<Machine>,
        commands: &mut Vec<Command>,
    ) {
        let other = self.on_disk.machine.as_ref() != Some(machine);
        if other && self.on_disk.looking.is_none() && !self.held {
            self.look_for_models(ui.ctx(), machine);
        }
        self.on_disk.take();
        let OnDisk { looking, rows, problems, progress, stopped, .. } = &self.on_disk;
        let shown =
            Shown { rows, problems, progress: looking.as_ref().map(|_| *progress), stopped: *stopped };
        match on_disk::page_ui(ui, look, &shown) {
            Some(Clicked::Open(path)) => commands.push(Command::OpenPath(path)),
            Some(Clicked::Again) => self.look_for_models(ui.ctx(), machine),
            Some(Clicked::Stop) => {
                if let Some(looking) = &self.on_disk.looking {
                    looking.stop.store(true, Ordering::Relaxed);
                    self.on_disk.stopped = true;
                }
            }
            None => {}
        }
    }

    /// Begins to look.
    fn look_for_models(&mut self, ctx: &egui::Context, machine: &Arc<Machine>) {
        let looking = Arc::new(Looking::default());
        let asked_of = Arc::clone(machine);
        self.on_disk = OnDisk {
            looking: Some(Arc::clone(&looking)),
            machine: Some(Arc::clone(machine)),
            ..OnDisk::default()
        };
        let (disk, catalog, today) =
            (Arc::clone(&self.outside.disk), Arc::clone(&self.catalog), self.outside.today.clone());
        let shown = ctx.clone();
        self.work.start(ctx, move || {
            let known = Known { catalog: &catalog, today: &today };
            let base = |named: &str| known.base(named);
            let assumptions = Assumptions::new(calibration());
            let asked = Asked { machine: &asked_of, assumptions, base: &base, today: &today };
            let mut search = Search::of_all(disk.as_ref());
            let mut woken = Instant::now();
            while let Some(step) = search.next() {
                if looking.stop.load(Ordering::Relaxed) {
                    break;
                }
                let progress = search.progress();
                match step {
                    Step::Looked => looking.tell(|news| news.progress = progress),
                    Step::Problem(problem) => {
                        looking.tell(|news| news.problems.push(problem.to_string()));
                    }
                    Step::Model(found) => {
                        let answer = answer(&found, &asked);
                        let row = DiskRow::new(Listed { found: *found, answer });
                        looking.tell(|news| {
                            news.rows.push(row);
                            news.progress = progress;
                        });
                    }
                }
                if woken.elapsed() > WAKE {
                    woken = Instant::now();
                    shown.request_repaint();
                }
            }
            Done::LookedForModels
        });
    }
}
