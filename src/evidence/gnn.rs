//! Peaks of graph networks, measured tensor by tensor, and batches of a real neighbour loader.

use super::table::{Cells, Table};
use super::{EvidenceError, Group, Row};
use crate::engine::memory::gnn::budget;
use crate::engine::memory::{Budget, PartName, Phase, PhaseName, Placement};
use crate::spec::{Gnn, GnnArchitecture, GnnMode, GnnPrecision, MessagePassing, Sampling};
use crate::units::{Bytes, count};

const PEAKS: &str = include_str!("../../assets/evidence/measurements/gnn.csv");
const FURTHER: &str = include_str!("../../assets/evidence/measurements/gnn_further.csv");
const BATCHES: &str = include_str!("../../assets/evidence/measurements/neighbor_loader.csv");

/// A measured pass.
#[derive(Clone, Debug, PartialEq)]
pub struct GnnCase {
    /// Which: `GCN edge_index train, 100000 nodes, 1000000 edges`.
    pub name: String,
    /// The network and its graph.
    pub gnn: Gnn,
    /// Bytes of parameters.
    pub weights: Bytes,
    /// Bytes of optimiser states.
    pub states: Bytes,
    /// Bytes of features and edges.
    pub graph: Bytes,
    /// The most that was live until the loss.
    pub forward: Bytes,
    /// The most that was live while gradients were computed; nothing where none were.
    pub backward: Option<Bytes>,
    /// The larger of the two.
    pub peak: Bytes,
}

impl GnnCase {
    /// The estimate for this case. Sparse products were measured on the processor, the rest is alike anywhere.
    pub fn estimate(&self) -> Budget {
        budget(&self.gnn, Placement::Cpu)
    }
}

/// Batches of a neighbour loader on a random graph, and one training step on the last of them.
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
    Table::read("gnn.csv", PEAKS)?.rows().map(case).collect()
}

/// Passes in settings that were measured after the engine was written.
///
/// Other widths and depths, 16 bit, no dropout, a second pass over kept edges. Their weights, states and graph
/// were not measured apart and are 0.
///
/// # Errors
/// When a row of the table does not read.
pub fn gnn_further_cases() -> Result<Vec<GnnCase>, EvidenceError> {
    Table::read("gnn_further.csv", FURTHER)?.rows().map(case).collect()
}

/// Every measured neighbour sampling.
///
/// # Errors
/// When a row of the table does not read.
pub fn neighbor_cases() -> Result<Vec<NeighborCase>, EvidenceError> {
    Table::read("neighbor_loader.csv", BATCHES)?.rows().map(neighbor_case).collect()
}

/// Peaks with messages written out, peaks with a sparse matrix, and training steps on sampled neighbourhoods.
///
/// # Errors
/// When a row of a table does not read.
pub fn gnn_groups() -> Result<Vec<Group>, EvidenceError> {
    let mut scatter = Group::new("Graph networks, messages written out", true);
    let mut sparse = Group::new("Graph networks, sparse matrix", true);
    let mut sampled = Group::new("Graph networks, sampled neighbourhoods", true);
    for case in gnn_cases()?.into_iter().chain(gnn_further_cases()?) {
        let group =
            if case.gnn.message_passing == MessagePassing::Sparse { &mut sparse } else { &mut scatter };
        let predicted = most(&case.estimate());
        group.rows.push(Row { name: case.name, predicted, measured: case.peak });
    }
    for case in neighbor_cases()? {
        let predicted = most(&budget(&case.gnn, Placement::Cpu));
        sampled.rows.push(Row { name: case.name, predicted, measured: case.forward.max(case.backward) });
    }
    Ok(vec![scatter, sparse, sampled])
}

/// The larger of forward and backward, of what the framework itself allocates for a pass.
fn most(budget: &Budget) -> Bytes {
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

fn case(row: Cells<'_>) -> Result<GnnCase, EvidenceError> {
    let (network, passing, mode) = (row.text("arch")?, row.text("impl")?, row.text("mode")?);
    let (architecture, cached) = architecture(row)?;
    let gnn = Gnn {
        precision: if row.text("dtype")? == "fp16" { GnnPrecision::Fp16 } else { GnnPrecision::Fp32 },
        dropout: row.number("dropout")? == 1,
        epochs: count(row.number("passes")?),
        message_passing: if passing == "csr" { MessagePassing::Sparse } else { MessagePassing::Scatter },
        mode: if mode == "infer" { GnnMode::Infer } else { GnnMode::Train },
        normalization_cached: cached,
        ..shape(row, architecture)?
    };
    let backward = row.bytes(&["bwd_peak"])?;
    Ok(GnnCase {
        name: format!("{network} {passing} {mode}, {} nodes, {} edges", gnn.nodes, gnn.edges),
        weights: row.bytes(&["params_bytes"])?,
        states: row.bytes(&["optim_bytes"])?,
        graph: row.bytes(&["edge_bytes", "feature_bytes"])?,
        forward: row.bytes(&["fwd_peak"])?,
        backward: (gnn.mode == GnnMode::Train).then_some(backward),
        peak: row.bytes(&["peak_bytes"])?,
        gnn,
    })
}

/// The architecture, and whether it keeps normalised edges.
fn architecture(row: Cells<'_>) -> Result<(GnnArchitecture, bool), EvidenceError> {
    Ok(match row.text("arch")? {
        "GCN" => (GnnArchitecture::Gcn, false),
        "GCN-cached" => (GnnArchitecture::Gcn, true),
        "SAGE" => (GnnArchitecture::Sage, false),
        "GAT" => (GnnArchitecture::Gat, false),
        "GIN" => (GnnArchitecture::Gin, false),
        "GGNN" => (GnnArchitecture::Ggnn, false),
        "code2vec" => (GnnArchitecture::Code2vec, false),
        other => return Err(row.unreadable("arch", other)),
    })
}

fn neighbor_case(row: Cells<'_>) -> Result<NeighborCase, EvidenceError> {
    let (architecture, _) = architecture(row)?;
    let text = row.text("fan_outs")?;
    let fan_outs: Result<Vec<u64>, _> = text.split('-').map(str::parse).collect();
    let gnn = Gnn {
        sampling: Sampling::FanOuts(fan_outs.ok().ok_or_else(|| row.unreadable("fan_outs", text))?),
        batch_nodes: row.number("batch_nodes")?,
        ..shape(row, architecture)?
    };
    Ok(NeighborCase {
        name: format!("{} {text} of {} nodes, {} edges", row.text("arch")?, gnn.nodes, gnn.edges),
        both_ways: row.number("both_ways")? == 1,
        nodes: decimal(row, "sampled_nodes")?,
        edges: decimal(row, "sampled_edges")?,
        forward: row.bytes(&["fwd_peak"])?,
        backward: row.bytes(&["bwd_peak"])?,
        gnn,
    })
}

/// The sizes that both tables give; one pass, trained in 32 bit with dropout, on the whole graph.
fn shape(row: Cells<'_>, architecture: GnnArchitecture) -> Result<Gnn, EvidenceError> {
    Ok(Gnn {
        architecture,
        nodes: row.number("nodes")?,
        edges: row.number("edges")?,
        in_width: row.number("in_dim")?,
        hidden: row.number("hidden")?,
        out_width: row.number("out_dim")?,
        layers: row.number("layers")?,
        heads: row.number("heads")?,
        message_passing: MessagePassing::Scatter,
        sampling: Sampling::Full,
        batch_nodes: 1024,
        mode: GnnMode::Train,
        precision: GnnPrecision::Fp32,
        epochs: 1.0,
        normalization_cached: false,
        dropout: true,
        // The published Java vocabulary of code2vec.
        token_vocabulary: 1_301_136,
        path_vocabulary: 911_417,
    })
}

fn decimal(row: Cells<'_>, column: &'static str) -> Result<f64, EvidenceError> {
    let text = row.text(column)?;
    text.parse().ok().ok_or_else(|| row.unreadable(column, text))
}
