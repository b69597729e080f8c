//! `plimsoll check`: does it fit?

use super::args::CheckArgs;
use super::ask::question;
use super::error::CliError;
use super::escape::one_line;
use super::verdict::{exit_code, style};
use super::{Context, ERROR, Outside, table};
use crate::catalog::calibration;
use crate::engine::working::Detail;
use crate::engine::{Assumptions, Budget, Fit};
use crate::report::{
    Answer, answer_json, cost_line, machine_lines, part_working, runtime_words, sentence, speed_basis,
    speed_line,
};
use crate::spec::preset::Preset;
use crate::units::{show_gb, show_gib};

/// Answers each scenario; the exit code is the worst one: error, does not fit, uncertain, fits.
pub(super) fn check(asked: &CheckArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let question = question(&asked.subject, asked.model.as_deref(), &asked.set, &context, outside)?;
    let mut worst = 0;
    // What is printed for a person shows how memory came about; of a list in JSON that is asked for.
    let with_workings = asked.workings || !asked.json || question.presets.len() == 1;
    let assumptions = Assumptions {
        usage: asked.usage.over(question.report.as_ref()),
        detail: if with_workings { Detail::Workings } else { Detail::Figures },
        ..Assumptions::new(calibration())
    };
    for preset in question.presets {
        let code = preset.and_then(|preset| one(asked, &preset, &assumptions, (&context, outside)));
        let code = code.unwrap_or_else(|error| {
            outside.remark("error", error);
            ERROR
        });
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
    assumptions: &Assumptions<'_>,
    (context, outside): (&Context, &mut Outside<'_>),
) -> Result<u8, CliError> {
    let id = asked.machine.as_deref().or(preset.machine.as_deref()).unwrap_or("this");
    let machine = context.machine(id, outside)?;
    let answer = Answer::new(&preset.scenario, &machine, assumptions);
    if asked.json {
        let json = serde_json::to_string(&answer_json(&preset.scenario, &answer, &preset.notes));
        outside.print_json(&(json.map_err(CliError::written)? + "\n"));
    } else {
        say(preset, &answer, outside);
    }
    Ok(exit_code(answer.estimate.fit.verdict))
}

/// The answer for a person.
fn say(preset: &Preset, answer: &Answer, outside: &mut Outside<'_>) {
    let words = sentence(&answer.estimate, &answer.machine.name);
    let verdict = answer.estimate.fit.verdict;
    outside.print(&format!("{}\n", one_line(&preset.scenario.name)));
    outside.paint(style(verdict), verdict.label());
    outside.print(&format!(": {}\n  {}\n", one_line(&words.headline), one_line(&words.detail)));
    outside.print(&format!("  runtime: {}\n", runtime_words(&answer.estimate.resolved)));
    if let Some(serving) = answer.estimate.serving {
        outside.print(&format!("  serving: {}\n", serving.line()));
    }
    for note in preset.notes.iter().chain(&words.remarks) {
        outside.print(&format!("  note: {}\n", one_line(note)));
    }
    if let Some(speed) = &answer.estimate.speed {
        outside.print(&format!(
            "  speed: {}\n         {}\n",
            speed_line(speed),
            one_line(&speed_basis(speed))
        ));
    }
    if let Some((cost, work)) = answer.estimate.cost.zip(answer.estimate.work_cost) {
        outside.print(&format!("  cost: {}\n", one_line(&cost_line(&cost, &work))));
    }
    if let Some(file) = answer.estimate.budget.weights_file {
        outside.print(&format!("  model file {}\n", show_gb(file)));
    }
    for line in machine_lines(&answer.machine) {
        outside.print(&format!("  {}\n", one_line(&line)));
    }
    outside.print(&(phases(&answer.estimate.budget) + &ceilings(&answer.estimate.fit)));
}

/// The parts of each phase, after an empty line.
fn phases(budget: &Budget) -> String {
    let mut rows = Vec::new();
    for phase in &budget.phases {
        let total = show_gib(phase.total().best);
        rows.push(vec![phase.name.label().to_owned(), String::new(), total, String::new()]);
        rows.extend(phase.parts.iter().map(|part| {
            vec![
                format!("  {}", part.name.label()),
                part.place.key().to_owned(),
                show_gib(part.bytes.best),
                part_working(part),
            ]
        }));
    }
    let mut text = String::new();
    for line in table::lines(rows, &[2]) {
        let names_a_phase = !line.starts_with(' ');
        text += if names_a_phase { "\n" } else { "" };
        text += &line;
        text.push('\n');
    }
    text
}

/// A line a ceiling, after an empty line and a heading; nothing where none is known.
fn ceilings(fit: &Fit) -> String {
    if fit.comparisons.is_empty() {
        return String::new();
    }
    let rows = fit.comparisons.iter().map(|comparison| {
        let shown_only = if comparison.ceiling.decides { "" } else { " (shown only)" };
        vec![
            format!("  {}", comparison.ceiling.kind.label()),
            show_gib(comparison.ceiling.bytes.best),
            format!("{}{shown_only}: {}", comparison.verdict.label(), comparison.ceiling.basis),
        ]
    });
    format!("\nceilings\n{}\n", table::lines(rows, &[1]).join("\n"))
}
