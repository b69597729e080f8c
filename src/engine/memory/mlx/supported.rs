//! What MLX runs of what was asked, and the nearest it has where it does not.

use super::super::Unknown;
use super::cache::Format;
use crate::spec::{Attention, FeedForward, FileType, Inference, KvPrecision, Mixer, Model, Quantization};

/// Models whose mlx-lm code keeps every token although layers look back only so far.
const KEEPS_ALL: [&str; 2] = ["gemma2", "phi3"];

/// The weight format, or the one of MLX's with the nearest width.
pub(super) fn quantization(asked: Quantization, unknown: &mut Vec<Unknown>) -> Quantization {
    let nearest = match asked {
        Quantization::Mlx { .. } | Quantization::Bf16 | Quantization::NvFp4 => return asked,
        Quantization::Gguf(FileType::F32 | FileType::F16 | FileType::BF16) => Quantization::Bf16,
        Quantization::Gguf(FileType::Q8_0) | Quantization::Fp8 => Quantization::Mlx { bits: 8, group: 64 },
        Quantization::Gguf(FileType::Q6K) => Quantization::Mlx { bits: 6, group: 64 },
        Quantization::Gguf(FileType::Q5KM | FileType::Q5KS | FileType::Q5_0) => {
            Quantization::Mlx { bits: 5, group: 64 }
        }
        Quantization::Gguf(
            FileType::Q3KL | FileType::Q3KM | FileType::Q3KS | FileType::IQ3M | FileType::IQ3XXS,
        ) => Quantization::Mlx { bits: 3, group: 64 },
        Quantization::Gguf(FileType::Q2K | FileType::IQ2M | FileType::IQ2XXS) => {
            Quantization::Mlx { bits: 2, group: 64 }
        }
        Quantization::Gguf(_) | Quantization::Awq | Quantization::Gptq | Quantization::Nf4 => {
            Quantization::Mlx { bits: 4, group: 64 }
        }
    };
    unknown.push(Unknown::QuantizationUnsupported);
    nearest
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
    !model.stack.iter().flat_map(|run| &run.blocks).any(|block| {
        matches!(&block.feed_forward, FeedForward::Experts(experts) if experts.score_correction)
    })
}

/// Bytes of the weights.
pub(super) fn weights(model: &Model, quantization: Quantization) -> f64 {
    let bits = match quantization {
        Quantization::Mlx { bits, group } => f64::from(bits) + 32.0 / f64::from(group.max(1)),
        Quantization::NvFp4 => 4.5,
        _ => 16.0,
    };
    model.parameters.value() * bits / 8.0
}
