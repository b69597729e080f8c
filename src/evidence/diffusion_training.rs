//! Peaks of training an adapter of an image pipeline's denoiser.

use serde::Deserialize;

use super::score::MeasuredOn;
use super::table::{Size, Table, flag, named};
use super::{EvidenceError, Group};
use crate::engine::memory::diffusion::budget;
use crate::engine::memory::{PartName, Phase, PhaseName, Placement};
use crate::spec::{Diffusion, DiffusionMode, DiffusionPrecision, Named as _, Pipeline};
use crate::units::{Bytes, count};

const ROWS: Table = Table::new(
    "diffusion_training.csv",
    include_str!("../../assets/evidence/measurements/diffusion_training.csv"),
);

/// A measured step.
#[derive(Debug, Deserialize)]
struct Measured {
    #[serde(deserialize_with = "named")]
    pipeline: Pipeline,
    width: u64,
    height: u64,
    batch: u64,
    rank: u64,
    #[serde(deserialize_with = "flag")]
    checkpointing: bool,
    weights_bytes: Size,
    adapters: u64,
    peak_bytes: Size,
}

impl Measured {
    fn diffusion(&self) -> Diffusion {
        Diffusion {
            pipeline: self.pipeline,
            mode: DiffusionMode::Lora,
            width: self.width,
            height: self.height,
            batch: self.batch,
            rank: self.rank,
            gradient_checkpointing: self.checkpointing,
            cached_latents: true,
            precision: DiffusionPrecision::Bf16,
            ..Diffusion::default()
        }
    }

    /// Weights, adapters in 32 bit, and the most that was live beside them.
    fn measured(&self) -> Bytes {
        self.weights_bytes.bytes() + Bytes::new(4.0 * count(self.adapters)) + self.peak_bytes.bytes()
    }
}

/// Each pipeline a group.
///
/// # Errors
/// When the table does not read.
pub fn diffusion_training_groups() -> Result<Vec<Group>, EvidenceError> {
    let group = |name| Group::total(name, MeasuredOn::WithoutData);
    let mut groups: Vec<_> =
        Pipeline::all().map(|pipeline| (pipeline, group(pipeline.training_title()))).collect();
    for row in ROWS.rows::<Measured>()? {
        let diffusion = row.diffusion();
        let of = budget(&diffusion, Placement::Gpu);
        let passes =
            of.phases.iter().filter(|phase| matches!(phase.name, PhaseName::Forward | PhaseName::Backward));
        let most = passes.map(live).fold(Bytes::ZERO, Bytes::max);
        let name = format!(
            "{}×{}, rank {}{}",
            row.width,
            row.height,
            row.rank,
            if row.checkpointing { ", recomputed" } else { "" }
        );
        if let Some((_, group)) = groups.iter_mut().find(|(pipeline, _)| *pipeline == row.pipeline) {
            group.push(name, most, row.measured());
        }
    }
    Ok(groups.into_iter().map(|(_, group)| group).filter(|group| !group.rows.is_empty()).collect())
}

/// What a pass has on the device, without the adapters' gradients and moments and what surrounds the process.
fn live(phase: &Phase) -> Bytes {
    let counted = [PartName::Denoiser, PartName::Adapters, PartName::Activations];
    phase.parts.iter().filter(|part| counted.contains(&part.name)).map(|part| part.bytes.best).sum()
}
