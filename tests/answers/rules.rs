//! Rules of thumb are held against the machines that they are of, and against no others.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::{calibration, quality};
use plimsoll::engine::{Assumptions, Use};
use plimsoll::report::{Format, Holds, Report, export};
use plimsoll::spec::Machine;

/// What a rule says of a scenario and some machines.
fn said(preset: &str, set: &[(&str, &str)], machines: &[&str], id: &str) -> Option<(Holds, String)> {
    let machines: Vec<Arc<Machine>> =
        machines.iter().map(|id| Arc::clone(CONTEXT.catalog.machine(id).expect("a machine"))).collect();
    let (scenario, assumptions) = (asked(preset, set), Assumptions::new(calibration()));
    let report = Report::new(scenario.clone(), &machines, &assumptions, ("2026-11-27", "2026-11-21"));
    let report = report.decided(&scenario, &assumptions, quality());
    report.rules.into_iter().find(|rule| rule.id == id).map(|rule| (rule.holds, rule.figures))
}

/// Apple sells notebooks of 128 GB at most: a Mac Studio is none, nor is another maker's.
#[test]
fn apples_notebooks_end_at_128_gb() {
    let machines =
        ["mac-studio-m3-ultra-512gb", "macbook-pro-16-m5-max-128gb", "rtx-4090-laptop", "rtx-4090"];
    let (holds, figures) = said("deepseek-r1-671b", &[], &machines, "R29").expect("it is too large");
    assert_eq!(holds, Holds::Yes, "{figures}");
    assert!(figures.contains("the largest of 1 notebooks at hand has 128 GB"), "{figures}");
    assert_eq!(said("chat-8b", &[], &machines, "R29"), None, "what they hold says nothing of larger ones");
    assert_eq!(said("deepseek-r1-671b", &[], &["mac-studio-m3-ultra-512gb"], "R29"), None, "no notebook");
}

/// What is bought stands against what is rented.
#[test]
fn a_machine_to_buy_pays_against_one_to_rent() {
    for id in ["R16", "R17"] {
        let (_, figures) =
            said("tool-calling-qlora-8b", &[], &["rtx-4090", "rent-a100-80gb"], id).expect("both are priced");
        let bought = figures.find("GeForce RTX 4090").expect("what is bought");
        let rented = figures.find("A100").expect("what is rented");
        assert!(bought < rented, "{id}: {figures}");
        assert_eq!(said("tool-calling-qlora-8b", &[], &["rtx-4090", "rtx-5090"], id), None, "none is rented");
    }
}

/// What is announced can be waited for; what is sold cannot.
#[test]
fn a_machine_that_is_on_sale_is_nothing_to_wait_for() {
    assert_eq!(said("chat-8b", &[], &["rtx-4090", "rtx-5090"], "R26"), None);
    let announced = CONTEXT.catalog.machines.iter().find(|machine| {
        machine.availability == plimsoll::spec::Availability::Announced && machine.devices <= 1
    });
    if let Some(announced) = announced {
        let (_, figures) = said("chat-8b", &[], &["rtx-4090", &announced.id], "R26").expect("it is awaited");
        assert!(figures.starts_with(&format!("{} is announced", announced.name)), "{figures}");
    }
}

/// What is alone is the fastest of nothing.
#[test]
fn only_one_of_several_is_also_the_fastest() {
    let page = |machines: &[&str]| {
        let machines: Vec<Arc<Machine>> =
            machines.iter().map(|id| Arc::clone(CONTEXT.catalog.machine(id).expect("a machine"))).collect();
        let (scenario, assumptions) = (asked("chat-8b", &[]), Assumptions::new(calibration()));
        let report = Report::new(scenario.clone(), &machines, &assumptions, ("2026-11-27", "2026-11-21"));
        export(&report.decided(&scenario, &assumptions, quality()), Format::Markdown)
    };
    let fastest = "It is also the fastest of those that hold it.";
    assert!(!page(&["rtx-4090"]).contains(fastest));
    assert!(!page(&["rtx-4090", "rtx-5090"]).contains(fastest), "the cheaper one is the slower one");
    assert!(page(&["rtx-4090", "mac-studio-m3-ultra-512gb"]).contains(fastest), "cheaper and faster");
}

/// The tier of a model is held against the Macs in it: 64 to 128 GB for 70B, which no card is.
#[test]
fn tiers_are_of_macs_alone() {
    let (holds, figures) =
        said("chat-70b", &[], &["macbook-pro-16-m5-max-128gb", "apple-m1-8c-8gb", "rtx-4090"], "R3")
            .expect("one is in the tier");
    assert_eq!(holds, Holds::Yes, "{figures}");
    assert!(figures.starts_with("1 of 1 at hand in that tier"), "{figures}");
    assert_eq!(said("chat-70b", &[], &["apple-m1-8c-8gb", "rtx-4090"], "R3"), None, "none is in it");
}

/// What a machine costs a day over what the tokens of a request cost by API.
#[test]
fn a_machine_pays_against_an_api_from_so_many_requests_a_day() {
    let machine = Arc::clone(CONTEXT.catalog.machine("mac-studio-m5-ultra-256gb").expect("a machine"));
    let usage = Use { api_input: Some(1.0), api_output: Some(4.0), ..Use::default() };
    let (scenario, plain) = (asked("chat-70b", &[]), Assumptions::new(calibration()));
    let assumptions = Assumptions { usage, ..plain };
    let report = Report::new(scenario.clone(), &[machine], &assumptions, ("2026-11-27", "2026-11-21"));
    let cost = report.answers[0].estimate.cost.expect("a price");
    let inference = scenario.inference().expect("it answers");
    let [read, written] = [inference.prompt, inference.generate].map(plimsoll::units::count);
    let request = (read * 1.0 + written * 4.0) / 1e6;
    let requests = (cost.total.get() / (365.0 * usage.years) / request).ceil();
    let said = plimsoll::units::show_grouped(plimsoll::units::whole(requests));
    let text = export(&report.decided(&scenario, &assumptions, quality()), Format::Markdown);
    assert!(text.contains(&format!("from {said} such requests a day on")), "{said}: {text}");
}

/// Cards are faster at images: less time is a higher pace.
#[test]
fn cards_are_faster_at_images() {
    let machines = ["rtx-5090", "macbook-pro-16-m5-max-128gb"];
    let (_, figures) = said("sdxl", &[], &machines, "R24").expect("a card and a Mac");
    let times = figures.split(" is ").nth(1).and_then(|rest| rest.split(" times").next());
    let times: f64 = times.and_then(|number| number.parse().ok()).expect("a ratio");
    assert!(times > 1.5, "{figures}");
}
