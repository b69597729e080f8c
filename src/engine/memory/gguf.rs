//! Sizes of llama.cpp's files and of what it loads from them.
//!
//! Layers of one shape are summed once; only the tensors whose format depends on their position are looked at
//! layer by layer, so that a model of a hundred layers costs little more than one of a few.

use super::recipe::{Pick, Recipe, When, has_values};
use super::tensors::{Role, Tensor, layer_tensors, outer_tensors};
use super::{Placement, Weights};
use crate::spec::{Block, FeedForward, FileType, GpuLayers, Model, TensorType};
use crate::units::{Bytes, count};
use std::ops::{Add, AddAssign};

/// Which layers lie on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// The first layer on the device; the output layer counts as one after the last.
    first_on_device: u64,
}

impl Split {
    /// As llama.cpp places the last `n` layers: the output layer goes first, then the last layers.
    pub(super) fn new(model: &Model, placement: Placement, gpu_layers: GpuLayers) -> Self {
        let all = u64::from(model.layer_count()) + 1;
        let on_device = match (placement, gpu_layers) {
            (Placement::Cpu, _) => 0,
            (_, GpuLayers::Auto) => all,
            (_, GpuLayers::Count(asked)) => asked,
        };
        Self { first_on_device: all.saturating_sub(on_device) }
    }

    const fn holds(self, layer: u32) -> bool {
        layer as u64 >= self.first_on_device
    }
}

/// Bytes stored, and of them those read for one token.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    stored: u64,
    read: u64,
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
struct Layer {
    steady: Size,
    varying: [Option<Varying>; 4],
    has_values: bool,
    tensors: u64,
}

impl Layer {
    fn new(model: &Model, block: &Block, recipe: &Recipe) -> Self {
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
struct Walk<'a> {
    recipe: &'a Recipe,
    layer: u32,
    values: u32,
    downs: u32,
}

impl Walk<'_> {
    /// The size of the next layer.
    fn step(&mut self, layer: &Layer) -> Size {
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
        self.layer += 1;
        self.values += u32::from(layer.has_values);
        size
    }
}

/// Sizes outside the layers.
#[derive(Default)]
struct Outer {
    token_embedding: Size,
    output: Size,
    rope_factors: Size,
    tensors: u64,
}

impl Outer {
    fn new(model: &Model, recipe: &Recipe) -> Self {
        let mut outer = Self::default();
        outer_tensors(model, &mut |tensor| {
            outer.tensors += 1;
            let stored = bytes(tensor, recipe.pick(tensor).usual);
            let size = Size { stored, read: stored };
            match tensor.role {
                Role::TokenEmbedding => outer.token_embedding = size,
                Role::RopeFactors => outer.rope_factors = size,
                _ => outer.output += size,
            }
        });
        outer
    }
}

/// The weights of a GGUF file, by place.
pub(super) fn weights(model: &Model, file_type: FileType, split: Split) -> Weights {
    let recipe = Recipe::new(model, file_type);
    let outer = Outer::new(model, &recipe);
    let mut walk = Walk { recipe: &recipe, layer: 0, values: 0, downs: 0 };
    let (mut device, mut host) = (Size::default(), Size::default());
    let mut tensors = outer.tensors;
    for run in &model.stack {
        let layers: Vec<(u32, Layer)> =
            run.blocks.iter().map(|block| (block.times, Layer::new(model, block, &recipe))).collect();
        for _ in 0..run.repeat {
            for (times, layer) in &layers {
                tensors += u64::from(*times) * layer.tensors;
                for _ in 0..*times {
                    let place = if split.holds(walk.layer) { &mut device } else { &mut host };
                    *place += walk.step(layer);
                }
            }
        }
    }
    let embedding = outer.token_embedding;
    let in_file =
        device.stored + host.stored + embedding.stored + outer.output.stored + outer.rope_factors.stored;
    let mut twice = 0;
    let output_place = if split.holds(recipe.layers()) { &mut device } else { &mut host };
    *output_place += outer.output;
    if split.holds(recipe.layers()) && model.tied_embeddings {
        device.stored += embedding.stored;
        twice += embedding.stored;
    }
    host.stored += embedding.stored;
    if !split.holds(0) {
        host += outer.rope_factors;
    }
    if recipe.layers() > 0 && split.holds(recipe.layers() - 1) {
        device += outer.rope_factors;
        if !split.holds(0) {
            twice += outer.rope_factors.stored;
        }
    }
    let looked_up_and_read = if model.tied_embeddings { embedding.read } else { 0 };
    Weights {
        device: Bytes::new(count(device.stored)),
        host: Bytes::new(count(host.stored)),
        twice: Bytes::new(count(twice)),
        file: Bytes::new(count(in_file + metadata(model, tensors))),
        per_token: Bytes::new(count(device.read + host.read + looked_up_and_read)),
    }
}

/// Bytes of a tensor in a file and in a buffer, where each starts at a multiple of 32.
const fn bytes(tensor: Tensor, format: TensorType) -> u64 {
    let (elements, size) = format.block();
    let row = (tensor.columns as u64 / elements as u64) * size as u64;
    let all = row.saturating_mul(tensor.rows as u64).saturating_mul(tensor.stack as u64);
    all.saturating_add(31) & !31
}

/// What precedes the tensors in a file: for each token a length, its text and its kind, for each tensor its
/// name and shape. Merge rules, which most tokenizers add, are not known; they take up to 6 MB more.
const fn metadata(model: &Model, tensors: u64) -> u64 {
    const TOKEN: u64 = 8 + 7 + 4;
    const TENSOR: u64 = 62;
    const KEYS: u64 = 2048;
    (model.vocabulary as u64 * TOKEN).saturating_add(tensors.saturating_mul(TENSOR)).saturating_add(KEYS)
}
