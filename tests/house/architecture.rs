//! Who may know whom: one crate has no compiler wall, so a test reads the `use` lines.

mod modules;

use std::fs;
use std::path::{Path, PathBuf};

/// A room, and the rooms of this crate it may use.
const ROOMS: [(&str, &[&str]); 12] = [
    ("units", &["units"]),
    ("spec", &["spec", "units"]),
    ("engine", &["engine", "spec", "units"]),
    ("catalog", &["catalog", "spec", "units"]),
    ("measure", &["measure", "spec", "units"]),
    ("import", &["import", "spec", "units"]),
    ("detect", &["detect", "spec", "units", "catalog"]),
    ("here", &["here", "import", "engine", "spec", "units"]),
    ("evidence", &["evidence", "engine", "spec", "units", "catalog"]),
    ("claims", &["claims", "catalog", "engine", "spec", "units"]),
    ("report", &["report", "claims", "engine", "evidence", "spec", "units"]),
    (
        "cli",
        &[
            "cli", "units", "spec", "engine", "catalog", "import", "detect", "evidence", "measure", "claims",
            "report", "here",
        ],
    ),
];

/// Crates that draw; only the window may name them.
const DRAWING: [&str; 5] = ["egui", "eframe", "egui_plot", "egui_extras", "rfd"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("a folder entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn files_of(room: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room), &mut found);
    assert!(!found.is_empty(), "room {room} has no files");
    found
}

/// Every room that a text names as `crate::room`, with its line number.
fn rooms_named(text: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for after in code.split("crate::").skip(1) {
            let room: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            // The macro of workings lives in no room.
            if !room.is_empty() && room != "formula" {
                named.push((index + 1, room));
            }
        }
    }
    named
}

#[test]
fn rooms_use_only_rooms_they_may_know() {
    let mut offences = Vec::new();
    for (room, allowed) in ROOMS {
        for file in files_of(room) {
            let text = fs::read_to_string(&file).expect("a source file");
            for (line, named) in rooms_named(&text) {
                if !allowed.contains(&named.as_str()) {
                    offences.push(format!("{}:{line}: {room} may not use {named}", file.display()));
                }
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn no_room_is_reached_by_a_way_around() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let all = modules::modules(&root);
    let mut offences = Vec::new();
    for (module, file) in &all {
        let Some((_, allowed)) =
            ROOMS.iter().find(|(room, _)| module.first().is_some_and(|first| first == room))
        else {
            continue;
        };
        for path in modules::named(module, file, |path| all.contains_key(path)) {
            let room = path.first().map_or("", String::as_str);
            let is_room = all.contains_key(&vec![room.to_owned()]);
            if is_room && !allowed.contains(&room) {
                offences.push(format!("{} may not use {room}", module.join("/")));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn no_files_use_each_other() {
    let found = modules::circles(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn only_the_window_draws() {
    let mut offences = Vec::new();
    for (room, _) in ROOMS {
        for file in files_of(room) {
            let text = fs::read_to_string(&file).expect("a source file");
            for (index, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                if DRAWING.iter().any(|drawing| code.contains(&format!("{drawing}::"))) {
                    offences.push(format!("{}:{}: draws", file.display(), index + 1));
                }
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn the_engine_is_pure() {
    let impure = [
        "std::fs",
        "std::env",
        "std::process",
        "std::time",
        "std::net",
        "std::thread",
        "println!",
        "eprintln!",
    ];
    let mut offences = Vec::new();
    for room in ["units", "spec", "engine"] {
        for file in files_of(room) {
            let text = fs::read_to_string(&file).expect("a source file");
            for word in impure {
                if text.contains(word) {
                    offences.push(format!("{}: {word}", file.display()));
                }
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn the_reader_of_use_lines_sees_what_it_should() {
    let text =
        "use crate::app::State;\n// crate::nothing\nlet x = crate::engine::estimate(crate::spec::A);\n";
    let named = rooms_named(text);
    assert_eq!(named, [(1, "app".to_owned()), (3, "engine".to_owned()), (3, "spec".to_owned())]);
}
