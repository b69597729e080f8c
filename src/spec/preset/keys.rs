//! The keys of a preset file, which `--set` shares.

use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as TextError, StrDeserializer};

use super::value::{Count, Family, Real, Share, TokenCount, Value};
use crate::spec::{AttentionKernel, GpuLayers, KvPrecision, Logits, Quantization, Runtime};

/// Defines the keys once: a field each, their list, and how one is set from text.
macro_rules! keys {
    ($($(#[$doc:meta])* $key:ident: $kind:ty),* $(,)?) => {
        /// Every key of a preset; what is not given stays `None` and takes its default.
        #[derive(Clone, Debug, Default, Deserialize, PartialEq)]
        #[serde(deny_unknown_fields, default, rename = "preset")]
        pub struct PresetKeys {
            $($(#[$doc])* pub(super) $key: Option<Value<$kind>>,)*
        }

        impl PresetKeys {
            /// All keys, in the order they are written.
            pub const KNOWN: &'static [&'static str] = &[$(stringify!($key)),*];

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
            #[must_use]
            pub fn over(self, below: Self) -> Self {
                Self { $($key: self.$key.or(below.$key),)* }
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

keys! {
    /// `inference` or `graph-sequence`.
    family: Family,
    /// As it is listed.
    name: String,
    /// Id of a model in the catalog, or a path to one.
    model: String,
    /// Parameters to scale the model's shape to, such as `34B`.
    model_size: f64,
    /// `llama.cpp`, `mlx`, `pytorch` or `vllm`.
    runtime: Runtime,
    /// Id of the machine it was made for.
    machine: String,
    /// How the weights are stored.
    quantization: Quantization,
    /// How the KV cache is stored.
    kv_precision: KvPrecision,
    /// Tokens of context in all, shared by the slots.
    context: TokenCount,
    /// Tokens of a prompt.
    prompt: TokenCount,
    /// Tokens of an answer.
    generate: TokenCount,
    /// Requests in flight at once.
    concurrency: Count,
    /// Whether the slots share one pool of cells.
    unified_kv: bool,
    /// Share of the prompt that all requests have in common.
    prefix_share: Share,
    /// Tokens computed at once by llama.cpp.
    ubatch: TokenCount,
    /// Tokens computed at once by MLX and vLLM.
    prefill_step: TokenCount,
    /// `fused` or `eager`.
    attention: AttentionKernel,
    /// `last` or `all`.
    logits: Logits,
    /// `auto`, or layers on the accelerator.
    gpu_layers: GpuLayers,
    /// Whether the vision projector is loaded.
    vision: bool,
    /// Nodes of a graph.
    nodes: Count,
    /// Edges of a graph.
    edges: Count,
    /// Tokens that write one node.
    tokens_per_node: Real,
    /// Tokens that write one edge.
    tokens_per_edge: Real,
}
