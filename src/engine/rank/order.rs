//! What rows are sorted by.

use std::cmp::Ordering;

use super::row::Row;
use crate::engine::cost::Cost;
use crate::engine::fit::Verdict;
use crate::engine::speed::Speed;
use crate::spec::{Named, Quality};
use crate::units::{Bytes, Dollars};

/// What rows are sorted by, the best first. Whatever fits is ahead of whatever does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The fastest: most tokens a second decoded or trained on, or the shortest run.
    Speed,
    /// The least loss by quantization; what was not measured stands behind.
    Quality,
    /// The least dollars for the work.
    Cost,
    /// The least to pay at first; what is rented stands behind, by the hour.
    Price,
    /// The least memory.
    Memory,
    /// The largest model, those behind whose quantization loses much.
    Size,
    /// The machine that came out last, and on one machine the model that did.
    Newest,
}

impl Named for Sort {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("speed", Self::Speed),
        ("quality", Self::Quality),
        ("cost", Self::Cost),
        ("price", Self::Price),
        ("memory", Self::Memory),
        ("size", Self::Size),
        ("newest", Self::Newest),
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Speed => "fastest first",
            Self::Quality => "least loss by quantization first",
            Self::Cost => "least cost of the work first",
            Self::Price => "lowest price first",
            Self::Memory => "least memory first",
            Self::Size => "largest model first",
            Self::Newest => "newest first",
        }
    }
}

/// When a model came out, by its id: `2025-08`.
pub type Months<'a> = &'a dyn Fn(&str) -> Option<&'static str>;

/// Sorts rows; what is alike stays in the order it was asked in.
pub fn sort(rows: &mut [Row<'_>], by: Sort, month: Months<'_>) {
    rows.sort_by(|a, b| {
        // What fits tightly fits.
        let class = |row: &Row<'_>| row.estimate.fit.verdict.max(Verdict::Tight);
        class(a).cmp(&class(b)).then_with(|| compared(a, b, (by, month)))
    });
}

fn compared(a: &Row<'_>, b: &Row<'_>, (by, month): (Sort, Months<'_>)) -> Ordering {
    let least = |of: &dyn Fn(&Row<'_>) -> Option<f64>| {
        let value = |row| of(row).unwrap_or(f64::INFINITY);
        value(a).total_cmp(&value(b))
    };
    match by {
        Sort::Speed => least(&|row| row.estimate.speed.as_ref().map(time)),
        Sort::Quality => least(&|row| row.quality.map(Quality::loss)).then_with(|| least(&size)),
        Sort::Cost => least(&work_dollars),
        Sort::Price => least(&|row| row.estimate.cost.as_ref()?.price.map(Dollars::get))
            .then_with(|| least(&|row| row.estimate.cost.as_ref().map(Cost::price_or_rent))),
        Sort::Memory => least(&|row| row.memory().map(Bytes::get)),
        Sort::Size => is_heavy(a).cmp(&is_heavy(b)).then_with(|| least(&size)),
        Sort::Newest => {
            let model = |row: &Row<'_>| {
                row.estimate.resolved.scenario.language().and_then(|language| month(&language.model.id))
            };
            b.machine.released.cmp(&a.machine.released).then_with(|| model(b).cmp(&model(a)))
        }
    }
}

/// Loss of a quantization, in percent or points, from which on a model's size says little of its answers.
pub const HEAVY_LOSS: f64 = 20.0;

fn is_heavy(row: &Row<'_>) -> bool {
    row.quality.is_some_and(|quality| quality.loss() > HEAVY_LOSS)
}

/// Parameters, the most first.
fn size(row: &Row<'_>) -> Option<f64> {
    let language = row.estimate.resolved.scenario.language()?;
    Some(-*language.model.parameters.value())
}

/// What the work costs: a million tokens generated, or a run.
fn work_dollars(row: &Row<'_>) -> Option<f64> {
    let work = row.estimate.work_cost?;
    let dollars = match row.estimate.speed {
        Some(Speed::Inference(_) | Speed::Reading(_)) => work.million_tokens.or(work.run),
        _ => work.run.or(work.million_tokens),
    };
    dollars.map(|dollars| dollars.best.get())
}

/// The time of a piece of work, for comparisons alone.
fn time(speed: &Speed) -> f64 {
    match speed {
        Speed::Inference(speed) => 1.0 / speed.decode.best.get(),
        Speed::Reading(speed) => 1.0 / speed.tokens.best.get(),
        Speed::Training(speed) => 1.0 / speed.tokens.best.get(),
        Speed::Gnn(speed) => speed.run.best.get(),
        Speed::Images(speed) => speed.batch_time.best.get() / f64::from(speed.at_once.max(1)),
    }
}
