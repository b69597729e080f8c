//! Peaks of graph networks, measured tensor by tensor, and batches of a real neighbor loader.

use serde::Deserialize;

use super::score::MeasuredOn;
use super::table::{Size, Table, flag, named};
use super::{EvidenceError, Group};
use crate::engine::memory::gnn::budget;
use crate::engine::memory::{Budget, PartName, Phase, PhaseName, Placement};
use crate::spec::{Gnn, GnnArchitecture, GnnMode, GnnPrecision, MessagePassing, Named as _, Sampling};
use crate::units::{Bytes, count};

const PEAKS: Table = Table::new("gnn.csv", include_str!("../../assets/evidence/measurements/gnn.csv"));
const FURTHER: Table =
    Table::new("gnn_further.csv", include_str!("../../assets/evidence/measurements/gnn_further.csv"));
const BATCHES: Table =
    Table::new("neighbor_loader.csv", include_str!("../../assets/evidence/measurements/neighbor_loader.csv"));

/// A measured pass.
#[derive(Clone, Debug, PartialEq)]
pub struct GnnCase {
    /// Which: `GCN edge_index train, 100000 nodes, 1000000 edges`.
    pub name: String,
    /// The network and its graph.
    pub gnn: Gnn,
    /// Bytes of parameters.
    pub weights: Bytes,
    /// Bytes of optimizer states.
    pub states: Bytes,
    /// Bytes of features and edges.
    pub graph: Bytes,
    /// The most that was live until the loss.
    pub forward: Bytes,
    /// The most that was live while gradients were computed; nothing where none were.
    pub backward: Option<Bytes>,
    /// The larger of the two.
    pub peak: Bytes,
    /// Whether its tensors had data, and kernels of the processor ran.
    pub real: bool,
}

impl GnnCase {
    /// The estimate for this case. Sparse products were measured on the processor, the rest is alike anywhere.
    pub fn estimate(&self) -> Budget {
        budget(&self.gnn, Placement::Cpu)
    }
}

/// Batches of a neighbor loader on a random graph, and one training step on the last of them.
#[derive(Clone, Debug, PartialEq)]
pub struct NeighborCase {
    /// Which: `sage 25-10 of 100000 nodes, 1000000 edges`.
    pub name: String,
    /// The network, its graph and how it was sampled.
    pub gnn: Gnn,
    /// Whether each edge was there both ways.
    pub both_ways: bool,
    /// Mean of distinct nodes in a batch.
    pub nodes: f64,
    /// Mean of edges in a batch.
    pub edges: f64,
    /// The most that was live until the loss.
    pub forward: Bytes,
    /// The most that was live while gradients were computed.
    pub backward: Bytes,
}

/// Every measured pass.
///
/// # Errors
/// When a row of the table does not read.
pub fn gnn_cases() -> Result<Vec<GnnCase>, EvidenceError> {
    cases(PEAKS)
}

/// Passes in settings that were measured after the engine was written.
///
/// Other widths and depths, 16 bit, no dropout, a second pass over kept edges. Their weights, states and graph
/// were not measured apart and are 0.
///
/// # Errors
/// When a row of the table does not read.
pub fn gnn_further_cases() -> Result<Vec<GnnCase>, EvidenceError> {
    cases(FURTHER)
}

fn cases(table: Table) -> Result<Vec<GnnCase>, EvidenceError> {
    let shapes: Vec<Shape> = table.rows()?;
    let measured: Vec<Measured> = table.rows()?;
    Ok(shapes.iter().zip(&measured).map(|(shape, row)| case(shape, row)).collect())
}

/// Every measured neighbor sampling.
///
/// # Errors
/// When a row of the table does not read.
pub fn neighbor_cases() -> Result<Vec<NeighborCase>, EvidenceError> {
    let shapes: Vec<Shape> = BATCHES.rows()?;
    let measured: Vec<Sampled> = BATCHES.rows()?;
    shapes.iter().zip(&measured).map(|(shape, row)| neighbor_case(shape, row)).collect()
}

/// Peaks with scatter (edge messages), peaks with a sparse matrix, and training steps on sampled neighborhoods.
///
/// # Errors
/// When a row of a table does not read.
pub fn gnn_groups() -> Result<Vec<Group>, EvidenceError> {
    let mut scatter = Group::total("Graph networks, scatter (edge messages)", MeasuredOn::WithoutData);
    let mut scatter_real =
        Group::total("Graph networks, scatter (edge messages), real tensors", MeasuredOn::Processor);
    let mut sparse = Group::total("Graph networks, sparse matrix, real tensors", MeasuredOn::Processor);
    let mut sampled =
        Group::total("Graph networks, sampled neighborhoods, real tensors", MeasuredOn::Processor);
    for case in gnn_cases()?.into_iter().chain(gnn_further_cases()?) {
        let group = match (case.gnn.message_passing, case.real) {
            (MessagePassing::Scatter, false) => &mut scatter,
            (MessagePassing::Scatter, true) => &mut scatter_real,
            // Sparse products were measured on real tensors only.
            (MessagePassing::Sparse, _) => &mut sparse,
        };
        let predicted = most(&case.estimate());
        group.push(case.name, predicted, case.peak);
    }
    for case in neighbor_cases()? {
        let predicted = most(&budget(&case.gnn, Placement::Cpu));
        sampled.push(case.name, predicted, case.forward.max(case.backward));
    }
    Ok(vec![scatter, scatter_real, sparse, sampled])
}

/// The larger of forward and backward, of what the framework itself allocates for a pass.
pub(super) fn most(budget: &Budget) -> Bytes {
    let measured = budget.phases.iter().filter(|phase| phase.name != PhaseName::OptimizerStep);
    measured.map(allocated).fold(Bytes::ZERO, Bytes::max)
}

/// What a phase allocates in a pass: without process and driver, and without the graph that is sampled from.
fn allocated(phase: &Phase) -> Bytes {
    let mut features = phase.parts.iter().filter(|part| part.name == PartName::Features);
    let batch = features.next().map_or(Bytes::ZERO, |part| part.bytes.best);
    let others =
        phase.parts.iter().filter(|part| !matches!(part.name, PartName::Overhead | PartName::Features));
    batch + others.map(|part| part.bytes.best).sum::<Bytes>()
}

/// The columns that all tables give of a network and its graph.
#[derive(Debug, Deserialize)]
struct Shape {
    arch: Network,
    nodes: u64,
    edges: u64,
    in_dim: u64,
    hidden: u64,
    out_dim: u64,
    layers: u64,
    heads: u64,
}

/// A network as the tables name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Network {
    #[serde(rename = "GCN")]
    Gcn,
    #[serde(rename = "GCN-cached")]
    GcnCached,
    #[serde(rename = "SAGE")]
    Sage,
    #[serde(rename = "GAT")]
    Gat,
    #[serde(rename = "GIN")]
    Gin,
    #[serde(rename = "GATv2")]
    Gatv2,
    #[serde(rename = "NNConv")]
    NnConv,
    #[serde(rename = "GGNN")]
    Ggnn,
    #[serde(rename = "code2vec")]
    Code2vec,
}

impl Network {
    const fn architecture(self) -> GnnArchitecture {
        match self {
            Self::Gcn | Self::GcnCached => GnnArchitecture::Gcn,
            Self::Sage => GnnArchitecture::Sage,
            Self::Gat => GnnArchitecture::Gat,
            Self::Gin => GnnArchitecture::Gin,
            Self::Gatv2 => GnnArchitecture::Gatv2,
            Self::NnConv => GnnArchitecture::NnConv,
            Self::Ggnn => GnnArchitecture::Ggnn,
            Self::Code2vec => GnnArchitecture::Code2vec,
        }
    }
}

/// The other columns of a pass.
#[derive(Debug, Deserialize)]
struct Measured {
    #[serde(rename = "impl")]
    passing: Passing,
    #[serde(deserialize_with = "named")]
    dtype: GnnPrecision,
    #[serde(deserialize_with = "named")]
    mode: GnnMode,
    #[serde(deserialize_with = "flag")]
    fake: bool,
    #[serde(deserialize_with = "flag")]
    dropout: bool,
    passes: u64,
    edge_bytes: Size,
    feature_bytes: Size,
    params_bytes: Size,
    optim_bytes: Size,
    fwd_peak: Size,
    bwd_peak: Size,
    peak_bytes: Size,
}

/// How messages are passed, by what PyTorch Geometric is given.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Passing {
    EdgeIndex,
    Csr,
}

/// The other columns of a sampled neighborhood.
#[derive(Debug, Deserialize)]
struct Sampled {
    #[serde(deserialize_with = "flag")]
    both_ways: bool,
    batch_nodes: u64,
    fan_outs: String,
    #[serde(rename = "sampled_nodes")]
    reached_nodes: f64,
    #[serde(rename = "sampled_edges")]
    reached_edges: f64,
    fwd_peak: Size,
    bwd_peak: Size,
}

fn case(shape: &Shape, row: &Measured) -> GnnCase {
    let (passing, message_passing) = match row.passing {
        Passing::EdgeIndex => ("edge_index", MessagePassing::Scatter),
        Passing::Csr => ("csr", MessagePassing::Sparse),
    };
    let gnn = Gnn {
        precision: row.dtype,
        dropout: row.dropout,
        epochs: count(row.passes),
        message_passing,
        mode: row.mode,
        ..shape.gnn()
    };
    GnnCase {
        name: format!(
            "{:?} {passing} {}, {} nodes, {} edges",
            shape.arch,
            row.mode.key(),
            gnn.nodes,
            gnn.edges
        ),
        weights: row.params_bytes.bytes(),
        states: row.optim_bytes.bytes(),
        graph: row.edge_bytes.bytes() + row.feature_bytes.bytes(),
        forward: row.fwd_peak.bytes(),
        backward: (gnn.mode == GnnMode::Train).then_some(row.bwd_peak.bytes()),
        peak: row.peak_bytes.bytes(),
        real: !row.fake,
        gnn,
    }
}

fn neighbor_case(shape: &Shape, row: &Sampled) -> Result<NeighborCase, EvidenceError> {
    let fan_outs: Result<Vec<u64>, _> = row.fan_outs.split('-').map(str::parse).collect();
    let fan_outs = fan_outs.map_err(|error| EvidenceError::Unreadable {
        table: "neighbor_loader.csv",
        message: format!("fan-outs `{}`: {error}", row.fan_outs),
    })?;
    let gnn = Gnn { sampling: Sampling::FanOuts(fan_outs), batch_nodes: row.batch_nodes, ..shape.gnn() };
    Ok(NeighborCase {
        name: format!("{:?} {} of {} nodes, {} edges", shape.arch, row.fan_outs, gnn.nodes, gnn.edges),
        both_ways: row.both_ways,
        nodes: row.reached_nodes,
        edges: row.reached_edges,
        forward: row.fwd_peak.bytes(),
        backward: row.bwd_peak.bytes(),
        gnn,
    })
}

impl Shape {
    /// One pass, trained in 32 bit with dropout, on the whole graph.
    fn gnn(&self) -> Gnn {
        Gnn {
            architecture: self.arch.architecture(),
            nodes: self.nodes,
            edges: self.edges,
            in_width: self.in_dim,
            hidden: self.hidden,
            out_width: self.out_dim,
            layers: self.layers,
            heads: self.heads,
            message_passing: MessagePassing::Scatter,
            sampling: Sampling::Full,
            batch_nodes: 1024,
            mode: GnnMode::Train,
            precision: GnnPrecision::Fp32,
            epochs: 1.0,
            normalization_cached: self.arch == Network::GcnCached,
            dropout: true,
            // The published Java vocabulary of code2vec.
            token_vocabulary: 1_301_136,
            path_vocabulary: 911_417,
            ..Gnn::default()
        }
    }
}
