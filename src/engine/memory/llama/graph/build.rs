//! The trace of one graph with the inputs it shares between layers.

use super::trace::{Id, Reuse, Trace};
use crate::engine::memory::Place;
use crate::engine::memory::llama::settings::Settings;
use crate::engine::working::Detail;
use crate::spec::architecture::LlamaCpp;
use crate::spec::{Architecture, Model};
use crate::units::{count, whole};

/// What one kind of cache needs beside the cache.
#[derive(Clone, Copy, Debug)]
pub(super) struct CacheInputs {
    /// Where keys and values are stored; `None` where values are part of the keys.
    pub(super) key_rows: Id,
    pub(super) value_rows: Option<Id>,
    /// Who sees whom.
    pub(super) mask: Id,
    /// Rotations that spread outliers before quantization.
    pub(super) key_rotation: Option<Id>,
    pub(super) value_rotation: Option<Id>,
}

/// What weights are called that lie on the host and are computed with on the device.
const WEIGHTS: &str = "weights";

/// A graph under construction.
#[derive(Debug)]
pub(super) struct Build<'a> {
    pub(super) trace: Trace,
    pub(super) settings: &'a Settings,
    /// What llama.cpp does with the architecture beyond what its shapes say.
    pub(super) habits: &'static LlamaCpp,
    /// Whether a layer up to here has a sliding window, which changes the order of the projections.
    pub(super) windows: bool,
    pub(super) metal: bool,
    /// Bytes of one weight, where this layer's weights are on the host and copied to the device to be used.
    pub(super) copied: Option<f64>,
    /// This layer's matrices by columns and rows, with their bytes, where they have to be copied.
    pub(super) matrices: Vec<(u64, u64, u64)>,
    /// The same of this layer's experts: into them, and out of them.
    pub(super) copied_experts: Option<[f64; 2]>,
    /// Whether this layer's experts are computed with on the host, though the layer is on the device.
    pub(super) experts_on_host: bool,
    pub(super) hidden: u64,
    /// Rows of the residual stream: all tokens, or after the last layer's cut those with logits.
    pub(super) rows: u64,
    /// Whether attention over a cache on the host is computed there, though its projections are copied.
    pub(super) attends_on_host: bool,
    /// Whether the next norm is computed by the device before and transferred beside its input.
    pub(super) norm_before_copy: bool,
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
        detail: Detail,
    ) -> Self {
        Self {
            trace: Trace::new(place, in_flight, detail),
            attends_on_host: false,
            norm_before_copy: false,
            settings,
            habits: &Architecture::of(model).llama_cpp,
            windows: false,
            metal,
            copied: None,
            matrices: Vec::new(),
            copied_experts: None,
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
    pub(super) fn product(&mut self, name: &'static str, width: u64, of: Id) -> Id {
        let bytes = self.floats(width);
        match self.copy_matrix(width, of) {
            Some(weights) => self.trace.compute(name, bytes, &[of, weights], Reuse::No),
            None => self.trace.compute(name, bytes, &[of], Reuse::No),
        }
    }

    /// The weights that turn `of` into rows of `width`, where they have to be copied.
    fn copy_matrix(&mut self, width: u64, of: Id) -> Option<Id> {
        let each = self.copied?;
        let columns = self.trace.bytes(of) / size(&[4, self.rows]).max(1);
        let known = self.matrices.iter().find(|(of, rows, _)| (*of, *rows) == (columns, width));
        if let Some((_, _, bytes)) = known {
            let bytes = *bytes;
            self.trace.new_split();
            return Some(self.trace.copy(WEIGHTS, bytes));
        }
        Some(self.copy_weights(&[columns, width], each))
    }

    /// All experts' matrices of a shape, where they have to be copied; those out of an expert apart.
    pub(super) fn copy_experts(&mut self, shape: &[u64], out: bool) -> Option<Id> {
        let [into, out_of] = self.copied_experts?;
        Some(self.copy_weights(shape, if out { out_of } else { into }))
    }

    /// What is added to all experts' products, in 32 bit, where it has to be copied.
    pub(super) fn copy_bias(&mut self, shape: &[u64]) -> Option<Id> {
        self.copied_experts?;
        Some(self.copy_weights(shape, 4.0))
    }

    fn copy_weights(&mut self, shape: &[u64], each: f64) -> Id {
        self.trace.new_split();
        self.trace.copy(WEIGHTS, whole(count(size(shape)) * each))
    }

    /// Cached rows that have to be copied.
    pub(super) fn copy_cache(&mut self, bytes: u64) -> Option<Id> {
        self.copied?;
        Some(self.trace.copy("cached keys or values", bytes))
    }

    /// Writes rows into a cache, which is done where the cache is.
    pub(super) fn store(&mut self, from: &[Id]) {
        if self.copied.is_some() {
            self.trace.compute_in(Place::Host);
            self.trace.store(from);
            self.trace.compute_in(Place::Device);
        } else {
            self.trace.store(from);
        }
    }

    /// A norm with its weights.
    pub(super) fn norm(&mut self, name: &'static str, of: Id) -> Id {
        let bytes = self.trace.bytes(of);
        let reuse = if self.habits.layer_norm { Reuse::No } else { Reuse::First };
        if std::mem::take(&mut self.norm_before_copy) {
            self.trace.compute_in(Place::Host);
            let normed = self.trace.compute(name, bytes, &[of], Reuse::No);
            self.trace.compute_in(Place::Device);
            return self.trace.compute(name, bytes, &[normed], reuse);
        }
        if self.copied.is_some() {
            let normed = self.trace.compute(name, bytes, &[of], reuse);
            let scale = self.copy_weights(&[self.hidden], 4.0);
            return self.trace.compute(name, bytes, &[normed, scale], Reuse::First);
        }
        self.trace.compute(name, bytes, &[of], reuse)
    }

    /// A sum of two of one shape.
    pub(super) fn add(&mut self, name: &'static str, a: Id, b: Id) -> Id {
        let bytes = self.trace.bytes(a);
        self.trace.compute(name, bytes, &[a, b], Reuse::Either)
    }

    /// Rotary positions, in place.
    pub(super) fn rotate(&mut self, name: &'static str, of: Id) -> Id {
        if self.habits.rotates_nothing {
            return of;
        }
        let positions = self.positions();
        let bytes = self.trace.bytes(of);
        self.trace.compute(name, bytes, &[of, positions], Reuse::First)
    }

    /// Which token stands where.
    pub(super) fn positions(&mut self) -> Id {
        let bytes = size(&[4, self.habits.positions, self.settings.tokens]);
        *self.positions.get_or_insert_with(|| self.trace.input("inp_pos", bytes))
    }

    /// The rows of `of` whose logits are wanted.
    pub(super) fn cut(&mut self, name: &'static str, of: Id) -> Id {
        let rows = size(&[4, self.settings.outputs]);
        let outputs = *self.outputs.get_or_insert_with(|| self.trace.input("inp_out_ids", rows));
        let bytes = size(&[4, self.hidden, self.settings.outputs]);
        self.trace.compute(name, bytes, &[of, outputs], Reuse::No)
    }

    /// Which state belongs to which slot.
    pub(super) fn states(&mut self) -> Id {
        let bytes = size(&[4, self.settings.slots]);
        *self.states.get_or_insert_with(|| self.trace.input("inp_s_copy", bytes))
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
