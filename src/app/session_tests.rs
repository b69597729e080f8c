use std::fs;
use std::sync::Arc;

use super::*;
use crate::app::command::Command;
use crate::app::outside::{Dialogs, Opening, Outside, Pending, Picked, Purpose};
use crate::app::state::Change;
use crate::catalog::Catalog;
use crate::detect::ThisMachine;
use crate::import::stores::ThisDisk;

struct NoDialogs;

impl Dialogs for NoDialogs {
    fn ask(&self, _purpose: Purpose, _suggested: &str) -> Pending {
        Box::new(|| Picked::NoDialog)
    }

    fn open_folder(&self, _folder: &Path) -> Opening {
        Box::new(|| false)
    }
}

/// A window whose session is kept in a folder.
fn window(ctx: &egui::Context, folder: &Path) -> Plimsoll {
    let outside = Outside {
        user_folder: None,
        session_file: Some(folder.join("app.ron")),
        world: Arc::new(ThisMachine::default()),
        disk: Arc::new(ThisDisk),
        dialogs: Arc::new(NoDialogs),
        numbers: crate::units::Numbers::default(),
        language: String::new(),
        today: "2026-11-21".to_owned(),
    };
    Plimsoll::open(ctx, Catalog::built_in(), outside).expect("the window opens")
}

/// A window that takes up what lies in the folder.
fn next(ctx: &egui::Context, folder: &Path) -> Plimsoll {
    let mut next = window(ctx, folder);
    next.restore(ctx, session_file::read(&folder.join("app.ron")));
    next
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn change(window: &mut Plimsoll, ctx: &egui::Context, change: Change) {
    window.carry_out(ctx, vec![Command::Change(change)]);
}

/// Runs frames until nothing is written any more, as a window that is left alone does.
fn rest(window: &mut Plimsoll, ctx: &egui::Context, time: &mut f64) {
    for _ in 0..4 {
        *time += 2.0;
        let input = egui::RawInput { time: Some(*time), ..egui::RawInput::default() };
        ctx.begin_pass(input);
        window.keep_session(ctx);
        ctx.end_pass().textures_delta.clear();
        while window.autosave.writing.as_ref().is_some_and(|(_, writing)| !writing.is_finished()) {
            std::thread::yield_now();
        }
    }
}

#[test]
fn the_next_session_takes_up_where_the_last_left_off() {
    let (ctx, folder) = (egui::Context::default(), folder());
    let mut last = window(&ctx, folder.path());
    for changed in [
        Change::Axis(Axis::CONTEXT, 32_768.0),
        Change::Machine("rtx-4090-24gb".to_owned()),
        Change::Compare("rtx-5090-32gb".to_owned()),
        Change::PlotAxis(Axis::CONCURRENCY),
        Change::Sort(Sort::Memory),
        Change::Filter("rtx".to_owned()),
    ] {
        change(&mut last, &ctx, changed);
    }
    last.store_session();
    let next = next(&ctx, folder.path());
    assert_eq!(next.state, last.state);
    assert!(next.edited(), "unsaved changes are still unsaved");
    assert!(next.toasts.said().is_empty(), "{:?}", next.toasts.said());
}

#[test]
fn tabs_settings_and_the_use_of_machines_are_taken_up() {
    let (ctx, folder) = (egui::Context::default(), folder());
    let mut last = window(&ctx, folder.path());
    for name in ["First", "Second", "Third"] {
        last.carry_out(&ctx, vec![Command::Change(Change::Duplicate)]);
        change(&mut last, &ctx, Change::Name(name.to_owned()));
    }
    let second = last.state.open_scenarios().nth(2).expect("it is open").0;
    let usage = crate::engine::Use { tariff: 0.3, utilization: 0.5, ..crate::engine::Use::default() };
    let settings = Settings {
        decimal: true,
        currency: "EUR".to_owned(),
        per_dollar: Some(0.9),
        numbers: Some("1.234,5".to_owned()),
        hints_read: 3,
        ..Settings::default()
    };
    change(&mut last, &ctx, Change::GoToTab(second));
    change(&mut last, &ctx, Change::Usage(usage));
    last.carry_out(&ctx, vec![Command::Settings(settings.clone())]);
    last.store_session();
    let next = next(&ctx, folder.path());
    let names = |window: &Plimsoll| -> Vec<(String, bool, bool)> {
        let shown = window.state.tabs.shown;
        let all = window.state.open_scenarios();
        all.map(|(id, scenario)| (scenario.name.clone(), id == shown, window.is_edited(id, scenario)))
            .collect()
    };
    assert_eq!(names(&next), names(&last));
    assert_eq!(next.state.scenario.name, "Second");
    assert_eq!((&next.settings, next.state.usage), (&settings, usage));
    crate::units::Display::default().choose();
}

#[test]
fn a_change_is_kept_without_closing_the_window() {
    let (ctx, folder) = (egui::Context::default(), folder());
    let (mut last, mut time) = (window(&ctx, folder.path()), 0.0);
    change(&mut last, &ctx, Change::Filter("mac".to_owned()));
    rest(&mut last, &ctx, &mut time);
    assert_eq!(next(&ctx, folder.path()).state.filter, "mac");
    change(&mut last, &ctx, Change::Filter("rtx".to_owned()));
    rest(&mut last, &ctx, &mut time);
    assert_eq!(next(&ctx, folder.path()).state.filter, "rtx");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");
}

#[test]
fn a_session_that_cannot_be_read_is_set_aside_and_said() {
    let ctx = egui::Context::default();
    let whole = {
        let folder = folder();
        window(&ctx, folder.path()).store_session();
        fs::read(folder.path().join("app.ron")).expect("a session")
    };
    let cut = &whole[..whole.len() / 2];
    for damaged in [b"", cut, b"garbage", b"\xff\xfe\x00", b"{\"session\": \"(scenario: 3)\"}"] {
        let folder = folder();
        fs::write(folder.path().join("app.ron"), damaged).expect("a file");
        let fresh = window(&ctx, folder.path()).state.clone();
        let mut next = next(&ctx, folder.path());
        assert_eq!(next.state, fresh);
        let said = next.toasts.said();
        assert!(said.len() == 1 && said[0].contains("app.ron.damaged"), "{said:?}");
        next.store_session();
        assert_eq!(fs::read(folder.path().join("app.ron.damaged")).expect("kept"), damaged);
        assert!(fs::read(folder.path().join("app.ron")).expect("a new one").len() > 100);
    }
}

#[test]
fn a_scenario_that_cannot_be_opened_costs_only_itself_and_is_kept() {
    let (ctx, folder) = (egui::Context::default(), folder());
    let path = folder.path().join("app.ron");
    let lost = Session {
        scenario: "(model: \"no-such-model\")".to_owned(),
        filter: "mac".to_owned(),
        ..Session::default()
    };
    fs::write(&path, session_file::text(&lost).expect("a text")).expect("a file");
    let fresh = window(&ctx, folder.path()).state.scenario.clone();
    let next = next(&ctx, folder.path());
    assert_eq!(next.state.scenario, fresh, "the scenario cannot be opened again");
    assert_eq!(next.state.filter, "mac", "the rest is taken up");
    assert!(next.toasts.said()[0].contains("no-such-model"), "{:?}", next.toasts.said());
    let kept = fs::read_to_string(folder.path().join("app.ron.damaged")).expect("kept");
    assert!(kept.contains("no-such-model"), "{kept}");
}

#[test]
fn a_session_that_cannot_be_kept_is_said_once() {
    let (ctx, folder) = (egui::Context::default(), folder());
    let (mut last, mut time) = (window(&ctx, folder.path()), 0.0);
    let mut kept_with = |filter: &str, folder: &Path| {
        last.outside.session_file = Some(folder.join("app.ron"));
        change(&mut last, &ctx, Change::Filter(filter.to_owned()));
        rest(&mut last, &ctx, &mut time);
        last.toasts.said().len()
    };
    // A file where the folder should be: what a full disk does to a write, this does to all of them.
    let blocked = folder.path().join("blocked");
    fs::write(&blocked, "").expect("a file");
    let said = [("a", &blocked), ("b", &blocked)].map(|(filter, folder)| kept_with(filter, folder));
    assert_eq!(said, [1, 1], "said once");
    let well = folder.path().to_owned();
    assert_eq!(kept_with("c", &well), 1, "nothing more to say");
    assert_eq!(next(&ctx, folder.path()).state.filter, "c", "the next one is kept");
}

#[test]
fn a_session_with_a_path_that_is_no_text_is_kept_without_it() {
    let (ctx, folder) = (egui::Context::default(), folder());
    let mut last = window(&ctx, folder.path());
    last.file.recent = vec![PathBuf::from("a.ron"), strange()];
    let scenario = last.state.scenario.clone();
    last.note_file(last.state.tabs.shown, scenario, Some(strange()));
    change(&mut last, &ctx, Change::Filter("mac".to_owned()));
    last.store_session();
    let next = next(&ctx, folder.path());
    assert_eq!(next.state.filter, "mac");
    assert_eq!(
        (next.file.recent.as_slice(), next.file.path(next.state.tabs.shown)),
        (&[PathBuf::from("a.ron")][..], None)
    );
}

#[cfg(unix)]
fn strange() -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    std::ffi::OsString::from_vec(b"\xff.ron".to_vec()).into()
}

#[cfg(windows)]
fn strange() -> PathBuf {
    use std::os::windows::ffi::OsStringExt as _;
    std::ffi::OsString::from_wide(&[0xd800]).into()
}

#[test]
fn only_sizes_that_a_window_can_have_are_taken_up() {
    let size = |size| Session { size: Some(size), ..Session::default() }.size();
    assert_eq!(size((1280.0, 800.0)), Some(vec2(1280.0, 800.0)));
    for wrong in [(0.0, 800.0), (1280.0, f32::NAN), (1280.0, 1e9), (-1.0, -1.0)] {
        assert_eq!(size(wrong), None, "{wrong:?}");
    }
}

#[test]
fn panels_are_as_wide_and_as_hidden_as_they_were_left() {
    use crate::app::panels::layout::Side;
    let (ctx, folder) = (egui::Context::default(), folder());
    let mut last = window(&ctx, folder.path());
    last.carry_out(&ctx, vec![Command::Width(Side::Machines, Some(333.0)), Command::ToggleWorkload]);
    last.store_session();
    let next = next(&ctx, folder.path());
    assert_eq!(next.looks.widths.machines, Some(333.0));
    assert!(!next.looks.sides().workload && next.looks.sides().machines, "{:?}", next.looks.sides());
}
