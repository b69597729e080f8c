//! The knobs of a graph network.

use super::super::defaults::default_gnn;
use super::super::keys::PresetKeys;
use super::{choice, given, pytorch_only};
use crate::spec::{Family, Gnn, Sampling};

/// Each knob the given one or its default.
///
/// # Errors
/// In a sentence: a runtime, precision or mode that graph networks do not have.
pub(super) fn gnn(keys: &PresetKeys) -> Result<Gnn, String> {
    pytorch_only(keys, Family::Gnn)?;
    let defaults = default_gnn();
    let sampling = given(keys.sampling.as_ref()).map_or(defaults.sampling, |hops| {
        if hops.0.is_empty() { Sampling::Full } else { Sampling::FanOuts(hops.0) }
    });
    Ok(Gnn {
        architecture: given(keys.architecture.as_ref()).unwrap_or(defaults.architecture),
        nodes: given(keys.nodes.as_ref()).map_or(defaults.nodes, |value| value.0),
        edges: given(keys.edges.as_ref()).map_or(defaults.edges, |value| value.0),
        in_width: given(keys.in_width.as_ref()).map_or(defaults.in_width, |value| value.0),
        hidden: given(keys.hidden.as_ref()).map_or(defaults.hidden, |value| value.0),
        out_width: given(keys.out_width.as_ref()).map_or(defaults.out_width, |value| value.0),
        layers: given(keys.layers.as_ref()).map_or(defaults.layers, |value| value.0),
        heads: given(keys.heads.as_ref()).map_or(defaults.heads, |value| value.0),
        message_passing: given(keys.message_passing.as_ref()).unwrap_or(defaults.message_passing),
        sampling,
        batch_nodes: given(keys.batch_nodes.as_ref()).map_or(defaults.batch_nodes, |value| value.0),
        mode: match given(keys.mode.as_ref()) {
            Some(name) => choice("mode", &name.0)?,
            None => defaults.mode,
        },
        precision: match given(keys.precision.as_ref()) {
            Some(name) => choice("precision", &name.0)?,
            None => defaults.precision,
        },
        epochs: given(keys.epochs.as_ref()).map_or(defaults.epochs, |value| value.0),
        normalization_cached: given(keys.normalization_cached.as_ref())
            .unwrap_or(defaults.normalization_cached),
        dropout: given(keys.dropout.as_ref()).unwrap_or(defaults.dropout),
        token_vocabulary: given(keys.token_vocabulary.as_ref())
            .map_or(defaults.token_vocabulary, |value| value.0),
        path_vocabulary: given(keys.path_vocabulary.as_ref())
            .map_or(defaults.path_vocabulary, |value| value.0),
    })
}
