//! A driver's library that hangs, crashes, ends the process or lies costs its own answer and nothing else: the real
//! program, with a library that was built to be all of these.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Builds the library that lies; nothing where there is no compiler.
fn built(folder: &Path) -> Option<()> {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fake_library/nvml.rs");
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(compiler);
    command.args(["--edition", "2024", "--crate-type", "cdylib", "--crate-name", "nvidia_ml", "-o"]);
    command.arg(folder.join("libnvidia-ml.so.1")).arg(source).stderr(Stdio::null());
    command.status().ok().filter(std::process::ExitStatus::success).map(drop)
}

/// What `plimsoll machine` prints with that library, and how long it took.
fn machine(folder: &Path, says: &str) -> (String, Duration) {
    let started = Instant::now();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"))
        .arg("machine")
        .current_dir(folder)
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("LD_LIBRARY_PATH", folder)
        .env("FAKE_NVML", says)
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(0), "{says}: {}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8(output.stdout).expect("UTF-8"), started.elapsed())
}

#[test]
fn a_library_that_hangs_crashes_or_lies_costs_its_answer_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    if built(folder.path()).is_none() {
        return;
    }
    for (says, expected) in [
        ("truth", "NVIDIA GeForce RTX 4090, 24.0 GiB, 12.0 GiB free"),
        ("hangs", "NVIDIA's driver does not answer (no answer within 2 s)"),
        ("crashes", "its library ended the process that asked it"),
        ("ends", "its library gave no answer that can be read"),
        ("millions", "Number of NVIDIA cards from NVML reads `4294967295 devices`"),
        ("no-memory", "Device memory from NVML reads `0 bytes, 0 free, 0 reserved`"),
        ("absurd", "Device memory from NVML reads `18446744073709551615 bytes,"),
        ("more-free", "Device memory from NVML reads `25769803776 bytes, 106300440576 free"),
        ("escapes", "[31mRTX"),
    ] {
        let (text, took) = machine(folder.path(), says);
        assert!(text.contains(expected), "{says}: {text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{says}: {text:?}");
        assert!(text.contains("Processor"), "{says} costs nothing else: {text}");
        assert!(took < Duration::from_secs(20), "{says}: {took:?}");
    }
}
