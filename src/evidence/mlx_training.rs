//! Peaks of MLX training, measured with its own allocator and graph.

use serde::Deserialize;

use super::mlx::MlxRules;
use super::score::{MeasuredOn, Validation};
use super::shape::Shape;
use super::table::{Size, Table, flag};
use super::{EvidenceError, Group};
use crate::engine::memory::finetune::mlx;
use crate::engine::memory::{Budget, Phase};
use crate::spec::{
    AttentionKernel, BasePrecision, FineTune, Method, Model, Named as _, Optimizer, Runtime, Targets,
    TunedLayers,
};
use crate::units::Bytes;

const ROWS: Table =
    Table::new("mlx_training.csv", include_str!("../../assets/evidence/measurements/mlx_training.csv"));
const SOURCE: &str = "measured with mlx 0.32.4 and mlx-lm 0.32.2";

/// A measured case.
#[derive(Clone, Debug, PartialEq)]
pub struct MlxTrainingCase {
    /// The model.
    pub model: Model,
    /// How it was trained.
    pub finetune: FineTune,
    /// Whose rules memory was allocated by.
    pub rules: MlxRules,
    /// Operations the host ran ahead of the device; `None` where real time decided.
    pub ahead: Option<u64>,
    /// Weights in memory.
    pub weights: Bytes,
    /// Trained parameters in memory.
    pub trained: Bytes,
    /// State of the optimizer in memory.
    pub moments: Bytes,
    /// The most that was live.
    pub peak: Bytes,
}

impl MlxTrainingCase {
    /// The estimate for this case.
    pub fn estimate(&self) -> Budget {
        mlx::budget(&self.model, &self.finetune, self.rules.placement())
    }
}

/// The columns beside the model's.
#[derive(Debug, Deserialize)]
struct Measured {
    weight_bits: u32,
    rules: MlxRules,
    ahead: Option<u64>,
    method: Trained,
    rank: u64,
    /// Last layers that were trained; −1 for all.
    tuned: i64,
    targets: Adapted,
    sequences: u64,
    tokens: u64,
    #[serde(rename = "checkpointing", deserialize_with = "flag")]
    gradient_checkpointing: bool,
    #[serde(rename = "accumulation")]
    gradient_accumulation_steps: u64,
    optimizer: Updated,
    weights: Size,
    trained: Size,
    moments: Size,
    peak: Size,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Trained {
    Full,
    Dora,
    Lora,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Adapted {
    Qv,
    All,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Updated {
    Sgd,
    Adafactor,
    Adam,
    AdamW,
}

/// Every measured training case.
///
/// # Errors
/// When the table does not read.
pub fn mlx_training_cases() -> Result<Vec<MlxTrainingCase>, EvidenceError> {
    let shapes: Vec<Shape> = ROWS.rows()?;
    let measured: Vec<Measured> = ROWS.rows()?;
    let case = |(shape, row): (&Shape, &Measured)| MlxTrainingCase {
        model: shape.model(SOURCE),
        finetune: finetune(row),
        rules: row.rules,
        ahead: row.ahead,
        weights: row.weights.bytes(),
        trained: row.trained.bytes(),
        moments: row.moments.bytes(),
        peak: row.peak.bytes(),
    };
    Ok(shapes.iter().zip(&measured).map(case).collect())
}

fn finetune(row: &Measured) -> FineTune {
    let method = match row.method {
        Trained::Full => Method::Full,
        Trained::Dora => Method::Dora,
        Trained::Lora if row.weight_bits > 0 => Method::Qlora,
        Trained::Lora => Method::Lora,
    };
    FineTune {
        precision: match row.weight_bits {
            0 => BasePrecision::Bf16,
            4 => BasePrecision::Mlx4,
            _ => BasePrecision::Mlx8,
        },
        rank: row.rank,
        targets: match row.targets {
            Adapted::Qv => Targets::QueryValue,
            Adapted::All => Targets::AllLinear,
        },
        tuned_layers: u64::try_from(row.tuned).map_or(TunedLayers::All, TunedLayers::Last),
        optimizer: match row.optimizer {
            Updated::Sgd => Optimizer::Sgd,
            Updated::Adafactor => Optimizer::Adafactor,
            Updated::Adam | Updated::AdamW => Optimizer::AdamW,
        },
        micro_batch: row.sequences,
        gradient_accumulation_steps: row.gradient_accumulation_steps,
        sequence: row.tokens,
        tokens_per_example: row.tokens,
        gradient_checkpointing: row.gradient_checkpointing,
        attention: AttentionKernel::Eager,
        ..FineTune::usual(method, Runtime::Mlx, 131_072)
    }
}

/// Peaks against the best estimate, which is made for the host eleven operations ahead.
///
/// About twenty coefficients of the engine were solved from rows with Metal's rules. Which of them was not recorded, so
/// all count as rows of the fit, scored on what they were fitted to; the processor's were no part of it.
///
/// # Errors
/// When the table does not read.
pub fn mlx_training_groups() -> Result<Vec<Group>, EvidenceError> {
    let cases = mlx_training_cases()?;
    let fit = cases.iter().filter(|case| case.rules == MlxRules::Metal).count();
    let mut ahead = Group::total(
        "MLX fine-tuning on Metal, peaks, run-ahead of 11 operations",
        MeasuredOn::EmulatedDevice,
    )
    .validated(Validation::Fitted { rows: fit });
    let mut paced = Group::part(
        "MLX fine-tuning on Metal, no run-ahead, against the estimate for 11",
        MeasuredOn::EmulatedDevice,
    )
    .validated(Validation::Fitted { rows: fit });
    let mut processor = Group::part(
        "MLX fine-tuning on the processor, against the estimate for Metal",
        MeasuredOn::OwnAccounting,
    )
    .validated(Validation::FittedElsewhere { rows: fit });
    for case in cases {
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
        let group = match (case.rules, case.ahead) {
            (MlxRules::Metal, Some(11)) => &mut ahead,
            (MlxRules::Metal, _) => &mut paced,
            (MlxRules::Cpu, _) => &mut processor,
        };
        group.push(name, most, case.peak);
    }
    Ok(vec![ahead, paced, processor])
}
