//! The named parts of a phase.

use super::code2vec::PATH;
use super::graph::{INDEX, Pass};
use super::is_sampled;
use super::network::Network;
use super::tape::Held;
use crate::engine::memory::{Basis, Part, PartName, Place, Placement, Working};
use crate::spec::{Gnn, GnnArchitecture, GnnMode, overhead};
use crate::units::{Band, Bytes, count};

const SOURCE: &str = "torch_geometric 2.8.1 on torch 2.15: tensors alive, measured operation by operation";
const SAMPLED: &str =
    "torch_geometric 2.8.1; low end: uneven degrees, best: a random graph's, high end: no node met twice";

/// CUDA's context and libraries in one process, and cuBLAS's and cuSPARSE's workspaces.
const CUDA: Band<f64> = overhead::CUDA_CONTEXT.amount;
/// Python with its imports, on the processor or on Metal.
const PROCESS: Band<f64> = overhead::PYTHON_PROCESS.amount;
/// Share of what comes and goes that the caching allocator holds beyond it: blocks too small to be used again.
const SLACK: f64 = overhead::ALLOCATOR_SLACK.amount;
/// Adam's count of steps for each trained tensor, in 32 bit.
const STEP: f64 = 4.0;
/// Batches that four loader processes hold ready, two each, and the one in use.
const MOST_BATCHES: f64 = 9.0;

/// Makes the parts of each phase; those that do not change are made once.
pub(super) struct Parts<'a> {
    gnn: &'a Gnn,
    placement: Placement,
    passes: Band<Pass>,
    resident: Vec<Part>,
}

impl<'a> Parts<'a> {
    /// With what stays on the device, and what the host holds beside it.
    pub(super) fn new(gnn: &'a Gnn, placement: Placement, network: &Network, passes: Band<Pass>) -> Self {
        let mut made = Self { gnn, placement, passes, resident: Vec::with_capacity(12) };
        made.weights(network);
        made.features();
        if is_sampled(gnn) {
            made.whole_graph();
        }
        made
    }

    /// A phase's parts.
    pub(super) fn of(&self, held: Band<Held>) -> Vec<Part> {
        let mut parts = self.resident.clone();
        let (pass, best) = (&self.passes.best, &held.best);
        let mut push = |name, bytes: Band<f64>, working| {
            // Rounding of absurd sizes may leave a little less than nothing.
            let bytes = bytes.map(|bytes| bytes.max(0.0));
            if bytes.high > 0.0 {
                parts.push(self.part(name, bytes, Basis::Modelled, working));
            }
        };
        let source = if is_sampled(self.gnn) { SAMPLED } else { SOURCE };
        let shape = [
            ("nodes", pass.nodes),
            ("edges", pass.edges),
            ("hidden", count(self.gnn.hidden)),
            ("layers", count(self.gnn.layers)),
            ("heads", count(self.gnn.heads)),
            ("bytes a number", pass.element),
        ];
        let gradients = Working::new(
            "parameters whose gradients are there × bytes a number",
            &[("bytes a number", pass.element)],
            SOURCE,
        );
        push(PartName::Gradients, spread(held, |held| held.gradients), gradients);
        let messages = Working::new(edges_formula(self.gnn, pass), &shape, source);
        let mut edges = spread(held, |held| held.edges);
        if pass.sparse && pass.train {
            // A backward product may pack the adjacency anew, turned around.
            edges.high += self.passes.high.adjacency();
        }
        push(PartName::EdgeMessages, edges, messages);
        let nodes = Working::new(nodes_formula(self.gnn, pass), &shape, source);
        push(PartName::Activations, spread(held, |held| held.nodes), nodes);
        let logits = Working::new(
            "rows of logits alive × classes × bytes a number",
            &[
                ("nodes", pass.nodes),
                ("nodes with a loss", pass.labelled),
                ("classes", count(self.gnn.out_width)),
                ("bytes a number", pass.element),
            ],
            source,
        );
        push(PartName::Logits, spread(held, |held| held.logits), logits);
        let runtime = self.runtime((best.edges + best.nodes + best.logits).max(0.0));
        parts.push(runtime);
        parts
    }

    fn weights(&mut self, network: &Network) {
        let element = self.passes.best.element;
        let parameters = network.parameters();
        let inputs = [("parameters", parameters), ("bytes a number", element)];
        let weights = Working::new("parameters × bytes a number", &inputs, SOURCE);
        self.push(PartName::Weights, Band::exact(element * parameters), weights);
        if self.gnn.mode == GnnMode::Train {
            let inputs = [inputs[0], inputs[1], ("trained tensors", network.tensors())];
            let states =
                Working::new("Adam: 2 × parameters × bytes a number + 4 × trained tensors", &inputs, SOURCE);
            let bytes = 2.0 * element * parameters + STEP * network.tensors();
            self.push(PartName::OptimizerState, Band::exact(bytes), states);
        }
    }

    fn features(&mut self) {
        let working = if self.gnn.architecture == GnnArchitecture::Code2vec {
            Working::new(
                "paths × 24 + methods × 8: two tokens and what lies between, and the name",
                &[("paths", self.passes.best.edges), ("methods", self.passes.best.nodes)],
                SOURCE,
            )
        } else {
            let pass = &self.passes.best;
            Working::new(
                if is_sampled(self.gnn) {
                    "nodes × (features × bytes a number + 8 + 8) + edges × 8 + indices of edges: features, labels, numbers of nodes and edges"
                } else {
                    "nodes × (features × bytes a number + 8) + indices of edges: features and labels"
                },
                &[
                    ("nodes", pass.nodes),
                    ("edges", pass.edges),
                    ("features", count(self.gnn.in_width)),
                    ("bytes a number", pass.element),
                    ("indices of edges", pass.adjacency()),
                ],
                if is_sampled(self.gnn) { SAMPLED } else { SOURCE },
            )
        };
        self.push(PartName::Features, self.batch(), working);
    }

    /// Bytes of what a pass reads.
    fn batch(&self) -> Band<f64> {
        let of = |pass: Pass| {
            if self.gnn.architecture == GnnArchitecture::Code2vec {
                return PATH * pass.edges + INDEX * pass.nodes;
            }
            // A sampled batch says which of the graph's nodes and edges it holds.
            let names =
                if is_sampled(self.gnn) { INDEX * (pass.nodes + pass.edges + pass.labelled) } else { 0.0 };
            pass.node(count(self.gnn.in_width)) + INDEX * pass.nodes + pass.adjacency() + names
        };
        self.passes.map(of)
    }

    /// The graph that is sampled from, and batches on their way.
    fn whole_graph(&mut self) {
        let element = self.passes.best.element;
        let (nodes, edges) = (count(self.gnn.nodes), count(self.gnn.edges));
        let width = count(self.gnn.in_width);
        let (bytes, formula) = if self.gnn.architecture == GnnArchitecture::Code2vec {
            let bytes = nodes * edges * PATH + nodes * INDEX;
            (bytes, "methods × (paths × 24 + 8)")
        } else if self.passes.best.sparse {
            let bytes = nodes * (width * element + 2.0 * INDEX) + edges * INDEX;
            (bytes, "nodes × (features × bytes a number + 16) + edges × 8: the matrix is sampled as it lies")
        } else {
            let bytes = nodes * (width * element + 2.0 * INDEX) + edges * 4.0 * INDEX;
            (
                bytes,
                "nodes × (features × bytes a number + 16) + edges × 32: pairs of indices, and the same sorted for sampling",
            )
        };
        let inputs = [("nodes", nodes), ("edges", edges), ("features", width), ("bytes a number", element)];
        let working = Working::new(formula, &inputs, SAMPLED);
        let band = Band { low: bytes, best: bytes, high: bytes + edges * 2.0 * INDEX };
        self.resident.push(host(PartName::Features, band, Basis::Modelled, working));
        if self.placement != Placement::Cpu {
            let batch = self.batch();
            let copies = if self.placement == Placement::Gpu { 2.0 } else { 1.0 };
            let band = Band { low: batch.low, best: copies * batch.best, high: MOST_BATCHES * batch.high };
            let working = Working::new(
                "batches on the host × bytes of a batch: the one drawn and its pinned copy; at most eight more ready",
                &[("batches", copies), ("bytes of a batch", batch.best)],
                "reasoned from torch's data loader; not measured",
            );
            self.resident.push(host(PartName::HostBuffer, band, Basis::Modelled, working));
        }
    }

    fn runtime(&self, moving: f64) -> Part {
        let around = if self.placement == Placement::Gpu { CUDA } else { PROCESS };
        let slack = if self.placement == Placement::Cpu { 0.0 } else { SLACK * moving };
        let bytes = Band { high: around.high + slack, ..around };
        let working = Working::new(
            "driver context, libraries and Python; at the high end 15 % of what comes and goes, for blocks too small to be used again",
            &[("comes and goes", moving)],
            "observed range, by driver and card",
        );
        self.part(PartName::Overhead, bytes, Basis::Observed, working)
    }

    fn push(&mut self, name: PartName, bytes: Band<f64>, working: Working) {
        let basis = if bytes.is_exact() { Basis::Exact } else { Basis::Modelled };
        self.resident.push(self.part(name, bytes, basis, working));
    }

    fn part(&self, name: PartName, bytes: Band<f64>, basis: Basis, working: Working) -> Part {
        let place = if self.placement == Placement::Cpu { Place::Host } else { Place::Device };
        Part { name, place, bytes: bytes.map(Bytes::new), basis, working, workings: None }
    }
}

fn host(name: PartName, bytes: Band<f64>, basis: Basis, working: Working) -> Part {
    Part { name, place: Place::Host, bytes: bytes.map(Bytes::new), basis, working, workings: None }
}

/// One kind over the band; the worst moment of a larger graph may hold less of it.
fn spread(held: Band<Held>, of: impl Fn(&Held) -> f64) -> Band<f64> {
    let [low, best, high] = [of(&held.low), of(&held.best), of(&held.high)];
    Band { low: low.min(best), best, high: high.max(best) }
}

const fn edges_formula(gnn: &Gnn, pass: &Pass) -> &'static str {
    match gnn.architecture {
        GnnArchitecture::Gat => {
            "(edges + nodes) × bytes a number × (kept: hidden + 4 × heads a layer; moving: up to 3 × hidden) + indices of 16 a layer"
        }
        GnnArchitecture::Gcn if pass.sparse => {
            "(edges + nodes) × (16 + bytes a number) a layer: normalised edges, and while they are computed up to 70 an edge"
        }
        GnnArchitecture::Gcn => {
            "(edges + nodes) × (2 × hidden × bytes a number) while a layer sums + (16 + bytes a number) a layer"
        }
        GnnArchitecture::Code2vec => {
            "paths × bytes a number × (joined embeddings, mixed vectors, their gradients)"
        }
        GnnArchitecture::Sage | GnnArchitecture::Gin | GnnArchitecture::Ggnn => {
            "edges × hidden × bytes a number while a layer sums its neighbours"
        }
    }
}

const fn nodes_formula(gnn: &Gnn, pass: &Pass) -> &'static str {
    match (gnn.architecture, pass.train) {
        (_, false) => "nodes × hidden × bytes a number × tensors alive in the widest layer",
        (GnnArchitecture::Ggnn, true) => "nodes × hidden × bytes a number × 8 a step, and what moves",
        (GnnArchitecture::Code2vec, true) => "methods × vector × bytes a number",
        (_, true) => {
            "nodes × hidden × bytes a number × (tensors a layer keeps for its gradients, masks of 1 byte) and what moves"
        }
    }
}
