//! The command line, end to end on the built program.

use std::fs;

use assert_cmd::Command;
use serde_json::Value;

/// The program with its own empty home, so that no saved state or user catalog decides.
fn plimsoll(home: &tempfile::TempDir) -> Command {
    let mut command = Command::cargo_bin("plimsoll").expect("the program is built");
    command
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET");
    command
}

struct Said {
    code: i32,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Said {
    run_with(arguments, "", &tempfile::tempdir().expect("a folder"))
}

fn run_with(arguments: &[&str], input: &str, home: &tempfile::TempDir) -> Said {
    let output = plimsoll(home).args(arguments).write_stdin(input).output().expect("it runs");
    Said {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect(text)
}

#[test]
fn the_exit_code_is_the_verdict() {
    for (machine, code, verdict) in
        [("rtx-4090", 0, "fits"), ("apple-m1-8c-8gb", 2, "uncertain"), ("rtx-3060-12gb", 0, "fits")]
    {
        let said = run(&["check", "chat-8b", "--machine", machine, "--json"]);
        assert_eq!(said.code, code, "{machine}: {} {}", said.out, said.err);
        assert_eq!(json(&said.out)["verdict"], verdict, "{machine}");
    }
    let said = run(&["check", "chat-70b", "--machine", "rtx-4090", "--json"]);
    assert_eq!((said.code, json(&said.out)["verdict"].as_str()), (1, Some("does-not-fit")), "{}", said.out);
}

#[test]
fn json_parts_sum_and_name_their_ceiling() {
    let said = run(&["check", "presets/chat-8b.ron", "--machine", "apple-m5max-40c-128gb", "--json"]);
    let answer = json(&said.out);
    assert_eq!(answer["schema"], "plimsoll/2");
    let memory = &answer["memory"];
    assert!(memory["ceiling_bytes"].as_f64() > Some(100e9), "{memory}");
    assert_eq!(memory["peak_phase"], "prefill");
    assert!((memory["weights_file_bytes"].as_f64().expect("a size") / 4_915_352_192.0 - 1.0).abs() < 0.005);
    let phases = memory["phases"].as_array().expect("phases");
    for phase in phases {
        let parts = phase["parts"].as_array().expect("parts");
        let sum: f64 = parts.iter().filter_map(|part| part["bytes"].as_f64()).sum();
        let all = phase["bytes"].as_f64().expect("a sum");
        assert!((sum - all).abs() < 1.0, "{phase}");
    }
    let peak = memory["peak_bytes"]["best"].as_f64().expect("a peak");
    let most = phases.iter().filter_map(|phase| phase["bytes"].as_f64()).fold(0.0, f64::max);
    assert!((peak - most).abs() < 1.0, "{peak} {most}");
}

#[test]
fn set_takes_the_keys_of_a_preset() {
    let kv = |context: &str| {
        let set = format!("context={context}");
        let said = run(&["check", "chat-8b", "--machine", "rtx-4090", "--set", &set, "--json"]);
        let answer = json(&said.out);
        let parts = answer["memory"]["phases"][1]["parts"].as_array().expect("parts").clone();
        parts.iter().find(|part| part["name"] == "kv_cache").expect("a cache")["bytes"].as_f64()
    };
    assert_eq!(kv("8k"), Some(1_073_741_824.0));
    assert_eq!(kv("32768"), Some(4.0 * 1_073_741_824.0));
}

#[test]
fn errors_say_where_and_what_would_be_right() {
    let home = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let broken = file("broken.ron", "(model: \"llama-3.1-8b\",\n  contxt: 8192)");
    let short = file("short.ron", "(model: \"llama-3.1-8b\", context: 81");
    let no_text = file("bytes.ron", "(model: \"");
    fs::write(&no_text, [0xff, 0xfe, 0x00]).expect("a file");
    let cases: [(&[&str], &str); 13] = [
        (
            &["check", &broken],
            "broken.ron:2:3: unknown key `contxt`; did you mean context?; `plimsoll list settings`",
        ),
        (&["check", &short], "short.ron:1:"),
        (&["check", &no_text], "a preset is text in UTF-8"),
        (&["check", "chat-8c"], "did you mean chat-8b"),
        (&["check", "chat-8b", "--machine", "rtx-4900"], "did you mean"),
        (&["check", "chat-8b", "--model", "llama-3.1-8c"], "did you mean llama-3.1-8b"),
        (&["check", "chat-8b", "--set", "context"], "lacks `=`"),
        (&["check", "chat-8b", "--set", "context=many"], "context: `many` is not a number"),
        (&["check", "chat-8b", "--set", "context=1", "--set", "context=2"], "key `context` is given twice"),
        (&["check", "chat-8b", "--set", "quantization=Q9"], "no quantization is called `Q9`"),
        (
            &["compare", "chat-8b", "--machines", "this", "--save", "report.docx"],
            ".html, .md, .ron, .json or .csv",
        ),
        (&["check"], "required"),
        (&["chek", "chat-8b"], "plimsoll <COMMAND>"),
    ];
    for (arguments, expected) in cases {
        let said = run_with(arguments, "", &home);
        assert_eq!(said.code, 3, "{arguments:?}: {} {}", said.out, said.err);
        assert!(said.err.contains(expected), "{arguments:?}: {}", said.err);
        assert!(said.out.is_empty(), "{arguments:?}: {}", said.out);
    }
}

#[test]
fn a_context_beyond_measure_is_lowered_and_said() {
    let said =
        run(&["check", "chat-8b", "--machine", "rtx-4090", "--set", "context=1000000000000", "--json"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let notes = json(&said.out)["notes"].to_string();
    assert!(notes.contains("lowered to 100,000,000"), "{notes}");
    assert!(notes.contains("published for"), "{notes}");
}

#[test]
fn many_scenarios_are_read_from_standard_input() {
    let list = r#"[
        (model: "llama-3.1-8b", machine: "rtx-4090"),
        (model: "llama-3.3-70b", machine: "rtx-4090"),
        (model: "nothing-at-all", machine: "rtx-4090"),
    ]"#;
    let home = tempfile::tempdir().expect("a folder");
    let said = run_with(&["check", "-", "--json"], list, &home);
    let verdicts: Vec<String> =
        said.out.lines().map(|line| json(line)["verdict"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(verdicts, ["fits", "does-not-fit", ""], "{}", said.err);
    assert_eq!(said.code, 3, "one of them is an error");
    assert!(said.err.contains("nothing-at-all"), "{}", said.err);
}

#[test]
fn a_saved_report_opens_as_the_same_scenario() {
    let home = tempfile::tempdir().expect("a folder");
    let path = |name: &str| home.path().join(name).display().to_string();
    for ending in ["html", "md", "json", "csv", "ron", "svg"] {
        let target = path(&format!("report.{ending}"));
        let said = run_with(
            &["compare", "chat-8b", "--machines", "rtx-4090,apple-m1-8c-8gb", "--save", &target],
            "",
            &home,
        );
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(fs::read_to_string(&target).expect("a report").contains("4090"), "{ending}");
    }
    let answer = |subject: &str| {
        json(&run_with(&["check", subject, "--machine", "rtx-4090", "--json"], "", &home).out)["memory"]
            .clone()
    };
    assert_eq!(answer(&path("report.ron")), answer("chat-8b"));
}

#[test]
fn a_report_says_what_changed_since() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("report.ron");
    let path = target.display().to_string();
    run_with(&["compare", "chat-8b", "--machines", "rtx-4090", "--save", &path], "", &home);
    let text = fs::read_to_string(&target).expect("a report");
    let older = text.replace("verdict: \"fits\"", "verdict: \"tight\"");
    assert_ne!(text, older, "the verdict stands in it");
    fs::write(&target, older).expect("a file");
    let said = run_with(&["compare", &path, "--machines", "rtx-4090"], "", &home);
    assert!(said.err.contains("was tight, is fits"), "{}", said.err);
}

#[test]
fn a_report_that_cannot_be_saved_leaves_the_old_one() {
    let home = tempfile::tempdir().expect("a folder");
    let target = home.path().join("no such folder").join("report.md").display().to_string();
    let said = run_with(&["compare", "chat-8b", "--machines", "rtx-4090", "--save", &target], "", &home);
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(said.err.contains("could not save"), "{}", said.err);
}

#[test]
fn a_model_on_disk_is_answered() {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/configs/Llama-3.1-8B.json");
    // It says no width, which is 16 bit whatever the preset is in; what is asked for is answered.
    for (asked, same) in [
        (vec![], vec!["--set", "quantization=bf16", "--set", "runtime=auto"]),
        (vec!["--set", "quantization=Q4_K_M"], vec![]),
    ] {
        let common = ["--machine", "rtx-4090", "--json"];
        let said = run(&[&["check", "chat-8b", "--model", config], &asked[..], &common].concat());
        let from_catalog = run(&[&["check", "chat-8b"], &same[..], &common].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        let peak = |text: &str| json(text)["memory"]["peak_bytes"].clone();
        assert_eq!(peak(&said.out), peak(&from_catalog.out), "{asked:?}");
    }
}

/// Without a preset it does what is usual, which is said; without either there is nothing to ask.
#[test]
fn a_model_alone_needs_no_preset() {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/configs/Llama-3.1-8B.json");
    let alone = run(&["check", "--model", config, "--machine", "rtx-4090"]);
    assert!(alone.code == 0 && alone.out.contains("No preset is given"), "{} {}", alone.out, alone.err);
    let tuned = run(&["check", "--model", config, "--set", "method=lora", "--machine", "rtx-4090", "--json"]);
    let of_catalog =
        ["check", "--model", "llama-3.1-8b", "--set", "method=lora", "--machine", "rtx-4090", "--json"];
    let (here, there) = (json(&tuned.out), json(&run(&of_catalog).out));
    assert_eq!(here["memory"]["peak_bytes"], there["memory"]["peak_bytes"], "{}", tuned.err);
    assert!(
        here["notes"][0].as_str().is_some_and(|note| note.contains("is fine-tuned")),
        "{}",
        here["notes"]
    );
    let image = run(&["check", "--model", "sdxl", "--machine", "rtx-4090"]);
    assert_ne!(image.code, 3, "{}", image.err);
    let nothing = run(&["check", "--machine", "rtx-4090"]);
    assert!(nothing.code == 3 && nothing.err.contains("PRESET|FILE"), "{}", nothing.err);
}

/// A limit that was raised for the machine of a preset is another machine's only where that is said.
#[test]
fn a_raised_limit_stays_with_its_machine() {
    let home = tempfile::TempDir::new().expect("a folder");
    let path = home.path().join("raised.ron");
    let text = r#"(model: "llama-3.3-70b", machine: "mac-studio-m5-max-64gb", raised_limit: "56GiB", quantization: "Q4_K_M")"#;
    fs::write(&path, text).expect("a file");
    let path = path.display().to_string();
    let said = |more: &[&str]| run(&[&["check", &path], more].concat()).out;
    let own = said(&[]);
    assert!(own.contains("of 56.0 GiB allowed"), "{own}");
    let other = said(&["--machine", "mac-mini-m5-pro-64gb"]);
    assert!(other.contains("stays there") && !other.contains("of 56.0 GiB"), "{other}");
    let asked = said(&["--machine", "mac-mini-m5-pro-64gb", "--set", "raised_limit=56GiB"]);
    assert!(asked.contains("of 56.0 GiB allowed"), "{asked}");
    let compared = |machines: &str| run(&["compare", &path, "--machines", machines]).out;
    let others = compared("mac-mini-m5-pro-64gb,rtx-4090");
    assert!(others.contains("stays there"), "{others}");
    let both = compared("mac-studio-m5-max-64gb,mac-mini-m5-pro-64gb");
    assert!(both.contains("is asked of each machine here"), "{both}");
}

#[test]
fn a_model_file_says_how_its_weights_are_stored() {
    let header = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/headers/gpt-oss-20b-MXFP4_MOE.header.gguf");
    for subject in [vec!["check", header], vec!["check", "chat-8b", "--model", header]] {
        let said = run(&[subject, vec!["--machine", "rtx-4090", "--json"]].concat());
        assert_eq!(json(&said.out)["workload"]["quantization"], "MXFP4_MOE", "{} {}", said.out, said.err);
        let file = json(&said.out)["memory"]["weights_file_bytes"].as_f64().expect("a size");
        assert!((file / 12_100_406_944.0 - 1.0).abs() < 0.005, "{file}");
    }
}

#[test]
fn this_machine_is_detected_and_answered() {
    let said = run(&["machine", "--json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(json(&said.out)["findings"].as_array().is_some_and(|all| all.len() > 2), "{}", said.out);
    let said = run(&["check", "presets/chat-8b.ron"]);
    assert!([0, 1, 2].contains(&said.code), "{} {}", said.out, said.err);
    assert!(said.out.contains("Needs "), "{}", said.out);
}

#[test]
fn everything_is_listed() {
    for (what, expected) in [
        ("presets", "chat-8b"),
        ("models", "qwen3-30b-a3b"),
        ("machines", "mac-studio-m5-ultra-256gb"),
        ("quantizations", "Q4_K_M"),
    ] {
        let said = run(&["list", what]);
        assert!(said.code == 0 && said.out.contains(expected), "{what}: {}", said.out);
        let said = run(&["list", what, "--json"]);
        assert!(json(&said.out).as_array().is_some_and(|all| all.len() > 5), "{what}");
    }
    let said = run(&["list", "--check"]);
    assert_eq!(said.code, 0, "{}", said.out);
    // Prices grow old by themselves, which is said and fails nothing.
    assert!(said.err.contains("prices are older than 90 days"), "{}", said.err);
}

#[test]
fn every_preset_answers_on_every_placement() {
    let presets = json(&run(&["list", "presets", "--json"]).out);
    for preset in presets.as_array().expect("presets") {
        let id = preset["id"].as_str().expect("an id");
        for machine in ["this", "rtx-4090", "apple-m5max-40c-128gb"] {
            let said = run(&["check", id, "--machine", machine, "--json"]);
            assert_ne!(said.code, 3, "{id} on {machine}: {}", said.err);
            assert!(
                json(&said.out)["memory"]["peak_bytes"]["best"].as_f64() > Some(1e9),
                "{id} on {machine}"
            );
        }
    }
}

#[test]
fn a_machine_of_no_memory_is_refused_and_costs_only_itself() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("config").join("plimsoll").join("machines");
    fs::create_dir_all(&folder).expect("a folder");
    let empty = r#"(chips: [(id: "empty", name: "Empty", vendor: Nvidia, chip: "none", pool: Discrete,
        sizes: [(memory: (GiB(0), Estimate, "B1", "2026-08-22"))], availability: OnSale)])"#;
    fs::write(folder.join("empty.ron"), empty).expect("a file");
    let said = run_with(&["check", "chat-8b", "--machine", "rtx-4090"], "", &home);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("empty") && said.err.contains("memory"), "{}", said.err);
}

#[test]
fn without_a_display_one_sentence_says_so() {
    let said = run(&[]);
    assert_eq!(said.code, 3, "{}", said.out);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.contains("plimsoll check"), "{}", said.err);
}

#[test]
fn what_is_measured_is_kept_and_used() {
    let home = tempfile::tempdir().expect("a folder");
    let said = run_with(&["measure", "--threads", "1", "--dry-run"], "", &home);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("GB/s") && said.out.ends_with("Not kept\n"), "{}", said.out);
    let said = run_with(&["measure", "--json"], "", &home);
    assert_eq!(said.code, 0, "{}", said.err);
    let measured = json(&said.out);
    let path = measured["kept_in"].as_str().expect("a file").to_owned();
    assert!(measured["bandwidth_bytes_per_s"].as_f64().expect("a rate") > 1e8, "{measured}");
    let machine = run_with(&["machine"], "", &home).out;
    assert!(machine.contains("Measured bandwidth") && machine.contains("measured here on"), "{machine}");
    let kept = fs::read_to_string(&path).expect("it is kept");
    fs::write(&path, kept.replacen("threads", "hands", 1)).expect("it can be written");
    let said = run_with(&["machine"], "", &home);
    assert_eq!(said.code, 0, "a broken file costs only itself");
    assert!(said.err.contains("measured.ron:4:") && said.err.contains("hands"), "{}", said.err);
    fs::write(&path, kept.replace("processor: \"", "processor: \"another ")).expect("it can be written");
    let said = run_with(&["machine"], "", &home);
    assert!(said.out.contains("is not used here"), "{}", said.out);
}

#[test]
fn several_of_one_machine_are_asked_for_by_number() {
    let said = run(&["compare", "chat-70b", "--machines", "rtx-3090,2x rtx-3090,4x-rtx-3090"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in ["2 × GeForce RTX 3090", "4 × GeForce RTX 3090", "Does not fit"] {
        assert!(said.out.contains(part), "{part} in\n{}", said.out);
    }
    let said = run(&["check", "chat-70b", "--machine", "2x rtx-3090", "--json"]);
    let answer = json(&said.out);
    assert_eq!(answer["machine"]["devices"], 2, "{}", said.out);
    assert_eq!(answer["machine"]["id"], "2x rtx-3090-24gb");
    assert!(
        answer["sentence"].as_str().is_some_and(|text| text.contains("the fullest of 2 × ")),
        "{}",
        said.out
    );
    let set = run(&["check", "chat-70b", "--machine", "rtx-3090", "--set", "devices=2", "--json"]);
    assert_eq!(json(&set.out)["memory"], answer["memory"], "by key or by number, the same");
    let said = run(&["check", "chat-70b", "--machine", "2x nothing"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("no machine `nothing`"), "{}", said.err);
}

#[test]
fn speeds_are_bands_with_what_they_are_bound_by() {
    for (preset, fields) in [
        (
            "chat-8b",
            &[
                "decode_tokens_per_s",
                "time_per_output_token_s",
                "aggregate_tokens_per_s",
                "prefill_tokens_per_s",
                "time_to_first_token_s",
            ][..],
        ),
        ("tool-calling-qlora-8b", &["train_tokens_per_s", "run_hours"]),
        ("whole-program-gnn-sampled", &["seconds_per_epoch", "run_hours"]),
        ("sdxl", &["seconds_per_image"]),
        ("sdxl-lora", &["seconds_per_step", "run_hours"]),
    ] {
        let said = run(&["check", preset, "--machine", "rtx-4090", "--json"]);
        let speed = &json(&said.out)["speed"];
        for field in fields {
            let of = |end: &str| speed[field][end].as_f64().expect(field);
            assert!(
                0.0 < of("low") && of("low") <= of("best") && of("best") <= of("high"),
                "{preset} {field}"
            );
            let bound = speed[field]["bound"].as_str().expect(field);
            assert!(["memory", "compute", "link", "overhead"].contains(&bound), "{preset} {field}: {bound}");
        }
        let cost = &json(&said.out)["cost"];
        assert!(cost["price_dollars"]["value"].as_f64().is_some_and(|price| price > 500.0), "{cost}");
    }
}

#[test]
fn a_report_of_several_machines_opens_again() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("report.ron");
    let file = path.to_str().expect("text");
    let machines = "rtx-3090,2x rtx-3090";
    let saved = run_with(&["compare", "chat-70b", "--machines", machines, "--save", file], "", &home);
    assert_eq!(saved.code, 0, "{}", saved.err);
    let again = run_with(&["compare", file, "--machines", "2x rtx-3090"], "", &home);
    assert_eq!((again.code, again.err.as_str()), (0, ""), "nothing is different since");
    assert!(again.out.contains("2 × GeForce RTX 3090"), "{}", again.out);
}
