//! Peaks of fine-tuning with PyTorch, measured tensor by tensor.

use super::table::{Cells, Table};
use super::{EvidenceError, Group, Row};
use crate::engine::memory::finetune::pytorch;
use crate::engine::memory::{Budget, PartName, Phase, PhaseName, Placement};
use crate::spec::preset::default_fine_tune;
use crate::spec::{
    Attention, AttentionKernel, BasePrecision, Block, Experts, FeedForward, Figure, FineTune, Kind, Method,
    Mixer, Model, NormStyle, Optimizer, Run, Runtime, Targets, TunedLayers,
};
use crate::units::Bytes;

const ROWS: &str = include_str!("../../assets/evidence/measurements/pytorch_training.csv");
const SOURCE: &str = "measured with torch 2.15, transformers 5.23 and peft 0.21";
const READ: &str = "2026-11-20";

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
    let (model, finetune) = (model(row)?, finetune(row)?);
    let name = format!(
        "{} {} {}, {} × {}{}",
        row.text("name")?,
        row.text("method")?,
        row.text("base")?,
        finetune.micro_batch,
        finetune.sequence,
        if finetune.checkpointing { ", recomputed" } else { "" },
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

/// A number of 32 bit.
fn small(row: &Cells<'_>, column: &'static str) -> Result<u32, EvidenceError> {
    row.number(column).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

fn flag(row: &Cells<'_>, column: &'static str) -> Result<bool, EvidenceError> {
    Ok(row.text(column)? == "1")
}

fn model(row: &Cells<'_>) -> Result<Model, EvidenceError> {
    let name = row.text("name")?.to_owned();
    let architecture = row.text("architecture")?.to_owned();
    Ok(Model {
        id: name.clone(),
        family: name.clone(),
        name,
        parameters: Figure(0.0, Kind::Measured, SOURCE.to_owned(), READ.to_owned()),
        active_parameters: None,
        source: SOURCE.to_owned(),
        hidden: small(row, "hidden")?,
        vocabulary: small(row, "vocab")?,
        tied_embeddings: flag(row, "tied")?,
        context_max: 131_072,
        norms: match architecture.as_str() {
            "gemma2" | "gemma3" => NormStyle::PreAndPost,
            "olmo2" => NormStyle::Post,
            _ => NormStyle::Pre,
        },
        norm_bias: false,
        rope_factors: 0,
        output_bias: false,
        stack: stack(row, &architecture)?,
        vision: None,
        architecture,
    })
}

/// Layers of one kind; Gemma's with a window take turns with whole ones.
fn stack(row: &Cells<'_>, architecture: &str) -> Result<Vec<Run>, EvidenceError> {
    let layers = small(row, "layers")?;
    let whole = block(row, architecture, None)?;
    let Ok(window) = small(row, "window") else {
        return Ok(vec![Run { repeat: layers, blocks: vec![whole] }]);
    };
    let round = if architecture == "gemma3" { 6 } else { 2 };
    let local = |times| block(row, architecture, Some(window)).map(|local| Block { times, ..local });
    let mut stack = vec![Run { repeat: layers / round, blocks: vec![local(round - 1)?, whole] }];
    if layers % round > 0 {
        stack.push(Run { repeat: 1, blocks: vec![local(layers % round)?] });
    }
    Ok(stack)
}

fn block(row: &Cells<'_>, architecture: &str, window: Option<u32>) -> Result<Block, EvidenceError> {
    let attention = Attention {
        heads: small(row, "heads")?,
        kv_heads: small(row, "kv_heads")?,
        head: small(row, "head_dim")?,
        window,
        qkv_bias: architecture == "qwen2",
        qk_norm: matches!(architecture, "qwen3" | "qwen3moe" | "gemma3"),
        qk_norm_wide: architecture == "olmo2",
        ..Attention::default()
    };
    let width = small(row, "ffn")?;
    let feed_forward = match small(row, "experts")? {
        0 => FeedForward::Dense { width, gated: true, bias: false },
        count => FeedForward::Experts(Experts {
            count,
            used: small(row, "experts_used")?,
            width,
            ..Experts::default()
        }),
    };
    Ok(Block { times: 1, mixer: Mixer::Attention(attention), feed_forward })
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
        checkpointing: flag(row, "checkpointing")?,
        attention: named::<AttentionKernel>(row, "attention")?,
        padded: flag(row, "mask")?,
        keeps_logits: flag(row, "keeps_logits")?,
        autocast: flag(row, "amp")?,
        adapters_fp32: flag(row, "adapters_fp32")?,
        kbit_preparation: flag(row, "kbit")?,
        ..default_fine_tune(method, Runtime::PyTorch, 131_072)
    })
}

/// A choice by its name in presets.
fn named<T: crate::spec::Named>(row: &Cells<'_>, column: &'static str) -> Result<T, EvidenceError> {
    let text = row.text(column)?;
    T::named(text).ok_or_else(|| row.unreadable(column, text))
}
