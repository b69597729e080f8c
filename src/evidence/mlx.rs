//! Peaks of MLX inference, measured with its own allocator and graph.

use std::sync::Arc;

use serde::Deserialize;

use super::score::MeasuredOn;
use super::shape::Shape;
use super::table::{Size, Table};
use super::{EvidenceError, Group};
use crate::engine::memory::{Budget, PartName, Phase, PhaseName, Placement, budget};
use crate::spec::{Inference, KvPrecision, LanguageModel, Quantization, Runtime, Scenario, Workload};
use crate::units::{Band, Bytes};

const ROWS: Table =
    Table::new("mlx_inference.csv", include_str!("../../assets/evidence/measurements/mlx_inference.csv"));
const SOURCE: &str = "measured with mlx 0.32.4 and mlx-lm 0.32.2";
/// Tokens decoded in each case after the prompt; too few to grow a cache twice.
const ANSWER: u64 = 4;
/// Operations that Metal runs ahead in the reading that the best estimate is made for.
const AHEAD: u64 = 11;

/// Whose rules of allocation a run of MLX followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MlxRules {
    /// Metal's, on Linux.
    Metal,
    /// The processor's own.
    Cpu,
}

/// A measured case.
#[derive(Clone, Debug, PartialEq)]
pub struct MlxCase {
    /// Model and use, ready to be estimated.
    pub scenario: Scenario,
    /// Whose rules memory was allocated by.
    pub rules: MlxRules,
    /// Operations the host ran ahead of the device; `None` where real time decided.
    pub ahead: Option<u64>,
    /// Weights in memory.
    pub weights: Bytes,
    /// Keys and values at the end.
    pub cache: Bytes,
    /// The most that was live until the first token.
    pub prefill: Bytes,
    /// The most that was live afterwards.
    pub decode: Bytes,
}

impl MlxCase {
    /// The estimate for this case.
    pub fn estimate(&self) -> Budget {
        budget(&self.scenario, self.rules.placement())
    }
}

impl MlxRules {
    /// Where the engine places such a run.
    pub(super) const fn placement(self) -> Placement {
        match self {
            Self::Metal => Placement::Metal,
            Self::Cpu => Placement::Cpu,
        }
    }
}

/// The columns beside the model's.
#[derive(Debug, Deserialize)]
struct Measured {
    weight_bits: u32,
    weight_group: Option<u32>,
    sequences: u64,
    prompt: u64,
    kv_bits: u32,
    step: u64,
    rules: MlxRules,
    ahead: Option<u64>,
    weights: Size,
    prefill_peak: Size,
    decode_peak: Size,
    kv_bytes: Size,
}

/// Every measured case.
///
/// # Errors
/// When the table does not read.
pub fn mlx_cases() -> Result<Vec<MlxCase>, EvidenceError> {
    let shapes: Vec<Shape> = ROWS.rows()?;
    let measured: Vec<Measured> = ROWS.rows()?;
    Ok(shapes.iter().zip(&measured).map(|(shape, row)| case(shape, row)).collect())
}

fn case(shape: &Shape, row: &Measured) -> MlxCase {
    let model = Arc::new(shape.model(SOURCE));
    let inference = Inference {
        quantization: match row.weight_bits {
            0 => Quantization::Bf16,
            bits => Quantization::Mlx { bits, group: row.weight_group.unwrap_or(64) },
        },
        kv_precision: match row.kv_bits {
            0 => KvPrecision::F16,
            4 => KvPrecision::Mlx4,
            _ => KvPrecision::Mlx8,
        },
        context: row.prompt.saturating_add(ANSWER),
        prompt: row.prompt,
        generate: ANSWER,
        concurrency: row.sequences,
        prefill_step: row.step,
        ..Inference::usual(Runtime::Mlx, model.context_max)
    };
    MlxCase {
        scenario: Scenario::new(
            model.name.clone(),
            Workload::Inference(LanguageModel::named(model, Runtime::Mlx), inference),
        ),
        rules: row.rules,
        ahead: row.ahead,
        weights: row.weights.bytes(),
        cache: row.kv_bytes.bytes(),
        prefill: row.prefill_peak.bytes(),
        decode: row.decode_peak.bytes(),
    }
}

/// Peaks of prefill and decode: with the host ahead against the best estimate, without run-ahead against the low end;
/// the processor's apart, whose kernels allocate in their own way.
///
/// # Errors
/// When the table does not read.
pub fn mlx_groups() -> Result<Vec<Group>, EvidenceError> {
    let mut ahead = Group::total(
        "MLX on Metal, prefill and decode peaks, run-ahead of 11 operations",
        MeasuredOn::EmulatedDevice,
    );
    let mut paced =
        Group::part("MLX on Metal, no run-ahead, against the low end", MeasuredOn::EmulatedDevice);
    let mut processor = Group::part("MLX on the processor", MeasuredOn::OwnAccounting);
    let mut processor_paced =
        Group::part("MLX on the processor, no run-ahead, against the low end", MeasuredOn::OwnAccounting);
    for case in mlx_cases()? {
        let budget = case.estimate();
        let (group, end): (&mut Group, fn(Band<Bytes>) -> Bytes) = match (case.rules, case.ahead) {
            (MlxRules::Metal, Some(AHEAD)) => (&mut ahead, |band| band.best),
            (MlxRules::Metal, _) => (&mut paced, |band| band.low),
            (MlxRules::Cpu, Some(0)) => (&mut processor_paced, |band| band.low),
            (MlxRules::Cpu, _) => (&mut processor, |band| band.best),
        };
        for (phase, measured) in [(PhaseName::Prefill, case.prefill), (PhaseName::Decode, case.decode)] {
            let name = format!("{} {}", case.scenario.name, phase.key());
            group.push(name, needed(&budget, phase, end), measured);
        }
    }
    Ok(vec![ahead, paced, processor, processor_paced])
}

/// What a phase needs without what surrounds MLX's own allocations.
fn needed(budget: &Budget, name: PhaseName, end: fn(Band<Bytes>) -> Bytes) -> Bytes {
    let of = |phase: &Phase| {
        phase.parts.iter().filter(|part| part.name != PartName::Overhead).map(|part| end(part.bytes)).sum()
    };
    budget.phases.iter().find(|phase| phase.name == name).map_or(Bytes::ZERO, of)
}
