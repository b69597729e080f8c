//! Where things stand in the window: nothing moves under the pointer, nothing is cut, and everything is said.

use std::collections::BTreeMap;
use std::fs;

use eframe::egui;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2, Rect, Theme, Vec2, pos2, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::{Answers, Driver};
use crate::painted::of_preset;

/// What takes a click, a value or a choice.
const CONTROLS: [Role; 11] = [
    Role::Button,
    Role::CheckBox,
    Role::ComboBox,
    Role::DisclosureTriangle,
    Role::Link,
    Role::ListBoxOption,
    Role::RadioButton,
    Role::Slider,
    Role::Splitter,
    Role::Tab,
    Role::TextInput,
];

/// Something of the window by its role and name, and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    role: Role,
    pub(crate) name: String,
    pub(crate) rect: Rect,
}

fn name_of(node: &Node<'_>) -> String {
    let node = node.accesskit_node();
    node.label().or_else(|| node.value()).unwrap_or_default()
}

pub(crate) fn things(driver: &Driver, roles: &[Role]) -> Vec<Thing> {
    let mut found = Vec::new();
    for role in roles {
        let nodes = driver.harness.query_all_by_role(*role);
        found.extend(nodes.map(|node| Thing { role: *role, name: name_of(&node), rect: node.rect() }));
    }
    found
}

/// The edges of the centre: of what is hidden, where it is opened again.
pub(crate) fn centre(driver: &Driver) -> (f32, f32) {
    let edges = things(driver, &[Role::Splitter]);
    let edge = |name: &str| edges.iter().find(|thing| thing.name == name).map(|thing| thing.rect.center().x);
    let folded = |name: &str| {
        let folds = driver.harness.query_all_by_role(Role::Button);
        folds.into_iter().find(|node| name_of(node) == name).map(|node| node.rect())
    };
    let left = edge("Width of the workload").or_else(|| Some(folded("Show the workload")?.right()));
    let right = edge("Width of the machines").or_else(|| Some(folded("Show the machines")?.left()));
    (left.expect("the centre has a left edge"), right.expect("and a right one"))
}

/// What is to stay where it is whatever the machine: tabs, all of the form but its links, the head of the list.
fn standing(driver: &Driver) -> BTreeMap<String, [i32; 4]> {
    let (left, right) = centre(driver);
    let list = driver.harness.query_all_by_role(Role::ListBoxOption);
    let list_top = list.map(|node| node.rect().top()).fold(f32::INFINITY, f32::min);
    let roles = [
        Role::Tab,
        Role::Slider,
        Role::TextInput,
        Role::ComboBox,
        Role::CheckBox,
        Role::DisclosureTriangle,
        Role::Splitter,
    ];
    let stays = |thing: &Thing| match thing.role {
        // The first row of the list is as well where it was; its name is another.
        Role::Tab | Role::Splitter => true,
        _ => thing.rect.right() <= left || (thing.rect.left() >= right && thing.rect.bottom() <= list_top),
    };
    #[expect(clippy::cast_possible_truncation, reason = "points of a window")]
    let place = |rect: Rect| {
        [rect.left(), rect.top(), rect.right(), rect.bottom()].map(|side| (side * 4.0).round() as i32)
    };
    let mut found: BTreeMap<String, [i32; 4]> = things(driver, &roles)
        .into_iter()
        .filter(stays)
        .map(|thing| (format!("{:?} {}", thing.role, thing.name), place(thing.rect)))
        .collect();
    found.insert("the list".to_owned(), place(Rect::from_min_max(Pos2::ZERO, pos2(0.0, list_top))));
    found
}

/// Runs a command of the palette by typing.
fn palette(driver: &mut Driver, words: &str) {
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    driver.settle();
    driver.type_text(words);
    driver.harness.key_press(Key::Enter);
    driver.settle();
}

/// Words that find machines of all kinds: unified and discrete, of one device and several, too small and with room.
const MACHINES: [&str; 10] = [
    "evaluate on mac mini m4 16",
    "evaluate on mac studio m5 ultra 256",
    "evaluate on macbook pro 14/16 m1 max 32",
    "evaluate on rtx 4090 24",
    "evaluate on a100 80",
    "evaluate on 8 × h100",
    "evaluate on dgx spark",
    "evaluate on arc b60 dual",
    "evaluate on ryzen ai",
    "evaluate on raspberry",
];

#[test]
fn nothing_moves_when_the_machine_or_the_verdict_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scenario.ron");
    let answers = Answers { open: Some(path.clone()), ..Answers::default() };
    let mut driver = Driver::answering(answers);
    let long = "a name that goes on and on ".repeat(4);
    let scenarios = [
        ("fits", "(model: \"llama-3.1-8b\", quantization: \"Q4_K_M\", context: \"8k\")".to_owned()),
        ("does not fit", "(model: \"llama-3.1-405b\", quantization: \"Q8_0\", context: \"128k\")".to_owned()),
        ("cannot run", "(model: \"llama-3.1-8b\", runtime: \"mlx\", quantization: \"mlx-4bit\")".to_owned()),
        ("uncertain", "(family: \"fine-tune\", model: \"llama-3.1-8b\", sequence: \"32k\")".to_owned()),
        ("long names", format!("(name: \"{long}\", family: \"diffusion\", pipeline: \"flux.1-dev\")")),
    ];
    let mut tabs: Option<BTreeMap<String, [i32; 4]>> = None;
    let mut verdicts = std::collections::BTreeSet::new();
    for (what, preset) in scenarios {
        fs::write(&path, preset).expect("a preset");
        driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
        driver.settle();
        let mut before: Option<BTreeMap<String, [i32; 4]>> = None;
        for machine in MACHINES {
            palette(&mut driver, machine);
            verdicts.insert(driver.verdict());
            let now = standing(&driver);
            assert!(now.len() > 20, "{what}: {} things stand", now.len());
            if let Some(before) = &before {
                for (name, place) in &now {
                    assert_eq!(before.get(name), Some(place), "{what}, {machine}: {name}");
                }
                assert_eq!(before.len(), now.len(), "{what}, {machine}: something came or went");
            }
            let of_pages = now.iter().filter(|(name, _)| name.starts_with("Tab"));
            let of_pages: BTreeMap<String, [i32; 4]> =
                of_pages.map(|(name, place)| (name.clone(), *place)).collect();
            if let Some(tabs) = &tabs {
                assert_eq!(*tabs, of_pages, "{what}, {machine}: a tab moved");
            }
            tabs = Some(of_pages);
            before = Some(now);
        }
    }
    assert!(verdicts.len() >= 4, "the verdicts were {verdicts:?}");
}

#[test]
fn a_side_is_dragged_folded_away_and_opened_again() {
    let mut driver = Driver::new();
    let (left, right) = centre(&driver);
    let edge = driver.rect(Role::Splitter, "Width of the workload").center();
    driver.press(edge);
    driver.move_to(edge + vec2(40.0, 0.0));
    driver.move_to(edge + vec2(80.0, 0.0));
    driver.release(edge + vec2(80.0, 0.0));
    driver.settle();
    let now = centre(&driver);
    assert!((now.0 - left - 80.0).abs() < 3.0 && (now.1 - right).abs() < 0.5, "{left} {right} {now:?}");
    driver.node(Role::Splitter, "Width of the workload").focus();
    driver.settle();
    driver.harness.key_press(Key::ArrowLeft);
    driver.settle();
    assert!(centre(&driver).0 < now.0 - 10.0, "an arrow key moves it too");
    driver.click(Role::Button, "Hide the machines");
    assert!(centre(&driver).1 > 1250.0, "the centre takes the room");
    assert!(driver.harness.query_by_label("Filter machines").is_none());
    driver.click(Role::Button, "Show the machines");
    assert!((centre(&driver).1 - right).abs() < 0.5, "as wide as it was");
    let edge = driver.rect(Role::Splitter, "Width of the machines").center();
    driver.press(edge);
    driver.move_to(pos2(1230.0, edge.y));
    driver.move_to(pos2(1270.0, edge.y));
    driver.release(pos2(1270.0, edge.y));
    driver.settle();
    driver.node(Role::Button, "Show the machines");
}

#[test]
fn a_working_opens_beside_the_answer_and_follows_it() {
    let mut driver = Driver::new();
    let before = standing(&driver);
    driver.click(Role::Button, "Weights 4.3");
    driver.says("terms");
    let now = standing(&driver);
    for (name, place) in
        before.iter().filter(|(name, _)| name.starts_with("Tab") || name.starts_with("Slider"))
    {
        assert_eq!(now.get(name), Some(place), "{name}");
    }
    driver.type_into("Model size", "70B");
    driver.says("39.");
    driver.harness.key_press(Key::Escape);
    driver.settle();
    driver.node(Role::TextInput, "Filter machines");
    driver.click_start(Role::Button, "Weights ");
    driver.click(Role::Button, "Close");
    driver.node(Role::TextInput, "Filter machines");
    driver.click_start(Role::Button, "Weights ");
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    driver.settle();
    assert!(
        driver.harness.query_by_role_and_label(Role::Button, "Copy as text").is_none(),
        "it is of the answer"
    );
}

#[test]
fn the_last_motion_of_a_drag_counts_though_it_comes_with_the_release() {
    let mut driver = Driver::new();
    let rail = driver.rect(Role::Slider, "Context");
    let (from, to) = (rail.center(), pos2(rail.left() + 8.0, rail.center().y));
    driver.press(from);
    driver.harness.event(Event::PointerMoved(to));
    driver.harness.event(Event::PointerButton {
        pos: to,
        button: egui::PointerButton::Primary,
        pressed: false,
        modifiers: Modifiers::NONE,
    });
    driver.harness.step();
    driver.settle();
    assert!(driver.number("Context") < 600.0, "{}", driver.slider("Context"));
}

#[test]
fn the_palette_is_as_high_after_a_narrow_query_and_begins_at_its_top() {
    let mut driver = Driver::new();
    let open = |driver: &mut Driver| {
        driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
        driver.settle();
    };
    let rows = |driver: &Driver| {
        // Options of the palette begin in the middle; those of the machines at the right.
        let options = things(driver, &[Role::ListBoxOption]);
        options.into_iter().filter(|thing| thing.rect.left() < 960.0).collect::<Vec<_>>()
    };
    open(&mut driver);
    let before = rows(&driver);
    driver.type_text("tool");
    driver.settle();
    driver.harness.key_press(Key::Escape);
    driver.settle();
    open(&mut driver);
    let after = rows(&driver);
    assert_eq!(before.len(), after.len(), "as many lines as before");
    assert!(before.len() > 10, "{} lines", before.len());
    driver.harness.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, -400.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    driver.settle();
    driver.type_text("parse");
    driver.settle();
    let first = rows(&driver);
    let top = first.iter().map(|thing| thing.rect.top()).fold(f32::INFINITY, f32::min);
    assert!((top - before[0].rect.top()).abs() < 1.0, "what is chosen is in sight: {first:?}");
}

#[test]
fn a_chart_is_looked_at_closely_and_whole_again() {
    let mut driver = Driver::new();
    let plot = driver.rect(Role::Slider, "Plot marker, context");
    driver.move_to(plot.center() + vec2(30.0, 0.0));
    driver.harness.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 240.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    for _ in 0..20 {
        driver.harness.step();
    }
    driver.click(Role::Button, "Reset zoom");
    assert!(driver.harness.query_by_label("Reset zoom").is_none(), "all of it is seen");
    assert_eq!(driver.slider("Context"), "8,192", "looking changes nothing");
}

/// A page: the keys of its place and the name of its tab.
type Page = (Key, &'static str);

/// Pages by where what they show comes from: an answer, every model of the catalog, everything that was measured.
const OF_AN_ANSWER: [Page; 7] = [
    (Key::Num1, "Fit"),
    (Key::Num1, "Map"),
    (Key::Num1, "Speed"),
    (Key::Num1, "Cost"),
    (Key::Num1, "Plan"),
    (Key::Num2, "Table"),
    (Key::Num2, "Report"),
];
const OF_THE_CATALOG: [Page; 4] =
    [(Key::Num3, "Ranked"), (Key::Num3, "On this machine"), (Key::Num4, "Claims"), (Key::Num4, "Sources")];
const OF_WHAT_WAS_MEASURED: [Page; 1] = [(Key::Num4, "Accuracy")];
const OF_THE_PROGRAM: [Page; 2] = [(Key::I, "This machine"), (Key::Comma, "Settings and about")];

/// Sizes in points with their scale.
const SIZES: [(Vec2, f32); 4] = [
    (vec2(900.0, 600.0), 1.0),
    (vec2(1280.0, 800.0), 1.0),
    (vec2(1920.0, 1080.0), 2.0),
    (vec2(2560.0, 1440.0), 1.0),
];

/// What lies over something else on purpose: marks over the bar they are of, signs and labels over the plot.
fn lies_over(a: &Thing, b: &Thing) -> bool {
    let marks = |thing: &Thing| thing.name.ends_with("show working");
    let plot =
        |thing: &Thing| thing.name.starts_with("Ceiling ") || thing.name.contains(", the largest that fits ");
    let inside = |outer: &Thing, inner: &Thing| outer.rect.expand(4.0).contains_rect(inner.rect);
    let edge = |a: &Thing, b: &Thing| a.role == Role::Splitter && b.name.starts_with("Hide the ");
    (marks(a) && marks(b)) || (plot(a) && plot(b)) || edge(a, b) || edge(b, a) || inside(a, b) || inside(b, a)
}

/// What is wrong with where things stand: cut by an edge, over one another, without a name.
fn faults(driver: &Driver, size: Vec2) -> Vec<String> {
    let controls = seen(driver, size);
    let window = Rect::from_min_size(Pos2::ZERO, size);
    let (left, right) = centre(driver);
    let mut faults = Vec::new();
    for thing in &controls {
        let Thing { role, name, rect } = thing;
        if name.trim().is_empty() {
            faults.push(format!("{role:?} at {rect:?} has no name"));
        }
        if rect.left() < window.left() - 1.0 || rect.right() > window.right() + 1.0 {
            faults.push(format!("{role:?} {name} at {rect:?} is cut by the window"));
        }
        let edges = [left, right].into_iter().filter(|_| *role != Role::Splitter);
        for edge in edges.filter(|_| rect.top() > 40.0 && rect.bottom() < size.y - 26.0) {
            if rect.left() < edge - 1.0 && rect.right() > edge + 1.0 {
                faults.push(format!("{role:?} {name} at {rect:?} is cut at {edge}"));
            }
        }
    }
    let cut = |rect: Rect| rect.left() < -1.0 || (rect.left() < size.x && rect.right() > size.x + 1.0);
    let texts = things(driver, &[Role::Label]).into_iter().filter(|thing| cut(thing.rect));
    faults.extend(
        texts.map(|Thing { name, rect, .. }| format!("the text {name} at {rect:?} is cut by the window")),
    );
    for (at, a) in controls.iter().enumerate() {
        let over = controls.iter().skip(at + 1).filter(|b| {
            let both = a.rect.intersect(b.rect);
            both.width() > 1.5 && both.height() > 1.5 && !lies_over(a, b)
        });
        faults.extend(over.map(|b| format!("{a:?} lies over {b:?}")));
    }
    faults
}

/// Another size of the window; a frame at its scale comes first, because the scale alone changes the size as well.
pub(crate) fn resize(driver: &mut Driver, size: Vec2, scale: f32) {
    driver.harness.set_pixels_per_point(scale);
    driver.harness.step();
    driver.harness.set_size(size);
    for _ in 0..2 {
        driver.harness.step();
    }
}

/// Controls as far as they are seen: what is scrolled under the line at the bottom is not, and only links stand there.
fn seen(driver: &Driver, size: Vec2) -> Vec<Thing> {
    let bottom = size.y - 26.0;
    let in_sight = |thing: Thing| {
        if thing.rect.top() < bottom {
            Some(Thing { rect: thing.rect.with_max_y(thing.rect.bottom().min(bottom)), ..thing })
        } else {
            (thing.role == Role::Link && thing.rect.bottom() <= size.y).then_some(thing)
        }
    };
    things(driver, &CONTROLS).into_iter().filter_map(in_sight).collect()
}

/// Goes through pages at every size with three machines ticked; fails with all that is wrong.
fn walk(pages: &[Page]) {
    walk_of(Driver::new(), pages);
}

/// The same of a scenario that is open.
fn walk_of(mut driver: Driver, pages: &[Page]) {
    for machine in ["rtx 5090", "mac studio m5 ultra 256", "a100 80"] {
        driver.type_into("Filter machines", machine);
        let row = driver.machines().into_iter().nth(1).expect("a machine has these words");
        let name = row.split(", ").next().expect("a name").to_owned();
        driver.click(Role::CheckBox, &format!("Compare {name}"));
    }
    driver.click(Role::Button, "Clear the filter");
    let mut faulty = Vec::new();
    for (keys, page) in pages {
        driver.harness.key_press_modifiers(Modifiers::COMMAND, *keys);
        driver.harness.step();
        driver.click(Role::Tab, page);
        for (size, scale) in SIZES {
            resize(&mut driver, size, scale);
            for theme in [Theme::Light, Theme::Dark] {
                driver.harness.ctx.set_theme(theme);
                driver.harness.step();
                let found = faults(&driver, size);
                faulty.extend(found.into_iter().map(|fault| format!("{page}, {theme:?}, {size:?}: {fault}")));
            }
        }
        resize(&mut driver, vec2(1280.0, 800.0), 1.0);
    }
    assert!(faulty.is_empty(), "{} faults:\n{}", faulty.len(), faulty.join("\n"));
}

#[test]
fn at_every_size_nothing_of_an_answer_is_cut_and_nothing_overlaps() {
    walk(&OF_AN_ANSWER);
}

#[test]
fn at_every_size_nothing_of_the_catalog_is_cut_and_nothing_overlaps() {
    walk(&OF_THE_CATALOG);
}

#[test]
fn at_every_size_nothing_of_what_was_measured_is_cut_and_nothing_overlaps() {
    walk(&OF_WHAT_WAS_MEASURED);
}

#[test]
fn at_every_size_nothing_of_the_program_is_cut_and_nothing_overlaps() {
    walk(&OF_THE_PROGRAM);
}

#[test]
fn at_every_size_nothing_of_images_is_cut_and_nothing_overlaps() {
    walk_of(of_preset("flux-1-dev.ron"), &[(Key::Num2, "Table")]);
}

#[test]
fn every_chart_is_said_with_its_values() {
    let mut driver = Driver::new();
    let words = |driver: &Driver, role: Role| {
        let charts = driver.harness.query_all_by_role(role);
        let said = |node: Node<'_>| node.accesskit_node().data().description().map(str::to_owned);
        charts.filter_map(said).filter(|said| said.contains(" at ")).collect::<Vec<_>>()
    };
    let plot = words(&driver, Role::Slider);
    assert!(plot.iter().any(|said| said.contains("GiB at 8K") && said.contains("This Mac 107")), "{plot:?}");
    driver.click(Role::Tab, "Speed");
    let speed = words(&driver, Role::Image);
    assert!(speed.iter().any(|said| said.contains("tokens/s at 4K")), "{speed:?}");
    assert!(speed.iter().any(|said| said.contains("decode: ")), "{speed:?}");
    driver.says("by the datasheet");
    driver.click(Role::Tab, "Cost");
    let cost = words(&driver, Role::Image);
    assert!(cost.iter().any(|said| said.contains("Dollars spent")), "{cost:?}");
}
