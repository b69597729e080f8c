//! What is painted: figures, words and signs that lie over one another or are not of one set.

use std::path::Path;

use eframe::egui;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Rect, Shape, vec2};

use crate::driver::{Answers, Driver};
use crate::layout::{centre, resize, things};

/// Texts as they are painted, each as far as it is seen.
fn painted(driver: &Driver) -> Vec<(String, Rect)> {
    fn of(shape: &Shape, clip: Rect, found: &mut Vec<(String, Rect)>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| of(shape, clip, found)),
            Shape::Text(text) => {
                let seen = Rect::from_min_size(text.pos, text.galley.size()).intersect(clip);
                if seen.is_positive() {
                    found.push((text.galley.text().to_owned(), seen));
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for clipped in &driver.harness.output().shapes {
        of(&clipped.shape, clipped.clip_rect, &mut found);
    }
    found
}

/// The window with a preset of the program.
pub(crate) fn of_preset(preset: &str) -> Driver {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets").join(preset);
    let mut driver = Driver::answering(Answers { open: Some(file), ..Answers::default() });
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    driver.settle();
    driver
}

/// A line is ordered by, and its figures are opened, though another line has its name.
#[test]
fn two_lines_of_one_name_are_two() {
    let mut driver = of_preset("flux-1-dev.ron");
    driver.click(Role::Tab, "Compare");
    driver.click(Role::Tab, "Table");
    let named = |start: &str| {
        let buttons = things(&driver, &[Role::Button, Role::Label]).into_iter();
        buttons.filter(|thing| thing.name.starts_with(start)).map(|thing| thing.rect).collect::<Vec<_>>()
    };
    for start in ["Order by An image", "An image, This Mac: "] {
        let found = named(start);
        assert_eq!(found.len(), 2, "{start}: {found:?}");
        assert!(!found[0].intersects(found[1]), "{start}: {found:?}");
    }
    let clash = painted(&driver).into_iter().find(|(text, _)| text.contains("use of "));
    assert_eq!(clash, None, "no two things have one id");
}

#[test]
fn figures_of_a_machine_stand_apart_however_long_they_are() {
    for preset in ["whole-program-gnn.ron", "lora-70b-16bit.ron", "deepseek-r1-671b.ron"] {
        let mut driver = of_preset(preset);
        resize(&mut driver, vec2(900.0, 600.0), 1.0);
        driver.settle();
        let right = centre(&driver).1;
        let figures: Vec<(String, Rect)> =
            painted(&driver).into_iter().filter(|(_, rect)| rect.left() > right).collect();
        let needs = figures.iter().filter(|(text, _)| text.ends_with("GiB") && text.len() > 14).count();
        assert!(needs > 2, "{preset}: needs over 100 GiB are seen: {figures:?}");
        let long = figures.iter().find(|(text, _)| text.contains(" of ") && text.ends_with("GiB"));
        assert_eq!(long, None, "{preset}: one form of need in a narrow list");
        for (at, (text, rect)) in figures.iter().enumerate() {
            for (other, over) in figures.iter().skip(at + 1) {
                let both = rect.intersect(*over);
                // Lines of text are less high than their rows of letters are apart.
                let apart = both.width() < 1.0 || both.height() < 7.0;
                assert!(apart, "{preset}: {text} at {rect:?} lies over {other} at {over:?}");
            }
            assert!(rect.right() <= 900.5, "{preset}: {text} at {rect:?} is cut");
        }
    }
}

#[test]
fn a_ceiling_keeps_its_figure_however_long_its_name_is() {
    let mut driver = Driver::new();
    driver.type_into("Filter machines", "mac studio m5 ultra 256 64-core");
    driver.click_start(Role::CheckBox, "Compare Mac Studio M5 Ultra");
    resize(&mut driver, vec2(900.0, 600.0), 1.0);
    driver.settle();
    let texts = painted(&driver);
    let label = texts.iter().find(|(text, _)| text.contains("Studio") && text.contains("215.0"));
    assert!(label.is_some(), "{texts:?}");
    assert!(label.is_some_and(|(text, _)| !text.ends_with('…')));
}

#[test]
fn no_word_of_the_map_lies_under_its_marker() {
    fn marker(shape: &Shape, map: Rect) -> Option<Pos2> {
        match shape {
            Shape::Vec(shapes) => shapes.iter().find_map(|shape| marker(shape, map)),
            Shape::Circle(circle) if map.contains(circle.center) && circle.radius > 6.0 => {
                Some(circle.center)
            }
            _ => None,
        }
    }
    let mut driver = Driver::new();
    driver.click(Role::Tab, "Map");
    let map = things(&driver, &[Role::Image]).into_iter().find(|thing| thing.name.starts_with("Map of"));
    let map = map.expect("a map").rect;
    let words = |driver: &Driver| {
        let verdicts = ["Fits", "Tight", "Uncertain", "Does not fit", "Cannot run"];
        let mut texts = painted(driver);
        texts.retain(|(text, rect)| verdicts.contains(&text.as_str()) && map.contains_rect(*rect));
        texts
    };
    for at in 0..3 {
        let seen = words(&driver);
        let (_, under) = seen.get(at % seen.len().max(1)).expect("a verdict is named");
        driver.press(under.center());
        driver.release(under.center());
        driver.move_to(Pos2::ZERO);
        driver.settle();
        let shapes = &driver.harness.output().shapes;
        let marker = shapes.iter().find_map(|clipped| marker(&clipped.shape, map)).expect("a marker");
        for (word, rect) in words(&driver) {
            let crossed = rect.x_range().contains(marker.x) || rect.y_range().contains(marker.y);
            assert!(!crossed, "{word} at {rect:?} lies under the marker at {marker}");
        }
    }
}

#[test]
fn what_is_folded_or_leads_on_has_a_sign_of_the_set() {
    fn triangles(shape: &Shape) -> usize {
        match shape {
            Shape::Vec(shapes) => shapes.iter().map(triangles).sum(),
            Shape::Path(path) => usize::from(path.closed && path.points.len() == 3),
            _ => 0,
        }
    }
    let folder = tempfile::tempdir().expect("a folder to write to");
    let path = folder.path().join("mine.ron");
    let mut driver = Driver::answering(Answers { save: Some(path), ..Answers::default() });
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    driver.settle();
    // All of a page is in sight.
    resize(&mut driver, vec2(1280.0, 6000.0), 1.0);
    for (keys, page, folded) in [
        (Key::Num2, "Report", "Workings and sources of "),
        (Key::Num4, "Claims", "All documents"),
        (Key::Num4, "Sources", "prices are older"),
        (Key::Comma, "Settings and about", "libraries of others"),
    ] {
        driver.harness.key_press_modifiers(Modifiers::COMMAND, keys);
        driver.settle();
        driver.click(Role::Tab, page);
        let is_there = painted(&driver).iter().any(|(text, _)| text.contains(folded));
        assert!(is_there, "{page}: {folded}");
        let found: usize =
            driver.harness.output().shapes.iter().map(|clipped| triangles(&clipped.shape)).sum();
        assert_eq!(found, 0, "{page}");
    }
    driver.click(Role::Button, "File");
    driver.says("Open recent");
    driver.says("Choose model…");
    let found: usize = driver.harness.output().shapes.iter().map(|clipped| triangles(&clipped.shape)).sum();
    assert_eq!(found, 0, "the menu");
}

#[test]
fn a_marker_at_the_left_end_leaves_the_unit_of_the_plot() {
    let mut driver = Driver::new();
    driver.type_into("Context", "512");
    let texts = painted(&driver);
    let of =
        |said: &str| texts.iter().filter(|(text, _)| text == said).map(|(_, rect)| *rect).collect::<Vec<_>>();
    let (units, flags) = (of("GiB"), of("512"));
    assert!(!units.is_empty() && flags.len() > 1, "{units:?} {flags:?}");
    for flag in flags {
        assert!(
            !units.iter().any(|unit| unit.intersects(flag.expand2(vec2(9.0, 2.5)))),
            "{flag:?} {units:?}"
        );
    }
}

#[test]
fn no_figure_is_read_on_into_the_next() {
    let folder = tempfile::tempdir().expect("a folder to write to");
    let path = folder.path().join("embed.ron");
    std::fs::write(&path, "(model: \"bge-m3\")").expect("it is written");
    let mut driver = Driver::answering(Answers { open: Some(path), ..Answers::default() });
    driver.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    driver.settle();
    driver.click(Role::Tab, "Speed");
    let (left, right) = centre(&driver);
    let texts = painted(&driver);
    let long = texts.iter().filter(|(text, rect)| {
        text.ends_with(" tok/s")
            && text.contains(" to ")
            && rect.left() < left + 350.0
            && rect.right() < right
    });
    let long: Vec<&(String, Rect)> = long.collect();
    assert!(!long.is_empty(), "{texts:?}");
    for (text, rect) in long {
        let next = texts.iter().map(|(_, other)| other).filter(|other| {
            other.left() >= rect.right() && other.y_range().contains(rect.center().y) && other.left() < right
        });
        let next = next.map(Rect::left).fold(f32::MAX, f32::min);
        assert!(next - rect.right() > 12.0, "{text} at {rect:?} is followed at {next}");
    }
}
