//! A report to read and to paste.

use std::fmt::Write as _;

use super::cell::cell;
use super::workings_markdown::workings;
use super::{
    Answer, Report, asked, cost_line, machine_lines, part_working, runtime_words, sentence, speed_basis,
    speed_line,
};
use crate::spec::Scenario;
use crate::units::{show_gb, show_gib};

/// The text of the report.
pub fn markdown(report: &Report) -> String {
    let mut text = String::new();
    let written = write_all(&mut text, report);
    debug_assert!(written.is_ok(), "a String takes any text");
    text
}

fn write_all(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "# {}\n", report.scenario.name)?;
    writeln!(
        out,
        "Made on {} with Plimsoll {}, facts of {}.\n",
        report.made_on, report.version, report.data_of
    )?;
    workload(out, &report.scenario)?;
    writeln!(out, "## Machines\n")?;
    writeln!(out, "| Machine | Runtime | Verdict | Needs | Allowed | Filled |")?;
    writeln!(out, "|---|---|---|---:|---:|---:|")?;
    for answer in &report.answers {
        row(out, answer)?;
    }
    for answer in &report.answers {
        machine(out, answer)?;
    }
    Ok(())
}

fn workload(out: &mut String, scenario: &Scenario) -> std::fmt::Result {
    writeln!(out, "## Workload\n")?;
    for line in asked(scenario) {
        writeln!(out, "- {line}")?;
    }
    writeln!(out)
}

fn row(out: &mut String, answer: &Answer) -> std::fmt::Result {
    let verdict = answer.estimate.fit.verdict;
    let runtime = runtime_words(&answer.estimate.resolved);
    let Some(deciding) = answer.estimate.fit.deciding() else {
        let need =
            answer.estimate.budget.peak().map_or_else(String::new, |phase| show_gib(phase.total().best));
        let machine = cell(&answer.machine.name);
        let limit = if answer.estimate.resolved.refusal.is_some() { "" } else { "unknown" };
        return writeln!(out, "| {machine} | {runtime} | {} | {need} | {limit} | |", verdict.label());
    };
    writeln!(
        out,
        "| {} | {runtime} | {} | {} | {} | {:.0} % |",
        cell(&answer.machine.name),
        verdict.label(),
        show_gib(deciding.need.best),
        show_gib(deciding.ceiling.bytes.best),
        deciding.filled() * 100.0
    )
}

fn machine(out: &mut String, answer: &Answer) -> std::fmt::Result {
    let words = sentence(&answer.estimate, &answer.machine.name);
    writeln!(out, "\n## {}\n", answer.machine.name)?;
    for line in machine_lines(&answer.machine) {
        writeln!(out, "- {line}")?;
    }
    writeln!(out)?;
    writeln!(out, "**{}.** {}. {}.\n", answer.estimate.fit.verdict.label(), words.headline, words.detail)?;
    if let Some(serving) = answer.estimate.serving {
        writeln!(out, "Serving: {}.\n", serving.line())?;
    }
    for remark in &words.remarks {
        writeln!(out, "- {remark}")?;
    }
    if !words.remarks.is_empty() {
        writeln!(out)?;
    }
    if let Some(speed) = &answer.estimate.speed {
        writeln!(out, "Speed: {}; {}.\n", speed_line(speed), speed_basis(speed))?;
    }
    if let Some((cost, work)) = answer.estimate.cost.zip(answer.estimate.work_cost) {
        writeln!(out, "Cost: {}.\n", cost_line(&cost, &work))?;
    }
    if let Some(file) = answer.estimate.budget.weights_file {
        writeln!(out, "Model file: {}.\n", show_gb(file))?;
    }
    let Some(peak) = answer.estimate.budget.peak() else { return Ok(()) };
    writeln!(out, "Parts at the peak ({}):\n", peak.name.during())?;
    writeln!(out, "| Part | Where | Size | Low to high | Basis | Working |")?;
    writeln!(out, "|---|---|---:|---:|---|---|")?;
    for part in &peak.parts {
        writeln!(
            out,
            "| {} | {} | {} | {} to {} | {} | {} |",
            part.name.label(),
            part.place.key(),
            show_gib(part.bytes.best),
            show_gib(part.bytes.low),
            show_gib(part.bytes.high),
            part.basis.label(),
            cell(&part_working(part))
        )?;
    }
    writeln!(out, "| **Sum** | | **{}** | | | |\n", show_gib(peak.total().best))?;
    workings(out, peak)?;
    writeln!(out, "| Ceiling | Limit | Counted | Verdict | Basis |")?;
    writeln!(out, "|---|---:|---:|---|---|")?;
    for comparison in &answer.estimate.fit.comparisons {
        let verdict = comparison.verdict;
        writeln!(
            out,
            "| {}{} | {} | {} | {} | {} |",
            comparison.ceiling.kind.label(),
            if comparison.ceiling.decides { "" } else { " (shown only)" },
            show_gib(comparison.ceiling.bytes.best),
            show_gib(comparison.need.best),
            verdict.label(),
            cell(&comparison.ceiling.basis)
        )?;
    }
    Ok(())
}
