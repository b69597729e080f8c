//! `GINConv`: the node and the sum of its neighbours through a network of two matrices.

use super::aggregate::{gather_and_sum, gather_and_sum_backward};
use super::graph::{Layer, Pass};
use super::trace::{Kind, Trace};

/// Parameters of a layer: two matrices with their biases.
pub(super) const fn parameters(layer: &Layer) -> f64 {
    (layer.input + 1.0) * layer.inner + (layer.inner + 1.0) * layer.output
}

/// The layer on its input; its gradient does not need the input.
pub(super) fn forward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (input, inner) = (pass.node(layer.input), pass.node(layer.inner));
    gather_and_sum(trace, pass, layer.input);
    // The node itself times 1 + ε, then added.
    trace.take(Kind::Nodes, input);
    trace.take(Kind::Nodes, input);
    trace.free(Kind::Nodes, 2.0 * input);
    trace.take(Kind::Nodes, inner);
    trace.take(Kind::Nodes, inner);
    trace.free(Kind::Nodes, inner);
    trace.take(layer.result(), pass.node(layer.output));
    if pass.train {
        if layer.owns_input(pass) {
            trace.free(Kind::Nodes, input);
        }
    } else {
        trace.free(Kind::Nodes, inner + input);
    }
}

/// From the gradient of the result to that of the input.
pub(super) fn backward(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let (input, inner) = (pass.node(layer.input), pass.node(layer.inner));
    trace.take(Kind::Nodes, inner);
    trace.take(Kind::Gradients, pass.element * (layer.inner + 1.0) * layer.output);
    trace.free(layer.result(), pass.node(layer.output));
    trace.take(Kind::Nodes, inner);
    trace.free(Kind::Nodes, 2.0 * inner);
    if !layer.first {
        trace.take(Kind::Nodes, input);
    }
    trace.take(Kind::Gradients, pass.element * (layer.input + 1.0) * layer.inner);
    trace.free(Kind::Nodes, inner + input);
    if !layer.first {
        trace.take(Kind::Nodes, input);
        gather_and_sum_backward(trace, pass, layer.input);
        trace.take(Kind::Nodes, input);
        trace.free(Kind::Nodes, 2.0 * input);
    }
}
