//! A graph neural network on one graph.

use super::gnn_kinds::GnnRecord;
use super::named::choices;
use super::settings::{Families, Place, Setting, Slider, settings};
use super::{Family, GnnArchitecture, Scenario};

const GNN_FAMILY: Families = &[Family::Gnn];

settings! {
    /// Training or running a graph neural network.
    #[derive(Clone, Debug, PartialEq)]
    Gnn in GNN for GNN_FAMILY, of Scenario::gnn, Scenario::gnn_mut;

    /// How a node aggregates its neighbors.
    architecture: GnnArchitecture = GnnArchitecture::Sage, Setting {
        also: &["conv"], label: "Network", place: Place::Head, ..Setting::PLAIN
    };
    /// Directed edges of the graph; an undirected one counts twice.
    edges: u64 = 1_000_000, Setting {
        label: "Graph edges", unit: "edges", place: Place::Slider,
        slider: Some(Slider { first: true, ..Slider::log(|_| (100.0, 1e9)) }), ..Setting::COUNT
    };
    /// Nodes of the graph.
    nodes: u64 = 100_000, Setting {
        label: "Graph nodes", unit: "nodes", place: Place::Slider, slider: Some(Slider::log(|_| (100.0, 1e9))),
        ..Setting::COUNT
    };
    /// Width of a node's features.
    in_width: u64 = 128, Setting {
        also: &["in_channels"], label: "Feature width", place: Place::Slider, slider: Some(Slider::log(|_| (8.0, 4096.0))), ..Setting::WIDTH
    };
    /// Width between layers, all heads together.
    hidden: u64 = 256, Setting {
        also: &["hidden_channels"], label: "Hidden width", place: Place::Slider, slider: Some(Slider::log(|_| (8.0, 4096.0))), ..Setting::WIDTH
    };
    /// Layers; of a gated graph network, steps of propagation.
    layers: u64 = 3, Setting {
        label: "Layers", unit: "layers", place: Place::Slider,
        when: |scenario| !is(scenario, |kind| kind.reads_paths), slider: Some(Slider::linear(|_| (1.0, 16.0))),
        ..Setting::WIDTH
    };
    /// Attention heads (GAT, HGT).
    heads: u64 = 4, Setting {
        label: "Heads", unit: "heads", place: Place::Slider,
        when: |scenario| scenario.gnn().is_some_and(|gnn| gnn.architecture.record().has_heads),
        slider: Some(Slider::log(|_| (1.0, 16.0))), ..Setting::WIDTH
    };
    /// Small graphs of a batch, each told apart by the mean of its nodes; nodes and edges are then those of one graph on
    /// average, and a dense one has as many nodes as are padded to. None: the nodes of one graph are told apart.
    batch_graphs: u64 = 0, Setting {
        label: "Graphs in a batch", unit: "graphs", place: Place::Main, words: &[("none", 0)],
        when: |scenario| scenario.gnn().is_some_and(|gnn| gnn.architecture.record().pools),
        ..Setting::COUNT
    };
    /// Nodes whose loss is computed at once, with sampled neighbors.
    batch_nodes: u64 = 1024, Setting {
        label: "Batch nodes", unit: "nodes", place: Place::Slider, when: sampled,
        slider: Some(Slider::log(|_| (32.0, 1_048_576.0))), ..Setting::COUNT
    };
    /// With gradients (`train`), or without (`infer`).
    mode: GnnMode = GnnMode::Train, Setting {
        label: "Task", place: Place::Main, ..Setting::PLAIN
    };
    /// `full` for the full batch, or sampled neighbors around a batch: how many per hop, nearest first, as in `15, 10`.
    sampling: Sampling = Sampling::Full, Setting {
        also: &["num_neighbors"], label: "Sampled neighbors", place: Place::Main, resets: &["split"],
        when: |scenario| scenario.gnn().is_some_and(|gnn| !gnn.architecture.record().is_dense && gnn.graphs_at_once().is_none()),
        ..Setting::WIDTH
    };
    /// Edge scatter (edge messages) (`scatter`), or a product with a sparse matrix.
    message_passing: MessagePassing = MessagePassing::Scatter, Setting {
        label: "Message passing", place: Place::Main,
        when: |scenario| scenario.gnn().is_some_and(|gnn| gnn.architecture.record().multiplies), ..Setting::PLAIN
    };
    /// Width of a number.
    precision: GnnPrecision = GnnPrecision::Fp32, Setting {
        label: "Precision", place: Place::Slider, slider: Some(Slider::steps(|_| vec!["fp16", "bf16", "fp32"])),
        ..Setting::PLAIN
    };
    /// Classes, or width of the output.
    out_width: u64 = 64, Setting {
        also: &["out_channels"], label: "Output width", ..Setting::WIDTH
    };
    /// Whether dropout lies between the layers while training, as the usual scripts have it; of graphs in a batch, before
    /// their classifier.
    dropout: bool = true, Setting {
        label: "Dropout between layers", when: |scenario| scenario.gnn().is_some_and(|gnn| gnn.architecture.record().drops), ..Setting::PLAIN
    };
    /// Width of an edge's features (NNConv).
    edge_width: u64 = 16, Setting {
        label: "Edge feature width",
        when: |scenario| scenario.gnn().is_some_and(|gnn| gnn.architecture.record().reads_edges), ..Setting::WIDTH
    };
    /// Relations that edges belong to, each with as many (R-GCN, HGT).
    relations: u64 = 4, Setting {
        label: "Relations", unit: "relations",
        when: |scenario| scenario.gnn().is_some_and(|gnn| gnn.architecture.record().reads_relations), ..Setting::WIDTH
    };
    /// Types of nodes, each with as many (HGT); the classes are of one.
    node_types: u64 = 4, Setting {
        label: "Node types", unit: "types", when: |scenario| is(scenario, |kind| kind.has_types), ..Setting::WIDTH
    };
    /// Graphs of the data set, which the host holds (ENZYMES has 600).
    graphs: u64 = 600, Setting {
        label: "Graphs", unit: "graphs",
        when: |scenario| scenario.gnn().is_some_and(|gnn| gnn.graphs_at_once().is_some()), ..Setting::COUNT
    };
    /// Share of the nodes that are trained on (ogbn-products: 0.08): those whose loss is computed, and with sampling
    /// those that an epoch goes through.
    labeled_share: f64 = 1.0, Setting {
        label: "Labeled share",
        when: |scenario| {
            let graphs = scenario.gnn().is_some_and(|gnn| gnn.graphs_at_once().is_some());
            !is(scenario, |kind| kind.reads_paths) && !graphs
        },
        ..Setting::SHARE
    };
    /// Processes that draw sampled neighborhoods (`num_workers` of a loader), each with two batches ready.
    loader_workers: u64 = 4, Setting {
        also: &["num_workers"], label: "Loader processes", unit: "processes", range: (0.0, 256.0), when: sampled, ..Setting::COUNT
    };
    /// Whether the normalized edges are kept from the first pass on (GCN on the full batch; PyTorch Geometric's
    /// `cached`), instead of being computed in each layer of each pass.
    normalization_cached: bool = false, Setting {
        label: "Cached normalization", when: |scenario| {
            let graphs = scenario.gnn().is_some_and(|gnn| gnn.graphs_at_once().is_some());
            is(scenario, |kind| kind.caches) && !sampled(scenario) && !graphs
        },
        ..Setting::PLAIN
    };
    /// Distinct tokens at the ends of paths (code2vec).
    token_vocabulary: u64 = 1_300_000, Setting {
        label: "Token vocabulary", unit: "tokens", when: |scenario| is(scenario, |kind| kind.reads_paths),
        ..Setting::COUNT
    };
    /// Distinct paths (code2vec).
    path_vocabulary: u64 = 900_000, Setting {
        label: "Path vocabulary", unit: "paths", when: |scenario| is(scenario, |kind| kind.reads_paths),
        ..Setting::COUNT
    };
    /// Epochs: how often every node is trained on.
    epochs: f64 = 100.0, Setting {
        label: "Epochs", unit: "epochs", ..Setting::REAL
    };
}

impl Gnn {
    /// How many small graphs a batch has; nothing where the nodes of one graph are told apart.
    pub fn graphs_at_once(&self) -> Option<u64> {
        (self.batch_graphs > 0 && self.architecture.record().pools).then_some(self.batch_graphs)
    }

    /// How many neighbors are drawn at each hop; nothing where nothing is sampled.
    pub fn fan_outs(&self) -> Option<&[u64]> {
        match &self.sampling {
            Sampling::FanOuts(hops)
                if !self.architecture.record().is_dense && self.graphs_at_once().is_none() =>
            {
                Some(hops)
            }
            _ => None,
        }
    }
}

choices! {
    /// How messages are passed.
    MessagePassing {
        /// A message is written out for each edge, then summed at its end.
        Scatter = "scatter", "edge messages";
        /// The adjacency is multiplied as a sparse matrix, and no message is written out. Graph attention has no
        /// such way: its weights differ from edge to edge, so it writes messages in any case.
        Sparse = "sparse", "sparse matrix";
    }
}

/// The whole graph at once, or sampled neighborhoods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Every node and edge.
    Full,
    /// At most this many neighbors of a node at each hop, nearest hop first; of code2vec, the first is how many
    /// paths of a method are drawn.
    FanOuts(Vec<u64>),
}

choices! {
    /// Whether gradients are computed.
    GnnMode {
        /// Forward, backward and optimizer step.
        Train = "train", "train";
        /// Forward only.
        Infer = "infer", "infer";
    }
}

choices! {
    /// Width of a number.
    GnnPrecision {
        /// 32-bit floats.
        Fp32 = "fp32", "32 bit";
        /// 16-bit floats, of which the least is 6e-8.
        Fp16 = "fp16", "16 bit";
        /// 16-bit brain floats, which reach as far as 32-bit ones with fewer digits.
        Bf16 = "bf16", "bf16";
    }
}

/// What is given of the kind that is asked; nothing where none is.
fn is(scenario: &Scenario, said: impl Fn(&GnnRecord) -> bool) -> bool {
    scenario.gnn().is_some_and(|gnn| said(gnn.architecture.record()))
}

fn sampled(scenario: &Scenario) -> bool {
    scenario.gnn().is_some_and(|gnn| gnn.fan_outs().is_some())
}
