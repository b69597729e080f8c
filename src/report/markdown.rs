//! A report to read and to paste.

use std::fmt::Write as _;

use super::advice::{answer, considerations, question};
use super::asked::asked_of;
use super::assumed::assumed;
use super::both::{for_both, in_pairs, pairs_head};
use super::cell::cell;
use super::comparison::{Held, lines};
use super::decision::Decision;
use super::headlines::headlines;
use super::markup::quoted;
use super::workings_markdown::workings;
use super::{
    Answer, Report, Since, cost_line, in_words, machine_lines, part_working, runtime_words, sentence,
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
    let decisions: Vec<Decision<'_>> = report.subjects().into_iter().map(Decision::of).collect();
    writeln!(out, "# {}\n", question(report))?;
    if let Some(together) = for_both(&decisions) {
        writeln!(out, "{together}\n")?;
    }
    for decision in &decisions {
        subject(out, (report, decision), "## ")?;
        decided(out, decision)?;
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
    for decision in &decisions {
        let head = match &report.other {
            Some(_) => format!("Side by side: {}", quoted(decision.subject.scenario)),
            None => "Side by side".to_owned(),
        };
        side_by_side(out, &head, (&decision.order, Held::Against(decision.baseline)))?;
    }
    if let (Some(other), Some(own)) = (&report.other, decisions.first()) {
        let pairs = in_pairs(report, own);
        side_by_side(out, &pairs_head(other), (&pairs.iter().collect::<Vec<_>>(), Held::InPairs))?;
    }
    for decision in &decisions {
        plans(out, report, decision)?;
    }
    workload(out, report)?;
    if decisions.iter().any(|decision| !decision.order.is_empty()) {
        writeln!(out, "## What the costs assume\n")?;
        for line in assumed(&report.usage) {
            writeln!(out, "- {line}")?;
        }
        writeln!(out)?;
    }
    for decision in &decisions {
        let of = report.other.as_ref().map(|_| format!(": {}", quoted(decision.subject.scenario)));
        let of = of.unwrap_or_default();
        writeln!(out, "## Memory{of}\n")?;
        writeln!(out, "| Machine | Runtime | Verdict | Needs | Allowed | Filled |")?;
        writeln!(out, "|---|---|---|---:|---:|---:|")?;
        for answer in &decision.order {
            row(out, answer)?;
        }
        for answer in &decision.order {
            machine(out, answer, &of)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Which scenario follows, where there are two.
fn subject(out: &mut String, (report, decision): (&Report, &Decision<'_>), mark: &str) -> std::fmt::Result {
    if report.other.is_none() {
        return Ok(());
    }
    writeln!(out, "\n{mark}{}\n", quoted(decision.subject.scenario))
}

/// The answer, its figures, and what speaks for another choice.
fn decided(out: &mut String, decision: &Decision<'_>) -> std::fmt::Result {
    if !decision.order.is_empty() {
        writeln!(out, "**{}**\n", answer(decision))?;
    }
    for headline in headlines(decision) {
        writeln!(out, "- **{}** {} ({})", headline.figure, headline.what, headline.note)?;
    }
    for consideration in considerations(decision) {
        writeln!(out, "- {consideration}")?;
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
    let of = report.other.as_ref().map(|_| format!("{}: ", quoted(decision.subject.scenario)));
    let of = of.unwrap_or_default();
    if let Some(starting) = decision.starting() {
        writeln!(out, "## {of}Before you start it on the {}\n", starting.answer.machine.name)?;
        typed(out, (starting.command.as_deref(), starting.note.as_deref()))?;
    }
    for plan in decision.subject.plans {
        let end = match (plan.steps.len(), plan.reaches.fits()) {
            (0, _) => "no step known here helps",
            (_, true) => "to make it fit",
            (_, false) => "what helps, and is not enough",
        };
        writeln!(out, "## {of}{}: {end}\n", plan.machine.name)?;
        for (at, step) in plan.steps.iter().enumerate() {
            let verdict = step.verdict.label().to_lowercase();
            writeln!(out, "{}. **{}** {}; {}: {verdict}", at + 1, step.what, step.figures, step.note)?;
            if let Some(command) = &step.command {
                writeln!(out, "   `{command}`")?;
            }
        }
        writeln!(out)?;
        typed(out, (plan.start.as_deref(), plan.start_note.as_deref()))?;
    }
    if !decision.subject.rules.is_empty() {
        writeln!(out, "## {of}What people say, held against these figures\n")?;
        writeln!(out, "| Rule of thumb | Here | Figures |\n|---|---|---|")?;
        for rule in decision.subject.rules {
            writeln!(out, "| {} | {} | {} |", cell(rule.says), rule.holds.label(), cell(&rule.figures))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A command with its note.
fn typed(out: &mut String, (command, note): (Option<&str>, Option<&str>)) -> std::fmt::Result {
    if let Some(command) = command {
        writeln!(out, "```sh\n{command}\n```\n")?;
    }
    match note {
        Some(note) => writeln!(out, "{note}.\n"),
        None => Ok(()),
    }
}

fn workload(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Workload\n\n- Name: {}", report.scenario.name)?;
    for (at, (head, lines)) in asked_of(report).into_iter().enumerate() {
        if at > 0 {
            writeln!(out, "\n{head}:\n")?;
        }
        for line in lines {
            writeln!(out, "- {line}")?;
        }
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

/// All that follows for a machine; `of` names the scenario where there are two.
fn machine(out: &mut String, answer: &Answer, of: &str) -> std::fmt::Result {
    let words = sentence(&answer.estimate, &answer.machine.name);
    writeln!(out, "\n## {}{of}\n", answer.machine.name)?;
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
