//! The model of a measured run, from the shapes in its row.

use serde::Deserialize;

use super::table::flag;
use crate::spec::architecture::QkNorm;
use crate::spec::{Architecture, Attention, Block, Experts, FeedForward, Figure, Kind, Mixer, Model, Run};
use crate::units::count;

/// The day the measurements were read.
const READ: &str = "2026-11-20";

/// The columns that describe a model.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Shape {
    model: String,
    architecture: String,
    hidden: u32,
    layers: u32,
    ff: u32,
    heads: u32,
    kv_heads: u32,
    head: u32,
    vocabulary: u32,
    #[serde(deserialize_with = "flag")]
    tied: bool,
    #[serde(default)]
    experts: u32,
    #[serde(default)]
    experts_used: u32,
    /// Tokens of a window; empty where every layer sees all.
    #[serde(default)]
    window: Option<u32>,
    #[serde(default)]
    parameters: u64,
}

impl Shape {
    /// Its name in the table.
    pub(super) fn name(&self) -> &str {
        &self.model
    }

    /// The record of its architecture: the tables of MLX call some by their `model_type`.
    fn record(&self) -> &'static Architecture {
        const USUAL: &Architecture = &Architecture::USUAL;
        let name = self.architecture.as_str();
        let of_type = || Architecture::of_type(name).map(|(architecture, _)| architecture);
        Architecture::named(name).or_else(of_type).unwrap_or(USUAL)
    }

    /// The model; `source` says what it was measured with.
    pub(super) fn model(&self, source: &str) -> Model {
        Model {
            id: self.model.clone(),
            family: self.model.clone(),
            name: self.model.clone(),
            parameters: Figure(count(self.parameters), Kind::Measured, source.to_owned(), READ.to_owned()),
            active_parameters: None,
            source: source.to_owned(),
            hidden: self.hidden,
            vocabulary: self.vocabulary,
            tied_embeddings: self.tied,
            context_max: 131_072,
            norms: self.record().norms,
            norm_bias: false,
            layer_embedding: None,
            makes: crate::spec::Makes::Text,
            rope_factors: 0,
            output_bias: false,
            stack: self.stack(),
            vision: None,
            prediction_layers: 0,
            file: None,
            sketch: None,
            architecture: self.architecture.clone(),
        }
    }

    /// Layers of one kind; Gemma's with a window take turns with whole ones.
    fn stack(&self) -> Vec<Run> {
        let whole = self.block(None);
        if self.window.is_none() {
            return vec![Run { repeat: self.layers, blocks: vec![whole] }];
        }
        let round = self.record().class.global_every.unwrap_or(2);
        let local = |times| Block { times, ..self.block(self.window) };
        let mut stack = vec![Run { repeat: self.layers / round, blocks: vec![local(round - 1), whole] }];
        if !self.layers.is_multiple_of(round) {
            stack.push(Run { repeat: 1, blocks: vec![local(self.layers % round)] });
        }
        stack
    }

    fn block(&self, window: Option<u32>) -> Block {
        let class = self.record().class;
        let attention = Attention {
            heads: self.heads,
            kv_heads: self.kv_heads,
            head: self.head,
            window,
            qkv_bias: class.qkv_bias,
            qk_norm: class.qk_norm == QkNorm::Head,
            qk_norm_wide: class.qk_norm == QkNorm::Wide,
            ..Attention::default()
        };
        let feed_forward = match self.experts {
            0 => FeedForward::Dense { width: self.ff, gated: class.gated, bias: false },
            count => FeedForward::Experts(Experts {
                count,
                used: self.experts_used,
                width: self.ff,
                ..Experts::default()
            }),
        };
        Block { times: 1, mixer: Mixer::Attention(attention), feed_forward }
    }
}
