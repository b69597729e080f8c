//! Sums over neighbours.

use super::graph::Pass;
use super::trace::{Kind, Trace};

/// A product with the adjacency; PyTorch first lays out zeros to add to. The result stays.
pub(super) fn sum(trace: &mut Trace, pass: &Pass, width: f64) {
    trace.take(Kind::Nodes, pass.node(width));
    trace.take(Kind::Nodes, pass.node(width));
    trace.free(Kind::Nodes, pass.node(width));
}

/// From the gradient of the product to that of what was multiplied.
pub(super) fn sum_backward(trace: &mut Trace, pass: &Pass, width: f64, from: Kind) {
    trace.take(Kind::Nodes, pass.node(width));
    trace.free(from, pass.node(width));
}

/// The gradient of reading a row for each edge: added up into zeros, and not in place.
pub(super) fn scattered(trace: &mut Trace, rows: f64) {
    trace.take(Kind::Nodes, rows);
    trace.take(Kind::Nodes, rows);
    trace.free(Kind::Nodes, rows);
}

/// Neighbours' rows written out and summed at each node; the sum stays.
pub(super) fn gather_and_sum(trace: &mut Trace, pass: &Pass, width: f64) {
    if pass.sparse {
        return sum(trace, pass, width);
    }
    trace.take(Kind::Edges, pass.edge(width));
    trace.take(Kind::Nodes, pass.node(width));
    trace.free(Kind::Edges, pass.edge(width));
}

/// From the gradient of [`gather_and_sum`] to that of the rows.
pub(super) fn gather_and_sum_backward(trace: &mut Trace, pass: &Pass, width: f64) {
    if pass.sparse {
        return sum_backward(trace, pass, width, Kind::Nodes);
    }
    trace.take(Kind::Edges, pass.edge(width));
    trace.free(Kind::Nodes, pass.node(width));
    scattered(trace, pass.node(width));
    trace.free(Kind::Edges, pass.edge(width));
}
