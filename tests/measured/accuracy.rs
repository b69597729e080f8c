//! No published error may get worse, and the README shows them all.
//!
//! After a change that is better, or new rows: `cargo run --no-default-features -- accuracy --json >
//! assets/evidence/accuracy.json`, and `-- accuracy --markdown` between the two marks of the README.

use std::sync::LazyLock;

use plimsoll::catalog::{Catalog, calibration};
use plimsoll::evidence::Accuracy;
use serde_json::Value;

const PUBLISHED: &str = include_str!("../../assets/evidence/accuracy.json");
const README: &str = include_str!("../../README.md");

static ACCURACY: LazyLock<Accuracy> =
    LazyLock::new(|| Accuracy::of(&Catalog::built_in(), calibration()).expect("readable tables"));

/// Of a figure's own size: another machine's logarithms turn the last digits.
const TURNED: f64 = 1e-4;

/// What a group must keep: figures that may not rise, and those that may not fall.
const ERRORS: [&str; 3] = ["median", "p90", "worst"];
const COUNTS: [&str; 6] = ["cases", "rows", "exact", "inside_band", "agree", "share"];

fn groups(of: &Value) -> Vec<&Value> {
    ["reported", "groups", "speeds"]
        .iter()
        .flat_map(|kind| of[kind].as_array().into_iter().flatten())
        .collect()
}

/// How a group of now is worse than it was, and how it is better.
fn changes(was: &Value, now: &Value) -> (Vec<String>, Vec<String>) {
    let (mut worse, mut better) = (Vec::new(), Vec::new());
    let name = was["name"].as_str().unwrap_or_default();
    for (keys, sign) in [(&ERRORS[..], 1.0), (&COUNTS[..], -1.0)] {
        for key in keys {
            let (Some(before), Some(after)) = (was[key].as_f64(), now[key].as_f64()) else { continue };
            let rise = sign * (after - before);
            let line = format!("{name}: {key} {after}, was {before}");
            if rise > TURNED * before + 1e-9 {
                worse.push(line);
            } else if rise < -TURNED * before - 1e-9 {
                better.push(line);
            }
        }
    }
    if was["basis"] != now["basis"] {
        worse.push(format!("{name}: {}, was {}", now["basis"], was["basis"]));
    }
    (worse, better)
}

/// Everything that is worse, and everything that is better or new.
fn compared(was: &Value, now: &Value) -> (Vec<String>, Vec<String>) {
    let (mut worse, mut better) = (Vec::new(), Vec::new());
    for before in groups(was) {
        match groups(now).into_iter().find(|after| after["name"] == before["name"]) {
            Some(after) => {
                let (bad, good) = changes(before, after);
                worse.extend(bad);
                better.extend(good);
            }
            None => worse.push(format!("{}: it is gone", before["name"])),
        }
    }
    let known = |after: &&Value| groups(was).iter().any(|before| before["name"] == after["name"]);
    let new = groups(now).into_iter().filter(|after| !known(after));
    better.extend(new.map(|after| format!("{}: it is new", after["name"])));
    (worse, better)
}

fn published() -> Value {
    serde_json::from_str(PUBLISHED).expect("JSON")
}

#[test]
fn no_group_is_worse_than_published() {
    let (worse, better) = compared(&published(), &ACCURACY.json(false));
    assert!(worse.is_empty(), "worse than assets/evidence/accuracy.json:\n{}", worse.join("\n"));
    if !better.is_empty() {
        println!("better; write assets/evidence/accuracy.json anew:\n{}", better.join("\n"));
    }
}

#[test]
fn the_readme_shows_every_group() {
    let after = README.split("<!-- accuracy -->\n").nth(1).expect("a first mark");
    let shown = after.split("<!-- end of accuracy -->").next().expect("a second mark");
    let now = ACCURACY.markdown();
    assert_eq!(shown.trim(), now.trim(), "write `plimsoll accuracy --markdown` into the README");
    let lines = now.lines().filter(|line| line.starts_with("| ")).count();
    let misses = ACCURACY.reported.reports.len() - ACCURACY.reported.agreeing();
    let groups = 1 + ACCURACY.memory.len() + ACCURACY.speed.len();
    assert_eq!(lines, groups + misses + 4, "a line a group and a report that disagrees, and four heads");
}

#[test]
fn every_group_has_a_name_of_its_own_and_rows() {
    let now = ACCURACY.json(false);
    let mut names: Vec<&str> = groups(&now).iter().filter_map(|group| group["name"].as_str()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "no name twice");
    assert!(ACCURACY.memory.iter().all(|group| !group.rows.is_empty()), "a group without rows says nothing");
    assert!(ACCURACY.speed.iter().all(|line| line.rows > 0), "a line without rows says nothing");
}

#[test]
fn reports_that_disagree_come_first_and_say_why() {
    let reported = &ACCURACY.reported;
    let misses = reported.reports.iter().take_while(|report| !report.agrees()).count();
    assert_eq!(misses + reported.agreeing(), reported.reports.len(), "misses first");
    for miss in reported.reports.iter().filter(|report| !report.agrees()) {
        assert!(!miss.comment.is_empty(), "{}: why is it missed?", miss.name);
    }
    let mut names: Vec<&str> = reported.reports.iter().map(|report| report.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), reported.reports.len(), "no report twice");
}

#[test]
fn what_gets_worse_or_goes_is_named() {
    let was = published();
    for (key, by) in [("median", 0.01), ("p90", 0.01), ("worst", 0.01), ("exact", -1.0), ("cases", -1.0)] {
        let mut now = was.clone();
        let group = &mut now["groups"][6];
        group[key] = Value::from(group[key].as_f64().expect("a number") + by);
        let (worse, _) = compared(&was, &now);
        assert!(worse.len() == 1 && worse[0].contains(key), "{key}: {worse:?}");
    }
    let mut now = was.clone();
    now["speeds"][0]["inside_band"] = Value::from(0.5);
    now["groups"].as_array_mut().expect("a list").remove(0);
    let (worse, _) = compared(&was, &now);
    assert_eq!(worse.len(), 2, "{worse:?}");
    let mut now = was.clone();
    let agree = now["reported"][0]["agree"].as_f64().expect("a number");
    now["reported"][0]["agree"] = Value::from(agree - 1.0);
    assert_eq!(compared(&was, &now).0.len(), 1, "a report that no longer agrees");
    let mut now = was.clone();
    now["speeds"][0]["median"] = Value::from(0.0);
    assert_eq!(compared(&was, &now).0, Vec::<String>::new(), "better is not worse");
}
