//! The named parts of a phase.

use super::code2vec::PATH;
use super::graph::{INDEX, Pass};
use super::is_sampled;
use super::network::Network;
use super::trace::{Held, Kind, Peak};
use crate::engine::memory::{Basis, Part, PartName, Place, Placement, Want};
use crate::engine::working::{Alive, Detail, Figure, Term, Worked};
use crate::formula;
use crate::spec::{Gnn, GnnMode, overhead};
use crate::units::{Band, count};

const SOURCE: &str = "torch_geometric 2.8.1 on torch 2.15: tensors alive, measured operation by operation";
const SAMPLED: &str =
    "torch_geometric 2.8.1; low end: uneven degrees, best: a random graph's, high end: no node met twice";

/// CUDA's context and libraries in one process, and cuBLAS's and cuSPARSE's workspaces.
const CUDA: Band<f64> = overhead::CUDA_CONTEXT.amount;
/// Python with its imports, on the processor or on Metal.
const PROCESS: Band<f64> = overhead::PYTHON_PROCESS.amount;
/// A process of the data loader, beside what it shares with its parent.
const LOADER: Band<f64> = overhead::LOADER_WORKER.amount;
/// Share of what comes and goes that the caching allocator holds beyond it: blocks too small to be used again.
const SLACK: f64 = overhead::ALLOCATOR_SLACK.amount;
/// Adam's count of steps for each trained tensor, in 32 bit.
const STEP: f64 = 4.0;
/// Batches that each loader process holds ready (`prefetch_factor` of torch's data loader).
const READY: f64 = 2.0;

/// Makes the parts of each phase; those that do not change are made once.
pub struct Parts<'a> {
    gnn: &'a Gnn,
    want: Want,
    passes: Band<Pass>,
    resident: Vec<Part>,
}

impl<'a> Parts<'a> {
    /// With what stays on the device, and what the host holds beside it.
    pub fn new(gnn: &'a Gnn, want: Want, network: &Network, passes: Band<Pass>) -> Self {
        let mut made = Self { gnn, want, passes, resident: Vec::with_capacity(12) };
        made.weights(network);
        let features = made.batch();
        made.push(PartName::Features, features);
        if is_sampled(gnn) {
            made.whole_graph();
        } else if gnn.graphs_at_once().is_some() {
            made.data_set();
        }
        made
    }

    /// A phase's parts.
    pub fn of(&self, peaks: &Band<&Peak>) -> Vec<Part> {
        let mut parts = self.resident.clone();
        let best = peaks.best.held;
        for (name, kind) in [
            (PartName::Gradients, Kind::Gradients),
            (PartName::EdgeMessages, Kind::Edges),
            (PartName::Activations, Kind::Nodes),
            (PartName::Logits, Kind::Logits),
        ] {
            let worked = self.alive(peaks, kind);
            if worked.band.high > 0.0 {
                parts.push(Part::worked(name, self.place(), Basis::Modelled, worked));
            }
        }
        parts.push(self.overhead((best.edges + best.nodes + best.logits).max(0.0)));
        parts
    }

    fn source(&self) -> &'static str {
        if is_sampled(self.gnn) { SAMPLED } else { SOURCE }
    }

    const fn place(&self) -> Place {
        if matches!(self.want.placement, Placement::Cpu) { Place::Host } else { Place::Device }
    }

    /// What is alive of one kind at the peaks; the peak of a larger graph may hold less of it.
    fn alive(&self, peaks: &Band<&Peak>, kind: Kind) -> Worked {
        // A backward product may pack the adjacency anew, turned around.
        let turned = kind == Kind::Edges && self.passes.best.sparse && self.passes.best.train;
        let repacked = if turned { self.passes.high.adjacency() } else { 0.0 };
        let of = |peak: &Peak| of(&peak.held, kind);
        let low = if of(peaks.low) < of(peaks.best) { peaks.low } else { peaks.best };
        let high = if of(peaks.high) > of(peaks.best) { peaks.high } else { peaks.best };
        let figure = |peak: &Peak, more: f64| {
            // Rounding of sizes that are no whole numbers may leave a little more or less than nothing.
            let value = of(peak) + more;
            let value = if value < 0.5 { 0.0 } else { value };
            Figure::alive(self.want.detail, self.source(), value, || {
                if value <= 0.0 {
                    return Vec::new();
                }
                let mut alive = peak.ledger.as_ref().map_or_else(Vec::new, |ledger| ledger.of(kind));
                if more > 0.0 {
                    alive.push(Alive { name: "adjacency packed anew, transposed".into(), bytes: more });
                }
                settle(&mut alive, value);
                alive
            })
        };
        Worked::band(figure(low, 0.0), figure(peaks.best, 0.0), figure(high, repacked))
    }

    fn weights(&mut self, network: &Network) {
        let Want { detail, .. } = self.want;
        let element = self.passes.best.element;
        let parameters = network.parameters();
        let weights = Figure::terms(detail, SOURCE, element * parameters, || {
            let term = |(name, count, values): (&'static str, f64, f64)| Term {
                name: name.into(),
                count,
                value: element * values,
            };
            network.matrices().into_iter().map(term).collect()
        });
        self.push(PartName::Weights, Worked::exact(weights));
        if self.gnn.mode == GnnMode::Train {
            let states = formula!(
                detail, "torch.optim.Adam: two moments a parameter, and a count of steps in 32 bit for each trained tensor";
                moments = 2.0,
                bytes_per_number = element,
                parameters = parameters,
                bytes_of_a_count_of_steps = STEP,
                trained_tensors = network.tensors()
                => moments * bytes_per_number * parameters + bytes_of_a_count_of_steps * trained_tensors
            );
            self.push(PartName::OptimizerState, Worked::exact(states));
        }
    }

    /// What a pass reads.
    fn batch(&self) -> Worked {
        let of = |pass: &Pass| self.read(pass);
        let Band { low, best, high } = &self.passes;
        Worked::band(of(low), of(best), of(high))
    }

    fn read(&self, pass: &Pass) -> Figure {
        let Want { detail, .. } = self.want;
        if self.gnn.architecture.record().reads_paths {
            return formula!(
                detail, "code2vec: two tokens and what lies between for each path, and each method's name";
                bytes_per_path = PATH, paths = pass.edges, bytes_per_label = INDEX, methods = pass.nodes
                => bytes_per_path * paths + bytes_per_label * methods
            );
        }
        if let Some(graphs) = self.gnn.graphs_at_once() {
            return self.small_graphs(pass, count(graphs));
        }
        // A sampled batch says which of the graph's nodes and edges it holds.
        let bytes_per_id = if is_sampled(self.gnn) { INDEX } else { 0.0 };
        let features = count(self.gnn.in_width);
        if pass.sparse {
            let index = if pass.holds_pairs { 2.0 * INDEX } else { INDEX };
            return formula!(
                detail, self.source();
                bytes_per_number = pass.element,
                features = features,
                nodes = pass.nodes,
                bytes_per_label = INDEX,
                bytes_per_row_pointer = INDEX,
                index_bytes_per_edge = index,
                edges = pass.edges,
                bytes_per_id = bytes_per_id,
                labeled_nodes = pass.labeled
                => bytes_per_number * features * nodes + bytes_per_label * nodes
                    + (bytes_per_row_pointer * (nodes + 1.0) + (index_bytes_per_edge + bytes_per_number) * edges)
                    + bytes_per_id * (nodes + edges + labeled_nodes)
            );
        }
        formula!(
            detail, self.source();
            bytes_per_number = pass.element,
            features = features,
            nodes = pass.nodes,
            bytes_per_label = INDEX,
            index_bytes_per_edge = if self.gnn.architecture.record().is_dense { 0.0 } else { 2.0 * INDEX },
            edges = pass.edges,
            bytes_per_id = bytes_per_id,
            labeled_nodes = pass.labeled,
            features_of_an_edge = pass.edge_width,
            bytes_of_a_relation = self.relation_bytes(),
            labels = if self.gnn.architecture.record().has_types { pass.scored } else { pass.nodes },
            pairs_of_nodes = pass.pairs
            => bytes_per_number * features * nodes + bytes_per_label * labels
                + (index_bytes_per_edge + bytes_per_number * features_of_an_edge + bytes_of_a_relation) * edges
                + bytes_per_number * pairs_of_nodes
                + bytes_per_id * (nodes + edges + labeled_nodes)
        )
    }

    /// Bytes of the number of an edge's relation; a heterogeneous graph has its edges apart.
    fn relation_bytes(&self) -> f64 {
        if self.gnn.architecture.record().numbers_relations { INDEX } else { 0.0 }
    }

    /// Small graphs joined into one, with which graph each node is of; dense ones lie beside each other.
    fn small_graphs(&self, pass: &Pass, graphs: f64) -> Figure {
        let Want { detail, .. } = self.want;
        let dense = self.gnn.architecture.record().is_dense;
        let [index, number] = if dense { [0.0, 0.0] } else { [2.0 * INDEX, INDEX] };
        formula!(
            detail, SOURCE;
            bytes_per_number = pass.element,
            features = count(self.gnn.in_width),
            nodes = pass.nodes,
            index_bytes_per_edge = index,
            features_of_an_edge = pass.edge_width,
            bytes_of_a_relation = self.relation_bytes(),
            edges = pass.edges,
            pairs_of_nodes = pass.pairs,
            bytes_of_a_graphs_number = number,
            bytes_per_label = INDEX,
            graphs = graphs
            => bytes_per_number * features * nodes
                + (index_bytes_per_edge + bytes_per_number * features_of_an_edge + bytes_of_a_relation) * edges
                + bytes_per_number * pairs_of_nodes + bytes_of_a_graphs_number * nodes + bytes_per_label * graphs
        )
    }

    /// The data set, which lies on the host in one piece, and the batch that is drawn of it.
    fn data_set(&mut self) {
        let Want { placement, .. } = self.want;
        let (best, all) = (self.passes.best, count(self.gnn.graphs));
        let share = all / best.graphs.max(1.0);
        let whole =
            Pass { nodes: best.nodes * share, edges: best.edges * share, pairs: best.pairs * share, ..best };
        let part = |name, worked| Part::worked(name, Place::Host, Basis::Modelled, worked);
        self.resident.push(part(PartName::Features, Worked::exact(self.small_graphs(&whole, all))));
        if placement != Placement::Cpu {
            let batch = self.batch();
            self.resident.push(part(PartName::HostBuffer, batch));
        }
    }

    /// The graph that is sampled from, and batches on their way.
    fn whole_graph(&mut self) {
        let Want { placement, detail } = self.want;
        let part = |name, worked| Part::worked(name, Place::Host, Basis::Modelled, worked);
        let best = self.graph(0.0);
        let high = self.graph(2.0 * INDEX);
        self.resident.push(part(PartName::Features, Worked::band(best.clone(), best, high)));
        if placement != Placement::Cpu {
            let batch = self.batch().band;
            let copies = if placement == Placement::Gpu { 2.0 } else { 1.0 };
            let ready = |batches: f64, bytes: f64| {
                formula!(
                    detail, "analytical, from torch's data loader: the batch drawn, its pinned copy, at most two more ready for each process";
                    batches = batches, bytes_of_a_batch = bytes => batches * bytes_of_a_batch
                )
            };
            let prefetched = READY * count(self.gnn.loader_workers);
            let worked = Worked::band(
                ready(1.0, batch.low),
                ready(copies + prefetched, batch.best),
                ready(copies + prefetched, batch.high),
            );
            self.resident.push(part(PartName::HostBuffer, worked));
            self.loaders();
        }
    }

    /// Processes that draw batches: forked ones share what their parent has imported until they write to it, and started anew
    /// each imports it again.
    fn loaders(&mut self) {
        if self.gnn.loader_workers == 0 {
            return;
        }
        let detail = self.want.detail;
        let all = |each: f64| {
            formula!(
                detail, "measured on torch's data loader: what a worker's process has beside what it shares with its parent";
                workers = count(self.gnn.loader_workers), bytes_of_a_process = each => workers * bytes_of_a_process
            )
        };
        // macOS starts each anew.
        let usual = if self.want.placement == Placement::Metal { LOADER.high } else { LOADER.best };
        let worked = Worked::band(all(LOADER.low), all(usual), all(LOADER.high));
        self.resident.push(Part::worked(PartName::Overhead, Place::Host, Basis::Observed, worked));
    }

    /// The whole graph with so many bytes more an edge, for order that a sampler may keep.
    fn graph(&self, more: f64) -> Figure {
        let Want { detail, .. } = self.want;
        let (nodes, edges) = (count(self.gnn.nodes), count(self.gnn.edges));
        if self.gnn.architecture.record().reads_paths {
            return formula!(
                detail, SAMPLED;
                methods = nodes, paths = edges, bytes_per_path = PATH, bytes_per_label = INDEX, more_bytes = more
                => methods * paths * bytes_per_path + methods * bytes_per_label + paths * more_bytes
            );
        }
        // A matrix is sampled as it lies; pairs of indices are sorted once more for sampling.
        let index = if self.passes.best.sparse { INDEX } else { 4.0 * INDEX };
        formula!(
            detail, SAMPLED;
            nodes = nodes,
            features = count(self.gnn.in_width),
            bytes_per_number = self.passes.best.element,
            bytes_of_label_and_id = 2.0 * INDEX,
            edges = edges,
            index_bytes_per_edge = index,
            more_bytes_per_edge = more
            => nodes * (features * bytes_per_number + bytes_of_label_and_id) + edges * index_bytes_per_edge
                + edges * more_bytes_per_edge
        )
    }

    fn overhead(&self, moving: f64) -> Part {
        let Want { placement, detail } = self.want;
        let around = if placement == Placement::Gpu { CUDA } else { PROCESS };
        let slack = if placement == Placement::Cpu { 0.0 } else { SLACK };
        let worked = around_process(detail, around, slack, moving);
        Part::worked(PartName::Overhead, self.place(), Basis::Observed, worked)
    }

    fn push(&mut self, name: PartName, worked: Worked) {
        let basis = if worked.band.is_exact() { Basis::Exact } else { Basis::Modelled };
        self.resident.push(Part::worked(name, self.place(), basis, worked));
    }
}

/// What surrounds the process; at the high end with blocks of the allocator that are too small to be used again.
fn around_process(detail: Detail, around: Band<f64>, slack: f64, moving: f64) -> Worked {
    let source = "observed range of driver context, libraries and Python, by driver and card";
    let found = |value| Figure::found(detail, source, "process", value);
    let high = formula!(
        detail, source;
        process = around.high, share_of_small_blocks = slack, comes_and_goes = moving
        => process + share_of_small_blocks * comes_and_goes
    );
    Worked::band(found(around.low), found(around.best), high)
}

/// The expected size of a sampled batch is no whole number: what rounding leaves goes to the last tensor, so that all
/// sum to the figure.
fn settle(alive: &mut [Alive], value: f64) {
    if let Some((last, others)) = alive.split_last_mut() {
        let sum: f64 = others.iter().map(|tensor| tensor.bytes).sum();
        last.bytes = value - sum;
    }
}

/// Bytes of one kind.
const fn of(held: &Held, kind: Kind) -> f64 {
    match kind {
        Kind::Nodes => held.nodes,
        Kind::Edges => held.edges,
        Kind::Logits => held.logits,
        Kind::Gradients => held.gradients,
    }
}
