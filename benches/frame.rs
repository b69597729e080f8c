//! What a frame costs while a slider is dragged, with every machine of the catalog and six ceilings: all the CPU
//! there is to it, tessellation included. Median and 99th percentile are printed beside criterion's mean.

#![expect(missing_docs, reason = "the macro of criterion writes the group")]
#![expect(clippy::print_stdout, reason = "a benchmark says its figures")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use eframe::egui;
use egui::{Context, Event, Modifiers, PointerButton, Pos2, RawInput, Rect, pos2, vec2};
use plimsoll::app::{Dialogs, Opening, Outside, Pending, Picked, Plimsoll, Purpose};
use plimsoll::catalog::Catalog;
use plimsoll::spec::Scenario;

#[path = "../tests/captured/world.rs"]
#[expect(dead_code, reason = "tests break captured machines; this takes one as it is")]
mod world;

/// Nobody asks for files here.
struct NoDialogs;

impl Dialogs for NoDialogs {
    fn ask(&self, _purpose: Purpose, _suggested: &str) -> Pending {
        Box::new(|| Picked::Cancelled)
    }

    fn open_folder(&self, _folder: &std::path::Path) -> Opening {
        Box::new(|| false)
    }
}

/// The window on a bare context, dragged along a slider.
struct Bench {
    ctx: Context,
    window: Plimsoll,
    frame: u32,
    rail: f32,
}

/// A family with the middle of its tab and the height near which a telling slider is in a window of 1280×800; that the pointer
/// finds it is asserted below.
type Family = (&'static str, f32, f32);

const FAMILIES: [Family; 5] = [
    ("inference, context", 52.0, 320.0),
    ("fine-tune, sequence", 111.0, 283.0),
    ("graph, cut", 159.0, 313.0),
    ("graph network, edges", 206.0, 182.0),
    ("image, resolution", 253.0, 197.0),
];
/// Pages of the answer that are open meanwhile, and how often "next page" leads there from the first.
const PAGES: [(&str, u32); 5] = [("Fit", 0), ("Map", 1), ("Speed", 2), ("Cost", 3), ("Plan", 4)];
/// Machines ticked beside the chosen one, so that six ceilings are drawn.
const TICKED: [&str; 5] =
    ["rtx-4090-24gb", "rtx-5090-32gb", "mac-studio-m5-max-36gb", "dgx-spark-gb10-128gb", "a100-80gb-sxm"];

impl Bench {
    fn new((_, tab, rail): Family, pages: u32) -> Self {
        let ctx = Context::default();
        let outside = Outside {
            user_folder: None,
            session_file: None,
            world: Arc::new(world::Captured::load("m5-max-128gb-macos-26")),
            disk: Arc::new(plimsoll::import::stores::ThisDisk),
            dialogs: Arc::new(NoDialogs),
            numbers: plimsoll::units::Numbers::default(),
            language: String::new(),
            today: "2026-11-21".to_owned(),
        };
        let window = Plimsoll::open(&ctx, Catalog::built_in(), outside).expect("the window opens");
        let mut bench = Self { ctx, window, frame: 0, rail };
        while bench.window.is_working() {
            bench.draw(Vec::new());
            std::thread::sleep(Duration::from_millis(1));
        }
        for id in TICKED {
            bench.window.compare(&bench.ctx, id);
        }
        for _ in 0..5 {
            bench.draw(Vec::new());
        }
        bench.button(pos2(tab, 67.0), true);
        bench.button(pos2(tab, 67.0), false);
        bench.draw(Vec::new());
        for _ in 0..pages {
            bench.next_page();
        }
        let before = bench.window.scenario().clone();
        let near = (0..=24_i8).step_by(4).flat_map(|away| [f32::from(away), -f32::from(away)]);
        let found = near.map(|away| rail + away).find(|at| bench.takes_hold(*at, &before));
        assert!(found.is_some(), "a slider is near {rail}");
        bench
    }

    /// Presses at a height; returns whether a slider is there, which is held then.
    fn takes_hold(&mut self, rail: f32, before: &Scenario) -> bool {
        self.rail = rail;
        self.button(pos2(148.0, rail), true);
        self.drag();
        let moved = self.window.scenario() != before;
        if !moved {
            self.button(pos2(148.0, rail), false);
        }
        moved
    }

    fn button(&mut self, pos: Pos2, pressed: bool) {
        self.draw(vec![Event::PointerMoved(pos)]);
        let button = PointerButton::Primary;
        self.draw(vec![Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE }]);
    }

    /// Ctrl and Tab.
    fn next_page(&mut self) {
        let modifiers = Modifiers::CTRL;
        let key = |pressed| Event::Key {
            key: egui::Key::Tab,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers,
        };
        self.draw(vec![key(true), key(false)]);
        self.draw(Vec::new());
    }

    fn draw(&mut self, events: Vec<Event>) {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1280.0, 800.0))),
            time: Some(f64::from(self.frame) / 60.0),
            events,
            ..RawInput::default()
        };
        self.frame += 1;
        let window = &mut self.window;
        let output = self.ctx.run_ui(input, |ui| window.show(ui));
        black_box(self.ctx.tessellate(output.shapes, output.pixels_per_point));
    }

    /// One frame with the handle elsewhere.
    fn drag(&mut self) {
        let swing = f32::from(u16::try_from(self.frame % 200).unwrap_or(0)) - 100.0;
        self.draw(vec![Event::PointerMoved(pos2(148.0 + swing.abs(), self.rail))]);
    }
}

fn frames(criterion: &mut Criterion) {
    for (page, pages) in PAGES {
        for family in FAMILIES {
            let mut bench = Bench::new(family, pages);
            let mut times: Vec<Duration> = (0..500)
                .map(|_| {
                    let begun = Instant::now();
                    bench.drag();
                    begun.elapsed()
                })
                .collect();
            times.sort_unstable();
            let name = format!("{page}, {}", family.0);
            println!("drag frame, {name}: median {:?}, p99 {:?}, of {}", times[250], times[495], times.len());
            criterion.bench_function(&format!("frame/drag {name}"), |bencher| bencher.iter(|| bench.drag()));
        }
    }
}

criterion_group!(benches, frames);
criterion_main!(benches);
