//! Which tensors lie on a device of a layout, and which on the host beside it.

use super::Held;
use super::graph::Layout;
use crate::engine::memory::weights::{Role, Spot, Weights, terms};
use crate::engine::memory::{Place, Placement};
use crate::engine::working::{Detail, Figure};
use crate::spec::Model;
use crate::units::Bytes;

/// What llama.cpp says of the weights it loads.
pub(super) const SOURCE: &str =
    "llama.cpp 0.5.0, its own memory breakdown; formats as `llama_tensor_get_type` picks them";

/// Weights that are known by place, with the tensors they are.
pub(super) fn stored(model: &Model, layout: Layout, stored: Weights, detail: Detail) -> Held {
    let figure = |place, bytes: Bytes| {
        Figure::terms(detail, SOURCE, bytes.get(), || {
            terms(model, layout.quantization, &|spot| lies(model, &layout, place, spot))
        })
    };
    Held {
        device: figure(Place::Device, stored.device),
        host: figure(Place::Host, stored.host),
        twice: stored.twice,
        file: stored.file,
        vision: false,
    }
}

/// Whether a tensor lies in a place.
pub(super) fn lies(model: &Model, layout: &Layout, place: Place, spot: Spot) -> bool {
    match (layout.quantization.is_gguf(), place) {
        (true, Place::Device) => on_device(model, layout, spot),
        (true, Place::Host) => on_host(model, layout, spot),
        (_, Place::Device) => layout.placement != Placement::Cpu && in_stretch(model, layout, spot),
        (_, Place::Host) => layout.placement == Placement::Cpu,
    }
}

/// A layer is where the layout says, but for its routed experts; the output matrix and norm count as one layer after
/// the last, a tied embedding is copied there, and rotary frequencies are on every device with a layer.
fn on_device(model: &Model, layout: &Layout, spot: Spot) -> bool {
    let layers = u64::from(model.layer_count());
    let here = |layer: u64| layout.first_on_device <= layer && layer < layout.behind_device;
    match (spot.layer, spot.tensor.role) {
        (Some(layer), _) => here(layer) && !(spot.is_expert() && layer < layout.first_experts),
        (None, Role::TokenEmbedding) => model.embedding_is_output() && here(layers),
        (None, Role::LayerEmbedding) => false,
        (None, Role::RopeFactors) => layout.first_on_device < layers.min(layout.behind_device),
        (None, _) => here(layers),
    }
}

/// The token embedding is looked up on the host, whatever lies on devices.
fn on_host(model: &Model, layout: &Layout, spot: Spot) -> bool {
    let layers = u64::from(model.layer_count());
    let here = |layer: u64| layer < layout.first_on_any;
    match (spot.layer, spot.tensor.role) {
        (Some(layer), _) => here(layer) || (spot.is_expert() && layer < layout.first_experts),
        (None, Role::TokenEmbedding | Role::LayerEmbedding) => true,
        (None, Role::RopeFactors) => layers == 0 || layout.first_on_any > 0,
        (None, _) => here(layers),
    }
}

/// Formats that are not llama.cpp's lie on devices whole: a device has its layers, the first one the embedding too, the
/// last one what follows the layers.
fn in_stretch(model: &Model, layout: &Layout, spot: Spot) -> bool {
    let layers = u64::from(model.layer_count());
    let first = layout.first_on_device == layout.first_on_any;
    let last = layout.behind_device > layers;
    match (spot.layer, spot.tensor.role) {
        (Some(layer), _) => (first || layout.first_on_device <= layer) && layer < layout.behind_device,
        (None, Role::TokenEmbedding) => first || (model.embedding_is_output() && last),
        (None, Role::LayerEmbedding) => first,
        (None, _) => last,
    }
}
