//! A configuration's values by their keys, bounded.

use serde_json::Value;

/// More than any width or count of a model.
const MOST: u64 = 1 << 20;
/// More than any vocabulary.
const MOST_ROWS: u64 = 1 << 25;
/// More entries than any list, one a layer, has.
const LONGEST: usize = 1024;

/// A configuration.
#[derive(Clone, Copy)]
pub(in crate::import::hugging_face) struct Given<'a>(pub &'a Value);

impl<'a> Given<'a> {
    /// A whole number from 0.
    pub(in crate::import::hugging_face) fn n(self, key: &str) -> Option<u64> {
        self.0.get(key)?.as_u64().filter(|number| *number <= MOST)
    }

    /// The same, or what the class takes where the file is silent.
    pub(in crate::import::hugging_face) fn or(self, key: &str, default: u64) -> u64 {
        self.n(key).unwrap_or(default)
    }

    /// Rows of an embedding.
    pub(in crate::import::hugging_face) fn rows(self, key: &str) -> Option<u64> {
        self.0.get(key)?.as_u64().filter(|number| (1..=MOST_ROWS).contains(number))
    }

    /// A number with a fraction.
    pub(in crate::import::hugging_face) fn real(self, key: &str) -> Option<f64> {
        self.0.get(key)?.as_f64().filter(|number| number.is_finite())
    }

    /// A yes or no.
    pub(in crate::import::hugging_face) fn flag(self, key: &str, default: bool) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(default)
    }

    /// What one layer has otherwise than the others, by its number.
    pub(in crate::import::hugging_face) fn of_layer(self, layer: u64) -> Option<Self> {
        let own = self.0.get("per_layer_config")?;
        own.get(format!("{layer:02}")).or_else(|| own.get(layer.to_string())).map(Self)
    }

    /// A list of names, one a layer.
    pub(in crate::import::hugging_face) fn names(self, key: &str) -> Option<Vec<&'a str>> {
        let list = self.0.get(key)?.as_array()?;
        (list.len() <= LONGEST).then(|| list.iter().map(|name| name.as_str().unwrap_or_default()).collect())
    }

    /// A list of whole numbers, one a layer.
    pub(in crate::import::hugging_face) fn numbers(self, key: &str) -> Option<Vec<u64>> {
        let list = self.0.get(key)?.as_array()?;
        (list.len() <= LONGEST)
            .then(|| list.iter().map(|number| number.as_u64().unwrap_or(0).min(MOST)).collect())
    }

    /// A list of ones and zeros, one a layer.
    pub(in crate::import::hugging_face) fn switches(self, key: &str) -> Option<Vec<bool>> {
        Some(self.numbers(key)?.into_iter().map(|number| number == 1).collect())
    }
}
