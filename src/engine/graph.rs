//! From a program graph to the tokens a language model reads.

use crate::spec::{Graph, GraphSequence, Inference, Workload};
use crate::units::{Tokens, count, whole};

/// Tokens that write out a graph: nodes × tokens per node + edges × tokens per edge.
pub fn tokens(graph: &Graph) -> Tokens {
    let nodes = count(graph.nodes) * graph.tokens_per_node;
    let edges = count(graph.edges) * graph.tokens_per_edge;
    Tokens::new((nodes + edges).max(0.0))
}

/// What the language model is asked to do, with prompt and context that hold the whole graph.
pub fn as_inference(sequence: &GraphSequence) -> Inference {
    let prompt = whole(tokens(&sequence.graph).get().ceil()).max(1);
    let slots = sequence.inference.concurrency.max(1);
    let context = prompt.saturating_add(sequence.inference.generate).saturating_mul(slots);
    Inference { context, prompt, ..sequence.inference }
}

/// The inference a workload comes down to.
pub fn inference(workload: &Workload) -> Inference {
    match workload {
        Workload::Inference(inference) => *inference,
        Workload::GraphSequence(sequence) => as_inference(sequence),
    }
}
