//! Kinds of layers, each simulated once.

use super::layer::Layer;
use super::pass::Pass;
use super::trace::{Recorded, Simulated, Tensor, Trace};

/// Kinds of layers that were simulated.
pub struct Kinds<'a> {
    pass: &'a Pass,
    known: Vec<Known<'a>>,
}

struct Known<'a> {
    layer: Layer<'a>,
    trace: Trace,
    result: Tensor,
    simulated: Simulated,
}

impl<'a> Kinds<'a> {
    /// None yet.
    pub fn new(pass: &'a Pass) -> Self {
        Self { pass, known: Vec::with_capacity(4) }
    }

    /// Which kind a layer is, and what it takes.
    pub fn simulate(&mut self, layer: Layer<'a>) -> (usize, Simulated) {
        let same = |known: &Known<'a>| {
            let other = known.layer;
            std::ptr::eq(other.block, layer.block) && other.tuned == layer.tuned && other.flows == layer.flows
        };
        if let Some(kind) = self.known.iter().position(same) {
            return (kind, self.known.get(kind).map_or_else(Simulated::default, |known| known.simulated));
        }
        let (trace, result) = layer.trace(self.pass);
        let simulated = trace.simulate(result);
        self.known.push(Known { layer, trace, result, simulated });
        (self.known.len() - 1, simulated)
    }

    /// Every kind tensor by tensor.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.known.iter().map(|known| known.trace.recorded(known.result)).collect()
    }
}
