//! `plimsoll claim` and `plimsoll claims` as a script asks them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What the program prints, in a home of its own.
fn plimsoll(home: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"));
    command.args(arguments).current_dir(home).env("HOME", home).env("XDG_CONFIG_HOME", home.join("config"));
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn json(home: &Path, arguments: &[&str]) -> Vec<Value> {
    let text = plimsoll(home, arguments);
    serde_json::from_str(&text).expect("a list")
}

#[test]
fn json_has_what_was_promised() {
    let home = tempfile::tempdir().expect("a home");
    let found = json(home.path(), &["claim", "M5 Max, Llama 70B Q4_K_M, 32 tok/s", "--json"]);
    let [claim] = found.as_slice() else { unreachable!("one claim: {found:?}") };
    for key in [
        "id",
        "text",
        "document",
        "understood",
        "verdict",
        "reason",
        "findings",
        "bound",
        "band",
        "would_be_true_if",
    ] {
        assert!(claim.get(key).is_some(), "{key}: {claim}");
    }
    let understood = &claim["understood"];
    for key in ["machine", "model", "quantization", "runtime", "quantity", "value", "unit"] {
        assert!(understood.get(key).is_some(), "{key}: {claim}");
    }
    assert_eq!(claim["verdict"], "impossible");
    assert_eq!(understood["machine"], "apple-m5max-40c-128gb");
    assert_eq!(understood["model"], "llama-3.3-70b");
    assert_eq!(understood["unit"], "tok/s");
    assert!(claim["bound"].as_f64().is_some_and(|bound| (14.0..15.0).contains(&bound)), "{claim}");
    // What it is held against opens: the same figures, with how they came about.
    assert_eq!(claim["bound_working"]["value"], claim["bound"], "{claim}");
    assert!(claim["bound_working"]["expression"].is_string(), "{claim}");
    let band = &claim["band_workings"][0];
    assert_eq!(band["working"]["value"], claim["band"]["best"], "{claim}");
    assert_eq!(band["set"]["quantization"], "Q4_K_M", "{claim}");
    assert!(claim["would_be_true_if"].as_array().is_some_and(|all| all.len() >= 3), "{claim}");
}

#[test]
fn the_documents_are_there_and_files_are_read() {
    let home = tempfile::tempdir().expect("a home");
    let shipped = json(home.path(), &["claims", "--json"]);
    assert_eq!(shipped.len(), 237);
    assert_eq!(shipped[141]["id"], "C142");
    assert_eq!(shipped[141]["document"], "003");
    let page = home.path().join("page.md");
    std::fs::write(&page, "# Review\n\nRTX 3090 has 936 GB/s. The M4 Ultra has 1,092 GB/s.\n")
        .expect("a page");
    let found = json(home.path(), &["claims", "page.md", "--json"]);
    let verdicts: Vec<&Value> = found.iter().map(|claim| &claim["verdict"]).collect();
    assert_eq!(verdicts, ["plausible", "wrong"]);
    assert_eq!(found[0]["document"], "page.md");
    let only = json(home.path(), &["claims", "page.md", "--verdict", "wrong", "--json"]);
    assert_eq!(only.len(), 1);
    let text = plimsoll(home.path(), &["claims"]);
    assert!(text.starts_with("237 claims: "), "{text}");
    let memory = plimsoll(home.path(), &["claims", "--memory"]);
    assert!(memory.contains("75%") && memory.contains("source: "), "{memory}");
}
