//! Kinds of graph networks: one declaration each, with everything that is told apart by a kind.
//!
//! What a layer of it allocates is built in `engine/memory/gnn/network.rs`, the one place that matches on the kind.

use super::named::choices;

/// What PyTorch Geometric (2.8.1) has of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeometricModel {
    /// Layers, and no model of them.
    Layers,
    /// A model of `torch_geometric.nn.models`.
    Model {
        /// Its class.
        name: &'static str,
        /// What its version takes beside the usual.
        more: &'static str,
        /// Whether it takes a number of heads.
        heads: bool,
    },
    /// A layer that is stepped, between two matrices.
    Stepped,
}

impl GeometricModel {
    /// A model that takes what all take.
    const fn plain(name: &'static str) -> Self {
        Self::Model { name, more: "", heads: false }
    }
}

/// What is given of a kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GnnRecord {
    /// Whether its layers read features of edges.
    pub reads_edges: bool,
    /// Whether its sums over neighbors can be products with a sparse matrix; messages that differ from edge to edge are
    /// written out in any case.
    pub multiplies: bool,
    /// Whether normalized edges can be kept from one pass for the next (`cached`).
    pub caches: bool,
    /// Whether it has attention heads.
    pub has_heads: bool,
    /// Whether edges belong to relations.
    pub reads_relations: bool,
    /// Whether each edge has the number of its relation beside it.
    pub numbers_relations: bool,
    /// Whether nodes are of types, of which one has labels.
    pub has_types: bool,
    /// Whether its adjacency has a number for each pair of nodes.
    pub is_dense: bool,
    /// Whether nodes are methods, and edges the paths of one: all have labels, and each has paths of its own.
    pub reads_paths: bool,
    /// Whether it is a stack of layers whose nodes can be pooled to tell graphs apart.
    pub pools: bool,
    /// Whether dropout lies between its layers in the scripts that are simulated.
    pub drops: bool,
    /// What PyTorch Geometric has of it.
    pub geometric: GeometricModel,
}

impl GnnRecord {
    /// A stack of layers that sum over neighbors.
    const STACK: Self = Self {
        reads_edges: false,
        multiplies: true,
        caches: false,
        has_heads: false,
        reads_relations: false,
        numbers_relations: false,
        has_types: false,
        is_dense: false,
        reads_paths: false,
        pools: true,
        drops: true,
        geometric: GeometricModel::Layers,
    };
    /// A stack of layers whose messages differ from edge to edge.
    const EDGES: Self = Self { multiplies: false, ..Self::STACK };
}

/// Declares kinds of networks: as a choice, with a record each.
macro_rules! kinds {
    ($($(#[$of_choice:meta])* $choice:ident = $key:literal $(| $alias:literal)*, $label:literal => $record:expr;)*) => {
        choices! {
            /// How a node aggregates its neighbors.
            GnnArchitecture { $($(#[$of_choice])* $choice = $key $(| $alias)*, $label;)* }
        }

        impl GnnArchitecture {
            /// What is given of it.
            pub const fn record(self) -> &'static GnnRecord {
                match self { $(Self::$choice => const { &$record },)* }
            }
        }
    };
}

kinds! {
    /// Graph convolution, normalized by degrees.
    Gcn = "gcn", "GCN" => GnnRecord {
        caches: true,
        geometric: GeometricModel::plain("GCN"),
        ..GnnRecord::STACK
    };
    /// Mean of the neighbors beside the node itself.
    Sage = "sage" | "graphsage", "GraphSAGE" => GnnRecord {
        geometric: GeometricModel::plain("GraphSAGE"),
        ..GnnRecord::STACK
    };
    /// Attention over the neighbors.
    Gat = "gat", "GAT" => GnnRecord {
        has_heads: true,
        geometric: GeometricModel::Model { name: "GAT", more: "", heads: true },
        ..GnnRecord::EDGES
    };
    /// Attention over the neighbors by both ends together.
    Gatv2 = "gatv2", "GATv2" => GnnRecord {
        has_heads: true,
        geometric: GeometricModel::Model { name: "GAT", more: ", v2=True", heads: true },
        ..GnnRecord::EDGES
    };
    /// Sum of the neighbors through a small network.
    Gin = "gin", "GIN" => GnnRecord { geometric: GeometricModel::plain("GIN"), ..GnnRecord::STACK };
    /// A matrix for each edge, made from its features.
    NnConv = "nnconv", "NNConv (edge features)" => GnnRecord { reads_edges: true, ..GnnRecord::EDGES };
    /// A matrix for each relation, on the mean of the neighbors by it.
    Rgcn = "rgcn" | "r-gcn", "R-GCN" => GnnRecord {
        reads_relations: true,
        numbers_relations: true,
        ..GnnRecord::EDGES
    };
    /// Attention by types of nodes and relations.
    Hgt = "hgt", "Heterogeneous graph transformer" => GnnRecord {
        has_heads: true,
        reads_relations: true,
        has_types: true,
        pools: false,
        drops: false,
        ..GnnRecord::EDGES
    };
    /// Graph convolution with a number for each pair of nodes (`DenseGCNConv` on `to_dense_adj`).
    DenseGcn = "dense-gcn" | "dense", "GCN, dense adjacency" => GnnRecord { is_dense: true, ..GnnRecord::EDGES };
    /// One gated recurrent unit stepped along the edges.
    Ggnn = "ggnn", "Gated graph network" => GnnRecord {
        pools: false,
        drops: false,
        geometric: GeometricModel::Stepped,
        ..GnnRecord::STACK
    };
    /// Attention over sampled paths of a syntax tree; nodes are methods, edges are paths of one method.
    Code2vec = "code2vec", "code2vec" => GnnRecord { reads_paths: true, pools: false, ..GnnRecord::STACK };
}
