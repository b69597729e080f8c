//! A pass from the first layer to the loss and back, and its worst moments.

use super::head::head;
use super::layer::Layer;
use super::pass::{HALF, Pass};
use super::tape::{Held, Played};
use crate::spec::{Block, FineTune, Model, TunedLayers};

/// More layers than any model has; further ones are not gone through.
const MOST_LAYERS: usize = 4096;

/// What a pass takes above what is resident.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Peaks {
    /// At the worst moment up to the loss.
    pub(super) forward: Held,
    /// At the worst moment of the gradients.
    pub(super) backward: Held,
    /// Bytes of everything that is trained.
    pub(super) trained: f64,
    /// Kept for the backward pass when the loss is there.
    pub(super) kept: Held,
}

/// Plays every kind of layer once, and goes through all of them.
pub(super) fn peaks(model: &Model, tune: &FineTune, pass: &Pass) -> Peaks {
    let layers: Vec<&Block> = model.layers().take(MOST_LAYERS).collect();
    let first = first_tuned(tune, layers.len());
    let mut kinds = Kinds { model, pass, played: Vec::with_capacity(4) };
    // A gradient reaches a layer's input below the first trained one only where the embedding is trained, or
    // where PEFT opens it so that recomputed layers have one.
    let opened = pass.gradient_checkpointing || (pass.full && first == 0);
    let played: Vec<Played> = layers
        .iter()
        .enumerate()
        .map(|(at, block)| {
            kinds.play(Layer { model, block, tuned: at >= first, flows: opened || at > first })
        })
        .collect();
    let mut walk = Walk { model, pass, stream: stream(model, pass), peaks: Peaks::default() };
    walk.run(&played, first)
}

/// The lowest layer that is trained.
fn first_tuned(tune: &FineTune, layers: usize) -> usize {
    match tune.tuned_layers {
        TunedLayers::All => 0,
        TunedLayers::Last(last) => layers.saturating_sub(usize::try_from(last).unwrap_or(usize::MAX)),
    }
}

/// Bytes of the residual stream.
fn stream(model: &Model, pass: &Pass) -> f64 {
    pass.tokens * f64::from(model.hidden) * pass.stream()
}

/// Layers that were played before.
struct Kinds<'a> {
    model: &'a Model,
    pass: &'a Pass,
    played: Vec<(Layer<'a>, Played)>,
}

impl<'a> Kinds<'a> {
    fn play(&mut self, layer: Layer<'a>) -> Played {
        let same = |other: &Layer<'a>| {
            std::ptr::eq(other.block, layer.block) && other.tuned == layer.tuned && other.flows == layer.flows
        };
        if let Some((_, played)) = self.played.iter().find(|(other, _)| same(other)) {
            return *played;
        }
        let played = Layer { model: self.model, ..layer }.play(self.pass);
        self.played.push((layer, played));
        played
    }
}

/// The way up and down again.
struct Walk<'a> {
    model: &'a Model,
    pass: &'a Pass,
    stream: f64,
    peaks: Peaks,
}

impl Walk<'_> {
    fn run(&mut self, layers: &[Played], first: usize) -> Peaks {
        let trains_all = self.pass.full && first == 0;
        let head = head(self.model, self.pass, trains_all);
        let mask = self.mask();
        // Recomputed layers are given the mask again; kept ones have saved their own copies.
        let (mut kept, mut passing) = if self.pass.gradient_checkpointing {
            (self.positions().plus(mask), Held::default())
        } else {
            (self.positions(), mask)
        };
        let mut before = Vec::with_capacity(layers.len());
        for layer in layers {
            before.push(kept);
            let (forward, stays) = if self.pass.gradient_checkpointing {
                (layer.passing, self.input())
            } else {
                (layer.forward, layer.kept)
            };
            self.peaks.forward = self.peaks.forward.most(kept.plus(passing).plus(forward));
            kept = kept.plus(stays);
            passing = passing.plus(self.cast_by(layer));
        }
        let passing = if self.pass.gradient_checkpointing { passing } else { Held::default() };
        self.peaks.forward = self.peaks.forward.most(kept.plus(passing).plus(head.played.forward));
        self.peaks.kept = kept.plus(head.played.kept);
        let held = Held { logits: head.held, ..Held::default() };
        self.peaks.backward = kept.plus(head.played.backward).plus(held);
        let mut gradients = head.played.gradients;
        for (layer, before) in layers.iter().zip(&before).rev() {
            let now = before.plus(held).plus(Held { gradients, ..Held::default() });
            self.peaks.backward = self.peaks.backward.most(now.plus(layer.backward));
            if self.pass.gradient_checkpointing {
                let recomputed = now.plus(layer.forward).plus(self.input());
                self.peaks.backward = self.peaks.backward.most(recomputed);
            }
            gradients += layer.gradients;
        }
        self.peaks.trained = layers.iter().map(|layer| layer.trained).sum::<f64>() + head.played.trained;
        if trains_all {
            self.embedding(gradients, held);
        }
        self.peaks
    }

    /// Cosines and sines of all positions, shared by all layers.
    fn positions(&self) -> Held {
        let head = self.model.layers().next().map_or(0.0, |block| match &block.mixer {
            crate::spec::Mixer::Attention(shape) => f64::from(shape.head),
            _ => 0.0,
        });
        Held {
            activations: 2.0 * self.pass.sequence * head * self.pass.stream().max(HALF),
            ..Held::default()
        }
    }

    /// What autocast remembers of a layer's trained 32-bit matrices in 16 bit until the forward pass ends, where
    /// no gradient function has saved it.
    fn cast_by(&self, layer: &Played) -> Held {
        let width = self.pass.adapters.map_or(self.pass.base, |adapters| adapters.width);
        let casts = self.pass.gradient_checkpointing && self.pass.autocast && width > HALF;
        let cached = if casts { layer.trained * HALF / width } else { 0.0 };
        Held { activations: cached, ..Held::default() }
    }

    /// The mask of the model, beside the copies of layers: 16 bit where scores are written out, else one byte.
    fn mask(&self) -> Held {
        let windowed = self.model.layers().any(|block| self.pass.windows(block));
        let value = match (self.pass.eager, self.pass.masked || windowed) {
            (true, _) => self.pass.stream(),
            (false, true) => 1.0,
            (false, false) => 0.0,
        };
        Held { activations: self.pass.mask() * value, ..Held::default() }
    }

    const fn input(&self) -> Held {
        Held { activations: self.stream, logits: 0.0, gradients: 0.0 }
    }

    /// The last gradient: that of the embedding, as large as the table; where the head is the same table, the
    /// two are added into a third.
    fn embedding(&mut self, gradients: f64, held: Held) {
        let table = f64::from(self.model.hidden) * f64::from(self.model.vocabulary) * self.pass.outer;
        let sum = if self.model.tied_embeddings { table } else { 0.0 };
        if !self.model.tied_embeddings {
            self.peaks.trained += table;
        }
        let stays = if self.pass.accumulates { 0.0 } else { gradients + table };
        let passing = if self.pass.accumulates { table } else { 0.0 };
        // The stream's gradient is let go before the two are added.
        let end = Held { gradients: stays, activations: passing + sum.max(self.stream), logits: 0.0 };
        self.peaks.backward = self.peaks.backward.most(end.plus(held));
    }
}
