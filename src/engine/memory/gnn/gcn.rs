//! `GCNConv`: normalised edges, a linear map, a weighted sum of neighbours.

use super::aggregate::{scattered, sum, sum_backward};
use super::graph::{Cache, INDEX, Layer, MASK, Pass};
use super::trace::{Kind, Trace};

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
pub(super) fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    if pass.cache != Cache::Full {
        if pass.sparse { normalize_matrix(trace, pass) } else { normalize(trace, pass) }
    }
    let rows = pass.node(layer.output);
    trace.take(Kind::Nodes, rows);
    if pass.sparse {
        sum(trace, pass, layer.output);
    } else {
        // A neighbour's row, and the same times its edge's weight.
        trace.take(Kind::Edges, pass.loop_edge(layer.output));
        trace.take(Kind::Edges, pass.loop_edge(layer.output));
        trace.take(Kind::Nodes, rows);
        trace.free(Kind::Edges, 2.0 * pass.loop_edge(layer.output));
    }
    trace.take(layer.result(), rows);
    trace.free(Kind::Nodes, 2.0 * rows);
    if !pass.train && pass.cache == Cache::Never {
        trace.free(Kind::Edges, normalized(pass));
    }
}

/// From the gradient of the result to that of the input.
pub(super) fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.output);
    let messages = pass.loop_edge(layer.output);
    let weights = pass.loop_edge(1.0);
    let kept = pass.cache == Cache::Never;
    if pass.sparse {
        sum_backward(trace, pass, layer.output, layer.result());
        if kept {
            trace.free(Kind::Edges, normalized(pass));
        }
    } else {
        trace.take(Kind::Edges, messages);
        trace.free(layer.result(), rows);
        trace.take(Kind::Edges, messages);
        trace.free(Kind::Edges, messages + if kept { weights } else { 0.0 });
        scattered(trace, rows);
        trace.free(Kind::Edges, messages + if kept { normalized(pass) - weights } else { 0.0 });
    }
    trace.take(Kind::Gradients, pass.element * parameters(layer));
    if !layer.first {
        trace.take(Kind::Nodes, pass.node(layer.input));
    }
    trace.free(Kind::Nodes, rows);
    if layer.owns_input(pass) {
        trace.free(Kind::Nodes, pass.node(layer.input));
    }
}

/// `gcn_norm` on pairs of indices: loops replaced by one for each node, degrees, a weight for each edge.
fn normalize(trace: &mut Trace, pass: &Pass) {
    let weights = pass.loop_edge(1.0);
    with_loops(trace, pass);
    trace.take(Kind::Edges, weights);
    trace.take(Kind::Nodes, pass.node(1.0));
    trace.pass(Kind::Nodes, MASK * pass.nodes);
    weigh(trace, pass);
    trace.free(Kind::Edges, weights);
    trace.free(Kind::Nodes, pass.node(1.0));
}

/// Indices of all edges but those from a node to itself, and then one such for each node.
pub(super) fn with_loops(trace: &mut Trace, pass: &Pass) {
    let pairs = 2.0 * INDEX * pass.edges;
    let loops = 2.0 * INDEX * pass.nodes;
    trace.take(Kind::Edges, MASK * pass.edges);
    trace.take(Kind::Edges, pairs);
    trace.take(Kind::Nodes, INDEX * pass.nodes);
    trace.take(Kind::Nodes, loops);
    trace.free(Kind::Nodes, INDEX * pass.nodes);
    trace.take(Kind::Edges, 2.0 * INDEX * pass.looped());
    trace.free(Kind::Edges, pairs + MASK * pass.edges);
    trace.free(Kind::Nodes, loops);
}

/// Each edge's weight: one end's factor, times the weight so far, times the other end's.
fn weigh(trace: &mut Trace, pass: &Pass) {
    let weights = pass.loop_edge(1.0);
    trace.take(Kind::Edges, weights);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Edges, weights);
    trace.take(Kind::Edges, weights);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Edges, 2.0 * weights);
}

/// `gcn_norm` on a compressed matrix: unpacked to pairs, sorted anew with the loops, packed, unpacked and weighed.
fn normalize_matrix(trace: &mut Trace, pass: &Pass) {
    let weights = pass.loop_edge(1.0);
    let (single, looped) = (INDEX * pass.edges, INDEX * pass.looped());
    let nodes = INDEX * pass.nodes;
    unpack(trace, nodes, single);
    trace.take(Kind::Nodes, nodes);
    trace.take(Kind::Nodes, 2.0 * nodes);
    trace.free(Kind::Nodes, nodes);
    // Pairs and values with the loops, a row to compare neighbours by, and the order with its keys.
    trace.take(Kind::Edges, 2.0 * looped);
    trace.take(Kind::Nodes, pass.node(1.0));
    trace.take(Kind::Edges, weights + looped);
    trace.take(Kind::Edges, 2.0 * looped);
    trace.free(Kind::Edges, looped);
    // In that order; then without doubles, which a matrix has none of.
    trace.take(Kind::Edges, 2.0 * looped + weights + MASK * pass.looped());
    trace.take(Kind::Edges, 2.0 * looped);
    trace.free(Kind::Edges, 2.0 * looped);
    trace.take(Kind::Edges, looped);
    trace.free(Kind::Edges, looped);
    trace.pass(Kind::Edges, looped);
    trace.take(Kind::Edges, weights);
    trace.free(Kind::Edges, weights + MASK * pass.looped() + 2.0 * looped);
    trace.take(Kind::Edges, nodes + INDEX);
    trace.free(Kind::Edges, 2.0 * single + weights + 2.0 * looped);
    trace.free(Kind::Nodes, 2.0 * nodes + pass.node(1.0));
    unpack(trace, nodes, looped);
    trace.take(Kind::Nodes, pass.node(1.0));
    trace.pass(Kind::Nodes, MASK * pass.nodes);
    weigh(trace, pass);
    trace.free(Kind::Edges, weights + 2.0 * looped);
    trace.free(Kind::Nodes, pass.node(1.0));
}

/// A compressed matrix to pairs of indices, which stay.
fn unpack(trace: &mut Trace, nodes: f64, single: f64) {
    trace.take(Kind::Nodes, 2.0 * nodes);
    trace.take(Kind::Edges, 2.0 * single);
    trace.free(Kind::Edges, single);
    trace.free(Kind::Nodes, 2.0 * nodes);
    trace.take(Kind::Edges, 2.0 * single);
    trace.free(Kind::Edges, single);
}
