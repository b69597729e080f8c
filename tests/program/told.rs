//! What `solve`, `rank` and reports say is all of what was asked, in figures that were asked for today.

use serde_json::Value;

use crate::decisions::{json, run, saved, text};

#[test]
fn a_ranked_model_is_in_the_best_quantization_that_solve_knows() {
    let of = |found: &Value| found["rows"][0]["quantization"].as_str().map(str::to_owned);
    let ranked = json(&["rank", "--machine", "rtx-4090", "--models", "llama-3.3-70b", "--json"]);
    let solved = json(&[
        "solve",
        "chat-8b",
        "--for",
        "quantization",
        "--machine",
        "rtx-4090",
        "--model",
        "llama-3.3-70b",
        "--json",
    ]);
    assert_eq!(of(&ranked).as_deref(), solved["value"].as_str(), "{ranked} {solved}");
}

#[test]
fn no_ceiling_binds_where_none_ends_it() {
    let asked = ["solve", "five-agents-8b", "--for", "concurrency", "--machine", "rtx-4090", "--json"];
    let found = json(&asked);
    assert!(found["next"].is_null() && found["binding_ceiling"].is_null(), "{found}");
    assert_eq!(found["ends"], "shared-context", "{found}");
    assert_eq!(found["with_context"]["binding_ceiling"], "usable_vram", "{found}");
    let asked = ["solve", "chat-70b", "--for", "concurrency", "--machine", "apple-m5max-40c-128gb", "--json"];
    let served = &json(&asked)["with_context"];
    assert_eq!(served["ends"], "memory", "{served}");
    assert!(served["binding_ceiling"].is_string(), "the ceiling that one more is over: {served}");
}

/// The ceiling that one more is over.
#[test]
fn a_context_ends_where_memory_does() {
    let asked = ["solve", "chat-70b", "--for", "context", "--machine", "apple-m5max-40c-128gb", "--json"];
    let found = json(&asked);
    if !found["next"].is_null() {
        assert!(found["binding_ceiling"].is_string(), "{found}");
    }
    let asked = ["solve", "coding-agent-32b", "--for", "context", "--machine", "rtx-4090", "--json"];
    let found = json(&asked);
    assert!(!found["next"].is_null(), "{found}");
    assert_eq!(found["binding_ceiling"], "usable_vram", "{found}");
}

#[test]
fn what_no_shop_sells_for_its_price_does_not_lead() {
    let found = json(&["solve", "chat-70b", "--for", "machine", "--json"]);
    let buy = found["buy"].as_array().expect("machines");
    let first = buy.iter().find(|each| each["machine"] == found["value"]).expect("the one that leads");
    assert_eq!(first["can_be_had"], true, "{first}");
    for each in buy {
        assert!(each["price_date"].is_string() && each["availability"].is_string(), "{each}");
        let there = ["on-sale", "owned"].iter().any(|kind| each["availability"] == *kind);
        let secondhand = ["used", "refurbished"].iter().any(|basis| each["price_basis"] == *basis);
        assert_eq!(each["can_be_had"] == true, there || secondhand, "{each}");
    }
    assert!(buy.iter().any(|each| each["can_be_had"] == false), "some are no longer made");
    let made = |each: &Value| each["availability"] == "on-sale";
    assert!(
        buy.iter().any(|each| each["can_be_had"] == true && !made(each)),
        "and some of those are refurbished"
    );
    let said = text(&["solve", "chat-70b", "--for", "machine"]);
    let lead = said.lines().nth(3).expect("a machine");
    assert!(lead.contains(", 20") && !lead.contains("no longer made"), "whose price, and of when: {lead}");
    let page = saved(&["compare", "chat-8b", "--machines", "rtx-3060-12gb,rtx-5090"], "md");
    assert!(!page.contains("Buy the GeForce RTX 3060"), "{page}");
}

#[test]
fn options_that_say_nothing_are_refused() {
    for (what, option) in [
        ("context", &["--ttft", "1"][..]),
        ("context", &["--budget", "500"]),
        ("context", &["--rent"]),
        ("context", &["--users", "4"]),
        ("machine", &["--machine", "rtx-4090"]),
        ("machine", &["--tpot", "1"]),
        ("requests_per_second", &["--users", "4"]),
    ] {
        let output = run(&[&["solve", "chat-8b", "--for", what], option].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{what} {option:?}: {said}");
        assert!(said.contains(&format!("`{}` says nothing to `--for {what}`", option[0])), "{said}");
    }
    let heard = ["solve", "chat-8b", "--for", "concurrency", "--machine", "rtx-4090", "--ttft", "2"];
    assert!(run(&heard).status.success(), "a limit of waiting bounds requests at once");
}

#[test]
fn the_precision_of_a_graph_network_is_solved() {
    let found = json(&[
        "solve",
        "whole-program-gnn",
        "--for",
        "quantization",
        "--machine",
        "a100-80gb-sxm",
        "--json",
    ]);
    assert_eq!((&found["value"], &found["next"]["value"]), (&"bf16".into(), &"fp32".into()), "{found}");
}

#[test]
fn headings_and_footnotes_of_a_rank_are_true() {
    let said =
        text(&["rank", "--machine", "rtx-4090", "--models", "llama-3.1-8b,qwen3-8b", "--sort", "newest"]);
    let places = ["Qwen3 8B", "Llama 3.1 8B"].map(|model| said.find(model).expect(model));
    assert!(said.contains("newest model first") && places[0] < places[1], "of 2025-04 and 2024-07: {said}");
    let said = text(&["rank", "chat-8b", "--machines", "rtx-4090,rtx-5090"]);
    assert!(said.contains("its cost is with one at $"), "{said}");
    let own = text(&["rank", "chat-8b", "--machines", "rtx-4090,rtx-5090", "--host-dollars", "99"]);
    assert!(own.contains("its cost is with one at $99"), "{own}");
}

/// A report in a folder, with its text changed.
fn report(change: impl Fn(&str) -> String) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("old.ron");
    let text = saved(&["compare", "chat-8b", "--machines", "rtx-4090,rtx-5090"], "ron");
    std::fs::write(&path, change(&text)).expect("a report");
    let path = path.to_str().expect("a path").to_owned();
    (folder, path)
}

#[test]
fn a_report_opens_without_a_machine_that_left_the_catalog() {
    let (_folder, path) = report(|text| text.replace("rtx-4090-24gb", "rtx-4090-25gb"));
    for command in ["check", "compare"] {
        let output = run(&[command, &path]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{command}: {said}");
        assert!(said.contains("rtx-4090-25gb is not in the catalog any more"), "{command}: {said}");
        assert!(answer.contains("5090"), "{command}: {answer}");
    }
    let (_folder, path) = report(|text| text.replace("rtx-4090-24gb", "a").replace("rtx-5090-32gb", "b"));
    assert_eq!(run(&["check", &path]).status.code(), Some(3), "no machine is left");
}

#[test]
fn a_check_of_a_report_says_what_changed_since() {
    let (_folder, path) = report(|text| text.replace("verdict: \"fits\"", "verdict: \"does-not-fit\""));
    let said = String::from_utf8_lossy(&run(&["check", &path]).stderr).into_owned();
    assert!(said.contains("was does-not-fit, is fits"), "{said}");
}

/// What the user sets otherwise did not change by itself.
#[test]
fn what_is_set_is_no_change_since_the_report() {
    let (_folder, path) = report(str::to_owned);
    for command in ["check", "compare"] {
        for more in [&["--set", "context=32768"][..], &["--model", "qwen3-14b"], &["--tariff", "0.5"]] {
            let output = run(&[&[command, &path], more].concat());
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert!(!said.contains("since the report"), "{command} {more:?}: {said}");
        }
    }
}

#[test]
fn a_file_that_was_cut_off_is_said_to_end_early() {
    let text = saved(&["compare", "chat-8b", "--machines", "rtx-4090"], "ron");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cut.ron");
    let file = path.to_str().expect("a path");
    let key = text.find("rent_dollars_per_hour").expect("a key");
    for cut in [key + 3, key - 1, key + "rent_dollars_per_hour".len(), text.len() - 3] {
        std::fs::write(&path, text.get(..cut).expect("ASCII")).expect("a file");
        let said = String::from_utf8_lossy(&run(&["compare", file]).stderr).into_owned();
        assert!(said.contains("ends too early"), "cut at {cut}: {said}");
    }
    std::fs::write(&path, text.replace("rent_dollars_per_hour", "ren")).expect("a file");
    let said = String::from_utf8_lossy(&run(&["compare", file]).stderr).into_owned();
    assert!(said.contains("no field `ren`"), "a word that is whole is another fault: {said}");
}

#[test]
fn a_name_is_no_formula_in_a_spreadsheet() {
    for name in ["=cmd|x", "+1+1", "-2+3", "@sum(a1)"] {
        let set = format!("name={name}");
        let table = saved(&["compare", "chat-8b", "--machines", "rtx-4090", "--set", &set], "csv");
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let row = rows.records().next().expect("a row").expect("it reads");
        assert_eq!(row.iter().next_back(), Some(format!("'{name}").as_str()));
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '@'])), "{row:?}");
    }
}
