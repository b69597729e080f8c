//! What layers keep, worked out kind by kind: many layers of a model are alike.

use crate::engine::working::{Detail, Figure, Term};
use crate::formula;
use crate::spec::{Block, Model};
use crate::units::{count, show_grouped, whole};
use std::borrow::Cow;

/// What some kinds of layers keep in all.
pub(super) struct Sum<'a, K> {
    /// Kinds of layers, and how many of each.
    pub(super) kinds: Vec<(K, f64)>,
    /// Bytes of all of them.
    pub(super) bytes: f64,
    /// Bytes of one layer of a kind.
    pub(super) each: &'a dyn Fn(&K) -> f64,
    /// What a kind is called, with its numbers.
    pub(super) name: &'a dyn Fn(&K) -> String,
}

impl<K> Sum<'_, K> {
    /// One expression where there is one kind, else a term a kind.
    pub(super) fn figure(
        self,
        detail: Detail,
        source: &'static str,
        alone: impl FnOnce(&K, f64) -> Figure,
    ) -> Figure {
        if let [(kind, layers)] = self.kinds.as_slice() {
            let figure = alone(kind, *layers);
            // What is padded is not what the expression comes to; the terms count it.
            if figure.value.to_bits() == self.bytes.to_bits() {
                return figure;
            }
        }
        Figure::terms(detail, source, self.bytes, || {
            let term = |(kind, layers): &(K, f64)| Term {
                name: Cow::Owned((self.name)(kind)),
                count: *layers,
                value: layers * (self.each)(kind),
            };
            self.kinds.iter().map(term).collect()
        })
    }
}

/// The kinds of layers a model has, and how many of each; layers without `of` are left out.
pub(super) fn kinds<K: PartialEq>(model: &Model, of: impl Fn(&Block) -> Option<K>) -> Vec<(K, f64)> {
    let blocks = model.stack.iter().flat_map(|run| run.blocks.iter().map(move |block| (run.repeat, block)));
    gathered(blocks.filter_map(|(repeat, block)| {
        let layers = u64::from(repeat).saturating_mul(u64::from(block.times));
        Some((of(block)?, count(layers)))
    }))
}

/// Each kind once.
pub(super) fn gathered<K: PartialEq>(layers: impl Iterator<Item = (K, f64)>) -> Vec<(K, f64)> {
    let mut kinds: Vec<(K, f64)> = Vec::new();
    for (kind, layers) in layers {
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, known)) => *known += layers,
            None => kinds.push((kind, layers)),
        }
    }
    kinds
}

/// What a layer keeps of every token: for how many tokens there is room, and values of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rows {
    /// Tokens of a sequence.
    pub(super) tokens: f64,
    /// Values of a token.
    pub(super) values: f64,
}

/// Keys and values of all layers and sequences.
pub(super) fn cache(
    detail: Detail,
    source: &'static str,
    kinds: Vec<(Rows, f64)>,
    (bytes, sequences, element): (f64, f64, f64),
) -> Figure {
    let each = |rows: &Rows| rows.tokens * rows.values * element * sequences;
    let name = |rows: &Rows| {
        let [tokens, values] = [rows.tokens, rows.values].map(|number| show_grouped(whole(number)));
        format!("layers with {sequences} × {tokens} tokens of {values} values, {element} bytes each")
    };
    Sum { kinds, bytes, each: &each, name: &name }.figure(detail, source, |rows, layers| {
        formula!(
            detail, source;
            layers = layers,
            tokens = rows.tokens,
            values_per_token = rows.values,
            bytes_per_value = element,
            sequences = sequences
            => layers * (tokens * values_per_token * bytes_per_value) * sequences
        )
    })
}

/// What a recurrent layer keeps of a sequence, whatever its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct State {
    /// Values of the convolution's last inputs, 16 bit.
    pub(super) convolution: f64,
    /// Values of the state, 32 bit.
    pub(super) state: f64,
}

impl State {
    /// Bytes of it.
    pub(super) fn bytes(&self) -> f64 {
        2.0 * self.convolution + 4.0 * self.state
    }
}

/// States of all recurrent layers and sequences.
pub(super) fn states(
    detail: Detail,
    source: &'static str,
    kinds: Vec<(State, f64)>,
    sequences: f64,
) -> Figure {
    let bytes = sequences * kinds.iter().fold(0.0, |sum, (state, layers)| sum + layers * state.bytes());
    let each = |state: &State| sequences * state.bytes();
    let name = |state: &State| {
        let [taps, values] = [state.convolution, state.state].map(|number| show_grouped(whole(number)));
        format!("layers with {sequences} × ({taps} convolution inputs of 2 bytes + {values} values of 4)")
    };
    Sum { kinds, bytes, each: &each, name: &name }.figure(detail, source, |state, layers| {
        formula!(
            detail, source;
            layers = layers,
            sequences = sequences,
            convolution_inputs = state.convolution,
            state_values = state.state
            => sequences * (layers * (2.0 * convolution_inputs + 4.0 * state_values))
        )
    })
}
