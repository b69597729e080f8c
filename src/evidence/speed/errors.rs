//! The published errors of speeds.

use std::collections::BTreeSet;

use super::band::{Beyond, attention_band, band, beyond};
use super::fit::{Recipe, quantile};
use super::leave_out::{Predicted, decode_recipe, leave_out, measured_on_few, prefill_recipe, set_aside};
use super::rows::{SpeedKind, SpeedRow};
use crate::engine::speed::{AT_ONCE, Build, Together, aggregate_throughput};
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
    /// Median error and share inside the band that the version before these rows had on them, where it was written down.
    pub before: Option<(f64, f64)>,
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
            before: None,
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

/// Errors of every machine predicted from the others, by kind, age of the program and family.
///
/// Then of the rows that no choice saw, of those that were not fitted, and of several requests, which follow from the
/// coefficients of one.
pub fn speed_errors(rows: &[SpeedRow], calibration: &Calibration) -> Vec<SpeedErrors> {
    let of = |kind| rows.iter().filter(move |row| row.kind == kind).collect::<Vec<&SpeedRow>>();
    let decode = Lines::of("decode", &decode_recipe(), &of(SpeedKind::Decode));
    let prefill = Lines::of("prefill", &prefill_recipe(), &of(SpeedKind::Prefill));
    let mut errors = decode.all();
    errors.extend(decode.line("decode, published file size", |row| row.published));
    errors.extend(decode.fresh("MLX on M5, mixtures", (0.18, 0.63), |row| {
        row.group == SpeedGroup::AppleMatrixMlx && row.reads.has_experts()
    }));
    errors.extend(decode.fresh("MLX on M3 Ultra", (0.23, 0.50), |row| row.machine == "apple-m3ultra-60c"));
    errors.extend(decode.fresh("one request", (0.13, 0.85), |_| true));
    errors.extend(prefill.all());
    let older_apple = |row: &SpeedRow| matches!(row.group, SpeedGroup::AppleLlamaCpp | SpeedGroup::AppleMlx);
    errors.extend(prefill.line("prefill, Apple M1 to M4", older_apple));
    errors.extend(prefill.line("prefill, at depth", deep));
    errors.extend(prefill.fresh("one request", (0.28, 0.86), |_| true));
    errors.extend(prefill.fresh("dense at depth", (1.11, 0.56), |row| deep(row) && !row.reads.has_experts()));
    errors
        .extend(prefill.fresh("mixtures at depth", (0.44, 0.92), |row| deep(row) && row.reads.has_experts()));
    let together = of(SpeedKind::Batch);
    let name = "several requests on one device";
    errors.extend(requests_together(name, &together, &decode.left_out, calibration, |row| {
        !row.frozen && row.held.is_empty()
    }));
    let name = "several requests on one device, not fitted: power limit";
    errors.extend(requests_together(name, &together, &decode.left_out, calibration, |row| {
        !row.held.is_empty()
    }));
    let name = "several requests on one device, rows set aside";
    errors.extend(requests_together(name, &together, &decode.left_out, calibration, |row| {
        row.frozen && row.held.is_empty()
    }));
    errors
}

/// Whether a prompt lies behind many tokens, or is many itself.
fn deep(row: &SpeedRow) -> bool {
    row.prompt.depth + row.prompt.tokens > 8192.0
}

/// Predictions of a kind of speed, to take lines of.
struct Lines<'a> {
    kind: &'static str,
    /// Each row that may be seen, predicted without its machine or model.
    left_out: Vec<Predicted<'a>>,
    /// How far prompts that are much attention lie beyond their family's band.
    beyond: Vec<Beyond<'a>>,
    /// Each row that no choice saw.
    set_aside: Vec<Predicted<'a>>,
    /// Groups of which one or two machines were measured.
    few: BTreeSet<SpeedGroup>,
}

impl<'a> Lines<'a> {
    fn of(kind: &'static str, recipe: &Recipe, rows: &[&'a SpeedRow]) -> Self {
        let fitted: Vec<&SpeedRow> =
            rows.iter().copied().filter(|row| !row.frozen && row.held.is_empty()).collect();
        let left_out = leave_out(recipe, rows);
        Self {
            kind,
            beyond: beyond(&left_out),
            left_out,
            set_aside: set_aside(recipe, rows),
            few: measured_on_few(&fitted),
        }
    }

    /// The lines that both kinds have.
    fn all(&self) -> Vec<SpeedErrors> {
        let kind = self.kind;
        let mut errors = Vec::new();
        let mut add = |name: String, of: &dyn Fn(&SpeedRow) -> bool| errors.extend(self.line(&name, of));
        add(kind.to_owned(), &|_| true);
        add(format!("{kind}, dense"), &|row| !row.reads.has_experts());
        add(format!("{kind}, mixtures of experts"), &|row| row.reads.has_experts());
        add(format!("{kind}, builds of today"), &|row| row.build == Build::Now);
        add(format!("{kind}, builds since 2025"), &|row| row.build == Build::Earlier);
        add(format!("{kind}, builds of 2024 and before"), &|row| row.build == Build::Older);
        add(format!("{kind}, families of three machines and more"), &|row| !self.few.contains(&row.group));
        let groups: BTreeSet<SpeedGroup> = self.left_out.iter().map(|each| each.row.group).collect();
        for group in groups {
            add(format!("{kind}, {}", group.label()), &|row| row.group == group);
        }
        let reasons: BTreeSet<&str> = self.left_out.iter().map(|each| each.row.held.as_str()).collect();
        for reason in reasons.into_iter().filter(|reason| !reason.is_empty()) {
            let own: Vec<&Predicted<'_>> =
                self.left_out.iter().filter(|each| each.row.held == reason).collect();
            let name = format!("{kind}, not fitted: {reason}");
            errors.extend(self.shown(&name, Validation::Predicted, &own));
        }
        let aside: Vec<&Predicted<'_>> =
            self.set_aside.iter().filter(|each| each.row.held.is_empty()).collect();
        let (mixtures, dense): (Vec<&Predicted<'_>>, Vec<&Predicted<'_>>) =
            aside.iter().copied().partition(|each| each.row.reads.has_experts());
        for (name, own) in [("", aside), (", dense", dense), (", mixtures of experts", mixtures)] {
            let name = format!("{kind}, rows set aside{name}");
            errors.extend(self.shown(&name, Validation::SetAside, &own));
        }
        errors
    }

    /// A line of rows that were fitted, each predicted without its machine or model.
    fn line(&self, name: &str, of: impl Fn(&SpeedRow) -> bool) -> Option<SpeedErrors> {
        let own = self.left_out.iter().filter(|each| each.row.held.is_empty() && of(each.row));
        let own: Vec<&Predicted<'_>> = own.collect();
        let by_model = own.iter().any(|each| self.few.contains(&each.row.group));
        let validation =
            if by_model { Validation::LeaveOut } else { Validation::LeaveOneMachineOut { chosen: 0 } };
        self.shown(name, validation, &own)
    }

    /// A line of the rows that were new in November 2026, with what the version before said of them.
    fn fresh(
        &self,
        name: &str,
        (median, inside): (f64, f64),
        of: impl Fn(&SpeedRow) -> bool,
    ) -> Option<SpeedErrors> {
        let both = self.left_out.iter().chain(&self.set_aside);
        let own: Vec<&Predicted<'_>> =
            both.filter(|each| each.row.is_fresh() && each.row.held.is_empty() && of(each.row)).collect();
        let name = format!("{}, new rows of November 2026: {name}", self.kind);
        let line = self.shown(&name, Validation::LeaveOut, &own)?;
        Some(SpeedErrors { before: Some((median, inside)), ..line })
    }

    fn shown(&self, name: &str, validation: Validation, own: &[&Predicted<'_>]) -> Option<SpeedErrors> {
        let kind = own.first()?.row.kind;
        let band_of = (self.left_out.as_slice(), self.beyond.as_slice());
        let rows: Vec<SpeedPoint> = own.iter().map(|each| compared(each, band_of, (1.0, 1.0))).collect();
        let simple = (kind == SpeedKind::Decode).then(|| {
            let errors = sorted(own.iter().map(|each| (simple(each.row) / each.row.speed - 1.0).abs()));
            (quantile(&errors, 0.5), quantile(&errors, 0.9))
        });
        Some(SpeedErrors { simple, ..SpeedErrors::of(name, kind, validation, rows) })
    }
}

/// Several requests take the band of one, made wider; `POPULAR` and `SAMPLING` of the engine were chosen with these rows
/// in view.
fn requests_together(
    name: &str,
    rows: &[&SpeedRow],
    of_one: &[Predicted<'_>],
    calibration: &Calibration,
    of: impl Fn(&SpeedRow) -> bool,
) -> Option<SpeedErrors> {
    let predict = |row: &&SpeedRow| {
        let prompt_and_answer = row.wall.then_some((row.prompt.tokens, row.generated));
        let behind = if row.wall { row.prompt.tokens } else { 0.0 };
        let together = Together {
            requests: row.batch,
            depth: row.depth + behind,
            prompt_and_answer,
            chunk: row.prompt.chunk,
        };
        let speed = aggregate_throughput(row.reads, row.chip, row.engine, calibration, together)?.get();
        Some(compared(&Predicted { row, speed, attention: 0.0 }, (of_one, &[]), AT_ONCE))
    };
    let compared: Vec<SpeedPoint> = rows.iter().filter(|row| of(row)).filter_map(predict).collect();
    let validation = Validation::Chosen { constants: 2 };
    (!compared.is_empty()).then(|| SpeedErrors::of(name, SpeedKind::Batch, validation, compared))
}

/// Beside the band that is made without its machine, wider by so much.
fn compared(
    each: &Predicted<'_>,
    (all, beyond): (&[Predicted<'_>], &[Beyond<'_>]),
    wider_by: (f64, f64),
) -> SpeedPoint {
    let family = (each.row.group, each.row.reads.has_experts());
    let without = Some(each.row.machine.as_str());
    let (low, high) = band(family, all, without);
    let attention = attention_band(beyond, without);
    let (low, high) = (low * attention.low.powf(each.attention), high * attention.high.powf(each.attention));
    let inside = (low * wider_by.0..=high * wider_by.1).contains(&each.ratio());
    let (name, predicted, measured) = (each.row.name.clone(), each.speed, each.row.speed);
    let wide = high * wider_by.1 / (low * wider_by.0);
    SpeedPoint { name, predicted, measured, error: 1.0 / each.ratio() - 1.0, inside, wide }
}

/// What a peer's formula says: bandwidth over parameters times bytes a parameter of the class, times 0.55.
fn simple(row: &SpeedRow) -> f64 {
    let bits = row.reads.file.get() * 8.0 / row.reads.parameters;
    let bytes = match bits {
        12.0.. => 2.0,
        7.3.. => 1.0,
        5.4.. => 0.75,
        3.2.. => 0.5,
        _ => 0.3,
    };
    row.chip.bandwidth.get() / (row.reads.active * bytes) * 0.55
}
