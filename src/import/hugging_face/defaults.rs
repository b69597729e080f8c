//! What Transformers' configuration classes say where the part about a language model leaves something out.
//!
//! A wrapper writes only what differs from them (LLaVA's `text_config` is often three keys long).

use super::super::Note;
use super::config::Keys;
use crate::spec::Architecture;

/// Fills what a part leaves out; says what was filled in.
pub(super) fn fill(part: &mut Keys) -> Vec<Note> {
    let class = part.model_type.as_deref().and_then(Architecture::of_type);
    let Some(class) = class.and_then(|(_, class)| class.defaults) else { return Vec::new() };
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
