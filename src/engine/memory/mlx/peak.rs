//! The most that is live at once, and what it is of.

use crate::engine::working::{Alive, Detail, Figure};

/// The most that was live, by how far the host runs ahead.
#[derive(Clone, Debug, Default)]
pub(super) struct Peak {
    /// The device keeps pace and reads grouped keys and values in place.
    pub(super) low: End,
    /// The host is as far ahead as is known.
    pub(super) best: End,
    /// The host is as far ahead as it may be.
    pub(super) high: End,
}

impl Peak {
    /// With so many bytes more of something at its low, best and high end.
    pub(super) fn with(mut self, name: &'static str, more: [f64; 3]) -> Self {
        for (end, bytes) in [&mut self.low, &mut self.best, &mut self.high].into_iter().zip(more) {
            end.bytes += bytes;
            if let Some(alive) = end.alive.as_mut().filter(|_| bytes > 0.0) {
                alive.push(Alive { name: name.into(), bytes });
            }
        }
        self
    }

    /// The larger of each.
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            best: self.best.max(other.best),
            high: self.high.max(other.high),
        }
    }
}

/// One of these peaks.
#[derive(Clone, Debug, Default)]
pub(super) struct End {
    /// Bytes of it.
    pub(super) bytes: f64,
    /// What they are of; nothing where workings are not wanted.
    pub(super) alive: Option<Vec<Alive>>,
}

impl End {
    /// Whether this is more than before: what is live, and with it what an operation copies first and what the device
    /// has yet to read.
    pub(super) fn raise(&mut self, live: f64, (copies, held): (f64, f64), ledger: Option<&Ledger>) {
        let bytes = live + copies + held;
        if bytes > self.bytes {
            self.bytes = bytes;
            self.alive = ledger.map(|ledger| ledger.alive(copies, held));
        }
    }

    fn max(self, other: Self) -> Self {
        if other.bytes > self.bytes { other } else { self }
    }

    /// The figure with what is alive.
    pub(super) fn figure(self, detail: Detail, source: &'static str) -> Figure {
        let Self { bytes, alive } = self;
        Figure::alive(detail, source, bytes, || alive.unwrap_or_default())
    }
}

/// Bytes by the operation that computed them.
#[derive(Clone, Debug)]
pub(super) struct Ledger(Vec<(&'static str, f64)>);

impl Ledger {
    /// What is there before the first operation.
    pub(super) fn new(resident: &[(&'static str, f64)]) -> Self {
        Self(resident.to_vec())
    }

    /// Notes more of something, or less.
    pub(super) fn add(&mut self, name: &'static str, bytes: f64) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known += bytes,
            None => self.0.push((name, bytes)),
        }
    }

    /// What is there now, with what an operation copies first and what the device has yet to read.
    pub(super) fn alive(&self, copies: f64, held: f64) -> Vec<Alive> {
        let beside = [("rows copied for the product", copies), ("read by operations still to run", held)];
        let entries = self.0.iter().copied().chain(beside).filter(|(_, bytes)| *bytes != 0.0);
        entries.map(|(name, bytes)| Alive { name: name.into(), bytes }).collect()
    }
}
