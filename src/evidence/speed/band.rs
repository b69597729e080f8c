//! How far measurements lie from what is predicted without their machine.

use std::collections::BTreeMap;

use super::leave_out::Predicted;
use super::rows::SpeedRow;
use crate::spec::SpeedGroup;
use crate::units::count;

/// How much wider a band is that had to be taken from a wider group, for each step up.
const BORROWED: (f64, f64) = (0.85, 1.15);

/// Machines that a group must have beside the one in question for its own band.
const ENOUGH: usize = 3;

/// Between which shares of what is predicted nine in ten measurements lie, mixtures of experts apart: of the group where
/// enough of its machines were measured, else of the maker, else of all.
pub(super) fn band(
    (group, experts): (SpeedGroup, bool),
    predicted: &[Predicted<'_>],
    without: Option<&str>,
) -> (f64, f64) {
    let belongs = |row: &SpeedRow, wanted: SpeedGroup| {
        wanted == SpeedGroup::Every || row.group == wanted || row.group.wider() == Some(wanted)
    };
    let mut wanted = group;
    let mut wider_by = (1.0, 1.0);
    loop {
        let mut machines: BTreeMap<&str, usize> = BTreeMap::new();
        let own: Vec<&Predicted<'_>> = predicted
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
