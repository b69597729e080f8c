//! The order in which PyTorch allocates and frees while a graph network runs.

use std::ops::{Add, Mul, Sub};

/// What a tensor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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
pub(super) struct Held {
    /// A row for each node.
    pub(super) nodes: f64,
    /// A row for each edge.
    pub(super) edges: f64,
    /// Logits.
    pub(super) logits: f64,
    /// Gradients of parameters.
    pub(super) gradients: f64,
}

impl Held {
    /// All together.
    pub(super) const fn total(&self) -> f64 {
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

/// Tensors alive while operations run one after another, and the moment when they were most.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    live: Held,
    most: Held,
}

impl Trace {
    /// Allocates the result of an operation.
    pub(super) fn take(&mut self, kind: Kind, bytes: f64) {
        *self.live.of(kind) += bytes;
        if self.live.total() > self.most.total() {
            self.most = self.live;
        }
    }

    /// Frees a tensor that no name and no gradient function refers to any more.
    pub(super) const fn free(&mut self, kind: Kind, bytes: f64) {
        *self.live.of(kind) -= bytes;
    }

    /// A temporary that is gone before the next operation.
    pub(super) fn pass(&mut self, kind: Kind, bytes: f64) {
        self.take(kind, bytes);
        self.free(kind, bytes);
    }

    /// Plays what repeats `count` times. What is alive changes by as much each time, so the most is alive in
    /// the first or the last round; those between are skipped.
    pub(super) fn repeat(&mut self, count: f64, mut play: impl FnMut(&mut Self)) {
        if count < 1.0 {
            return;
        }
        let before = self.live;
        play(self);
        if count >= 2.0 {
            let change = self.live - before;
            self.live = self.live + change * (count - 2.0);
            play(self);
        }
    }

    /// What was alive at the worst moment since the last call; counting starts anew from what is alive now.
    pub(super) const fn peak(&mut self) -> Held {
        let most = self.most;
        self.most = self.live;
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::whole;

    #[test]
    fn the_peak_is_one_moment_and_starts_anew() {
        let mut trace = Trace::default();
        trace.take(Kind::Nodes, 10.0);
        trace.pass(Kind::Edges, 5.0);
        trace.take(Kind::Logits, 4.0);
        let peak = trace.peak();
        assert_eq!((whole(peak.nodes), whole(peak.edges), whole(peak.logits)), (10, 5, 0), "15 before 14");
        assert_eq!(whole(trace.peak().total()), 14, "what was left");
    }

    #[test]
    fn skipped_rounds_count() {
        let round = |trace: &mut Trace| {
            trace.take(Kind::Nodes, 3.0);
            trace.pass(Kind::Edges, 7.0);
        };
        let (mut skipped, mut played) = (Trace::default(), Trace::default());
        skipped.repeat(9.0, round);
        (0..9).for_each(|_| round(&mut played));
        assert_eq!(skipped.peak(), played.peak(), "nine rounds");
        skipped.repeat(0.0, round);
        assert_eq!(whole(skipped.peak().total()), 27, "none");
    }
}
