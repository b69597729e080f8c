//! What published checkpoints of hybrids keep out of NVFP4.
//!
//! Recurrent layers lose too much in 4 bit, so those who publish leave them: NVIDIA's Model Optimizer has attention and
//! recurrent projections in FP8 (its recipe for Qwen3.8 27B), LLM Compressor's examples leave recurrent layers in 16 bit
//! (`re:.*linear_attn.*`). A checkpoint whose file is at hand is weighed by it instead.

use crate::engine::memory::framework::each_layer;
use crate::engine::memory::layer_tensors;
use crate::engine::memory::weights::packed;
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{Block, FeedForward, Mixer, Model, Quantization};
use crate::units::{Band, count};

const ALL: &str = "all matrices of the layers in NVFP4";
const OPTIMIZER: &str = "NVIDIA Model Optimizer's recipes for hybrids: attention and recurrent layers in FP8";
const COMPRESSOR: &str = "LLM Compressor's examples for hybrids: recurrent layers in 16 bit";

/// The weights as a checkpoint of this format may have them.
pub fn published(
    detail: Detail,
    (model, quantization): (&Model, Quantization),
    weights: Figure,
) -> Band<Figure> {
    let recurrent = |block: &Block| match &block.mixer {
        Mixer::GatedDelta(_) | Mixer::Mamba2(_) | Mixer::Parallel(..) => true,
        Mixer::Listed(listed) => listed.is_recurrent(),
        Mixer::Attention(_) | Mixer::Mla(_) => false,
    };
    let hybrid = model.stack.iter().flat_map(|run| &run.blocks).any(recurrent);
    if quantization != Quantization::NvFp4 || !hybrid || model.file_as(quantization).is_some() {
        return Band { low: weights.clone(), best: weights.clone(), high: weights };
    }
    let more = |format: Quantization, of: &dyn Fn(&Block) -> bool| {
        each_layer(model, |block| {
            if of(block) {
                mixer(model, block, format) - mixer(model, block, Quantization::NvFp4)
            } else {
                0.0
            }
        })
    };
    let with = |source: &'static str, more: f64| {
        formula!(
            detail, source;
            all_in_nvfp4 = weights.clone(),
            more_for_what_is_kept_out = more
            => all_in_nvfp4 + more_for_what_is_kept_out
        )
    };
    Band {
        low: with(ALL, 0.0),
        best: with(OPTIMIZER, more(Quantization::Fp8, &|_| true)),
        high: with(COMPRESSOR, more(Quantization::Bf16, &recurrent)),
    }
}

/// Bytes of a layer's matrices but those of its feed-forward network.
fn mixer(model: &Model, block: &Block, format: Quantization) -> f64 {
    let alone = Block { feed_forward: FeedForward::None, ..block.clone() };
    let mut bytes = 0.0;
    layer_tensors(model, &alone, &mut |tensor| bytes += count(packed(format, tensor)));
    bytes
}
