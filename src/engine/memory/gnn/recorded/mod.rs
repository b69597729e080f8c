//! Layers of PyTorch Geometric whose allocations were recorded, each one record.
//!
//! A record is what a layer takes and frees in order, forward and backward, each tensor in bytes that grow with nodes,
//! edges and widths (`tests/evidence/gnn/record.py`). It runs through the trace of the whole network.

pub mod gatv2;
pub mod nnconv;

use super::graph::{DROPPED, GRADIENT, INPUT_GRADIENT, Layer, Pass};
use super::trace::{Kind, Trace};

/// A layer as it was recorded.
#[derive(Debug)]
pub struct RecordedLayer {
    /// Trained values.
    pub parameters: Terms,
    /// Trained tensors.
    pub tensors: f64,
    /// With gradients to come.
    pub forward: &'static [Event],
    /// The same of the first layer, whose input needs none.
    pub forward_first: &'static [Event],
    /// Without.
    pub run: &'static [Event],
    /// From the gradient of the result to that of the input.
    pub backward: &'static [Event],
    /// The same where the input needs none.
    pub backward_first: &'static [Event],
}

/// What an amount grows with, and how much for one of it.
pub type Terms = &'static [(By, f64)];

/// What a layer does to memory next.
#[derive(Debug)]
pub enum Event {
    /// A tensor by its number, the operation that makes it, and its bytes.
    Take(usize, &'static str, Terms),
    /// A tensor of the same pass that goes.
    Drop(usize),
    /// A tensor that the pass forward kept goes.
    Kept(usize),
    /// The layer's result.
    Output,
    /// The gradient of its result goes.
    Gradient,
    /// What it reads goes, where that is a tensor of its own.
    Owned,
    /// The gradient of what it reads.
    Into,
}

/// What bytes grow with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Width of the result.
    Output,
    /// Their product.
    InputOutput,
    /// Nodes.
    Nodes,
    /// Nodes times width of what is read.
    NodesInput,
    /// Nodes times width of the result.
    NodesOutput,
    /// Nodes times heads.
    NodesHeads,
    /// Edges.
    Edges,
    /// Edges times width of what is read.
    EdgesInput,
    /// Edges times width of the result.
    EdgesOutput,
    /// Edges times heads.
    EdgesHeads,
    /// Edges times both widths.
    EdgesInputOutput,
    /// That times width of the result.
    FeaturesInputOutput,
}

/// Bytes of a number in a record.
const RECORDED: f64 = 4.0;

/// What an amount is of, for the parts of a phase.
fn kind(terms: Terms, backward: bool) -> Kind {
    let of_edges = |by: &By| {
        matches!(by, By::Edges | By::EdgesInput | By::EdgesOutput | By::EdgesHeads | By::EdgesInputOutput)
    };
    let of_nodes = |by: &By| matches!(by, By::Nodes | By::NodesInput | By::NodesOutput | By::NodesHeads);
    if terms.iter().any(|(by, _)| of_edges(by)) {
        Kind::Edges
    } else if !backward || terms.iter().any(|(by, _)| of_nodes(by)) {
        Kind::Nodes
    } else {
        Kind::Gradients
    }
}

/// How much there is of what an amount grows with.
fn amount(by: By, pass: &Pass, layer: &Layer) -> f64 {
    let Layer { input, output, heads, .. } = *layer;
    let Pass { nodes, edges, edge_width, .. } = *pass;
    match by {
        By::Output => output,
        By::InputOutput => input * output,
        By::Nodes => nodes,
        By::NodesInput => nodes * input,
        By::NodesOutput => nodes * output,
        By::NodesHeads => nodes * heads,
        By::Edges => edges,
        By::EdgesInput => edges * input,
        By::EdgesOutput => edges * output,
        By::EdgesHeads => edges * heads,
        By::EdgesInputOutput => edges * input * output,
        By::FeaturesInputOutput => edge_width * input * output,
    }
}

impl RecordedLayer {
    /// Trained values of a layer; the features of edges have a width of their own.
    pub fn parameters(&self, layer: &Layer, edge_width: f64) -> f64 {
        let pass = Pass { edge_width, ..Pass::EMPTY };
        self.parameters.iter().map(|(by, values)| values * amount(*by, &pass, layer)).sum()
    }

    /// The layer on its input, which stays.
    pub fn forward(&self, trace: &mut Trace, pass: &Pass, layer: &Layer) {
        let script = if pass.train { self.kept(layer) } else { self.run };
        self.run(trace, (pass, layer), (script, false));
        if !pass.train {
            // What no event frees goes when the layer returns.
            for (number, event) in script.iter().enumerate() {
                let gone =
                    |later: &Event| matches!((event, later), (Event::Take(a, ..), Event::Drop(b)) if a == b);
                if let Event::Take(_, name, terms) = event
                    && !script.iter().skip(number).any(gone)
                {
                    trace.free(kind(terms, false), name, bytes(terms, pass, layer));
                }
            }
        }
    }

    /// From the gradient of the result to that of the input.
    pub fn backward(&self, trace: &mut Trace, pass: &Pass, layer: &Layer) {
        let script = if layer.first { self.backward_first } else { self.backward };
        self.run(trace, (pass, layer), (script, true));
    }

    /// The layer forward, with gradients to come.
    const fn kept(&self, layer: &Layer) -> &'static [Event] {
        if layer.first { self.forward_first } else { self.forward }
    }

    fn run(
        &self,
        trace: &mut Trace,
        (pass, layer): (&Pass, &Layer),
        (script, backward): (&'static [Event], bool),
    ) {
        let taken = |script: &'static [Event], number: usize| {
            script.iter().find_map(|event| match event {
                Event::Take(of, name, terms) if *of == number => Some((*name, *terms)),
                _ => None,
            })
        };
        for event in script {
            match event {
                Event::Take(_, name, terms) => {
                    trace.take(kind(terms, backward), name, bytes(terms, pass, layer));
                }
                Event::Drop(number) => {
                    if let Some((name, terms)) = taken(script, *number) {
                        trace.free(kind(terms, backward), name, bytes(terms, pass, layer));
                    }
                }
                Event::Kept(number) => {
                    if let Some((name, terms)) = taken(self.kept(layer), *number) {
                        trace.free(kind(terms, false), name, bytes(terms, pass, layer));
                    }
                }
                Event::Output => trace.take(layer.result(), layer.output_name(), pass.node(layer.output)),
                Event::Gradient => trace.free(layer.result(), GRADIENT, pass.node(layer.output)),
                Event::Owned if layer.owns_input(pass) => {
                    trace.free(Kind::Nodes, DROPPED, pass.node(layer.input));
                }
                Event::Owned => {}
                Event::Into => trace.take(Kind::Nodes, INPUT_GRADIENT, pass.node(layer.input)),
            }
        }
    }
}

/// Bytes of a tensor; what is 4 bytes each in a record is a number, all else an index or a yes or no.
fn bytes(terms: Terms, pass: &Pass, layer: &Layer) -> f64 {
    let each = |bytes: f64| if (bytes - RECORDED).abs() < 0.5 { pass.element } else { bytes };
    terms.iter().map(|(by, bytes)| each(*bytes) * amount(*by, pass, layer)).sum()
}
