//! What would make it fit, how it is started, and rules of thumb held against the figures.

use std::fmt::{Result, Write as _};

use super::subject;
use crate::report::decision::{Decision, Starting};
use crate::report::markup::{escaped, escaped_lines};
use crate::report::plan_said::PlanSaid;
use crate::report::{Report, RuleSaid};

/// The plan of each machine that does not hold it, what starts it on the one that is advised, and the rules, of each
/// scenario.
pub(super) fn write(out: &mut String, report: &Report, decisions: &[Decision<'_>]) -> Result {
    let said: Vec<_> = decisions.iter().map(|decision| (decision, decision.starting())).collect();
    let planned = said.iter().any(|(decision, _)| !decision.subject.plans.is_empty());
    if planned || said.iter().any(|(_, starting)| starting.is_some()) {
        writeln!(out, "<section>\n<h2>To run it</h2>")?;
        if planned {
            writeln!(
                out,
                "<p class=\"note\">Where it does not fit, single steps, those that do the least damage first; each counts \
                 with all before it.</p>"
            )?;
        }
        for (decision, starting) in &said {
            subject(out, (report, decision), "h3")?;
            if let Some(starting) = starting {
                begin(out, starting)?;
            }
            for plan in decision.subject.plans {
                of_machine(out, plan)?;
            }
        }
        writeln!(out, "</section>")?;
    }
    if decisions.iter().all(|decision| decision.subject.rules.is_empty()) {
        return Ok(());
    }
    writeln!(out, "<section>\n<h2>What people say, held against these figures</h2>")?;
    for decision in decisions {
        subject(out, (report, decision), "h3")?;
        rules(out, decision.subject.rules)?;
    }
    writeln!(out, "</section>")
}

/// What is typed to start it, and what is to be known of that.
fn begin(out: &mut String, starting: &Starting<'_>) -> Result {
    writeln!(out, "<h3>Before you start it on the {}</h3>", escaped(&starting.answer.machine.name))?;
    typed(out, (starting.command.as_deref(), starting.note.as_deref()))
}

/// A command with its note.
fn typed(out: &mut String, (command, note): (Option<&str>, Option<&str>)) -> Result {
    if let Some(command) = command {
        writeln!(out, "<pre>{}</pre>", escaped_lines(command))?;
    }
    if let Some(note) = note {
        writeln!(out, "<p class=\"note\">{}.</p>", escaped(note))?;
    }
    Ok(())
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
    typed(out, (plan.start.as_deref(), plan.start_note.as_deref()))
}

fn steps(count: usize) -> String {
    if count == 1 { "one step".to_owned() } else { format!("{count} steps") }
}

/// Rules of thumb in a table: what is said, whether it holds, and by which figures.
fn rules(out: &mut String, rules: &[RuleSaid]) -> Result {
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<table class=\"rules\"><thead><tr><th>Rule of \
         thumb</th><th>Here</th><th>Figures</th></tr></thead><tbody>"
    )?;
    for rule in rules {
        writeln!(
            out,
            "<tr><td>{}</td><td class=\"holds-{}\">{}</td><td>{}</td></tr>",
            escaped(rule.says),
            rule.holds.key(),
            escaped(rule.holds.label()),
            escaped(&rule.figures)
        )?;
    }
    writeln!(out, "</tbody></table>")
}
