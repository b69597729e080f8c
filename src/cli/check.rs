//! `plimsoll check`: does it fit?

use std::fmt::Write as _;

use super::args::CheckArgs;
use super::ask::question;
use super::{Context, ERROR, Outside, exit_code};
use crate::catalog::calibration;
use crate::report::{Answer, answer_json, cost_line, part_working, sentence, speed_basis, speed_line};
use crate::spec::preset::Preset;
use crate::units::{show_gb, show_gib};

/// Answers each scenario; the exit code is the worst one: error, does not fit, uncertain, fits.
pub(super) fn check(asked: &CheckArgs, outside: &mut Outside<'_>) -> Result<u8, String> {
    let context = Context::load(outside);
    let question = question(&asked.subject, asked.model.as_deref(), &asked.set, &context, outside)?;
    let workings = asked.workings || !asked.json || question.presets.len() == 1;
    let mut worst = 0;
    for preset in question.presets {
        let code = preset.and_then(|preset| one(asked, &preset, workings, &context, outside)).unwrap_or_else(
            |message| {
                outside.complain(&format!("error: {message}\n"));
                ERROR
            },
        );
        worst = worse(worst, code);
    }
    Ok(worst)
}

/// The graver of two exit codes.
fn worse(a: u8, b: u8) -> u8 {
    let gravity = |code: u8| match code {
        0 => 0,
        2 => 1,
        1 => 2,
        _ => 3,
    };
    if gravity(b) > gravity(a) { b } else { a }
}

/// Answers one scenario.
fn one(
    asked: &CheckArgs,
    preset: &Preset,
    workings: bool,
    context: &Context,
    outside: &mut Outside<'_>,
) -> Result<u8, String> {
    let id = asked.machine.as_deref().or(preset.machine.as_deref()).unwrap_or("this");
    let machine = context.machine(id, outside)?;
    let answer = Answer::new(&preset.scenario, &machine, None, calibration());
    let answer = if workings { answer.with_workings(&preset.scenario) } else { answer };
    let code = exit_code(answer.estimate.fit.verdict);
    if asked.json {
        let line = serde_json::to_string(&answer_json(&preset.scenario, &answer, &preset.notes))
            .map_err(|error| error.to_string())?;
        outside.print(&format!("{line}\n"));
    } else {
        outside.print(&text(preset, &answer));
    }
    Ok(code)
}

/// The answer for a person.
fn text(preset: &Preset, answer: &Answer) -> String {
    let words = sentence(&preset.scenario, &answer.estimate, &answer.machine.name);
    let verdict = answer.estimate.fit.verdict.label();
    let mut out = format!("{}\n{verdict}: {}\n  {}\n", preset.scenario.name, words.headline, words.detail);
    let mut line = |text: std::fmt::Arguments<'_>| {
        let written = out.write_fmt(text);
        debug_assert!(written.is_ok(), "a String takes any text");
    };
    for note in preset.notes.iter().chain(&words.remarks) {
        line(format_args!("  note: {note}\n"));
    }
    if let Some(speed) = &answer.speed {
        line(format_args!("  speed: {}\n         {}\n", speed_line(speed), speed_basis(speed)));
    }
    if let Some((cost, work)) = answer.work_cost() {
        line(format_args!("  cost: {}\n", cost_line(&cost, &work)));
    }
    if let Some(file) = answer.estimate.budget.weights_file {
        line(format_args!("  model file {}\n", show_gb(file)));
    }
    for phase in &answer.estimate.budget.phases {
        line(format_args!("\n{:<24}{:>12}\n", phase.name.label(), show_gib(phase.total().best)));
        for part in &phase.parts {
            line(format_args!(
                "  {:<16}{:<6}{:>12}  {}\n",
                part.name.label(),
                part.place.key(),
                show_gib(part.bytes.best),
                part_working(part)
            ));
        }
    }
    line(format_args!("\nceilings\n"));
    for comparison in &answer.estimate.fit.comparisons {
        line(format_args!(
            "  {:<16}{:>12}  {}{}: {}\n",
            comparison.ceiling.kind.label(),
            show_gib(comparison.ceiling.bytes.best),
            comparison.verdict.label(),
            if comparison.ceiling.decides { "" } else { " (shown only)" },
            comparison.ceiling.basis
        ));
    }
    out
}
