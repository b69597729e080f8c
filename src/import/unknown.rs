//! A model whose layers are not known: what it weighs is a lower bound of the memory it needs.

use std::path::Path;

use super::{name, parameters};
use crate::spec::{Model, NormStyle};
use crate::units::count;

/// Tokens of context where the file does not say for how many the model is published.
pub(super) const CONTEXT: u32 = 1 << 20;

/// A model without layers, with so many parameters.
pub(super) fn model(path: &Path, architecture: &str, elements: u64, context_max: Option<u32>) -> Model {
    let name = name::name(path);
    Model {
        id: name::id(&name),
        name,
        family: "Imported".to_owned(),
        architecture: super::error::bounded(architecture),
        parameters: parameters::read(count(elements)),
        active_parameters: None,
        source: parameters::SOURCE.to_owned(),
        hidden: 0,
        vocabulary: 0,
        tied_embeddings: false,
        context_max: context_max.unwrap_or(CONTEXT),
        norms: NormStyle::Pre,
        norm_bias: false,
        layer_embedding: None,
        makes: crate::spec::Makes::Text,
        rope_factors: 0,
        output_bias: false,
        stack: Vec::new(),
        prediction_layers: 0,
        vision: None,
        file: None,
        sketch: None,
    }
}
