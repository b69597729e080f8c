//! Peaks of graph networks by relations, by types of nodes, with a dense adjacency, and on batches of small graphs.

use serde::Deserialize;

use super::gnn::most;
use super::score::MeasuredOn;
use super::table::{Size, Table, flag, named};
use super::{EvidenceError, Group};
use crate::engine::memory::Placement;
use crate::engine::memory::gnn::budget;
use crate::spec::{Gnn, GnnArchitecture, GnnMode, Named as _};

const ROWS: Table =
    Table::new("gnn_networks.csv", include_str!("../../assets/evidence/measurements/gnn_networks.csv"));

/// A measured pass.
#[derive(Debug, Deserialize)]
struct Measured {
    #[serde(deserialize_with = "named")]
    arch: GnnArchitecture,
    graphs: u64,
    nodes: u64,
    edges: u64,
    in_dim: u64,
    hidden: u64,
    out_dim: u64,
    layers: u64,
    heads: u64,
    relations: u64,
    node_types: u64,
    edge_width: u64,
    #[serde(deserialize_with = "flag")]
    train: bool,
    #[serde(deserialize_with = "flag")]
    dropout: bool,
    fwd_peak: Size,
    bwd_peak: Size,
}

impl Measured {
    fn gnn(&self) -> Gnn {
        Gnn {
            architecture: self.arch,
            batch_graphs: self.graphs,
            nodes: self.nodes,
            edges: self.edges,
            in_width: self.in_dim,
            hidden: self.hidden,
            out_width: self.out_dim,
            layers: self.layers,
            heads: self.heads,
            relations: self.relations,
            node_types: self.node_types,
            edge_width: self.edge_width,
            mode: if self.train { GnnMode::Train } else { GnnMode::Infer },
            dropout: self.dropout,
            epochs: 1.0,
            ..Gnn::default()
        }
    }
}

/// Each kind of network a group; batches of small graphs are one, whatever their layers.
///
/// # Errors
/// When the table does not read.
pub fn gnn_network_groups() -> Result<Vec<Group>, EvidenceError> {
    let group = |name| Group::total(name, MeasuredOn::Processor);
    let mut relations = group("Graph networks, R-GCN, real tensors");
    let mut types = group("Graph networks, HGT, real tensors");
    let mut dense = group("Graph networks, dense adjacency, real tensors");
    let mut graphs = group("Graph networks, batches of small graphs, real tensors");
    for row in ROWS.rows::<Measured>()? {
        let gnn = row.gnn();
        let group = match gnn.architecture {
            _ if gnn.batch_graphs > 0 => &mut graphs,
            GnnArchitecture::Rgcn => &mut relations,
            GnnArchitecture::Hgt => &mut types,
            _ => &mut dense,
        };
        let name = format!(
            "{} {}, {} × {} nodes, {} edges, {} layers",
            gnn.architecture.key(),
            gnn.mode.key(),
            gnn.batch_graphs.max(1),
            gnn.nodes,
            gnn.edges,
            gnn.layers
        );
        let measured = row.fwd_peak.bytes().max(row.bwd_peak.bytes());
        group.push(name, most(&budget(&gnn, Placement::Cpu)), measured);
    }
    Ok(vec![relations, types, dense, graphs])
}
