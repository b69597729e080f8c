//! `SAGEConv`: the mean of the neighbors through one matrix, the node itself through another.

use super::aggregate::{NEIGHBORS, NEIGHBORS_GRADIENT, SUM, THROUGH_NEIGHBORS, scattered, sum};
use super::graph::{DROPPED, GRADIENT, INDEX, INPUT_GRADIENT, LINEAR, Layer, Pass};
use super::trace::{Kind, Trace};

/// Parameters of a layer: two matrices and a bias.
pub const fn parameters(layer: &Layer) -> f64 {
    2.0 * layer.input * layer.output + layer.output
}

/// Names of what the gradient needs.
const MEAN: &str = "mean of the neighbors";
const DEGREES: &str = "degrees";
const MEAN_GRADIENT: &str = "gradient of the mean of the neighbors";

/// The layer on its input, which stays.
pub fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (input, output) = (pass.node(layer.input), pass.node(layer.output));
    let itself = "linear map of the node itself";
    mean(trace, pass, layer);
    trace.take(Kind::Nodes, LINEAR, output);
    if !pass.train {
        trace.free(Kind::Nodes, MEAN, input);
    }
    trace.take(Kind::Nodes, itself, output);
    trace.take(layer.result(), layer.output_name(), output);
    trace.free_all(Kind::Nodes, 2.0 * output, &[(LINEAR, output), (itself, output)]);
}

/// From the gradient of the result to that of the input.
pub fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let itself = "gradient through the node itself";
    let (input, output) = (pass.node(layer.input), pass.node(layer.output));
    let matrix = pass.element * layer.input * layer.output;
    trace.take(Kind::Gradients, "gradient of the matrix of the node itself", matrix);
    if !layer.first {
        trace.take(Kind::Nodes, itself, input);
        if !pass.sparse && layer.owns_input(pass) {
            trace.free(Kind::Nodes, DROPPED, input);
        }
        trace.take(Kind::Nodes, MEAN_GRADIENT, input);
    }
    let bias = pass.element * layer.output;
    trace.take(Kind::Gradients, "gradients of the matrix of the mean and the bias", matrix + bias);
    trace.free(layer.result(), GRADIENT, output);
    trace.free(Kind::Nodes, MEAN, input);
    if !layer.first {
        mean_backward(trace, pass, layer);
    }
    if pass.sparse && layer.owns_input(pass) {
        trace.free(Kind::Nodes, DROPPED, input);
    }
    if !layer.first {
        trace.take(Kind::Nodes, INPUT_GRADIENT, input);
        trace.free_all(Kind::Nodes, 2.0 * input, &[(itself, input), (THROUGH_NEIGHBORS, input)]);
    }
}

/// Bytes of the degrees that a gradient needs.
const fn degrees(pass: &Pass) -> f64 {
    match (pass.sparse, pass.fused_mean) {
        (true, true) => 0.0,
        (true, false) => INDEX * pass.nodes,
        (false, _) => pass.node(1.0),
    }
}

fn mean(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.input);
    let kept = pass.train && !layer.first;
    if pass.sparse && pass.fused_mean {
        return trace.take(Kind::Nodes, MEAN, rows);
    }
    if pass.sparse {
        trace.take(Kind::Nodes, DEGREES, degrees(pass));
        sum(trace, pass, layer.input);
    } else {
        trace.take(Kind::Edges, NEIGHBORS, pass.edge(layer.input));
        trace.take(Kind::Nodes, "counts of neighbors", pass.node(1.0));
        trace.pass(Kind::Edges, "ones to count with", pass.edge(1.0));
        trace.take(Kind::Nodes, DEGREES, pass.node(1.0));
        trace.free(Kind::Nodes, "counts of neighbors", pass.node(1.0));
        trace.take(Kind::Nodes, SUM, rows);
    }
    trace.take(Kind::Nodes, MEAN, rows);
    let gone = if kept { 0.0 } else { degrees(pass) };
    trace.free_all(Kind::Nodes, rows + gone, &[(SUM, rows), (DEGREES, gone)]);
    if !pass.sparse {
        trace.free(Kind::Edges, NEIGHBORS, pass.edge(layer.input));
    }
}

/// From the gradient of the mean to that of the input through it.
fn mean_backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.input);
    let mut gradient = MEAN_GRADIENT;
    if !(pass.sparse && pass.fused_mean) {
        gradient = "gradient of the sum over neighbors";
        trace.take(Kind::Nodes, gradient, rows);
        let counts = degrees(pass);
        trace.free_all(Kind::Nodes, rows + counts, &[(MEAN_GRADIENT, rows), (DEGREES, counts)]);
    }
    if pass.sparse {
        trace.take(Kind::Nodes, THROUGH_NEIGHBORS, rows);
        return trace.free(Kind::Nodes, gradient, rows);
    }
    trace.take(Kind::Edges, NEIGHBORS_GRADIENT, pass.edge(layer.input));
    trace.free(Kind::Nodes, gradient, rows);
    scattered(trace, THROUGH_NEIGHBORS, rows);
    trace.free(Kind::Edges, NEIGHBORS_GRADIENT, pass.edge(layer.input));
}
