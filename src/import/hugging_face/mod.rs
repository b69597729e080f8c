//! `config.json` of a Hugging Face model.

mod config;
mod family;
mod layers;

use std::path::Path;

use serde::Deserialize;

use self::config::{Keys, RopeScaling, Source};
use self::family::{Family, family};
use super::limits::{CONTEXT, HIDDEN, VOCABULARY};
use super::open::read_text;
use super::{Note, Problem, name, parameters, stack};
use crate::spec::{FileType, Model, Quantization};

pub(super) use family::known;

/// The largest configuration that is read; the longest real ones list each layer's packing.
const LARGEST: u64 = 8 << 20;

/// What a configuration says.
pub(super) struct Described {
    /// The model, or `None` where its type is unknown.
    pub model: Option<Model>,
    /// As the file calls it.
    pub model_type: String,
    /// How the weights are stored, where it is said.
    pub quantization: Option<Quantization>,
    /// Tokens that one image becomes, if the model sees and the file says so.
    pub tokens_per_image: Option<u32>,
    /// Whether it has a vision part.
    pub sees: bool,
    /// What was assumed.
    pub notes: Vec<Note>,
}

/// The two keys that are looked at before anything else is asked of the file.
#[derive(Deserialize)]
struct Kind {
    model_type: Option<String>,
    text_config: Option<TextKind>,
    vision_config: Option<serde::de::IgnoredAny>,
}

/// The same of the language part.
#[derive(Deserialize)]
struct TextKind {
    model_type: Option<String>,
}

/// Reads a configuration.
///
/// # Errors
/// When it is no JSON, no model's configuration, or lacks what its type needs. An unknown type is no error.
pub(super) fn describe(path: &Path) -> Result<Described, Problem> {
    let text = read_text(path, LARGEST)?;
    let kind: Kind = parse(&text)?;
    let Some(outer) = kind.model_type else {
        return Err(Problem::content(
            "the file has no `model_type`",
            "give the `config.json` of a Hugging Face model",
        ));
    };
    // A model that sees wraps its language model, whose type is the one that counts.
    let inner = kind.text_config.and_then(|text| text.model_type);
    let known = inner.as_deref().and_then(family).or_else(|| family(&outer));
    let Some(known) = known else {
        return Ok(Described {
            model: None,
            model_type: outer,
            quantization: None,
            tokens_per_image: None,
            sees: kind.vision_config.is_some(),
            notes: Vec::new(),
        });
    };
    let outer_config: Keys = parse(&text)?;
    let config = outer_config.text_config.as_deref().unwrap_or(&outer_config);
    let mut source = Source::new(&text, config);
    let model = model(&mut source, known, &outer_config, path)?;
    Ok(Described {
        model: Some(model),
        model_type: outer,
        quantization: quantization(&outer_config),
        tokens_per_image: outer_config.mm_tokens_per_image,
        sees: kind.vision_config.is_some(),
        notes: source.into_notes(),
    })
}

/// Reads JSON; errors name line and column.
fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| {
        let remedy = if error.is_data() {
            "write the value as the model's own `config.json` has it"
        } else {
            "the file must be one complete JSON object"
        };
        Problem::json(&error, remedy)
    })
}

/// The model of a known type.
fn model(source: &mut Source<'_>, family: &Family, outer: &Keys, path: &Path) -> Result<Model, Problem> {
    let config = source.config;
    let hidden = source.required("hidden_size", config.hidden_size, HIDDEN)?;
    let layers = layers::layers(source, family, hidden)?;
    let gemma3 = family.architecture == "gemma3";
    let vocabulary =
        source.or_default("vocab_size", config.vocab_size, VOCABULARY, gemma3.then_some(262_208))?;
    let context = config.max_position_embeddings;
    let context_max =
        source.or_default("max_position_embeddings", context, CONTEXT, gemma3.then_some(131_072))?;
    if let Some(layers) = config.num_nextn_predict_layers.filter(|layers| *layers > 0) {
        source.note(Note::PredictionLayers { layers });
    }
    let name = name::name(path);
    let mut model = Model {
        id: name::id(&name),
        name,
        family: family.publisher.to_owned(),
        architecture: family.architecture.to_owned(),
        parameters: parameters::read(0.0),
        active_parameters: None,
        source: parameters::SOURCE.to_owned(),
        hidden,
        vocabulary,
        tied_embeddings: config.tie_word_embeddings.or(outer.tie_word_embeddings).unwrap_or(family.tied),
        context_max,
        norms: family.norms,
        norm_bias: family.architecture == "starcoder2",
        rope_factors: rope_factors(config, hidden),
        output_bias: false,
        stack: stack::stack(&layers),
        vision: None,
        file: None,
    };
    model.parameters = parameters::read(parameters::counted(&model));
    model.active_parameters = parameters::active(&model);
    Ok(model)
}

/// Elements of the frequency tensors that a converter writes for stretched rotary positions.
fn rope_factors(config: &Keys, hidden: u32) -> u32 {
    let scaling = config.rope_scaling.as_ref().or(config.rope_parameters.as_ref());
    let list = |list: Option<&Vec<f64>>| list.map_or(0, |list| u32::try_from(list.len()).unwrap_or(0));
    if let Some(RopeScaling { long_factor, short_factor, .. }) = scaling
        && long_factor.is_some()
    {
        return list(long_factor.as_ref()) + list(short_factor.as_ref());
    }
    let llama3 = scaling.is_some_and(|scaling| scaling.rope_type.as_deref() == Some("llama3"));
    if !llama3 && !config.rope_freqs.unwrap_or(false) {
        return 0;
    }
    let heads = config.num_attention_heads.filter(|heads| *heads > 0).unwrap_or(1);
    config.head_dim.unwrap_or(hidden / heads) / 2
}

/// How the weights are stored, where the configuration says it.
fn quantization(config: &Keys) -> Option<Quantization> {
    if let Some(mlx) = &config.quantization {
        return Some(Quantization::Mlx { bits: mlx.bits?, group: mlx.group_size.unwrap_or(64) });
    }
    if let Some(packed) = &config.quantization_config {
        return match packed.quant_method.as_deref()? {
            "fp8" | "fbgemm_fp8" => Some(Quantization::Fp8),
            "awq" => Some(Quantization::Awq),
            "gptq" if packed.bits.is_none_or(|bits| bits == 4) => Some(Quantization::Gptq),
            "bitsandbytes" if packed.load_in_4bit.unwrap_or(false) => Some(Quantization::Nf4),
            "mxfp4" => Some(Quantization::Gguf(FileType::MXFP4)),
            "modelopt" if packed.quant_algo.as_deref() == Some("NVFP4") => Some(Quantization::NvFp4),
            _ => None,
        };
    }
    match config.torch_dtype.as_deref().or(config.dtype.as_deref()) {
        Some("bfloat16" | "float16") => Some(Quantization::Bf16),
        _ => None,
    }
}
