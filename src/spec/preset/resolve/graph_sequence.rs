//! Program graphs as sequences: the graphs, and what a model does with them.

use super::super::defaults::graph;
use super::super::keys::PresetKeys;
use super::{Models, fine_tune, given, inference, language};
use crate::spec::{Family, Graph, GraphSequence, GraphTask, Named as _, Runtime, Workload};

/// The graphs with the model that reads or learns them.
///
/// # Errors
/// In a sentence: what does not go together, and what would be right.
pub(super) fn workload(
    keys: &PresetKeys,
    models: &dyn Models,
    notes: &mut Vec<String>,
) -> Result<Workload, String> {
    let reads = reads(keys)?;
    let graph = graph_of(keys, reads);
    let (language, task) = if reads {
        let language = language(keys, models, Runtime::LlamaCpp)?;
        let inference = inference::knobs(keys, &language, notes);
        (language, GraphTask::Read(inference))
    } else {
        let language = language(keys, models, Runtime::PyTorch)?;
        let tune = fine_tune::fine_tune(keys, &language, notes)?;
        (language, GraphTask::Train(tune))
    };
    Ok(Workload::GraphSequence(language, GraphSequence { graph, task }))
}

/// Whether graphs are read rather than trained on: as `mode` says, else as the other keys do.
pub(crate) fn reads(keys: &PresetKeys) -> Result<bool, String> {
    let of = |family: Family, not: Family| {
        keys.given().find(|key| {
            let families = PresetKeys::families(key);
            families.contains(&Family::GraphSequence)
                && families.contains(&family)
                && !families.contains(&not)
        })
    };
    let reading = of(Family::Inference, Family::FineTune);
    let training = of(Family::FineTune, Family::Inference);
    let reads = match given(keys.mode.as_ref()).map(|mode| mode.0).as_deref() {
        Some("infer") => true,
        Some("train") => false,
        Some(other) => {
            let family = Family::GraphSequence.key();
            return Err(format!("mode `{other}` is not known in family {family}; known are train, infer"));
        }
        None => reading.is_some() && training.is_none(),
    };
    match (reads, reading, training) {
        (true, _, Some(key)) => {
            Err(format!("key `{key}` is of training, and these graphs are read; use mode train"))
        }
        (false, Some(key), _) => {
            Err(format!("key `{key}` is of reading, and these graphs are trained on; use mode infer"))
        }
        _ => Ok(reads),
    }
}

/// The graphs, each figure the given one or its default; one is read, many are trained on.
fn graph_of(keys: &PresetKeys, reads: bool) -> Graph {
    let defaults = graph();
    Graph {
        nodes: given(keys.nodes.as_ref()).map_or(defaults.nodes, |value| value.0),
        edges: given(keys.edges.as_ref()).map_or(defaults.edges, |value| value.0),
        tokens_per_node: given(keys.tokens_per_node.as_ref())
            .map_or(defaults.tokens_per_node, |value| value.0),
        tokens_per_edge: given(keys.tokens_per_edge.as_ref())
            .map_or(defaults.tokens_per_edge, |value| value.0),
        graphs: given(keys.graphs.as_ref()).map_or(if reads { 1 } else { defaults.graphs }, |value| value.0),
        size_spread: given(keys.size_spread.as_ref()).map_or(defaults.size_spread, |value| value.0.max(1.0)),
        truncation: given(keys.truncation.as_ref()).map_or(defaults.truncation, |bound| bound.0),
        packing: given(keys.packing.as_ref()).unwrap_or(defaults.packing),
    }
}
