//! Shares of each chip's peak that published runs reached.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::chips::Chips;
use super::fit::quantile;
use crate::catalog::Catalog;
use crate::engine::speed::denoising;
use crate::evidence::EvidenceError;
use crate::evidence::table::{Table, named};
use crate::spec::{PeakShare, Pipeline, SpeedGroup};

const IMAGES: Table =
    Table::new("images.csv", include_str!("../../../assets/evidence/measurements/images.csv"));

/// A measured run: its family, and the share of the peak it reached.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) group: SpeedGroup,
    pub(super) machine: String,
    pub(super) source: String,
    pub(super) share: f64,
}

#[derive(Debug, Deserialize)]
struct ImageRow {
    source: String,
    machine: String,
    #[serde(deserialize_with = "named")]
    pipeline: Pipeline,
    width: f64,
    height: f64,
    steps: f64,
    text: f64,
    seconds: f64,
}

/// What images reach, from the published runs.
pub(super) fn image_shares(catalog: &Catalog) -> Result<Vec<PeakShare>, EvidenceError> {
    let chips = Chips::of(catalog)?;
    let mut runs = Vec::new();
    for row in IMAGES.rows::<ImageRow>()? {
        let chip = chips.chip(&row.machine)?;
        let operations = denoising(row.pipeline, row.width * row.height, 1.0, row.text) * row.steps;
        runs.push(Run {
            group: chip.training_group(),
            machine: row.machine,
            source: row.source,
            share: operations / row.seconds / chip.training_peak().get(),
        });
    }
    Ok(groups(&runs).into_iter().map(|group| share(group, &runs)).collect())
}

/// The families of some runs.
pub(super) fn groups(runs: &[Run]) -> BTreeSet<SpeedGroup> {
    runs.iter().map(|run| run.group).collect()
}

/// What the runs of a family reach: the middle, and between what nine in ten lie.
pub(super) fn share(group: SpeedGroup, runs: &[Run]) -> PeakShare {
    let own: Vec<&Run> = runs.iter().filter(|run| group == SpeedGroup::Every || run.group == group).collect();
    let mut shares: Vec<f64> = own.iter().map(|run| run.share).collect();
    shares.sort_by(f64::total_cmp);
    let machines: BTreeSet<&str> = own.iter().map(|run| run.machine.as_str()).collect();
    let sources: BTreeSet<String> = own.iter().map(|run| run.source.clone()).collect();
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let rounded = |share: f64| (share * 1000.0).round() / 1000.0;
    let at = |share: f64| rounded(quantile(&shares, share));
    // One or two machines say little of their family.
    let (low, high) = if machines.len() < 3 { (0.6 * at(0.5), 1.25 * at(0.5)) } else { (at(0.05), at(0.95)) };
    PeakShare {
        group,
        share: (rounded(low.min(at(0.05))), at(0.5), rounded(high.max(at(0.95)))),
        rows: small(own.len()),
        machines: small(machines.len()),
        sources: sources.into_iter().collect(),
    }
}
