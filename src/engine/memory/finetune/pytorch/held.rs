//! Bytes of a pass by what they count as, and the tensors that they are.

use std::borrow::Cow;

/// What a tensor counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Values of a layer.
    #[default]
    Activations,
    /// A value for each entry of the vocabulary.
    Logits,
    /// The gradient of a parameter.
    Gradients,
}

/// Bytes by what they count as.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Held {
    /// Values of layers and their gradients.
    pub activations: f64,
    /// Logits and their gradients.
    pub logits: f64,
    /// Gradients of parameters.
    pub gradients: f64,
}

impl Held {
    /// All together.
    pub const fn total(&self) -> f64 {
        self.activations + self.logits + self.gradients
    }

    /// Those of one kind.
    pub const fn of(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Activations => self.activations,
            Kind::Logits => self.logits,
            Kind::Gradients => self.gradients,
        }
    }

    /// More of one kind, or less.
    pub const fn add(&mut self, kind: Kind, bytes: f64) {
        match kind {
            Kind::Activations => self.activations += bytes,
            Kind::Logits => self.logits += bytes,
            Kind::Gradients => self.gradients += bytes,
        }
    }

    /// Kind by kind.
    pub const fn plus(self, other: Self) -> Self {
        Self {
            activations: self.activations + other.activations,
            logits: self.logits + other.logits,
            gradients: self.gradients + other.gradients,
        }
    }

    /// Whether another is more.
    pub const fn is_less_than(&self, other: &Self) -> bool {
        other.total() > self.total()
    }
}

/// The operation that made a tensor, and the module it is part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The module: `query projection`.
    pub module: &'static str,
    /// The operation: `matrix product`.
    pub operation: &'static str,
}

impl Name {
    /// As people read it.
    pub fn text(self) -> String {
        format!("{}: {}", self.module, self.operation)
    }
}

/// A tensor, or many like ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it counts as.
    pub kind: Kind,
    /// Which operation made it.
    pub name: Cow<'static, str>,
    /// Bytes.
    pub bytes: f64,
}

impl Item {
    /// A tensor of so many bytes.
    pub fn new(kind: Kind, name: impl Into<Cow<'static, str>>, bytes: f64) -> Self {
        Self { kind, name: name.into(), bytes }
    }
}

/// Adds to what has the same name, or as something new; nothing where there are no bytes.
pub fn put(items: &mut Vec<Item>, item: Item) {
    if item.bytes <= 0.0 {
        return;
    }
    match items.iter_mut().find(|known| known.kind == item.kind && known.name == item.name) {
        Some(known) => known.bytes += item.bytes,
        None => items.push(item),
    }
}
