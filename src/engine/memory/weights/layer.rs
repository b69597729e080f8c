//! The size of a layer in a file of llama.cpp.
//!
//! Layers of one shape are summed once; only the tensors whose format depends on their position are looked at
//! layer by layer, so that a model of a hundred layers costs little more than one of a few.

use super::recipe::{Pick, Recipe, When};
use super::role::{Role, Tensor};
use super::tensors::layer_tensors;
use super::view::has_values;
use crate::spec::{Block, FeedForward, Model, TensorType};
use std::ops::{Add, AddAssign};

/// Bytes stored, and of them those read for one token.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub(super) stored: u64,
    pub(super) read: u64,
}

impl Add for Size {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { stored: self.stored.saturating_add(other.stored), read: self.read.saturating_add(other.read) }
    }
}

impl AddAssign for Size {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// By what a tensor's position is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// The layer it is in.
    Layer,
    /// Its place among tensors that are values or contain them.
    Value,
    /// Its place among last feed-forward matrices.
    Down,
}

/// Tensors of a layer that are stored better at some positions.
#[derive(Clone, Copy, Debug)]
struct Varying {
    by: By,
    when: When,
    usual: Size,
    special: Size,
}

/// The size of one layer: what is the same in all of its kind, and what varies with the position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    steady: Size,
    varying: [Option<Varying>; 4],
    has_values: bool,
    pub(super) tensors: u64,
}

impl Layer {
    pub(super) fn new(model: &Model, block: &Block, recipe: &Recipe) -> Self {
        let mut layer = Self {
            steady: Size::default(),
            varying: [None; 4],
            has_values: has_values(&block.mixer),
            tensors: 0,
        };
        let share = Share::of(block);
        layer_tensors(model, block, &mut |tensor| layer.take(recipe, share, tensor));
        layer
    }

    fn take(&mut self, recipe: &Recipe, share: Share, tensor: Tensor) {
        self.tensors += 1;
        let Pick { usual, special, when } = recipe.pick(tensor);
        let usual = share.read(tensor, bytes(tensor, usual));
        if when == When::Never {
            self.steady += usual;
            return;
        }
        let special = share.read(tensor, bytes(tensor, special));
        let by = match tensor.role {
            Role::Value | Role::QueryKeyValue => By::Value,
            Role::Down | Role::ExpertDown | Role::SharedDown if recipe.counts_down_one_by_one() => By::Down,
            _ => By::Layer,
        };
        self.vary(Varying { by, when, usual, special });
    }

    /// Tensors that vary alike are kept as one, except those that are counted one by one.
    fn vary(&mut self, more: Varying) {
        for place in &mut self.varying {
            match place {
                Some(kept) if kept.by == more.by && kept.when == more.when && more.by != By::Down => {
                    kept.usual += more.usual;
                    kept.special += more.special;
                    return;
                }
                Some(_) => {}
                None => {
                    *place = Some(more);
                    return;
                }
            }
        }
    }
}

/// Which part of a layer's routed experts one token uses.
#[derive(Clone, Copy, Debug)]
struct Share {
    used: u64,
    count: u64,
}

impl Share {
    fn of(block: &Block) -> Self {
        match &block.feed_forward {
            FeedForward::Experts(experts) => Self {
                used: u64::from(experts.used.min(experts.count)),
                count: u64::from(experts.count.max(1)),
            },
            FeedForward::Dense { .. } | FeedForward::None => Self { used: 1, count: 1 },
        }
    }

    const fn read(self, tensor: Tensor, stored: u64) -> Size {
        let read =
            if tensor.role.is_routed() { (stored / self.count).saturating_mul(self.used) } else { stored };
        Size { stored, read }
    }
}

/// Where a walk through the layers stands.
pub(super) struct Walk<'a> {
    recipe: &'a Recipe,
    pub(super) layer: u32,
    values: u32,
    downs: u32,
}

impl<'a> Walk<'a> {
    /// Before the first layer.
    pub(super) const fn new(recipe: &'a Recipe) -> Self {
        Self { recipe, layer: 0, values: 0, downs: 0 }
    }

    /// The size of the next layer, which is of this kind.
    pub(super) fn step(&mut self, layer: &Layer) -> Size {
        let mut size = layer.steady;
        for varying in layer.varying.iter().map_while(Option::as_ref) {
            let (position, of) = match varying.by {
                By::Layer => (self.layer, self.recipe.layers()),
                By::Value => (self.values, self.recipe.value_like()),
                By::Down => (self.downs, self.recipe.layers()),
            };
            size += if varying.when.holds(position, of) { varying.special } else { varying.usual };
            self.downs += u32::from(varying.by == By::Down);
        }
        self.layer = self.layer.saturating_add(1);
        self.values = self.values.saturating_add(u32::from(layer.has_values));
        size
    }
}

/// Bytes of a tensor in a file and in a buffer, where each starts at a multiple of 32.
pub(super) const fn bytes(tensor: Tensor, format: TensorType) -> u64 {
    let (elements, size) = format.block();
    // blocks are powers of two, and a division here would be half of the cost of an estimate
    let row = (tensor.columns as u64 >> elements.trailing_zeros()) * size as u64;
    let all = row.saturating_mul(tensor.rows as u64).saturating_mul(tensor.stack as u64);
    all.saturating_add(31) & !31
}
