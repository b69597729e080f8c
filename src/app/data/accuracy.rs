//! The accuracy page: what was predicted against what was measured, group by group, those that are off most first.

use crate::app::text;
use crate::catalog::{Catalog, calibration};
use crate::evidence::{Accuracy, EvidenceError, Group, MeasuredOn, Report, SpeedErrors, percent};
use crate::units::{Bytes, MemoryUnit, show_decimals, show_figures, show_gib};

/// What the values of a group are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// Bytes.
    Memory,
    /// Tokens a second.
    Speed,
}

impl Quantity {
    /// The unit of what is drawn.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Memory => MemoryUnit::GiB.label(),
            Self::Speed => text::scatter_tok_s(),
        }
    }

    /// A value as it is read.
    pub(crate) fn say(self, value: f64) -> String {
        match self {
            Self::Memory => show_gib(Bytes::new(value)),
            Self::Speed => text::tok_s(&show_figures(value)),
        }
    }

    /// A value in the unit that is drawn: GiB, tokens a second.
    pub(crate) fn drawn(self, value: f64) -> f64 {
        match self {
            Self::Memory => Bytes::new(value).as_gib(),
            Self::Speed => value,
        }
    }
}

/// One row of a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    /// Which: `c01 Llama-3.1-8B`.
    pub name: String,
    /// As predicted, in bytes or tokens a second.
    pub predicted: f64,
    /// As measured.
    pub measured: f64,
    /// Predicted over measured, less one.
    pub error: f64,
    /// `predicted 5.9 GiB, measured 5.9 GiB, +0.01 %`.
    pub says: String,
}

/// A group of rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GroupData {
    /// What it is called; no other has the name.
    pub name: String,
    /// What its values are.
    pub quantity: Quantity,
    /// `llama.cpp 0.5.0 · own accounting on a processor · predicted`.
    pub basis: String,
    /// How many rows, and how far off they are.
    pub figures: [String; 4],
    /// Whether it was measured on the hardware itself.
    pub real: bool,
    /// The largest error, for the order.
    pub worst: f64,
    /// The rows, those that are off most first.
    pub points: Vec<Point>,
}

/// A report of someone's own machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReportData {
    /// What was run, on which machine.
    pub name: String,
    /// Whether the engine agrees.
    pub agrees: bool,
    /// Each finding: what, measured, said.
    pub findings: Vec<String>,
    /// Why it disagrees, or what should be known.
    pub comment: String,
    /// Where it was published.
    pub source: String,
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AccuracyData {
    /// Groups on real hardware first, then the others; in each those that are off most first.
    pub groups: Vec<GroupData>,
    /// `53 of 61 reports agree, 7 of them by a verdict of uncertain`.
    pub reported: String,
    /// What these reports are of.
    pub validation: String,
    /// Reports, those that disagree first.
    pub reports: Vec<ReportData>,
}

/// Computes the page; it takes a while, and says after each table of measurements how many of all are done.
///
/// # Errors
/// When a table does not read, or the catalog lacks what was measured.
pub(crate) fn compute(
    catalog: &Catalog,
    done: &mut dyn FnMut(usize, usize),
) -> Result<AccuracyData, EvidenceError> {
    let Accuracy { reported, memory, speed } = Accuracy::step_by_step(catalog, calibration(), done)?;
    let mut groups: Vec<GroupData> = memory.iter().map(of_memory).chain(speed.iter().map(of_speed)).collect();
    groups.sort_by(|a, b| b.real.cmp(&a.real).then(b.worst.total_cmp(&a.worst)));
    let (agree, all, uncertain) = (reported.agreeing(), reported.reports.len(), reported.uncertain());
    let validation = reported.validation.label();
    let reported_line = text::of_reports_agree_of_them(&agree, &all, &uncertain);
    let reports = reported.reports.iter().map(of_report).collect();
    Ok(AccuracyData { groups, reported: reported_line, validation, reports })
}

/// A share in percent as it is read at a glance: `8.5 %`, `537 %`, `0.02 %`.
fn short(share: f64) -> String {
    match share.abs() * 100.0 {
        percent @ 100.0.. if percent.is_finite() => format!("{} %", show_decimals(percent, 0)),
        percent @ 1.0..100.0 => format!("{} %", show_decimals(percent, 1)),
        _ => percent(share),
    }
}

fn point(quantity: Quantity, name: &str, (predicted, measured): (f64, f64), error: f64) -> Point {
    let sign = if error < 0.0 { "−" } else { "+" };
    let says = text::predicted_measured(
        &quantity.say(predicted),
        &quantity.say(measured),
        &sign,
        &short(error.abs()),
    );
    Point { name: name.to_owned(), predicted, measured, error, says }
}

fn sorted(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| b.error.abs().total_cmp(&a.error.abs()));
    points
}

fn of_memory(group: &Group) -> GroupData {
    let points = group.rows.iter().map(|row| {
        let pair = (row.predicted.get(), row.measured.get());
        point(Quantity::Memory, &row.name, pair, row.error())
    });
    let [median, p90, worst] = [0.5, 0.9, 1.0].map(|share| group.quantile(share));
    GroupData {
        name: group.name.to_owned(),
        quantity: Quantity::Memory,
        basis: format!("{} · {} · {}", group.program, group.measured_on.label(), group.validation.label()),
        figures: [group.rows.len().to_string(), short(median), short(p90), short(worst)],
        real: group.measured_on == MeasuredOn::RealHardware,
        worst,
        points: sorted(points.collect()),
    }
}

fn of_speed(errors: &SpeedErrors) -> GroupData {
    let points = errors
        .points
        .iter()
        .map(|row| point(Quantity::Speed, &row.name, (row.predicted, row.measured), row.error));
    GroupData {
        name: errors.name.clone(),
        quantity: Quantity::Speed,
        basis: text::of_rows_inside_their_band(
            &errors.measured_on.label(),
            &errors.validation.label(),
            &short(errors.inside),
        ),
        figures: [errors.rows.to_string(), short(errors.median), short(errors.p90), short(errors.worst)],
        real: errors.measured_on == MeasuredOn::RealHardware,
        worst: errors.worst,
        points: sorted(points.collect()),
    }
}

fn of_report(report: &Report) -> ReportData {
    let shown = report.findings.iter().filter(|finding| report.agrees() || !finding.agrees);
    ReportData {
        name: text::accuracy_on(&report.name, &report.machine),
        agrees: report.agrees(),
        findings: shown
            .map(|finding| text::measured_said(&finding.what, &finding.measured, &finding.said))
            .collect(),
        comment: report.comment.clone(),
        source: format!("{}, {}", report.source, report.date),
    }
}

impl GroupData {
    /// Places of the rows that have all the words, in their own name or in the group's; with none all of them.
    pub(crate) fn found(&self, words: &[String]) -> Vec<usize> {
        let group = format!("{} {}", self.name, self.basis).to_lowercase();
        let left: Vec<&String> = words.iter().filter(|word| !group.contains(word.as_str())).collect();
        let found = |point: &Point| {
            let name = point.name.to_lowercase();
            left.iter().all(|word| name.contains(word.as_str()))
        };
        let rows = self.points.iter().enumerate();
        rows.filter(|(_, point)| left.is_empty() || found(point)).map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_machine_and_groups_by_program() {
        let row = |name: &str| point(Quantity::Speed, name, (11.0, 10.0), 0.1);
        let group = GroupData {
            name: "decode".to_owned(),
            quantity: Quantity::Speed,
            basis: "llama.cpp 0.5.0 · real hardware".to_owned(),
            figures: Default::default(),
            real: true,
            worst: 0.1,
            points: vec![row("llama-3-8b Q4_0 on rtx-4090"), row("llama-3-8b Q4_0 on apple-m2")],
        };
        let found = |text: &str| group.found(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(found(""), [0, 1]);
        assert_eq!(found("0.5.0"), [0, 1], "the version is the group's");
        assert_eq!(found("decode apple"), [1], "a word of the group and one of the row");
        assert!(found("mlx").is_empty());
        assert_eq!(group.points[0].says, "predicted 11.0 tok/s, measured 10.0 tok/s, +10.0 %");
    }
}
