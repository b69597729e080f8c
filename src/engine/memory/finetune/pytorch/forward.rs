//! The forward pass of one module's trace.

use super::held::{Held, Item, Kind, put};
use super::trace::{Operation, Tensor, Trace};
use crate::engine::working::Detail;

/// What lives while the operations run, and the most there was.
pub struct Forward<'a> {
    trace: &'a Trace,
    /// Whether what gradients read is kept.
    keeps: bool,
    /// Storages that are there.
    pub alive: Vec<bool>,
    live: Held,
    /// At the peak.
    pub most: Held,
    record: Option<Record>,
}

/// What a recorded pass remembers.
#[derive(Default)]
struct Record {
    /// Operations that have saved something beside tensors of the trace.
    besides: Vec<usize>,
    /// Tensors at the peak.
    peak: Vec<Item>,
}

impl<'a> Forward<'a> {
    /// Before the first operation; what lives at the peak is listed where workings are wanted.
    pub fn new(trace: &'a Trace, keeps: bool, detail: Detail) -> Self {
        Self {
            trace,
            keeps,
            alive: vec![false; trace.storages.len()],
            live: Held::default(),
            most: Held::default(),
            record: detail.wanted().then(Record::default),
        }
    }

    /// Goes through all operations.
    pub fn run(&mut self, result: Tensor) {
        for (storage, of) in self.trace.storages.iter().enumerate() {
            if of.given {
                self.take(storage);
            }
        }
        let last = self.trace.storage_of(result.id);
        for (at, operation) in self.trace.operations.iter().enumerate() {
            self.take(self.trace.storage_of(operation.output));
            self.live.add(Kind::Activations, operation.keeps.beside);
            if let Some(record) = &mut self.record {
                record.besides.push(at);
            }
            self.note(Some(operation));
            for id in operation.inputs.into_iter().flatten() {
                self.leave(self.trace.storage_of(id), at, last);
            }
            if !self.keeps || !self.trace.has_gradient(operation.output) {
                self.live.add(Kind::Activations, -operation.keeps.beside);
                if let Some(record) = &mut self.record {
                    record.besides.pop();
                }
            }
        }
    }

    fn take(&mut self, storage: usize) {
        if let (Some(alive), Some(of)) = (self.alive.get_mut(storage), self.trace.storages.get(storage))
            && !*alive
        {
            *alive = true;
            self.live.add(of.kind, of.bytes);
            self.note(None);
        }
    }

    /// Looks whether this is the peak, with what comes and goes with an operation.
    fn note(&mut self, passing: Option<&Operation>) {
        let mut now = self.live;
        now.activations += passing.map_or(0.0, |operation| operation.keeps.forward);
        if !self.most.is_less_than(&now) {
            return;
        }
        self.most = now;
        if self.record.is_some() {
            let mut items = self.items();
            if let Some(operation) = passing {
                let name = format!("{}, work space", self.trace.name_of(operation.output).text());
                put(&mut items, Item::new(Kind::Activations, name, operation.keeps.forward));
            }
            if let Some(record) = &mut self.record {
                record.peak = items;
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
            self.live.add(of.kind, -of.bytes);
        }
    }

    /// What stays when the names are gone.
    pub fn kept(&mut self, result: Tensor) -> Held {
        let last = self.trace.storage_of(result.id);
        for (storage, of) in self.trace.storages.iter().enumerate() {
            let goes = of.saved == 0 && (of.named || storage == last);
            if let Some(alive) = self.alive.get_mut(storage).filter(|alive| **alive && goes) {
                *alive = false;
                self.live.add(of.kind, -of.bytes);
            }
        }
        self.live
    }

    /// The tensors that live now.
    pub fn items(&self) -> Vec<Item> {
        let mut items = self.trace.living(&self.alive);
        for at in self.record.iter().flat_map(|record| &record.besides) {
            self.trace.put_beside(&mut items, *at);
        }
        items
    }

    /// The tensors at the peak.
    pub fn peak_items(self) -> Vec<Item> {
        self.record.map_or_else(Vec::new, |record| record.peak)
    }
}
