//! The order in which PyTorch allocates and frees while a graph network runs.

use std::ops::{Add, Mul, Sub};

use crate::engine::memory::alive::Ledger;
use crate::engine::working::Detail;

/// What a tensor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A row for each node.
    Nodes,
    /// A row for each edge.
    Edges,
    /// The last layer's result, its loss, and what flows back from it.
    Logits,
    /// A gradient of a parameter.
    Gradients,
}

/// Bytes by what they are for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Held {
    /// A row for each node.
    pub nodes: f64,
    /// A row for each edge.
    pub edges: f64,
    /// Logits.
    pub logits: f64,
    /// Gradients of parameters.
    pub gradients: f64,
}

impl Held {
    /// All together.
    pub const fn total(&self) -> f64 {
        self.nodes + self.edges + self.logits + self.gradients
    }

    const fn of(&mut self, kind: Kind) -> &mut f64 {
        match kind {
            Kind::Nodes => &mut self.nodes,
            Kind::Edges => &mut self.edges,
            Kind::Logits => &mut self.logits,
            Kind::Gradients => &mut self.gradients,
        }
    }
}

impl Add for Held {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            nodes: self.nodes + other.nodes,
            edges: self.edges + other.edges,
            logits: self.logits + other.logits,
            gradients: self.gradients + other.gradients,
        }
    }
}

impl Mul<f64> for Held {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self {
            nodes: self.nodes * factor,
            edges: self.edges * factor,
            logits: self.logits * factor,
            gradients: self.gradients * factor,
        }
    }
}

impl Sub for Held {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + other * -1.0
    }
}

/// What was alive at a peak and, where workings are asked, by which operation it was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peak {
    /// Bytes by what they are for.
    pub held: Held,
    /// The same tensor by tensor.
    pub ledger: Option<Ledger<Kind>>,
}

impl Peak {
    /// The one that is more.
    #[must_use]
    pub fn most(self, other: Self) -> Self {
        if other.held.total() > self.held.total() { other } else { self }
    }
}

/// Tensors alive while operations run one after another, and when they were most.
#[derive(Clone, Debug)]
pub struct Trace {
    live: Held,
    most: Held,
    ledgers: Option<Ledgers>,
}

/// What is alive now, and what was at the peak, tensor by tensor.
#[derive(Clone, Debug, Default)]
struct Ledgers {
    now: Ledger<Kind>,
    most: Ledger<Kind>,
}

impl Trace {
    /// An empty device.
    pub fn new(detail: Detail) -> Self {
        let ledgers = detail.wanted().then(Ledgers::default);
        Self { live: Held::default(), most: Held::default(), ledgers }
    }

    /// Allocates the result of an operation.
    pub fn take(&mut self, kind: Kind, name: &'static str, bytes: f64) {
        self.take_all(kind, bytes, &[(name, bytes)]);
    }

    /// Frees a tensor that no name and no gradient function refers to any more.
    pub fn free(&mut self, kind: Kind, name: &'static str, bytes: f64) {
        self.free_all(kind, bytes, &[(name, bytes)]);
    }

    /// Allocates what one operation gives in several tensors, which sum to `bytes`.
    pub fn take_all(&mut self, kind: Kind, bytes: f64, tensors: &[(&'static str, f64)]) {
        *self.live.of(kind) += bytes;
        let more = self.live.total() > self.most.total();
        if more {
            self.most = self.live;
        }
        if let Some(ledgers) = &mut self.ledgers {
            for (name, bytes) in tensors {
                ledgers.now.add(kind, name, *bytes);
            }
            if more {
                ledgers.most = ledgers.now.clone();
            }
        }
    }

    /// Frees several tensors, which sum to `bytes`.
    pub fn free_all(&mut self, kind: Kind, bytes: f64, tensors: &[(&'static str, f64)]) {
        *self.live.of(kind) -= bytes;
        if let Some(ledgers) = &mut self.ledgers {
            for (name, bytes) in tensors {
                ledgers.now.add(kind, name, -bytes);
            }
        }
    }

    /// A temporary that is gone before the next operation.
    pub fn pass(&mut self, kind: Kind, name: &'static str, bytes: f64) {
        self.take(kind, name, bytes);
        self.free(kind, name, bytes);
    }

    /// Simulates what repeats `count` times. What is alive changes by as much each time, so the most is alive in
    /// the first or the last round; those between are skipped.
    pub fn repeat(&mut self, count: f64, mut simulate: impl FnMut(&mut Self)) {
        if count < 1.0 {
            return;
        }
        let before = (self.live, self.ledgers.as_ref().map(|ledgers| ledgers.now.clone()));
        simulate(self);
        if count >= 2.0 {
            let change = self.live - before.0;
            self.live = self.live + change * (count - 2.0);
            if let (Some(ledgers), Some(before)) = (&mut self.ledgers, before.1) {
                let after = ledgers.now.clone();
                ledgers.now.add_all(&after, count - 2.0);
                ledgers.now.add_all(&before, 2.0 - count);
            }
            simulate(self);
        }
    }

    /// What was alive at the peak since the last call; counting starts anew from what is alive now.
    pub fn peak(&mut self) -> Peak {
        let peak =
            Peak { held: self.most, ledger: self.ledgers.as_ref().map(|ledgers| ledgers.most.clone()) };
        self.most = self.live;
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.most = ledgers.now.clone();
        }
        peak
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::whole;

    #[test]
    fn the_peak_is_one_time_and_starts_anew() {
        let mut trace = Trace::new(Detail::Figures);
        trace.take(Kind::Nodes, "rows", 10.0);
        trace.pass(Kind::Edges, "messages", 5.0);
        trace.take(Kind::Logits, "logits", 4.0);
        let peak = trace.peak().held;
        assert_eq!((whole(peak.nodes), whole(peak.edges), whole(peak.logits)), (10, 5, 0), "15 before 14");
        assert_eq!(whole(trace.peak().held.total()), 14, "what was left");
    }

    #[test]
    fn skipped_rounds_count() {
        let round = |trace: &mut Trace| {
            trace.take(Kind::Nodes, "rows", 3.0);
            trace.pass(Kind::Edges, "messages", 7.0);
        };
        let (mut skipped, mut simulated) = (Trace::new(Detail::Workings), Trace::new(Detail::Workings));
        skipped.repeat(9.0, round);
        (0..9).for_each(|_| round(&mut simulated));
        assert_eq!(skipped.peak(), simulated.peak(), "nine rounds, tensor by tensor");
        skipped.repeat(0.0, round);
        assert_eq!(whole(skipped.peak().held.total()), 27, "none");
    }
}
