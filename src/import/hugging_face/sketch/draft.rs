//! A model put together tensor by tensor.

use std::collections::BTreeMap;

use super::given::Given;
use crate::spec::{KeptKind, Role, Sketch, Span, Tensor};

/// A model's tensors, and what it keeps.
pub(in crate::import) struct Sketched {
    /// Its tensors, each with its layer.
    pub tensors: Vec<(Option<u64>, Tensor)>,
    /// What it keeps for past tokens.
    pub kept: Sketch,
    /// Parameters in all.
    pub parameters: u64,
    /// Of them, those that one token uses.
    pub active: u64,
    /// Width of the residual stream.
    pub hidden: u64,
    /// Rows of the token embedding.
    pub vocabulary: u64,
    /// Whether the output matrix is the embedding.
    pub tied: bool,
    /// What the layers have beside their tensors.
    pub beside: Beside,
}

/// What a layer keeps: its number, then kind, span, keys and values.
pub(in crate::import) type KeptIn = (Option<u64>, (KeptKind, Span, u64, u64));

/// What layers have beside their tensors.
#[derive(Default)]
pub(in crate::import) struct Beside {
    /// How many layers there are.
    pub layers: u64,
    /// What each keeps, with its layer: kind, span, keys, values.
    pub kept: Vec<KeptIn>,
    /// Query heads and their width, by layer.
    pub heads: BTreeMap<u64, (u64, u64)>,
    /// Routed experts that a token uses.
    pub used: u64,
}

/// What is put together.
pub(super) struct Draft<'a> {
    /// The configuration.
    pub given: Given<'a>,
    /// Width of the residual stream.
    pub hidden: u64,
    /// How many layers there are.
    pub layers: u64,
    layer: Option<u64>,
    tensors: Vec<(Option<u64>, Tensor)>,
    beside: Beside,
    idle: u64,
    tied: bool,
}

/// Most layers that are read.
const MOST_LAYERS: u64 = 1024;

impl<'a> Draft<'a> {
    /// An empty model of a configuration.
    pub(super) fn new(given: Given<'a>) -> Option<Self> {
        let first = |keys: &[&str]| keys.iter().find_map(|key| given.n(key));
        // Nemotron-H says no more than what each of its layers is.
        let listed = || Some(given.names("layers_block_type")?.len() as u64);
        let layers = first(&["num_hidden_layers", "n_layer", "n_layers", "num_layers"]).or_else(listed);
        let layers = layers.filter(|layers| (1..=MOST_LAYERS).contains(layers))?;
        Some(Self {
            given,
            hidden: first(&["hidden_size", "n_embd", "d_model"]).filter(|hidden| *hidden > 0)?,
            layers,
            layer: None,
            tensors: Vec::new(),
            beside: Beside { layers, ..Beside::default() },
            idle: 0,
            tied: false,
        })
    }

    /// The embedding, the output matrix where it is another, and the last norm.
    pub(super) fn outer(&mut self, tied: bool) -> Option<()> {
        let vocabulary = self.given.rows("vocab_size")?;
        self.layer = None;
        self.tied = self.given.flag("tie_word_embeddings", tied);
        self.matrix(Role::TokenEmbedding, self.hidden, vocabulary);
        if !self.tied {
            self.matrix(Role::Output, self.hidden, vocabulary);
        }
        self.vector(self.hidden);
        Some(())
    }

    /// Takes back the last norm, of a family whose norms have no learnt numbers.
    pub(super) fn without_last_norm(&mut self) {
        self.tensors.pop();
    }

    /// What follows belongs to a layer.
    pub(super) const fn at(&mut self, layer: u64) {
        self.layer = Some(layer);
    }

    /// What follows belongs to no layer.
    pub(super) const fn outside(&mut self) {
        self.layer = None;
    }

    /// A matrix from so many values to so many.
    pub(super) fn matrix(&mut self, role: Role, columns: u64, rows: u64) {
        self.stack(role, columns, rows, 1);
    }

    /// So many matrices in one tensor.
    pub(super) fn stack(&mut self, role: Role, columns: u64, rows: u64, stack: u64) {
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let tensor = Tensor { role, columns: narrow(columns), rows: narrow(rows), stack: narrow(stack) };
        if tensor.elements() > 0 {
            self.tensors.push((self.layer, tensor));
        }
    }

    /// Learnt numbers that nothing packs.
    pub(super) fn vector(&mut self, values: u64) {
        self.matrix(Role::Norm, values, 1);
    }

    /// A gated network for every token.
    pub(super) fn gated(&mut self, width: u64) {
        self.matrix(Role::Gate, self.hidden, width);
        self.matrix(Role::Up, self.hidden, width);
        self.matrix(Role::Down, width, self.hidden);
    }

    /// A mixture of gated experts, with those that every token uses.
    pub(super) fn experts(&mut self, experts: (u64, u64), width: u64, shared: u64) {
        self.experts_inside(self.hidden, experts, width, shared);
    }

    /// The same, whose routed experts work on a stream of another width.
    pub(super) fn experts_inside(
        &mut self,
        inside: u64,
        (experts, used): (u64, u64),
        width: u64,
        shared: u64,
    ) {
        self.beside.used = self.beside.used.max(used);
        self.matrix(Role::Router, self.hidden, experts);
        self.stack(Role::ExpertGate, inside, width, experts);
        self.stack(Role::ExpertUp, inside, width, experts);
        self.stack(Role::ExpertDown, width, inside, experts);
        let one = 3_u64.saturating_mul(inside).saturating_mul(width);
        self.idle = self.idle.saturating_add(one.saturating_mul(experts.saturating_sub(used)));
        self.matrix(Role::SharedGate, self.hidden, shared);
        self.matrix(Role::SharedUp, self.hidden, shared);
        self.matrix(Role::SharedDown, shared, self.hidden);
    }

    /// Attention with heads of keys and of values, and its cache.
    pub(super) fn attention(&mut self, heads: u64, kv_heads: u64, (key, value): (u64, u64), span: Span) {
        self.matrix(Role::Query, self.hidden, heads * key);
        self.matrix(Role::Key, self.hidden, kv_heads * key);
        self.matrix(Role::Value, self.hidden, kv_heads * value);
        self.matrix(Role::AttentionOutput, heads * value, self.hidden);
        self.heads(heads, key);
        self.beside.kept.push((self.layer, (KeptKind::Tokens, span, kv_heads * key, kv_heads * value)));
    }

    /// Something that this layer keeps.
    pub(super) fn keep(&mut self, kind: KeptKind, numbers: u64, span: Span) {
        self.beside.kept.push((self.layer, (kind, span, numbers, 0)));
    }

    /// A recurrent state of this layer: the last inputs of its convolution, and the state itself.
    pub(super) fn state(&mut self, convolution: u64, state: u64) {
        self.beside.kept.push((self.layer, (KeptKind::State, Span::Once, convolution, state)));
    }

    /// Query heads of this layer, and their width.
    pub(super) fn heads(&mut self, heads: u64, head: u64) {
        if let Some(layer) = self.layer {
            self.beside.heads.insert(layer, (heads, head));
        }
    }

    /// The whole of it.
    pub(super) fn done(self) -> Sketched {
        let parameters =
            self.tensors.iter().fold(0_u64, |sum, (_, tensor)| sum.saturating_add(tensor.elements()));
        Sketched {
            kept: self.beside.kept.iter().map(|(_, kept)| *kept).collect(),
            parameters,
            active: parameters.saturating_sub(self.idle),
            hidden: self.hidden,
            vocabulary: self.given.rows("vocab_size").unwrap_or(0),
            tied: self.tied,
            tensors: self.tensors,
            beside: self.beside,
        }
    }
}
