//! Peaks of fine-tuning with PyTorch, measured tensor by tensor.

use super::table::{Cells, Table};
use super::trained_model::{flag, model};
use super::{EvidenceError, Group, Row};
use crate::engine::memory::finetune::pytorch;
use crate::engine::memory::{Budget, PartName, Phase, PhaseName, Placement};
use crate::spec::{
    AttentionKernel, BasePrecision, FineTune, Method, Model, Optimizer, Runtime, Targets, TunedLayers,
};
use crate::units::Bytes;

const ROWS: &str = include_str!("../../assets/evidence/measurements/pytorch_training.csv");
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
    /// Moments of the optimiser.
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
    phase.parts.iter().filter(|part| part.name != PartName::Runtime).map(|part| part.bytes.best).sum()
}

/// Every measured step.
///
/// # Errors
/// When the table does not read.
pub fn pytorch_training_cases() -> Result<Vec<PyTorchTrainingCase>, EvidenceError> {
    Table::read("pytorch_training.csv", ROWS)?.rows().map(|row| case(&row)).collect()
}

/// Peaks, given and further; and the backward passes that were not the peak, as parts.
///
/// # Errors
/// When the table does not read.
pub fn pytorch_training_groups() -> Result<Vec<Group>, EvidenceError> {
    let mut given = Group::new("PyTorch fine-tuning, peaks", true);
    let mut further = Group::new("PyTorch fine-tuning, further settings", true);
    let mut forward = Group::new("PyTorch fine-tuning, forward peaks", false);
    let mut backward = Group::new("PyTorch fine-tuning, backward peaks", false);
    for case in pytorch_training_cases()? {
        let budget = case.estimate();
        let most = budget.phases.iter().map(tensors).fold(Bytes::ZERO, Bytes::max);
        let row = |predicted, measured| Row { name: case.name.clone(), predicted, measured };
        let group = if case.further { &mut further } else { &mut given };
        group.rows.push(row(most, case.peak));
        forward.rows.push(row(case.estimated(&budget, PhaseName::Forward), case.forward));
        backward.rows.push(row(case.estimated(&budget, PhaseName::Backward), case.backward));
    }
    Ok(vec![given, further, forward, backward])
}

fn case(row: &Cells<'_>) -> Result<PyTorchTrainingCase, EvidenceError> {
    let (model, finetune) = (model(row, SOURCE)?, finetune(row)?);
    let name = format!(
        "{} {} {}, {} × {}{}",
        row.text("model")?,
        row.text("method")?,
        row.text("base")?,
        finetune.micro_batch,
        finetune.sequence,
        if finetune.gradient_checkpointing { ", recomputed" } else { "" },
    );
    Ok(PyTorchTrainingCase {
        name,
        model,
        finetune,
        further: row.text("origin")? != "given",
        real: row.text("real")? == "1",
        weights: row.bytes(&["weights"])?,
        states: row.bytes(&["states"])?,
        forward: row.bytes(&["forward"])?,
        backward: row.bytes(&["backward"])?,
        peak: row.bytes(&["peak"])?,
    })
}

fn finetune(row: &Cells<'_>) -> Result<FineTune, EvidenceError> {
    let method = named::<Method>(row, "method")?;
    Ok(FineTune {
        precision: named::<BasePrecision>(row, "base")?,
        rank: row.number("rank").unwrap_or(16),
        targets: match row.text("targets")? {
            "qv" => Targets::QueryValue,
            "attn" => Targets::Attention,
            _ => Targets::AllLinear,
        },
        tuned_layers: row.number("tuned").map_or(TunedLayers::All, TunedLayers::Last),
        optimizer: named::<Optimizer>(row, "optimizer")?,
        micro_batch: row.number("batch")?,
        sequence: row.number("sequence")?,
        tokens_per_example: row.number("sequence")?,
        gradient_checkpointing: flag(row, "checkpointing")?,
        attention: named::<AttentionKernel>(row, "attention")?,
        padded: flag(row, "mask")?,
        return_logits: flag(row, "keeps_logits")?,
        autocast: flag(row, "amp")?,
        adapters_fp32: flag(row, "adapters_fp32")?,
        kbit_preparation: flag(row, "kbit")?,
        ..FineTune::usual(method, Runtime::PyTorch, 131_072)
    })
}

/// A choice by its name in presets.
fn named<T: crate::spec::Named>(row: &Cells<'_>, column: &'static str) -> Result<T, EvidenceError> {
    let text = row.text(column)?;
    T::named(text).ok_or_else(|| row.unreadable(column, text))
}
