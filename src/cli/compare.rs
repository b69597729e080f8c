//! `plimsoll compare`: the same workload on several machines.

use std::sync::Arc;

use super::args::CompareArgs;
use super::ask::{asked_for, question, single};
use super::error::CliError;
use super::escape::one_line;
use super::raised::raised_there;
use super::usage::is_asked_again;
use super::verdict::style;
use super::{Context, Outside, table};
use crate::catalog::{calibration, quality};
use crate::engine::plan::Keyed;
use crate::engine::working::Detail;
use crate::engine::{Assumptions, Estimate};
use crate::report::{
    Answer, Format, Report, RuleSaid, SavedReport, changes_since, cost_line, export, export_bytes, run_notes,
    runtime_words, save_bytes, sentence, speed_line, taken_for_granted,
};
use crate::spec::preset::{Preset, PresetKeys, resolve};
use crate::spec::{Machine, Scenario};
use crate::units::show_gib;

/// Machines by their ids. Those of a report that left the catalog since are said and left out, as long as one is left.
pub(super) fn still_there<'a>(
    ids: impl Iterator<Item = &'a str>,
    of_report: bool,
    context: &Context,
    outside: &mut Outside<'_>,
) -> Result<Vec<Arc<Machine>>, CliError> {
    let (mut found, mut gone) = (Vec::new(), None);
    for id in ids.map(str::trim) {
        match context.machine(id, outside) {
            Ok(machine) => found.push(machine),
            Err(error @ CliError::NoMachine(_)) if of_report => {
                let words = format!("{id} is not in the catalog any more, and is left out");
                outside.remark("since the report", words);
                gone = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    match gone {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(found),
    }
}

/// Prints a table, and saves the report where asked; the format is known before anything is computed.
pub(super) fn compare(asked: &CompareArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let target = asked.save.as_deref();
    let format = target.map(Format::of_path).transpose()?;
    let context = Context::load(outside);
    let question = asked_for(&asked.subject, &context, outside)?;
    let (mut presets, mut keys) = (question.presets.into_iter(), question.keys.into_iter());
    let (Some(preset), None, Some(keys)) = (presets.next(), presets.next(), keys.next()) else {
        return Err(CliError::SeveralPresets);
    };
    let preset = preset?;
    let of_report = question.report.iter().flat_map(|report| &report.machines);
    let ids: Vec<&String> =
        if asked.machines.is_empty() { of_report.collect() } else { asked.machines.iter().collect() };
    if ids.is_empty() {
        return Err(CliError::NoMachines);
    }
    let machines: Vec<Arc<Machine>> = if ids.iter().any(|id| id.trim() == "all") {
        context.catalog.machines.iter().cloned().collect()
    } else {
        let of_report = asked.machines.is_empty();
        still_there(ids.into_iter().map(String::as_str), of_report, &context, outside)?
    };
    let (scenario, raised) = raised_there(&preset, &asked.subject.set, &machines, (&context, outside));
    let with_workings = asked.workings || format.is_some_and(Format::shows_workings);
    let assumptions = Assumptions {
        usage: asked.usage.over(question.report.as_ref()),
        detail: if with_workings { Detail::Workings } else { Detail::Figures },
        ..Assumptions::new(calibration())
    };
    let taken = machines.iter().flat_map(|machine| taken_for_granted(machine));
    let notes = preset.notes.into_iter().chain(raised).chain(taken).collect();
    let days = (outside.today.as_str(), context.catalog.data_of());
    let report = Report::new(scenario, &machines, &assumptions, days).with_notes(notes);
    let variants = Keyed::new(keys, &context);
    let figures = Assumptions { detail: Detail::Figures, ..assumptions };
    let baseline = asked.baseline.as_deref().map(|id| context.machine(id.trim(), outside)).transpose()?;
    if let Some(other) = baseline.as_ref().filter(|other| machines.iter().all(|each| each.id != other.id)) {
        return Err(CliError::NoBaseline(other.id.clone()));
    }
    let report = report.held_against(baseline.map(|machine| machine.id.clone()));
    let report = match other(asked, question.report.as_ref(), &context, outside)? {
        Some((preset, keys)) => {
            let name = preset.scenario.name.clone();
            let mut report = report.with_other(preset.scenario, &assumptions);
            report.notes.extend(preset.notes.into_iter().map(|note| format!("“{name}”: {note}")));
            let variants = Keyed::new(keys, &context);
            report.decided_beside(&variants, &figures, quality())
        }
        None => report,
    };
    let report = report.decided(&variants, &figures, quality());
    // What is set otherwise is no change since the report.
    let saved = question.report.as_ref().filter(|saved| {
        let subject = &asked.subject;
        is_asked_again(saved, (&subject.set, subject.model.as_deref()), assumptions.usage)
    });
    let report = match saved {
        Some(saved) => report.beside(saved),
        None => report,
    };
    if asked.json {
        let figures = (!asked.workings).then(|| report.clone().without_workings());
        outside.print_json(&export(figures.as_ref().unwrap_or(&report), Format::Json));
    } else {
        say(&report, outside);
        rules(&report, outside);
        for note in &report.notes {
            outside.print(&format!("note: {}\n", one_line(note)));
        }
    }
    if let Some(saved) = saved {
        for change in changes_since(saved, &report) {
            outside.remark("since the report", change);
        }
    }
    if let (Some(path), Some(format)) = (target, format) {
        save_bytes(path, &export_bytes(&report, format)?)?;
        outside.complain(&format!("saved {}\n", one_line(&path.to_string_lossy())));
    }
    Ok(0)
}

/// Another scenario to compare with: the one that is named, else that of a report.
fn other(
    asked: &CompareArgs,
    saved: Option<&SavedReport>,
    context: &Context,
    outside: &mut Outside<'_>,
) -> Result<Option<(Preset, PresetKeys)>, CliError> {
    if let Some(path) = &asked.with {
        return single(question(Some(path), None, &[], context, outside)?).map(Some);
    }
    let Some(keys) = saved.and_then(|saved| saved.beside.clone()) else { return Ok(None) };
    let preset = resolve(keys.clone(), context).map_err(CliError::key)?;
    Ok(Some((preset, keys)))
}

/// Rules of thumb that bear on it, each with whether it holds and by which figures, of each scenario.
fn rules(report: &Report, outside: &mut Outside<'_>) {
    said(&report.rules, "", outside);
    if let Some(other) = &report.other {
        said(&other.rules, &format!(" of “{}”", other.scenario.name), outside);
    }
}

fn said(rules: &[RuleSaid], of: &str, outside: &mut Outside<'_>) {
    if rules.is_empty() {
        return;
    }
    outside.print(&format!("\nwhat people say, held against these figures{}\n", one_line(of)));
    for rule in rules {
        outside.print(&format!("  {}: {}\n", rule.says, rule.holds.label()));
        outside.print(&format!("    {}\n", one_line(&rule.figures)));
    }
}

/// Each scenario with a line a machine.
fn say(report: &Report, outside: &mut Outside<'_>) {
    scenario(&report.scenario, &report.answers, outside);
    if let Some(other) = &report.other {
        outside.print("\n");
        scenario(&other.scenario, &other.answers, outside);
    }
}

/// A line a machine, the verdict first, and its speed and cost below.
fn scenario(scenario: &Scenario, answers: &[Answer], outside: &mut Outside<'_>) {
    outside.print(&format!("{}\n", one_line(&scenario.name)));
    let lines = table::lines(answers.iter().map(row), &[3, 5]);
    for (answer, line) in answers.iter().zip(&lines) {
        let verdict = answer.estimate.fit.verdict;
        outside.print("  ");
        outside.paint(style(verdict), verdict.label());
        outside.print(&format!("{}\n", line.strip_prefix(verdict.label()).unwrap_or(line)));
        if let Some(speed) = &answer.estimate.speed {
            outside.print(&format!("    {}\n", speed_line(speed)));
        }
        if let Some((cost, work)) = answer.estimate.cost.zip(answer.estimate.work_cost) {
            outside.print(&format!("    {}\n", one_line(&cost_line(&cost, &work))));
        }
    }
    notes_of_machines(answers, outside);
}

/// What is said of single machines, each sentence once with those it is said of.
fn notes_of_machines(answers: &[Answer], outside: &mut Outside<'_>) {
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for answer in answers {
        for note in run_notes(&answer.estimate) {
            match said.iter_mut().find(|(known, _)| *known == note) {
                Some((_, of)) => of.push(&answer.machine.name),
                None => said.push((note, vec![&answer.machine.name])),
            }
        }
    }
    for (note, of) in said {
        let names = match of.as_slice() {
            all if all.len() == answers.len() => String::new(),
            [first, second, _, _, ..] => format!("{first}, {second} and {} more: ", of.len() - 2),
            some => format!("{}: ", some.join(", ")),
        };
        outside.print(&format!("  note: {}\n", one_line(&format!("{names}{note}"))));
    }
}

/// Verdict, machine, runtime, need of limit, and what is to spare; or why it does not run.
fn row(answer: &Answer) -> Vec<String> {
    let Estimate { fit, resolved, .. } = &answer.estimate;
    let words = sentence(&answer.estimate, &answer.machine.name);
    let head =
        [fit.verdict.label().to_owned(), answer.machine.name.clone(), runtime_words(resolved)].into_iter();
    let unknown = || "unknown".to_owned();
    let tail = if resolved.refusal.is_some() {
        [String::new(), String::new(), String::new(), format!("{}; {}", words.headline, words.detail)]
    } else {
        let deciding = fit.deciding();
        [
            deciding.map_or_else(unknown, |deciding| show_gib(deciding.need.best)),
            "of".to_owned(),
            deciding.map_or_else(unknown, |deciding| show_gib(deciding.ceiling.bytes.best)),
            words.detail,
        ]
    };
    head.chain(tail).collect()
}
