//! `GINConv`: the node and the sum of its neighbors through a network of two matrices.

use super::aggregate::{SUM, THROUGH_NEIGHBORS, gather_and_sum, gather_and_sum_backward};
use super::graph::{DROPPED, GRADIENT, INPUT_GRADIENT, LINEAR, LINEAR_GRADIENT, Layer, Pass};
use super::trace::{Kind, Trace};

/// Parameters of a layer: two matrices with their biases.
pub const fn parameters(layer: &Layer) -> f64 {
    (layer.input + 1.0) * layer.inner + (layer.inner + 1.0) * layer.output
}

/// Names of what the gradient needs.
const MIXED: &str = "node and its neighbors added";
const INSIDE: &str = "ReLU output inside the layer";

/// The layer on its input; its gradient does not need the input.
pub fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (input, inner) = (pass.node(layer.input), pass.node(layer.inner));
    gather_and_sum(trace, pass, layer.input);
    // The node itself times 1 + ε, then added.
    trace.take(Kind::Nodes, "node itself times 1 + ε", input);
    trace.take(Kind::Nodes, MIXED, input);
    let summed = [(SUM, input), ("node itself times 1 + ε", input)];
    trace.free_all(Kind::Nodes, 2.0 * input, &summed);
    trace.take(Kind::Nodes, LINEAR, inner);
    trace.take(Kind::Nodes, INSIDE, inner);
    trace.free(Kind::Nodes, LINEAR, inner);
    trace.take(layer.result(), layer.output_name(), pass.node(layer.output));
    if pass.train {
        if layer.owns_input(pass) {
            trace.free(Kind::Nodes, DROPPED, input);
        }
    } else {
        trace.free_all(Kind::Nodes, inner + input, &[(INSIDE, inner), (MIXED, input)]);
    }
}

/// From the gradient of the result to that of the input.
pub fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (inside, mixed, itself) = (
        "gradient of the ReLU output inside",
        "gradient of node and neighbors",
        "gradient through the node itself",
    );
    let (input, inner) = (pass.node(layer.input), pass.node(layer.inner));
    trace.take(Kind::Nodes, inside, inner);
    let second = pass.element * (layer.inner + 1.0) * layer.output;
    trace.take(Kind::Gradients, "gradients of the second matrix and its bias", second);
    trace.free(layer.result(), GRADIENT, pass.node(layer.output));
    trace.take(Kind::Nodes, LINEAR_GRADIENT, inner);
    trace.free_all(Kind::Nodes, 2.0 * inner, &[(inside, inner), (INSIDE, inner)]);
    if !layer.first {
        trace.take(Kind::Nodes, mixed, input);
    }
    let first = pass.element * (layer.input + 1.0) * layer.inner;
    trace.take(Kind::Gradients, "gradients of the first matrix and its bias", first);
    trace.free_all(Kind::Nodes, inner + input, &[(LINEAR_GRADIENT, inner), (MIXED, input)]);
    if !layer.first {
        trace.take(Kind::Nodes, itself, input);
        gather_and_sum_backward(trace, pass, layer.input, mixed);
        trace.take(Kind::Nodes, INPUT_GRADIENT, input);
        trace.free_all(Kind::Nodes, 2.0 * input, &[(itself, input), (THROUGH_NEIGHBORS, input)]);
    }
}
