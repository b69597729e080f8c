//! The keys of a preset file, which `--set` shares.

use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as TextError, StrDeserializer};

use super::value::{
    Bound, Count, DeviceCount, ExpertLayers, FanOuts, Guidance, ModeName, PrecisionName, Real, Share, Small,
    TokenCount, Value,
};
use crate::spec::{
    AttentionKernel, Family, GnnArchitecture, GpuLayers, KvPrecision, Link, Logits, MessagePassing, Method,
    Optimizer, Pipeline, Quantization, Residency, Runtime, Split, Targets, TunedLayers,
};

/// Families that share a key.
type Families = &'static [Family];

const EVERY: Families = &Family::ALL;
const LANGUAGE: Families = &[Family::Inference, Family::FineTune, Family::GraphSequence];
const CHAT: Families = &[Family::Inference];
const READ: Families = &[Family::Inference, Family::GraphSequence];
const TUNE: Families = &[Family::FineTune];
const TRAIN: Families = &[Family::FineTune, Family::GraphSequence];
const EPOCHS: Families = &[Family::FineTune, Family::GraphSequence, Family::Gnn];
const ADAPTER: Families = &[Family::FineTune, Family::GraphSequence, Family::Diffusion];
const TYPED: Families = &[Family::FineTune, Family::GraphSequence, Family::Gnn, Family::Diffusion];
const GRAPH: Families = &[Family::GraphSequence];
const SIZED: Families = &[Family::GraphSequence, Family::Gnn];
const MODED: Families = &[Family::GraphSequence, Family::Gnn, Family::Diffusion];
const GNN: Families = &[Family::Gnn];
const PICTURE: Families = &[Family::Diffusion];

/// Defines the keys once: a field each, their list, the families that know it, and how one is set from text.
macro_rules! keys {
    ($($(#[$doc:meta])* $key:ident: $kind:ty, $families:ident;)*) => {
        /// Every key of a preset; what is not given stays `None` and takes its default.
        #[derive(Clone, Debug, Default, Deserialize, PartialEq)]
        #[serde(deny_unknown_fields, default, rename = "preset")]
        pub struct PresetKeys {
            $($(#[$doc])* pub(super) $key: Option<Value<$kind>>,)*
        }

        impl PresetKeys {
            /// All keys, in the order they are written.
            pub const KNOWN: &'static [&'static str] = &[$(stringify!($key)),*];

            /// The families that know a key; none for an unknown key.
            pub fn families(key: &str) -> &'static [Family] {
                match key {
                    $(stringify!($key) => $families,)*
                    _ => &[],
                }
            }

            /// Sets one key from text.
            ///
            /// # Errors
            /// In words: when the key is unknown, or what would be right for its value.
            pub fn set(&mut self, key: &str, text: &str) -> Result<(), String> {
                match key {
                    $(stringify!($key) => {
                        let reader: StrDeserializer<'_, TextError> = text.into_deserializer();
                        let value = Value::deserialize(reader).map_err(|error| format!("{key}: {error}"))?;
                        self.$key = Some(value);
                    })*
                    _ => {
                        return Err(format!("unknown key `{key}`; known are {}", Self::KNOWN.join(", ")));
                    }
                }
                Ok(())
            }

            /// Whether a key is given.
            pub fn gives(&self, key: &str) -> bool {
                match key {
                    $(stringify!($key) => self.$key.is_some(),)*
                    _ => false,
                }
            }

            /// These keys where given, else those of `below`.
            ///
            /// Another family than that of `below` takes over only the keys that it knows.
            #[must_use]
            pub fn over(self, below: Self) -> Self {
                let below = match self.family {
                    Some(Value(family)) if family != below.implied_family() => below.of_family(family),
                    _ => below,
                };
                Self { $($key: self.$key.or(below.$key),)* }
            }

            /// Only the keys that a family knows, and no name, which was of another.
            fn of_family(self, family: Family) -> Self {
                let known = |families: &[Family]| families.contains(&family);
                Self { name: None, ..Self { $($key: self.$key.filter(|_| known($families)),)* } }
            }
        }
    };
}

impl PresetKeys {
    /// As it is listed, if it says so.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.0.as_str())
    }
}

impl PresetKeys {
    /// The family that is named, else the first that knows most of the keys given.
    pub(super) fn implied_family(&self) -> Family {
        if let Some(Value(family)) = self.family {
            return family;
        }
        let known = |family: &Family| self.given().filter(|key| Self::families(key).contains(family)).count();
        // The last of equals wins, so they are compared from the last to the first.
        Family::ALL.into_iter().rev().max_by_key(known).unwrap_or(Family::Inference)
    }

    /// Whether a language model is run, rather than trained or absent.
    pub fn reads_a_model(&self) -> bool {
        match self.implied_family() {
            Family::Inference => true,
            Family::GraphSequence => super::resolve::reads(self).unwrap_or(false),
            Family::FineTune | Family::Gnn | Family::Diffusion => false,
        }
    }

    /// The keys that are given, in the order they are written.
    pub fn given(&self) -> impl Iterator<Item = &'static str> + '_ {
        Self::KNOWN.iter().copied().filter(|key| self.gives(key))
    }
}

keys! {
    /// `inference`, `fine-tune`, `graph-sequence`, `gnn` or `diffusion`.
    family: Family, EVERY;
    /// As it is listed.
    name: String, EVERY;
    /// Id of a model in the catalog, or a path to one.
    model: String, LANGUAGE;
    /// Parameters to scale the model's shape to, such as `34B`.
    model_size: f64, LANGUAGE;
    /// `llama.cpp`, `mlx`, `pytorch` or `vllm`.
    runtime: Runtime, EVERY;
    /// Id of the machine it was made for.
    machine: String, EVERY;
    /// `auto` for as many as the machine has, or how many cards or machines share the work.
    devices: DeviceCount, EVERY;
    /// `auto`, `pcie`, `nvlink`, `thunderbolt5` or `200g`.
    link: Link, EVERY;
    /// What each device holds: `auto`, `layers`, `tensor` or `copies`.
    split: Split, EVERY;
    /// How the weights are stored.
    quantization: Quantization, READ;
    /// How the KV cache is stored.
    kv_precision: KvPrecision, READ;
    /// Tokens of context in all, shared by the slots.
    context: TokenCount, CHAT;
    /// Tokens of a prompt.
    prompt: TokenCount, CHAT;
    /// Tokens of an answer.
    generate: TokenCount, READ;
    /// Requests in flight at once.
    concurrency: Count, READ;
    /// Whether the slots share one pool of cells.
    unified_kv: bool, READ;
    /// Share of the prompt that all requests have in common.
    prefix_share: Share, READ;
    /// Tokens computed at once by llama.cpp.
    ubatch: TokenCount, READ;
    /// Tokens computed at once by MLX and vLLM.
    prefill_step: TokenCount, READ;
    /// `fused` or `eager`.
    attention: AttentionKernel, LANGUAGE;
    /// `last` or `all`.
    logits: Logits, READ;
    /// `auto`, or layers on the accelerator.
    gpu_layers: GpuLayers, READ;
    /// `none`, `all`, or layers from the first on whose experts stay in the system's memory.
    cpu_experts: ExpertLayers, READ;
    /// Whether the vision projector is loaded.
    vision: bool, READ;
    /// `none`, or tokens guessed ahead and checked at once.
    speculative: Bound, READ;
    /// Share of those guesses that hold.
    acceptance: Share, READ;
    /// Calls of the model that one task of an agent takes.
    calls: Small, READ;
    /// Tokens that each tool's answer adds.
    tool_tokens: TokenCount, READ;
    /// Whether what was read before is kept for the next call.
    prefix_cached: bool, READ;
    /// What is trained: `full`, `lora`, `qlora` or `dora`.
    method: Method, TRAIN;
    /// How numbers are held; each family has its own names.
    precision: PrecisionName, TYPED;
    /// Rank of the adapters.
    rank: Small, ADAPTER;
    /// Matrices that get adapters: `query-value`, `attention` or `all-linear`.
    targets: Targets, TRAIN;
    /// `all`, or how many of the last layers are trained.
    tuned_layers: TunedLayers, TRAIN;
    /// `adamw`, `adamw-8bit`, `paged-adamw-8bit`, `adafactor`, `lion` or `sgd`.
    optimizer: Optimizer, TRAIN;
    /// Whether full training keeps fp32 master weights.
    master_weights: bool, TRAIN;
    /// Sequences of one pass.
    micro_batch: Small, TRAIN;
    /// Passes before the optimiser steps.
    accumulation: Small, TRAIN;
    /// Tokens of the longest sequence.
    sequence: TokenCount, TUNE;
    /// Whether activations are recomputed in the backward pass.
    checkpointing: bool, ADAPTER;
    /// Whether sequences of a batch are padded, which takes an attention mask.
    padded: bool, TRAIN;
    /// Whether the loss is computed in chunks.
    fused_loss: bool, TRAIN;
    /// Whether the training loop still holds the logits while gradients are computed.
    keeps_logits: bool, TRAIN;
    /// Whether matrix products run in 16 bit whatever the parameters are held in.
    autocast: bool, TRAIN;
    /// Whether adapters are held in fp32.
    adapters_fp32: bool, TRAIN;
    /// Whether a 4-bit base is prepared for training.
    kbit_preparation: bool, TRAIN;
    /// Sequences of the data set.
    examples: Count, TUNE;
    /// Tokens of an average sequence.
    tokens_per_example: TokenCount, TUNE;
    /// Times the data set is gone through.
    epochs: Real, EPOCHS;
    /// Nodes of a graph.
    nodes: Count, SIZED;
    /// Edges of a graph.
    edges: Count, SIZED;
    /// Tokens that write one node.
    tokens_per_node: Real, GRAPH;
    /// Tokens that write one edge.
    tokens_per_edge: Real, GRAPH;
    /// Graphs of the data set.
    graphs: Count, GRAPH;
    /// The 95th percentile of graph sizes over their median.
    size_spread: Real, GRAPH;
    /// `none`, or the tokens at which longer graphs are cut.
    truncation: Bound, GRAPH;
    /// Whether short graphs share a sequence.
    packing: bool, GRAPH;
    /// `gcn`, `sage`, `gat`, `gin`, `ggnn` or `code2vec`.
    architecture: GnnArchitecture, GNN;
    /// Width of a node's features.
    in_width: Small, GNN;
    /// Width between layers.
    hidden: Small, GNN;
    /// Width of the output.
    out_width: Small, GNN;
    /// Layers of a graph network.
    layers: Small, GNN;
    /// Attention heads of a graph network.
    heads: Small, GNN;
    /// `scatter` or `sparse`.
    message_passing: MessagePassing, GNN;
    /// `full`, or how many neighbours are drawn at each hop, such as `15, 10`.
    sampling: FanOuts, GNN;
    /// Nodes whose loss is computed at once, with sampling.
    batch_nodes: Count, GNN;
    /// Whether normalised edges are kept from the first pass on.
    normalization_cached: bool, GNN;
    /// Whether dropout lies between the layers.
    dropout: bool, GNN;
    /// Distinct tokens at the ends of paths (code2vec).
    token_vocabulary: Count, GNN;
    /// Distinct paths (code2vec).
    path_vocabulary: Count, GNN;
    /// `sd1.5`, `sdxl`, `flux.1-dev`, `wan2.2-5b` or `wan2.2-14b`.
    pipeline: Pipeline, PICTURE;
    /// Width of the picture in pixels.
    width: Small, PICTURE;
    /// Height of the picture in pixels.
    height: Small, PICTURE;
    /// Frames of a clip.
    frames: Small, PICTURE;
    /// Steps of denoising.
    steps: Small, PICTURE;
    /// Pictures made at once.
    batch: Small, PICTURE;
    /// Whether each step is computed with and without the prompt; a guidance scale is taken too.
    guidance: Guidance, PICTURE;
    /// `all`, `component` or `sequential`.
    residency: Residency, PICTURE;
    /// Whether the picture is decoded tile by tile.
    vae_tiling: bool, PICTURE;
    /// `train` or `infer`; `generate` or `lora` for pictures.
    mode: ModeName, MODED;
}
