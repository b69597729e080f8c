//! Peaks of MLX inference, measured with its own allocator and graph.

use std::sync::Arc;

use crate::engine::memory::{Budget, Placement, budget};
use crate::spec::{
    Attention, Block, Experts, FeedForward, Figure, Inference, Kind, KvPrecision, LanguageModel, Mixer,
    Model, NormStyle, Quantization, Run, Runtime, Scenario, Workload,
};
use crate::units::{Bytes, count};

const ROWS: &str = include_str!("../../assets/evidence/measurements/mlx_inference.csv");
const SOURCE: &str = "measured with mlx 0.32.4 and mlx-lm 0.32.2";
const READ: &str = "2026-11-20";
/// Tokens written in each case after the prompt; too few to grow a cache twice.
const ANSWER: u64 = 4;

/// A measured case.
#[derive(Clone, Debug, PartialEq)]
pub struct MlxCase {
    /// Model and use, ready to be estimated.
    pub scenario: Scenario,
    /// Whether memory was allocated as Metal does it; otherwise as on the processor.
    pub metal: bool,
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
        budget(&self.scenario, if self.metal { Placement::Metal } else { Placement::Cpu })
    }
}

/// A row of the table that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row} of the MLX measurements has no readable {column}")]
pub struct MlxRowError {
    /// Which row, from 1.
    pub row: usize,
    /// Which column.
    pub column: &'static str,
}

/// Every measured case.
///
/// # Errors
/// A row lacks a column or holds something that is no number.
pub fn mlx_cases() -> Result<Vec<MlxCase>, MlxRowError> {
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

    fn case(&self) -> Result<MlxCase, MlxRowError> {
        let model = Arc::new(self.model()?);
        Ok(MlxCase {
            scenario: Scenario::new(
                model.name.clone(),
                Workload::Inference(LanguageModel::named(model, Runtime::Mlx), self.inference()?),
            ),
            metal: self.text("rules")? == "metal",
            ahead: self.number("ahead").ok(),
            weights: self.bytes("weights")?,
            cache: self.bytes("kv_bytes")?,
            prefill: self.bytes("prefill_peak")?,
            decode: self.bytes("decode_peak")?,
        })
    }

    fn model(&self) -> Result<Model, MlxRowError> {
        let name = self.text("model")?.to_owned();
        let architecture = self.text("architecture")?.to_owned();
        let parameters = count(self.number("parameters")?);
        Ok(Model {
            id: name.clone(),
            family: name.clone(),
            name,
            parameters: Figure(parameters, Kind::Measured, SOURCE.to_owned(), READ.to_owned()),
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

    fn inference(&self) -> Result<Inference, MlxRowError> {
        let prompt: u64 = self.number("prompt")?;
        Ok(Inference {
            quantization: match self.number("weight_bits")? {
                0 => Quantization::Bf16,
                bits => Quantization::Mlx { bits, group: self.number("weight_group")? },
            },
            kv_precision: match self.number("kv_bits")? {
                0_u32 => KvPrecision::F16,
                4 => KvPrecision::Mlx4,
                _ => KvPrecision::Mlx8,
            },
            context: prompt.saturating_add(ANSWER),
            prompt,
            generate: ANSWER,
            concurrency: self.number("sequences")?,
            prefill_step: self.number("step")?,
            ..Inference::default()
        })
    }
}
