//! Where the models of the catalog are published.
//!
//! The pages stand in `assets/catalog/model_sources.ron`; `build.rs` makes a list of the repositories among them, so that a
//! command can name one without reading that file.

include!(concat!(env!("OUT_DIR"), "/repositories.rs"));

/// The repository of Hugging Face in which a model of the catalog is published, by its id: `meta-llama/Llama-3.1-8B`.
pub fn repository(id: &str) -> Option<&'static str> {
    let at = REPOSITORIES.binary_search_by(|(known, _)| (*known).cmp(id)).ok()?;
    REPOSITORIES.get(at).map(|(_, repository)| *repository)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_found_by_the_ids_of_models() {
        assert!(repository("llama-3.1-8b").is_some_and(|found| found.starts_with("meta-llama/")));
        assert_eq!(repository("no-such-model"), None);
        assert!(REPOSITORIES.len() > 100, "{}", REPOSITORIES.len());
    }
}
