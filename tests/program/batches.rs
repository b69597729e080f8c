//! Lists of presets: an entry that is wrong costs only itself, and says where it stands.

use std::fs;

use assert_cmd::Command;
use serde_json::Value;

/// Exit code, standard output, standard error.
fn run(arguments: &[&str], input: &str, home: &tempfile::TempDir) -> (i32, String, String) {
    let mut command = Command::cargo_bin("plimsoll").expect("the program is built");
    let output = command
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .current_dir(home.path())
        .args(arguments)
        .write_stdin(input)
        .output()
        .expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("it ends"), text(output.stdout), text(output.stderr))
}

const LIST: &str = r#"[
    (model: "llama-3.1-8b", machine: "rtx-4090"),
    (model: "llama-3.1-8b", machine: "rtx-4090", context: "many"),
    (model: "nothing-at-all", machine: "rtx-4090"),
    // a comment
    (
        model: "llama-3.1-8b",
        machine: "rtx-4900",
    ),
    (contxt: 5),
    (model: "llama-3.3-70b", machine: "rtx-4090"),
]
"#;

#[test]
fn each_bad_entry_costs_only_itself_and_says_its_place() {
    let home = tempfile::tempdir().expect("a folder");
    let (code, out, err) = run(&["check", "-", "--json"], LIST, &home);
    assert_eq!(code, 3, "{err}");
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert_eq!(lines.len(), 6, "one line an entry: {out}");
    let verdicts: Vec<Option<&str>> = lines.iter().map(|line| line["verdict"].as_str()).collect();
    assert_eq!(verdicts, [Some("fits"), None, None, None, None, Some("does-not-fit")]);
    for (entry, line, column, word) in [
        (2, 3, None, "many"),
        (3, 4, Some(6), "nothing-at-all"),
        (4, 8, Some(9), "rtx-4900"),
        (5, 10, None, "contxt"),
    ] {
        let said = &lines[entry - 1];
        assert_eq!((&said["schema"], &said["entry"]), (&lines[0]["schema"], &entry.into()), "{said}");
        let error = &said["error"];
        assert_eq!(error["line"], line, "{error}");
        assert!(
            error["column"].as_u64().is_some_and(|at| column.is_none_or(|column| at == column)),
            "{error}"
        );
        assert!(error["message"].as_str().is_some_and(|message| message.contains(word)), "{error}");
        assert!(err.contains(&format!("entry {entry}: standard input:{line}:")), "{err}");
    }
    let (code, out, err) = run(&["check", "-"], LIST, &home);
    assert_eq!(code, 3);
    assert!(out.contains("Fits") && out.contains("Does not fit"), "{out}");
    assert_eq!(err.lines().filter(|line| line.starts_with("error: entry ")).count(), 4, "{err}");
}

#[test]
fn a_preset_alone_is_no_entry() {
    let home = tempfile::tempdir().expect("a folder");
    let (code, out, err) = run(&["check", "-", "--json"], "(contxt: 5)", &home);
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.starts_with("error: standard input:1:"), "{err}");
}

#[test]
fn a_report_is_answered_on_its_own_machines() {
    let home = tempfile::tempdir().expect("a folder");
    let machines = "rtx-4090-24gb,dgx-spark-gb10-128gb";
    let (code, _, err) = run(&["compare", "chat-8b", "--machines", machines, "--save", "r.ron"], "", &home);
    assert_eq!(code, 0, "{err}");
    let (_, out, err) = run(&["check", "r.ron", "--json"], "", &home);
    let asked: Vec<String> = out
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).expect(line)["machine"]["id"]
                .as_str()
                .expect("an id")
                .to_owned()
        })
        .collect();
    assert_eq!(asked.join(","), machines, "{err}");
    let (code, _, err) = run(&["compare", "r.ron", "--save", "again.html"], "", &home);
    assert_eq!(code, 0, "{err}");
    let text = fs::read_to_string(home.path().join("again.html")).expect("a report");
    assert!(text.contains("Nothing that it said is different now"), "it says what changed since");
}

#[test]
fn notes_are_in_every_format_and_models_by_their_whole_path() {
    let home = tempfile::tempdir().expect("a folder");
    let lowered = "lowered to 100,000,000";
    for file in ["a.md", "a.json", "a.html"] {
        let arguments =
            ["compare", "chat-8b", "--set", "context=10000000000", "--machines", "rtx-4090", "--save", file];
        let (code, _, err) = run(&arguments, "", &home);
        assert_eq!(code, 0, "{err}");
        assert!(fs::read_to_string(home.path().join(file)).expect(file).contains(lowered), "{file}");
    }
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/configs/Llama-3.1-8B.json");
    fs::copy(config, home.path().join("config.json")).expect("a copy");
    let arguments =
        ["compare", "chat-8b", "--model", "config.json", "--machines", "rtx-4090", "--save", "b.ron"];
    let (code, _, err) = run(&arguments, "", &home);
    assert_eq!(code, 0, "{err}");
    let text = fs::read_to_string(home.path().join("b.ron")).expect("a report");
    let whole = home.path().join("config.json");
    assert!(text.contains(whole.to_str().expect("text")), "{text}");
}

#[test]
fn all_machines_of_the_catalog_are_compared_and_the_first_page_stays_one() {
    let home = tempfile::tempdir().expect("a folder");
    for file in ["all.csv", "all.html"] {
        let (code, _, err) = run(&["compare", "chat-70b", "--machines", "all", "--save", file], "", &home);
        assert_eq!(code, 0, "{err}");
    }
    let read = |file: &str| fs::read_to_string(home.path().join(file)).expect(file);
    assert!(read("all.csv").lines().count() > 200, "a row a machine");
    let text = read("all.html");
    let first_page = text.split("</section>").next().expect("a first page");
    assert!(first_page.matches("<li>").count() < 40, "what is said before deciding is short");
}
