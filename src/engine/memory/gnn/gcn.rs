//! `GCNConv`: normalised edges, a linear map, a weighted sum of neighbours.

use super::aggregate::{scattered, sum, sum_backward};
use super::graph::{Cache, INDEX, Layer, MASK, Pass};
use super::tape::{Kind, Tape};

/// Parameters of a layer: a matrix and a bias.
pub(super) const fn parameters(layer: &Layer) -> f64 {
    layer.input * layer.output + layer.output
}

/// Bytes of a layer's normalised edges: indices with those to itself, and a weight each.
pub(super) const fn normalized(pass: &Pass) -> f64 {
    let rows = if pass.sparse { INDEX * (pass.nodes + 1.0) } else { 0.0 };
    2.0 * INDEX * pass.looped() + pass.loop_edge(1.0) + rows
}

/// The layer on its input, which stays.
pub(super) fn forward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    if pass.cache != Cache::Full {
        if pass.sparse { normalize_matrix(tape, pass) } else { normalize(tape, pass) }
    }
    let rows = pass.node(layer.output);
    tape.take(Kind::Nodes, rows);
    if pass.sparse {
        sum(tape, pass, layer.output);
    } else {
        // A neighbour's row, and the same times its edge's weight.
        tape.take(Kind::Edges, pass.loop_edge(layer.output));
        tape.take(Kind::Edges, pass.loop_edge(layer.output));
        tape.take(Kind::Nodes, rows);
        tape.free(Kind::Edges, 2.0 * pass.loop_edge(layer.output));
    }
    tape.take(layer.result(), rows);
    tape.free(Kind::Nodes, 2.0 * rows);
    if !pass.train && pass.cache == Cache::Never {
        tape.free(Kind::Edges, normalized(pass));
    }
}

/// From the gradient of the result to that of the input.
pub(super) fn backward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.output);
    let messages = pass.loop_edge(layer.output);
    let weights = pass.loop_edge(1.0);
    let kept = pass.cache == Cache::Never;
    if pass.sparse {
        sum_backward(tape, pass, layer.output, layer.result());
        if kept {
            tape.free(Kind::Edges, normalized(pass));
        }
    } else {
        tape.take(Kind::Edges, messages);
        tape.free(layer.result(), rows);
        tape.take(Kind::Edges, messages);
        tape.free(Kind::Edges, messages + if kept { weights } else { 0.0 });
        scattered(tape, rows);
        tape.free(Kind::Edges, messages + if kept { normalized(pass) - weights } else { 0.0 });
    }
    tape.take(Kind::Gradients, pass.element * parameters(layer));
    if !layer.first {
        tape.take(Kind::Nodes, pass.node(layer.input));
    }
    tape.free(Kind::Nodes, rows);
    if layer.owns_input(pass) {
        tape.free(Kind::Nodes, pass.node(layer.input));
    }
}

/// `gcn_norm` on pairs of indices: loops replaced by one for each node, degrees, a weight for each edge.
fn normalize(tape: &mut Tape, pass: &Pass) {
    let weights = pass.loop_edge(1.0);
    with_loops(tape, pass);
    tape.take(Kind::Edges, weights);
    tape.take(Kind::Nodes, pass.node(1.0));
    tape.pass(Kind::Nodes, MASK * pass.nodes);
    weigh(tape, pass);
    tape.free(Kind::Edges, weights);
    tape.free(Kind::Nodes, pass.node(1.0));
}

/// Indices of all edges but those from a node to itself, and then one such for each node.
pub(super) fn with_loops(tape: &mut Tape, pass: &Pass) {
    let pairs = 2.0 * INDEX * pass.edges;
    let loops = 2.0 * INDEX * pass.nodes;
    tape.take(Kind::Edges, MASK * pass.edges);
    tape.take(Kind::Edges, pairs);
    tape.take(Kind::Nodes, INDEX * pass.nodes);
    tape.take(Kind::Nodes, loops);
    tape.free(Kind::Nodes, INDEX * pass.nodes);
    tape.take(Kind::Edges, 2.0 * INDEX * pass.looped());
    tape.free(Kind::Edges, pairs + MASK * pass.edges);
    tape.free(Kind::Nodes, loops);
}

/// Each edge's weight: one end's factor, times the weight so far, times the other end's.
fn weigh(tape: &mut Tape, pass: &Pass) {
    let weights = pass.loop_edge(1.0);
    tape.take(Kind::Edges, weights);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Edges, weights);
    tape.take(Kind::Edges, weights);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Edges, 2.0 * weights);
}

/// `gcn_norm` on a compressed matrix: unpacked to pairs, sorted anew with the loops, packed, unpacked and weighed.
fn normalize_matrix(tape: &mut Tape, pass: &Pass) {
    let weights = pass.loop_edge(1.0);
    let (single, looped) = (INDEX * pass.edges, INDEX * pass.looped());
    let nodes = INDEX * pass.nodes;
    unpack(tape, nodes, single);
    tape.take(Kind::Nodes, nodes);
    tape.take(Kind::Nodes, 2.0 * nodes);
    tape.free(Kind::Nodes, nodes);
    // Pairs and values with the loops, a row to compare neighbours by, and the order with its keys.
    tape.take(Kind::Edges, 2.0 * looped);
    tape.take(Kind::Nodes, pass.node(1.0));
    tape.take(Kind::Edges, weights + looped);
    tape.take(Kind::Edges, 2.0 * looped);
    tape.free(Kind::Edges, looped);
    // In that order; then without doubles, which a matrix has none of.
    tape.take(Kind::Edges, 2.0 * looped + weights + MASK * pass.looped());
    tape.take(Kind::Edges, 2.0 * looped);
    tape.free(Kind::Edges, 2.0 * looped);
    tape.take(Kind::Edges, looped);
    tape.free(Kind::Edges, looped);
    tape.pass(Kind::Edges, looped);
    tape.take(Kind::Edges, weights);
    tape.free(Kind::Edges, weights + MASK * pass.looped() + 2.0 * looped);
    tape.take(Kind::Edges, nodes + INDEX);
    tape.free(Kind::Edges, 2.0 * single + weights + 2.0 * looped);
    tape.free(Kind::Nodes, 2.0 * nodes + pass.node(1.0));
    unpack(tape, nodes, looped);
    tape.take(Kind::Nodes, pass.node(1.0));
    tape.pass(Kind::Nodes, MASK * pass.nodes);
    weigh(tape, pass);
    tape.free(Kind::Edges, weights + 2.0 * looped);
    tape.free(Kind::Nodes, pass.node(1.0));
}

/// A compressed matrix to pairs of indices, which stay.
fn unpack(tape: &mut Tape, nodes: f64, single: f64) {
    tape.take(Kind::Nodes, 2.0 * nodes);
    tape.take(Kind::Edges, 2.0 * single);
    tape.free(Kind::Edges, single);
    tape.free(Kind::Nodes, 2.0 * nodes);
    tape.take(Kind::Edges, 2.0 * single);
    tape.free(Kind::Edges, single);
}
