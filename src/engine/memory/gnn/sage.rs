//! `SAGEConv`: the mean of the neighbours through one matrix, the node itself through another.

use super::aggregate::{scattered, sum};
use super::graph::{INDEX, Layer, Pass};
use super::trace::{Kind, Trace};

/// Parameters of a layer: two matrices and a bias.
pub(super) const fn parameters(layer: &Layer) -> f64 {
    2.0 * layer.input * layer.output + layer.output
}

/// The layer on its input, which stays.
pub(super) fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (input, output) = (pass.node(layer.input), pass.node(layer.output));
    mean(trace, pass, layer);
    trace.take(Kind::Nodes, output);
    if !pass.train {
        trace.free(Kind::Nodes, input);
    }
    trace.take(Kind::Nodes, output);
    trace.take(layer.result(), output);
    trace.free(Kind::Nodes, 2.0 * output);
}

/// From the gradient of the result to that of the input.
pub(super) fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (input, output) = (pass.node(layer.input), pass.node(layer.output));
    let matrix = pass.element * layer.input * layer.output;
    trace.take(Kind::Gradients, matrix);
    if !layer.first {
        // Through the node itself.
        trace.take(Kind::Nodes, input);
        if !pass.sparse && layer.owns_input(pass) {
            trace.free(Kind::Nodes, input);
        }
        // To the mean.
        trace.take(Kind::Nodes, input);
    }
    trace.take(Kind::Gradients, matrix + pass.element * layer.output);
    trace.free(layer.result(), output);
    trace.free(Kind::Nodes, input);
    if !layer.first {
        mean_backward(trace, pass, layer);
    }
    if pass.sparse && layer.owns_input(pass) {
        trace.free(Kind::Nodes, input);
    }
    if !layer.first {
        trace.take(Kind::Nodes, input);
        trace.free(Kind::Nodes, 2.0 * input);
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
        return trace.take(Kind::Nodes, rows);
    }
    if pass.sparse {
        trace.take(Kind::Nodes, degrees(pass));
        sum(trace, pass, layer.input);
    } else {
        trace.take(Kind::Edges, pass.edge(layer.input));
        trace.take(Kind::Nodes, pass.node(1.0));
        trace.pass(Kind::Edges, pass.edge(1.0));
        trace.take(Kind::Nodes, pass.node(1.0));
        trace.free(Kind::Nodes, pass.node(1.0));
        trace.take(Kind::Nodes, rows);
    }
    trace.take(Kind::Nodes, rows);
    trace.free(Kind::Nodes, rows + if kept { 0.0 } else { degrees(pass) });
    if !pass.sparse {
        trace.free(Kind::Edges, pass.edge(layer.input));
    }
}

/// From the gradient of the mean to that of the input through it.
fn mean_backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.input);
    if !(pass.sparse && pass.fused_mean) {
        trace.take(Kind::Nodes, rows);
        trace.free(Kind::Nodes, rows + degrees(pass));
    }
    if pass.sparse {
        trace.take(Kind::Nodes, rows);
        return trace.free(Kind::Nodes, rows);
    }
    trace.take(Kind::Edges, pass.edge(layer.input));
    trace.free(Kind::Nodes, rows);
    scattered(trace, rows);
    trace.free(Kind::Edges, pass.edge(layer.input));
}
