//! Sums over neighbours.

use super::graph::Pass;
use super::tape::{Kind, Tape};

/// A product with the adjacency; PyTorch first lays out zeros to add to. The result stays.
pub(super) fn sum(tape: &mut Tape, pass: &Pass, width: f64) {
    tape.take(Kind::Nodes, pass.node(width));
    tape.take(Kind::Nodes, pass.node(width));
    tape.free(Kind::Nodes, pass.node(width));
}

/// From the gradient of the product to that of what was multiplied.
pub(super) fn sum_backward(tape: &mut Tape, pass: &Pass, width: f64, from: Kind) {
    tape.take(Kind::Nodes, pass.node(width));
    tape.free(from, pass.node(width));
}

/// The gradient of reading a row for each edge: added up into zeros, and not in place.
pub(super) fn scattered(tape: &mut Tape, rows: f64) {
    tape.take(Kind::Nodes, rows);
    tape.take(Kind::Nodes, rows);
    tape.free(Kind::Nodes, rows);
}

/// Neighbours' rows written out and summed at each node; the sum stays.
pub(super) fn gather_and_sum(tape: &mut Tape, pass: &Pass, width: f64) {
    if pass.sparse {
        return sum(tape, pass, width);
    }
    tape.take(Kind::Edges, pass.edge(width));
    tape.take(Kind::Nodes, pass.node(width));
    tape.free(Kind::Edges, pass.edge(width));
}

/// From the gradient of [`gather_and_sum`] to that of the rows.
pub(super) fn gather_and_sum_backward(tape: &mut Tape, pass: &Pass, width: f64) {
    if pass.sparse {
        return sum_backward(tape, pass, width, Kind::Nodes);
    }
    tape.take(Kind::Edges, pass.edge(width));
    tape.free(Kind::Nodes, pass.node(width));
    scattered(tape, pass.node(width));
    tape.free(Kind::Edges, pass.edge(width));
}
