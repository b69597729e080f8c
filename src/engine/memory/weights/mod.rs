//! The weights: how many bytes, and where they lie.

mod gguf;
mod layer;
mod layers;
mod packing;
mod parameters;
mod recipe;
mod requantized;
mod split;
mod spot;
mod stored;
mod tensors;
mod terms;
mod view;

pub use crate::spec::{Role, Tensor};
pub use parameters::{active_parameter_count, checkpoint_parameter_count, parameter_count};
pub use recipe::{Pick, Recipe, When};
pub(super) use requantized::requantized;
pub(super) use spot::Spot;
pub use tensors::{layer_tensors, outer_tensors};
pub(super) use terms::terms;

pub use self::packing::packed;
use self::parameters::{sum, used};
use super::Placement;
use crate::spec::{Block, GpuLayers, Model, Quantization};
use crate::units::{Bytes, Ratio, count};

/// The weights of a model as one runtime holds them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weights {
    /// In memory the accelerator allocates.
    pub device: Bytes,
    /// In the memory of the process.
    pub host: Bytes,
    /// Of `device` and `host` together, what lies in both: a tied embedding, or rotary frequencies. Metal with
    /// a mapped file has it on the same pages.
    pub twice: Bytes,
    /// The file on disk, or all files of a checkpoint.
    pub file: Bytes,
    /// Read to compute one token: the output matrix and every layer, of routed experts the ones used.
    pub per_token: Bytes,
}

impl Weights {
    /// In all places together.
    pub fn total(&self) -> Bytes {
        self.device + self.host
    }
}

/// The weights of a model, by place.
///
/// A GGUF file type is split as llama.cpp splits it; the other formats lie in one place. Of a model that was read from a
/// file in that format, the file decides.
pub fn weights(
    model: &Model,
    quantization: Quantization,
    placement: Placement,
    gpu_layers: GpuLayers,
) -> Weights {
    if let Some(file) = model.file_as(quantization) {
        return stored::weights(model, file, placement, gpu_layers);
    }
    if let Quantization::Gguf(file_type) = quantization {
        return gguf::weights(model, file_type, split::Split::new(model, placement, gpu_layers));
    }
    let stored = count(sum(model, |tensor, _| packed(quantization, tensor)));
    let per_token = count(sum(model, |tensor, block| {
        let looked_up = match tensor.role {
            Role::TokenEmbedding => !model.embedding_is_output(),
            role => role == Role::LayerEmbedding,
        };
        if looked_up { 0 } else { used(packed(quantization, tensor), tensor, block) }
    }));
    let all = Bytes::new(stored);
    let (device, host) = match placement {
        Placement::Cpu => (Bytes::ZERO, all),
        Placement::Gpu | Placement::Metal => (all, Bytes::ZERO),
    };
    Weights { device, host, twice: Bytes::ZERO, file: all, per_token: Bytes::new(per_token) }
}

/// The vision tower and projector: as the model's file has them, else in 16-bit floats as they are published; nothing
/// for a model without.
pub fn projector(model: &Model) -> Bytes {
    let of_file = model.file.as_ref().map(|file| file.vision).filter(|bytes| *bytes > 0);
    of_file.map_or_else(
        || model.vision.as_ref().map_or(Bytes::ZERO, |vision| Bytes::new(vision.parameters.value() * 2.0)),
        |bytes| Bytes::new(count(bytes)),
    )
}

/// Routed experts of the layers before one, as llama.cpp stores them.
pub(super) fn experts_before(model: &Model, quantization: Quantization, layer: u64) -> Bytes {
    match quantization {
        _ if !quantization.is_gguf() => Bytes::ZERO,
        _ if let Some(file) = model.file_as(quantization) => stored::experts_before(model, file, layer),
        Quantization::Gguf(file_type) => gguf::experts_before(model, file_type, layer),
        _ => Bytes::ZERO,
    }
}

/// Matrices of a layer by columns and rows, with the bytes of the widest of a shape; none of formats that are not
/// llama.cpp's.
pub(super) fn matrices(model: &Model, block: &Block, quantization: Quantization) -> Vec<(u64, u64, u64)> {
    match quantization {
        _ if !quantization.is_gguf() => Vec::new(),
        _ if let Some(file) = model.file_as(quantization) => stored::matrices(model, file, block),
        Quantization::Gguf(file_type) => gguf::matrices(model, block, file_type),
        _ => Vec::new(),
    }
}

/// Bytes a weight of the matrices into a routed expert and out of it, where they are widest.
pub(super) fn widest_experts(model: &Model, quantization: Quantization) -> [f64; 2] {
    match quantization {
        _ if !quantization.is_gguf() => [2.0; 2],
        _ if let Some(file) = model.file_as(quantization) => stored::widest_experts(file),
        Quantization::Gguf(file_type) => gguf::widest_experts(model, file_type),
        _ => [2.0; 2],
    }
}

/// What no device can do without where each has a part of each matrix: norms, routers and rotary frequencies, which
/// llama.cpp keeps in 32 bit.
pub(super) fn mirrored(model: &Model) -> Bytes {
    let elements = sum(model, |tensor, _| match tensor.role {
        Role::Norm | Role::Router | Role::SharedRouter | Role::RopeFactors => tensor.elements(),
        _ => 0,
    });
    Bytes::new(4.0 * count(elements))
}

/// Bits a weight takes on average, scales included.
pub fn bits_per_weight(model: &Model, quantization: Quantization) -> Ratio {
    let stored = weights(model, quantization, Placement::Cpu, GpuLayers::Auto).total();
    let parameters = parameter_count(model).max(1);
    Ratio::new(stored.get() * 8.0 / count(parameters))
}
