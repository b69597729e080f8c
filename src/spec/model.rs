//! The exact architecture of a model: enough to name every tensor it has.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Figure, Listed, ModelFile, Sketch};

/// A model's architecture. Shapes are those of the published `config.json`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Lower case with dots: `llama-3.1-8b`.
    pub id: String,
    /// `Llama 3.1 8B`.
    pub name: String,
    /// Who publishes it, by which lists group models: `Meta`.
    pub family: String,
    /// llama.cpp's name of the architecture (`llama`, `qwen3moe`, …), which decides its graph and its quantizer rules.
    pub architecture: String,
    /// Published parameters, everything counted once, the vision tower included and heads that only
    /// draft tokens left out; checked against the shapes to 0.1 %.
    pub parameters: Figure<f64>,
    /// Published parameters used for one token; `None` where all are.
    #[serde(default)]
    pub active_parameters: Option<Figure<f64>>,
    /// Where the shapes come from: id in `sources.ron`.
    pub source: String,
    /// What it makes of a text.
    #[serde(default)]
    pub makes: Makes,
    /// Width of the residual stream.
    pub hidden: u32,
    /// Rows of the token embedding, padding included.
    pub vocabulary: u32,
    /// Whether the output matrix is the token embedding.
    #[serde(default)]
    pub tied_embeddings: bool,
    /// Longest context the model is published for, in tokens.
    pub context_max: u32,
    /// Which normalisations a layer has.
    #[serde(default)]
    pub norms: NormStyle,
    /// Whether every normalisation has a bias beside its scale (StarCoder 2, Nemotron, Phi-2).
    #[serde(default)]
    pub norm_bias: bool,
    /// Elements of a rotary-frequency tensor stored in the GGUF file (Llama 3.1: 64), counted in its size only.
    #[serde(default)]
    pub rope_factors: u32,
    /// Whether the output matrix has a bias (Phi-2, Falcon variants).
    #[serde(default)]
    pub output_bias: bool,
    /// The embedding that each layer has of its own (Gemma 3n and 4).
    #[serde(default)]
    pub layer_embedding: Option<LayerEmbedding>,
    /// All layers from the first to the last: each run repeats its blocks.
    pub stack: Vec<Run>,
    /// Layers behind the last that predict tokens ahead (multi-token prediction), which `parameters` leaves out.
    #[serde(default)]
    pub prediction_layers: u32,
    /// Vision tower and projector, if the model sees.
    #[serde(default)]
    pub vision: Option<Vision>,
    /// What it keeps for past tokens, where its layers have no record and its class says so.
    #[serde(skip)]
    pub sketch: Option<Arc<Sketch>>,
    /// What the file it was read from says of its weights; none for a model of the catalog.
    #[serde(skip)]
    pub file: Option<Arc<ModelFile>>,
}

#[cfg(test)]
impl Model {
    /// Llama 3.1 8B by its published configuration, for tests of rooms that know no catalog.
    pub(crate) fn llama_8b() -> Self {
        let text = r#"(
            id: "llama-3.1-8b", name: "Llama 3.1 8B", family: "Meta", architecture: "llama",
            parameters: (8030261248, Datasheet, "hf-llama-3.1-8b", "2026-11-20"), source: "hf-llama-3.1-8b",
            hidden: 4096, vocabulary: 128256, context_max: 131072, rope_factors: 64,
            stack: [(repeat: 1, blocks: [(
                times: 32,
                mixer: Attention((heads: 32, kv_heads: 8, head: 128)),
                feed_forward: Dense(width: 14336, gated: true),
            )])],
        )"#;
        ron::from_str(text).expect("a model")
    }
}

/// What a model makes of a text that it reads.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub enum Makes {
    /// Text, token by token.
    #[default]
    Text,
    /// A vector: embedding models.
    Embeddings,
    /// A score: rerankers.
    Scores,
}

/// An embedding beside the token embedding, of which each layer reads its own part.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LayerEmbedding {
    /// Tokens that it has a row of.
    pub rows: u32,
    /// Width of one layer's part.
    pub width: u32,
}

/// Blocks repeated in order: Gemma 3's five local layers and a global one, ten times over.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// How often the blocks follow one another.
    pub repeat: u32,
    /// The blocks of one round.
    pub blocks: Vec<Block>,
}

/// Consecutive layers of one shape.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// How many such layers follow one another.
    #[serde(default = "one")]
    pub times: u32,
    /// How tokens see one another.
    pub mixer: Mixer,
    /// What each token passes through alone.
    pub feed_forward: FeedForward,
}

const fn one() -> u32 {
    1
}

/// How the tokens of a layer see one another.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub enum Mixer {
    /// Multi-head attention, grouped or not, with or without a sliding window.
    Attention(Attention),
    /// Multi-head latent attention (DeepSeek): one compressed vector a token is kept.
    Mla(Mla),
    /// State-space layer with a state of fixed size.
    Mamba2(Mamba2),
    /// Attention and a state-space layer side by side on one input (Falcon-H1).
    Parallel(Attention, Mamba2),
    /// Gated delta-rule linear attention (Qwen3-Next).
    GatedDelta(GatedDelta),
    /// Whatever its class lists: LFM2's short convolutions, MiMo V2's narrow values, DeepSeek V4's compressed caches.
    Listed(Listed),
}

/// Attention with keys and values kept for past tokens.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attention {
    /// Query heads.
    pub heads: u32,
    /// Key and value heads.
    pub kv_heads: u32,
    /// Width of one head.
    pub head: u32,
    /// Tokens a layer looks back, itself included; `None` for all, also where a window is published
    /// that neither llama.cpp nor MLX applies (Mistral 7B v0.1, StarCoder 2).
    pub window: Option<u32>,
    /// Bias on the query, key and value projections (Qwen 2).
    pub qkv_bias: bool,
    /// Bias on the output projection (gpt-oss).
    pub output_bias: bool,
    /// A norm of head width on queries and on keys (Qwen 3, Gemma 3).
    pub qk_norm: bool,
    /// A norm as wide as all heads together on queries and on keys (OLMo 2, Command R+, MiniMax M2).
    pub qk_norm_wide: bool,
    /// Values come from the keys' projection and have none of their own (Gemma 4's global layers).
    pub values_are_keys: bool,
    /// One learnt sink logit a head (gpt-oss).
    pub sinks: bool,
    /// A gate as wide as the queries, projected with them (Qwen3-Next).
    pub output_gate: bool,
    /// What chooses the tokens that are attended to (MiniMax M3); it has norms on its queries and keys.
    pub indexer: Option<Indexer>,
}

/// Small heads that choose the tokens that are attended to; their keys are kept for past tokens.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Indexer {
    /// Query heads; there is one key.
    pub heads: u32,
    /// Width of one.
    pub head: u32,
}

/// Multi-head latent attention.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mla {
    /// Query heads.
    pub heads: u32,
    /// Rank of the query projection; `None` where it is a full matrix (V2-Lite).
    #[serde(default)]
    pub q_rank: Option<u32>,
    /// Rank of the shared key and value vector.
    pub kv_rank: u32,
    /// Width of a head without rotary positions.
    pub nope: u32,
    /// Width of the shared rotary part.
    pub rope: u32,
    /// Width of a value head.
    pub value: u32,
    /// What chooses the tokens that are attended to (DeepSeek V3.2, GLM 5).
    #[serde(default)]
    pub indexer: Option<Indexer>,
}

/// A Mamba-2 layer.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mamba2 {
    /// Width inside the layer.
    pub inner: u32,
    /// Heads.
    pub heads: u32,
    /// Width of the state of one channel.
    pub state: u32,
    /// Groups that share B and C.
    pub groups: u32,
    /// Taps of the convolution.
    pub conv: u32,
    /// Whether the convolution has a bias.
    #[serde(default)]
    pub conv_bias: bool,
    /// Whether a norm follows the gate.
    #[serde(default)]
    pub norm: bool,
}

/// A gated delta-rule layer (Qwen3-Next).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GatedDelta {
    /// Key and query heads.
    pub key_heads: u32,
    /// Value heads.
    pub value_heads: u32,
    /// Width of a key head.
    pub key_head: u32,
    /// Width of a value head.
    pub value_head: u32,
    /// Taps of the convolution.
    pub conv: u32,
}

/// What each token passes through alone.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub enum FeedForward {
    /// One network for every token.
    Dense {
        /// Inner width.
        width: u32,
        /// Whether a second input matrix gates the first (SwiGLU, GeGLU).
        gated: bool,
        /// Whether the projections have a bias.
        #[serde(default)]
        bias: bool,
    },
    /// A mixture of experts.
    Experts(Experts),
    /// The layer has none.
    None,
}

/// A mixture of gated experts.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Experts {
    /// Routed experts.
    pub count: u32,
    /// Experts a token uses.
    pub used: u32,
    /// Inner width of a routed expert.
    pub width: u32,
    /// Inner width of all shared experts together; 0 for none.
    pub shared_width: u32,
    /// Whether the shared expert has a gate of one output (Qwen MoE).
    pub shared_gate: bool,
    /// Whether experts and router have biases (gpt-oss).
    pub bias: bool,
    /// Whether the router adds a learnt correction to each expert's score (DeepSeek V3).
    pub score_correction: bool,
    /// Inner width of a dense network beside the experts in the same layer (Gemma 4 26B-A4B, Arctic); 0 for none.
    pub dense_width: u32,
    /// Whether experts have no gate: one matrix in and one out (Nemotron 3).
    pub ungated: bool,
    /// Width that routed experts work in, projected into and out of for all of them (Nemotron 3 Super); 0 for that of
    /// the residual stream.
    pub latent: u32,
}

/// Which normalisations a layer has, beside those on queries and keys.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub enum NormStyle {
    /// One before the mixer and one before the feed-forward network.
    #[default]
    Pre,
    /// One before both, which run side by side (Command-R, Phi-2).
    Shared,
    /// Before and after both (Gemma 2 and 3).
    PreAndPost,
    /// Only after both (OLMo 2).
    Post,
}

/// A vision tower and its projector, loaded beside the language model.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Vision {
    /// Parameters of tower and projector together.
    pub parameters: Figure<f64>,
    /// Tokens an image of 1024 × 1024 pixels becomes; 0 where a file does not say it.
    pub tokens_per_image: u32,
    /// The tower's shape, where it is known; what it computes with follows from it.
    #[serde(default)]
    pub tower: Option<Tower>,
}

/// The shape of a vision transformer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tower {
    /// Width of its residual stream.
    pub hidden: u32,
    /// Inner width of its feed-forward networks.
    pub width: u32,
    /// Whether a second input matrix gates the first.
    #[serde(default)]
    pub gated: bool,
    /// Heads.
    pub heads: u32,
    /// Pixels of a side of a patch.
    pub patch: u32,
    /// Patches of a side that become one token.
    pub merge: u32,
    /// Pixels of a side of the square image that memory is provided for where no size is asked.
    pub side: u32,
    /// Whether every image is brought to that size.
    #[serde(default)]
    pub fixed: bool,
}

impl Tower {
    /// Patches of an image; of the one that memory is provided for where none is asked.
    pub fn patches(&self, image: Option<super::ImageSize>) -> f64 {
        let usual = super::ImageSize { width: self.side, height: self.side };
        let image = image.filter(|_| !self.fixed).unwrap_or(usual);
        let step = self.patch.saturating_mul(self.merge).max(1);
        // A side is a whole number of tokens.
        let along = |pixels: u32| f64::from((pixels / step).max(1).saturating_mul(self.merge));
        along(image.width) * along(image.height)
    }
}

impl Model {
    /// Whether its layers are not known, so that its bytes are a lower bound and all that is.
    pub fn is_unknown(&self) -> bool {
        self.stack.is_empty()
    }

    /// Whether it reads texts whole and keeps nothing of them: an embedding model or reranker without a cache, which has no
    /// output matrix either.
    pub fn is_encoder(&self) -> bool {
        let keeps = |block: &Block| match &block.mixer {
            Mixer::Listed(listed) => !listed.keeps.is_empty() || listed.reads.is_some(),
            _ => true,
        };
        self.makes != Makes::Text && !self.stack.iter().flat_map(|run| &run.blocks).any(keeps)
    }

    /// Whether its output matrix is the token embedding.
    pub fn embedding_is_output(&self) -> bool {
        self.tied_embeddings && !self.is_encoder()
    }

    /// The file it was read from, where the weights are wanted as that file has them.
    pub fn file_as(&self, quantization: super::Quantization) -> Option<&ModelFile> {
        self.file.as_deref().filter(|file| file.stored == quantization)
    }

    /// The same shapes without the file that they were read from.
    #[must_use]
    pub fn without_file(&self) -> Self {
        Self { file: None, ..self.clone() }
    }

    /// Every layer in order.
    pub fn layers(&self) -> impl Iterator<Item = &Block> {
        self.stack.iter().flat_map(|run| {
            (0..run.repeat).flat_map(|_| {
                run.blocks.iter().flat_map(|block| std::iter::repeat_n(block, block.times as usize))
            })
        })
    }

    /// Whether some layer looks back over a window or keeps a state of fixed size, so that its past cannot be cut back.
    pub fn has_windows_or_states(&self) -> bool {
        self.stack.iter().flat_map(|run| &run.blocks).any(|block| match &block.mixer {
            Mixer::Attention(attention) => attention.window.is_some(),
            Mixer::Mla(_) => false,
            Mixer::Listed(listed) => {
                listed.state().is_some() || listed.keeps.iter().any(|keep| keep.window().is_some())
            }
            Mixer::Mamba2(_) | Mixer::Parallel(..) | Mixer::GatedDelta(_) => true,
        })
    }

    /// How many layers there are.
    pub fn layer_count(&self) -> u32 {
        self.stack.iter().fold(0, |layers, run| {
            let round = run.blocks.iter().fold(0_u32, |round, block| round.saturating_add(block.times));
            layers.saturating_add(run.repeat.saturating_mul(round))
        })
    }
}
