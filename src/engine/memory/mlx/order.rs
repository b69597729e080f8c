//! What MLX lays out long before it is read, or puts off to the end of a pass.
//!
//! MLX orders a graph breadth first, twenty operations wide (`eval_impl` of mlx/transforms.cpp), and a chunk of a prompt
//! is evaluated for the sake of the caches of all layers. So what depends on nothing comes early, and what nothing but a
//! cache depends on comes late. Both were seen in runs of mlx 0.32.4 and mlx-lm 0.32.2 with kernels left out.

use super::attention::Heads;
use super::pass::Pass;
use super::peak::Peak;
use super::recurrent;
use crate::engine::memory::framework::each_layer;
use crate::spec::{Attention, Block, Mixer, Model};

/// Share of the layers' masks that is there at once: 3 of 10 in Qwen3.6 35B-A3B, 9 of 16 in Qwen3.8 27B.
const SHARE: f64 = 0.5;

/// The peak with what other layers have laid out early or put off.
pub(super) fn of_other_layers(
    peak: Peak,
    model: &Model,
    pass: &Pass,
    heads: impl Fn(&Attention) -> Heads,
) -> Peak {
    if !pass.is_chunk() {
        return peak;
    }
    let masks = masks(model, pass, heads);
    let states = put_off(model, pass);
    peak.with("masks of layers to come", [0.0, SHARE * masks, masks])
        .with("what states are yet to be computed from", [states; 3])
}

/// Bytes of the causal masks of all layers but one.
///
/// Where Metal has no kernel for a chunk of queries, `scaled_dot_product_attention` compares positions in each layer
/// anew: a byte for each pair of tokens.
fn masks(model: &Model, pass: &Pass, heads: impl Fn(&Attention) -> Heads) -> f64 {
    let compares = |block: &Block| match &block.mixer {
        Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
            shape.window.is_none() && heads(shape).compares_positions()
        }
        Mixer::Mla(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) | Mixer::Listed(_) => false,
    };
    if pass.cache.grouped {
        return 0.0;
    }
    let layers = each_layer(model, |block| if compares(block) { 1.0 } else { 0.0 });
    (layers - 1.0).max(0.0) * pass.tokens * pass.seen
}

/// Bytes that the states of Mamba-2 layers are computed from, of all such layers but one.
fn put_off(model: &Model, pass: &Pass) -> f64 {
    let of = |block: &Block| match &block.mixer {
        Mixer::Mamba2(mamba) | Mixer::Parallel(_, mamba) => recurrent::put_off(mamba, pass),
        Mixer::Attention(_) | Mixer::Mla(_) | Mixer::GatedDelta(_) | Mixer::Listed(_) => 0.0,
    };
    let widest = model.stack.iter().flat_map(|run| &run.blocks).map(of).fold(0.0, f64::max);
    each_layer(model, of) - widest
}
