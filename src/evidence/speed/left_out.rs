//! Every machine predicted from all others: the errors that are published, and the bands.

use std::collections::BTreeMap;

use super::fit::{Levels, Recipe, dot, fit, quantile};
use crate::engine::speed::{AT_ONCE, together};

use super::PeakShares;
use super::rows::{SpeedKind, SpeedRow};
use crate::spec::{Calibration, DecodeTerms, Fitted, HandOver, PrefillTerms, SpeedGroup};

/// Where coefficients of writing start: round figures that physics suggests. A memory is read at nine tenths of its
/// datasheet, a K-quant costs three operations a weight, a layer some tens of microseconds.
fn decode_recipe() -> Recipe {
    Recipe {
        prior: vec![1.1, 1.1, 0.2, 0.2, 3.0, 3.0, 3.0, 3.0, 5.0, 10.0, 8.0, 4.0, 1.0, 5.0, 5.0, 0.5, 0.2],
        spread: vec![0.3, 0.3, 0.3, 0.1, 6.0, 6.0, 6.0, 6.0, 8.0, 8.0, 8.0, 8.0, 1.0, 20.0, 20.0, 1.0, 0.6],
        power: 0.3,
        firmness: [1.0, 0.1, 0.1],
        scaled_spread: false,
    }
}

/// The same for prompts: products at two thirds of the peak, attention at half of it.
fn prefill_recipe() -> Recipe {
    Recipe {
        prior: vec![1.5, 1.4, 1.5, 1.5, 2.0, 0.3, 0.3, 1.0, 1.0],
        spread: vec![0.8, 0.8, 1.0, 1.0, 2.0, 0.5, 0.3, 1.0, 1.0],
        power: 0.0,
        firmness: [1.0, 0.3, 0.3],
        scaled_spread: true,
    }
}

/// A row with the speed that all other machines foretell.
#[derive(Clone, Copy, Debug)]
struct Foretold<'a> {
    row: &'a SpeedRow,
    speed: f64,
}

impl Foretold<'_> {
    /// Measured over foretold.
    fn ratio(&self) -> f64 {
        self.row.speed / self.speed
    }
}

/// One line of published errors.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedErrors {
    /// Which rows.
    pub name: String,
    /// How many.
    pub rows: usize,
    /// Median of the error's size, as a share.
    pub median: f64,
    /// Nine in ten are below.
    pub p90: f64,
    /// Share of the rows that lie inside the band made without their machine.
    pub inside: f64,
    /// Median and p90 of the formula bandwidth / (parameters × bytes a parameter) × 0.55 on the same rows.
    pub simple: Option<(f64, f64)>,
}

/// Errors of every machine foretold from the others, by kind and family; and of several requests together, which
/// follow from the coefficients of one and were no part of the fit.
pub fn speed_errors(rows: &[SpeedRow], calibration: &Calibration) -> Vec<SpeedErrors> {
    let mut errors = Vec::new();
    let decode: Vec<&SpeedRow> = rows.iter().filter(|row| row.kind == SpeedKind::Decode).collect();
    let foretold = leave_out(&decode_recipe(), &decode);
    // Requests together take the band of one, made wider.
    let of_one = foretold.clone();
    errors.push(line("decode, machine left out", &foretold, &foretold, |_| true));
    errors.push(line("  dense", &foretold, &foretold, |row| !row.reads.has_experts()));
    errors.push(line("  mixtures of experts", &foretold, &foretold, |row| row.reads.has_experts()));
    errors.push(line("  published file size", &foretold, &foretold, |row| row.published));
    by_group(&mut errors, &foretold);
    let prefill: Vec<&SpeedRow> = rows.iter().filter(|row| row.kind == SpeedKind::Prefill).collect();
    let foretold = leave_out(&prefill_recipe(), &prefill);
    errors.push(line("prefill, machine left out", &foretold, &foretold, |_| true));
    let older_apple = |row: &SpeedRow| matches!(row.group, SpeedGroup::AppleLlamaCpp | SpeedGroup::AppleMlx);
    errors.push(line("  Apple M1 to M4", &foretold, &foretold, older_apple));
    by_group(&mut errors, &foretold);
    let batch: Vec<Foretold<'_>> = rows
        .iter()
        .filter(|row| row.kind == SpeedKind::Batch)
        .filter_map(|row| {
            let speed = together(row.reads, row.chip, row.engine, calibration, (row.depth, row.batch))?.get();
            Some(Foretold { row, speed })
        })
        .collect();
    errors.push(line("several requests together, not fitted", &batch, &of_one, |_| true));
    for each in errors.iter_mut().skip_while(|each| !each.name.starts_with("prefill")) {
        // That formula is of writing.
        each.simple = None;
    }
    errors
}

fn by_group(errors: &mut Vec<SpeedErrors>, foretold: &[Foretold<'_>]) {
    let mut groups: Vec<SpeedGroup> = foretold.iter().map(|each| each.row.group).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let name = format!("  {}", group.label());
        errors.push(line(&name, foretold, foretold, |row| row.group == group));
    }
}

fn line(
    name: &str,
    foretold: &[Foretold<'_>],
    all: &[Foretold<'_>],
    of: impl Fn(&SpeedRow) -> bool,
) -> SpeedErrors {
    let own: Vec<&Foretold<'_>> = foretold.iter().filter(|each| of(each.row)).collect();
    let sorted = |mut errors: Vec<f64>| {
        errors.sort_by(f64::total_cmp);
        errors
    };
    let errors = sorted(own.iter().map(|each| (1.0 / each.ratio() - 1.0).abs()).collect());
    let simple = sorted(own.iter().map(|each| (simple(each.row) / each.row.speed - 1.0).abs()).collect());
    let inside = own.iter().filter(|each| {
        let experts = each.row.reads.has_experts();
        let (low, high) = band((each.row.group, experts), all, Some(&each.row.machine));
        let at_once = if each.row.kind == SpeedKind::Batch { AT_ONCE } else { (1.0, 1.0) };
        let (low, high) = (low * at_once.0, high * at_once.1);
        (low..=high).contains(&each.ratio())
    });
    let number = |many: usize| crate::units::count(u64::try_from(many).unwrap_or(u64::MAX));
    SpeedErrors {
        name: name.to_owned(),
        rows: own.len(),
        median: quantile(&errors, 0.5),
        p90: quantile(&errors, 0.9),
        inside: number(inside.count()) / number(own.len().max(1)),
        simple: Some((quantile(&simple, 0.5), quantile(&simple, 0.9))),
    }
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

/// Every row, foretold by coefficients that its machine had no part in; never above its roofline.
fn leave_out<'a>(recipe: &Recipe, rows: &[&'a SpeedRow]) -> Vec<Foretold<'a>> {
    let mut machines: Vec<&str> = rows.iter().map(|row| row.machine.as_str()).collect();
    machines.sort_unstable();
    machines.dedup();
    let mut foretold = Vec::with_capacity(rows.len());
    for machine in machines {
        let others: Vec<&SpeedRow> = rows.iter().copied().filter(|row| row.machine != machine).collect();
        let own = rows.iter().copied().filter(|row| row.machine == machine);
        let mut groups: Vec<SpeedGroup> = own.clone().map(|row| row.group).collect();
        groups.sort_unstable();
        groups.dedup();
        let levels = fit(recipe, &others, &groups);
        foretold.extend(own.map(|row| Foretold { row, speed: speed(&levels, row) }));
    }
    foretold
}

fn speed(levels: &Levels, row: &SpeedRow) -> f64 {
    let seconds = dot(&row.terms, levels.of(row.group));
    let floor = if row.kind == SpeedKind::Prefill { 0.0 } else { row.reads.bytes / row.chip.bandwidth };
    1.0 / seconds.max(floor)
}

/// How much wider a band is that had to be taken from a wider group, for each step up.
const BORROWED: (f64, f64) = (0.85, 1.15);

/// Machines that a group must have beside the one in question for its own band.
const ENOUGH: usize = 3;

/// Between which shares of what is foretold nine in ten measurements lie, mixtures of experts apart: of the group where
/// enough of its machines were measured, else of the maker, else of all.
fn band(
    (group, experts): (SpeedGroup, bool),
    foretold: &[Foretold<'_>],
    without: Option<&str>,
) -> (f64, f64) {
    let belongs = |row: &SpeedRow, wanted: SpeedGroup| {
        wanted == SpeedGroup::Every || row.group == wanted || row.group.wider() == Some(wanted)
    };
    let mut wanted = group;
    let mut wider_by = (1.0, 1.0);
    loop {
        let mut machines: BTreeMap<&str, usize> = BTreeMap::new();
        let own: Vec<&Foretold<'_>> = foretold
            .iter()
            .filter(|each| belongs(each.row, wanted) && each.row.reads.has_experts() == experts)
            .filter(|each| Some(each.row.machine.as_str()) != without)
            .collect();
        for each in &own {
            *machines.entry(&each.row.machine).or_default() += 1;
        }
        match wanted.wider() {
            Some(wider) if machines.len() < ENOUGH => {
                wanted = wider;
                wider_by = (wider_by.0 * BORROWED.0, wider_by.1 * BORROWED.1);
            }
            _ => {
                let (low, high) = quantiles(&own, &machines);
                return (low * wider_by.0, high * wider_by.1);
            }
        }
    }
}

/// Weighed so that a machine with many rows does not decide alone.
fn quantiles(own: &[&Foretold<'_>], machines: &BTreeMap<&str, usize>) -> (f64, f64) {
    let weight = |each: &Foretold<'_>| {
        let rows = machines.get(each.row.machine.as_str()).copied().unwrap_or(1);
        crate::units::count(u64::try_from(rows).unwrap_or(1)).powf(-0.3)
    };
    let mut sorted: Vec<(f64, f64)> = own.iter().map(|each| (each.ratio(), weight(each))).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let whole: f64 = sorted.iter().map(|(_, weight)| weight).sum();
    let at = |share: f64| {
        let mut sum = 0.0;
        let found = sorted.iter().find(|(_, weight)| {
            sum += weight;
            sum >= whole * share
        });
        found.or(sorted.last()).map_or(1.0, |(ratio, _)| *ratio)
    };
    (at(0.05).min(0.95), at(0.95).max(1.05))
}

/// The figures that ship: every group that was measured, every maker, and all.
pub fn calibrate(rows: &[SpeedRow], shares: PeakShares, hand_over: HandOver) -> Calibration {
    let of = |kind| rows.iter().filter(|row| row.kind == kind).collect::<Vec<&SpeedRow>>();
    Calibration {
        decode: fitted(&decode_recipe(), &of(SpeedKind::Decode), |terms| {
            terms.try_into().map(DecodeTerms::from_array).unwrap_or_default()
        }),
        prefill: fitted(&prefill_recipe(), &of(SpeedKind::Prefill), |terms| {
            terms.try_into().map(PrefillTerms::from_array).unwrap_or_default()
        }),
        training: shares.training,
        pictures: shares.pictures,
        hand_over,
    }
}

fn fitted<T>(recipe: &Recipe, rows: &[&SpeedRow], terms: impl Fn(&[f64]) -> T) -> Vec<Fitted<T>> {
    let mut groups: Vec<SpeedGroup> = rows.iter().map(|row| row.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let levels = fit(recipe, rows, &groups);
    let foretold = leave_out(recipe, rows);
    let mut wanted: Vec<SpeedGroup> = vec![SpeedGroup::Every];
    wanted.extend(levels.makers.iter().map(|(maker, _)| *maker));
    wanted.extend(groups);
    wanted.sort_unstable();
    wanted
        .into_iter()
        .map(|group| {
            let own: Vec<&SpeedRow> = rows
                .iter()
                .copied()
                .filter(|row| {
                    group == SpeedGroup::Every || row.group == group || row.group.wider() == Some(group)
                })
                .collect();
            let mut machines: Vec<&str> = own.iter().map(|row| row.machine.as_str()).collect();
            let mut sources: Vec<String> = own.iter().map(|row| row.source.clone()).collect();
            machines.sort_unstable();
            machines.dedup();
            sources.sort_unstable();
            sources.dedup();
            let own_terms: Vec<f64> = levels.of_any(group).iter().map(|term| rounded(*term)).collect();
            let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let band = |experts| {
                let (low, high) = band((group, experts), &foretold, None);
                (rounded(low), rounded(high))
            };
            Fitted {
                group,
                terms: terms(&own_terms),
                band: band(false),
                band_experts: band(true),
                rows: small(own.len()),
                machines: small(machines.len()),
                sources,
            }
        })
        .collect()
}

/// Four figures are more than measurements carry.
fn rounded(value: f64) -> f64 {
    if value < 1e-6 {
        return 0.0;
    }
    let scale = 10_f64.powf(3.0 - value.log10().floor());
    (value * scale).round() / scale
}
