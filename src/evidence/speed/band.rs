//! How far measurements lie from what is predicted without their machine.

use std::collections::BTreeMap;

use super::fit::belongs;
use super::leave_out::Predicted;
use crate::spec::SpeedGroup;
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

/// Weighed so that a machine with many rows does not decide alone.
fn quantiles(own: &[&Predicted<'_>], machines: &BTreeMap<&str, usize>) -> (f64, f64) {
    let weight = |each: &Predicted<'_>| {
        let rows = machines.get(each.row.machine.as_str()).copied().unwrap_or(1);
        count(u64::try_from(rows).unwrap_or(1)).powf(-0.3)
    };
    let mut sorted: Vec<(f64, f64)> = own.iter().map(|each| (each.ratio(), weight(each))).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: f64 = sorted.iter().map(|(_, weight)| weight).sum();
    let at = |share: f64| {
        let mut sum = 0.0;
        let found = sorted.iter().find(|(_, weight)| {
            sum += weight;
            sum >= all * share
        });
        found.or(sorted.last()).map_or(1.0, |(ratio, _)| *ratio)
    };
    (at(0.05).min(0.95), at(0.95).max(1.05))
}
