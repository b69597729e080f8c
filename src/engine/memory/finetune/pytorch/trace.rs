//! Operations of one module in the order PyTorch runs them, and what autograd keeps of them.
//!
//! A tensor lives while an operation still reads it or a gradient function has saved it. Backward, the
//! operations are gone through from the last to the first: each makes the gradients of its inputs, then lets go of
//! its own gradient and of what it saved. A gradient that arrives twice is added into a new tensor.

/// What a tensor counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Values of a layer.
    #[default]
    Activations,
    /// A value for each entry of the vocabulary.
    Logits,
}

/// Bytes by what they count as.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Held {
    /// Values of layers and their gradients.
    pub(super) activations: f64,
    /// Logits and their gradients.
    pub(super) logits: f64,
    /// Gradients of parameters.
    pub(super) gradients: f64,
}

impl Held {
    /// All together.
    pub(super) const fn total(&self) -> f64 {
        self.activations + self.logits + self.gradients
    }

    /// Kind by kind.
    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            activations: self.activations + other.activations,
            logits: self.logits + other.logits,
            gradients: self.gradients + other.gradients,
        }
    }

    /// The same with fewer activations, so that it comes to no more than another moment.
    pub(super) fn down_to(self, other: Self) -> Self {
        let less = (self.total() - other.total()).clamp(0.0, self.activations);
        Self { activations: self.activations - less, ..self }
    }

    /// The one that is more.
    pub(super) fn most(self, other: Self) -> Self {
        if other.total() > self.total() { other } else { self }
    }
}

/// A tensor on the trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tensor {
    /// Its place on the trace.
    id: usize,
    /// How many values.
    pub(super) values: f64,
    /// Bytes of one.
    pub(super) width: f64,
    /// Whether a gradient flows to it.
    pub(super) grad: bool,
}

impl Tensor {
    /// Bytes of all values.
    pub(super) const fn bytes(&self) -> f64 {
        self.values * self.width
    }
}

/// What an operation keeps and needs beside its result.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keeps {
    /// Whether the first input is saved.
    pub(super) first: bool,
    /// Whether the second input is saved.
    pub(super) second: bool,
    /// Whether the third input is saved.
    pub(super) third: bool,
    /// Whether the result is saved.
    pub(super) result: bool,
    /// Bytes saved beside tensors of the trace.
    pub(super) beside: f64,
    /// Bytes that come and go with the operation.
    pub(super) forward: f64,
    /// Bytes that come and go with its gradient.
    pub(super) backward: f64,
    /// Whether its gradient is handed on as it is.
    pub(super) passes: bool,
}

#[derive(Clone, Copy, Debug)]
struct Storage {
    bytes: f64,
    kind: Kind,
    /// Gradient functions that have saved it.
    saved: u32,
    /// The last operation that reads it.
    last_read: usize,
    /// A name in the code keeps it to the end of the pass.
    named: bool,
    /// It is there before the first operation.
    given: bool,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    storage: usize,
    bytes: f64,
    kind: Kind,
    grad: bool,
    /// A parameter: its gradient stays.
    parameter: bool,
}

#[derive(Clone, Copy, Debug)]
struct Operation {
    inputs: [Option<usize>; 3],
    output: usize,
    keeps: Keeps,
}

/// What a module takes of memory, above what was there before its input.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Played {
    /// Kept for the backward pass, without the result.
    pub(super) kept: Held,
    /// At the worst moment of the forward pass.
    pub(super) forward: Held,
    /// The same where nothing is kept for a backward pass.
    pub(super) passing: Held,
    /// At the worst moment of the backward pass, gradients of its own parameters included.
    pub(super) backward: Held,
    /// Gradients of parameters it leaves.
    pub(super) gradients: f64,
    /// Bytes of its trained parameters.
    pub(super) trained: f64,
}

/// Operations in order.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    accumulates: bool,
    kind: Kind,
    nodes: Vec<Node>,
    storages: Vec<Storage>,
    operations: Vec<Operation>,
}

impl Trace {
    /// An empty trace; where gradients are accumulated, a parameter's new one goes with its operation.
    pub(super) fn new(accumulates: bool) -> Self {
        Self {
            accumulates,
            kind: Kind::default(),
            nodes: Vec::with_capacity(96),
            storages: Vec::with_capacity(96),
            operations: Vec::with_capacity(96),
        }
    }

    /// What results count as from now on.
    pub(super) const fn count_as(&mut self, kind: Kind) {
        self.kind = kind;
    }

    fn storage(&mut self, bytes: f64, given: bool) -> usize {
        let kind = self.kind;
        self.storages.push(Storage { bytes, kind, saved: 0, last_read: 0, named: false, given });
        self.storages.len() - 1
    }

    fn node(&mut self, storage: usize, (values, width): (f64, f64), grad: bool) -> Tensor {
        self.nodes.push(Node { storage, bytes: values * width, kind: self.kind, grad, parameter: false });
        Tensor { id: self.nodes.len() - 1, values, width, grad }
    }

    /// What the module is given; it is alive from the start.
    pub(super) fn input(&mut self, values: f64, width: f64, grad: bool) -> Tensor {
        let storage = self.storage(values * width, true);
        self.node(storage, (values, width), grad)
    }

    /// A parameter; its bytes are counted elsewhere, its gradient here.
    pub(super) fn parameter(&mut self, values: f64, width: f64, trained: bool) -> Tensor {
        let storage = self.storage(0.0, true);
        let tensor = self.node(storage, (values, width), trained);
        if let Some(node) = self.nodes.last_mut() {
            node.parameter = true;
        }
        tensor
    }

    /// An operation with its result.
    pub(super) fn run(&mut self, inputs: &[Tensor], (values, width): (f64, f64), keeps: Keeps) -> Tensor {
        let storage = self.storage(values * width, false);
        self.record(inputs, storage, (values, width), keeps)
    }

    /// The same values under another name, whose gradient is handed on as it is.
    pub(super) fn view(&mut self, of: Tensor, keeps: Keeps) -> Tensor {
        let storage = self.nodes.get(of.id).map_or(0, |node| node.storage);
        self.record(&[of], storage, (of.values, of.width), Keeps { passes: true, ..keeps })
    }

    /// Some of the values of a tensor, in the same memory.
    pub(super) fn slice(&mut self, of: Tensor, values: f64) -> Tensor {
        let storage = self.nodes.get(of.id).map_or(0, |node| node.storage);
        self.record(&[of], storage, (values, of.width), Keeps::default())
    }

    /// Keeps a tensor to the end of the forward pass, as a name in the code does.
    pub(super) fn hold(&mut self, tensor: Tensor) {
        if let Some(storage) = self.nodes.get(tensor.id).and_then(|node| self.storages.get_mut(node.storage))
        {
            storage.named = true;
        }
    }

    fn record(
        &mut self,
        inputs: &[Tensor],
        storage: usize,
        (values, width): (f64, f64),
        keeps: Keeps,
    ) -> Tensor {
        let grad = inputs.iter().any(|input| input.grad);
        let output = self.node(storage, (values, width), grad);
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

    /// Plays the operations forward and, where a gradient flows to the result, backward.
    pub(super) fn play(&self, result: Tensor) -> Played {
        let mut nothing_kept = Forward::new(self, false);
        nothing_kept.run(result);
        let passing = nothing_kept.most;
        let mut forward = Forward::new(self, result.grad);
        forward.run(result);
        let kept = forward.kept(result);
        let most = forward.most;
        let parameters = self.nodes.iter().filter(|node| node.parameter && node.grad);
        let trained = parameters.map(|node| node.bytes).sum();
        if !result.grad {
            return Played { kept: Held::default(), forward: most, passing, trained, ..Played::default() };
        }
        let mut backward = Backward::new(self, kept, result);
        backward.run();
        let gradients = backward.live.gradients;
        Played { kept, forward: most, passing, backward: backward.most, gradients, trained }
    }
}

fn add(held: &mut Held, kind: Kind, bytes: f64) {
    match kind {
        Kind::Activations => held.activations += bytes,
        Kind::Logits => held.logits += bytes,
    }
}

/// The forward pass.
struct Forward<'a> {
    trace: &'a Trace,
    /// Whether what gradients read is kept.
    keeps: bool,
    alive: Vec<bool>,
    live: Held,
    most: Held,
}

impl<'a> Forward<'a> {
    fn new(trace: &'a Trace, keeps: bool) -> Self {
        Self {
            trace,
            keeps,
            alive: vec![false; trace.storages.len()],
            live: Held::default(),
            most: Held::default(),
        }
    }

    fn take(&mut self, storage: usize) {
        if let (Some(alive), Some(of)) = (self.alive.get_mut(storage), self.trace.storages.get(storage))
            && !*alive
        {
            *alive = true;
            add(&mut self.live, of.kind, of.bytes);
            self.most = self.most.most(self.live);
        }
    }

    fn run(&mut self, result: Tensor) {
        for (storage, of) in self.trace.storages.iter().enumerate() {
            if of.given {
                self.take(storage);
            }
        }
        let last = self.storage_of(result.id);
        for (at, operation) in self.trace.operations.iter().enumerate() {
            self.take(self.storage_of(operation.output));
            add(&mut self.live, Kind::Activations, operation.keeps.beside);
            let passing = Held { activations: operation.keeps.forward, ..Held::default() };
            self.most = self.most.most(self.live.plus(passing));
            for id in operation.inputs.into_iter().flatten() {
                self.leave(self.storage_of(id), at, last);
            }
            if !self.keeps || !self.grad(operation.output) {
                add(&mut self.live, Kind::Activations, -operation.keeps.beside);
            }
        }
    }

    /// Frees what is read for the last time and saved by nobody.
    fn leave(&mut self, storage: usize, at: usize, last: usize) {
        if let (Some(alive), Some(of)) = (self.alive.get_mut(storage), self.trace.storages.get(storage))
            && *alive
            && storage != last
            && of.last_read == at
            && (of.saved == 0 || !self.keeps)
            && !of.named
        {
            *alive = false;
            add(&mut self.live, of.kind, -of.bytes);
        }
    }

    fn storage_of(&self, id: usize) -> usize {
        self.trace.nodes.get(id).map_or(0, |node| node.storage)
    }

    fn grad(&self, id: usize) -> bool {
        self.trace.nodes.get(id).is_some_and(|node| node.grad)
    }

    /// What stays when the names are gone.
    fn kept(&mut self, result: Tensor) -> Held {
        let last = self.storage_of(result.id);
        for (storage, of) in self.trace.storages.iter().enumerate() {
            let goes = of.saved == 0 && (of.named || storage == last);
            if goes && self.alive.get(storage).copied().unwrap_or(false) {
                add(&mut self.live, of.kind, -of.bytes);
            }
        }
        self.live
    }
}

/// The gradient of a tensor: shared where an operation hands it on as it is.
#[derive(Clone, Copy, Debug)]
struct Flow {
    bytes: f64,
    kind: Kind,
    owners: u32,
}

/// The backward pass.
struct Backward<'a> {
    trace: &'a Trace,
    saved: Vec<u32>,
    flows: Vec<Flow>,
    gradient: Vec<Option<usize>>,
    live: Held,
    most: Held,
}

impl<'a> Backward<'a> {
    fn new(trace: &'a Trace, kept: Held, result: Tensor) -> Self {
        let mut backward = Self {
            trace,
            saved: trace.storages.iter().map(|storage| storage.saved).collect(),
            flows: Vec::with_capacity(trace.nodes.len()),
            gradient: vec![None; trace.nodes.len()],
            live: kept,
            most: kept,
        };
        backward.give(result.id, None);
        backward
    }

    fn run(&mut self) {
        for operation in self.trace.operations.iter().rev() {
            let Some(flow) = self.gradient.get(operation.output).copied().flatten() else {
                continue;
            };
            for id in operation.inputs.into_iter().flatten() {
                self.give(id, operation.keeps.passes.then_some(flow));
            }
            let passing = Held { activations: operation.keeps.backward, ..Held::default() };
            self.most = self.most.most(self.live.plus(passing));
            self.let_go(flow);
            self.release(operation);
        }
    }

    /// Hands a gradient to a tensor: a new one, or one that is shared.
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
        match self.gradient.get(id).copied().flatten() {
            None => self.put(id, arrived),
            Some(before) => {
                let sum = self.flow(node);
                self.let_go(before);
                self.let_go(arrived);
                self.put(id, sum);
            }
        }
        if node.parameter {
            // It stays as the parameter's gradient, or has been added to the one from before.
            add(&mut self.live, node.kind, -node.bytes);
            if !self.trace.accumulates {
                self.live.gradients += node.bytes;
            }
        }
    }

    fn put(&mut self, id: usize, flow: usize) {
        if let Some(place) = self.gradient.get_mut(id) {
            *place = Some(flow);
        }
    }

    fn flow(&mut self, node: Node) -> usize {
        add(&mut self.live, node.kind, node.bytes);
        self.most = self.most.most(self.live);
        self.flows.push(Flow { bytes: node.bytes, kind: node.kind, owners: 1 });
        self.flows.len() - 1
    }

    fn let_go(&mut self, flow: usize) {
        if let Some(flow) = self.flows.get_mut(flow) {
            flow.owners = flow.owners.saturating_sub(1);
            if flow.owners == 0 {
                add(&mut self.live, flow.kind, -flow.bytes);
            }
        }
    }

    /// Lets go of what an operation had saved.
    fn release(&mut self, operation: &Operation) {
        add(&mut self.live, Kind::Activations, -operation.keeps.beside);
        let keeps = operation.keeps;
        let inputs = operation.inputs.into_iter().zip([keeps.first, keeps.second, keeps.third]);
        let saved = inputs.filter_map(|(id, saves)| id.filter(|_| saves));
        for id in saved.chain(keeps.result.then_some(operation.output)) {
            let storage = self.trace.nodes.get(id).map_or(0, |node| node.storage);
            if let (Some(saved), Some(of)) = (self.saved.get_mut(storage), self.trace.storages.get(storage)) {
                *saved = saved.saturating_sub(1);
                if *saved == 0 {
                    add(&mut self.live, of.kind, -of.bytes);
                }
            }
        }
    }
}
