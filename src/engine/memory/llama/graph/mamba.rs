//! Mamba-2 layers.

use super::build::{Build, size};
use super::trace::{Id, Reuse};
use crate::engine::memory::Place;
use crate::spec::Mamba2;

/// A state-space layer between its scan and its output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanned {
    result: Id,
    values: Id,
    projected: Id,
    inner: u64,
}

impl Build<'_> {
    /// Convolution and scan of a state-space layer; `normed` is asked for when the projection needs it.
    pub(super) fn scan(&mut self, mamba: &Mamba2, normed: impl FnOnce(&mut Self) -> Id) -> Scanned {
        let [inner, heads, state, groups, conv] =
            [mamba.inner, mamba.heads, mamba.state, mamba.groups, mamba.conv].map(u64::from);
        let (rows, slots) = (self.rows, self.settings.slots);
        let channels = inner + 2 * groups * state;
        let states = self.states();

        // States stay where they are kept, and so does the scan, whose weights are too small to be worth copying.
        let on_host = self.copied.is_some();
        let past = size(&[4, conv.saturating_sub(1), channels, slots]);
        let past = self
            .beside_states(on_host, |build| build.trace.compute("conv_states", past, &[states], Reuse::No));
        let normed = normed(self);
        let projected = self.product("zxBCdt", 2 * inner + 2 * groups * state + heads, normed);
        let now = self.trace.view(projected);
        let window = size(&[4, conv.saturating_sub(1), channels, slots]) + size(&[4, channels, rows]);
        let window = self.trace.compute("conv_x", window, &[past, now], Reuse::No);
        let newest = self.trace.view(window);
        self.store(&[newest]);

        let mixed = self.trace.compute("xBC", size(&[4, channels, rows]), &[window], Reuse::No);
        let values = self.trace.view(mixed);
        let step = self.trace.view(projected);
        let step = self.trace.compute("dt", size(&[4, heads, rows]), &[step], Reuse::No);
        let keys = self.trace.view(mixed);
        let queries = self.trace.view(mixed);
        let scan = size(&[4, inner, rows]) + size(&[4, state, inner, slots]);
        let result = self.beside_states(on_host, |build| {
            let scanned =
                build.trace.compute("ssm_scan", scan, &[values, step, keys, queries, states], Reuse::No);
            let new_state = build.trace.view(scanned);
            build.trace.store(&[new_state]);
            build.trace.part(scanned, size(&[4, inner, rows]))
        });
        Scanned { result, values, projected, inner }
    }

    /// Computes where the states are, on the host if this layer's are there.
    fn beside_states(&mut self, on_host: bool, what: impl FnOnce(&mut Self) -> Id) -> Id {
        if !on_host {
            return what(self);
        }
        self.trace.compute_in(Place::Host);
        let id = what(self);
        self.trace.compute_in(Place::Device);
        id
    }

    /// Skip and gate of a state-space layer, up to its output projection.
    pub(super) fn skip_and_gate(&mut self, scanned: &Scanned) -> Id {
        let Scanned { result, values, projected, inner } = *scanned;
        let rows = self.rows;
        let skipped = self.trace.compute("x * D", size(&[4, inner, rows]), &[values], Reuse::No);
        let result = self.trace.compute("y", size(&[4, inner, rows]), &[result, skipped], Reuse::Either);
        let gate = self.trace.view(projected);
        let gate = self.trace.compute("z", size(&[4, inner, rows]), &[gate], Reuse::No);
        self.trace.compute("y_swiglu", size(&[4, inner, rows]), &[gate, result], Reuse::No)
    }
}
