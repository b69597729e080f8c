//! `GATConv`: neighbours weighed by a softmax over a node's edges, for each head.

use super::aggregate::scattered;
use super::gcn::with_loops;
use super::graph::{INDEX, Layer, Pass};
use super::tape::{Kind, Tape};

/// Parameters of a layer: a matrix, two vectors that give the scores, and a bias.
pub(super) const fn parameters(layer: &Layer) -> f64 {
    layer.input * layer.output + 3.0 * layer.output
}

/// The layer on its input, which stays.
pub(super) fn forward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.output);
    let scores = pass.node(layer.heads);
    let (weights, messages) = (pass.loop_edge(layer.heads), pass.loop_edge(layer.output));
    tape.take(Kind::Nodes, rows);
    for _end in 0..2 {
        tape.take(Kind::Nodes, rows);
        tape.take(Kind::Nodes, scores);
        tape.free(Kind::Nodes, rows);
    }
    with_loops(tape, pass);
    softmax(tape, pass, layer);
    tape.take(Kind::Edges, 2.0 * messages);
    tape.take(Kind::Nodes, rows);
    tape.free(Kind::Edges, messages);
    if !pass.train {
        tape.free(Kind::Edges, messages);
    }
    tape.take(layer.result(), rows);
    tape.free(Kind::Nodes, rows + 2.0 * scores);
    if !pass.train {
        tape.free(Kind::Edges, 2.0 * INDEX * pass.looped() + weights);
        tape.free(Kind::Nodes, rows);
    }
}

/// Scores of both ends added, and their softmax over each node's edges; the weights stay. A gradient keeps the
/// sum, its exponential and the divisor of each edge.
fn softmax(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let scores = pass.node(layer.heads);
    let weights = pass.loop_edge(layer.heads);
    // Scores of the two ends, their sum, and that through a leaky ReLU.
    tape.take(Kind::Edges, 4.0 * weights);
    if !pass.train {
        tape.free(Kind::Edges, weights);
    }
    tape.take(Kind::Nodes, scores);
    tape.take(Kind::Edges, 2.0 * weights);
    tape.free(Kind::Edges, weights);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Edges, weights);
    tape.take(Kind::Nodes, 2.0 * scores);
    tape.free(Kind::Nodes, scores);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Nodes, scores);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Nodes, scores);
    tape.free(Kind::Edges, 3.0 * weights);
    if !pass.train {
        tape.free(Kind::Edges, 2.0 * weights);
    }
}

/// From the gradient of the result to that of the input.
pub(super) fn backward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let (input, rows) = (pass.node(layer.input), pass.node(layer.output));
    let (weights, messages) = (pass.loop_edge(layer.heads), pass.loop_edge(layer.output));
    tape.take(Kind::Edges, messages);
    tape.free(layer.result(), rows);
    // To the neighbours' rows, and to the weights.
    tape.take(Kind::Edges, 2.0 * messages);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Edges, 3.0 * messages + weights);
    scattered(tape, rows);
    tape.free(Kind::Edges, messages);
    softmax_backward(tape, pass, layer);
    for _end in 0..2 {
        tape.take(Kind::Nodes, 2.0 * rows);
        tape.free(Kind::Nodes, rows + pass.node(layer.heads));
        tape.take(Kind::Nodes, rows);
        tape.free(Kind::Nodes, 2.0 * rows);
    }
    tape.free(Kind::Nodes, rows);
    tape.take(Kind::Gradients, pass.element * parameters(layer));
    if !layer.first {
        tape.take(Kind::Nodes, input);
    }
    tape.free(Kind::Nodes, rows);
    if layer.owns_input(pass) {
        tape.free(Kind::Nodes, input);
    }
}

/// From the gradient of the weights to those of both ends' scores.
fn softmax_backward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let scores = pass.node(layer.heads);
    let weights = pass.loop_edge(layer.heads);
    tape.take(Kind::Edges, 4.0 * weights);
    tape.free(Kind::Edges, 3.0 * weights);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Edges, 2.0 * weights);
    scattered(tape, scores);
    tape.free(Kind::Edges, weights);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Nodes, scores);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Edges, 2.0 * weights);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Edges, 2.0 * weights);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Edges, 2.0 * weights);
    scattered(tape, scores);
    scattered(tape, scores);
    tape.free(Kind::Edges, weights + 2.0 * INDEX * pass.looped());
}
