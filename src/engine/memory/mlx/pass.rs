//! One pass of tokens through the layers, operation by operation.

use super::cache::{Format, Kept};
use super::trace::{CACHED, Trace};

/// Bytes of a 16-bit value.
pub(super) const HALF: f64 = 2.0;

/// The tokens of one pass and what the caches hold around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass {
    /// Tokens of one sequence computed at once.
    pub(super) tokens: f64,
    /// Sequences computed together.
    pub(super) batch: f64,
    /// Tokens of a sequence the pass attends to, its own included.
    pub(super) seen: f64,
    /// Whether the caches are quantised already; the first chunk fills plain ones.
    pub(super) cache: Format,
    /// Views that precede a matrix product: one transposition where the weights are not quantised.
    pub(super) transposed: usize,
}

impl Pass {
    /// Rows of every activation.
    pub(super) const fn rows(&self) -> f64 {
        self.tokens * self.batch
    }

    /// Bytes of an activation of `width` values a token.
    pub(super) const fn wide(&self, width: f64) -> f64 {
        HALF * width * self.rows()
    }

    /// Whether several tokens of a sequence are computed at once.
    pub(super) const fn is_chunk(&self) -> bool {
        self.tokens > 1.0
    }
}

/// How one layer's cache changes in a pass; tokens count all sequences together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct CacheStep {
    /// What is kept of a token.
    pub(super) kept: Kept,
    /// Tokens there was room for.
    pub(super) before: f64,
    /// Tokens there is room for afterwards.
    pub(super) after: f64,
    /// Tokens of zeros laid out as further room.
    pub(super) zeros: f64,
    /// Whether the old array and the new room are joined to a new array.
    pub(super) joins: bool,
}

impl CacheStep {
    /// By how many bytes the layer's cache is larger afterwards.
    pub(super) const fn growth(&self, format: Format) -> f64 {
        (self.after - self.before) * self.kept.both() * format.element()
    }

    /// Lays out room of `width` bytes a token.
    pub(super) fn lay_zeros(&self, trace: &mut Trace, width: f64) {
        if self.zeros > 0.0 {
            trace.op("room for more tokens", self.zeros * width, &[]);
        }
    }

    /// The old array and the new room become one; until then both are there.
    pub(super) fn join(&self, trace: &mut Trace, width: f64) {
        if self.joins {
            let read = [(CACHED, self.before * width), ("room for more tokens", self.zeros * width)];
            trace.op(CACHED, self.after * width, &read);
        }
    }
}
