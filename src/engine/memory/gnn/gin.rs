//! `GINConv`: the node and the sum of its neighbours through a network of two matrices.

use super::aggregate::{gather_and_sum, gather_and_sum_backward};
use super::graph::{Layer, Pass};
use super::tape::{Kind, Tape};

/// Parameters of a layer: two matrices with their biases.
pub(super) const fn parameters(layer: &Layer) -> f64 {
    (layer.input + 1.0) * layer.inner + (layer.inner + 1.0) * layer.output
}

/// The layer on its input; its gradient does not need the input.
pub(super) fn forward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let (input, inner) = (pass.node(layer.input), pass.node(layer.inner));
    gather_and_sum(tape, pass, layer.input);
    // The node itself times 1 + ε, then added.
    tape.take(Kind::Nodes, input);
    tape.take(Kind::Nodes, input);
    tape.free(Kind::Nodes, 2.0 * input);
    tape.take(Kind::Nodes, inner);
    tape.take(Kind::Nodes, inner);
    tape.free(Kind::Nodes, inner);
    tape.take(layer.result(), pass.node(layer.output));
    if pass.train {
        if layer.owns_input(pass) {
            tape.free(Kind::Nodes, input);
        }
    } else {
        tape.free(Kind::Nodes, inner + input);
    }
}

/// From the gradient of the result to that of the input.
pub(super) fn backward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let (input, inner) = (pass.node(layer.input), pass.node(layer.inner));
    tape.take(Kind::Nodes, inner);
    tape.take(Kind::Gradients, pass.element * (layer.inner + 1.0) * layer.output);
    tape.free(layer.result(), pass.node(layer.output));
    tape.take(Kind::Nodes, inner);
    tape.free(Kind::Nodes, 2.0 * inner);
    if !layer.first {
        tape.take(Kind::Nodes, input);
    }
    tape.take(Kind::Gradients, pass.element * (layer.input + 1.0) * layer.inner);
    tape.free(Kind::Nodes, inner + input);
    if !layer.first {
        tape.take(Kind::Nodes, input);
        gather_and_sum_backward(tape, pass, layer.input);
        tape.take(Kind::Nodes, input);
        tape.free(Kind::Nodes, 2.0 * input);
    }
}
