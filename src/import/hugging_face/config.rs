//! `config.json` as it is written: every key that says something about shapes, all of them optional.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};

use super::super::{Note, Problem};

/// The keys that are read; others are of no concern to memory.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Keys {
    pub model_type: Option<String>,
    pub hidden_size: Option<u32>,
    pub num_hidden_layers: Option<u32>,
    pub num_attention_heads: Option<u32>,
    pub num_key_value_heads: Option<u32>,
    pub head_dim: Option<u32>,
    pub intermediate_size: Option<u32>,
    pub vocab_size: Option<u32>,
    pub max_position_embeddings: Option<u32>,
    pub tie_word_embeddings: Option<bool>,
    pub attention_bias: Option<bool>,
    pub mlp_bias: Option<bool>,
    pub use_bias: Option<bool>,
    pub sliding_window: Option<u32>,
    pub use_sliding_window: Option<bool>,
    /// A number, but for EXAONE 4, which writes `LLLG` and lists `layer_types` too.
    pub sliding_window_pattern: Option<serde_json::Value>,
    #[serde(rename = "_sliding_window_pattern")]
    pub hidden_sliding_window_pattern: Option<u32>,
    pub layer_types: Option<Vec<String>>,
    pub layers_block_type: Option<Vec<String>>,
    pub rope_scaling: Option<RopeScaling>,
    pub rope_parameters: Option<RopeScaling>,
    pub rope_freqs: Option<bool>,
    pub use_qk_norm: Option<bool>,
    pub num_local_experts: Option<u32>,
    pub num_experts: Option<u32>,
    pub n_routed_experts: Option<u32>,
    pub n_shared_experts: Option<u32>,
    pub num_experts_per_tok: Option<u32>,
    /// A number, but for Hunyuan, which lists it layer by layer; all are alike.
    #[serde(deserialize_with = "number_or_first")]
    pub moe_intermediate_size: Option<u32>,
    pub shared_expert_intermediate_size: Option<u32>,
    pub shared_intermediate_size: Option<u32>,
    pub first_k_dense_replace: Option<u32>,
    /// A number, but for families that list it layer by layer.
    pub moe_layer_freq: Option<serde_json::Value>,
    pub decoder_sparse_step: Option<u32>,
    pub mlp_only_layers: Option<Vec<u32>>,
    pub num_nextn_predict_layers: Option<u32>,
    /// The same of Qwen3.5.
    pub mtp_num_hidden_layers: Option<u32>,
    pub q_lora_rank: Option<u32>,
    pub kv_lora_rank: Option<u32>,
    pub qk_nope_head_dim: Option<u32>,
    pub qk_rope_head_dim: Option<u32>,
    pub v_head_dim: Option<u32>,
    pub full_attention_interval: Option<u32>,
    pub linear_num_key_heads: Option<u32>,
    pub linear_num_value_heads: Option<u32>,
    pub linear_key_head_dim: Option<u32>,
    pub linear_value_head_dim: Option<u32>,
    pub linear_conv_kernel_dim: Option<u32>,
    pub mamba_d_ssm: Option<u32>,
    pub mamba_expand: Option<u32>,
    pub mamba_d_state: Option<u32>,
    pub mamba_n_heads: Option<u32>,
    pub mamba_n_groups: Option<u32>,
    pub mamba_d_conv: Option<u32>,
    pub mamba_conv_bias: Option<bool>,
    pub mamba_rms_norm: Option<bool>,
    pub mm_tokens_per_image: Option<u32>,
    pub text_config: Option<Box<Self>>,
    pub llm_config: Option<Box<Self>>,
    pub language_config: Option<Box<Self>>,
    pub thinker_config: Option<Box<Self>>,
    // Further names that families have for what others call otherwise.
    pub num_layers: Option<u32>,
    pub ffn_hidden_size: Option<u32>,
    pub kv_channels: Option<u32>,
    pub multi_query_attention: Option<bool>,
    pub multi_query_group_num: Option<u32>,
    pub padded_vocab_size: Option<u32>,
    pub seq_length: Option<u32>,
    pub add_qkv_bias: Option<bool>,
    pub qkv_bias: Option<bool>,
    pub use_qkv_bias: Option<bool>,
    /// Something else in other families.
    pub bias: Option<serde_json::Value>,
    pub moe_num_experts: Option<u32>,
    pub moe_k: Option<u32>,
    pub moe_num_shared_experts: Option<u32>,
    pub moe_layer_start_index: Option<u32>,
    pub moe_layer_end_index: Option<i64>,
    pub moe_layer_interval: Option<u32>,
    pub moe_topk: Option<serde_json::Value>,
    pub num_shared_expert: Option<serde_json::Value>,
    pub num_shared_experts: Option<u32>,
    pub moe_shared_expert_intermediate_size: Option<u32>,
    pub moe_router_enable_expert_bias: Option<bool>,
    pub mlp_layer_types: Option<Vec<String>>,
    pub global_head_dim: Option<u32>,
    pub num_global_key_value_heads: Option<u32>,
    pub attention_k_eq_v: Option<bool>,
    pub enable_moe_block: Option<bool>,
    pub top_k_experts: Option<u32>,
    pub hidden_size_per_layer_input: Option<u32>,
    pub num_kv_shared_layers: Option<u32>,
    pub attention_chunk_size: Option<u32>,
    pub interleave_moe_layer_step: Option<u32>,
    pub intermediate_size_mlp: Option<u32>,
    pub moe_layers: Option<Vec<u32>>,
    pub index_n_heads: Option<u32>,
    pub index_head_dim: Option<u32>,
    pub indexer_types: Option<Vec<String>>,
    pub dense_intermediate_size: Option<u32>,
    pub sparse_attention_config: Option<SparseAttention>,
    pub hybrid_override_pattern: Option<String>,
    pub mamba_num_heads: Option<u32>,
    pub mamba_head_dim: Option<u32>,
    pub ssm_state_size: Option<u32>,
    pub n_groups: Option<u32>,
    pub conv_kernel: Option<u32>,
    pub use_conv_bias: Option<bool>,
    pub moe_latent_size: Option<u32>,
    pub no_rope_layers: Option<Vec<u32>>,
    /// What single layers have otherwise, by their numbers.
    pub per_layer_config: Option<serde_json::Value>,
}

impl Keys {
    /// Layers that only draft tokens.
    pub(super) fn prediction_layers(&self) -> u32 {
        self.num_nextn_predict_layers.or(self.mtp_num_hidden_layers).unwrap_or(0)
    }
}

/// A whole number, or the first of a list of them.
fn number_or_first<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    struct Number;
    impl<'de> Visitor<'de> for Number {
        type Value = Option<u32>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("u32")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Option<u32>, E> {
            Ok(None)
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<u32>, E> {
            u32::try_from(number)
                .map(Some)
                .map_err(|_too_large| E::invalid_value(de::Unexpected::Unsigned(number), &self))
        }
        fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Option<u32>, A::Error> {
            let first = list.next_element()?;
            while list.next_element::<de::IgnoredAny>()?.is_some() {}
            Ok(first)
        }
    }
    deserializer.deserialize_any(Number)
}

impl Keys {
    /// The part about the language model, where a wrapper has one.
    pub fn language(&self) -> Option<&Self> {
        let parts = [&self.text_config, &self.llm_config, &self.language_config, &self.thinker_config];
        let part = parts.into_iter().find_map(Option::as_deref)?;
        Some(part.text_config.as_deref().unwrap_or(part))
    }

    /// The same, to be filled in.
    pub fn language_mut(&mut self) -> Option<&mut Self> {
        let parts = [
            &mut self.text_config,
            &mut self.llm_config,
            &mut self.language_config,
            &mut self.thinker_config,
        ];
        let part = parts.into_iter().find_map(Option::as_deref_mut)?;
        if part.text_config.is_some() { part.text_config.as_deref_mut() } else { Some(part) }
    }

    /// Layers, by either name.
    pub fn layers(&self) -> Option<u32> {
        self.num_hidden_layers.or(self.num_layers)
    }
}

/// What chooses the blocks of tokens that are attended to (MiniMax M3).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SparseAttention {
    pub sparse_num_index_heads: Option<u32>,
    pub sparse_index_dim: Option<u32>,
}

/// How rotary positions are stretched.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RopeScaling {
    pub rope_type: Option<String>,
    /// The older name; Transformers writes both.
    #[serde(rename = "type")]
    pub former_type: Option<String>,
    pub long_factor: Option<Vec<f64>>,
    pub short_factor: Option<Vec<f64>>,
}

/// The text of a configuration, what it says, and what had to be assumed.
pub(super) struct Source<'a> {
    text: &'a str,
    /// The part about the language model.
    pub config: &'a Keys,
    notes: Vec<Note>,
}

impl<'a> Source<'a> {
    /// The language part of a configuration.
    pub(super) const fn new(text: &'a str, config: &'a Keys) -> Self {
        Self { text, config, notes: Vec::new() }
    }

    /// What was assumed.
    pub(super) fn into_notes(self) -> Vec<Note> {
        self.notes
    }

    /// Adds something that the user should know.
    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A value from 1 to `most` that must be there.
    pub(super) fn required(&self, key: &'static str, value: Option<u32>, most: u32) -> Result<u32, Problem> {
        match value {
            Some(value) => self.in_range(key, value, 1, most),
            None => Err(Problem::Lacks { key }),
        }
    }

    /// A value from 1 to `most`, or the documented default of the model type, which is noted.
    pub(super) fn or_default(
        &mut self,
        key: &'static str,
        value: Option<u32>,
        most: u32,
        default: Option<u32>,
    ) -> Result<u32, Problem> {
        match (value, default) {
            (None, Some(default)) => {
                self.note(Note::Default { key, value: default.to_string() });
                Ok(default)
            }
            _ => self.required(key, value, most),
        }
    }

    /// A value that may be 0 or missing.
    pub(super) fn or_zero(&self, key: &'static str, value: Option<u32>, most: u32) -> Result<u32, Problem> {
        value.map_or(Ok(0), |value| self.in_range(key, value, 0, most))
    }

    /// The value, if it is in range; else the place of its key.
    fn in_range(&self, key: &str, value: u32, least: u32, most: u32) -> Result<u32, Problem> {
        if (least..=most).contains(&value) {
            return Ok(value);
        }
        Err(self.wrong(key, format!("`{key}` is {value}"), format!("it must be from {least} to {most}")))
    }

    /// A problem at the place where a key is written.
    pub(super) fn wrong(&self, key: &str, what: String, remedy: impl Into<String>) -> Problem {
        let remedy = remedy.into();
        let Some(at) = self.text.find(&format!("\"{key}\"")) else {
            return Problem::Content { what, remedy };
        };
        let before = self.text.get(..at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        Problem::Text { what, line: before.matches('\n').count() + 1, column, remedy }
    }
}
