//! From keys to a scenario.

use std::sync::Arc;

use super::defaults::{MOST_TOKENS, default_generate, default_inference, graph};
use super::keys::PresetKeys;
use super::value::{Family, Value};
use crate::spec::{Graph, GraphSequence, Inference, Model, Runtime, Scenario, Workload};
use crate::units::show_grouped;

/// Where models come from; the catalog knows ids, others read files and scale shapes.
pub trait Models {
    /// The model of an id or path.
    ///
    /// # Errors
    /// In a sentence: why there is none, and which name is near.
    fn find(&self, key: &str) -> Result<Arc<Model>, String>;

    /// The model's shape scaled to about that many parameters.
    fn scaled(&self, model: &Model, parameters: f64) -> Model;
}

/// A preset that can be computed with.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// What is asked.
    pub scenario: Scenario,
    /// Id of the machine it was made for, if it names one.
    pub machine: Option<String>,
    /// What had to be changed to make sense of it, one sentence each.
    pub notes: Vec<String>,
}

/// The value of a key, if given.
fn given<T>(value: Option<Value<T>>) -> Option<T> {
    value.map(|Value(inner)| inner)
}

/// Fills in defaults, finds the model, and checks that the keys go together.
///
/// # Errors
/// In a sentence: what does not go together, and what would be right.
pub fn resolve(keys: PresetKeys, models: &dyn Models) -> Result<Preset, String> {
    let mut notes = Vec::new();
    let family = given(keys.family.clone()).unwrap_or(if keys.nodes.is_some() || keys.edges.is_some() {
        Family::GraphSequence
    } else {
        Family::Inference
    });
    forbid_keys_of_other_families(&keys, family)?;

    let model_key = given(keys.model.clone()).unwrap_or_else(|| "llama-3.1-8b".to_owned());
    let base = models.find(&model_key)?;
    let model_size = given(keys.model_size.clone());
    let model = match model_size {
        Some(parameters) => Arc::new(models.scaled(&base, parameters)),
        None => Arc::clone(&base),
    };
    let runtime = given(keys.runtime.clone()).unwrap_or(Runtime::LlamaCpp);
    let inference = inference(&keys, runtime, &model, &mut notes);
    let workload = match family {
        Family::Inference => Workload::Inference(inference),
        Family::GraphSequence => Workload::GraphSequence(GraphSequence { graph: graph_of(&keys), inference }),
    };
    let name = given(keys.name).unwrap_or_else(|| model.name.clone());
    let scenario = Scenario { name, model, base, model_key, model_size, runtime, workload };
    Ok(Preset { scenario, machine: given(keys.machine), notes })
}

/// A graph decides its own prompt and context; a chat has no nodes.
fn forbid_keys_of_other_families(keys: &PresetKeys, family: Family) -> Result<(), String> {
    let (foreign, message): (&[(&str, bool)], &str) = match family {
        Family::Inference => (
            &[
                ("nodes", keys.nodes.is_some()),
                ("edges", keys.edges.is_some()),
                ("tokens_per_node", keys.tokens_per_node.is_some()),
                ("tokens_per_edge", keys.tokens_per_edge.is_some()),
            ],
            "belongs to family graph-sequence, and this preset is inference",
        ),
        Family::GraphSequence => (
            &[("context", keys.context.is_some()), ("prompt", keys.prompt.is_some())],
            "follows from nodes and edges in family graph-sequence; leave it out, or use family inference",
        ),
    };
    foreign
        .iter()
        .find(|(_, is_given)| *is_given)
        .map_or(Ok(()), |(key, _)| Err(format!("key `{key}` {message}")))
}

/// The knobs of inference, each the given one or its default.
fn inference(keys: &PresetKeys, runtime: Runtime, model: &Model, notes: &mut Vec<String>) -> Inference {
    let defaults = default_inference(runtime, model.context_max);
    let concurrency = given(keys.concurrency.clone()).map_or(defaults.concurrency, |value| value.0);
    let context =
        given(keys.context.clone()).map_or(defaults.context, |value| at_most("context", value.0, notes));
    let slot = (context / concurrency.max(1)).max(1);
    let prompt = given(keys.prompt.clone()).map(|value| at_most("prompt", value.0, notes));
    let generate = given(keys.generate.clone()).map(|value| at_most("generate", value.0, notes));
    let generate = generate.unwrap_or_else(|| {
        let left = slot.saturating_sub(prompt.unwrap_or(0)).max(1);
        default_generate(slot).min(left)
    });
    let prompt = prompt.unwrap_or_else(|| slot.saturating_sub(generate).max(1));
    if keys.nodes.is_none() && keys.edges.is_none() && prompt.saturating_add(generate) > slot {
        notes.push(format!(
            "prompt and answer take {} tokens and a slot holds {}; raise context or lower them",
            show_grouped(prompt.saturating_add(generate)),
            show_grouped(slot)
        ));
    }
    Inference {
        quantization: given(keys.quantization.clone()).unwrap_or(defaults.quantization),
        kv_precision: given(keys.kv_precision.clone()).unwrap_or(defaults.kv_precision),
        context,
        prompt,
        generate,
        concurrency,
        unified_kv: given(keys.unified_kv.clone()).unwrap_or(defaults.unified_kv),
        prefix_share: given(keys.prefix_share.clone()).map_or(defaults.prefix_share, |share| share.0),
        ubatch: given(keys.ubatch.clone()).map_or(defaults.ubatch, |value| at_most("ubatch", value.0, notes)),
        prefill_step: given(keys.prefill_step.clone())
            .map_or(defaults.prefill_step, |value| at_most("prefill_step", value.0, notes)),
        attention: given(keys.attention.clone()).unwrap_or(defaults.attention),
        logits: given(keys.logits.clone()).unwrap_or(defaults.logits),
        gpu_layers: given(keys.gpu_layers.clone()).unwrap_or(defaults.gpu_layers),
        vision: given(keys.vision.clone()).unwrap_or(defaults.vision),
    }
}

/// A number of tokens, lowered to the most that is computed with; that is said.
fn at_most(key: &str, value: u64, notes: &mut Vec<String>) -> u64 {
    if value > MOST_TOKENS {
        notes.push(format!(
            "{key} {} was lowered to {}, the most that is computed with",
            show_grouped(value),
            show_grouped(MOST_TOKENS)
        ));
    }
    value.min(MOST_TOKENS)
}

/// The graph, each figure the given one or its default.
fn graph_of(keys: &PresetKeys) -> Graph {
    let defaults = graph();
    Graph {
        nodes: given(keys.nodes.clone()).map_or(defaults.nodes, |value| value.0),
        edges: given(keys.edges.clone()).map_or(defaults.edges, |value| value.0),
        tokens_per_node: given(keys.tokens_per_node.clone())
            .map_or(defaults.tokens_per_node, |value| value.0),
        tokens_per_edge: given(keys.tokens_per_edge.clone())
            .map_or(defaults.tokens_per_edge, |value| value.0),
    }
}
