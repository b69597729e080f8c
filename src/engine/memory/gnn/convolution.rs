//! The kinds of layers that a stack is made of.

use super::graph::{ACTIVATED, Layer, Pass};
use super::recorded::RecordedLayer;
use super::trace::{Kind, Trace};
use super::{dense, gat, gcn, gin, rgcn, sage};

/// A kind of layer.
#[derive(Clone, Copy, Debug)]
pub enum Convolution {
    /// `GCNConv`
    Gcn,
    /// `SAGEConv`
    Sage,
    /// `GATConv`
    Gat,
    /// `GINConv`
    Gin,
    /// `RGCNConv`, with so many relations.
    Rgcn(f64),
    /// `DenseGCNConv`
    Dense,
    /// As it was recorded, with the width of edges' features.
    Recorded(&'static RecordedLayer, f64),
}

impl Convolution {
    /// Trained tensors of a layer.
    pub const fn tensors(self) -> f64 {
        match self {
            Self::Gcn | Self::Dense => 2.0,
            Self::Sage | Self::Rgcn(_) => 3.0,
            Self::Gat | Self::Gin => 4.0,
            Self::Recorded(layer, _) => layer.tensors,
        }
    }

    /// Trained values of a layer.
    pub fn parameters(self, layer: &Layer) -> f64 {
        match self {
            Self::Gcn => gcn::parameters(layer),
            Self::Sage => sage::parameters(layer),
            Self::Gat => gat::parameters(layer),
            Self::Gin => gin::parameters(layer),
            Self::Rgcn(relations) => rgcn::parameters(layer, relations),
            Self::Dense => dense::parameters(layer),
            Self::Recorded(of, edges) => of.parameters(layer, edges),
        }
    }

    /// The layer on its input, which stays.
    pub fn forward(self, trace: &mut Trace, pass: &Pass, layer: &Layer) {
        match self {
            Self::Gcn => gcn::forward(trace, pass, layer),
            Self::Sage => sage::forward(trace, pass, layer),
            Self::Gat => gat::forward(trace, pass, layer),
            Self::Gin => gin::forward(trace, pass, layer),
            Self::Rgcn(_) => rgcn::forward(trace, pass, layer),
            Self::Dense => dense::forward(trace, pass, layer),
            Self::Recorded(of, _) => of.forward(trace, pass, layer),
        }
        if !pass.train && !layer.first {
            trace.free(Kind::Nodes, ACTIVATED, pass.node(layer.input));
        }
    }

    /// From the gradient of the result to that of the input.
    pub fn backward(self, trace: &mut Trace, pass: &Pass, layer: &Layer) {
        match self {
            Self::Gcn => gcn::backward(trace, pass, layer),
            Self::Sage => sage::backward(trace, pass, layer),
            Self::Gat => gat::backward(trace, pass, layer),
            Self::Gin => gin::backward(trace, pass, layer),
            Self::Rgcn(_) => rgcn::backward(trace, pass, layer),
            Self::Dense => dense::backward(trace, pass, layer),
            Self::Recorded(of, _) => of.backward(trace, pass, layer),
        }
    }
}
