//! `config.json` as it is written: every key that says something about shapes, all of them optional.

use serde::Deserialize;

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
    pub moe_intermediate_size: Option<u32>,
    pub shared_expert_intermediate_size: Option<u32>,
    pub shared_intermediate_size: Option<u32>,
    pub first_k_dense_replace: Option<u32>,
    pub moe_layer_freq: Option<u32>,
    pub decoder_sparse_step: Option<u32>,
    pub mlp_only_layers: Option<Vec<u32>>,
    pub num_nextn_predict_layers: Option<u32>,
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
    pub torch_dtype: Option<String>,
    pub dtype: Option<String>,
    pub quantization_config: Option<QuantizationConfig>,
    pub quantization: Option<MlxQuantization>,
    pub text_config: Option<Box<Self>>,
    pub vision_config: Option<serde::de::IgnoredAny>,
}

/// How rotary positions are stretched.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RopeScaling {
    #[serde(alias = "type")]
    pub rope_type: Option<String>,
    pub long_factor: Option<Vec<f64>>,
    pub short_factor: Option<Vec<f64>>,
}

/// How a checkpoint was packed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct QuantizationConfig {
    pub quant_method: Option<String>,
    pub quant_algo: Option<String>,
    pub bits: Option<u32>,
    pub load_in_4bit: Option<bool>,
}

/// How MLX packed it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MlxQuantization {
    pub bits: Option<u32>,
    pub group_size: Option<u32>,
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
            None => Err(Problem::content(
                format!("the configuration has no `{key}`"),
                "this model type needs it; give the `config.json` that came with the model",
            )),
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
