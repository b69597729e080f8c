//! What would make it fit, how it is started, and rules of thumb held against the figures.

use std::fmt::{Result, Write as _};

use crate::report::Report;
use crate::report::decision::Decision;
use crate::report::markup::escaped;
use crate::report::plan_said::PlanSaid;
use crate::report::start::{start, start_note};

/// The plan of each machine that does not hold it, the command that starts it on the one that is advised, and the rules.
pub(super) fn write(out: &mut String, report: &Report, decision: &Decision<'_>) -> Result {
    let begin = decision
        .advised()
        .filter(|advised| advised.estimate.fit.verdict.fits())
        .and_then(|advised| Some((advised, start(&advised.estimate.resolved)?)));
    let note = begin.as_ref().and_then(|(advised, _)| start_note(&advised.estimate.resolved));
    if begin.is_some() || !report.plans.is_empty() {
        writeln!(out, "<section>\n<h2>To run it</h2>")?;
    }
    if let Some((advised, command)) = &begin {
        writeln!(
            out,
            "<h3>Before you start it on the {}</h3>\n<pre>{}</pre>",
            escaped(&advised.machine.name),
            escaped(command)
        )?;
    }
    if let Some(note) = note {
        writeln!(out, "<p class=\"note\">{}.</p>", escaped(&note))?;
    }
    if !report.plans.is_empty() {
        writeln!(
            out,
            "<p class=\"note\">Where it does not fit, single steps, those that do the least damage first; each counts with all \
             before it.</p>"
        )?;
    }
    for plan in &report.plans {
        of_machine(out, plan)?;
    }
    if begin.is_some() || !report.plans.is_empty() {
        writeln!(out, "</section>")?;
    }
    rules(out, report)
}

fn of_machine(out: &mut String, plan: &PlanSaid) -> Result {
    let name = escaped(&plan.machine.name);
    if plan.steps.is_empty() {
        return writeln!(out, "<h3>{name}: no step known here helps</h3>");
    }
    let end = if plan.reaches.fits() { "to make it fit" } else { "help, and are not enough" };
    writeln!(out, "<h3>{name}: {} {end}</h3>\n<ol class=\"steps\">", steps(plan.steps.len()))?;
    for step in &plan.steps {
        let command = step
            .command
            .as_ref()
            .map_or_else(String::new, |command| format!("<code>{}</code>", escaped(command)));
        writeln!(
            out,
            "<li><b>{}</b> {}; {}: <span class=\"{}\">{}</span>{command}</li>",
            escaped(&step.what),
            escaped(&step.figures),
            escaped(&step.note),
            step.verdict.key(),
            step.verdict.label().to_lowercase()
        )?;
    }
    writeln!(out, "</ol>")?;
    match &plan.start {
        Some(start) => writeln!(out, "<pre>{}</pre>", escaped(start)),
        None => Ok(()),
    }
}

fn steps(count: usize) -> String {
    if count == 1 { "one step".to_owned() } else { format!("{count} steps") }
}

/// Rules of thumb in a table: what is said, whether it holds, and by which figures.
fn rules(out: &mut String, report: &Report) -> Result {
    if report.rules.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section>\n<h2>What people say, held against these figures</h2>\n<table class=\"rules\"><thead><tr><th>Rule of \
         thumb</th><th>Here</th><th>Figures</th></tr></thead><tbody>"
    )?;
    for rule in &report.rules {
        writeln!(
            out,
            "<tr><td>{}</td><td class=\"holds-{}\">{}</td><td>{}</td></tr>",
            escaped(rule.says),
            rule.holds.key(),
            escaped(rule.holds.label()),
            escaped(&rule.figures)
        )?;
    }
    writeln!(out, "</tbody></table>\n</section>")
}
