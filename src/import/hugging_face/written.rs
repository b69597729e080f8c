//! The text of a configuration.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::super::Problem;
use super::super::open::read_text;
use super::config::Keys;
use super::{params, text};

/// The largest configuration that is read; the longest real ones list each layer's packing.
pub(super) const LARGEST: u64 = 8 << 20;

/// The keys that are looked at before anything else is asked of the file.
#[derive(Deserialize)]
struct Kind {
    model_type: Option<String>,
}

/// A configuration as it is written, or as it would be if its publisher wrote it as others do.
pub(super) struct Written {
    /// Its text.
    pub text: String,
    /// What it calls itself.
    pub model_type: Option<String>,
    /// What it holds.
    pub document: Value,
    /// Whether it is a `params.json`.
    pub is_renamed: bool,
    /// A key that stands twice in it.
    pub twice: Option<String>,
}

/// The text of a file, and what it holds.
pub(super) fn written(path: &Path) -> Result<Written, Problem> {
    let text = text::standard(&read_text(path, LARGEST)?);
    let document: Value = parse(&text)?;
    if !document.is_object() {
        let remedy = "give the `config.json` of a Hugging Face model";
        return Err(Problem::content("the file holds no JSON object", remedy));
    }
    let twice = twice(&text);
    // Of a key that stands twice the last one counts, as in Python.
    let text = if twice.is_some() { document.to_string() } else { text };
    let Kind { model_type } = parse(&text)?;
    let Some(document) = params::as_config(&document) else {
        return Ok(Written { text, model_type, document, is_renamed: false, twice });
    };
    let text = document.to_string();
    let Kind { model_type } = parse(&text)?;
    Ok(Written { text, model_type, document, is_renamed: true, twice })
}

/// The first of the keys that are read which stands twice.
fn twice(text: &str) -> Option<String> {
    let error = serde_json::from_str::<Keys>(text).err()?.to_string();
    let key = error.strip_prefix("duplicate field `")?.split('`').next()?;
    Some(key.to_owned())
}

/// Reads JSON; errors name line and column.
pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| {
        let remedy = if error.is_data() {
            "write the value as the model's own `config.json` has it"
        } else {
            "the file must be one complete JSON object"
        };
        Problem::json(&error, remedy)
    })
}
