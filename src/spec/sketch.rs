//! What is known of a model whose passes no runtime is modelled for: its tensors, and what it keeps for past tokens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::units::count;

/// What a model keeps for past tokens, where its layers have no record of their own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    /// Its caches, like ones joined.
    pub caches: Vec<Kept>,
}

/// What some layers keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// What it is.
    pub kind: KeptKind,
    /// How many layers keep it.
    pub layers: u64,
    /// Numbers of one layer's keys, or of what stands for keys and values: for each token that it spans, or once.
    pub keys: u64,
    /// Numbers of its values beside them; 0 where there is nothing beside.
    pub values: u64,
    /// Over what it is kept.
    pub span: Span,
}

/// What is kept.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum KeptKind {
    /// Keys and values, or the latent vector of both.
    Tokens,
    /// Keys of what chooses the tokens that are attended to.
    Indexer,
    /// The state of a recurrent layer or the last inputs of a convolution, in 32-bit floats.
    State,
}

/// Over what something is kept.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Span {
    /// Every token of the context.
    Context,
    /// One for so many tokens.
    Every(u64),
    /// The last so many tokens.
    Window(u64),
    /// Once a sequence.
    Once,
}

impl Span {
    /// How many are kept of so many tokens.
    pub const fn of(self, tokens: u64) -> u64 {
        match self {
            Self::Context => tokens,
            Self::Every(tokens_of_one) => match tokens.checked_div(tokens_of_one) {
                Some(kept) => kept,
                None => 0,
            },
            Self::Window(window) => {
                if tokens < window {
                    tokens
                } else {
                    window
                }
            }
            Self::Once => 1,
        }
    }
}

impl Kept {
    /// Numbers kept of so many tokens.
    pub fn of(&self, tokens: u64) -> f64 {
        count(self.layers) * (count(self.keys) + count(self.values)) * count(self.span.of(tokens))
    }
}

impl FromIterator<(KeptKind, Span, u64, u64)> for Sketch {
    /// Of what each layer keeps: its kind, over what, numbers of keys and of values. Like ones are joined.
    fn from_iter<I: IntoIterator<Item = (KeptKind, Span, u64, u64)>>(kept: I) -> Self {
        let mut layers: BTreeMap<_, u64> = BTreeMap::new();
        for one in kept {
            *layers.entry(one).or_default() += 1;
        }
        let joined = layers.into_iter().map(|((kind, span, keys, values), layers)| Kept {
            kind,
            layers,
            keys,
            values,
            span,
        });
        Self { caches: joined.collect() }
    }
}

impl Sketch {
    /// Numbers of a kind kept of so many tokens.
    pub fn values(&self, kind: KeptKind, tokens: u64) -> f64 {
        self.caches.iter().filter(|kept| kept.kind == kind).map(|kept| kept.of(tokens)).sum()
    }
}
