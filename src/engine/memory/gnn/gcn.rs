//! `GCNConv`: normalized edges, a linear map, a weighted sum of neighbors.

use super::aggregate::{NEIGHBORS, NEIGHBORS_GRADIENT, SUM, scattered, sum, sum_backward};
use super::graph::{
    Cache, DROPPED, GRADIENT, INDEX, INPUT_GRADIENT, LINEAR, LINEAR_GRADIENT, Layer, MASK, Pass,
};
use super::trace::{Kind, Trace};

/// Parameters of a layer: a matrix and a bias.
pub const fn parameters(layer: &Layer) -> f64 {
    layer.input * layer.output + layer.output
}

/// Bytes of the row pointers of a layer's normalized matrix.
const fn pointers(pass: &Pass) -> f64 {
    if pass.sparse { INDEX * (pass.nodes + 1.0) } else { 0.0 }
}

/// Bytes of a layer's normalized edges: indices with those to itself, and a weight each.
pub const fn normalized(pass: &Pass) -> f64 {
    2.0 * INDEX * pass.looped() + pass.loop_edge(1.0) + pointers(pass)
}

/// Names of normalized edges.
pub const INDICES: &str = "edge indices with self-loops";
const WEIGHTS: &str = "normalized edge weights";
const POINTERS: &str = "row pointers of the normalized matrix";
const UNPACKED: &str = "edge indices unpacked";
const DEGREES: &str = "degrees";

/// The layer on its input, which stays.
pub fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    if pass.cache != Cache::Full {
        if pass.sparse { normalize_matrix(trace, pass) } else { normalize(trace, pass) }
    }
    let rows = pass.node(layer.output);
    trace.take(Kind::Nodes, LINEAR, rows);
    if pass.sparse {
        sum(trace, pass, layer.output);
    } else {
        // A neighbor's row, and the same times its edge's weight.
        let weighed = "rows of neighbors times edge weights";
        trace.take(Kind::Edges, NEIGHBORS, pass.loop_edge(layer.output));
        trace.take(Kind::Edges, weighed, pass.loop_edge(layer.output));
        trace.take(Kind::Nodes, SUM, rows);
        let each = pass.loop_edge(layer.output);
        trace.free_all(Kind::Edges, 2.0 * each, &[(NEIGHBORS, each), (weighed, each)]);
    }
    trace.take(layer.result(), layer.output_name(), rows);
    trace.free_all(Kind::Nodes, 2.0 * rows, &[(LINEAR, rows), (SUM, rows)]);
    if !pass.train && pass.cache == Cache::Never {
        free_normalized(trace, pass);
    }
}

/// Normalized edges go.
fn free_normalized(trace: &mut Trace, pass: &Pass) {
    let [indices, pointers] = unweighed(pass);
    trace.free_all(Kind::Edges, normalized(pass), &[indices, pointers, (WEIGHTS, pass.loop_edge(1.0))]);
}

/// What normalized edges are but for their weights.
const fn unweighed(pass: &Pass) -> [(&'static str, f64); 2] {
    [(INDICES, 2.0 * INDEX * pass.looped()), (POINTERS, pointers(pass))]
}

/// From the gradient of the result to that of the input.
pub fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.output);
    let messages = pass.loop_edge(layer.output);
    let weights = pass.loop_edge(1.0);
    let kept = pass.cache == Cache::Never;
    if pass.sparse {
        sum_backward(trace, pass, layer.output, (layer.result(), GRADIENT), LINEAR_GRADIENT);
        if kept {
            free_normalized(trace, pass);
        }
    } else {
        let weighed = "gradient of the weighed rows of neighbors";
        trace.take(Kind::Edges, weighed, messages);
        trace.free(layer.result(), GRADIENT, rows);
        trace.take(Kind::Edges, NEIGHBORS_GRADIENT, messages);
        let of_kept = |bytes: f64| if kept { bytes } else { 0.0 };
        let gone = of_kept(weights);
        trace.free_all(Kind::Edges, messages + gone, &[(weighed, messages), (WEIGHTS, gone)]);
        scattered(trace, LINEAR_GRADIENT, rows);
        let gone = of_kept(normalized(pass) - weights);
        let [indices, pointers] = unweighed(pass).map(|(name, bytes)| (name, of_kept(bytes)));
        let gradient = (NEIGHBORS_GRADIENT, messages);
        trace.free_all(Kind::Edges, messages + gone, &[gradient, indices, pointers]);
    }
    trace.take(Kind::Gradients, "gradients of the matrix and the bias", pass.element * parameters(layer));
    if !layer.first {
        trace.take(Kind::Nodes, INPUT_GRADIENT, pass.node(layer.input));
    }
    trace.free(Kind::Nodes, LINEAR_GRADIENT, rows);
    if layer.owns_input(pass) {
        trace.free(Kind::Nodes, DROPPED, pass.node(layer.input));
    }
}

/// `gcn_norm` on pairs of indices: loops replaced by one for each node, degrees, a weight for each edge.
fn normalize(trace: &mut Trace, pass: &Pass) {
    let weights = pass.loop_edge(1.0);
    with_loops(trace, pass);
    trace.take(Kind::Edges, "edge weights of one", weights);
    trace.take(Kind::Nodes, DEGREES, pass.node(1.0));
    trace.pass(Kind::Nodes, "mask of nodes without edges", MASK * pass.nodes);
    weigh(trace, pass);
    trace.free(Kind::Edges, "edge weights of one", weights);
    trace.free(Kind::Nodes, DEGREES, pass.node(1.0));
}

/// Indices of all edges but those from a node to itself, and then one such for each node
/// (`add_remaining_self_loops`).
pub fn with_loops(trace: &mut Trace, pass: &Pass) {
    let (mask, without) = ("mask of self-loops", "edge indices without self-loops");
    let pairs = 2.0 * INDEX * pass.edges;
    let loops = 2.0 * INDEX * pass.nodes;
    trace.take(Kind::Edges, mask, MASK * pass.edges);
    trace.take(Kind::Edges, without, pairs);
    trace.take(Kind::Nodes, "numbers of nodes", INDEX * pass.nodes);
    trace.take(Kind::Nodes, "self-loops", loops);
    trace.free(Kind::Nodes, "numbers of nodes", INDEX * pass.nodes);
    trace.take(Kind::Edges, INDICES, 2.0 * INDEX * pass.looped());
    let masks = MASK * pass.edges;
    trace.free_all(Kind::Edges, pairs + masks, &[(without, pairs), (mask, masks)]);
    trace.free(Kind::Nodes, "self-loops", loops);
}

/// Each edge's weight: one end's factor, times the weight so far, times the other end's.
fn weigh(trace: &mut Trace, pass: &Pass) {
    let (factor, partial) = ("degrees of an edge's end", "edge weights times one end's factor");
    let weights = pass.loop_edge(1.0);
    trace.take(Kind::Edges, factor, weights);
    trace.take(Kind::Edges, partial, weights);
    trace.free(Kind::Edges, factor, weights);
    trace.take(Kind::Edges, factor, weights);
    trace.take(Kind::Edges, WEIGHTS, weights);
    trace.free_all(Kind::Edges, 2.0 * weights, &[(factor, weights), (partial, weights)]);
}

/// `gcn_norm` on a compressed matrix: unpacked to pairs, sorted anew with the loops, packed, unpacked and weighed.
fn normalize_matrix(trace: &mut Trace, pass: &Pass) {
    let weights = pass.loop_edge(1.0);
    let (single, looped) = (INDEX * pass.edges, INDEX * pass.looped());
    let nodes = INDEX * pass.nodes;
    let (joined, values) =
        ("edge indices joined with self-loops", "edge values joined with those of self-loops");
    let (keys, order) = ("sort keys of edges", "order of edges and sorted keys");
    let (sorted, doubles) = ("edge values in order", "mask of double edges");
    let work = "work space to find double edges";
    unpack(trace, nodes, single);
    trace.take(Kind::Nodes, "numbers of nodes", nodes);
    trace.take(Kind::Nodes, "self-loops", 2.0 * nodes);
    trace.free(Kind::Nodes, "numbers of nodes", nodes);
    // Pairs and values with the loops, a row to compare neighbors by, and the order with its keys.
    trace.take(Kind::Edges, joined, 2.0 * looped);
    trace.take(Kind::Nodes, "values of self-loops", pass.node(1.0));
    trace.take_all(Kind::Edges, weights + looped, &[(values, weights), (keys, looped)]);
    trace.take(Kind::Edges, order, 2.0 * looped);
    trace.free(Kind::Edges, keys, looped);
    // In that order; then without doubles, which a matrix has none of.
    let masks = MASK * pass.looped();
    trace.take_all(
        Kind::Edges,
        2.0 * looped + weights + masks,
        &[(INDICES, 2.0 * looped), (sorted, weights), (doubles, masks)],
    );
    trace.pass(Kind::Edges, work, 2.0 * looped);
    trace.pass(Kind::Edges, work, looped);
    trace.pass(Kind::Edges, work, looped);
    trace.take(Kind::Edges, "edge values without doubles", weights);
    trace.free_all(
        Kind::Edges,
        weights + masks + 2.0 * looped,
        &[(sorted, weights), (doubles, masks), (order, 2.0 * looped)],
    );
    trace.take(Kind::Edges, POINTERS, nodes + INDEX);
    trace.free_all(
        Kind::Edges,
        2.0 * single + weights + 2.0 * looped,
        &[(UNPACKED, 2.0 * single), (values, weights), (joined, 2.0 * looped)],
    );
    let loops = [("self-loops", 2.0 * nodes), ("values of self-loops", pass.node(1.0))];
    trace.free_all(Kind::Nodes, 2.0 * nodes + pass.node(1.0), &loops);
    unpack(trace, nodes, looped);
    trace.take(Kind::Nodes, DEGREES, pass.node(1.0));
    trace.pass(Kind::Nodes, "mask of nodes without edges", MASK * pass.nodes);
    weigh(trace, pass);
    trace.free_all(
        Kind::Edges,
        weights + 2.0 * looped,
        &[("edge values without doubles", weights), (UNPACKED, 2.0 * looped)],
    );
    trace.free(Kind::Nodes, DEGREES, pass.node(1.0));
}

/// A compressed matrix to pairs of indices, which stay.
fn unpack(trace: &mut Trace, nodes: f64, single: f64) {
    trace.take(Kind::Nodes, "counts of each row", 2.0 * nodes);
    trace.take(Kind::Edges, UNPACKED, 2.0 * single);
    trace.free(Kind::Edges, UNPACKED, single);
    trace.free(Kind::Nodes, "counts of each row", 2.0 * nodes);
    trace.take(Kind::Edges, UNPACKED, 2.0 * single);
    trace.free(Kind::Edges, UNPACKED, single);
}
