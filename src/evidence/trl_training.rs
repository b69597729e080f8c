//! Peaks of TRL's own trainers, measured on a processor.

use serde::Deserialize;

use super::score::MeasuredOn;
use super::shape::Shape;
use super::table::{Size, Table, flag, named};

use super::{EvidenceError, Group};
use crate::engine::memory::finetune::pytorch;
use crate::engine::memory::{PartName, Phase, Placement};
use crate::spec::{BasePrecision, FineTune, Method, Objective, Runtime, Targets, Trainer};
use crate::units::Bytes;

const ROWS: Table =
    Table::new("trl_training.csv", include_str!("../../assets/evidence/measurements/trl_training.csv"));
const SOURCE: &str = "measured with torch 2.15, transformers 5.24, peft 0.21.2 and trl 1.16";

/// The columns beside the model's.
#[derive(Debug, Deserialize)]
struct Measured {
    #[serde(rename = "trainer", deserialize_with = "named")]
    objective: Objective,
    #[serde(deserialize_with = "named")]
    method: Method,
    #[serde(deserialize_with = "named")]
    base: BasePrecision,
    batch: u64,
    sequence: u64,
    #[serde(deserialize_with = "flag")]
    checkpointing: bool,
    /// Empty where no adapters are trained.
    rank: Option<u64>,
    /// Whether a second model is kept.
    #[serde(deserialize_with = "flag")]
    reference: bool,
    peak: Size,
}

/// Peaks of supervised training and of preferences, by trainer.
///
/// # Errors
/// When the table does not read.
pub fn trl_training_groups() -> Result<Vec<Group>, EvidenceError> {
    let mut sft = Group::total("TRL's SFTTrainer, peaks", MeasuredOn::Processor);
    let mut dpo = Group::total("TRL's DPOTrainer, peaks", MeasuredOn::Processor);
    let shapes: Vec<Shape> = ROWS.rows()?;
    let measured: Vec<Measured> = ROWS.rows()?;
    for (shape, row) in shapes.iter().zip(&measured) {
        let model = shape.model(SOURCE);
        let tune = tune(row);
        let budget = pytorch::budget(&model, &tune, Placement::Gpu);
        let most = budget.phases.iter().map(tensors).fold(Bytes::ZERO, Bytes::max);
        let name = format!(
            "{} layers, {} × {}{}",
            model.layer_count(),
            tune.micro_batch,
            tune.sequence,
            if tune.gradient_checkpointing { ", recomputed" } else { "" },
        );
        let group = if row.objective == Objective::Dpo { &mut dpo } else { &mut sft };
        group.push(&name, most, row.peak.bytes());
    }
    Ok(vec![sft, dpo])
}

/// A phase without what surrounds PyTorch's own tensors.
fn tensors(phase: &Phase) -> Bytes {
    phase.parts.iter().filter(|part| part.name != PartName::Overhead).map(|part| part.bytes.best).sum()
}

fn tune(row: &Measured) -> FineTune {
    FineTune {
        trainer: Trainer::Trl,
        objective: row.objective,
        reference_precomputed: !row.reference,
        precision: row.base,
        rank: row.rank.unwrap_or(8),
        targets: Targets::AllLinear,
        micro_batch: row.batch,
        sequence: row.sequence,
        tokens_per_example: row.sequence,
        gradient_checkpointing: row.checkpointing,
        chunked_loss: true,
        autocast: false,
        ..FineTune::usual(row.method, Runtime::PyTorch, 131_072)
    }
}
