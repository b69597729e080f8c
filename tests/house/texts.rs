//! What the window says stands in its table of texts, so that a translation is a file.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Files whose words are none of the window's.
const APART: [(&str, &str); 3] = [
    ("window.rs", "said in the terminal, before there is a window"),
    ("locale.rs", "languages and regions"),
    ("data/about.rs", "names of licenses"),
];

/// Words that are read by the program, or are names that no language changes.
const NAMES: [(&str, &[&str]); 20] = [
    ("data/claim_working.rs", &["FP16", "BF16", "FP32", "INT8", "FP8", "FP4"]),
    ("data/claims.rs", &["Model", "Quantization", "Runtime", "Machine", " on ", "Quantity", "Value"]),
    ("data/cost.rs", &[", rented"]),
    ("data/filter.rs", &["mini desktop"]),
    ("data/own_machine.rs", &["NVIDIA", "AMD", "Apple", "Intel", "{text} GiB"]),
    (
        "data/plan.rs",
        &[
            "best quality",
            "shortest, best quality",
            "sampled neighbors",
            "fewer bits",
            "more devices",
            "smaller model",
            "next machine",
        ],
    ),
    ("data/step.rs", &["source "]),
    ("fonts.rs", &["Inter", "Inter SemiBold"]),
    ("frame.rs", &["{}{star} · Plimsoll", "a command was given"]),
    (
        "names.rs",
        &[
            "Apple ",
            "GeForce ",
            "Radeon ",
            "NVIDIA ",
            "MacBook Pro",
            "MBP",
            "MacBook Air",
            "MBA",
            "Mac Studio",
            "Studio",
            "Mac mini",
            "{} GB",
            "GB",
            "TB",
            " GPU)",
            " GB",
        ],
    ),
    ("native_dialogs.rs", &["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"]),
    ("overlays/palette.rs", &["evaluate on {id}", "model {}", "preset {id}"]),
    ("overlays/typed.rs", &["claim ", "evaluate on "]),
    ("pages/claims.rs", &["Quantity"]),
    ("pages/report.rs", &["Markdown", "CSV", "JSON", "RON"]),
    ("pages/settings.rs", &["USD", "https://crates.io"]),
    ("pages/this_machine.rs", &["GB/s"]),
    ("settings.rs", &["USD"]),
    ("theme.rs", &["`{text}` is no color; write for example #1a1d23"]),
    ("widgets/plot_ceilings.rs", &[" GB", "{name}\\u{a0}GB\\u{a0}{}{beyond}"]),
];

/// Before a literal: it names something on the screen or in the code, and is not read.
fn names_something() -> Regex {
    Regex::new(
        r"(?x)
        (id_salt\(\(? | make_persistent_id\(\(? | Id::unique\(\(? | \bid\.with\(\(? | scope_id\(\)\.with\(\(?
        | editing\.with\( | reason\ =\ | \.expect\( | env!\( | include_str!\( | include_bytes!\( | include!\(concat!\(.*
        | Plot::new\(\(? | Grid::new\(\(? | Line::new\( | Points::new\( | Polygon::new\(format!\(
        | FilledArea::new\(format!\( | push_id\( | path\ =\ | target_os\ =\ | eprintln!\( | stderr\(\),
        | Self::(Raised\(Some\(_\)\)|Filter\(_\)|Spots\(_\)|Name\(_\)|Overrides\(_\))\ =>\ Some\(
        )\s*$",
    )
    .expect("a pattern")
}

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

/// The literals of a source with where they begin; comments and the tests at its end are passed over.
fn literals(source: &str) -> Vec<(usize, &str)> {
    let tests = Regex::new(r"#\[cfg\([^\]]*\btest\b[^\]]*\)\]\s*(#\[[^\]]*\]\s*)*mod ").expect("a pattern");
    let source = &source[..tests.find(source).map_or(source.len(), |tests| tests.start())];
    let tokens = Regex::new(r#"(?s)//[^\n]*|'(?:[^'\\\n]|\\.)'|"((?:[^"\\]|\\.)*)""#).expect("a pattern");
    tokens
        .captures_iter(source)
        .filter_map(|token| token.get(1))
        .map(|text| (text.start() - 1, text.as_str()))
        .collect()
}

/// Whether it has words beside what is put into it, and is no single word as keys and endings of files are.
fn is_read(literal: &str) -> bool {
    let places = Regex::new(r"\\u\{[^}]*\}|\\[a-z]|\{[^}]*\}").expect("a pattern");
    let key = Regex::new(r"^[a-z0-9_.<>\-\\/]*$").expect("a pattern");
    let rest = places.replace_all(literal, "");
    rest.contains(|sign: char| sign.is_alphabetic()) && !key.is_match(&rest)
}

#[test]
fn what_the_window_says_stands_in_its_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.retain(|file| !file.ends_with("tests.rs") && !file.ends_with("session_tests.rs"));
    assert!(files.len() > 100, "{} files", files.len());
    let names_something = names_something();
    let mut said = Vec::new();
    let mut unused: Vec<(&str, &str)> =
        NAMES.iter().flat_map(|(file, words)| words.iter().map(|word| (*file, *word))).collect();
    for path in files {
        let file = path.strip_prefix(&root).expect("it is in there").to_string_lossy().replace('\\', "/");
        if APART.iter().any(|(apart, _)| *apart == file) {
            continue;
        }
        let source = fs::read_to_string(&path).expect("a source file");
        for (at, literal) in literals(&source).into_iter().filter(|(_, literal)| is_read(literal)) {
            let line = source[..at].matches('\n').count() + 1;
            let start = source[..at].char_indices().rev().nth(90).map_or(0, |(start, _)| start);
            if names_something.is_match(&source[start..at]) {
                continue;
            }
            let known = (file.as_str(), literal);
            if NAMES.iter().any(|(of, words)| *of == file && words.contains(&literal)) {
                unused.retain(|each| *each != known);
            } else {
                said.push(format!("src/app/{file}:{line}: \"{literal}\""));
            }
        }
    }
    assert!(said.is_empty(), "put into assets/text/en.ron:\n{}", said.join("\n"));
    assert!(unused.is_empty(), "nobody says these any more: {unused:?}");
}

#[test]
fn a_text_stands_once_and_so_does_a_heading_with_texts_under_it() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/text/en.ron");
    let table = fs::read_to_string(file).expect("the table of texts");
    let (mut headings, mut texts) = (Vec::new(), std::collections::BTreeMap::new());
    let (place, word) =
        (Regex::new(r"\{[^}]*\}").expect("a pattern"), Regex::new(r"\w{4,}").expect("a pattern"));
    let lines = table.lines().map(str::trim).skip_while(|line| *line != "{").skip(1);
    let mut empty: Option<&str> = None;
    for line in lines.filter(|line| !line.is_empty()) {
        if let Some(heading) = line.strip_prefix("// ") {
            assert_eq!(empty, None, "a heading without a text");
            assert!(!headings.contains(&heading), "{heading} heads texts twice");
            headings.push(heading);
            empty = Some(heading);
        } else if let Some((name, text)) = line.split_once(": ") {
            empty = None;
            let said = place.replace_all(text.trim_end_matches(','), "{}").into_owned();
            // Signs and joining words between what is put in say nothing of their own.
            if word.is_match(&said)
                && let Some(other) = texts.insert(said, name)
            {
                panic!("{name} says what {other} says");
            }
        }
    }
    assert!(headings.len() > 40 && texts.len() > 600, "{} headings, {} texts", headings.len(), texts.len());
}
