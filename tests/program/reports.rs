//! Reports for people: one HTML file, charts, and tables, whatever stands in them.

use std::sync::Arc;

use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::Assumptions;
use plimsoll::engine::scale::scaled;
use plimsoll::engine::working::Detail;
use plimsoll::report::{Format, Holds, Opened, Report, export, open};
use plimsoll::spec::preset::{Models, NoModel, parse, resolve};
use plimsoll::spec::{Machine, Model, Scenario};
use regex::Regex;

/// A name that would break out of every format that is not careful.
const HOSTILE: &str =
    "</title></td><script src=\"https://x.example/a.js\">alert(1)</script>'\"&|\u{202e}\n=1";

struct Known(Catalog);

impl Models for Known {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        self.0.model(key).map(Arc::clone).map_err(|unknown| NoModel(unknown.to_string()))
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        scaled(model, parameters)
    }
}

fn known() -> Known {
    Known(Catalog::load(None).0)
}

fn scenario(known: &Known, preset: &str) -> Scenario {
    let preset = known.0.preset(preset).expect(preset);
    let keys = parse(&preset.text, &preset.file).expect("keys").remove(0);
    resolve(keys, known).expect("a preset").scenario
}

fn report_of(known: &Known, scenario: Scenario, machines: &[Arc<Machine>], detail: Detail) -> Report {
    let assumptions = Assumptions { detail, ..Assumptions::new(calibration()) };
    Report::new(scenario, machines, &assumptions, ("2026-11-27", known.0.data_of()))
}

fn report(preset: &str, machines: &[&str]) -> Report {
    let known = known();
    let machines: Vec<Arc<Machine>> =
        machines.iter().map(|id| Arc::clone(known.0.machine(id).expect(id))).collect();
    report_of(&known, scenario(&known, preset), &machines, Detail::Workings)
}

/// Everything of the one that is hostile: the scenario's name, the model's, and the machine's.
fn hostile() -> Report {
    let known = known();
    let mut scenario = scenario(&known, "chat-8b");
    HOSTILE.clone_into(&mut scenario.name);
    let language = scenario.language_mut().expect("a language model");
    let model = Model { name: HOSTILE.to_owned(), ..(*language.model).clone() };
    language.model = Arc::new(model);
    let machine = |id: &str| Machine {
        name: HOSTILE.to_owned(),
        note: Some(HOSTILE.to_owned()),
        ..(**known.0.machine(id).expect(id)).clone()
    };
    let machines = [Arc::new(machine("rtx-4090")), Arc::new(machine("apple-m1-8c-8gb"))];
    report_of(&known, scenario, &machines, Detail::Workings).with_notes(vec![HOSTILE.to_owned()])
}

#[test]
fn a_hostile_name_stays_text_in_html_and_svg() {
    let report = hostile();
    for format in [Format::Html, Format::Svg] {
        let text = export(&report, format);
        assert!(!text.contains("<script"), "{format:?} has a tag out of a name");
        assert!(text.contains("&lt;script"), "{format:?} shows the name");
        assert!(!text.contains('\u{202e}'), "{format:?} turns the direction of writing");
        assert_eq!(text.matches("</title>").count(), 1, "{format:?}");
        well_nested(&text);
    }
    let table = export(&report, Format::Markdown);
    let rows = table.lines().filter(|line| line.starts_with("| Verdict"));
    for row in rows {
        assert_eq!(row.matches(" | ").count(), 2, "{row}");
    }
}

/// Every tag that is opened is closed in turn.
fn well_nested(text: &str) {
    let tag = Regex::new(r"<(/?)([a-zA-Z0-9]+)[^>]*?(/?)>").expect("a pattern");
    let mut open: Vec<String> = Vec::new();
    for found in tag.captures_iter(text) {
        let name = found[2].to_lowercase();
        if ["meta", "br"].contains(&name.as_str()) || &found[3] == "/" {
            continue;
        }
        if &found[1] == "/" {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "at {}", &found[0]);
        } else {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new(), "left open");
}

#[test]
fn html_loads_nothing_and_its_footnotes_are_there() {
    let text = export(&report("tool-calling-qlora-8b", &["rtx-4090", "rent-a100-80gb"]), Format::Html);
    let loads =
        Regex::new(r#"(?i)\b(?:src|srcset|href|action|data)\s*=\s*["']?([^"'\s>]*)"#).expect("a pattern");
    let mut footnotes = 0;
    for found in loads.captures_iter(&text) {
        let target = found[1].strip_prefix('#').expect("only places of the file itself");
        assert!(text.contains(&format!("id=\"{target}\"")), "{target} is nowhere");
        footnotes += 1;
    }
    assert!(footnotes > 10, "{footnotes} figures have a footnote");
    for word in ["@import", "url(", "<link", "<script", "<iframe", "<img"] {
        assert!(!text.contains(word), "{word}");
    }
    well_nested(&text);
    assert!(text.contains("default-src 'none'") && text.contains("@media print"));
    assert!(text.contains("prefers-color-scheme: dark"));
}

#[test]
fn html_says_question_answer_figures_table_charts_and_what_it_rests_on() {
    let text = export(&report("tool-calling-qlora-8b", &["rtx-4090", "rent-a100-80gb"]), Format::Html);
    let body = text.split_once("</style>").expect("a style").1;
    // Figures change with the facts; what is said of them is what is looked at here.
    let figures = Regex::new(r"[0-9]+(?:[.,][0-9]+)*").expect("a pattern");
    let first_page = body.split_once("</section>").expect("a first page").0;
    insta::assert_snapshot!(figures.replace_all(first_page, "#"));
    for part in [
        "Side by side",
        "Runtime",
        "Verdict",
        "Headroom",
        "Cost of a run",
        "Price",
        "In 5 years",
        "Power under load",
        "Software",
        "Charts",
        "Memory by part",
        "Time of a run",
        "Cost over 5 years",
        "Assumptions",
        "What the speeds rest on",
        "Workings and sources",
    ] {
        assert!(body.contains(part), "{part} is missing");
    }
}

#[test]
fn the_machine_that_was_named_first_does_not_lead() {
    let machines = ["rtx-4090", "mac-studio-m5-ultra-256gb", "dgx-spark-gb10-128gb"];
    let reversed: Vec<&str> = machines.iter().copied().rev().collect();
    for format in [Format::Html, Format::Markdown, Format::Svg] {
        let (one, other) =
            (export(&report("chat-70b", &machines), format), export(&report("chat-70b", &reversed), format));
        assert_eq!(one, other, "{format:?}: the order they are named in says nothing");
    }
    let text = export(&report("chat-70b", &machines), Format::Markdown);
    let head = text.lines().find(|line| line.starts_with("| | ")).expect("a table");
    assert!(head.ends_with("GeForce RTX 4090 |"), "what does not fit comes last: {head}");
    assert!(!text.lines().nth(2).is_some_and(|answer| answer.contains("4090")), "nor is it advised");
}

#[test]
fn csv_has_the_columns_of_rank_and_the_figures_of_every_family() {
    for (preset, filled) in [
        ("chat-8b", "decode_tokens_per_s"),
        ("chat-8b", "input_dollars_per_million"),
        ("chat-8b", "output_dollars_per_million"),
        ("tool-calling-qlora-8b", "train_tokens_per_s"),
        ("tool-calling-qlora-8b", "run_hours"),
        ("sdxl", "seconds_per_image"),
    ] {
        let text = export(&report(preset, &["rtx-4090"]), Format::Csv);
        assert!(
            text.starts_with(
                "model,quantization,machine,runtime,verdict,memory_bytes,decode_tokens_per_s,time_to_first_token_s,\
                 train_tokens_per_s,run_hours,seconds_per_image,price_dollars,price_basis,\
                 input_dollars_per_million,output_dollars_per_million,"
            ),
            "{text}"
        );
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let head = table.headers().expect("a head").clone();
        let unique: std::collections::BTreeSet<&str> = head.iter().collect();
        assert_eq!(unique.len(), head.len(), "no column stands twice");
        let row = table.records().next().expect("a row").expect("it reads");
        let of = |name: &str| head.iter().position(|column| column == name).and_then(|at| row.get(at));
        assert!(
            of(filled).and_then(|text| text.parse::<f64>().ok()).is_some_and(|value| value > 0.0),
            "{filled}"
        );
        assert_eq!(of("machine"), Some("rtx-4090-24gb"));
        assert!(of("model").is_some_and(|model| !model.is_empty()), "{preset}");
    }
}

#[test]
fn a_format_is_known_by_its_ending_and_others_are_refused_with_the_list() {
    let of = |name: &str| Format::of_path(name.as_ref()).map_err(|error| error.to_string());
    assert_eq!((of("a.HTML"), of("b.svg")), (Ok(Format::Html), Ok(Format::Svg)));
    assert_eq!(of("a.png"), Ok(Format::Png));
    assert!(of("a.docx").is_err_and(|error| error.contains(".html, .md, .ron, .json or .csv")));
}

#[test]
fn a_report_that_is_opened_says_then_beside_now() {
    let now = report("chat-8b", &["rtx-4090"]);
    let text = export(&now, Format::Ron);
    let saved = |text: &str| match open(text, "report.ron") {
        Ok(Opened::Report(saved)) => *saved,
        other => panic!("no report: {other:?}"),
    };
    let same = now.clone().beside(&saved(&text));
    assert_eq!(same.since.as_ref().expect("a report").changes, []);
    let price = Regex::new(r"price_dollars: [0-9.]+").expect("a pattern");
    let older = price.replace(&text, "price_dollars: 1234.0").replace("data_of: \"2026", "data_of: \"2025");
    let changed = now.clone().beside(&saved(&older));
    let changes = &changed.since.as_ref().expect("a report").changes;
    assert_eq!(
        changes.iter().map(|change| (change.what, change.was.as_str())).collect::<Vec<_>>(),
        [("price", "$1,234")]
    );
    for format in [Format::Html, Format::Markdown, Format::Json] {
        let text = export(&changed, format);
        assert!(text.contains("$1,234") && text.contains("2025"), "{format:?}: {text}");
    }
    // Reports of version 2 said nothing of prices.
    let more = Regex::new(r"(?s), more: \(.*?\)\),").expect("a pattern");
    let second = more.replace(&text, "),").replace("plimsoll_report: 3", "plimsoll_report: 2");
    assert_ne!(second, text);
    assert_eq!(now.clone().beside(&saved(&second)).since.expect("a report").changes, []);
}

/// A report with what it comes to.
fn decided(preset: &str, machines: &[&str]) -> Report {
    let report = report(preset, machines);
    let scenario = report.scenario.clone();
    let assumptions = Assumptions::new(calibration());
    report.decided(&scenario, &assumptions, plimsoll::catalog::quality())
}

#[test]
fn rules_of_thumb_are_held_against_the_machines_at_hand() {
    let said = |preset: &str, machines: &[&str], id: &str| {
        let report = decided(preset, machines);
        let rule = report.rules.iter().find(|rule| rule.id == id).cloned();
        rule.map(|rule| (rule.holds, rule.figures))
    };
    let all = [
        "rtx-4090",
        "mac-studio-m5-ultra-256gb",
        "macbook-pro-16-m5-max-128gb",
        "dgx-spark-gb10-128gb",
        "rent-a100-80gb",
    ];
    for (preset, id, expected) in [
        ("chat-70b", "R1", Holds::Yes),
        ("chat-70b", "R6", Holds::Yes),
        ("chat-70b", "R12", Holds::Yes),
        ("chat-70b", "R20", Holds::Yes),
        ("chat-8b", "R15", Holds::Yes),
        ("chat-8b", "R22", Holds::Yes),
        ("chat-8b", "R27", Holds::Yes),
        ("tool-calling-qlora-8b", "R19", Holds::Yes),
        ("tool-calling-qlora-8b", "R30", Holds::Yes),
    ] {
        let (holds, figures) = said(preset, &all, id).unwrap_or_else(|| panic!("{preset}: {id} is not said"));
        assert_eq!(holds, expected, "{preset}: {id}: {figures}");
        assert!(figures.chars().any(|letter| letter.is_ascii_digit()) || id == "R27", "{id}: {figures}");
    }
    // What nothing at hand bears on is left out.
    assert_eq!(said("chat-8b", &["rtx-4090"], "R10"), None);
    assert_eq!(said("flux-1-dev", &["rtx-4090"], "R13"), None);
    assert_eq!(said("chat-8b", &["rtx-4090"], "R27"), None);
}

#[test]
fn a_report_has_the_plan_of_what_does_not_fit_and_the_command_of_what_does() {
    let report = decided("chat-70b", &["rtx-4090", "mac-studio-m5-ultra-256gb"]);
    let [plan] = &report.plans[..] else { panic!("one machine is too small: {:?}", report.plans) };
    assert_eq!(plan.machine.id, "rtx-4090-24gb");
    let step = plan.steps.first().expect("a step");
    let html = export(&report, Format::Html);
    well_nested(&html);
    for part in ["To run it", "Before you start it", "What people say", "GPU layers"] {
        assert!(html.contains(part), "{part}");
    }
    let text = export(&report, Format::Markdown);
    assert!(text.contains(&step.what) && text.contains("## What people say"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&export(&report, Format::Json)).expect("JSON");
    assert_eq!(json["plans"][0]["machine"], "rtx-4090-24gb");
    assert!(json["plans"][0]["steps"][0]["total_bytes"].as_f64().is_some_and(|bytes| bytes > 1e9));
    assert!(json["rules"].as_array().is_some_and(|rules| rules.len() > 5));
    let table = export(&report, Format::Csv);
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let at = rows.headers().expect("a head").iter().position(|name| name == "quality").expect("a column");
    let row = rows.records().next().expect("a row").expect("it reads");
    assert!(row.get(at).is_some_and(|quality| quality.contains("perplexity")), "{row:?}");
}

/// Two scenarios on the same machines are both answered: on the first page, with rules, plans and what starts them.
#[test]
fn the_second_scenario_of_a_comparison_is_answered_like_the_first() {
    let known = known();
    let machines: Vec<Arc<Machine>> = ["rtx-4090", "macbook-pro-16-m5-max-128gb"]
        .iter()
        .map(|id| Arc::clone(known.0.machine(id).expect(id)))
        .collect();
    let assumptions = Assumptions { detail: Detail::Workings, ..Assumptions::new(calibration()) };
    let (chat, tune) = (scenario(&known, "chat-70b"), scenario(&known, "tool-calling-qlora-8b"));
    let quality = plimsoll::catalog::quality();
    let report = report_of(&known, tune.clone(), &machines, Detail::Workings)
        .with_other(chat.clone(), &assumptions)
        .decided(&tune, &assumptions, quality)
        .decided_beside(&chat, &assumptions, quality);
    let html = export(&report, Format::Html);
    well_nested(&html);
    let body = html.split_once("</style>").expect("a style").1;
    let first_page = body.split_once("</section>").expect("a first page").0;
    let text = export(&report, Format::Markdown);
    let head = text.split_once("Made on").expect("a first page").0;
    for page in [first_page, head] {
        for part in [
            "Which machine for “Tool-calling QLoRA 8B”, and which for “Chat 70B Q4”?",
            "holds both",
            "A run takes",
            "It decodes",
            "The GeForce RTX 4090 does not hold it",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    for whole in [body, &text] {
        for part in [
            "llama-server -m",
            "get_peft_model(model, LoraConfig(",
            "GPU layers",
            "Training on a Mac",
            "Where weights exceed a card",
        ] {
            assert!(whole.contains(part), "{part}: {whole}");
        }
    }
    let sheet = plimsoll::report::sheet(&report);
    let [own, other] = &sheet.subjects[..] else { panic!("two scenarios: {:?}", sheet.subjects) };
    assert!(own.answer.contains("A run takes") && other.answer.contains("It decodes"), "{sheet:?}");
    assert!(other.rules.len() > 5 && other.start.is_some() && sheet.tables.len() == 2, "{other:?}");
    assert!(sheet.charts.iter().any(|chart| chart.title.starts_with("“Chat 70B Q4”: Decode")));
    let json: serde_json::Value = serde_json::from_str(&export(&report, Format::Json)).expect("JSON");
    assert_eq!(json["beside_plans"][0]["machine"], "rtx-4090-24gb");
    assert!(json["beside_rules"].as_array().is_some_and(|rules| rules.len() > 5));
}
