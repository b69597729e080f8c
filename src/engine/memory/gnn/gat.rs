//! `GATConv`: neighbors weighed by a softmax over a node's edges, for each head.

use super::aggregate::{NEIGHBORS, NEIGHBORS_GRADIENT, SUM, scattered};
use super::gcn::{INDICES, with_loops};
use super::graph::{DROPPED, GRADIENT, INDEX, INPUT_GRADIENT, LINEAR, LINEAR_GRADIENT, Layer, Pass};
use super::trace::{Kind, Trace};

/// Parameters of a layer: a matrix, two vectors that give the scores, and a bias.
pub const fn parameters(layer: &Layer) -> f64 {
    layer.input * layer.output + 3.0 * layer.output
}

/// Names of what the softmax keeps for its gradient.
const SCORES: &str = "scores of edges: sum of both ends";
const EXPONENTIAL: &str = "scores of edges: exponential";
const DIVISOR: &str = "scores of edges: divisor";
const WEIGHTS: &str = "attention weights of edges";
/// Names of what the scores of nodes are.
const NODE_SCORES: &str = "attention scores of nodes";
const NODE_SCORES_GRADIENT: &str = "gradient of the attention scores of nodes";

/// The layer on its input, which stays.
pub fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.output);
    let scores = pass.node(layer.heads);
    let (weights, messages) = (pass.loop_edge(layer.heads), pass.loop_edge(layer.output));
    let (scaled, weighed) = ("rows times an attention vector", "rows of neighbors times attention weights");
    trace.take(Kind::Nodes, LINEAR, rows);
    for _end in 0..2 {
        trace.take(Kind::Nodes, scaled, rows);
        trace.take(Kind::Nodes, NODE_SCORES, scores);
        trace.free(Kind::Nodes, scaled, rows);
    }
    with_loops(trace, pass);
    softmax(trace, pass, layer);
    trace.take_all(Kind::Edges, 2.0 * messages, &[(NEIGHBORS, messages), (weighed, messages)]);
    trace.take(Kind::Nodes, SUM, rows);
    trace.free(Kind::Edges, weighed, messages);
    if !pass.train {
        trace.free(Kind::Edges, NEIGHBORS, messages);
    }
    trace.take(layer.result(), layer.output_name(), rows);
    let gone = [(SUM, rows), (NODE_SCORES, 2.0 * scores)];
    trace.free_all(Kind::Nodes, rows + 2.0 * scores, &gone);
    if !pass.train {
        let indices = 2.0 * INDEX * pass.looped();
        trace.free_all(Kind::Edges, indices + weights, &[(INDICES, indices), (WEIGHTS, weights)]);
        trace.free(Kind::Nodes, LINEAR, rows);
    }
}

/// Scores of both ends added, and their softmax over each node's edges (`torch_geometric.utils.softmax`); the weights
/// stay. A gradient keeps the sum, its exponential and the divisor of each edge.
fn softmax(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let scores = pass.node(layer.heads);
    let weights = pass.loop_edge(layer.heads);
    let (ends, rectified) = ("scores of edges: either end", "scores of edges: leaky ReLU");
    let (largest, difference) = ("scores of edges: largest of the node", "scores of edges: less the largest");
    let all = [(ends, 2.0 * weights), (SCORES, weights), (rectified, weights)];
    trace.take_all(Kind::Edges, 4.0 * weights, &all);
    if !pass.train {
        trace.free(Kind::Edges, SCORES, weights);
    }
    trace.take(Kind::Nodes, "largest score of each node", scores);
    trace.take_all(Kind::Edges, 2.0 * weights, &[(largest, weights), (difference, weights)]);
    trace.free(Kind::Edges, largest, weights);
    trace.take(Kind::Edges, EXPONENTIAL, weights);
    trace.free(Kind::Edges, difference, weights);
    let sums = [("zeros to add to", scores), ("sum of exponentials of each node", scores)];
    trace.take_all(Kind::Nodes, 2.0 * scores, &sums);
    trace.free(Kind::Nodes, "zeros to add to", scores);
    trace.take(Kind::Edges, DIVISOR, weights);
    trace.free(Kind::Nodes, "sum of exponentials of each node", scores);
    trace.take(Kind::Edges, WEIGHTS, weights);
    trace.free(Kind::Nodes, "largest score of each node", scores);
    trace.free_all(Kind::Edges, 3.0 * weights, &[(ends, 2.0 * weights), (rectified, weights)]);
    if !pass.train {
        trace.free_all(Kind::Edges, 2.0 * weights, &[(EXPONENTIAL, weights), (DIVISOR, weights)]);
    }
}

/// From the gradient of the result to that of the input.
pub fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (input, rows) = (pass.node(layer.input), pass.node(layer.output));
    let (weights, messages) = (pass.loop_edge(layer.heads), pass.loop_edge(layer.output));
    let (weighed, product) = ("gradient of the weighed rows", "gradient times the rows of neighbors");
    let through = "gradient through the attention scores";
    trace.take(Kind::Edges, weighed, messages);
    trace.free(layer.result(), GRADIENT, rows);
    // To the neighbors' rows, and to the weights.
    trace.take_all(Kind::Edges, 2.0 * messages, &[(NEIGHBORS_GRADIENT, messages), (product, messages)]);
    trace.take(Kind::Edges, WEIGHTS_GRADIENT, weights);
    trace.free_all(
        Kind::Edges,
        3.0 * messages + weights,
        &[(weighed, messages), (product, messages), (NEIGHBORS, messages), (WEIGHTS, weights)],
    );
    scattered(trace, LINEAR_GRADIENT, rows);
    trace.free(Kind::Edges, NEIGHBORS_GRADIENT, messages);
    softmax_backward(trace, pass, layer);
    for _end in 0..2 {
        trace.take(Kind::Nodes, through, 2.0 * rows);
        let scores = pass.node(layer.heads);
        trace.free_all(Kind::Nodes, rows + scores, &[(through, rows), (NODE_SCORES_GRADIENT, scores)]);
        trace.take(Kind::Nodes, LINEAR_GRADIENT, rows);
        trace.free_all(Kind::Nodes, 2.0 * rows, &[(LINEAR_GRADIENT, rows), (through, rows)]);
    }
    trace.free(Kind::Nodes, LINEAR, rows);
    trace.take(
        Kind::Gradients,
        "gradients of the matrix, the attention vectors and the bias",
        pass.element * parameters(layer),
    );
    if !layer.first {
        trace.take(Kind::Nodes, INPUT_GRADIENT, input);
    }
    trace.free(Kind::Nodes, LINEAR_GRADIENT, rows);
    if layer.owns_input(pass) {
        trace.free(Kind::Nodes, DROPPED, input);
    }
}

/// The gradient of the attention weights.
const WEIGHTS_GRADIENT: &str = "gradient of the attention weights of edges";

/// From the gradient of the weights to those of both ends' scores.
fn softmax_backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    const STEPS: &str = "gradients inside the softmax";
    let scores = pass.node(layer.heads);
    let weights = pass.loop_edge(layer.heads);
    // To the exponential and, through the divisor, to the sums of each node.
    trace.take(Kind::Edges, STEPS, 4.0 * weights);
    trace.free_all(Kind::Edges, 3.0 * weights, &[(STEPS, 2.0 * weights), (WEIGHTS_GRADIENT, weights)]);
    trace.take(Kind::Edges, STEPS, weights);
    trace.free_all(Kind::Edges, 2.0 * weights, &[(STEPS, weights), (DIVISOR, weights)]);
    scattered(trace, "gradient of the sums of exponentials", scores);
    trace.free(Kind::Edges, STEPS, weights);
    trace.take(Kind::Edges, STEPS, weights);
    trace.free(Kind::Nodes, "gradient of the sums of exponentials", scores);
    trace.take(Kind::Edges, STEPS, weights);
    trace.free(Kind::Edges, STEPS, 2.0 * weights);
    // Through the exponential, then the leaky ReLU.
    trace.take(Kind::Edges, STEPS, weights);
    trace.free_all(Kind::Edges, 2.0 * weights, &[(STEPS, weights), (EXPONENTIAL, weights)]);
    trace.take(Kind::Edges, STEPS, weights);
    trace.free_all(Kind::Edges, 2.0 * weights, &[(STEPS, weights), (SCORES, weights)]);
    scattered(trace, NODE_SCORES_GRADIENT, scores);
    scattered(trace, NODE_SCORES_GRADIENT, scores);
    let indices = 2.0 * INDEX * pass.looped();
    trace.free_all(Kind::Edges, weights + indices, &[(STEPS, weights), (INDICES, indices)]);
}
