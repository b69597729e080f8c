//! `plimsoll plan`: what would make it fit.

use super::args::PlanArgs;
use super::ask::{asked_for, single};
use super::error::CliError;
use super::escape::one_line;
use super::verdict::{exit_code, style};
use super::{Context, Outside, table};
use crate::catalog::{calibration, quality};
use crate::engine::plan::{Keyed, NotOffered, Plan, Step, plan};
use crate::engine::{Assumptions, Resolved, estimate};
use crate::report::{
    PlanJson, note_words, plan_command, start_command, start_note, step_figures, step_words, tried_words,
    why_words,
};
use crate::spec::{Machine, Scenario};

/// Says the steps, the least damage first; the exit code is that of the verdict they reach.
pub(super) fn show(asked: &PlanArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let question = asked_for(&asked.subject, &context, outside)?;
    let assumptions = Assumptions::new(calibration());
    let (preset, keys) = single(question)?;
    let id = asked.machine.as_deref().or(preset.machine.as_deref()).unwrap_or("this");
    let machine = context.machine(id, outside)?;
    outside.say_taken(&machine);
    let variants = Keyed::new(keys, &context);
    let found = plan(&variants, &machine, &assumptions).ok_or(CliError::NoPlan)?;
    let resolved = estimate(&preset.scenario, &machine, &assumptions).resolved;
    let after = found.steps.last().map_or(&resolved, |step| &step.after);
    // What cannot run as it was asked is told in the words of what runs.
    let told = if resolved.refusal.is_some() { after } else { &resolved };
    if asked.json {
        let json = serde_json::to_string(&PlanJson::new(&found, &machine, (&resolved, after), quality()));
        outside.print_json(&(json.map_err(CliError::written)? + "\n"));
    } else {
        say(&preset.scenario, &machine, &found, (told, after), outside);
    }
    Ok(exit_code(found.reaches))
}

fn say(
    scenario: &Scenario,
    machine: &Machine,
    plan: &Plan,
    (resolved, after): (&Resolved, &Resolved),
    outside: &mut Outside<'_>,
) {
    outside.print(&format!("{} on {}: ", one_line(&scenario.name), one_line(&machine.name)));
    outside.paint(style(plan.verdict), plan.verdict.label());
    outside.print("\n");
    if plan.steps.is_empty() {
        outside.print(if plan.verdict.fits() {
            "  nothing has to change\n"
        } else {
            "  no step known here helps\n"
        });
    }
    list(&plan.steps, machine, resolved, outside);
    for other in &plan.alternatives {
        outside.print(&format!("\n{}\n", other.name));
        list(&other.steps, machine, resolved, outside);
    }
    if !plan.not_offered.is_empty() {
        outside.print("\nnot offered\n");
        let row = |other: &NotOffered| {
            vec![format!("  {}", tried_words(other, &resolved.scenario)), why_words(other)]
        };
        outside.print(&(table::lines(plan.not_offered.iter().map(row), &[]).join("\n") + "\n"));
    }
    if plan.reaches.fits() {
        starting(after, outside);
    }
}

/// The command that starts it, with what its names stand for, or why there is none.
fn starting(after: &Resolved, outside: &mut Outside<'_>) {
    let (command, note) = (start_command(after), start_note(after));
    if command.is_some() || note.is_some() {
        outside.print("\nto start it\n");
    }
    // A file is written as it stands, so that it can be copied.
    let indent = if command.as_ref().is_some_and(|command| command.contains('\n')) { "" } else { "  " };
    for line in command.iter().flat_map(|command| command.lines()) {
        outside.print(&format!("{indent}{}\n", one_line(line)));
    }
    if let Some(note) = &note {
        outside.print(&format!("  {}\n", one_line(note)));
    }
}

fn list(steps: &[Step], machine: &Machine, resolved: &Resolved, outside: &mut Outside<'_>) {
    for (index, step) in steps.iter().enumerate() {
        outside.print(&format!("  {}. {}\n", index + 1, one_line(&step_words(step, &resolved.scenario))));
        outside.print(&format!("     {} · ", step_figures(step)));
        outside.paint(style(step.verdict), step.verdict.label());
        outside.print(&format!("\n     {}\n", note_words(step, &resolved.scenario, quality())));
        if let Some(command) = plan_command(step, machine) {
            outside.print(&format!("     {}\n", one_line(&command)));
        }
    }
}
