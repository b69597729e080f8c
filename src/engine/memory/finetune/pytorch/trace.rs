//! Operations of one module in the order PyTorch runs them, and what autograd keeps of them.
//!
//! A tensor lives while an operation still reads it or a gradient function has saved it (`SavedVariable`). Backward,
//! the operations run from the last to the first: each makes the gradients of its inputs, then lets go
//! of its own gradient and of what it saved. A gradient that arrives twice is added into a new tensor.

use super::held::{Held, Item, Kind, Name, put};

/// A tensor of the trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tensor {
    /// Its place in the trace.
    pub id: usize,
    /// How many values.
    pub values: f64,
    /// Bytes of one.
    pub width: f64,
    /// Whether a gradient flows to it.
    pub grad: bool,
}

impl Tensor {
    /// Bytes of all values.
    pub const fn bytes(&self) -> f64 {
        self.values * self.width
    }
}

/// What an operation keeps and needs beside its result.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keeps {
    /// Whether the first input is saved.
    pub first: bool,
    /// Whether the second input is saved.
    pub second: bool,
    /// Whether the third input is saved.
    pub third: bool,
    /// Whether the result is saved.
    pub result: bool,
    /// Bytes saved beside tensors of the trace.
    pub beside: f64,
    /// Bytes that come and go with the operation.
    pub forward: f64,
    /// Bytes that come and go with its gradient.
    pub backward: f64,
    /// Whether its gradient is passed on as it is.
    pub passes: bool,
}

/// Memory of one tensor or of several views of it.
#[derive(Clone, Copy, Debug)]
pub struct Storage {
    /// Bytes it takes.
    pub bytes: f64,
    /// What it counts as.
    pub kind: Kind,
    /// Gradient functions that have saved it.
    pub saved: u32,
    /// The last operation that reads it.
    pub last_read: usize,
    /// A name in the code keeps it to the end of the pass.
    pub named: bool,
    /// It is there before the first operation.
    pub given: bool,
    name: Name,
}

/// A tensor as autograd sees it.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    storage: usize,
    /// Bytes of its gradient.
    pub bytes: f64,
    /// What its gradient counts as.
    pub kind: Kind,
    /// Whether it has one.
    pub grad: bool,
    /// A parameter: its gradient stays.
    pub parameter: bool,
    /// Which operation made it.
    pub name: Name,
}

/// An operation with what it reads and gives.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Tensors it reads.
    pub inputs: [Option<usize>; 3],
    /// The tensor it gives.
    pub output: usize,
    /// What it keeps and needs beside.
    pub keeps: Keeps,
}

/// What a module takes of memory, above what was there before its input.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Simulated {
    /// Kept for the backward pass, without the result.
    pub kept: Held,
    /// At the peak of the forward pass.
    pub forward: Held,
    /// The same where nothing is kept for a backward pass.
    pub passing: Held,
    /// At the peak of the backward pass, gradients of its own parameters included.
    pub backward: Held,
    /// Gradients of parameters it leaves.
    pub gradients: f64,
    /// Bytes of its trained parameters.
    pub trained: f64,
}

/// The same tensor by tensor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// Kept for the backward pass, without the result.
    pub kept: Vec<Item>,
    /// At the peak of the forward pass.
    pub forward: Vec<Item>,
    /// The same where nothing is kept for a backward pass.
    pub passing: Vec<Item>,
    /// At the peak of the backward pass.
    pub backward: Vec<Item>,
    /// Gradients of parameters it leaves.
    pub gradients: Vec<Item>,
    /// Its trained parameters.
    pub trained: Vec<Item>,
}

/// Operations in order.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Whether a parameter's new gradient goes with its operation, added to an earlier one.
    pub accumulates: bool,
    kind: Kind,
    module: &'static str,
    /// Tensors.
    pub nodes: Vec<Node>,
    /// Their memory.
    pub storages: Vec<Storage>,
    /// Operations in the order they run.
    pub operations: Vec<Operation>,
}

impl Trace {
    /// An empty trace; where gradients are accumulated, a parameter's new one goes with its operation.
    pub fn new(accumulates: bool) -> Self {
        Self {
            accumulates,
            kind: Kind::default(),
            module: "layer",
            nodes: Vec::with_capacity(96),
            storages: Vec::with_capacity(96),
            operations: Vec::with_capacity(96),
        }
    }

    /// What results count as from now on.
    pub const fn count_as(&mut self, kind: Kind) {
        self.kind = kind;
    }

    /// The module that operations belong to from now on.
    pub const fn within(&mut self, module: &'static str) {
        self.module = module;
    }

    fn storage(&mut self, operation: &'static str, bytes: f64, given: bool) -> usize {
        let (kind, name) = (self.kind, Name { module: self.module, operation });
        self.storages.push(Storage { bytes, kind, saved: 0, last_read: 0, named: false, given, name });
        self.storages.len() - 1
    }

    fn node(
        &mut self,
        operation: &'static str,
        storage: usize,
        (values, width): (f64, f64),
        grad: bool,
    ) -> Tensor {
        let (kind, name) = (self.kind, Name { module: self.module, operation });
        self.nodes.push(Node { storage, bytes: values * width, kind, grad, parameter: false, name });
        Tensor { id: self.nodes.len() - 1, values, width, grad }
    }

    /// What the module is given; it is alive from the start.
    pub fn input(&mut self, values: f64, width: f64, grad: bool) -> Tensor {
        let storage = self.storage("input", values * width, true);
        self.node("input", storage, (values, width), grad)
    }

    /// A parameter; its bytes are counted elsewhere, its gradient here.
    pub fn parameter(&mut self, what: &'static str, values: f64, width: f64, trained: bool) -> Tensor {
        let storage = self.storage(what, 0.0, true);
        let tensor = self.node(what, storage, (values, width), trained);
        if let Some(node) = self.nodes.last_mut() {
            node.parameter = true;
        }
        tensor
    }

    /// An operation with its result.
    pub fn run(
        &mut self,
        operation: &'static str,
        inputs: &[Tensor],
        (values, width): (f64, f64),
        keeps: Keeps,
    ) -> Tensor {
        let storage = self.storage(operation, values * width, false);
        self.record(operation, inputs, storage, (values, width), keeps)
    }

    /// The same values under another name, whose gradient is passed on as it is.
    pub fn view(&mut self, of: Tensor, keeps: Keeps) -> Tensor {
        let storage = self.storage_of(of.id);
        self.record("view", &[of], storage, (of.values, of.width), Keeps { passes: true, ..keeps })
    }

    /// Some of the values of a tensor, in the same memory.
    pub fn slice(&mut self, of: Tensor, values: f64) -> Tensor {
        let storage = self.storage_of(of.id);
        self.record("slice", &[of], storage, (values, of.width), Keeps::default())
    }

    /// Keeps a tensor to the end of the forward pass, as a name in the code does.
    pub fn hold(&mut self, tensor: Tensor) {
        let storage = self.storage_of(tensor.id);
        if let Some(storage) = self.storages.get_mut(storage) {
            storage.named = true;
        }
    }

    fn record(
        &mut self,
        operation: &'static str,
        inputs: &[Tensor],
        storage: usize,
        (values, width): (f64, f64),
        keeps: Keeps,
    ) -> Tensor {
        let grad = inputs.iter().any(|input| input.grad);
        let output = self.node(operation, storage, (values, width), grad);
        let mut ids = [None; 3];
        for (place, input) in ids.iter_mut().zip(inputs) {
            *place = Some(input.id);
        }
        let at = self.operations.len();
        for (id, saves) in ids.iter().zip([keeps.first, keeps.second, keeps.third]) {
            if let Some(read) = self.read(*id) {
                read.last_read = at;
                read.saved += u32::from(saves && grad);
            }
        }
        if let (true, Some(result)) = (keeps.result && grad, self.storages.get_mut(storage)) {
            result.saved += 1;
        }
        self.operations.push(Operation { inputs: ids, output: output.id, keeps });
        output
    }

    fn read(&mut self, id: Option<usize>) -> Option<&mut Storage> {
        let storage = self.nodes.get(id?)?.storage;
        self.storages.get_mut(storage)
    }

    /// The memory of a tensor.
    pub fn storage_of(&self, id: usize) -> usize {
        self.nodes.get(id).map_or(0, |node| node.storage)
    }

    /// Whether a gradient flows to a tensor.
    pub fn has_gradient(&self, id: usize) -> bool {
        self.nodes.get(id).is_some_and(|node| node.grad)
    }

    /// Which operation made a tensor.
    pub fn name_of(&self, id: usize) -> Name {
        self.nodes.get(id).map_or_else(Name::default, |node| node.name)
    }

    /// Whether an operation's gradient function saves something beside tensors of the trace.
    pub fn saves_beside(&self, at: usize) -> bool {
        let output = self.operations.get(at).filter(|operation| operation.keeps.beside > 0.0);
        output.is_some_and(|operation| self.has_gradient(operation.output))
    }

    /// The storages that are alive, by the operation that made them.
    pub fn living(&self, alive: &[bool]) -> Vec<Item> {
        let mut items = Vec::new();
        for (storage, _) in self.storages.iter().zip(alive).filter(|(_, alive)| **alive) {
            put(&mut items, Item::new(storage.kind, storage.name.text(), storage.bytes));
        }
        items
    }

    /// Adds what an operation saves beside tensors of the trace.
    pub fn put_beside(&self, items: &mut Vec<Item>, at: usize) {
        if let Some(operation) = self.operations.get(at) {
            let name = format!("{}, saved beside", self.name_of(operation.output).text());
            put(items, Item::new(Kind::Activations, name, operation.keeps.beside));
        }
    }

    /// Parameters whose gradients are made.
    pub fn trained(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.parameter && node.grad)
    }
}
