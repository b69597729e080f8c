//! A comparison for spreadsheets: one row a machine, bytes, seconds and dollars as plain numbers.

use super::Report;
use crate::engine::{Estimate, FigureName, PartName, Speed};
use crate::spec::PriceBasis;
use crate::units::{Band, Dollars, DollarsPerHour, Hours, Seconds, TokensPerSecond};

/// Columns before those of the parts.
const HEAD: [&str; 11] = [
    "machine_id",
    "machine",
    "runtime",
    "verdict",
    "ceiling",
    "ceiling_bytes",
    "need_low_bytes",
    "need_best_bytes",
    "need_high_bytes",
    "peak_phase",
    "peak_bytes",
];

/// Figures of speed and cost, a low, best and high column each.
const FIGURES: [FigureName; 8] = [
    FigureName::Decode,
    FigureName::TimePerOutputToken,
    FigureName::TimeToFirstToken,
    FigureName::TrainTokens,
    FigureName::RunHours,
    FigureName::Epoch,
    FigureName::Image,
    FigureName::MillionTokens,
];

/// A figure of an estimate, where it has it.
fn figure(estimate: &Estimate, name: FigureName) -> Option<Band<f64>> {
    let rate = |band: Band<TokensPerSecond>| band.map(TokensPerSecond::get);
    let time = |band: Band<Seconds>| band.map(Seconds::get);
    let hours = |band: Band<Hours>| band.map(Hours::get);
    match (name, estimate.speed.as_ref()?) {
        (FigureName::Decode, Speed::Inference(speed)) => Some(rate(speed.decode)),
        (FigureName::TimePerOutputToken, Speed::Inference(speed)) => Some(time(speed.time_per_output_token)),
        (FigureName::TimeToFirstToken, Speed::Inference(speed)) => Some(time(speed.time_to_first_token)),
        (FigureName::TrainTokens, Speed::Training(speed)) => Some(rate(speed.tokens)),
        (FigureName::RunHours, Speed::Training(speed)) => Some(hours(speed.run)),
        (FigureName::RunHours, Speed::Gnn(speed)) => Some(hours(speed.run)),
        (FigureName::RunHours, Speed::Images(speed)) => speed.run.map(hours),
        (FigureName::Epoch, Speed::Gnn(speed)) => Some(time(speed.epoch)),
        (FigureName::Image, Speed::Images(speed)) if speed.run.is_none() => Some(time(speed.image)),
        (FigureName::MillionTokens, _) => {
            estimate.work_cost?.million_tokens.map(|dollars| dollars.map(Dollars::get))
        }
        _ => None,
    }
}

/// A number with as many digits as it takes, or nothing.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// The text of the table.
pub(super) fn csv_text(report: &Report) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    let parts = PartName::ALL;
    let head = HEAD
        .iter()
        .map(|name| (*name).to_owned())
        .chain(parts.iter().map(|part| format!("{}_bytes", part.key())))
        .chain(
            FIGURES
                .iter()
                .flat_map(|name| ["low", "best", "high"].map(|end| format!("{}_{end}", name.key()))),
        )
        .chain(["price_dollars", "price_basis", "rent_dollars_per_hour", "total_dollars"].map(str::to_owned));
    let mut rows = vec![head.collect::<Vec<String>>()];
    for answer in &report.answers {
        let deciding = answer.estimate.fit.deciding();
        let peak = answer.estimate.budget.peak();
        let bytes = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.0}"));
        let mut row = vec![
            answer.machine.id.clone(),
            answer.machine.name.clone(),
            answer.estimate.resolved.runtime.key().to_owned(),
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
        for name in FIGURES {
            let band = figure(&answer.estimate, name);
            row.extend(
                [band.map(|band| band.low), band.map(|band| band.best), band.map(|band| band.high)]
                    .map(number),
            );
        }
        let cost = answer.estimate.cost;
        row.push(number(cost.and_then(|cost| cost.price).map(Dollars::get)));
        let basis = cost.and_then(|cost| cost.basis).map_or("", PriceBasis::key);
        row.push(basis.to_owned());
        row.push(number(cost.and_then(|cost| cost.rent).map(DollarsPerHour::get)));
        row.push(number(cost.map(|cost| cost.total.get())));
        rows.push(row);
    }
    // Writing rows of equal length to memory cannot fail; a failure would show as a missing row in the tests.
    let written = rows.iter().try_for_each(|row| table.write_record(row));
    debug_assert!(written.is_ok(), "rows of equal length go into memory");
    table.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
