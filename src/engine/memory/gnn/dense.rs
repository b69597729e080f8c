//! `DenseGCNConv`: a linear map, and a product with a normalized adjacency that has a number for each pair of nodes.

use super::graph::{DROPPED, GRADIENT, INDEX, INPUT_GRADIENT, LINEAR, LINEAR_GRADIENT, Layer, Pass};
use super::trace::{Kind, Trace};

/// Parameters of a layer: a matrix and a bias.
pub const fn parameters(layer: &Layer) -> f64 {
    layer.input * layer.output + layer.output
}

/// The adjacency, normalized.
const NORMALIZED: &str = "normalized adjacency";
const PRODUCT: &str = "product with the adjacency";

/// The layer on its input, which stays.
pub fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (copy, half) = ("adjacency with self-loops", "adjacency normalized by one end");
    let (pairs, rows, ones) = (pass.element * pass.pairs, pass.node(layer.output), pass.node(1.0));
    let numbers = INDEX * pass.nodes / pass.graphs.max(1.0);
    trace.take(Kind::Edges, copy, pairs);
    trace.take(Kind::Nodes, "numbers of nodes", numbers);
    trace.take(Kind::Nodes, LINEAR, rows);
    trace.take(Kind::Nodes, "degrees", ones);
    trace.take(Kind::Nodes, "roots of degrees", ones);
    trace.free(Kind::Nodes, "degrees", ones);
    trace.take(Kind::Edges, half, pairs);
    trace.take(Kind::Edges, NORMALIZED, pairs);
    trace.free_all(Kind::Edges, 2.0 * pairs, &[(half, pairs), (copy, pairs)]);
    trace.take(Kind::Nodes, PRODUCT, rows);
    trace.free(Kind::Nodes, LINEAR, rows);
    trace.take(layer.result(), layer.output_name(), rows);
    let gone = [(PRODUCT, rows), ("numbers of nodes", numbers), ("roots of degrees", ones)];
    trace.free_all(Kind::Nodes, rows + numbers + ones, &gone);
    if !pass.train {
        trace.free(Kind::Edges, NORMALIZED, pairs);
    }
}

/// From the gradient of the result to that of the input.
pub fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.output);
    trace.take(Kind::Gradients, "gradient of the bias", pass.element * layer.output);
    trace.take(Kind::Nodes, LINEAR_GRADIENT, rows);
    trace.free(layer.result(), GRADIENT, rows);
    trace.free(Kind::Edges, NORMALIZED, pass.element * pass.pairs);
    trace.take(Kind::Gradients, "gradient of the matrix", pass.element * layer.input * layer.output);
    if !layer.first {
        trace.take(Kind::Nodes, INPUT_GRADIENT, pass.node(layer.input));
    }
    trace.free(Kind::Nodes, LINEAR_GRADIENT, rows);
    if layer.owns_input(pass) {
        trace.free(Kind::Nodes, DROPPED, pass.node(layer.input));
    }
}
