//! The backward pass of one module's trace, as PyTorch's autograd engine runs it.

use super::held::{Held, Item, Kind, Name, put};
use super::trace::{Node, Operation, Tensor, Trace};

/// The gradient of a tensor: shared where an operation passes it on as it is.
#[derive(Clone, Copy, Debug)]
struct Flow {
    bytes: f64,
    kind: Kind,
    name: Name,
    owners: u32,
    /// It has become a parameter's gradient.
    settled: bool,
}

/// What lives while gradients are computed, and the most there was.
pub struct Backward<'a> {
    trace: &'a Trace,
    /// Gradient functions that still hold each storage.
    saved: Vec<u32>,
    flows: Vec<Flow>,
    gradient: Vec<Option<usize>>,
    live: Held,
    /// At the peak.
    pub most: Held,
    record: Option<Record>,
}

/// What a recorded pass remembers.
struct Record {
    /// Storages that are there.
    alive: Vec<bool>,
    /// Operations that have not let go yet of what they saved beside tensors of the trace.
    besides: Vec<usize>,
    /// Tensors at the peak.
    peak: Vec<Item>,
}

impl<'a> Backward<'a> {
    /// From what was kept; what lives at the peak is listed where the storages that live are given.
    pub fn new(trace: &'a Trace, kept: Held, result: Tensor, alive: Option<Vec<bool>>) -> Self {
        let besides = || (0..trace.operations.len()).filter(|at| trace.saves_beside(*at)).collect();
        let mut backward = Self {
            trace,
            saved: trace.storages.iter().map(|storage| storage.saved).collect(),
            flows: Vec::with_capacity(trace.nodes.len()),
            gradient: vec![None; trace.nodes.len()],
            live: kept,
            most: kept,
            record: alive.map(|alive| Record { alive, besides: besides(), peak: Vec::new() }),
        };
        backward.list(None);
        backward.give(result.id, None);
        backward
    }

    /// Goes through all operations from the last to the first.
    pub fn run(&mut self) {
        for (at, operation) in self.trace.operations.iter().enumerate().rev() {
            let Some(flow) = self.gradient.get(operation.output).copied().flatten() else {
                continue;
            };
            for id in operation.inputs.into_iter().flatten() {
                self.give(id, operation.keeps.passes.then_some(flow));
            }
            self.note(Some(operation));
            self.let_go(flow);
            self.release(at, operation);
        }
    }

    /// Gradients of parameters that the module leaves.
    pub const fn gradients(&self) -> f64 {
        self.live.gradients
    }

    /// The same one by one.
    pub fn gradient_items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for flow in self.flows.iter().filter(|flow| flow.settled && !self.trace.accumulates) {
            put(&mut items, Item::new(Kind::Gradients, flow.name.text(), flow.bytes));
        }
        items
    }

    /// The tensors at the peak.
    pub fn peak_items(self) -> Vec<Item> {
        self.record.map_or_else(Vec::new, |record| record.peak)
    }

    /// Looks whether this is the peak, with what comes and goes with an operation's gradient.
    fn note(&mut self, passing: Option<&Operation>) {
        let mut now = self.live;
        now.activations += passing.map_or(0.0, |operation| operation.keeps.backward);
        if self.most.is_less_than(&now) {
            self.most = now;
            self.list(passing);
        }
    }

    /// Lists what lives now, where that is recorded.
    fn list(&mut self, passing: Option<&Operation>) {
        let Some(record) = &mut self.record else { return };
        let mut items = self.trace.living(&record.alive);
        for at in &record.besides {
            self.trace.put_beside(&mut items, *at);
        }
        for flow in self.flows.iter().filter(|flow| flow.owners > 0) {
            let name = format!("gradient of {}", flow.name.text());
            match (flow.settled, self.trace.accumulates) {
                (false, _) => put(&mut items, Item::new(flow.kind, name, flow.bytes)),
                (true, false) => put(&mut items, Item::new(Kind::Gradients, flow.name.text(), flow.bytes)),
                (true, true) => {}
            }
        }
        if let Some(operation) = passing {
            let name = format!("gradient of {}, work space", self.trace.name_of(operation.output).text());
            put(&mut items, Item::new(Kind::Activations, name, operation.keeps.backward));
        }
        record.peak = items;
    }

    /// Gives a gradient to a tensor: a new one, or one that is shared.
    fn give(&mut self, id: usize, shared: Option<usize>) {
        let Some(node) = self.trace.nodes.get(id).copied().filter(|node| node.grad) else { return };
        let arrived = match shared {
            Some(flow) => {
                if let Some(flow) = self.flows.get_mut(flow) {
                    flow.owners += 1;
                }
                flow
            }
            None => self.flow(node),
        };
        let put = match self.gradient.get(id).copied().flatten() {
            None => arrived,
            Some(before) => {
                let sum = self.flow(node);
                self.let_go(before);
                self.let_go(arrived);
                sum
            }
        };
        if let Some(place) = self.gradient.get_mut(id) {
            *place = Some(put);
        }
        if node.parameter {
            // It stays as the parameter's gradient, or has been added to the one from before.
            self.live.add(node.kind, -node.bytes);
            if !self.trace.accumulates {
                self.live.gradients += node.bytes;
            }
            if let Some(flow) = self.flows.get_mut(put) {
                flow.settled = true;
            }
        }
    }

    fn flow(&mut self, node: Node) -> usize {
        self.live.add(node.kind, node.bytes);
        let Node { bytes, kind, name, .. } = node;
        self.flows.push(Flow { bytes, kind, name, owners: 1, settled: false });
        self.note(None);
        self.flows.len() - 1
    }

    fn let_go(&mut self, flow: usize) {
        if let Some(flow) = self.flows.get_mut(flow) {
            flow.owners = flow.owners.saturating_sub(1);
            if flow.owners == 0 {
                self.live.add(flow.kind, -flow.bytes);
            }
        }
    }

    /// Lets go of what an operation had saved.
    fn release(&mut self, at: usize, operation: &Operation) {
        let keeps = operation.keeps;
        self.live.add(Kind::Activations, -keeps.beside);
        if let Some(record) = &mut self.record {
            record.besides.retain(|beside| *beside != at);
        }
        let inputs = operation.inputs.into_iter().zip([keeps.first, keeps.second, keeps.third]);
        let saved = inputs.filter_map(|(id, saves)| id.filter(|_| saves));
        for id in saved.chain(keeps.result.then_some(operation.output)) {
            let storage = self.trace.storage_of(id);
            if let (Some(saved), Some(of)) = (self.saved.get_mut(storage), self.trace.storages.get(storage)) {
                *saved = saved.saturating_sub(1);
                if *saved == 0 {
                    self.live.add(of.kind, -of.bytes);
                    if let Some(alive) = self.record.as_mut().and_then(|record| record.alive.get_mut(storage))
                    {
                        *alive = false;
                    }
                }
            }
        }
    }
}
