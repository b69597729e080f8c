//! The model of a measured training run, from the shapes in its row.

use super::EvidenceError;
use super::table::Cells;
use crate::spec::{Attention, Block, Experts, FeedForward, Figure, Kind, Mixer, Model, NormStyle, Run};

/// The day the measurements were read.
const READ: &str = "2026-11-20";

/// A number of 32 bit.
fn small(row: &Cells<'_>, column: &'static str) -> Result<u32, EvidenceError> {
    row.number(column).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// Whether a column holds 1.
pub(super) fn flag(row: &Cells<'_>, column: &'static str) -> Result<bool, EvidenceError> {
    Ok(row.text(column)? == "1")
}

/// A model with a row's shapes; `source` says what it was measured with.
pub(super) fn model(row: &Cells<'_>, source: &str) -> Result<Model, EvidenceError> {
    let name = row.text("model")?.to_owned();
    let architecture = row.text("architecture")?.to_owned();
    Ok(Model {
        id: name.clone(),
        family: name.clone(),
        name,
        parameters: Figure(0.0, Kind::Measured, source.to_owned(), READ.to_owned()),
        active_parameters: None,
        source: source.to_owned(),
        hidden: small(row, "hidden")?,
        vocabulary: small(row, "vocabulary")?,
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
        head: small(row, "head")?,
        window,
        qkv_bias: architecture == "qwen2",
        qk_norm: architecture.starts_with("qwen3") || architecture == "gemma3",
        qk_norm_wide: architecture == "olmo2",
        ..Attention::default()
    };
    let width = small(row, "ff")?;
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
