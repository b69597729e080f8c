//! What providers of an API ask for a model: dated prices by model and provider.
//!
//! They stand in `assets/catalog/api_prices.ron`; `build.rs` makes constants of them, because the engine reads no files.

/// What one provider asks for one model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApiPrice {
    /// Id of the model in the catalog.
    pub model: &'static str,
    /// Who sells it: `Together`.
    pub provider: &'static str,
    /// Dollars for a million tokens of prompts.
    pub input: f64,
    /// Dollars for a million tokens of answers.
    pub output: f64,
    /// Id in the list of sources.
    pub source: &'static str,
    /// The day of the list it was read in.
    pub date: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/api_prices.rs"));

/// What is asked for a model, a provider each; empty where none is known to sell it.
pub fn api_prices(model: &str) -> &'static [ApiPrice] {
    let start = PRICES.partition_point(|price| price.model < model);
    let end = PRICES.partition_point(|price| price.model <= model);
    PRICES.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_found_by_model_and_none_is_free() {
        assert!(api_prices("llama-3.3-70b").len() > 3);
        assert!(api_prices("llama-3.3-70b").iter().all(|price| price.model == "llama-3.3-70b"));
        assert_eq!(api_prices("no-such-model"), []);
        assert!(PRICES.iter().all(|price| price.input > 0.0 && price.output >= price.input / 4.0));
    }
}
