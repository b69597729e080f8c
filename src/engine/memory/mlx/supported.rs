//! What MLX runs of what was asked, and the nearest it has where it does not.

use super::super::{Unknown, nearest};
use super::cache::Format;
use crate::spec::{Architecture, Attention, FeedForward, Inference, KvPrecision, Mixer, Model, Quantization};

/// Cache formats of mlx-lm, in groups of 64.
const FORMATS: [KvPrecision; 3] = [KvPrecision::F16, KvPrecision::Mlx8, KvPrecision::Mlx4];

/// Whether matrices are stored quantized.
pub(super) const fn is_quantized(quantization: Quantization) -> bool {
    !matches!(quantization, Quantization::Bf16)
}

/// The cache format; 16 bit where mlx-lm cannot quantize this model's caches or has no such format.
///
/// It cannot quantize rotating caches, attention sinks, heads of a width that 64 does not divide, latent
/// caches, caches beside a recurrent state, or the caches of a batch.
pub(super) fn cache(model: &Model, inference: &Inference, unknown: &mut Vec<Unknown>) -> Format {
    let format = match nearest::cache(inference.kv_precision, &FORMATS, unknown) {
        KvPrecision::Mlx8 => Format::grouped(8.0),
        KvPrecision::Mlx4 => Format::grouped(4.0),
        _ => return Format::PLAIN,
    };
    let blocks = || model.stack.iter().flat_map(|run| &run.blocks);
    let quantizes = blocks().all(|block| match &block.mixer {
        Mixer::Attention(shape) => is_quantizable(model, shape),
        Mixer::Mla(_) => expands_latent(model),
        Mixer::Parallel(..) => false,
        Mixer::Listed(listed) => listed.tokens().is_none(),
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => true,
    });
    if quantizes && inference.concurrency <= 1 {
        return format;
    }
    unknown.retain(|known| !matches!(known, Unknown::KvPrecisionUnsupported(_)));
    unknown.push(Unknown::KvPrecisionUnsupported(KvPrecision::F16));
    Format::PLAIN
}

fn is_quantizable(model: &Model, shape: &Attention) -> bool {
    (shape.window.is_none() || !rotates(model)) && !shape.sinks && shape.head.is_multiple_of(64)
}

/// Whether layers with a window forget what lies beyond it.
pub(super) fn rotates(model: &Model) -> bool {
    !Architecture::of(model).mlx.keeps_all
}

/// Whether latent attention keeps whole heads: the code of DeepSeek V2 does, that of V3 keeps the latent.
pub(super) fn expands_latent(model: &Model) -> bool {
    !model
        .stack
        .iter()
        .flat_map(|run| &run.blocks)
        .any(|block| matches!(&block.feed_forward, FeedForward::Experts(experts) if experts.score_correction))
}
