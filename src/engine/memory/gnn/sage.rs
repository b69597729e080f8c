//! `SAGEConv`: the mean of the neighbours through one matrix, the node itself through another.

use super::aggregate::{scattered, sum};
use super::graph::{INDEX, Layer, Pass};
use super::tape::{Kind, Tape};

/// Parameters of a layer: two matrices and a bias.
pub(super) const fn parameters(layer: &Layer) -> f64 {
    2.0 * layer.input * layer.output + layer.output
}

/// The layer on its input, which stays.
pub(super) fn forward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let (input, output) = (pass.node(layer.input), pass.node(layer.output));
    mean(tape, pass, layer);
    tape.take(Kind::Nodes, output);
    if !pass.train {
        tape.free(Kind::Nodes, input);
    }
    tape.take(Kind::Nodes, output);
    tape.take(layer.result(), output);
    tape.free(Kind::Nodes, 2.0 * output);
}

/// From the gradient of the result to that of the input.
pub(super) fn backward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let (input, output) = (pass.node(layer.input), pass.node(layer.output));
    let matrix = pass.element * layer.input * layer.output;
    tape.take(Kind::Gradients, matrix);
    if !layer.first {
        // Through the node itself.
        tape.take(Kind::Nodes, input);
        if !pass.sparse && layer.owns_input(pass) {
            tape.free(Kind::Nodes, input);
        }
        // To the mean.
        tape.take(Kind::Nodes, input);
    }
    tape.take(Kind::Gradients, matrix + pass.element * layer.output);
    tape.free(layer.result(), output);
    tape.free(Kind::Nodes, input);
    if !layer.first {
        mean_backward(tape, pass, layer);
    }
    if pass.sparse && layer.owns_input(pass) {
        tape.free(Kind::Nodes, input);
    }
    if !layer.first {
        tape.take(Kind::Nodes, input);
        tape.free(Kind::Nodes, 2.0 * input);
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

fn mean(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.input);
    let kept = pass.train && !layer.first;
    if pass.sparse && pass.fused_mean {
        return tape.take(Kind::Nodes, rows);
    }
    if pass.sparse {
        tape.take(Kind::Nodes, degrees(pass));
        sum(tape, pass, layer.input);
    } else {
        tape.take(Kind::Edges, pass.edge(layer.input));
        tape.take(Kind::Nodes, pass.node(1.0));
        tape.pass(Kind::Edges, pass.edge(1.0));
        tape.take(Kind::Nodes, pass.node(1.0));
        tape.free(Kind::Nodes, pass.node(1.0));
        tape.take(Kind::Nodes, rows);
    }
    tape.take(Kind::Nodes, rows);
    tape.free(Kind::Nodes, rows + if kept { 0.0 } else { degrees(pass) });
    if !pass.sparse {
        tape.free(Kind::Edges, pass.edge(layer.input));
    }
}

/// From the gradient of the mean to that of the input through it.
fn mean_backward(tape: &mut Tape, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.input);
    if !(pass.sparse && pass.fused_mean) {
        tape.take(Kind::Nodes, rows);
        tape.free(Kind::Nodes, rows + degrees(pass));
    }
    if pass.sparse {
        tape.take(Kind::Nodes, rows);
        return tape.free(Kind::Nodes, rows);
    }
    tape.take(Kind::Edges, pass.edge(layer.input));
    tape.free(Kind::Nodes, rows);
    scattered(tape, rows);
    tape.free(Kind::Edges, pass.edge(layer.input));
}
