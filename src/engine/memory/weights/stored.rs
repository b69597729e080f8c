//! The weights of a model's own file: its tensors decide, or the rules of its configuration.

use super::Weights;
use super::split::Split;
use super::spot::Spot;
use super::tensors::{layer_tensors, outer_tensors};
use crate::engine::memory::Placement;
use crate::spec::{Block, FeedForward, FileWeights, GpuLayers, Model, ModelFile, Role, Tensor};
use crate::units::{Bytes, count};

/// Like tensors of a file: where, in which format, how many, and bytes of all of them.
pub(super) struct Stored {
    pub(super) spot: Spot,
    pub(super) format: &'static str,
    pub(super) count: u64,
    pub(super) bytes: u64,
}

/// Calls `visit` for everything that is loaded to run the model without drafting.
pub(super) fn each(model: &Model, file: &ModelFile, visit: &mut impl FnMut(Stored)) {
    match &file.weights {
        FileWeights::Tensors(tensors) => {
            for tensor in tensors {
                let spot = Spot { tensor: tensor.tensor, layer: tensor.layer };
                let (count, bytes) = (tensor.count, tensor.bytes);
                visit(Stored { spot, format: tensor.format, count, bytes });
            }
        }
        FileWeights::Rules(rules) => {
            let mut take = |tensor: Tensor, layer| {
                let packed = rules.packing(tensor.role, layer);
                let format = packed.map_or(rules.plain_name(), |packing| packing.name);
                let bytes = rules.bytes(tensor, layer);
                visit(Stored { spot: Spot { tensor, layer }, format, count: 1, bytes });
            };
            outer_tensors(model, &mut |tensor| take(tensor, None));
            for (layer, block) in model.layers().enumerate() {
                layer_tensors(model, block, &mut |tensor| take(tensor, Some(layer as u64)));
            }
        }
    }
}

/// Sums by where llama.cpp puts them.
#[derive(Default)]
struct Sums {
    all: u64,
    device: u64,
    host: u64,
    read: u64,
}

/// The weights of the file, by place.
pub(super) fn weights(model: &Model, file: &ModelFile, placement: Placement, asked: GpuLayers) -> Weights {
    let split = Split::new(model, placement, asked);
    let layers = u64::from(model.layer_count());
    let shares: Vec<(u64, u64)> = model.layers().map(experts).collect();
    let gguf = file.stored.is_gguf();
    let mut sums = Sums::default();
    each(model, file, &mut |stored| {
        let Stored { spot, bytes, .. } = stored;
        // llama.cpp starts each tensor at a multiple of 32.
        let bytes = if gguf { bytes.saturating_add(31) & !31 } else { bytes };
        sums.all = sums.all.saturating_add(bytes);
        sums.read = sums.read.saturating_add(read(model, &shares, spot, bytes));
        let (on_device, on_host) =
            if gguf { places(model, split, layers, spot) } else { one_place(placement) };
        sums.device = sums.device.saturating_add(if on_device { bytes } else { 0 });
        sums.host = sums.host.saturating_add(if on_host { bytes } else { 0 });
    });
    let bytes = |amount: u64| Bytes::new(count(amount));
    let beside = file.prediction.saturating_add(file.vision);
    Weights {
        device: bytes(sums.device),
        host: bytes(sums.host),
        twice: bytes(sums.device.saturating_add(sums.host).saturating_sub(sums.all)),
        file: bytes(file.bytes.unwrap_or_else(|| sums.all.saturating_add(beside))),
        per_token: bytes(sums.read),
    }
}

/// Experts that a token uses, and how many there are.
fn experts(block: &Block) -> (u64, u64) {
    match &block.feed_forward {
        FeedForward::Experts(experts) => {
            (u64::from(experts.used.min(experts.count)), u64::from(experts.count.max(1)))
        }
        FeedForward::Dense { .. } | FeedForward::None => (1, 1),
    }
}

/// Bytes of a tensor that one token reads.
fn read(model: &Model, shares: &[(u64, u64)], spot: Spot, bytes: u64) -> u64 {
    match spot.tensor.role {
        Role::TokenEmbedding if !model.embedding_is_output() => 0,
        Role::LayerEmbedding => 0,
        role if role.is_routed() => {
            let layer = spot.layer.and_then(|layer| usize::try_from(layer).ok());
            let (used, all) = layer.and_then(|layer| shares.get(layer)).copied().unwrap_or((1, 1));
            (bytes / all).saturating_mul(used)
        }
        _ => bytes,
    }
}

/// Whether a tensor of a GGUF file lies on the device, and whether on the host: the embedding is looked up on the host.
fn places(model: &Model, split: Split, layers: u64, spot: Spot) -> (bool, bool) {
    match (spot.layer, spot.tensor.role) {
        (Some(layer), _) => (split.holds(layer), !split.holds(layer)),
        (None, Role::TokenEmbedding) => (model.embedding_is_output() && split.holds(layers), true),
        (None, Role::LayerEmbedding) => (false, true),
        (None, Role::RopeFactors) => {
            let last = layers > 0 && split.holds(layers - 1);
            (last, !(last && split.holds(0)))
        }
        (None, _) => (split.holds(layers), !split.holds(layers)),
    }
}

/// Formats of other programs lie in one place.
const fn one_place(placement: Placement) -> (bool, bool) {
    match placement {
        Placement::Cpu => (false, true),
        Placement::Gpu | Placement::Metal => (true, false),
    }
}

/// Routed experts of the layers before one.
pub(super) fn experts_before(model: &Model, file: &ModelFile, layer: u64) -> Bytes {
    let mut before = 0_u64;
    each(model, file, &mut |Stored { spot, bytes, .. }| {
        if spot.is_expert() && spot.layer.is_some_and(|own| own < layer) {
            before = before.saturating_add(bytes.saturating_add(31) & !31);
        }
    });
    Bytes::new(count(before))
}

/// Matrices of a layer by columns and rows, with the bytes of the widest of a shape in the file.
pub(super) fn matrices(model: &Model, file: &ModelFile, block: &Block) -> Vec<(u64, u64, u64)> {
    let mut found: Vec<(u64, u64, u64)> = Vec::with_capacity(12);
    layer_tensors(model, block, &mut |tensor| {
        let shape = (u64::from(tensor.columns), u64::from(tensor.rows));
        let new = found.iter().all(|known| (known.0, known.1) != shape);
        if tensor.rows > 1 && tensor.stack == 1 && new {
            found.push((shape.0, shape.1, 0));
        }
    });
    for tensor in file.tensors().iter().filter(|tensor| tensor.tensor.stack == 1) {
        let shape = (u64::from(tensor.tensor.columns), u64::from(tensor.tensor.rows));
        if let Some(known) = found.iter_mut().find(|known| (known.0, known.1) == shape) {
            known.2 = known.2.max(tensor.bytes / tensor.count.max(1));
        }
    }
    found.retain(|known| known.2 > 0);
    found
}

/// Bytes a weight of routed experts, where they are widest: of the matrices into an expert, and out of it.
pub(super) fn widest_experts(file: &ModelFile) -> [f64; 2] {
    let mut widest = [0.0_f64; 2];
    for tensor in file.tensors().iter().filter(|tensor| tensor.tensor.role.is_routed()) {
        let elements = tensor.tensor.elements().saturating_mul(tensor.count).max(1);
        if let Some(place) = widest.get_mut(usize::from(tensor.tensor.role == Role::ExpertDown)) {
            *place = place.max(count(tensor.bytes) / count(elements));
        }
    }
    widest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{FileTensor, Quantization};

    fn tensor(role: Role, (columns, rows, stack): (u32, u32, u32), layer: u64, bytes: u64) -> FileTensor {
        let tensor = Tensor { role, columns, rows, stack };
        FileTensor { tensor, layer: Some(layer), format: "Q4_K", count: 1, bytes }
    }

    #[test]
    fn experts_before_a_layer_are_those_of_the_layers_before_it() {
        let tensors = (0..4).flat_map(|layer| {
            [
                tensor(Role::Query, (64, 64, 1), layer, 1000),
                // Each starts at a multiple of 32.
                tensor(Role::ExpertDown, (64, 64, 8), layer, 100 * (layer + 1) + 1),
            ]
        });
        let file = ModelFile::of(Quantization::Bf16, FileWeights::Tensors(tensors.collect()));
        let model = &Model::llama_8b();
        for (layer, bytes) in [(0, 0.0), (1, 128.0), (2, 352.0), (3, 672.0), (4, 1088.0), (9, 1088.0)] {
            assert_eq!(experts_before(model, &file, layer), Bytes::new(bytes), "before layer {layer}");
        }
    }

    /// Llama 3.1 8B: 4,096 by 4,096, 1,024 and 14,336, and back; norms have one row and are no matrices.
    #[test]
    fn matrices_of_a_layer_have_the_bytes_of_the_widest_of_their_shape() {
        let tensors = vec![
            tensor(Role::Query, (4096, 4096, 1), 0, 500),
            tensor(Role::AttentionOutput, (4096, 4096, 1), 0, 700),
            tensor(Role::Key, (4096, 1024, 1), 0, 200),
            tensor(Role::Norm, (4096, 1, 1), 0, 16),
        ];
        let file = ModelFile::of(Quantization::Bf16, FileWeights::Tensors(tensors));
        let model = &Model::llama_8b();
        let block = model.layers().next().expect("a layer");
        let mut found = matrices(model, &file, block);
        found.sort_unstable();
        assert_eq!(found, [(4096, 1024, 200), (4096, 4096, 700)], "of the shapes that the file has");
    }
}
