//! Peaks of MLX training, measured with its own allocator and graph.

use super::mlx::MlxRowError;
use super::{Group, Row as ScoreRow};
use crate::engine::memory::finetune::mlx;
use crate::engine::memory::{Budget, Phase, Placement};
use crate::spec::{
    Attention, AttentionKernel, BasePrecision, Block, Experts, FeedForward, Figure, FineTune, Kind, Method,
    Mixer, Model, NormStyle, Optimizer, Run, Targets, TunedLayers,
};
use crate::units::{Bytes, count};

const ROWS: &str = include_str!("../../assets/evidence/measurements/mlx_training.csv");
const SOURCE: &str = "measured with mlx 0.32.4 and mlx-lm 0.32.2";
const READ: &str = "2026-11-20";

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
pub fn mlx_training_cases() -> Result<Vec<MlxTrainingCase>, MlxRowError> {
    let mut lines = ROWS.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    lines
        .enumerate()
        .map(|(index, line)| {
            Row { place: index + 1, header: &header, cells: line.split(',').collect() }.case()
        })
        .collect()
}

/// One row under its header.
struct Row<'a> {
    place: usize,
    header: &'a [&'a str],
    cells: Vec<&'a str>,
}

impl Row<'_> {
    fn text(&self, column: &'static str) -> Result<&str, MlxRowError> {
        let found = self.header.iter().position(|name| *name == column);
        let cell = found.and_then(|found| self.cells.get(found));
        cell.copied().ok_or(MlxRowError { row: self.place, column })
    }

    fn number<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, MlxRowError> {
        self.text(column)?.parse().ok().ok_or(MlxRowError { row: self.place, column })
    }

    fn bytes(&self, column: &'static str) -> Result<Bytes, MlxRowError> {
        self.number::<u64>(column).map(|bytes| Bytes::new(count(bytes)))
    }

    fn case(&self) -> Result<MlxTrainingCase, MlxRowError> {
        Ok(MlxTrainingCase {
            model: self.model()?,
            finetune: self.finetune()?,
            metal: self.text("rules")? == "metal",
            ahead: self.number("ahead").ok(),
            weights: self.bytes("weights")?,
            trained: self.bytes("trained")?,
            moments: self.bytes("moments")?,
            peak: self.bytes("peak")?,
        })
    }

    fn model(&self) -> Result<Model, MlxRowError> {
        let name = self.text("model")?.to_owned();
        let architecture = self.text("architecture")?.to_owned();
        Ok(Model {
            id: name.clone(),
            family: name.clone(),
            name,
            parameters: Figure(0.0, Kind::Measured, SOURCE.to_owned(), READ.to_owned()),
            active_parameters: None,
            source: SOURCE.to_owned(),
            hidden: self.number("hidden")?,
            vocabulary: self.number("vocabulary")?,
            tied_embeddings: self.text("tied")? == "1",
            context_max: 131_072,
            norms: NormStyle::Pre,
            norm_bias: false,
            rope_factors: 0,
            output_bias: false,
            stack: vec![Run { repeat: self.number("layers")?, blocks: vec![self.block(&architecture)?] }],
            vision: None,
            architecture,
        })
    }

    fn block(&self, architecture: &str) -> Result<Block, MlxRowError> {
        let attention = Attention {
            heads: self.number("heads")?,
            kv_heads: self.number("kv_heads")?,
            head: self.number("head")?,
            qkv_bias: architecture == "qwen2",
            qk_norm: architecture.starts_with("qwen3"),
            ..Attention::default()
        };
        let width = self.number("ff")?;
        let feed_forward = match self.number("experts")? {
            0 => FeedForward::Dense { width, gated: true, bias: false },
            count => {
                let used = self.number("experts_used")?;
                FeedForward::Experts(Experts { count, used, width, ..Experts::default() })
            }
        };
        Ok(Block { times: 1, mixer: Mixer::Attention(attention), feed_forward })
    }

    fn finetune(&self) -> Result<FineTune, MlxRowError> {
        let bits: u32 = self.number("weight_bits")?;
        Ok(FineTune {
            method: match self.text("method")? {
                "full" => Method::Full,
                "dora" => Method::Dora,
                _ if bits > 0 => Method::Qlora,
                _ => Method::Lora,
            },
            precision: match bits {
                0 => BasePrecision::Bf16,
                4 => BasePrecision::Mlx4,
                _ => BasePrecision::Mlx8,
            },
            rank: self.number("rank")?,
            targets: if self.text("targets")? == "qv" { Targets::QueryValue } else { Targets::AllLinear },
            tuned_layers: self.number("tuned").map_or(TunedLayers::All, TunedLayers::Last),
            optimizer: match self.text("optimizer")? {
                "sgd" => Optimizer::Sgd,
                "adafactor" => Optimizer::Adafactor,
                _ => Optimizer::AdamW,
            },
            master_weights: false,
            micro_batch: self.number("sequences")?,
            accumulation: self.number("accumulation")?,
            sequence: self.number("tokens")?,
            checkpointing: self.text("checkpointing")? == "1",
            attention: AttentionKernel::Eager,
            padded: false,
            fused_loss: false,
            keeps_logits: false,
            autocast: true,
            adapters_fp32: true,
            kbit_preparation: false,
            examples: 1,
            tokens_per_example: self.number("tokens")?,
            epochs: 1.0,
        })
    }
}

/// Peaks with the host ahead of the device against the best estimate.
///
/// # Errors
/// When a row of the table does not read.
pub fn mlx_training_groups() -> Result<Vec<Group>, MlxRowError> {
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
            if tune.checkpointing { ", recomputed" } else { "" }
        );
        let group = if case.metal && case.ahead == Some(11) { &mut ahead } else { &mut other };
        group.rows.push(ScoreRow { name, predicted: most, measured: case.peak });
    }
    Ok(vec![ahead, other])
}
