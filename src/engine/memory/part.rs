//! A part's figures, each with its working, and what becomes of them on one of several devices.

use super::Part;
use crate::engine::working::{Figure, Worked, Working};
use crate::units::Bytes;
use std::sync::Arc;

impl Part {
    /// Its low, best and high figure, each with how it came about.
    pub(super) fn figures(&self) -> [Figure; 3] {
        let own = |of: fn(&Arc<_>) -> Option<Arc<Working>>| self.workings.as_ref().and_then(of);
        let best = self.workings.as_ref().map(|workings| Arc::clone(&workings.best));
        let low = own(|workings| workings.low.clone()).or_else(|| best.clone());
        let high = own(|workings| workings.high.clone()).or_else(|| best.clone());
        let figure = |bytes: Bytes, working| Figure { value: bytes.get(), working };
        [figure(self.bytes.low, low), figure(self.bytes.best, best), figure(self.bytes.high, high)]
    }

    /// The same part of these figures.
    pub(super) fn of_figures(&mut self, [low, best, high]: [Figure; 3]) {
        let worked = Worked::band(low, best, high);
        self.bytes = worked.bytes();
        self.workings = worked.workings;
    }

    /// The same part with each of its figures worked out anew from what it was, which stays reachable from it.
    pub(super) fn rework(&mut self, change: impl Fn(Figure) -> Figure) {
        self.of_figures(self.figures().map(change));
    }
}
