//! A comparison for spreadsheets: one row a machine, bytes as plain numbers.

use super::Report;
use crate::engine::PartName;

/// Columns before those of the parts.
const HEAD: [&str; 10] = [
    "machine_id",
    "machine",
    "verdict",
    "ceiling",
    "ceiling_bytes",
    "need_low_bytes",
    "need_best_bytes",
    "need_high_bytes",
    "peak_phase",
    "peak_bytes",
];

/// The text of the table.
pub(super) fn csv_text(report: &Report) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    let parts = PartName::ALL;
    let head = HEAD
        .iter()
        .map(|name| (*name).to_owned())
        .chain(parts.iter().map(|part| format!("{}_bytes", part.key())));
    let mut rows = vec![head.collect::<Vec<String>>()];
    for answer in &report.answers {
        let deciding = answer.estimate.fit.deciding();
        let peak = answer.estimate.budget.peak();
        let bytes = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.0}"));
        let mut row = vec![
            answer.machine.id.clone(),
            answer.machine.name.clone(),
            answer.estimate.fit.verdict.key().to_owned(),
            deciding.map_or_else(String::new, |comparison| comparison.ceiling.kind.key().to_owned()),
            bytes(deciding.map(|comparison| comparison.ceiling.bytes.best.get())),
            bytes(deciding.map(|comparison| comparison.need.low.get())),
            bytes(deciding.map(|comparison| comparison.need.best.get())),
            bytes(deciding.map(|comparison| comparison.need.high.get())),
            peak.map_or_else(String::new, |phase| phase.name.key().to_owned()),
            bytes(peak.map(|phase| phase.total().best.get())),
        ];
        row.extend(parts.iter().map(|part| bytes(peak.map(|phase| phase.named(*part).best.get()))));
        rows.push(row);
    }
    // Writing rows of equal length to memory cannot fail; a failure would show as a missing row in the tests.
    let written = rows.iter().try_for_each(|row| table.write_record(row));
    debug_assert!(written.is_ok(), "rows of equal length go into memory");
    table.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
