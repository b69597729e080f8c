//! A report to read and to paste.

use std::fmt::Write as _;

use super::advice::{answer, considerations, headlines, question};
use super::assumed::assumed;
use super::cell::cell;
use super::comparison::{Held, lines};
use super::decision::Decision;
use super::start::{start, start_note};
use super::workings_markdown::workings;
use super::{
    Answer, Report, Since, asked, cost_line, in_words, machine_lines, part_working, runtime_words, sentence,
    speed_basis, speed_line,
};
use crate::units::{show_gb, show_gib};

/// The text of the report.
pub fn markdown(report: &Report) -> String {
    let mut text = String::new();
    let written = write_all(&mut text, report);
    debug_assert!(written.is_ok(), "a String takes any text");
    text
}

fn write_all(out: &mut String, report: &Report) -> std::fmt::Result {
    let decision = Decision::of(report);
    writeln!(out, "# {}\n", question(report))?;
    if !decision.order.is_empty() {
        writeln!(out, "**{}**\n", answer(&decision))?;
    }
    for headline in headlines(&decision) {
        writeln!(out, "- **{}** {} ({})", headline.figure, headline.what, headline.note)?;
    }
    for consideration in considerations(&decision) {
        writeln!(out, "- {consideration}")?;
    }
    writeln!(
        out,
        "\nMade on {} with Plimsoll {}, facts of {}.\n",
        in_words(&report.made_on),
        report.version,
        in_words(&report.data_of)
    )?;
    if let Some(changed) = &report.since {
        since(out, changed)?;
    }
    side_by_side(out, "Side by side", (&decision.order, Held::Against(decision.baseline)))?;
    if let Some(other) = &report.other {
        let pairs = report.in_pairs(&decision);
        let head = format!("Beside “{}”", other.scenario.name);
        side_by_side(out, &head, (&pairs.iter().collect::<Vec<_>>(), Held::InPairs))?;
    }
    plans(out, report, &decision)?;
    workload(out, report)?;
    if !decision.order.is_empty() {
        writeln!(out, "## What the costs assume\n")?;
        for line in assumed(&report.usage) {
            writeln!(out, "- {line}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "## Memory\n")?;
    writeln!(out, "| Machine | Runtime | Verdict | Needs | Allowed | Filled |")?;
    writeln!(out, "|---|---|---|---:|---:|---:|")?;
    for answer in &decision.order {
        row(out, answer)?;
    }
    for answer in &decision.order {
        machine(out, answer)?;
    }
    Ok(())
}

/// What it said when it was saved, beside what it says now.
fn since(out: &mut String, since: &Since) -> std::fmt::Result {
    writeln!(out, "## Since {}\n", in_words(&since.made_on))?;
    writeln!(
        out,
        "It was made with Plimsoll {} and facts of {}.\n",
        since.version,
        in_words(&since.data_of)
    )?;
    if since.changes.is_empty() {
        return writeln!(out, "Nothing that it said is different now.\n");
    }
    writeln!(out, "| Machine | What | Then | Now |\n|---|---|---|---|")?;
    for change in &since.changes {
        let (was, is) = (cell(&change.was), cell(&change.is));
        writeln!(out, "| {} | {} | {was} | {is} |", cell(&change.machine), change.what)?;
    }
    writeln!(out)
}

/// A line a figure, a column a machine.
fn side_by_side(out: &mut String, head: &str, (answers, held): (&[&Answer], Held)) -> std::fmt::Result {
    if answers.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {head}\n")?;
    let names: Vec<String> = answers.iter().map(|answer| cell(&answer.machine.name)).collect();
    writeln!(out, "| | {} |", names.join(" | "))?;
    writeln!(out, "|---|{}", "---|".repeat(answers.len()))?;
    for line in lines(answers, held) {
        let cells = line.cells.iter().map(|of| {
            let best = of.best.map_or_else(String::new, |best| format!(" **{best}**"));
            let below = of.below.as_ref().map_or_else(String::new, |below| format!(" ({below})"));
            cell(&format!("{}{best}{below}", of.text))
        });
        writeln!(out, "| {} | {} |", line.label, cells.collect::<Vec<_>>().join(" | "))?;
    }
    writeln!(out)
}

/// What would make it fit where it does not, how it is started, and rules of thumb held against the figures.
fn plans(out: &mut String, report: &Report, decision: &Decision<'_>) -> std::fmt::Result {
    let advised = decision.advised().filter(|advised| advised.estimate.fit.verdict.fits());
    if let Some((advised, start)) =
        advised.and_then(|advised| Some((advised, start(&advised.estimate.resolved)?)))
    {
        writeln!(out, "## Before you start it on the {}\n\n```sh\n{start}\n```\n", advised.machine.name)?;
        if let Some(note) = start_note(&advised.estimate.resolved) {
            writeln!(out, "{note}.\n")?;
        }
    }
    for plan in &report.plans {
        let end = match (plan.steps.len(), plan.reaches.fits()) {
            (0, _) => "no step known here helps",
            (_, true) => "to make it fit",
            (_, false) => "what helps, and is not enough",
        };
        writeln!(out, "## {}: {end}\n", plan.machine.name)?;
        for (at, step) in plan.steps.iter().enumerate() {
            let verdict = step.verdict.label().to_lowercase();
            writeln!(out, "{}. **{}** {}; {}: {verdict}", at + 1, step.what, step.figures, step.note)?;
            if let Some(command) = &step.command {
                writeln!(out, "   `{command}`")?;
            }
        }
        if let Some(start) = &plan.start {
            writeln!(out, "\n```sh\n{start}\n```")?;
        }
        writeln!(out)?;
    }
    if !report.rules.is_empty() {
        writeln!(out, "## What people say, held against these figures\n")?;
        writeln!(out, "| Rule of thumb | Here | Figures |\n|---|---|---|")?;
        for rule in &report.rules {
            writeln!(out, "| {} | {} | {} |", cell(rule.says), rule.holds.label(), cell(&rule.figures))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn workload(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Workload\n")?;
    writeln!(out, "- Name: {}", report.scenario.name)?;
    for line in asked(&report.scenario) {
        writeln!(out, "- {line}")?;
    }
    for note in &report.notes {
        writeln!(out, "- Note: {note}")?;
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
