//! `GATConv`: neighbours weighed by a softmax over a node's edges, for each head.

use super::aggregate::scattered;
use super::gcn::with_loops;
use super::graph::{INDEX, Layer, Pass};
use super::trace::{Kind, Trace};

/// Parameters of a layer: a matrix, two vectors that give the scores, and a bias.
pub(super) const fn parameters(layer: &Layer) -> f64 {
    layer.input * layer.output + 3.0 * layer.output
}

/// The layer on its input, which stays.
pub(super) fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.output);
    let scores = pass.node(layer.heads);
    let (weights, messages) = (pass.loop_edge(layer.heads), pass.loop_edge(layer.output));
    trace.take(Kind::Nodes, rows);
    for _end in 0..2 {
        trace.take(Kind::Nodes, rows);
        trace.take(Kind::Nodes, scores);
        trace.free(Kind::Nodes, rows);
    }
    with_loops(trace, pass);
    softmax(trace, pass, layer);
    trace.take(Kind::Edges, 2.0 * messages);
    trace.take(Kind::Nodes, rows);
    trace.free(Kind::Edges, messages);
    if !pass.train {
        trace.free(Kind::Edges, messages);
    }
    trace.take(layer.result(), rows);
    trace.free(Kind::Nodes, rows + 2.0 * scores);
    if !pass.train {
        trace.free(Kind::Edges, 2.0 * INDEX * pass.looped() + weights);
        trace.free(Kind::Nodes, rows);
    }
}

/// Scores of both ends added, and their softmax over each node's edges; the weights stay. A gradient keeps the
/// sum, its exponential and the divisor of each edge.
fn softmax(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let scores = pass.node(layer.heads);
    let weights = pass.loop_edge(layer.heads);
    // Scores of the two ends, their sum, and that through a leaky ReLU.
    trace.take(Kind::Edges, 4.0 * weights);
    if !pass.train {
        trace.free(Kind::Edges, weights);
    }
    trace.take(Kind::Nodes, scores);
    trace.take(Kind::Edges, 2.0 * weights);
    trace.free(Kind::Edges, weights);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Edges, weights);
    trace.take(Kind::Nodes, 2.0 * scores);
    trace.free(Kind::Nodes, scores);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Nodes, scores);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Nodes, scores);
    trace.free(Kind::Edges, 3.0 * weights);
    if !pass.train {
        trace.free(Kind::Edges, 2.0 * weights);
    }
}

/// From the gradient of the result to that of the input.
pub(super) fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (input, rows) = (pass.node(layer.input), pass.node(layer.output));
    let (weights, messages) = (pass.loop_edge(layer.heads), pass.loop_edge(layer.output));
    trace.take(Kind::Edges, messages);
    trace.free(layer.result(), rows);
    // To the neighbours' rows, and to the weights.
    trace.take(Kind::Edges, 2.0 * messages);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Edges, 3.0 * messages + weights);
    scattered(trace, rows);
    trace.free(Kind::Edges, messages);
    softmax_backward(trace, pass, layer);
    for _end in 0..2 {
        trace.take(Kind::Nodes, 2.0 * rows);
        trace.free(Kind::Nodes, rows + pass.node(layer.heads));
        trace.take(Kind::Nodes, rows);
        trace.free(Kind::Nodes, 2.0 * rows);
    }
    trace.free(Kind::Nodes, rows);
    trace.take(Kind::Gradients, pass.element * parameters(layer));
    if !layer.first {
        trace.take(Kind::Nodes, input);
    }
    trace.free(Kind::Nodes, rows);
    if layer.owns_input(pass) {
        trace.free(Kind::Nodes, input);
    }
}

/// From the gradient of the weights to those of both ends' scores.
fn softmax_backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let scores = pass.node(layer.heads);
    let weights = pass.loop_edge(layer.heads);
    trace.take(Kind::Edges, 4.0 * weights);
    trace.free(Kind::Edges, 3.0 * weights);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Edges, 2.0 * weights);
    scattered(trace, scores);
    trace.free(Kind::Edges, weights);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Nodes, scores);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Edges, 2.0 * weights);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Edges, 2.0 * weights);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Edges, 2.0 * weights);
    scattered(trace, scores);
    scattered(trace, scores);
    trace.free(Kind::Edges, weights + 2.0 * INDEX * pass.looped());
}
