//! How much of a graph neighbor sampling reaches.

use super::degrees;
use crate::spec::Gnn;
use crate::units::{Band, count};

/// What one batch computes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampled {
    /// Distinct nodes, those of the batch included. The low end is for degrees that differ as much as those of
    /// a geometric distribution, the best for a random graph's, the high end a bound for any graph.
    pub nodes: Band<f64>,
    /// Edges drawn, in the same three cases.
    pub edges: Band<f64>,
    /// Nodes whose loss is computed.
    pub labeled: f64,
}

/// Nodes and edges of one batch, expected of a neighbor loader that draws without replacement, or of the whole
/// graph where nothing is sampled.
///
/// At each hop, every node that the hop before was first to reach draws up to `fan-out` of its own edges. In a
/// random graph, `f` nodes that draw `m` of `N` each reach `(N − seen) × (1 − (1 − m ÷ N)^f)` new ones.
pub fn sampled(gnn: &Gnn) -> Sampled {
    let nodes = count(gnn.nodes);
    if let Some(graphs) = gnn.graphs_at_once() {
        let (nodes, edges) =
            (Band::exact(count(graphs) * nodes), Band::exact(count(graphs) * count(gnn.edges)));
        return Sampled { nodes, edges, labeled: count(graphs) };
    }
    let Some(fan_outs) = gnn.fan_outs() else {
        let edges =
            if gnn.architecture.record().reads_paths { nodes * count(gnn.edges) } else { count(gnn.edges) };
        let share = if gnn.architecture.record().reads_paths { 1.0 } else { gnn.labeled_share };
        let scored =
            if gnn.architecture.record().has_types { nodes / count(gnn.node_types.max(1)) } else { nodes };
        let labeled = (scored * share.clamp(0.0, 1.0)).round();
        return Sampled { nodes: Band::exact(nodes), edges: Band::exact(edges), labeled };
    };
    let batch = count(gnn.batch_nodes).min(nodes);
    if gnn.architecture.record().reads_paths {
        let drawn = fan_outs.first().map_or(gnn.edges, |paths| gnn.edges.min(*paths));
        return Sampled {
            nodes: Band::exact(batch),
            edges: Band::exact(batch * count(drawn)),
            labeled: batch,
        };
    }
    let graph = Whole { nodes, edges: count(gnn.edges) };
    let degree = if nodes > 0.0 { graph.edges / nodes } else { 0.0 };
    let uneven = graph.expected(batch, fan_outs, |fan_out| degrees::geometric(degree, fan_out));
    let random = graph.expected(batch, fan_outs, |fan_out| degrees::poisson(degree, fan_out));
    let most = graph.most(batch, fan_outs);
    let band = |[low, best, high]: [f64; 3]| Band { low: low.min(best), best: best.min(high), high };
    Sampled {
        nodes: band([uneven.nodes, random.nodes, most.nodes]),
        edges: band([uneven.edges, random.edges, most.edges]),
        labeled: batch,
    }
}

/// Nodes and edges, of a graph or of what is reached of it.
#[derive(Clone, Copy, Debug)]
struct Whole {
    nodes: f64,
    edges: f64,
}

impl Whole {
    /// What is reached where neighbors are any nodes alike, with the mean of edges drawn at a fan-out.
    fn expected(&self, batch: f64, fan_outs: &[u64], drawn: impl Fn(f64) -> f64) -> Self {
        let (mut seen, mut edges, mut frontier) = (batch, 0.0, batch);
        for fan_out in fan_outs {
            let each = drawn(count(*fan_out));
            edges += frontier * each;
            let missed = (frontier * (-(each / self.nodes).min(1.0)).ln_1p()).exp();
            let new = if frontier > 0.0 { (self.nodes - seen).max(0.0) * (1.0 - missed) } else { 0.0 };
            seen += new;
            frontier = new;
        }
        Self { nodes: seen.min(self.nodes), edges: edges.min(self.edges) }
    }

    /// The most there can be: every draw finds a new node with edges enough.
    fn most(&self, batch: f64, fan_outs: &[u64]) -> Self {
        let (mut nodes, mut edges, mut frontier) = (batch, 0.0, batch);
        for fan_out in fan_outs {
            frontier = (frontier * count(*fan_out)).min(self.edges);
            edges += frontier;
            nodes += frontier;
        }
        Self { nodes: nodes.min(self.nodes), edges: edges.min(self.edges) }
    }
}
