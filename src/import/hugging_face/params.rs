//! `params.json`, as Mistral and Llama publish beside their own files: the same as a `config.json`, by other names.

use serde_json::{Map, Value, json};

/// Tokens of context where the file does not say for how many the model is (vLLM's reader of these files).
const CONTEXT: u64 = 128_000;

/// Keys that say the same as those of a `config.json`.
const NAMES: [(&str, &str); 15] = [
    ("dim", "hidden_size"),
    ("n_layers", "num_hidden_layers"),
    ("n_heads", "num_attention_heads"),
    ("head_dim", "head_dim"),
    ("vocab_size", "vocab_size"),
    ("tied_embeddings", "tie_word_embeddings"),
    ("sliding_window", "sliding_window"),
    ("q_lora_rank", "q_lora_rank"),
    ("kv_lora_rank", "kv_lora_rank"),
    ("qk_nope_head_dim", "qk_nope_head_dim"),
    ("qk_rope_head_dim", "qk_rope_head_dim"),
    ("v_head_dim", "v_head_dim"),
    ("dtype", "dtype"),
    ("torch_dtype", "torch_dtype"),
    ("rope_scaling", "rope_scaling"),
];

/// Those of experts.
const EXPERTS: [(&str, &str); 6] = [
    ("num_experts", "n_routed_experts"),
    ("num_experts_per_tok", "num_experts_per_tok"),
    ("expert_hidden_dim", "moe_intermediate_size"),
    ("num_shared_experts", "n_shared_experts"),
    ("first_k_dense_replace", "first_k_dense_replace"),
    ("route_every_n", "moe_layer_freq"),
];

/// The `config.json` that says the same, or `None` where it is no such file.
pub(super) fn as_config(document: &Value) -> Option<Value> {
    let number = |key: &str| document.get(key).and_then(Value::as_u64);
    if document.get("model_type").is_some() || number("n_layers").is_none() {
        return None;
    }
    number("dim")?;
    let mut text = renamed(document, &NAMES);
    let heads = number("n_heads")?;
    text.insert("num_key_value_heads".to_owned(), json!(number("n_kv_heads").unwrap_or(heads)));
    if let Some(width) = number("hidden_dim").or_else(|| width_of_llama(document)) {
        text.insert("intermediate_size".to_owned(), json!(width));
    }
    text.insert("max_position_embeddings".to_owned(), json!(context(document).unwrap_or(CONTEXT)));
    let latent = number("kv_lora_rank").is_some_and(|rank| rank > 0);
    let model_type = match document.get("moe").filter(|part| part.is_object()) {
        Some(moe) if latent => {
            text.extend(renamed(moe, &EXPERTS));
            "deepseek_v3"
        }
        Some(moe) => {
            let count = moe.get("num_experts").cloned().unwrap_or(Value::Null);
            text.extend(renamed(moe, &EXPERTS));
            text.insert("num_local_experts".to_owned(), count);
            "mixtral"
        }
        // Llama's has no width of its network.
        None if number("hidden_dim").is_none() => "llama",
        None => "mistral",
    };
    text.insert("model_type".to_owned(), json!(model_type));
    let packed = quantization(document);
    let seeing = ["vision_encoder", "multimodal"].iter().find_map(|key| {
        let part = document.get(*key)?;
        let part = part.get("vision_encoder_args").unwrap_or(part);
        part.get("patch_size").is_some().then_some(part)
    });
    let mut whole = match seeing {
        Some(vision) => seen(vision, text),
        None => text,
    };
    whole.extend(packed.map(|packed| ("quantization_config".to_owned(), packed)));
    Some(Value::Object(whole))
}

/// A part's keys by their other names.
fn renamed(part: &Value, names: &[(&str, &str)]) -> Map<String, Value> {
    let given = names.iter().filter_map(|(own, other)| Some(((*other).to_owned(), part.get(*own)?.clone())));
    given.filter(|(_, value)| !value.is_null()).collect()
}

/// Tokens that the model is published for.
fn context(document: &Value) -> Option<u64> {
    let keys = ["max_position_embeddings", "max_seq_len", "model_max_length"];
    let said =
        keys.iter().find_map(|key| document.get(*key).and_then(Value::as_u64)).filter(|said| *said > 0);
    let yarn = document.get("yarn").or_else(|| document.get("llama_4_scaling"));
    let stretched = yarn.and_then(|yarn| {
        let factor = yarn.get("factor").and_then(Value::as_u64)?;
        factor.checked_mul(yarn.get("original_max_position_embeddings").and_then(Value::as_u64)?)
    });
    said.or(stretched)
}

/// The width of Llama's networks: two thirds of four times the model's, scaled, rounded up.
fn width_of_llama(document: &Value) -> Option<u64> {
    let dim = document.get("dim").and_then(Value::as_u64).filter(|dim| *dim <= 1 << 20)?;
    let step =
        document.get("multiple_of").and_then(Value::as_u64).filter(|step| (1..=1 << 20).contains(step))?;
    let scale = document.get("ffn_dim_multiplier").and_then(Value::as_f64).unwrap_or(1.0);
    if !(0.0..=64.0).contains(&scale) {
        return None;
    }
    let width = crate::units::whole((crate::units::count(8 * dim / 3) * scale).floor());
    Some(width.div_ceil(step) * step)
}

/// The wrapper of a model that sees: Pixtral's, or with joined patches that of Mistral Small 3.1.
fn seen(vision: &Value, text: Map<String, Value>) -> Map<String, Value> {
    let joins = vision.get("mm_projector_id").and_then(Value::as_str) == Some("patch_merge");
    let mut own = vision.as_object().cloned().unwrap_or_default();
    let size = ["max_image_size", "image_size"].iter().find_map(|key| vision.get(*key)).cloned();
    own.extend(size.map(|size| ("image_size".to_owned(), size)));
    own.insert("model_type".to_owned(), json!("pixtral"));
    let bias = vision.get("adapter_bias").and_then(Value::as_bool).unwrap_or(!joins);
    let mut whole = Map::new();
    whole.insert("model_type".to_owned(), json!(if joins { "mistral3" } else { "llava" }));
    whole.insert("multimodal_projector_bias".to_owned(), json!(bias));
    whole
        .extend(vision.get("spatial_merge_size").map(|side| ("spatial_merge_size".to_owned(), side.clone())));
    whole.insert("vision_config".to_owned(), Value::Object(own));
    whole.insert("text_config".to_owned(), Value::Object(text));
    whole
}

/// How weights are packed: 8-bit floats by Mistral's names, else as others write it.
fn quantization(document: &Value) -> Option<Value> {
    let own = document.get("quantization").filter(|own| own.is_object())?;
    let format = own.get("qformat_weight").and_then(Value::as_str);
    if format.is_some_and(|format| format.starts_with("fp8")) {
        return Some(json!({"quant_method": "fp8"}));
    }
    let mut packed = own.clone();
    if own.get("config_groups").is_some() && own.get("quant_method").is_none() {
        packed["quant_method"] = json!("compressed-tensors");
    }
    Some(packed)
}
