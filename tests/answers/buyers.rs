//! What five buyers are told: the machines that hold their work, to buy and to rent, and what would make it fit three that
//! people have. One text, to be read over.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::{calibration, quality};
use plimsoll::engine::plan::plan;
use plimsoll::engine::solve::{Candidate, Change, Variants, machines_that_fit};
use plimsoll::engine::{Assumptions, estimate};
use plimsoll::report::{
    cost_line, note_words, plan_command, runtime_words, speed_line, start_command, step_words, why_words,
};
use plimsoll::spec::{Machine, Offer, Scenario};
use plimsoll::units::{show_dollars, show_gib};

/// What is asked, and how the people who ask say it.
type Question = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ASKED: [Question; 5] = [
    ("8B QLoRA on 1,000 examples", "tool-calling-qlora-8b", &[("examples", "1000")]),
    ("70B Q4 chat at 32K", "chat-70b", &[("context", "32768")]),
    ("16K parse trees on an 8B", "parse-trees-16k-8b", &[]),
    ("a 5-million-edge graph network", "whole-program-gnn", &[("edges", "5000000")]),
    ("FLUX at 1024", "flux-1-dev", &[("width", "1024"), ("height", "1024")]),
];

/// A Mac of 16 GB, a card of 24 GB, and a notebook of 128 GB.
const OWNED: [&str; 3] = ["apple-m4-10c-16gb", "rtx-4090-24gb", "macbook-pro-16-m5-max-128gb"];

/// Machines of a list that are told.
const TOLD: usize = 5;

fn machine(id: &str) -> &'static Arc<Machine> {
    CONTEXT.catalog.machine(id).expect(id)
}

fn candidate(out: &mut String, (machine, estimate): &Candidate) {
    let price = match &machine.offer {
        Some(Offer::Buy(price)) => format!("{} ({})", show_dollars(*price.value()), price.words()),
        Some(Offer::Rent(rent)) => format!("${:.2} an hour", rent.value().get()),
        None => "no price".to_owned(),
    };
    let deciding = estimate.fit.deciding().expect("a limit");
    writeln!(
        out,
        "  {}, {price}: {}, {} of {}, {}",
        machine.name,
        estimate.fit.verdict.label().to_lowercase(),
        show_gib(deciding.need.best),
        show_gib(deciding.ceiling.bytes.best),
        runtime_words(&estimate.resolved)
    )
    .expect("text grows");
    if let Some(speed) = &estimate.speed {
        writeln!(out, "    {}", speed_line(speed)).expect("text grows");
    }
    if let Some((cost, work)) = estimate.cost.zip(estimate.work_cost) {
        writeln!(out, "    {}", cost_line(&cost, &work)).expect("text grows");
    }
}

fn planned(out: &mut String, scenario: &Scenario, id: &str) {
    let (machine, assumptions) = (machine(id), Assumptions::new(calibration()));
    let resolved = estimate(scenario, machine, &assumptions).resolved;
    let found = plan(scenario, machine, &assumptions).expect("a plan");
    writeln!(out, "on {}: {}", machine.name, found.verdict.label().to_lowercase()).expect("text grows");
    for step in &found.steps {
        writeln!(
            out,
            "  {}: {:+.1} GiB, {} in all, {} ({})",
            step_words(step, &resolved.scenario),
            step.delta.as_gib(),
            show_gib(step.total),
            step.verdict.label().to_lowercase(),
            note_words(step, &resolved.scenario, quality())
        )
        .expect("text grows");
        if let Some(command) = plan_command(step, machine) {
            writeln!(out, "    {command}").expect("text grows");
        }
    }
    for other in &found.not_offered {
        let what = plimsoll::report::tried_words(other, &resolved.scenario);
        writeln!(out, "  not: {what}, {}", why_words(other)).expect("text grows");
    }
    let done: Vec<Change> = found.steps.iter().flat_map(|step| step.changes.clone()).collect();
    let after = Variants::with(scenario, &done).map(|after| estimate(&after, machine, &assumptions).resolved);
    if let Some(start) = after.filter(|_| found.reaches.fits()).and_then(|after| start_command(&after)) {
        writeln!(out, "  start: {start}").expect("text grows");
    }
}

#[test]
fn five_buyers_are_told() {
    let mut out = String::new();
    let assumptions = Assumptions::new(calibration());
    for (said, preset, set) in ASKED {
        let scenario = asked(preset, set);
        let found = machines_that_fit(&scenario, CONTEXT.catalog.machines.iter(), &assumptions);
        writeln!(out, "# {said}\n\nto buy").expect("text grows");
        found.buy.iter().take(TOLD).for_each(|each| candidate(&mut out, each));
        writeln!(out, "to rent").expect("text grows");
        found.rent.iter().take(TOLD).for_each(|each| candidate(&mut out, each));
        writeln!(out, "falls just short").expect("text grows");
        for (machine, short) in &found.just_misses {
            writeln!(out, "  {} by {}", machine.name, show_gib(*short)).expect("text grows");
        }
        for id in OWNED {
            planned(&mut out, &scenario, id);
        }
        out.push('\n');
    }
    insta::assert_snapshot!(out);
}
