//! `plimsoll compare`: the same workload on several machines.

use std::path::Path;
use std::sync::Arc;

use super::args::CompareArgs;
use super::ask::question;
use super::{Context, Outside};
use crate::catalog::calibration;
use crate::report::{Format, Report, changes_since, cost_line, export, save, sentence, speed_line};
use crate::spec::Machine;
use crate::units::show_gib;

/// Prints a table, and saves the report where asked; the format is known before anything is computed.
pub(super) fn compare(asked: &CompareArgs, outside: &mut Outside<'_>) -> Result<u8, String> {
    let target = asked.save.as_deref().map(Path::new);
    let format = target.map(Format::of_path).transpose().map_err(|error| error.to_string())?;
    let context = Context::load(outside);
    let question = question(&asked.subject, asked.model.as_deref(), &asked.set, &context, outside)?;
    let mut presets = question.presets.into_iter();
    let (Some(preset), None) = (presets.next(), presets.next()) else {
        return Err(
            "a comparison is of one preset, and the file holds a list; `check` answers lists".to_owned()
        );
    };
    let preset = preset?;
    let machines: Vec<Arc<Machine>> =
        asked.machines.iter().map(|id| context.machine(id.trim(), outside)).collect::<Result<_, _>>()?;
    let report = Report::new(
        preset.scenario,
        &machines,
        None,
        calibration(),
        (&outside.today, context.catalog.data_of()),
    );
    let wants_workings = asked.workings || format == Some(Format::Markdown);
    let worked = wants_workings.then(|| report.clone().with_workings());
    if asked.json {
        let asked = worked.as_ref().filter(|_| asked.workings);
        outside.print(&export(asked.unwrap_or(&report), Format::Json));
    } else {
        outside.print(&table(&report));
        for note in &preset.notes {
            outside.print(&format!("note: {note}\n"));
        }
    }
    if let Some(saved) = &question.report {
        for change in changes_since(saved, &report) {
            outside.complain(&format!("since the report: {change}\n"));
        }
    }
    if let (Some(path), Some(format)) = (target, format) {
        save(path, &export(worked.as_ref().unwrap_or(&report), format)).map_err(|error| error.to_string())?;
        outside.complain(&format!("saved {}\n", path.display()));
    }
    Ok(0)
}

/// One line a machine.
fn table(report: &Report) -> String {
    let mut lines = vec![report.scenario.name.clone()];
    for answer in &report.answers {
        let words = sentence(&report.scenario, &answer.estimate, &answer.machine.name);
        let (need, allowed) = answer.estimate.fit.deciding().map_or_else(
            || ("unknown".to_owned(), "unknown".to_owned()),
            |deciding| (show_gib(deciding.need.best), show_gib(deciding.ceiling.bytes.best)),
        );
        lines.push(format!(
            "  {:<44}{:<14}{need:>10} of {allowed:>10}  {}",
            answer.machine.name,
            answer.estimate.fit.verdict.label(),
            words.detail
        ));
        if let Some(speed) = &answer.speed {
            lines.push(format!("    {}", speed_line(speed)));
        }
        if let Some((cost, work)) = answer.work_cost() {
            lines.push(format!("    {}", cost_line(&cost, &work)));
        }
    }
    lines.join("\n") + "\n"
}
