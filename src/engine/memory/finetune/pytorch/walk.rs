//! The way through all layers and back, and where it needs most.

use super::head::Head;
use super::held::Held;
use super::kinds::Kinds;
use super::pass::{HALF, Pass};
use super::trace::Simulated;
use crate::spec::{Mixer, Model};

/// Where a pass is at its peak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// In a layer.
    Layer(usize),
    /// While a checkpointed layer is computed again.
    Again(usize),
    /// From the last layer to the loss.
    Head,
    /// At the gradient of the embedding.
    Embedding,
}

/// The way up and down again.
pub struct Walk<'a> {
    /// The model.
    pub model: &'a Model,
    /// What is run.
    pub pass: &'a Pass,
    /// Whether everything is trained, the embedding too.
    pub trains_all: bool,
    /// The kinds of layers.
    pub kinds: &'a Kinds<'a>,
    /// Which kind each layer is, and what it takes.
    pub layers: &'a [(usize, Simulated)],
    /// From the last layer to the loss.
    pub head: &'a Head,
}

impl Walk<'_> {
    /// The peak up to the loss, and where it is.
    pub fn forward(&self) -> (Held, At) {
        let mut most = (Held::default(), At::Head);
        let mut look = |now: Held, at: At| {
            if most.0.is_less_than(&now) {
                most = (now, at);
            }
        };
        let (mut kept, mut passing) = self.start();
        for (at, (_, layer)) in self.layers.iter().enumerate() {
            let forward = if self.pass.gradient_checkpointing { layer.passing } else { layer.forward };
            look(kept.plus(passing).plus(forward), At::Layer(at));
            kept = kept.plus(self.stays(layer));
            passing = passing.plus(self.cast_by(layer));
        }
        let passing = if self.pass.gradient_checkpointing { passing } else { Held::default() };
        look(kept.plus(passing).plus(self.head.simulated.forward), At::Head);
        most
    }

    /// The peak of the gradients, and where it is.
    pub fn backward(&self) -> (Held, At) {
        let (mut kept, _) = self.start();
        let mut before = Vec::with_capacity(self.layers.len());
        for (_, layer) in self.layers {
            before.push(kept);
            kept = kept.plus(self.stays(layer));
        }
        let held = Held { logits: self.head.held, ..Held::default() };
        let mut most = (kept.plus(self.head.simulated.backward).plus(held), At::Head);
        let mut look = |now: Held, at: At| {
            if most.0.is_less_than(&now) {
                most = (now, at);
            }
        };
        let mut gradients = self.head.simulated.gradients;
        for (at, ((_, layer), before)) in self.layers.iter().zip(&before).enumerate().rev() {
            let now = before.plus(held).plus(Held { gradients, ..Held::default() });
            look(now.plus(layer.backward), At::Layer(at));
            if self.pass.gradient_checkpointing {
                look(now.plus(layer.forward).plus(activations(self.stream())), At::Again(at));
            }
            gradients += layer.gradients;
        }
        if self.trains_all {
            let (stays, passing) = self.embedding();
            let gradients = if self.pass.accumulates { 0.0 } else { gradients + stays };
            let end = Held { gradients, activations: passing, logits: 0.0 };
            look(end.plus(held), At::Embedding);
        }
        most
    }

    /// Bytes of everything that is trained.
    pub fn trained(&self) -> f64 {
        let layers = self.layers.iter().map(|(_, layer)| layer.trained).sum::<f64>();
        let own = self.trains_all && !self.model.tied_embeddings;
        layers + self.head.simulated.trained + if own { self.table() } else { 0.0 }
    }

    /// What is kept and what is passing before the first layer. Recomputed layers are given the mask again; kept
    /// ones have saved their own copies.
    fn start(&self) -> (Held, Held) {
        let (positions, mask) = (activations(self.positions()), activations(self.mask()));
        if self.pass.gradient_checkpointing {
            (positions.plus(mask), Held::default())
        } else {
            (positions, mask)
        }
    }

    /// What a layer leaves for the backward pass.
    fn stays(&self, layer: &Simulated) -> Held {
        if self.pass.gradient_checkpointing { activations(self.stream()) } else { layer.kept }
    }

    /// Bytes of the residual stream.
    pub fn stream(&self) -> f64 {
        self.pass.tokens * f64::from(self.model.hidden) * self.pass.stream()
    }

    /// Bytes of the embedding table.
    pub fn table(&self) -> f64 {
        f64::from(self.model.hidden) * f64::from(self.model.vocabulary) * self.pass.outer
    }

    /// Bytes of cosines and sines of all positions, shared by all layers.
    pub fn positions(&self) -> f64 {
        let head = self.model.layers().next().map_or(0.0, |block| match &block.mixer {
            Mixer::Attention(shape) => f64::from(shape.head),
            _ => 0.0,
        });
        2.0 * self.pass.sequence * head * self.pass.stream().max(HALF)
    }

    /// Bytes of the mask of the model, beside the copies of layers: 16 bit where scores are written out, else one
    /// byte a value.
    pub fn mask(&self) -> f64 {
        let windowed = self.model.layers().any(|block| self.pass.windows(block));
        let value = match (self.pass.eager, self.pass.masked || windowed) {
            (true, _) => self.pass.stream(),
            (false, true) => 1.0,
            (false, false) => 0.0,
        };
        self.pass.mask() * value
    }

    /// What autocast remembers of a layer's trained 32-bit matrices in 16 bit until the forward pass ends, where
    /// no gradient function has saved it.
    pub fn cast_by(&self, layer: &Simulated) -> Held {
        let width = self.pass.adapters.map_or(self.pass.base, |adapters| adapters.width);
        let casts = self.pass.gradient_checkpointing && self.pass.autocast && width > HALF;
        activations(if casts { layer.trained * HALF / width } else { 0.0 })
    }

    /// The last gradient, that of the embedding, as large as the table: what stays, and what passes by. Where the
    /// head is the same table, the two are added into a third; the stream's gradient is let go before that.
    pub fn embedding(&self) -> (f64, f64) {
        let table = self.table();
        let sum = if self.model.tied_embeddings { table } else { 0.0 };
        let added = if self.pass.accumulates { table } else { 0.0 };
        (table, added + sum.max(self.stream()))
    }
}

const fn activations(bytes: f64) -> Held {
    Held { activations: bytes, logits: 0.0, gradients: 0.0 }
}
