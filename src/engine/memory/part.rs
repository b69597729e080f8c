//! A part of a budget from the figures that were worked out for it.

use super::{Basis, Part, PartName, Place, Working};
use crate::engine::working::{Detail, Figure, How, Worked, Workings};
use std::borrow::Cow;
use std::sync::Arc;

impl Part {
    /// A part whose bytes are the values of its workings.
    pub fn worked(name: PartName, place: Place, basis: Basis, worked: Worked) -> Self {
        let bytes = worked.bytes();
        Self { name, place, bytes, basis, working: Working::default(), workings: worked.workings }
    }

    /// The same part with each of its figures worked out anew from what it was, as `change` does from a value and the
    /// source that says how that value came about.
    pub fn rework(&mut self, detail: Detail, change: impl Fn(f64, Cow<'static, str>) -> Figure) {
        let before = self.workings.take();
        let end = |value: f64, end: End| change(value, end.source(before.as_deref(), detail));
        let best = end(self.bytes.best.get(), End::Best);
        let worked = if self.bytes.low == self.bytes.best && self.bytes.high == self.bytes.best {
            Worked::exact(best)
        } else {
            let (low, high) = (self.bytes.low.get(), self.bytes.high.get());
            Worked::band(end(low, End::Low), best, end(high, End::High))
        };
        self.bytes = worked.bytes();
        self.workings = worked.workings;
    }
}

/// One figure of a band.
#[derive(Clone, Copy)]
enum End {
    Low,
    Best,
    High,
}

impl End {
    /// How this figure came about, in a line that goes on from another program's name.
    fn source(self, workings: Option<&Workings>, detail: Detail) -> Cow<'static, str> {
        let (true, Some(workings)) = (detail.wanted(), workings) else { return Cow::Borrowed("") };
        let own: Option<&Arc<_>> = match self {
            Self::Low => workings.low.as_ref(),
            Self::Best => None,
            Self::High => workings.high.as_ref(),
        };
        let working = own.unwrap_or(&workings.best);
        let How::Expression { .. } = working.how else {
            return Cow::Owned(format!("whole: {}, {}", working.text(), working.source));
        };
        let inputs: Vec<String> =
            working.items().into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
        Cow::Owned(format!("whole: {} with {}, {}", working.text(), inputs.join(", "), working.source))
    }
}
