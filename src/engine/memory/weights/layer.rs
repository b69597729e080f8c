//! The size of a layer in a file of llama.cpp.
//!
//! Layers of one shape are summed once; what depends on the position is kept apart, for both formats.

use super::recipe::{Pick, Recipe, When};
use super::tensors::layer_tensors;
use super::view::has_values;
use crate::spec::{Block, FeedForward, Model, TensorType};
use crate::spec::{Role, Tensor};
use std::ops::{Add, AddAssign, Mul};

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

impl Mul<u64> for Size {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        Self { stored: self.stored.saturating_mul(times), read: self.read.saturating_mul(times) }
    }
}

impl AddAssign for Size {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// By what a tensor's position is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The layer it is in.
    Layer,
    /// Its place among tensors that are values or contain them.
    Value,
    /// Its place among last feed-forward matrices.
    Down,
}

/// By what the position of a tensor is counted, where its format depends on it.
pub(super) const fn counted_by(recipe: &Recipe, tensor: Tensor) -> By {
    match tensor.role {
        Role::Value | Role::QueryKeyValue => By::Value,
        Role::Down | Role::ExpertDown | Role::SharedDown if recipe.counts_down_one_by_one() => By::Down,
        _ => By::Layer,
    }
}

/// Tensors of a layer that are stored better at some positions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Varying {
    pub(super) by: By,
    pub(super) when: When,
    pub(super) usual: Size,
    pub(super) special: Size,
    /// Of the two, what belongs to routed experts.
    pub(super) routed: (u64, u64),
}

/// The size of one layer: what is the same in all of its kind, and what varies with the position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    pub(super) steady: Size,
    /// Of it, what belongs to routed experts.
    pub(super) steady_routed: u64,
    varying: [Option<Varying>; 4],
    /// Whether a tensor is values or contains them.
    pub(super) has_values: bool,
    pub(super) tensors: u64,
}

impl Layer {
    pub(super) fn new(model: &Model, block: &Block, recipe: &Recipe) -> Self {
        let mut layer = Self {
            steady: Size::default(),
            steady_routed: 0,
            varying: [None; 4],
            has_values: has_values(&block.mixer),
            tensors: 0,
        };
        let share = Share::of(block);
        layer_tensors(model, block, &mut |tensor| layer.take(recipe, share, tensor));
        layer
    }

    /// What varies with the position, each in turn.
    pub(super) fn varying(&self) -> impl Iterator<Item = &Varying> {
        self.varying.iter().map_while(Option::as_ref)
    }

    fn take(&mut self, recipe: &Recipe, share: Share, tensor: Tensor) {
        self.tensors += 1;
        let Pick { usual, special, when } = recipe.pick(tensor);
        let usual = share.read(tensor, bytes(tensor, usual));
        let routed = |size: Size| if tensor.role.is_routed() { size.stored } else { 0 };
        if when == When::Never {
            self.steady += usual;
            self.steady_routed = self.steady_routed.saturating_add(routed(usual));
            return;
        }
        let special = share.read(tensor, bytes(tensor, special));
        let by = counted_by(recipe, tensor);
        self.vary(Varying { by, when, usual, special, routed: (routed(usual), routed(special)) });
    }

    /// Tensors that vary alike are kept as one, except those that are counted one by one.
    fn vary(&mut self, more: Varying) {
        for place in &mut self.varying {
            match place {
                Some(kept) if kept.by == more.by && kept.when == more.when && more.by != By::Down => {
                    kept.usual += more.usual;
                    kept.special += more.special;
                    kept.routed.0 = kept.routed.0.saturating_add(more.routed.0);
                    kept.routed.1 = kept.routed.1.saturating_add(more.routed.1);
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

/// Bytes of a tensor in a file and in a buffer, where each starts at a multiple of 32.
pub(super) const fn bytes(tensor: Tensor, format: TensorType) -> u64 {
    let (elements, size) = format.block();
    // blocks are powers of two, and a division here would be half of the cost of an estimate
    let row = (tensor.columns as u64 >> elements.trailing_zeros()) * size as u64;
    let all = row.saturating_mul(tensor.rows as u64).saturating_mul(tensor.stack as u64);
    all.saturating_add(31) & !31
}
