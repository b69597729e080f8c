//! The published errors of speeds.

use super::band::band;
use super::fit::quantile;
use super::leave_out::{Predicted, decode_recipe, leave_out, prefill_recipe};
use super::rows::{SpeedKind, SpeedRow};
use crate::engine::speed::{AT_ONCE, aggregate_throughput};
use crate::evidence::score::{MeasuredOn, Validation};
use crate::spec::{Calibration, SpeedGroup};
use crate::units::count;

/// One line of published errors.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedErrors {
    /// Which rows; no other line has the name.
    pub name: String,
    /// What was measured.
    pub kind: SpeedKind,
    /// On what.
    pub measured_on: MeasuredOn,
    /// What the rows had to do with the coefficients.
    pub validation: Validation,
    /// How many.
    pub rows: usize,
    /// Median of the error's size, as a share.
    pub median: f64,
    /// Nine in ten are below.
    pub p90: f64,
    /// The largest.
    pub worst: f64,
    /// Share of the rows that lie inside the band made without their machine.
    pub inside: f64,
    /// Median of the bands' high ends over their low ends.
    pub width: f64,
    /// Median and p90 of the formula bandwidth / (parameters × bytes a parameter) × 0.55 on the same rows, where they
    /// are of decoding.
    pub simple: Option<(f64, f64)>,
    /// Each row.
    pub points: Vec<SpeedPoint>,
}

/// A predicted speed beside the measured one.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedPoint {
    /// Which: `llama-3-8b Q4_K_M on rtx-3080`.
    pub name: String,
    /// Tokens a second as predicted.
    pub predicted: f64,
    /// Tokens a second as measured.
    pub measured: f64,
    /// Predicted over measured, less one; on several devices of the time.
    pub error: f64,
    /// Whether the measurement lies inside the band.
    pub inside: bool,
    /// The band's high end over its low one.
    pub wide: f64,
}

impl SpeedErrors {
    /// The errors of some comparisons; all speeds were published by those who ran them.
    pub(super) fn of(
        name: impl Into<String>,
        kind: SpeedKind,
        validation: Validation,
        points: Vec<SpeedPoint>,
    ) -> Self {
        let errors = sorted(points.iter().map(|row| row.error.abs()));
        let inside = points.iter().filter(|row| row.inside).count();
        let number = |many: usize| count(u64::try_from(many).unwrap_or(u64::MAX));
        Self {
            name: name.into(),
            kind,
            measured_on: MeasuredOn::RealHardware,
            validation,
            rows: points.len(),
            median: quantile(&errors, 0.5),
            p90: quantile(&errors, 0.9),
            worst: quantile(&errors, 1.0),
            inside: number(inside) / number(points.len().max(1)),
            width: quantile(&sorted(points.iter().map(|row| row.wide)), 0.5),
            simple: None,
            points,
        }
    }
}

fn sorted(errors: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut errors: Vec<f64> = errors.collect();
    errors.sort_by(f64::total_cmp);
    errors
}

/// Errors of every machine predicted from the others, by kind and family; and of aggregate throughput of several requests, which
/// follow from the coefficients of one.
pub fn speed_errors(rows: &[SpeedRow], calibration: &Calibration) -> Vec<SpeedErrors> {
    let of = |kind| rows.iter().filter(move |row| row.kind == kind).collect::<Vec<&SpeedRow>>();
    let mut errors = Vec::new();
    let decode = leave_out(&decode_recipe(), &of(SpeedKind::Decode));
    errors.push(line("decode", &decode, |_| true));
    errors.push(line("decode, dense", &decode, |row| !row.reads.has_experts()));
    errors.push(line("decode, mixtures of experts", &decode, |row| row.reads.has_experts()));
    errors.push(line("decode, published file size", &decode, |row| row.published));
    by_group(&mut errors, "decode", &decode);
    let prefill = leave_out(&prefill_recipe(), &of(SpeedKind::Prefill));
    errors.push(line("prefill", &prefill, |_| true));
    let older_apple = |row: &SpeedRow| matches!(row.group, SpeedGroup::AppleLlamaCpp | SpeedGroup::AppleMlx);
    errors.push(line("prefill, Apple M1 to M4", &prefill, older_apple));
    by_group(&mut errors, "prefill", &prefill);
    errors.push(requests_together(&of(SpeedKind::Batch), &decode, calibration));
    errors
}

fn by_group(errors: &mut Vec<SpeedErrors>, kind: &str, predicted: &[Predicted<'_>]) {
    let mut groups: Vec<SpeedGroup> = predicted.iter().map(|each| each.row.group).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let name = format!("{kind}, {}", group.label());
        errors.push(line(&name, predicted, |row| row.group == group));
    }
}

/// Several requests take the band of one, made wider; `POPULAR` and `SAMPLING` of the engine were chosen with these rows
/// in view.
fn requests_together(rows: &[&SpeedRow], of_one: &[Predicted<'_>], calibration: &Calibration) -> SpeedErrors {
    let predict = |row: &&SpeedRow| {
        let at = (row.depth, row.batch);
        let speed = aggregate_throughput(row.reads, row.chip, row.engine, calibration, at)?.get();
        Some(compared(&Predicted { row, speed }, of_one, AT_ONCE))
    };
    let compared: Vec<SpeedPoint> = rows.iter().filter_map(predict).collect();
    let validation = Validation::Chosen { constants: 2 };
    SpeedErrors::of("aggregate throughput of several requests", SpeedKind::Batch, validation, compared)
}

fn line(name: &str, predicted: &[Predicted<'_>], of: impl Fn(&SpeedRow) -> bool) -> SpeedErrors {
    let own: Vec<&Predicted<'_>> = predicted.iter().filter(|each| of(each.row)).collect();
    let kind = own.first().map_or(SpeedKind::Decode, |each| each.row.kind);
    let rows: Vec<SpeedPoint> = own.iter().map(|each| compared(each, predicted, (1.0, 1.0))).collect();
    let validation = Validation::LeaveOneMachineOut { chosen: 0 };
    let simple = (kind == SpeedKind::Decode).then(|| {
        let errors = sorted(own.iter().map(|each| (simple(each.row) / each.row.speed - 1.0).abs()));
        (quantile(&errors, 0.5), quantile(&errors, 0.9))
    });
    SpeedErrors { simple, ..SpeedErrors::of(name, kind, validation, rows) }
}

fn compared(each: &Predicted<'_>, all: &[Predicted<'_>], wider_by: (f64, f64)) -> SpeedPoint {
    let family = (each.row.group, each.row.reads.has_experts());
    let (low, high) = band(family, all, Some(&each.row.machine));
    let inside = (low * wider_by.0..=high * wider_by.1).contains(&each.ratio());
    let (name, predicted, measured) = (each.row.name.clone(), each.speed, each.row.speed);
    let wide = high * wider_by.1 / (low * wider_by.0);
    SpeedPoint { name, predicted, measured, error: 1.0 / each.ratio() - 1.0, inside, wide }
}

/// What a peer's formula says: bandwidth over parameters times bytes a parameter of the class, times 0.55.
fn simple(row: &SpeedRow) -> f64 {
    let bits = row.reads.file * 8.0 / row.reads.parameters;
    let bytes = match bits {
        12.0.. => 2.0,
        7.3.. => 1.0,
        5.4.. => 0.75,
        3.2.. => 0.5,
        _ => 0.3,
    };
    row.chip.bandwidth / (row.reads.active * bytes) * 0.55
}
