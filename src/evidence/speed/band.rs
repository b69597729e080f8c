//! How far measurements lie from what is predicted without their machine.

use std::collections::BTreeMap;

use super::fit::belongs;
use super::leave_out::Predicted;
use crate::spec::{AttentionBand, SpeedGroup};
use crate::units::count;

/// Machines that a group's wider one stands for beside its own: a group with few machines lies near what is wider.
const WIDER_COUNTS: f64 = 2.0;

/// Between which shares of what is predicted nine in ten measurements lie, mixtures of experts apart: the group's own,
/// drawn towards the wider group's by the number of its machines.
pub(super) fn band(
    (group, experts): (SpeedGroup, bool),
    predicted: &[Predicted<'_>],
    without: Option<&str>,
) -> (f64, f64) {
    let mut machines: BTreeMap<&str, usize> = BTreeMap::new();
    let own: Vec<&Predicted<'_>> = predicted
        .iter()
        .filter(|each| each.row.held.is_empty() && belongs(each.row, group))
        .filter(|each| each.row.reads.has_experts() == experts)
        .filter(|each| Some(each.row.machine.as_str()) != without)
        .collect();
    for each in &own {
        *machines.entry(&each.row.machine).or_default() += 1;
    }
    let measured = quantiles(&own, &machines);
    let Some(wider) = group.wider() else { return measured };
    let above = band((wider, experts), predicted, without);
    let number = count(u64::try_from(machines.len()).unwrap_or(u64::MAX));
    let drawn = |own: f64, above: f64| {
        (number.mul_add(own.ln(), WIDER_COUNTS * above.ln()) / (number + WIDER_COUNTS)).exp()
    };
    (drawn(measured.0, above.0), drawn(measured.1, above.1))
}

/// Shares of the time from which on attention tells of itself.
const MUCH: f64 = 0.2;

/// How far a prompt of which attention takes much lies beyond its family's band, as a logarithm a share of attention:
/// below 0 where it is slower than the low end, above where it is faster than the high end, else 0.
pub(super) struct Beyond<'a> {
    machine: &'a str,
    slower: f64,
    faster: f64,
}

/// The prompts that tell of attention, each beside the band that is made without its machine.
pub(super) fn beyond<'a>(predicted: &[Predicted<'a>]) -> Vec<Beyond<'a>> {
    let telling = predicted.iter().filter(|each| each.row.held.is_empty() && each.attention >= MUCH);
    let one = |each: &Predicted<'a>| {
        let family = (each.row.group, each.row.reads.has_experts());
        let (low, high) = band(family, predicted, Some(&each.row.machine));
        let logarithm = |end: f64| (each.ratio() / end).ln() / each.attention;
        Beyond {
            machine: &each.row.machine,
            slower: logarithm(low).min(0.0),
            faster: logarithm(high).max(0.0),
        }
    };
    telling.map(one).collect()
}

/// By how much bands widen where all of the time is attention's: one in twenty prompts lay further on either side, each
/// weighed so that a machine with many does not decide alone.
pub(super) fn attention_band(beyond: &[Beyond<'_>], without: Option<&str>) -> AttentionBand {
    let mut machines: BTreeMap<&str, usize> = BTreeMap::new();
    let own: Vec<&Beyond<'_>> = beyond.iter().filter(|each| Some(each.machine) != without).collect();
    for each in &own {
        *machines.entry(each.machine).or_default() += 1;
    }
    let weighed = |value: fn(&Beyond<'_>) -> f64| {
        own.iter().map(|each| (value(each), weight(each.machine, &machines))).collect::<Vec<(f64, f64)>>()
    };
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    AttentionBand {
        low: weighed_quantile(weighed(|each| each.slower), 0.05).unwrap_or(0.0).exp(),
        high: weighed_quantile(weighed(|each| each.faster), 0.95).unwrap_or(0.0).exp(),
        rows: small(own.len()),
        machines: small(machines.len()),
    }
}

/// Of the ratios of some rows, between which nine in ten lie.
fn quantiles(own: &[&Predicted<'_>], machines: &BTreeMap<&str, usize>) -> (f64, f64) {
    let ratios = || own.iter().map(|each| (each.ratio(), weight(&each.row.machine, machines))).collect();
    let at = |share: f64| weighed_quantile(ratios(), share).unwrap_or(1.0);
    (at(0.05).min(0.95), at(0.95).max(1.05))
}

/// What a row weighs, so that a machine with many does not decide alone.
fn weight(machine: &str, machines: &BTreeMap<&str, usize>) -> f64 {
    let rows = machines.get(machine).copied().unwrap_or(1);
    count(u64::try_from(rows).unwrap_or(1)).powf(-0.3)
}

/// The value below which so much of all weight lies.
fn weighed_quantile(mut values: Vec<(f64, f64)>, share: f64) -> Option<f64> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: f64 = values.iter().map(|(_, weight)| weight).sum();
    let mut sum = 0.0;
    let found = values.iter().find(|(_, weight)| {
        sum += weight;
        sum >= all * share
    });
    found.or(values.last()).map(|(value, _)| *value)
}
