//! Errors as tables of Markdown, which the README holds: every group, those that are off most first.

use super::percent;
use crate::evidence::{Accuracy, Finding, Reported};

/// The reports and those that disagree, then two tables, of memory and of speed.
pub(super) fn text(accuracy: &Accuracy) -> String {
    let mut memory: Vec<_> = accuracy.memory.iter().collect();
    let order = |of: [f64; 3], other: [f64; 3]| other.partial_cmp(&of).unwrap_or(std::cmp::Ordering::Equal);
    memory.sort_by(|a, b| {
        order([1.0, 0.9, 0.5].map(|share| a.quantile(share)), [1.0, 0.9, 0.5].map(|share| b.quantile(share)))
    });
    let memory = memory.into_iter().map(|group| {
        [
            group.name.to_owned(),
            group.measured_on.label().to_owned(),
            group.validation.label(),
            group.rows.len().to_string(),
            percent(group.quantile(0.5)),
            percent(group.quantile(0.9)),
            percent(group.quantile(1.0)),
            group.exact().to_string(),
        ]
    });
    let mut speed: Vec<_> = accuracy.speed.iter().collect();
    speed.sort_by(|a, b| order([a.worst, a.p90, a.median], [b.worst, b.p90, b.median]));
    let speed = speed.into_iter().map(|errors| {
        [
            errors.name.clone(),
            errors.measured_on.label().to_owned(),
            errors.validation.label(),
            errors.rows.to_string(),
            percent(errors.median),
            percent(errors.p90),
            percent(errors.worst),
            percent(errors.inside),
            format!("{:.2}", errors.width),
            errors.before.map_or_else(|| "–".to_owned(), |(median, _)| percent(median)),
            errors.simple.map_or_else(|| "–".to_owned(), |(median, _)| percent(median)),
        ]
    });
    let head = ["Measured on", "How", "Rows", "Median", "90 % below", "Worst"];
    let [on, how, rows, median, p90, worst] = head;
    reported(&accuracy.reported)
        + "\n"
        + &table(["Memory", on, how, rows, median, p90, worst, "To the byte"], memory)
        + "\n"
        + &table(
            [
                "Speed",
                on,
                how,
                rows,
                median,
                p90,
                worst,
                "Inside the band",
                "Band, high over low",
                "Median before",
                "Peers' median",
            ],
            speed,
        )
}

/// How many reports agree, and each that does not with the cause.
fn reported(group: &Reported) -> String {
    let line = [
        group.name.to_owned(),
        group.measured_on.label().to_owned(),
        group.validation.label(),
        group.reports.len().to_string(),
        group.agreeing().to_string(),
        percent(group.share()),
        group.uncertain().to_string(),
    ];
    let head = ["Memory or verdict", "Measured on", "How", "Reports", "Agree", "Share", "Of these uncertain"];
    let misses = group.reports.iter().filter(|report| !report.agrees()).map(|report| {
        let of = |text: fn(&Finding) -> &str| report.misses().map(text).collect::<Vec<_>>().join("; ");
        [
            format!("{}, {} ({}, {})", report.name, report.machine, report.source, report.date),
            of(|finding| &finding.measured),
            format!("{}. {}", of(|finding| &finding.said), report.comment),
        ]
    });
    table(head, [line].into_iter()) + "\n" + &table(["Not so", "Measured", "Said, and why"], misses)
}

/// A table whose first three columns are words and the others numbers.
fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let ruler: String = (0..N).map(|column| if column < 3 { "|---" } else { "|---:" }).collect();
    let body: String = rows.map(|row| line(&row)).collect();
    line(&head.map(str::to_owned)) + &ruler + "|\n" + &body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_in_a_cell_does_not_end_it() {
        let text = table(["a", "b", "c", "d"], [["x|y", "", "", "1"].map(str::to_owned)].into_iter());
        assert_eq!(text, "| a | b | c | d |\n|---|---|---|---:|\n| x\\|y |  |  | 1 |\n");
    }
}
