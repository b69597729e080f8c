//! Sizes of llama.cpp's files and of what it loads from them.

use super::Weights;
use super::layer::{Size, bytes};
use super::layers::Layers;
use super::recipe::Recipe;
use super::split::Split;
use super::tensors::{layer_tensors, outer_tensors};
use crate::spec::Role;
use crate::spec::{Block, FeedForward, FileType, Model};
use crate::units::{Bytes, count};

/// Sizes outside the layers.
#[derive(Default)]
struct Outer {
    token_embedding: Size,
    layer_embedding: Size,
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
                // Looked up row by row where it lies.
                Role::LayerEmbedding => outer.layer_embedding = Size { stored, read: 0 },
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
    let layers = Layers::new(model, &recipe, split);
    let Outer { token_embedding, layer_embedding, output, rope_factors, .. } = outer;

    let all = layers.device + layers.host + token_embedding + layer_embedding + output + rope_factors;
    let is_output = model.embedding_is_output();
    let looked_up = if is_output { 0 } else { token_embedding.read };
    let nothing = Size::default();
    let output_on_device = split.holds(recipe.layers());
    let last_on_device = recipe.layers() > 0 && split.holds(recipe.layers() - 1);
    // an input is looked up on the host, so a tied embedding is there even when the output layer is not
    let tied_copy = if output_on_device && is_output { token_embedding } else { nothing };
    let rope_on_device = if last_on_device { rope_factors } else { nothing };
    let rope_on_host = if last_on_device && split.holds(0) { nothing } else { rope_factors };
    let (output_on_device, output_on_host) =
        if output_on_device { (output, nothing) } else { (nothing, output) };

    let device = layers.device + output_on_device + tied_copy + rope_on_device;
    let host = layers.host + output_on_host + token_embedding + layer_embedding + rope_on_host;
    let tensors = outer.tensors.saturating_add(layers.tensors);
    let bytes = |amount: u64| Bytes::new(count(amount));
    Weights {
        device: bytes(device.stored),
        host: bytes(host.stored),
        twice: bytes(device.stored.saturating_add(host.stored).saturating_sub(all.stored)),
        file: bytes(all.stored.saturating_add(metadata(model, tensors))),
        per_token: bytes(all.read.saturating_sub(looked_up)),
    }
}

/// Routed experts of the layers before one.
pub(super) fn experts_before(model: &Model, file_type: FileType, layer: u64) -> Bytes {
    let recipe = Recipe::new(model, file_type);
    let layers = Layers::new(model, &recipe, Split::at(layer));
    let before = model.layers().take(usize::try_from(layer).unwrap_or(usize::MAX));
    let biases: u64 = before.map(|block| expert_biases(model, block)).sum();
    Bytes::new(count(layers.host_routed.saturating_add(biases)))
}

/// Matrices of a layer by columns and rows, with the bytes of the widest of a shape that any layer of the kind has.
pub(super) fn matrices(model: &Model, block: &Block, file_type: FileType) -> Vec<(u64, u64, u64)> {
    let recipe = Recipe::new(model, file_type);
    let mut found: Vec<(u64, u64, u64)> = Vec::with_capacity(12);
    layer_tensors(model, block, &mut |tensor| {
        if tensor.rows < 2 || tensor.stack != 1 {
            return;
        }
        let pick = recipe.pick(tensor);
        let most = bytes(tensor, pick.usual).max(bytes(tensor, pick.special));
        let (columns, rows) = (u64::from(tensor.columns), u64::from(tensor.rows));
        match found.iter_mut().find(|known| (known.0, known.1) == (columns, rows)) {
            Some(known) => known.2 = known.2.max(most),
            None => found.push((columns, rows, most)),
        }
    });
    found
}

/// What a layer adds to its experts' products, which goes where they go; in 32 bit.
fn expert_biases(model: &Model, block: &Block) -> u64 {
    match &block.feed_forward {
        FeedForward::Experts(experts) if experts.bias => {
            let stored = |width: u32| {
                (4 * u64::from(width)).saturating_mul(u64::from(experts.count)).next_multiple_of(32)
            };
            2 * stored(experts.width) + stored(model.hidden)
        }
        _ => 0,
    }
}

/// Bytes a weight of routed experts, where they are widest: of the matrices into an expert, and out of it.
pub(super) fn widest_experts(model: &Model, file_type: FileType) -> [f64; 2] {
    let recipe = Recipe::new(model, file_type);
    let mut widest = [0.0_f64; 2];
    for block in model.stack.iter().flat_map(|run| &run.blocks) {
        layer_tensors(model, block, &mut |tensor| {
            let Some(place) = widest.get_mut(usize::from(tensor.role == Role::ExpertDown)) else { return };
            if tensor.role.is_routed() {
                let pick = recipe.pick(tensor);
                let most = bytes(tensor, pick.usual).max(bytes(tensor, pick.special));
                *place = place.max(count(most) / count(tensor.elements().max(1)));
            }
        });
    }
    widest
}

/// What precedes the tensors in a file: for each token a length, its text and its kind, for each tensor its
/// name and shape. Merge rules, which most tokenizers add, are not known; they take up to 6 MB more.
const fn metadata(model: &Model, tensors: u64) -> u64 {
    const TOKEN: u64 = 8 + 7 + 4;
    const TENSOR: u64 = 62;
    const KEYS: u64 = 2048;
    (model.vocabulary as u64 * TOKEN).saturating_add(tensors.saturating_mul(TENSOR)).saturating_add(KEYS)
}
