//! A program that is ended while it saves leaves the old file or the new one, whole.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plimsoll::report::save;

/// Where the writer writes; set only for the writer.
const TARGET: &str = "PLIMSOLL_TEST_WRITES_TO";

/// A text that shows where it begins and ends, and is long enough to be cut.
fn text(number: u64) -> String {
    format!("{number} {} {number}\n", "x".repeat(300_000))
}

fn is_whole(found: &str) -> bool {
    found.split(' ').next().and_then(|number| number.parse().ok()).is_some_and(|number| found == text(number))
}

/// Not a test by itself: saves again and again until it is killed, when a test starts it with a target.
#[test]
fn writes_until_it_is_killed() {
    let Some(target) = std::env::var_os(TARGET) else { return };
    for number in 1.. {
        save(Path::new(&target), &text(number)).expect("it is saved");
    }
}

#[test]
fn a_kill_while_saving_leaves_the_old_or_the_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("app.ron");
    fs::write(&target, text(0)).expect("a file");
    let mut last = fs::read_to_string(&target).expect("a file");
    for round in 0..25 {
        let mut writer = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "killed::writes_until_it_is_killed", "--nocapture"])
            .env(TARGET, &target)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the writer starts");
        // Until it writes for certain, and then for a while that differs from round to round.
        let started = Instant::now();
        while fs::read_to_string(&target).expect("always there") == last {
            assert!(started.elapsed() < Duration::from_mins(1), "the writer does not write");
        }
        std::thread::sleep(Duration::from_micros(700 * round));
        writer.kill().expect("it can be killed");
        writer.wait().expect("it ends");
        last = fs::read_to_string(&target).expect("always there");
        assert!(is_whole(&last), "round {round}: {} bytes", last.len());
    }
}
