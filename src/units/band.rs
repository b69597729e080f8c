//! A figure with its uncertainty.

use std::ops::{Add, Mul};

/// A figure as low, best and high; `low ≤ best ≤ high`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Band<Q> {
    /// It will hardly be less.
    pub low: Q,
    /// The estimate itself.
    pub best: Q,
    /// It will hardly be more.
    pub high: Q,
}

impl<Q: Copy> Band<Q> {
    /// A figure known exactly.
    pub const fn exact(value: Q) -> Self {
        Self { low: value, best: value, high: value }
    }

    /// The same band in another quantity or unit.
    pub fn map<R>(self, f: impl Fn(Q) -> R) -> Band<R> {
        Band { low: f(self.low), best: f(self.best), high: f(self.high) }
    }
}

impl<Q: Copy + PartialEq> Band<Q> {
    /// Whether low and high are one value.
    pub fn is_exact(&self) -> bool {
        self.low == self.high
    }
}

impl<Q: Copy + Mul<f64, Output = Q>> Band<Q> {
    /// From `best · below` over `best` to `best · above`; `below ≤ 1 ≤ above`.
    pub fn around(best: Q, below: f64, above: f64) -> Self {
        Self { low: best * below, best, high: best * above }
    }
}

impl<Q: Add<Output = Q>> Add for Band<Q> {
    type Output = Self;

    /// Ends add to ends, as if all parts erred the same way: wide rather than wrong.
    fn add(self, other: Self) -> Self {
        Self { low: self.low + other.low, best: self.best + other.best, high: self.high + other.high }
    }
}

impl<Q: Add<Output = Q> + Default> std::iter::Sum for Band<Q> {
    fn sum<I: Iterator<Item = Self>>(bands: I) -> Self {
        bands.fold(Self::default(), Add::add)
    }
}
