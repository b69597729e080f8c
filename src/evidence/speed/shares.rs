//! Published speeds of training and of pictures as shares of each chip's peak.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::speed::{Chip, denoising};
use crate::evidence::EvidenceError;
use crate::evidence::table::{Cells, Table};
use crate::spec::{Machine, Named as _, PeakShare, Pipeline, SpeedGroup};

use super::fit::quantile;
use super::rows::real;

const TRAINING: &str = include_str!("../../../assets/evidence/measurements/training_throughput.csv");
const PICTURES: &str = include_str!("../../../assets/evidence/measurements/pictures.csv");

/// Shares of the peak by family.
#[derive(Clone, Debug, PartialEq)]
pub struct PeakShares {
    /// Of training a language model.
    pub training: Vec<PeakShare>,
    /// Of pictures.
    pub pictures: Vec<PeakShare>,
}

/// What training and pictures reach, from the published runs.
///
/// # Errors
/// When a table does not read, or names a machine that the catalog does not know.
pub fn peak_shares(machines: impl Fn(&str) -> Option<Arc<Machine>>) -> Result<PeakShares, EvidenceError> {
    Ok(PeakShares { training: training_shares(&machines)?, pictures: picture_shares(&machines)? })
}

/// A measured run: its family, and the share of the peak it reached.
struct Run {
    group: SpeedGroup,
    machine: String,
    source: String,
    share: f64,
}

/// The machine of a row with its chip.
fn chip<'a>(
    row: &Cells<'a>,
    machines: &impl Fn(&str) -> Option<Arc<Machine>>,
) -> Result<(&'a str, Chip), EvidenceError> {
    let id = row.text("machine")?;
    let chip = machines(id).and_then(|machine| Chip::of(&machine));
    chip.map(|chip| (id, chip)).ok_or_else(|| row.unreadable("machine", id))
}

fn training_shares(
    machines: &impl Fn(&str) -> Option<Arc<Machine>>,
) -> Result<Vec<PeakShare>, EvidenceError> {
    let mut runs = Vec::new();
    for row in Table::read("training_throughput.csv", TRAINING)?.rows() {
        let (id, chip) = chip(&row, machines)?;
        let number = |column| real(&row, column);
        let operations = 2.0 * number("parameters_b")? * 1e9 * number("passes")?;
        let done = number("tokens_per_s")? / number("devices")? * operations;
        runs.push(Run {
            group: chip.training_group(),
            machine: id.to_owned(),
            source: row.text("source")?.to_owned(),
            share: done / chip.training_peak(),
        });
    }
    let mut groups: Vec<SpeedGroup> = runs.iter().map(|run| run.group).collect();
    groups.push(SpeedGroup::Every);
    groups.sort_unstable();
    groups.dedup();
    Ok(groups.into_iter().map(|group| share(group, &runs)).collect())
}

fn picture_shares(machines: &impl Fn(&str) -> Option<Arc<Machine>>) -> Result<Vec<PeakShare>, EvidenceError> {
    let mut runs = Vec::new();
    for row in Table::read("pictures.csv", PICTURES)?.rows() {
        let (id, chip) = chip(&row, machines)?;
        let number = |column| real(&row, column);
        let name = row.text("pipeline")?;
        let pipeline = Pipeline::named(name).ok_or_else(|| row.unreadable("pipeline", name))?;
        let pixels = number("width")? * number("height")?;
        let operations = denoising(pipeline, pixels, 1.0, number("text")?) * number("steps")?;
        runs.push(Run {
            group: chip.training_group(),
            machine: id.to_owned(),
            source: row.text("source")?.to_owned(),
            share: operations / number("seconds")? / chip.training_peak(),
        });
    }
    let mut groups: Vec<SpeedGroup> = runs.iter().map(|run| run.group).collect();
    groups.sort_unstable();
    groups.dedup();
    Ok(groups.into_iter().map(|group| share(group, &runs)).collect())
}

fn share(group: SpeedGroup, runs: &[Run]) -> PeakShare {
    let own: Vec<&Run> = runs.iter().filter(|run| group == SpeedGroup::Every || run.group == group).collect();
    let mut shares: Vec<f64> = own.iter().map(|run| run.share).collect();
    shares.sort_by(f64::total_cmp);
    let mut machines: BTreeSet<&str> = BTreeSet::new();
    let mut sources: Vec<String> = Vec::new();
    for run in &own {
        machines.insert(&run.machine);
        sources.push(run.source.clone());
    }
    sources.sort_unstable();
    sources.dedup();
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
        sources,
    }
}
