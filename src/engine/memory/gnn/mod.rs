//! What PyTorch Geometric allocates to train or run a graph network.
//!
//! Nothing is reserved: tensors live as long as a name or a gradient function refers to them. A pass is
//! simulated operation by operation in the order of each convolution's code, and the peak of that trace read off.

mod aggregate;
mod code2vec;
mod convolution;
mod degrees;
mod dense;
mod gat;
mod gated;
mod gcn;
mod gin;
mod graph;
mod hgt;
mod hgt_backward;
mod hgt_forward;
mod network;
mod parts;
mod readout;
mod recorded;
mod rgcn;
mod sage;
mod sample;
mod trace;

pub use sample::{Sampled, sampled};

use super::{Budget, Phase, PhaseName, Placement, Want};
use crate::engine::working::Detail;
use crate::spec::{Gnn, GnnMode, GnnPrecision, MessagePassing};
use crate::units::{Band, count};
use graph::{Cache, Pass};
use network::{Network, Peaks};
use parts::Parts;
use trace::Peak;

/// Memory of this graph network: one phase where it is run, forward, backward and optimizer step where trained.
pub fn budget(gnn: &Gnn, want: impl Into<Want>) -> Budget {
    let want = want.into();
    let Want { placement, detail } = want;
    let reached = sampled(gnn);
    let network = Network::new(gnn);
    let end = |nodes: f64, edges: f64| {
        let pass = pass(gnn, placement, [nodes, edges, reached.labeled]);
        (pass, run(gnn, &network, pass, detail))
    };
    let best = end(reached.nodes.best, reached.edges.best);
    let ends = (!reached.nodes.is_exact() || !reached.edges.is_exact())
        .then(|| (end(reached.nodes.low, reached.edges.low), end(reached.nodes.high, reached.edges.high)));
    let (low, high) = ends.as_ref().map_or((&best, &best), |(low, high)| (low, high));
    let parts = Parts::new(gnn, want, &network, Band { low: low.0, best: best.0, high: high.0 });
    let phase = |name: PhaseName, of: fn(&Peaks) -> &Peak| Phase {
        name,
        parts: parts.of(&Band { low: of(&low.1), best: of(&best.1), high: of(&high.1) }),
    };
    let mut phases = vec![phase(PhaseName::Forward, |peaks| &peaks.forward)];
    if gnn.mode == GnnMode::Train {
        phases.push(phase(PhaseName::Backward, |peaks| &peaks.backward));
        phases.push(phase(PhaseName::OptimizerStep, |peaks| &peaks.step));
    }
    Budget::new(placement, phases)
}

/// Whether only sampled parts of the graph are on the device.
fn is_sampled(gnn: &Gnn) -> bool {
    gnn.fan_outs().is_some()
}

fn pass(gnn: &Gnn, placement: Placement, [nodes, edges, labeled]: [f64; 3]) -> Pass {
    // Only on the whole graph are the same edges met again.
    let whole = !is_sampled(gnn) && gnn.graphs_at_once().is_none();
    let caches = gnn.normalization_cached && gnn.architecture.record().caches && whole;
    let graphs = gnn.graphs_at_once().map_or(0.0, count);
    let scored = if graphs > 0.0 {
        graphs
    } else if gnn.architecture.record().has_types {
        nodes / count(gnn.node_types.max(1))
    } else {
        nodes
    };
    Pass {
        nodes,
        edges,
        labeled: labeled.min(scored),
        element: match gnn.precision {
            GnnPrecision::Fp32 => 4.0,
            GnnPrecision::Fp16 | GnnPrecision::Bf16 => 2.0,
        },
        train: gnn.mode == GnnMode::Train,
        sparse: gnn.message_passing == MessagePassing::Sparse && gnn.architecture.record().multiplies,
        fused_mean: placement == Placement::Cpu,
        holds_pairs: placement == Placement::Cpu,
        dropout: gnn.dropout,
        cache: if caches { Cache::Filling } else { Cache::Never },
        edge_width: if gnn.architecture.record().reads_edges { count(gnn.edge_width.max(1)) } else { 0.0 },
        relations: if gnn.architecture.record().reads_relations { count(gnn.relations.max(1)) } else { 1.0 },
        graphs,
        pairs: if gnn.architecture.record().is_dense { nodes * nodes / graphs.max(1.0) } else { 0.0 },
        scored,
    }
}

/// The peaks of all passes: where edges are kept, the first fills and further ones start with all.
fn run(gnn: &Gnn, network: &Network, pass: Pass, detail: Detail) -> Peaks {
    let first = network.simulate(&pass, detail);
    if pass.cache == Cache::Never || gnn.epochs <= 1.0 {
        return first;
    }
    let next = network.simulate(&Pass { cache: Cache::Full, ..pass }, detail);
    Peaks {
        forward: first.forward.most(next.forward),
        backward: first.backward.most(next.backward),
        step: first.step.most(next.step),
    }
}
