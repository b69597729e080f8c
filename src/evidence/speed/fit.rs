//! Coefficients from measurements: all of them first, then by maker, then by group, each held near the one above it.
//!
//! Least relative error by reweighted least squares, no coefficient below 0. A machine with many rows does not drown
//! the others: a row weighs its machine's number of rows to a small negative power.

use std::collections::BTreeMap;

use super::rows::SpeedRow;
use crate::spec::SpeedGroup;

/// How a set of coefficients is fitted.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    /// Round figures the coefficients are held near where nothing is measured.
    pub(super) prior: Vec<f64>,
    /// How far from them each may reasonably lie.
    pub(super) spread: Vec<f64>,
    /// What none may be below: no memory is read faster than its datasheet says.
    pub(super) least: Vec<f64>,
    /// The power of a machine's number of rows.
    pub(super) power: f64,
    /// How firmly the coefficients of all, and of groups below, are held.
    pub(super) firmness: [f64; 2],
    /// Whether the spread follows the speed of the rows at hand.
    pub(super) scaled_spread: bool,
}

/// The coefficients of groups and of what is above them.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels(BTreeMap<SpeedGroup, Vec<f64>>);

impl Levels {
    /// The coefficients of a group; of the nearest above that has them.
    pub(super) fn of(&self, group: SpeedGroup) -> &[f64] {
        match (self.0.get(&group), group.wider()) {
            (Some(terms), _) => terms,
            (None, Some(wider)) => self.of(wider),
            (None, None) => &[],
        }
    }
}

/// Whether a row belongs to a group or to one below it.
pub(super) fn belongs(row: &SpeedRow, group: SpeedGroup) -> bool {
    std::iter::successors(Some(row.group), |group| group.wider()).any(|known| known == group)
}

/// Fits everything that `wanted` needs, from these rows.
pub(super) fn fit(recipe: &Recipe, rows: &[&SpeedRow], wanted: &[SpeedGroup]) -> Levels {
    let mut levels = Levels::default();
    for group in wanted {
        descend_to(*group, recipe, rows, &mut levels);
    }
    levels
}

/// Fits a group after all that is above it; each step down may lie less far away. Answers how many steps that is.
fn descend_to(group: SpeedGroup, recipe: &Recipe, rows: &[&SpeedRow], levels: &mut Levels) -> usize {
    let steps = group.wider().map_or(0, |wider| descend_to(wider, recipe, rows, levels) + 1);
    if !levels.0.contains_key(&group) {
        let own: Vec<&SpeedRow> = rows.iter().copied().filter(|row| belongs(row, group)).collect();
        let above = group.wider().map_or(recipe.prior.as_slice(), |wider| levels.of(wider));
        let width = [1.0, 0.8, 0.7, 0.6].get(steps).copied().unwrap_or(0.6);
        let firmness = if steps == 0 { recipe.firmness[0] } else { recipe.firmness[1] };
        let terms = level(recipe, &own, above, width, firmness);
        levels.0.insert(group, terms);
    }
    steps
}

/// The coefficients of some rows, near `above`; without rows, `above` itself.
fn level(recipe: &Recipe, rows: &[&SpeedRow], above: &[f64], width: f64, firmness: f64) -> Vec<f64> {
    if rows.is_empty() {
        return above.to_vec();
    }
    let machines = machines(rows);
    let ratios: Vec<f64> = machines
        .iter()
        .map(|(of, _)| {
            median(
                rows.iter()
                    .filter(|row| row.machine == *of)
                    .map(|row| 1.0 / (row.speed * dot(&row.terms, above))),
            )
        })
        .collect();
    // One machine may be unlike its group: it moves the middle by two thirds of the way.
    let number = count(ratios.len());
    let scale = median(ratios.into_iter()).powf(number / (number + 0.5));
    let centre: Vec<f64> =
        above.iter().zip(&recipe.least).map(|(term, least)| (term * scale).max(*least)).collect();
    let wide = if recipe.scaled_spread { scale.max(0.2) } else { 1.0 };
    let spread: Vec<f64> = recipe.spread.iter().map(|spread| spread * width * wide).collect();
    let weights: Vec<f64> = rows
        .iter()
        .map(|row| {
            let same =
                machines.iter().find(|(machine, _)| *machine == row.machine).map_or(1, |(_, rows)| *rows);
            count(same).powf(-recipe.power)
        })
        .collect();
    reweighted(rows, &weights, Held { centre: &centre, spread: &spread, least: &recipe.least, firmness })
}

/// What holds coefficients beside the rows.
#[derive(Clone, Copy)]
struct Held<'a> {
    centre: &'a [f64],
    spread: &'a [f64],
    least: &'a [f64],
    firmness: f64,
}

fn machines<'a>(rows: &[&'a SpeedRow]) -> Vec<(&'a str, usize)> {
    let mut machines: Vec<(&str, usize)> = Vec::new();
    for row in rows {
        match machines.iter_mut().find(|(machine, _)| *machine == row.machine) {
            Some((_, rows)) => *rows += 1,
            None => machines.push((&row.machine, 1)),
        }
    }
    machines
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// Errors below this share weigh alike.
const FLOOR: f64 = 0.03;

/// Least sum of relative errors: least squares, weighed anew by each row's last error.
fn reweighted(rows: &[&SpeedRow], weights: &[f64], held: Held<'_>) -> Vec<f64> {
    // Each row as a share of its measured time, so that every target is 1.
    let shares: Vec<Vec<f64>> =
        rows.iter().map(|row| row.terms.iter().map(|term| term * row.speed).collect()).collect();
    let mut now = weights.to_vec();
    let mut terms = held.centre.to_vec();
    for _ in 0..15 {
        terms = least_squares(&shares, &now, held, &terms);
        for ((weight, start), share) in now.iter_mut().zip(weights).zip(&shares) {
            *weight = start / (dot(share, &terms) - 1.0).abs().max(FLOOR);
        }
    }
    terms
}

/// Weighted least squares with no coefficient below its least, by going through the coefficients one at a time.
fn least_squares(shares: &[Vec<f64>], weights: &[f64], held: Held<'_>, start: &[f64]) -> Vec<f64> {
    let terms = held.centre.len();
    let mut matrix = vec![vec![0.0; terms]; terms];
    let mut right = vec![0.0; terms];
    for (share, weight) in shares.iter().zip(weights) {
        for (at, (line, right)) in matrix.iter_mut().zip(&mut right).enumerate() {
            let own = share[at] * weight;
            if own > 0.0 {
                *right += own;
                for (cell, other) in line.iter_mut().zip(share) {
                    *cell += own * other;
                }
            }
        }
    }
    for (at, (line, right)) in matrix.iter_mut().zip(&mut right).enumerate() {
        let near = held.firmness / (held.spread[at] * held.spread[at]);
        line[at] += near;
        *right += near * held.centre[at];
    }
    descend(&matrix, &right, held.least, start)
}

fn descend(matrix: &[Vec<f64>], right: &[f64], least: &[f64], start: &[f64]) -> Vec<f64> {
    let mut terms = start.to_vec();
    for _ in 0..300 {
        let mut moved = 0.0_f64;
        for (at, (line, right)) in matrix.iter().zip(right).enumerate() {
            let rest = right - dot(line, &terms) + line[at] * terms[at];
            let next = (rest / line[at]).max(least[at]);
            moved = moved.max((next - terms[at]).abs() / (1e-9 + next.abs()));
            terms[at] = next;
        }
        if moved < 1e-6 {
            break;
        }
    }
    terms
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5)
}

/// A quantile of sorted values, between the two nearest.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 1.0 };
    let place = count(last) * share;
    let below = crate::units::whole(place.floor());
    let at = |index: u64| {
        usize::try_from(index).ok().and_then(|index| sorted.get(index.min(last))).copied().unwrap_or(1.0)
    };
    let (low, high) = (at(below), at(below + 1));
    (high - low).mul_add(place.fract(), low)
}

/// Four figures are more than measurements carry.
pub(super) fn rounded(value: f64) -> f64 {
    if value < 1e-6 {
        return 0.0;
    }
    let scale = 10_f64.powf(3.0 - value.log10().floor());
    (value * scale).round() / scale
}
