//! A whole network: its layers, what lies between them, and the loss.

use super::code2vec::Code2vec;
use super::convolution::Convolution;
use super::gated::Gated;
use super::gcn;
use super::graph::{ACTIVATED, Cache, DROPPED, GRADIENT, INPUT_GRADIENT, Layer, MASK, Pass};
use super::hgt::Hgt;
use super::readout::Readout;
use super::recorded;
use super::trace::{Kind, Peak, Trace};
use crate::engine::working::Detail;
use crate::spec::{Gnn, GnnArchitecture};
use crate::units::count;

/// A network by how it is simulated.
#[derive(Clone, Copy, Debug)]
pub enum Network {
    /// Convolutions one after another, with ReLU and dropout between them.
    Stack(Convolution, Stack),
    /// A recurrent unit on the graph.
    Gated(Gated),
    /// Attention over paths.
    Code2vec(Code2vec),
    /// Attention by types of nodes and relations.
    Hgt(Hgt),
}

/// Widths of a stack of layers.
#[derive(Clone, Copy, Debug)]
pub struct Stack {
    input: f64,
    hidden: f64,
    output: f64,
    layers: f64,
    heads: f64,
    /// Whether graphs of a batch are told apart, not nodes.
    pooled: bool,
}

/// What is alive at the peak of each phase, without the graph, the weights and optimizer states.
#[derive(Clone, Debug, Default)]
pub struct Peaks {
    /// Computing the loss, or the result.
    pub forward: Peak,
    /// Computing gradients.
    pub backward: Peak,
    /// Changing the parameters.
    pub step: Peak,
}

impl Network {
    /// The network asked for; what is 0 counts as 1.
    pub fn new(gnn: &Gnn) -> Self {
        let positive = |value: u64| count(value.max(1));
        let (input, hidden, output) = (positive(gnn.in_width), positive(gnn.hidden), positive(gnn.out_width));
        let (layers, heads) = (positive(gnn.layers), positive(gnn.heads));
        let stack = Stack { input, hidden, output, layers, heads, pooled: gnn.graphs_at_once().is_some() };
        match gnn.architecture {
            GnnArchitecture::Gcn => Self::Stack(Convolution::Gcn, stack),
            GnnArchitecture::Sage => Self::Stack(Convolution::Sage, stack),
            GnnArchitecture::Gat => Self::Stack(Convolution::Gat, stack),
            GnnArchitecture::Gin => Self::Stack(Convolution::Gin, stack),
            GnnArchitecture::Gatv2 => Self::Stack(Convolution::Recorded(&recorded::gatv2::LAYER, 0.0), stack),
            GnnArchitecture::NnConv => {
                let edges = positive(gnn.edge_width);
                Self::Stack(Convolution::Recorded(&recorded::nnconv::LAYER, edges), stack)
            }
            GnnArchitecture::Rgcn => Self::Stack(Convolution::Rgcn(positive(gnn.relations)), stack),
            GnnArchitecture::DenseGcn => Self::Stack(Convolution::Dense, stack),
            GnnArchitecture::Hgt => Self::Hgt(Hgt {
                input,
                hidden,
                output,
                layers,
                heads,
                types: positive(gnn.node_types),
                relations: positive(gnn.relations),
            }),
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
    pub fn parameters(&self) -> f64 {
        match self {
            Self::Stack(kind, stack) => {
                let [first, middle, last] = stack.layers().map(|layer| kind.parameters(&layer));
                let ends = if stack.layers < 2.0 { 0.0 } else { first };
                let classifier = stack.readout(*kind).map_or(0.0, |readout| readout.parameters());
                ends + middle * stack.between() + last + classifier
            }
            Self::Gated(gated) => gated.parameters(),
            Self::Code2vec(model) => model.parameters(),
            Self::Hgt(hgt) => hgt.parameters(),
        }
    }

    /// The parameters by what they are: a name, how many of it, and the values of all of them.
    pub fn matrices(&self) -> Vec<(&'static str, f64, f64)> {
        let once = |(name, values): (&'static str, f64)| (name, 1.0, values);
        match self {
            Self::Stack(kind, stack) => {
                let [first, middle, last] = stack.layers().map(|layer| kind.parameters(&layer));
                let between = stack.between();
                let mut all = vec![("last layer", 1.0, last)];
                if stack.layers >= 2.0 {
                    all.push(("first layer", 1.0, first));
                }
                if between > 0.0 {
                    all.push(("layers between", between, middle * between));
                }
                if let Some(readout) = stack.readout(*kind) {
                    all.push(("classifier", 1.0, readout.parameters()));
                }
                all
            }
            Self::Gated(gated) => gated.matrices().map(once).to_vec(),
            Self::Code2vec(model) => model.matrices().map(once).to_vec(),
            Self::Hgt(hgt) => hgt.matrices().to_vec(),
        }
    }

    /// Trained tensors; Adam counts the steps of each.
    pub const fn tensors(&self) -> f64 {
        match self {
            Self::Stack(kind, stack) => kind.tensors() * stack.layers + if stack.pooled { 2.0 } else { 0.0 },
            Self::Gated(_) => 9.0,
            Self::Code2vec(_) => 5.0,
            Self::Hgt(hgt) => hgt.tensors(),
        }
    }

    /// Normalized edges that all layers together keep from one pass to the next.
    pub fn cached(&self, pass: &Pass) -> f64 {
        match self {
            Self::Stack(Convolution::Gcn, stack) if pass.cache != Cache::Never => {
                stack.layers * gcn::normalized(pass)
            }
            _ => 0.0,
        }
    }

    /// Simulates a pass.
    pub fn simulate(&self, pass: &Pass, detail: Detail) -> Peaks {
        let mut trace = Trace::new(detail);
        if pass.cache == Cache::Full {
            trace.take(Kind::Edges, "normalized edges that all layers keep", self.cached(pass));
        }
        self.forward(&mut trace, pass);
        if !pass.train {
            return Peaks { forward: trace.peak(), ..Peaks::default() };
        }
        let (logarithms, of_logarithms) = ("log-softmax of labeled nodes", "gradient of the log-softmax");
        let labels = pass.element * self.classes() * pass.labeled;
        trace.take(Kind::Logits, logarithms, labels);
        let forward = trace.peak();
        let some = pass.labeled < pass.scored;
        let gradient = if some { "gradient of the logits of labeled nodes" } else { GRADIENT };
        trace.take_all(Kind::Logits, 2.0 * labels, &[(of_logarithms, labels), (gradient, labels)]);
        trace.free_all(Kind::Logits, 2.0 * labels, &[(of_logarithms, labels), (logarithms, labels)]);
        if some {
            // The gradient of taking the first rows is as large as all rows.
            trace.take(Kind::Logits, GRADIENT, pass.element * self.classes() * pass.scored);
            trace.free(Kind::Logits, gradient, labels);
        }
        self.backward(&mut trace, pass);
        let backward = trace.peak();
        // Adam's fused form takes the roots of all second moments at once.
        trace.take(Kind::Nodes, "roots of the second moments (Adam)", pass.element * self.parameters());
        Peaks { forward, backward, step: trace.peak() }
    }

    const fn classes(&self) -> f64 {
        match self {
            Self::Stack(_, stack) => stack.output,
            Self::Gated(gated) => gated.output,
            Self::Code2vec(model) => model.names,
            Self::Hgt(hgt) => hgt.output,
        }
    }

    fn forward(&self, trace: &mut Trace, pass: &Pass) {
        match self {
            Self::Stack(kind, stack) => stack.forward(*kind, trace, pass),
            Self::Gated(gated) => gated.forward(trace, pass),
            Self::Code2vec(model) => model.forward(trace, pass),
            Self::Hgt(hgt) => hgt.forward(trace, pass),
        }
    }

    fn backward(&self, trace: &mut Trace, pass: &Pass) {
        match self {
            Self::Stack(kind, stack) => stack.backward(*kind, trace, pass),
            Self::Gated(gated) => gated.backward(trace, pass),
            Self::Code2vec(model) => model.backward(trace, pass),
            Self::Hgt(hgt) => hgt.backward(trace, pass),
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
        let last = Layer { heads: 1.0, ..middle };
        let last = if self.pooled { last } else { Layer { output: self.output, last: true, ..last } };
        [first, middle, if single { Layer { input: self.input, first: true, ..last } } else { last }]
    }

    /// What graphs are told by.
    fn readout(&self, kind: Convolution) -> Option<Readout> {
        let dense = matches!(kind, Convolution::Dense);
        self.pooled.then_some(Readout { hidden: self.hidden, output: self.output, dense })
    }

    /// Of graphs, dropout lies before the classifier alone.
    const fn inside(&self, pass: &Pass) -> Pass {
        Pass { dropout: pass.dropout && !self.pooled, ..*pass }
    }

    fn forward(&self, kind: Convolution, trace: &mut Trace, of: &Pass) {
        let [first, middle, last] = self.layers();
        let pass = &self.inside(of);
        let layer = |trace: &mut Trace, layer: &Layer| {
            kind.forward(trace, pass, layer);
            activate(trace, pass, layer);
        };
        if self.layers >= 2.0 {
            layer(trace, &first);
            trace.repeat(self.between(), |trace| layer(trace, &middle));
        }
        kind.forward(trace, pass, &last);
        if let Some(readout) = self.readout(kind) {
            readout.forward(trace, of, last.output_name());
        }
    }

    fn backward(&self, kind: Convolution, trace: &mut Trace, of: &Pass) {
        let [first, middle, last] = self.layers();
        let pass = &self.inside(of);
        if let Some(readout) = self.readout(kind) {
            readout.backward(trace, of);
        }
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

/// What dropout keeps to know which values it left.
const DROPOUT_MASK: &str = "dropout mask";

/// ReLU and dropout on a layer's result.
fn activate(trace: &mut Trace, pass: &Pass, layer: &Layer) {
    let rows = pass.node(layer.output);
    trace.take(Kind::Nodes, ACTIVATED, rows);
    trace.free(Kind::Nodes, layer.output_name(), rows);
    if pass.train && pass.dropout {
        let mask = MASK * layer.output * pass.nodes;
        trace.take_all(Kind::Nodes, rows + mask, &[(DROPPED, rows), (DROPOUT_MASK, mask)]);
    }
}

/// From the gradient of what the next layer read to that of the layer's result.
fn activate_backward(trace: &mut Trace, pass: &Pass, width: f64) {
    let rows = pass.node(width);
    let mut gradient = INPUT_GRADIENT;
    if pass.dropout {
        gradient = "gradient of the ReLU output";
        trace.take(Kind::Nodes, gradient, rows);
        let mask = MASK * width * pass.nodes;
        trace.free_all(Kind::Nodes, rows + mask, &[(INPUT_GRADIENT, rows), (DROPOUT_MASK, mask)]);
    }
    trace.take(Kind::Nodes, GRADIENT, rows);
    trace.free_all(Kind::Nodes, 2.0 * rows, &[(gradient, rows), (ACTIVATED, rows)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_are_counted_and_have_all_parameters() {
        for architecture in [
            GnnArchitecture::Gcn,
            GnnArchitecture::Sage,
            GnnArchitecture::Gat,
            GnnArchitecture::Gin,
            GnnArchitecture::Rgcn,
            GnnArchitecture::Hgt,
            GnnArchitecture::DenseGcn,
            GnnArchitecture::Ggnn,
            GnnArchitecture::Code2vec,
        ] {
            let gnn = Gnn { architecture, layers: 4, heads: 4, hidden: 64, ..Gnn::default() };
            let network = Network::new(&gnn);
            let all = network.matrices();
            let sum: f64 = all.iter().map(|(.., values)| values).sum();
            assert!((sum / network.parameters() - 1.0).abs() < 1e-12, "{architecture:?}: {all:?}");
            // What there is one of is there once, and there are no more layers than four.
            let types = count(gnn.node_types.max(1)).max(4.0);
            assert!(
                all.iter().all(|(_, times, _)| (1.0..=types).contains(times)),
                "{architecture:?}: {all:?}"
            );
            let once = matches!(architecture, GnnArchitecture::Ggnn | GnnArchitecture::Code2vec);
            assert!(!once || all.iter().all(|(_, times, _)| *times < 1.5), "{architecture:?}: {all:?}");
        }
    }
}
