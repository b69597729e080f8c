//! The tape of one graph with the inputs it shares between layers.

use super::tape::{Id, Reuse, Tape};
use super::traits::{Traits, traits};
use crate::engine::memory::Place;
use crate::engine::memory::llama::settings::Settings;
use crate::spec::Model;
use crate::units::{count, whole};

/// What one kind of cache needs beside the cache.
#[derive(Clone, Copy, Debug)]
pub(super) struct CacheInputs {
    /// Where keys and values are stored; `None` where values are part of the keys.
    pub(super) key_rows: Id,
    pub(super) value_rows: Option<Id>,
    /// Who sees whom.
    pub(super) mask: Id,
    /// Rotations that spread outliers before quantisation.
    pub(super) key_turn: Option<Id>,
    pub(super) value_turn: Option<Id>,
}

/// A graph under construction.
#[derive(Debug)]
pub(super) struct Build<'a> {
    pub(super) tape: Tape,
    pub(super) settings: &'a Settings,
    pub(super) traits: Traits,
    pub(super) metal: bool,
    /// Bytes of one weight, where this layer's weights are on the host and brought to the device to be used.
    pub(super) fetched: Option<f64>,
    /// This layer's matrices by columns and rows, with their bytes, where they have to be brought.
    pub(super) matrices: Vec<(u64, u64, u64)>,
    /// The same of this layer's experts: into them, and out of them.
    pub(super) fetched_experts: Option<[f64; 2]>,
    /// Whether this layer's experts are computed with on the host, though the layer is on the device.
    pub(super) experts_on_host: bool,
    pub(super) hidden: u64,
    /// Rows of the residual stream: all tokens, or after the last layer's cut those with logits.
    pub(super) rows: u64,
    /// Whether attention over a cache on the host is computed there, though its projections are brought.
    pub(super) attends_on_host: bool,
    /// Whether the next norm is computed by the device before and handed on beside its input.
    pub(super) norm_comes_along: bool,
    /// Widest row of values in any layer, which sizes the eager path's store index.
    pub(super) widest_values: u64,
    positions: Option<Id>,
    wide: Option<CacheInputs>,
    windowed: Option<CacheInputs>,
    states: Option<Id>,
    outputs: Option<Id>,
}

impl<'a> Build<'a> {
    /// An empty graph of a model.
    pub(super) fn new(
        model: &Model,
        settings: &'a Settings,
        (place, in_flight): (Place, u64),
        metal: bool,
    ) -> Self {
        Self {
            tape: Tape::new(place, in_flight),
            attends_on_host: false,
            norm_comes_along: false,
            settings,
            traits: traits(&model.architecture),
            metal,
            fetched: None,
            matrices: Vec::new(),
            fetched_experts: None,
            experts_on_host: false,
            hidden: u64::from(model.hidden),
            rows: settings.tokens,
            widest_values: 0,
            positions: None,
            wide: None,
            windowed: None,
            states: None,
            outputs: None,
        }
    }

    /// Bytes of a 32-bit row of `width` for every token.
    pub(super) fn floats(&self, width: u64) -> u64 {
        size(&[4, width, self.rows])
    }

    /// A matrix product with weights: a result of `width` a row.
    pub(super) fn product(&mut self, width: u64, of: Id) -> Id {
        let bytes = self.floats(width);
        match self.fetch_matrix(width, of) {
            Some(weights) => self.tape.compute(bytes, &[of, weights], Reuse::No),
            None => self.tape.compute(bytes, &[of], Reuse::No),
        }
    }

    /// The weights that turn `of` into rows of `width`, where they have to be brought.
    fn fetch_matrix(&mut self, width: u64, of: Id) -> Option<Id> {
        let each = self.fetched?;
        let columns = self.tape.bytes(of) / size(&[4, self.rows]).max(1);
        let known = self.matrices.iter().find(|(of, rows, _)| (*of, *rows) == (columns, width));
        if let Some((_, _, bytes)) = known {
            let bytes = *bytes;
            self.tape.new_stretch();
            return Some(self.tape.fetch(bytes));
        }
        Some(self.fetch_weights(&[columns, width], each))
    }

    /// All experts' matrices of a shape, where they have to be brought; those out of an expert apart.
    pub(super) fn fetch_experts(&mut self, shape: &[u64], out: bool) -> Option<Id> {
        let [into, out_of] = self.fetched_experts?;
        Some(self.fetch_weights(shape, if out { out_of } else { into }))
    }

    /// What is added to all experts' products, in 32 bit, where it has to be brought.
    pub(super) fn fetch_bias(&mut self, shape: &[u64]) -> Option<Id> {
        self.fetched_experts?;
        Some(self.fetch_weights(shape, 4.0))
    }

    fn fetch_weights(&mut self, shape: &[u64], each: f64) -> Id {
        self.tape.new_stretch();
        self.tape.fetch(whole(count(size(shape)) * each))
    }

    /// Cached rows that have to be brought.
    pub(super) fn fetch_cache(&mut self, bytes: u64) -> Option<Id> {
        self.fetched?;
        Some(self.tape.fetch(bytes))
    }

    /// Writes rows into a cache, which is done where the cache is.
    pub(super) fn store(&mut self, from: &[Id]) {
        if self.fetched.is_some() {
            self.tape.compute_in(Place::Host);
            self.tape.store(from);
            self.tape.compute_in(Place::Device);
        } else {
            self.tape.store(from);
        }
    }

    /// A norm with its weights.
    pub(super) fn norm(&mut self, of: Id) -> Id {
        let bytes = self.tape.bytes(of);
        let reuse = if self.traits.layer_norm { Reuse::No } else { Reuse::First };
        if std::mem::take(&mut self.norm_comes_along) {
            self.tape.compute_in(Place::Host);
            let normed = self.tape.compute(bytes, &[of], Reuse::No);
            self.tape.compute_in(Place::Device);
            return self.tape.compute(bytes, &[normed], reuse);
        }
        if self.fetched.is_some() {
            let normed = self.tape.compute(bytes, &[of], reuse);
            let scale = self.fetch_weights(&[self.hidden], 4.0);
            return self.tape.compute(bytes, &[normed, scale], Reuse::First);
        }
        self.tape.compute(bytes, &[of], reuse)
    }

    /// A sum of two of one shape.
    pub(super) fn add(&mut self, a: Id, b: Id) -> Id {
        let bytes = self.tape.bytes(a);
        self.tape.compute(bytes, &[a, b], Reuse::Either)
    }

    /// Rotary positions, in place.
    pub(super) fn rotate(&mut self, of: Id) -> Id {
        if self.traits.rotates_nothing {
            return of;
        }
        let positions = self.positions();
        let bytes = self.tape.bytes(of);
        self.tape.compute(bytes, &[of, positions], Reuse::First)
    }

    /// Which token stands where.
    pub(super) fn positions(&mut self) -> Id {
        let bytes = size(&[4, self.traits.positions, self.settings.tokens]);
        *self.positions.get_or_insert_with(|| self.tape.input(bytes))
    }

    /// The rows of `of` whose logits are wanted.
    pub(super) fn cut(&mut self, of: Id) -> Id {
        let rows = size(&[4, self.settings.outputs]);
        let outputs = *self.outputs.get_or_insert_with(|| self.tape.input(rows));
        let bytes = size(&[4, self.hidden, self.settings.outputs]);
        self.tape.compute(bytes, &[of, outputs], Reuse::No)
    }

    /// Which state belongs to which slot.
    pub(super) fn states(&mut self) -> Id {
        let bytes = size(&[4, self.settings.slots]);
        *self.states.get_or_insert_with(|| self.tape.input(bytes))
    }

    /// Inputs of the caches with or without a window; `None` where they do not exist yet.
    pub(super) const fn cache_inputs(&mut self, window: bool) -> &mut Option<CacheInputs> {
        if window { &mut self.windowed } else { &mut self.wide }
    }
}

/// More than any machine holds, and small enough to add up thousands of.
const MOST: u64 = 1 << 50;

/// A product of factors, far from overflow whatever the shapes.
pub(super) fn size(factors: &[u64]) -> u64 {
    factors.iter().fold(1_u64, |product, factor| product.saturating_mul(*factor)).min(MOST)
}
