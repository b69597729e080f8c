//! Peaks of MLX training, measured with its own allocator and graph.

use super::table::{Cells, Table};
use super::trained_model::{flag, model};
use super::{EvidenceError, Group, Row};
use crate::engine::memory::finetune::mlx;
use crate::engine::memory::{Budget, Phase, Placement};
use crate::spec::{
    AttentionKernel, BasePrecision, FineTune, Method, Model, Named as _, Optimizer, Runtime, Targets,
    TunedLayers,
};
use crate::units::Bytes;

const ROWS: &str = include_str!("../../assets/evidence/measurements/mlx_training.csv");
const SOURCE: &str = "measured with mlx 0.32.4 and mlx-lm 0.32.2";

/// A measured case.
#[derive(Clone, Debug, PartialEq)]
pub struct MlxTrainingCase {
    /// The model.
    pub model: Model,
    /// How it was trained.
    pub finetune: FineTune,
    /// Whether memory was allocated as Metal does it; otherwise as on the processor.
    pub metal: bool,
    /// Operations the host ran ahead of the device; `None` where real time decided.
    pub ahead: Option<u64>,
    /// Weights in memory.
    pub weights: Bytes,
    /// Trained parameters in memory.
    pub trained: Bytes,
    /// Moments of the optimiser in memory.
    pub moments: Bytes,
    /// The most that was live.
    pub peak: Bytes,
}

impl MlxTrainingCase {
    /// The estimate for this case.
    pub fn estimate(&self) -> Budget {
        mlx::budget(&self.model, &self.finetune, if self.metal { Placement::Metal } else { Placement::Cpu })
    }
}

/// Every measured training case.
///
/// # Errors
/// A row lacks a column or holds something that is no number.
pub fn mlx_training_cases() -> Result<Vec<MlxTrainingCase>, EvidenceError> {
    Table::read("mlx_training.csv", ROWS)?.rows().map(|row| case(&row)).collect()
}

fn case(row: &Cells<'_>) -> Result<MlxTrainingCase, EvidenceError> {
    Ok(MlxTrainingCase {
        model: model(row, SOURCE)?,
        finetune: finetune(row)?,
        metal: row.text("rules")? == "metal",
        ahead: row.number("ahead").ok(),
        weights: row.bytes(&["weights"])?,
        trained: row.bytes(&["trained"])?,
        moments: row.bytes(&["moments"])?,
        peak: row.bytes(&["peak"])?,
    })
}

fn finetune(row: &Cells<'_>) -> Result<FineTune, EvidenceError> {
    let bits = row.number("weight_bits")?;
    let method = match row.text("method")? {
        "full" => Method::Full,
        "dora" => Method::Dora,
        _ if bits > 0 => Method::Qlora,
        _ => Method::Lora,
    };
    Ok(FineTune {
        precision: match bits {
            0 => BasePrecision::Bf16,
            4 => BasePrecision::Mlx4,
            _ => BasePrecision::Mlx8,
        },
        rank: row.number("rank")?,
        targets: if row.text("targets")? == "qv" { Targets::QueryValue } else { Targets::AllLinear },
        tuned_layers: row.number("tuned").map_or(TunedLayers::All, TunedLayers::Last),
        optimizer: match row.text("optimizer")? {
            "sgd" => Optimizer::Sgd,
            "adafactor" => Optimizer::Adafactor,
            _ => Optimizer::AdamW,
        },
        micro_batch: row.number("sequences")?,
        gradient_accumulation_steps: row.number("accumulation")?,
        sequence: row.number("tokens")?,
        tokens_per_example: row.number("tokens")?,
        gradient_checkpointing: flag(row, "checkpointing")?,
        attention: AttentionKernel::Eager,
        ..FineTune::usual(method, Runtime::Mlx, 131_072)
    })
}

/// Peaks with the host ahead of the device against the best estimate.
///
/// # Errors
/// When a row of the table does not read.
pub fn mlx_training_groups() -> Result<Vec<Group>, EvidenceError> {
    let mut ahead = Group::new("MLX fine-tuning on Metal, peaks", true);
    let mut other = Group::new("MLX fine-tuning, other run-ahead and the processor", false);
    for case in mlx_training_cases()? {
        let best = |phase: &Phase| phase.total().best;
        let most = case.estimate().phases.iter().map(best).fold(Bytes::ZERO, Bytes::max);
        let tune = &case.finetune;
        let name = format!(
            "{} {}, {} × {}{}",
            case.model.name,
            tune.method.label(),
            tune.micro_batch,
            tune.sequence,
            if tune.gradient_checkpointing { ", recomputed" } else { "" }
        );
        let group = if case.metal && case.ahead == Some(11) { &mut ahead } else { &mut other };
        group.rows.push(Row { name, predicted: most, measured: case.peak });
    }
    Ok(vec![ahead, other])
}
