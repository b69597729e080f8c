//! `plimsoll check`: does it fit?

use std::sync::Arc;

use super::args::CheckArgs;
use super::ask::question;
use super::compare::still_there;
use super::error::CliError;
use super::escape::one_line;
use super::log::{self, Log};
use super::raised::raised_there;
use super::usage::is_asked_again;
use super::verdict::{exit_code, style};
use super::{Context, ERROR, Outside, table};
use crate::catalog::calibration;
use crate::engine::working::Detail;
use crate::engine::{Assumptions, Budget, Fit};
use crate::report::{
    Answer, Report, SavedReport, answer_json, changes_since, cost_line, entry_error_json, machine_lines,
    part_working, runtime_words, sentence, speed_basis, speed_line, taken_for_granted,
};
use crate::spec::preset::Preset;
use crate::spec::{Machine, Scenario};
use crate::units::{show_gb, show_gib};

/// Answers each scenario; the exit code is the worst one: error, does not fit, uncertain, fits.
pub(super) fn check(asked: &CheckArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let question = question(asked.subject.as_deref(), asked.model.as_deref(), &asked.set, &context, outside)?;
    let logs = log::read(&asked.log)?;
    if asked.keep && (asked.machine.is_some() || question.presets.len() != 1) {
        return Err(CliError::KeptElsewhere);
    }
    let mut worst = 0;
    // What is printed for a person shows how memory came about; of a list in JSON that is asked for.
    let with_workings = asked.workings || !asked.json || question.presets.len() == 1;
    let assumptions = Assumptions {
        usage: asked.usage.over(question.report.as_ref()),
        detail: if with_workings { Detail::Workings } else { Detail::Figures },
        ..Assumptions::new(calibration())
    };
    for (at, preset) in question.presets.into_iter().enumerate() {
        let code = preset.and_then(|preset| {
            let answered =
                each((asked, &logs), &preset, question.report.as_ref(), &assumptions, (&context, outside));
            answered.map_err(|error| match &question.listed {
                Some(list) => list.at(at, Some("machine"), error),
                None => error,
            })
        });
        let code = match code {
            Ok(code) => code,
            Err(error) => {
                failed(asked, question.listed.is_some().then_some(at + 1), &error, outside)?;
                ERROR
            }
        };
        worst = worse(worst, code);
    }
    Ok(worst)
}

/// Says what is wrong with an entry, from 1 where it is one of a list, which in JSON has its line too.
fn failed(
    asked: &CheckArgs,
    entry: Option<usize>,
    error: &CliError,
    outside: &mut Outside<'_>,
) -> Result<(), CliError> {
    let Some(entry) = entry else {
        outside.remark("error", error);
        return Ok(());
    };
    outside.remark("error", format!("entry {entry}: {error}"));
    if asked.json {
        let json = entry_error_json(entry, &error.without_place(), error.place());
        outside.print_json(&(json.map_err(CliError::written)? + "\n"));
    }
    Ok(())
}

/// Answers a scenario on its machine, or that of a report on each of the report's machines; the exit code is the worst.
fn each(
    (asked, logs): (&CheckArgs, &[Log]),
    preset: &Preset,
    report: Option<&SavedReport>,
    assumptions: &Assumptions<'_>,
    (context, outside): (&Context, &mut Outside<'_>),
) -> Result<u8, CliError> {
    let saved = report.filter(|_| asked.machine.is_none());
    let own = asked.machine.as_deref().or(preset.machine.as_deref()).unwrap_or("this");
    let of_report = saved.map(|saved| saved.machines.iter().map(String::as_str).collect());
    let ids: Vec<&str> = of_report.filter(|ids: &Vec<&str>| !ids.is_empty()).unwrap_or_else(|| vec![own]);
    let is_this = ids == ["this"];
    let machines = still_there(ids.into_iter(), saved.is_some(), context, outside)?;
    let raised = raised_there(preset, &asked.set, &machines, (context, outside));
    let (mut worst, mut answers) = (0, Vec::with_capacity(machines.len()));
    for machine in &machines {
        let on = (machine, is_this);
        let answer = one((asked, logs), (preset, &raised), on, assumptions, (context, outside))?;
        worst = worse(worst, exit_code(answer.estimate.fit.verdict));
        answers.push(answer);
    }
    // What is set otherwise is no change since the report.
    let subject = (asked.set.as_slice(), asked.model.as_deref());
    if let Some(saved) = saved.filter(|saved| is_asked_again(saved, subject, assumptions.usage)) {
        let days = (outside.today.as_str(), context.catalog.data_of());
        let now = Report::answered(raised.0, answers, assumptions.usage, days);
        for change in changes_since(saved, &now) {
            outside.remark("since the report", change);
        }
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

/// Answers one scenario on a machine, which is this one or another, as its limit was raised or not.
fn one(
    (asked, logs): (&CheckArgs, &[Log]),
    (preset, (scenario, raised)): (&Preset, &(Scenario, Option<String>)),
    (machine, is_this): (&Arc<Machine>, bool),
    assumptions: &Assumptions<'_>,
    (context, outside): (&Context, &mut Outside<'_>),
) -> Result<Answer, CliError> {
    let own = preset.notes.iter().chain(raised).cloned();
    let notes: Vec<String> = own.chain(taken_for_granted(machine)).collect();
    let answer = Answer::new(scenario, machine, assumptions);
    let measured = log::beside(logs, &preset.scenario, machine, assumptions);
    let kept = if asked.keep {
        if !is_this {
            return Err(CliError::KeptElsewhere);
        }
        Some(log::keep(&measured, &preset.scenario, machine, (context, outside))?)
    } else {
        None
    };
    if asked.json {
        let written = answer_json(scenario, &answer, &notes);
        let json = serde_json::to_string(&log::WithLog::new(written, &measured, kept.as_deref()));
        outside.print_json(&(json.map_err(CliError::written)? + "\n"));
    } else {
        say(&preset.scenario.name, &answer, &notes, outside);
        outside.print(&log::words(&measured, answer.estimate.budget.weights_file, kept.as_deref()));
    }
    Ok(answer)
}

/// The answer for a person.
fn say(name: &str, answer: &Answer, notes: &[String], outside: &mut Outside<'_>) {
    let words = sentence(&answer.estimate, &answer.machine.name);
    let verdict = answer.estimate.fit.verdict;
    outside.print(&format!("{}\n", one_line(name)));
    outside.paint(style(verdict), verdict.label());
    outside.print(&format!(": {}\n  {}\n", one_line(&words.headline), one_line(&words.detail)));
    outside.print(&format!("  runtime: {}\n", runtime_words(&answer.estimate.resolved)));
    if let Some(serving) = answer.estimate.serving {
        outside.print(&format!("  serving: {}\n", serving.line()));
    }
    for note in notes.iter().chain(&words.remarks) {
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
