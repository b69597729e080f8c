//! What lives at the peak of a trace of PyTorch's allocations, by the operation that made it.

use std::borrow::Cow;

use crate::engine::working::{Alive, Detail, Figure};

/// Less than this is what rounding leaves of tensors that have gone.
const NOTHING: f64 = 1e-3;

/// Live bytes by kind and by the operation that made them.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger<K>(Vec<(K, &'static str, f64)>);

impl<K> Default for Ledger<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Copy + PartialEq> Ledger<K> {
    /// More of a name, or less of it.
    pub fn add(&mut self, kind: K, name: &'static str, bytes: f64) {
        if bytes.abs() < NOTHING {
            return;
        }
        match self.0.iter_mut().find(|(of, known, _)| *of == kind && *known == name) {
            Some((.., live)) => *live += bytes,
            None => self.0.push((kind, name, bytes)),
        }
        self.0.retain(|(.., live)| live.abs() >= NOTHING);
    }

    /// With all of another ledger, so many times.
    pub fn add_all(&mut self, other: &Self, times: f64) {
        for (kind, name, bytes) in &other.0 {
            self.add(*kind, name, bytes * times);
        }
    }

    /// What lives of one kind.
    pub fn of(&self, kind: K) -> Vec<Alive> {
        let items = self.0.iter().filter(|(of, ..)| *of == kind);
        items.map(|(_, name, bytes)| Alive { name: (*name).into(), bytes: *bytes }).collect()
    }
}

/// Bytes at a peak and, where workings are asked, what they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peak {
    /// All that lives.
    pub bytes: f64,
    /// What a GPU holds beyond it.
    pub beyond: Beyond,
    /// The tensors that sum to it; nothing where only figures were asked.
    pub alive: Option<Vec<Alive>>,
}

/// What a GPU holds beyond the tensors that live at a peak, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Beyond {
    /// Copies that convolutions work on.
    pub workspaces: f64,
    /// The same where cuDNN works on copies although it could do without.
    pub workspaces_at_most: f64,
    /// Segments of PyTorch's caching allocator, workspaces among them.
    pub reserved: f64,
}

impl Peak {
    /// Nothing lives yet.
    pub fn new(detail: Detail) -> Self {
        Self { bytes: 0.0, beyond: Beyond::default(), alive: detail.wanted().then(Vec::new) }
    }

    /// With one tensor more.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, bytes: f64) -> Self {
        self.bytes += bytes;
        if let Some(alive) = self.alive.as_mut().filter(|_| bytes.abs() >= NOTHING) {
            alive.push(Alive { name: name.into(), bytes });
        }
        self
    }

    /// With all that lives at another peak.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Self {
        self.bytes += other.bytes;
        self.beyond.workspaces += other.beyond.workspaces;
        self.beyond.workspaces_at_most += other.beyond.workspaces_at_most;
        self.beyond.reserved += other.beyond.reserved;
        if let (Some(alive), Some(more)) = (&mut self.alive, other.alive) {
            alive.extend(more);
        }
        self
    }

    /// As often.
    #[must_use]
    pub fn times(mut self, times: f64) -> Self {
        self.bytes *= times;
        self.beyond.workspaces *= times;
        self.beyond.workspaces_at_most *= times;
        self.beyond.reserved *= times;
        for tensor in self.alive.iter_mut().flatten() {
            tensor.bytes *= times;
        }
        self
    }

    /// Where convolutions can do without copies.
    #[must_use]
    pub const fn without_workspaces(mut self) -> Self {
        self.beyond.workspaces = 0.0;
        self
    }

    /// The one that is more.
    #[must_use]
    pub fn most(self, other: Self) -> Self {
        if other.bytes > self.bytes { other } else { self }
    }

    /// As a figure with its working.
    pub fn figure(&self, detail: Detail, source: &'static str) -> Figure {
        Figure::alive(detail, source, self.bytes, || self.alive.clone().unwrap_or_default())
    }
}
