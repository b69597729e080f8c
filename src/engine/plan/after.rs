//! Changes laid over others.

use std::sync::Arc;

use crate::engine::solve::{Change, Variants};
use crate::spec::{Machine, Model, QualityLoss, Scenario};

/// A scenario's variants with some changes made already.
pub(super) struct After<'a> {
    pub(super) variants: &'a dyn Variants,
    pub(super) done: Vec<Change>,
}

impl Variants for After<'_> {
    fn with(&self, changes: &[Change]) -> Option<Scenario> {
        let all: Vec<Change> = laid_over(&self.done, changes);
        self.variants.with(&all)
    }

    fn gives(&self, key: &str) -> bool {
        self.done.iter().any(|change| change.key == key) || self.variants.gives(key)
    }

    fn smaller(&self, than: &Model) -> Option<Vec<String>> {
        self.variants.smaller(than)
    }

    fn machines(&self) -> &[Arc<Machine>] {
        self.variants.machines()
    }

    fn qualities(&self) -> &[QualityLoss] {
        self.variants.qualities()
    }
}

/// Changes after others; a key that is set again has its last value only.
pub(super) fn laid_over(done: &[Change], more: &[Change]) -> Vec<Change> {
    let kept = done.iter().filter(|change| more.iter().all(|new| new.key != change.key));
    kept.chain(more).cloned().collect()
}
