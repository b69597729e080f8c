//! What is known of a model whose type is not: its embedding, by whatever names it goes.

use std::path::Path;

use serde_json::Value;

use super::super::limits::{CONTEXT, HIDDEN, VOCABULARY};
use super::super::unknown;
use crate::spec::Model;

/// What families call the width of their residual stream.
const WIDTHS: [&str; 9] =
    ["hidden_size", "n_embd", "d_model", "n_embed", "embed_dim", "emb_dim", "dim", "hidden_dim", "model_dim"];

/// Where wrappers of several levels keep what writes the text.
const INSIDE: [&str; 9] = [
    "text_config",
    "llm_config",
    "language_config",
    "thinker_config",
    "decoder",
    "decoder_config",
    "text_model",
    "language_model",
    "vlm_config",
];

/// The embedding of what writes the text, some levels down.
pub(super) fn inside(document: &Value, path: &Path, model_type: &str, depth: u32) -> Option<Model> {
    let parts = INSIDE.iter().filter_map(|key| document.get(*key)).filter(|part| part.is_object());
    let mut found = parts.filter_map(|part| {
        let own = outline(part, path, model_type);
        own.or_else(|| if depth < 3 { inside(part, path, model_type, depth + 1) } else { None })
    });
    found.next()
}

/// A model of which its embedding is known and no layer.
pub(super) fn outline(inner: &Value, path: &Path, model_type: &str) -> Option<Model> {
    let number = |key: &str, most: u32| {
        inner
            .get(key)
            .and_then(Value::as_u64)
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (1..=most).contains(number))
    };
    let first = |keys: &[&str], most| keys.iter().find_map(|key| number(key, most));
    let hidden = first(&WIDTHS, HIDDEN)?;
    let vocabulary = first(&["vocab_size", "padded_vocab_size", "n_vocab"], VOCABULARY)?;
    let elements = u64::from(hidden).saturating_mul(u64::from(vocabulary));
    let model = unknown::model(path, model_type, elements, number("max_position_embeddings", CONTEXT));
    Some(Model { hidden, vocabulary, ..model })
}
