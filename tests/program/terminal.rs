//! What the command line takes and prints at its edges: names that are no text, files that never end, output that
//! cannot be written, and text that a terminal would act on.
#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Longer than any answer takes; a command that waits for ever is ended.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program with its own empty home and no display.
fn plimsoll(home: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    command
        .current_dir(home)
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs to the end, or fails the test where there is none.
fn finished(mut command: Command) -> Output {
    let mut child = command.spawn().expect("it starts");
    let started = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if started.elapsed() > PATIENCE {
            child.kill().expect("it can be ended");
            panic!("waits for ever: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().expect("its output")
}

fn run(home: &Path, arguments: &[&OsStr]) -> (i32, String, String) {
    let mut command = plimsoll(home);
    command.args(arguments);
    let output = finished(command);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

const PRESET: &str = "(name: \"p\", model: \"llama-3.1-8b\", machine: \"rtx-4090\")";

fn not_text(start: &str, end: &str) -> OsString {
    OsString::from_vec([start.as_bytes(), b"\xff", end.as_bytes()].concat())
}

#[test]
fn arguments_that_are_no_text_are_answered_with_a_sentence() {
    let home = home();
    let all: [&[&OsStr]; 12] = [
        &["check".as_ref(), &not_text("bad", "")],
        &["check".as_ref(), &not_text("bad", ".ron")],
        &["check".as_ref(), "chat-8b".as_ref(), "--set".as_ref(), &not_text("context=", "")],
        &["check".as_ref(), "chat-8b".as_ref(), "--machine".as_ref(), &not_text("", "")],
        &["check".as_ref(), "chat-8b".as_ref(), "--model".as_ref(), &not_text("", "")],
        &["check".as_ref(), "chat-8b".as_ref(), &not_text("--", "")],
        &["compare".as_ref(), "chat-8b".as_ref(), "--machines".as_ref(), &not_text("a,", ",b")],
        &["compare".as_ref(), &not_text("", ""), "--machines".as_ref(), "this".as_ref()],
        &["list".as_ref(), &not_text("", "")],
        &["measure".as_ref(), "--threads".as_ref(), &not_text("1", "")],
        &[&not_text("", "")],
        &[&not_text("", ".ron")],
    ];
    for arguments in all {
        let (code, out, err) = run(home.path(), arguments);
        assert_eq!(code, 3, "{arguments:?}: {out}{err}");
        assert!(err.starts_with("error: ") && !err.contains("panic"), "{arguments:?}: {err}");
    }
}

#[test]
fn files_whose_names_are_no_text_open_and_are_saved() {
    let home = home();
    let preset = not_text("p", ".ron");
    fs::write(home.path().join(&preset), PRESET).expect("a file");
    let (code, out, err) = run(home.path(), &["check".as_ref(), &preset]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let report = not_text("r", ".md");
    let arguments: [&OsStr; 6] =
        ["compare".as_ref(), &preset, "--machines".as_ref(), "rtx-4090".as_ref(), "--save".as_ref(), &report];
    let (code, out, err) = run(home.path(), &arguments);
    assert_eq!(code, 0, "{out}{err}");
    assert!(fs::read_to_string(home.path().join(&report)).expect("a report").starts_with('#'));
    // A preset keeps a model's path as text, so such a model is refused in a sentence that says why.
    fs::write(home.path().join(not_text("m", ".gguf")), "GGUF").expect("a file");
    let (code, _, err) = run(home.path(), &["check".as_ref(), &not_text("m", ".gguf")]);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("has to be UTF-8 text"), "{err}");
}

/// Things that are no regular file: a pipe, a socket, a folder, a device, and links to them.
fn no_files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let at = |name: &str| folder.join(format!("{name}.{ending}"));
    assert!(Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo").success(), "no pipe is made");
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).expect("a socket");
    fs::create_dir(at("folder")).expect("a folder");
    std::os::unix::fs::symlink("/dev/zero", at("device")).expect("a link");
    std::os::unix::fs::symlink(at("pipe"), at("link")).expect("a link");
    ["pipe", "socket", "folder", "device", "link"].map(at).to_vec()
}

#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let home = home();
    for ending in ["ron", "gguf", "json", "safetensors"] {
        for path in no_files(home.path(), ending) {
            let model = ending != "ron";
            let mut all = vec![vec!["check".as_ref(), path.as_os_str()]];
            if model {
                all.push(vec!["check".as_ref(), "chat-8b".as_ref(), "--model".as_ref(), path.as_os_str()]);
            }
            for arguments in all {
                let (code, _, err) = run(home.path(), &arguments);
                assert_eq!(code, 3, "{arguments:?}: {err}");
                let folder = model && path.is_dir();
                assert!(folder || err.contains("not a regular file"), "{arguments:?}: {err}");
            }
        }
    }
}

#[test]
fn what_is_no_regular_file_costs_nothing_in_the_users_folder() {
    let home = home();
    let config = home.path().join("config/plimsoll");
    for folder in ["machines", "models", "presets"] {
        fs::create_dir_all(config.join(folder)).expect("a folder");
        no_files(&config.join(folder), "ron");
    }
    for name in ["sources.ron", "measured.ron"] {
        assert!(Command::new("mkfifo").arg(config.join(name)).status().expect("mkfifo").success());
    }
    let (code, out, err) = run(home.path(), &["check", "chat-8b", "--machine", "rtx-4090"].map(OsStr::new));
    assert_eq!(code, 0, "{out}{err}");
    assert!(err.contains("measured.ron: not a regular file"), "{err}");
}

#[test]
fn standard_input_may_be_a_pipe() {
    let home = home();
    let mut command = plimsoll(home.path());
    let preset = home.path().join("p.ron");
    fs::write(&preset, PRESET).expect("a file");
    let mut cat = Command::new("cat").arg(preset).stdout(Stdio::piped()).spawn().expect("cat");
    command.args(["check", "-"]).stdin(cat.stdout.take().expect("its output"));
    assert_eq!(finished(command).status.code(), Some(0));
    assert!(cat.wait().expect("cat ends").success());
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    let home = home();
    let all: [&[&str]; 16] = [
        &["check", "chat-8b", "--machine", "rtx-4090"],
        &["check", "chat-8b", "--machine", "rtx-4090", "--json"],
        &["check", "chat-70b", "--machine", "rtx-4090"],
        &["compare", "chat-8b", "--machines", "rtx-4090"],
        &["compare", "chat-8b", "--machines", "rtx-4090", "--json"],
        &["compare", "chat-8b", "--machines", "rtx-4090", "--save", "report.md"],
        &["list", "machines"],
        &["list", "models", "--json"],
        &["list", "--check"],
        &["machine"],
        &["machine", "--json"],
        &["measure", "--dry-run", "--threads", "1"],
        &["accuracy"],
        &["--help"],
        &["check", "--help"],
        &["--version"],
    ];
    for arguments in all {
        let mut command = plimsoll(home.path());
        command.args(arguments).stdout(File::options().write(true).open("/dev/full").expect("a full disk"));
        let output = finished(command);
        let err = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {err}");
        assert!(
            err.contains("error: the answer could not be written: No space left"),
            "{arguments:?}: {err}"
        );
    }
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let home = home();
    for arguments in [["list", "machines"], ["list", "models"], ["check", "--help"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = plimsoll(home.path());
        command.args(arguments).stdout(writer);
        let output = finished(command);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(output.stderr, b"", "{arguments:?}");
    }
}

/// What a terminal would act on: colours, a window title, eight-bit control, a forged line, turned writing.
const HOSTILE: &str = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J\nerror: forged\u{202e}\r\u{7f}";

#[test]
fn text_from_files_is_shown_and_not_acted_on() {
    let home = home();
    let path = home.path();
    let quoted = ron::to_string(HOSTILE).expect("a text");
    fs::write(path.join("name.ron"), format!("(name: {quoted}, model: \"llama-3.1-8b\")")).expect("a file");
    fs::write(path.join("value.ron"), format!("(model: {quoted})")).expect("a file");
    fs::write(path.join("key.ron"), format!("(model: \"llama-3.1-8b\", {HOSTILE}: 1)")).expect("a file");
    fs::write(path.join("config.json"), serde_json::json!({ "model_type": HOSTILE }).to_string())
        .expect("a file");
    fs::write(path.join(format!("{}.ron", HOSTILE.replace('/', ""))), "(").expect("a file");
    let presets = path.join("config/plimsoll/presets");
    fs::create_dir_all(&presets).expect("a folder");
    fs::copy(path.join("name.ron"), presets.join("hostile.ron")).expect("a copy");
    fs::write(presets.join(HOSTILE.to_owned() + ".ron"), "(").expect("a file");
    let strange = HOSTILE.to_owned() + ".ron";
    let all: [&[&str]; 12] = [
        &["check", "name.ron", "--machine", "rtx-4090"],
        &["check", "name.ron", "--machine", "rtx-4090", "--json"],
        &["compare", "name.ron", "--machines", "rtx-4090"],
        &["compare", "name.ron", "--machines", "rtx-4090", "--json"],
        &["compare", "name.ron", "--machines", "rtx-4090", "--save", "\u{1b}[31m.md"],
        &["check", "value.ron"],
        &["check", "key.ron"],
        &["check", "config.json"],
        &["check", &strange],
        &["check", "name.ron", "--set", HOSTILE],
        &["list", "presets"],
        &["list", "presets", "--json"],
    ];
    for arguments in all {
        let (_, out, err) = run(path, &arguments.iter().map(OsStr::new).collect::<Vec<_>>());
        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        for text in [&out, &err] {
            assert!(!text.contains(acts), "{arguments:?}: {text:?}");
            assert!(!text.lines().any(|line| line.starts_with("error: forged")), "{arguments:?}: {text}");
        }
        if arguments.contains(&"--json") {
            let all = serde_json::Deserializer::from_str(&out).into_iter::<serde_json::Value>();
            let values: Vec<_> = all.collect::<Result<_, _>>().expect("JSON");
            assert!(values.iter().any(|value| value.to_string().contains("forged")), "{out}");
        }
    }
}

#[test]
fn a_pipe_sees_no_colours() {
    let home = home();
    let arguments = ["check", "chat-8b", "--machine", "rtx-4090"].map(OsStr::new);
    let (_, out, _) = run(home.path(), &arguments);
    assert!(out.contains("\nFits: Needs"), "{out}");
    let (_, out, _) = run(home.path(), &["compare", "chat-8b", "--machines", "rtx-4090"].map(OsStr::new));
    assert!(out.contains("\n  Fits  "), "{out}");
}
