//! A random walk over the window: every figure opens, by click or by Enter, what it shows computes to what is printed,
//! and its sources are in the catalog.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::driver::Driver;
use eframe::egui;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, OutputCommand, PointerButton, Pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use plimsoll::catalog::Catalog;

/// The seed of the walk; a failure is repeated with it.
const SEED: u64 = 20_261_128;
/// Figures that are opened at least.
const FIGURES: usize = 500;
/// Figures of one page that are opened at most.
const OF_A_PAGE: usize = 12;
/// How the name of a figure that opens ends.
const OPENS: &str = ", show working";

/// Presets of every family, and what to type for a machine in the list.
const STOPS: &[(&str, &[&str])] = &[
    ("Chat 8B", &["m5 max 128", "rtx 5090"]),
    ("Chat 70B Q4", &["rtx 4090", "rtx 3090"]),
    ("gpt-oss-120b", &["dgx spark", "strix halo"]),
    ("Mixtral 8x22B", &["m3 ultra 512"]),
    ("Tool-calling QLoRA 8B", &["rtx 4090", "m4 max 128"]),
    ("Function data-flow graphs", &["a100 80"]),
    ("Whole-program data-flow GNN", &["rtx pro 6000"]),
    ("FLUX.1-dev", &["rtx 5090", "m5 max 128"]),
    ("SDXL LoRA", &["rtx 3090"]),
];

/// A small generator: a walk needs no more, and is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).expect("a length")).expect("below a length")
    }

    /// Some of the names, in any order.
    fn some(&mut self, mut names: Vec<String>, most: usize) -> Vec<String> {
        for last in (1..names.len()).rev() {
            names.swap(last, self.below(last + 1));
        }
        names.truncate(most);
        names
    }
}

struct Walk {
    driver: Driver,
    random: Random,
    catalog: Catalog,
    opened: usize,
    computed: usize,
    faults: Vec<String>,
}

impl Walk {
    fn palette(&mut self, words: &str) {
        self.driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
        self.driver.settle();
        self.driver.type_text(words);
        self.driver.harness.key_press(Key::Enter);
        self.driver.settle();
    }

    /// Takes the first machine that has these words.
    fn machine(&mut self, words: &str) {
        self.driver.type_into("Filter machines", words);
        let first = {
            let options = self.driver.harness.query_all_by_role(Role::ListBoxOption);
            options
                .map(|node| (node.rect().top(), node.accesskit_node().label().unwrap_or_default()))
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .expect("the list has it")
                .1
        };
        self.driver.click(Role::ListBoxOption, &first);
    }

    /// Ticks the first machine of the list.
    fn tick(&mut self) {
        let first = {
            let ticks = self.driver.harness.query_all_by_role(Role::CheckBox);
            let named = |label: &String| label.starts_with("Compare ");
            ticks.filter_map(|node| node.accesskit_node().label()).find(named).expect("the list has it")
        };
        self.driver.click(Role::CheckBox, &first);
    }

    /// The names of what opens on the screen, each once.
    fn figures(&self) -> Vec<String> {
        let shown = self.driver.harness.ctx.content_rect();
        let buttons = self.driver.harness.query_all_by_role(Role::Button);
        let named = buttons.filter(|node| shown.contains_rect(node.rect()));
        let names: BTreeSet<String> = named
            .filter_map(|node| node.accesskit_node().label())
            .filter(|name| name.ends_with(OPENS))
            .collect();
        names.into_iter().collect()
    }

    fn at(&self, role: Role, name: &str) -> Option<Pos2> {
        let mut found = self.driver.harness.query_all_by_role(role);
        found
            .find(|node| node.accesskit_node().label().as_deref() == Some(name))
            .map(|node| node.rect().center())
    }

    /// Pressed and let go within one frame.
    fn click(&mut self, at: Pos2) {
        let button = |pressed| Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        self.driver.harness.event(Event::PointerMoved(at));
        self.driver.harness.event(button(true));
        self.driver.harness.event(button(false));
        self.driver.harness.step();
    }

    /// Opens a figure and holds what it shows against itself.
    fn open(&mut self, name: &str) {
        let Some(at) = self.at(Role::Button, name) else {
            self.faults.push(format!("{name}: it is gone"));
            return;
        };
        if self.random.below(3) == 0 {
            self.driver.node(Role::Button, name).focus();
            self.driver.harness.step();
            self.driver.harness.key_press(Key::Enter);
            self.driver.harness.step();
        } else {
            self.click(at);
        }
        self.driver.harness.step();
        // A popup knows its size after its first frame.
        self.driver.harness.step();
        if self.at(Role::Button, "Copy as text").is_none() {
            self.faults.push(format!("{name}: it does not open"));
            return;
        }
        let text = self.copied();
        self.driver.harness.key_press(Key::Escape);
        self.driver.harness.step();
        self.opened += 1;
        match crate::shown_working::check(&text, &self.catalog) {
            Ok(computed) => self.computed += computed,
            Err(why) => self.faults.push(format!("{name}: {why}\n{text}\n")),
        }
    }

    /// What `Copy as text` puts on the clipboard.
    fn copied(&mut self) -> String {
        self.driver.node(Role::Button, "Copy as text").click_accesskit();
        self.driver.harness.step();
        let commands = &self.driver.harness.output().platform_output.commands;
        let copied = commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        copied.unwrap_or_default()
    }

    fn page(&mut self, most: usize) {
        let figures = self.figures();
        assert!(!figures.is_empty(), "nothing opens here");
        for name in self.random.some(figures, most) {
            self.open(&name);
        }
    }
}

#[test]
fn every_figure_opens_and_computes_to_what_is_shown() {
    let begun = Instant::now();
    let mut walk = Walk {
        driver: Driver::sized(vec2(1500.0, 1200.0)),
        random: Random(SEED),
        catalog: Catalog::built_in(),
        opened: 0,
        computed: 0,
        faults: Vec::new(),
    };
    for (preset, machines) in STOPS {
        walk.palette(&format!("Preset {preset}"));
        for machine in *machines {
            walk.machine(machine);
            for page in ["Fit", "Speed", "Cost"] {
                walk.driver.click(Role::Tab, page);
                walk.page(OF_A_PAGE);
            }
        }
    }
    for machine in ["m4 max 128", "rtx 5090"] {
        walk.driver.type_into("Filter machines", machine);
        walk.tick();
    }
    walk.driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    walk.driver.settle();
    walk.page(2 * OF_A_PAGE);
    let pages = walk.opened;
    walk.driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    walk.driver.settle();
    for _ in 0..40 {
        let options = walk.driver.harness.query_all_by_role(Role::ListBoxOption);
        let claims: Vec<String> = options.filter_map(|node| node.accesskit_node().label()).collect();
        let claim = claims[walk.random.below(claims.len())].clone();
        walk.driver.click(Role::ListBoxOption, &claim);
        if let Some(name) = walk.figures().first().cloned() {
            walk.open(&name);
        }
    }
    println!(
        "{} figures opened, {} of them claims; {} expressions computed in {:.0} s",
        walk.opened,
        walk.opened - pages,
        walk.computed,
        begun.elapsed().as_secs_f64()
    );
    let faults = walk.faults;
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.iter().take(12).cloned().collect::<String>()
    );
    assert!(walk.opened >= FIGURES, "{} figures", walk.opened);
    assert!(walk.computed >= FIGURES, "{} expressions", walk.computed);
}
