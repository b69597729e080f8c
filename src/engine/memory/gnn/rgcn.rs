//! `RGCNConv`: a matrix for each relation, on the mean of the neighbors by it, and one for the node itself.

use super::aggregate::{NEIGHBORS, NEIGHBORS_GRADIENT, THROUGH_NEIGHBORS, scattered};
use super::graph::{DROPPED, GRADIENT, INDEX, INPUT_GRADIENT, Layer, MASK, Pass};
use super::trace::{Kind, Trace};

/// Parameters of a layer: a matrix for each relation, one for the node itself, and a bias.
pub const fn parameters(layer: &Layer, relations: f64) -> f64 {
    (relations + 1.0) * layer.input * layer.output + layer.output
}

/// Names of what lives from one operation to a later one.
const PAIRS: &str = "edge indices of a relation";
const COUNTS: &str = "neighbors by a relation, counted";
const MEAN: &str = "mean of the neighbors by a relation";
const MAPPED: &str = "linear map of the mean";
const TOTAL: &str = "sum over relations";

/// The layer on its input, which stays. Relations follow one another.
pub fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.output);
    trace.take(Kind::Nodes, TOTAL, rows);
    // Counted once, to choose how relations are multiplied.
    trace.pass(Kind::Edges, "ones, one an edge", INDEX * pass.edges);
    relation(trace, pass, layer, true);
    trace.repeat(pass.relations - 1.0, |trace| relation(trace, pass, layer, false));
    trace.take(Kind::Nodes, MAPPED, rows);
    trace.take(Kind::Nodes, TOTAL, rows);
    trace.free_all(Kind::Nodes, 2.0 * rows, &[(MAPPED, rows), (TOTAL, rows)]);
    trace.take(layer.result(), layer.output_name(), rows);
    trace.free(Kind::Nodes, TOTAL, rows);
    if !keeps_pairs(pass, layer) {
        trace.free(Kind::Edges, PAIRS, pairs(pass));
    }
    if !pass.train {
        trace.free(Kind::Nodes, MEAN, pass.node(layer.input));
    }
}

/// Bytes of the indices of one relation's edges.
fn pairs(pass: &Pass) -> f64 {
    2.0 * INDEX * pass.edges / pass.relations
}

/// Whether the gradient of the input will need each relation's edges and counts.
const fn keeps_pairs(pass: &Pass, layer: &Layer) -> bool {
    pass.train && !layer.first
}

fn relation(trace: &mut Trace, pass: &Pass, layer: &Layer, first: bool) {
    let (mask, kept) = (MASK * pass.edges, keeps_pairs(pass, layer));
    let (read, rows) = (pass.node(layer.input), pass.node(layer.output));
    let messages = pass.edge(layer.input) / pass.relations;
    trace.take(Kind::Edges, "mask of a relation's edges", mask);
    trace.take(Kind::Edges, PAIRS, pairs(pass));
    trace.free(Kind::Edges, "mask of a relation's edges", mask);
    if !kept && !first {
        trace.free(Kind::Edges, PAIRS, pairs(pass));
    }
    trace.take(Kind::Edges, NEIGHBORS, messages);
    trace.take(Kind::Nodes, "zeros to add to", pass.node(1.0));
    trace.pass(Kind::Edges, "ones, one an edge", pass.edge(1.0) / pass.relations);
    trace.take(Kind::Nodes, COUNTS, pass.node(1.0));
    trace.free(Kind::Nodes, "zeros to add to", pass.node(1.0));
    trace.take(Kind::Nodes, "zeros to add to", read);
    trace.take(Kind::Nodes, MEAN, read);
    if !kept {
        trace.free(Kind::Nodes, COUNTS, pass.node(1.0));
    }
    trace.free(Kind::Nodes, "zeros to add to", read);
    trace.free(Kind::Edges, NEIGHBORS, messages);
    if !pass.train && !first {
        trace.free(Kind::Nodes, MEAN, read);
    }
    trace.take(Kind::Nodes, MAPPED, rows);
    trace.take(Kind::Nodes, TOTAL, rows);
    trace.free_all(Kind::Nodes, 2.0 * rows, &[(MAPPED, rows), (TOTAL, rows)]);
}

/// From the gradient of the result to that of the input, from the last relation to the first.
pub fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let of_root = pass.element * (layer.input * layer.output + layer.output);
    trace.take(Kind::Gradients, "gradients of the node's own matrix and the bias", of_root);
    if !layer.first {
        trace.take(Kind::Nodes, INPUT_GRADIENT, pass.node(layer.input));
    }
    if layer.owns_input(pass) {
        trace.free(Kind::Nodes, DROPPED, pass.node(layer.input));
    }
    let relations = pass.relations;
    relation_backward(trace, pass, layer, [true, relations < 2.0]);
    if relations >= 2.0 {
        trace.repeat(relations - 2.0, |trace| relation_backward(trace, pass, layer, [false, false]));
        relation_backward(trace, pass, layer, [false, true]);
    }
}

/// Back through one relation; its matrix's gradient is laid into one of all relations and added to what is there.
fn relation_backward(trace: &mut Trace, pass: &Pass, layer: &Layer, [first, last]: [bool; 2]) {
    const OF_ONE: &str = "gradient of a relation's matrix";
    const OF_ALL: &str = "gradients of the matrices of all relations";
    const OF_MEAN: &str = "gradient of the mean of the neighbors";
    let matrix = pass.element * layer.input * layer.output;
    let all = matrix * pass.relations;
    let read = pass.node(layer.input);
    trace.take(Kind::Gradients, OF_ONE, matrix);
    if !layer.first {
        trace.take(Kind::Nodes, OF_MEAN, read);
    }
    trace.free(Kind::Nodes, MEAN, read);
    if last {
        trace.free(layer.result(), GRADIENT, pass.node(layer.output));
    }
    trace.take(Kind::Gradients, OF_ALL, all);
    trace.free(Kind::Gradients, OF_ONE, matrix);
    if !first {
        trace.take(Kind::Gradients, OF_ALL, all);
        trace.free(Kind::Gradients, OF_ALL, 2.0 * all);
    }
    if layer.first {
        return;
    }
    let messages = pass.edge(layer.input) / pass.relations;
    let (divided, counts) = ("gradient of the sum over neighbors", pass.node(1.0));
    trace.take(Kind::Nodes, divided, read);
    trace.free_all(Kind::Nodes, read + counts, &[(OF_MEAN, read), (COUNTS, counts)]);
    trace.take(Kind::Edges, NEIGHBORS_GRADIENT, messages);
    trace.free(Kind::Nodes, divided, read);
    scattered(trace, THROUGH_NEIGHBORS, read);
    let gone = [(NEIGHBORS_GRADIENT, messages), (PAIRS, pairs(pass))];
    trace.free_all(Kind::Edges, messages + pairs(pass), &gone);
    trace.take(Kind::Nodes, INPUT_GRADIENT, read);
    trace.free_all(Kind::Nodes, 2.0 * read, &[(INPUT_GRADIENT, read), (THROUGH_NEIGHBORS, read)]);
}
