//! Sums over neighbors (`MessagePassing.propagate` of PyTorch Geometric).

use super::graph::Pass;
use super::trace::{Kind, Trace};

/// What a sum over neighbors is called.
pub const SUM: &str = "sum over neighbors";
/// A row written out for each edge.
pub const NEIGHBORS: &str = "rows of neighbors, one an edge";
/// The gradient of that.
pub const NEIGHBORS_GRADIENT: &str = "gradient of the rows of neighbors, one an edge";
/// The gradient that reaches a node's row through its neighbors.
pub const THROUGH_NEIGHBORS: &str = "gradient through the neighbors";

/// A product with the adjacency (`torch.sparse.mm`); PyTorch first lays out zeros to add to. The result stays.
pub fn sum(trace: &mut Trace, pass: &Pass, width: f64) {
    trace.take(Kind::Nodes, "zeros to add to", pass.node(width));
    trace.take(Kind::Nodes, SUM, pass.node(width));
    trace.free(Kind::Nodes, "zeros to add to", pass.node(width));
}

/// From the gradient of the product to that of what was multiplied.
pub fn sum_backward(
    trace: &mut Trace,
    pass: &Pass,
    width: f64,
    (kind, from): (Kind, &'static str),
    to: &'static str,
) {
    trace.take(Kind::Nodes, to, pass.node(width));
    trace.free(kind, from, pass.node(width));
}

/// The gradient of reading a row for each edge (`index_select`): added up into zeros, and not in place.
pub fn scattered(trace: &mut Trace, to: &'static str, rows: f64) {
    trace.take(Kind::Nodes, "zeros to add to", rows);
    trace.take(Kind::Nodes, to, rows);
    trace.free(Kind::Nodes, "zeros to add to", rows);
}

/// Neighbors' rows written out and summed at each node; the sum stays.
pub fn gather_and_sum(trace: &mut Trace, pass: &Pass, width: f64) {
    if pass.sparse {
        return sum(trace, pass, width);
    }
    trace.take(Kind::Edges, NEIGHBORS, pass.edge(width));
    trace.take(Kind::Nodes, SUM, pass.node(width));
    trace.free(Kind::Edges, NEIGHBORS, pass.edge(width));
}

/// From the gradient of [`gather_and_sum`] to that of the rows.
pub fn gather_and_sum_backward(trace: &mut Trace, pass: &Pass, width: f64, from: &'static str) {
    if pass.sparse {
        return sum_backward(trace, pass, width, (Kind::Nodes, from), THROUGH_NEIGHBORS);
    }
    trace.take(Kind::Edges, NEIGHBORS_GRADIENT, pass.edge(width));
    trace.free(Kind::Nodes, from, pass.node(width));
    scattered(trace, THROUGH_NEIGHBORS, pass.node(width));
    trace.free(Kind::Edges, NEIGHBORS_GRADIENT, pass.edge(width));
}
