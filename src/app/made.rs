//! What takes a while: it is begun when it is first looked at, and made in the background.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How far something has come that is made in the background.
#[derive(Debug, Default)]
pub(super) struct Come {
    done: AtomicUsize,
    all: AtomicUsize,
}

impl Come {
    /// So many of all are done.
    pub(super) fn say(&self, done: usize, all: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }

    /// How many are done, and of how many; of none before the first is.
    pub(super) fn of_all(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }
}

/// Something that takes a while.
#[derive(Debug, Default)]
pub(super) enum Made<T> {
    /// Nobody looked at it yet.
    #[default]
    NotAsked,
    /// It is being made.
    UnderWay,
    /// It is there.
    Ready(T),
}

impl<T> Made<T> {
    /// Lets go of what is there; what is being made is awaited.
    pub(super) fn forget(&mut self) {
        if matches!(self, Self::Ready(_)) {
            *self = Self::NotAsked;
        }
    }

    /// Whether it has to be begun, which it then is.
    pub(super) fn begins(&mut self) -> bool {
        let begins = matches!(self, Self::NotAsked);
        if begins {
            *self = Self::UnderWay;
        }
        begins
    }
}
