//! What Transformers' configuration classes say where the part about a language model leaves something out.
//!
//! A wrapper writes only what differs from them (LLaVA's `text_config` is often three keys long).

use super::super::Note;
use super::config::Keys;

/// The defaults of one class (Transformers 5.24).
struct Class {
    model_type: &'static str,
    vocabulary: u32,
    hidden: u32,
    intermediate: u32,
    layers: u32,
    heads: u32,
    kv_heads: u32,
    context: u32,
}

const fn class(
    model_type: &'static str,
    [vocabulary, hidden, intermediate, layers, heads, kv_heads, context]: [u32; 7],
) -> Class {
    Class { model_type, vocabulary, hidden, intermediate, layers, heads, kv_heads, context }
}

/// The classes that wrappers are seen with.
const CLASSES: [Class; 9] = [
    class("gemma", [256_000, 3072, 24_576, 28, 16, 16, 8192]),
    class("gemma2", [256_000, 2304, 9216, 26, 8, 4, 8192]),
    class("gemma3_text", [262_208, 2304, 9216, 26, 8, 4, 131_072]),
    class("llama", [32_000, 4096, 11_008, 32, 32, 32, 2048]),
    class("mistral", [32_000, 4096, 14_336, 32, 32, 8, 131_072]),
    class("phi3", [32_064, 3072, 8192, 32, 32, 32, 4096]),
    class("qwen2", [151_936, 4096, 22_016, 32, 32, 32, 32_768]),
    class("qwen2_5_vl_text", [152_064, 8192, 29_568, 80, 64, 8, 32_768]),
    class("qwen3", [151_936, 4096, 22_016, 32, 32, 32, 32_768]),
];

/// Fills what a part leaves out; says what was filled in.
pub(super) fn fill(part: &mut Keys) -> Vec<Note> {
    let class = CLASSES.iter().find(|class| part.model_type.as_deref() == Some(class.model_type));
    let Some(class) = class else { return Vec::new() };
    let kv_heads =
        part.num_attention_heads.filter(|_| class.kv_heads == class.heads).unwrap_or(class.kv_heads);
    let mut notes = Vec::new();
    for (key, value, default) in [
        ("vocab_size", &mut part.vocab_size, class.vocabulary),
        ("hidden_size", &mut part.hidden_size, class.hidden),
        ("intermediate_size", &mut part.intermediate_size, class.intermediate),
        ("num_hidden_layers", &mut part.num_hidden_layers, class.layers),
        ("num_attention_heads", &mut part.num_attention_heads, class.heads),
        ("num_key_value_heads", &mut part.num_key_value_heads, kv_heads),
        ("max_position_embeddings", &mut part.max_position_embeddings, class.context),
    ] {
        if value.is_none() {
            *value = Some(default);
            notes.push(Note::Default { key, value: default.to_string() });
        }
    }
    notes
}
