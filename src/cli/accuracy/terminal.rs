//! Errors as tables in the terminal.

use comfy_table::{CellAlignment, Table, presets};

use crate::evidence::{Accuracy, Group, Report, Reported, Row, SpeedErrors, SpeedPoint, percent};

/// Of a group with fewer rows, a median says little: its rows are shown with it.
const FEW: usize = 10;

/// Reports of real hardware first, then totals of memory, the parts that explain them, and speeds, with every row where
/// asked; of small groups of speeds always.
pub(super) fn text(accuracy: &Accuracy, all: bool) -> String {
    let mut text = reported(&accuracy.reported, all);
    for (title, total) in [("memory, totals", true), ("memory, parts", false)] {
        let groups: Vec<&Group> = accuracy.memory.iter().filter(|group| group.total == total).collect();
        text += &memory(title, &groups);
    }
    text += &speed(&accuracy.speed);
    text += &accuracy.speed.iter().filter(|line| all || line.rows < FEW).map(points).collect::<String>();
    if all {
        text += &accuracy.memory.iter().map(cases).collect::<String>();
    }
    text
}

/// Columns from `first` on, up to `last`, are numbers.
fn table(head: Vec<&str>, (first, last): (usize, usize)) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(head);
    for column in first..=last {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn shown(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect::<String>() + "\n"
}

/// How many agree; each that does not with the cause, and where asked those that do.
fn reported(group: &Reported, all: bool) -> String {
    let head = vec![group.name, "machine", "measured", "said", "source", "comment"];
    let mut table = table(head, (1, 0));
    for report in group.reports.iter().filter(|report| all || !report.agrees()) {
        table.add_row(row(report));
    }
    let (agree, all, uncertain) = (group.agreeing(), group.reports.len(), group.uncertain());
    let share = percent(group.share());
    let how = group.validation.label();
    format!(
        "{}: {agree} of {all} reports agree ({share}), {uncertain} of them by a verdict of uncertain; {how}\n\n{}",
        group.name,
        shown(&table)
    )
}

/// A report with what was measured beside what is said; of one that disagrees only that in which it does.
fn row(report: &Report) -> [String; 6] {
    let (mut measured, mut said) = (Vec::new(), Vec::new());
    for finding in report.findings.iter().filter(|finding| report.agrees() || !finding.agrees) {
        measured.push(format!("{}: {}", finding.what, finding.measured));
        said.push(finding.said.clone());
    }
    let [measured, said] = [measured, said].map(|lines| lines.join("\n"));
    let Report { name, machine, source, date, comment, .. } = report;
    let mark = if report.agrees() { "" } else { "miss: " };
    [format!("{mark}{name}"), machine.clone(), measured, said, format!("{source}, {date}"), comment.clone()]
}

fn memory(title: &str, groups: &[&Group]) -> String {
    let head = vec![title, "rows", "median", "p90", "worst", "exact", "how", "measured on", "worst case"];
    let mut table = table(head, (1, 5));
    for group in groups {
        let off = group.worst().filter(|row| row.predicted != row.measured);
        let worst = off.map_or_else(String::new, |row| {
            let sign = if row.error() < 0.0 { "−" } else { "+" };
            format!("{} ({sign}{})", row.name, percent(row.error().abs()))
        });
        table.add_row([
            group.name.to_owned(),
            group.rows.len().to_string(),
            percent(group.quantile(0.5)),
            percent(group.quantile(0.9)),
            percent(group.quantile(1.0)),
            group.exact().to_string(),
            group.validation.label(),
            group.measured_on.label().to_owned(),
            worst,
        ]);
    }
    shown(&table)
}

/// Beside each line of decoding what a peer's formula makes of the same rows.
fn speed(errors: &[SpeedErrors]) -> String {
    let head = vec![
        "speed",
        "rows",
        "median",
        "p90",
        "worst",
        "inside band",
        "band high/low",
        "before: median",
        "inside",
        "bandwidth / bytes × 0.55: median",
        "p90",
        "how",
        "measured on",
    ];
    let mut table = table(head, (1, 10));
    for line in errors {
        let before =
            |of: fn((f64, f64)) -> f64| line.before.map_or_else(String::new, |pair| percent(of(pair)));
        let peer = |of: fn((f64, f64)) -> f64| line.simple.map_or_else(String::new, |pair| percent(of(pair)));
        table.add_row([
            line.name.clone(),
            line.rows.to_string(),
            percent(line.median),
            percent(line.p90),
            percent(line.worst),
            percent(line.inside),
            format!("{:.2}", line.width),
            before(|pair| pair.0),
            before(|pair| pair.1),
            peer(|pair| pair.0),
            peer(|pair| pair.1),
            line.validation.label(),
            line.measured_on.label().to_owned(),
        ]);
    }
    shown(&table)
}

/// Every row of a line of speeds, the largest miss first.
fn points(line: &SpeedErrors) -> String {
    let head = vec![line.name.as_str(), "predicted", "measured", "error", "inside band", "band high/low"];
    let mut table = table(head, (1, 5));
    let mut rows: Vec<&SpeedPoint> = line.points.iter().collect();
    rows.sort_by(|a, b| b.error.abs().total_cmp(&a.error.abs()));
    for row in rows {
        table.add_row([
            row.name.clone(),
            format!("{:.1}", row.predicted),
            format!("{:.1}", row.measured),
            percent(row.error),
            if row.inside { "yes" } else { "no" }.to_owned(),
            format!("{:.2}", row.wide),
        ]);
    }
    shown(&table)
}

fn cases(group: &Group) -> String {
    let mut table = table(vec![group.name, "predicted", "measured", "error"], (1, 3));
    for row in &group.rows {
        let Row { name, predicted, measured } = row;
        table.add_row([
            name.clone(),
            format!("{:.0}", predicted.get()),
            format!("{:.0}", measured.get()),
            percent(row.error()),
        ]);
    }
    shown(&table)
}
