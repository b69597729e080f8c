//! Peaks of fine-tuning with PyTorch, measured tensor by tensor.

use serde::Deserialize;

use super::score::MeasuredOn;
use super::shape::Shape;
use super::table::{Size, Table, flag, named};
use super::{EvidenceError, Group};
use crate::engine::memory::finetune::pytorch;
use crate::engine::memory::{Budget, PartName, Phase, PhaseName, Placement};
use crate::spec::{
    AttentionKernel, BasePrecision, FineTune, Method, Model, Named as _, Optimizer, Runtime, Targets,
    TunedLayers,
};
use crate::units::Bytes;

const ROWS: Table = Table::new(
    "pytorch_training.csv",
    include_str!("../../assets/evidence/measurements/pytorch_training.csv"),
);
const SOURCE: &str = "measured with torch 2.15, transformers 5.23 and peft 0.21";

/// A measured training step.
#[derive(Clone, Debug, PartialEq)]
pub struct PyTorchTrainingCase {
    /// Which: `llama3.1-8b lora bf16, 1 × 2048`.
    pub name: String,
    /// The model.
    pub model: Model,
    /// How it was trained.
    pub finetune: FineTune,
    /// Whether it was measured for this program after its engine was written, on settings not given before.
    pub further: bool,
    /// Whether its tensors had data, and kernels of the processor ran.
    pub real: bool,
    /// Parameters and adapters.
    pub weights: Bytes,
    /// State of the optimizer.
    pub states: Bytes,
    /// The most that was live until the loss.
    pub forward: Bytes,
    /// The most that was live while gradients were computed.
    pub backward: Bytes,
    /// The most of all.
    pub peak: Bytes,
}

impl PyTorchTrainingCase {
    /// The estimate for this case.
    pub fn estimate(&self) -> Budget {
        pytorch::budget(&self.model, &self.finetune, Placement::Gpu)
    }

    /// What a phase is estimated to hold in tensors.
    pub fn estimated(&self, budget: &Budget, phase: PhaseName) -> Bytes {
        budget.phases.iter().find(|one| one.name == phase).map_or(Bytes::ZERO, tensors)
    }
}

/// A phase without what surrounds PyTorch's own tensors.
fn tensors(phase: &Phase) -> Bytes {
    phase.parts.iter().filter(|part| part.name != PartName::Overhead).map(|part| part.bytes.best).sum()
}

/// The columns beside the model's.
#[derive(Debug, Deserialize)]
struct Measured {
    #[serde(deserialize_with = "named")]
    method: Method,
    #[serde(deserialize_with = "named")]
    base: BasePrecision,
    #[serde(deserialize_with = "flag")]
    kbit: bool,
    #[serde(deserialize_with = "flag")]
    amp: bool,
    #[serde(deserialize_with = "flag")]
    adapters_fp32: bool,
    #[serde(deserialize_with = "named")]
    attention: AttentionKernel,
    #[serde(deserialize_with = "flag")]
    mask: bool,
    batch: u64,
    sequence: u64,
    #[serde(rename = "checkpointing", deserialize_with = "flag")]
    gradient_checkpointing: bool,
    #[serde(deserialize_with = "named")]
    optimizer: Optimizer,
    /// Empty where no adapters are trained, as the next.
    rank: Option<u64>,
    targets: Option<Adapted>,
    /// Last layers that are trained; empty for all.
    tuned: Option<u64>,
    #[serde(rename = "keeps_logits", deserialize_with = "flag")]
    return_logits: bool,
    #[serde(deserialize_with = "flag")]
    real: bool,
    weights: Size,
    states: Size,
    forward: Size,
    backward: Size,
    peak: Size,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Adapted {
    Qv,
    Attn,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Origin {
    Given,
    Further,
}

/// Every measured step.
///
/// # Errors
/// When the table does not read.
pub fn pytorch_training_cases() -> Result<Vec<PyTorchTrainingCase>, EvidenceError> {
    let shapes: Vec<Shape> = ROWS.rows()?;
    let measured: Vec<Measured> = ROWS.rows()?;
    Ok(shapes.iter().zip(&measured).map(|(shape, row)| case(shape, row)).collect())
}

/// Peaks, given and further; each pass that need not be the peak, as parts; and the steps whose tensors had data.
///
/// # Errors
/// When the table does not read.
pub fn pytorch_training_groups() -> Result<Vec<Group>, EvidenceError> {
    let mut given = Group::total("PyTorch fine-tuning, peaks", MeasuredOn::WithoutData);
    let mut further = Group::total("PyTorch fine-tuning, peaks, further settings", MeasuredOn::WithoutData);
    let mut forward = Group::part("PyTorch fine-tuning, forward peaks", MeasuredOn::WithoutData);
    let mut backward = Group::part("PyTorch fine-tuning, backward peaks", MeasuredOn::WithoutData);
    let mut real = Group::part(
        "PyTorch fine-tuning, forward, backward and whole peaks, real tensors",
        MeasuredOn::Processor,
    );
    for case in pytorch_training_cases()? {
        let budget = case.estimate();
        let most = budget.phases.iter().map(tensors).fold(Bytes::ZERO, Bytes::max);
        let [all, ahead, back] = [
            (most, case.peak),
            (case.estimated(&budget, PhaseName::Forward), case.forward),
            (case.estimated(&budget, PhaseName::Backward), case.backward),
        ];
        if case.real {
            for (predicted, measured) in [all, ahead, back] {
                real.push(&case.name, predicted, measured);
            }
            continue;
        }
        let peaks = if case.further { &mut further } else { &mut given };
        for (group, (predicted, measured)) in [(peaks, all), (&mut forward, ahead), (&mut backward, back)] {
            group.push(&case.name, predicted, measured);
        }
    }
    Ok(vec![given, further, forward, backward, real])
}

fn case(shape: &Shape, row: &Measured) -> PyTorchTrainingCase {
    let (model, finetune) = (shape.model(SOURCE), finetune(row));
    let name = format!(
        "{} {} {}, {} × {}{}",
        model.name,
        row.method.key(),
        row.base.key(),
        finetune.micro_batch,
        finetune.sequence,
        if finetune.gradient_checkpointing { ", recomputed" } else { "" },
    );
    PyTorchTrainingCase {
        name,
        model,
        finetune,
        further: row.origin == Origin::Further,
        real: row.real,
        weights: row.weights.bytes(),
        states: row.states.bytes(),
        forward: row.forward.bytes(),
        backward: row.backward.bytes(),
        peak: row.peak.bytes(),
    }
}

fn finetune(row: &Measured) -> FineTune {
    FineTune {
        precision: row.base,
        rank: row.rank.unwrap_or(16),
        targets: match row.targets {
            Some(Adapted::Qv) => Targets::QueryValue,
            Some(Adapted::Attn) => Targets::Attention,
            Some(Adapted::All) | None => Targets::AllLinear,
        },
        tuned_layers: row.tuned.map_or(TunedLayers::All, TunedLayers::Last),
        optimizer: row.optimizer,
        micro_batch: row.batch,
        sequence: row.sequence,
        tokens_per_example: row.sequence,
        gradient_checkpointing: row.gradient_checkpointing,
        attention: row.attention,
        padded: row.mask,
        return_logits: row.return_logits,
        autocast: row.amp,
        adapters_fp32: row.adapters_fp32,
        kbit_preparation: row.kbit,
        ..FineTune::usual(row.method, Runtime::PyTorch, 131_072)
    }
}
