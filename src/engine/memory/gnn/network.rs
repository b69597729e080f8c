//! A whole network: its layers, what lies between them, and the loss.

use super::code2vec::Code2vec;
use super::gated::Gated;
use super::graph::{Cache, Layer, MASK, Pass};
use super::trace::{Held, Kind, Trace};
use super::{gat, gcn, gin, sage};
use crate::spec::{Gnn, GnnArchitecture};
use crate::units::count;

/// A network by how it is played.
#[derive(Clone, Copy, Debug)]
pub(super) enum Network {
    /// Convolutions one after another, with ReLU and dropout between them.
    Stack(Convolution, Stack),
    /// A recurrent unit on the graph.
    Gated(Gated),
    /// Attention over paths.
    Code2vec(Code2vec),
}

/// A kind of layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Convolution {
    /// `GCNConv`
    Gcn,
    /// `SAGEConv`
    Sage,
    /// `GATConv`
    Gat,
    /// `GINConv`
    Gin,
}

/// Widths of a stack of layers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stack {
    input: f64,
    hidden: f64,
    output: f64,
    layers: f64,
    heads: f64,
}

/// What is alive at the worst moment of each phase, without the graph, the weights and optimiser states.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peaks {
    /// Computing the loss, or the result.
    pub(super) forward: Held,
    /// Computing gradients.
    pub(super) backward: Held,
    /// Changing the parameters.
    pub(super) step: Held,
}

impl Network {
    /// The network asked for; what is 0 counts as 1.
    pub(super) fn new(gnn: &Gnn) -> Self {
        let positive = |value: u64| count(value.max(1));
        let (input, hidden, output) = (positive(gnn.in_width), positive(gnn.hidden), positive(gnn.out_width));
        let (layers, heads) = (positive(gnn.layers), positive(gnn.heads));
        let stack = Stack { input, hidden, output, layers, heads };
        match gnn.architecture {
            GnnArchitecture::Gcn => Self::Stack(Convolution::Gcn, stack),
            GnnArchitecture::Sage => Self::Stack(Convolution::Sage, stack),
            GnnArchitecture::Gat => Self::Stack(Convolution::Gat, stack),
            GnnArchitecture::Gin => Self::Stack(Convolution::Gin, stack),
            GnnArchitecture::Ggnn => Self::Gated(Gated { input, state: hidden, output, steps: layers }),
            GnnArchitecture::Code2vec => Self::Code2vec(Code2vec {
                embedding: input,
                vector: hidden,
                names: output,
                tokens: count(gnn.token_vocabulary),
                paths: count(gnn.path_vocabulary),
            }),
        }
    }

    /// Trained values.
    pub(super) fn parameters(&self) -> f64 {
        match self {
            Self::Stack(kind, stack) => {
                let [first, middle, last] = stack.layers().map(|layer| kind.parameters(&layer));
                let ends = if stack.layers < 2.0 { 0.0 } else { first };
                ends + middle * stack.between() + last
            }
            Self::Gated(gated) => gated.parameters(),
            Self::Code2vec(model) => model.parameters(),
        }
    }

    /// Trained tensors; Adam counts the steps of each.
    pub(super) const fn tensors(&self) -> f64 {
        match self {
            Self::Stack(Convolution::Gcn, stack) => 2.0 * stack.layers,
            Self::Stack(Convolution::Sage, stack) => 3.0 * stack.layers,
            Self::Stack(Convolution::Gat | Convolution::Gin, stack) => 4.0 * stack.layers,
            Self::Gated(_) => 9.0,
            Self::Code2vec(_) => 5.0,
        }
    }

    /// Normalised edges that all layers together keep from one pass to the next.
    pub(super) fn cached(&self, pass: &Pass) -> f64 {
        match self {
            Self::Stack(Convolution::Gcn, stack) if pass.cache != Cache::Never => {
                stack.layers * gcn::normalized(pass)
            }
            _ => 0.0,
        }
    }

    /// Plays a pass.
    pub(super) fn play(&self, pass: &Pass) -> Peaks {
        let mut trace = Trace::default();
        if pass.cache == Cache::Full {
            trace.take(Kind::Edges, self.cached(pass));
        }
        self.forward(&mut trace, pass);
        if !pass.train {
            return Peaks { forward: trace.peak(), ..Peaks::default() };
        }
        let labels = pass.element * self.classes() * pass.labelled;
        trace.take(Kind::Logits, labels);
        let forward = trace.peak();
        trace.take(Kind::Logits, 2.0 * labels);
        trace.free(Kind::Logits, 2.0 * labels);
        if pass.labelled < pass.nodes {
            // The gradient of taking the first rows is as large as all rows.
            trace.take(Kind::Logits, pass.node(self.classes()));
            trace.free(Kind::Logits, labels);
        }
        self.backward(&mut trace, pass);
        let backward = trace.peak();
        // Adam's fused form takes the roots of all second moments at once.
        trace.take(Kind::Nodes, pass.element * self.parameters());
        Peaks { forward, backward, step: trace.peak() }
    }

    const fn classes(&self) -> f64 {
        match self {
            Self::Stack(_, stack) => stack.output,
            Self::Gated(gated) => gated.output,
            Self::Code2vec(model) => model.names,
        }
    }

    fn forward(&self, trace: &mut Trace, pass: &Pass) {
        match self {
            Self::Stack(kind, stack) => stack.forward(*kind, trace, pass),
            Self::Gated(gated) => gated.forward(trace, pass),
            Self::Code2vec(model) => model.forward(trace, pass),
        }
    }

    fn backward(&self, trace: &mut Trace, pass: &Pass) {
        match self {
            Self::Stack(kind, stack) => stack.backward(*kind, trace, pass),
            Self::Gated(gated) => gated.backward(trace, pass),
            Self::Code2vec(model) => model.backward(trace, pass),
        }
    }
}

impl Convolution {
    const fn parameters(self, layer: &Layer) -> f64 {
        match self {
            Self::Gcn => gcn::parameters(layer),
            Self::Sage => sage::parameters(layer),
            Self::Gat => gat::parameters(layer),
            Self::Gin => gin::parameters(layer),
        }
    }

    fn forward(self, trace: &mut Trace, pass: &Pass, layer: &Layer) {
        match self {
            Self::Gcn => gcn::forward(trace, pass, layer),
            Self::Sage => sage::forward(trace, pass, layer),
            Self::Gat => gat::forward(trace, pass, layer),
            Self::Gin => gin::forward(trace, pass, layer),
        }
        if !pass.train && !layer.first {
            trace.free(Kind::Nodes, pass.node(layer.input));
        }
    }

    fn backward(self, trace: &mut Trace, pass: &Pass, layer: &Layer) {
        match self {
            Self::Gcn => gcn::backward(trace, pass, layer),
            Self::Sage => sage::backward(trace, pass, layer),
            Self::Gat => gat::backward(trace, pass, layer),
            Self::Gin => gin::backward(trace, pass, layer),
        }
    }
}

impl Stack {
    /// How many layers lie between the first and the last.
    const fn between(&self) -> f64 {
        (self.layers - 2.0).max(0.0)
    }

    /// The first layer, one of those between, and the last; of one layer, only the last counts.
    const fn layers(&self) -> [Layer; 3] {
        let middle = Layer {
            input: self.hidden,
            inner: self.hidden,
            output: self.hidden,
            heads: self.heads,
            first: false,
            last: false,
        };
        let single = self.layers < 2.0;
        let first = Layer { input: self.input, first: true, ..middle };
        // The last layer of a GAT has one head.
        let last = Layer { output: self.output, heads: 1.0, last: true, ..middle };
        [first, middle, if single { Layer { input: self.input, first: true, ..last } } else { last }]
    }

    fn forward(&self, kind: Convolution, trace: &mut Trace, pass: &Pass) {
        let [first, middle, last] = self.layers();
        let layer = |trace: &mut Trace, layer: &Layer| {
            kind.forward(trace, pass, layer);
            activate(trace, pass, layer.output);
        };
        if self.layers >= 2.0 {
            layer(trace, &first);
            trace.repeat(self.between(), |trace| layer(trace, &middle));
        }
        kind.forward(trace, pass, &last);
    }

    fn backward(&self, kind: Convolution, trace: &mut Trace, pass: &Pass) {
        let [first, middle, last] = self.layers();
        let layer = |trace: &mut Trace, layer: &Layer| {
            activate_backward(trace, pass, layer.output);
            kind.backward(trace, pass, layer);
        };
        kind.backward(trace, pass, &last);
        trace.repeat(self.between(), |trace| layer(trace, &middle));
        if self.layers >= 2.0 {
            layer(trace, &first);
        }
    }
}

/// ReLU and dropout on a layer's result.
fn activate(trace: &mut Trace, pass: &Pass, width: f64) {
    let rows = pass.node(width);
    trace.take(Kind::Nodes, rows);
    trace.free(Kind::Nodes, rows);
    if pass.train && pass.dropout {
        trace.take(Kind::Nodes, rows + MASK * width * pass.nodes);
    }
}

/// From the gradient of what the next layer read to that of the layer's result.
fn activate_backward(trace: &mut Trace, pass: &Pass, width: f64) {
    let rows = pass.node(width);
    if pass.dropout {
        trace.take(Kind::Nodes, rows);
        trace.free(Kind::Nodes, rows + MASK * width * pass.nodes);
    }
    trace.take(Kind::Nodes, rows);
    trace.free(Kind::Nodes, 2.0 * rows);
}
