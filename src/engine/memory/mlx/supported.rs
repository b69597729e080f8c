//! What MLX runs of what was asked, and the nearest it has where it does not.

use super::super::Unknown;
use super::cache::Format;
use crate::spec::{
    Attention, FeedForward, FileType, Inference, KvPrecision, Mixer, Model, Quantization, Runtime,
};

/// Models whose mlx-lm code keeps every token although layers look back only so far.
const KEEPS_ALL: [&str; 2] = ["gemma2", "phi3"];

/// The weight format, or the one of MLX's with the nearest width.
pub(super) fn quantization(asked: Quantization, unknown: &mut Vec<Unknown>) -> Quantization {
    if asked.runs_on(Runtime::Mlx) {
        return asked;
    }
    unknown.push(Unknown::QuantizationUnsupported);
    let bits = match asked {
        Quantization::Gguf(file_type) => match file_type {
            FileType::F32 | FileType::F16 | FileType::BF16 => return Quantization::Bf16,
            FileType::Q8_0 => 8,
            FileType::Q6K => 6,
            FileType::Q5_0 | FileType::Q5_1 | FileType::Q5KM | FileType::Q5KS => 5,
            FileType::Q3KL
            | FileType::Q3KM
            | FileType::Q3KS
            | FileType::IQ3M
            | FileType::IQ3S
            | FileType::IQ3XS
            | FileType::IQ3XXS => 3,
            FileType::Q2K
            | FileType::Q2KS
            | FileType::IQ2M
            | FileType::IQ2S
            | FileType::IQ2XS
            | FileType::IQ2XXS
            | FileType::IQ1M
            | FileType::IQ1S => 2,
            FileType::Q4_0
            | FileType::Q4_1
            | FileType::Q4KM
            | FileType::Q4KS
            | FileType::IQ4NL
            | FileType::IQ4XS
            | FileType::MXFP4 => 4,
        },
        Quantization::Fp8 => 8,
        _ => 4,
    };
    Quantization::Mlx { bits, group: 64 }
}

/// Whether matrices are stored quantised.
pub(super) const fn is_quantized(quantization: Quantization) -> bool {
    !matches!(quantization, Quantization::Bf16)
}

/// The cache format; 16 bit where mlx-lm cannot quantise this model's caches or has no such format.
///
/// It cannot quantise rotating caches, attention sinks, heads of a width that 64 does not divide, latent
/// caches, caches beside a recurrent state, or the caches of a batch.
pub(super) fn cache(model: &Model, inference: &Inference, unknown: &mut Vec<Unknown>) -> Format {
    let format = match inference.kv_precision {
        KvPrecision::F16 => return Format::PLAIN,
        KvPrecision::Mlx8 => Format::grouped(8.0),
        KvPrecision::Mlx4 => Format::grouped(4.0),
        _ => Format::PLAIN,
    };
    let blocks = || model.stack.iter().flat_map(|run| &run.blocks);
    let quantizes = blocks().all(|block| match &block.mixer {
        Mixer::Attention(shape) => is_quantizable(model, shape),
        Mixer::Mla(_) => expands_latent(model),
        Mixer::Parallel(..) => false,
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => true,
    });
    if format.grouped && quantizes && inference.concurrency <= 1 {
        return format;
    }
    unknown.push(Unknown::KvPrecisionUnsupported);
    Format::PLAIN
}

fn is_quantizable(model: &Model, shape: &Attention) -> bool {
    (shape.window.is_none() || !rotates(model)) && !shape.sinks && shape.head.is_multiple_of(64)
}

/// Whether layers with a window forget what lies beyond it.
pub(super) fn rotates(model: &Model) -> bool {
    !KEEPS_ALL.contains(&model.architecture.as_str())
}

/// Whether latent attention keeps whole heads: the code of DeepSeek V2 does, that of V3 keeps the latent.
pub(super) fn expands_latent(model: &Model) -> bool {
    !model
        .stack
        .iter()
        .flat_map(|run| &run.blocks)
        .any(|block| matches!(&block.feed_forward, FeedForward::Experts(experts) if experts.score_correction))
}
