//! Text encoders: models that encode the prompt.

use super::recorded::{self, Amounts, Recorded};
use super::stored::Shapes;
use super::trace::Trace;
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;

/// A text encoder, by its published `config.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextModel {
    /// OpenAI's CLIP ViT-L/14, of SD 1.5, SDXL and FLUX.1.
    ClipL,
    /// OpenCLIP ViT-bigG/14 with its projection, of SDXL.
    OpenClipBigG,
    /// Encoder of T5 v1.1 XXL, of FLUX.1.
    T5Xxl,
    /// Encoder of UMT5-XXL, of Wan.
    Umt5Xxl,
    /// Mistral Small 3.1 24B with its image encoder, of FLUX.2.
    MistralSmall,
    /// Qwen2.5-VL 7B with its image encoder, of Qwen-Image.
    Qwen25Vl7b,
    /// Qwen3 4B, of Z-Image.
    Qwen3Small,
    /// Qwen3 4B with its scores, of FLUX.2-klein 4B.
    Qwen3SmallWithHead,
    /// Qwen3 8B with its scores, of FLUX.2-klein 9B.
    Qwen3Large,
    /// Llama 3 8B, of HunyuanVideo.
    Llama3,
    /// Gemma 3 12B with its image encoder, of LTX-2.
    Gemma3,
    /// What brings Gemma's states to LTX-2's denoiser.
    Ltx2Connectors,
}

/// Widths of CLIP's text model.
struct Clip {
    width: f64,
    inner: f64,
    layers: f64,
    projection: bool,
    /// Whether its activation is x · sigmoid(1.702 x), written in three steps.
    stepwise: bool,
}

const CLIP_TOKENS: f64 = 77.0;
const CLIP_VOCABULARY: f64 = 49_408.0;
const CLIP_L: Clip = Clip { width: 768.0, inner: 3072.0, layers: 12.0, projection: false, stepwise: true };
const BIG_G: Clip = Clip { width: 1280.0, inner: 5120.0, layers: 32.0, projection: true, stepwise: false };

const T5_WIDTH: f64 = 4096.0;
const T5_INNER: f64 = 10_240.0;
const T5_LAYERS: f64 = 24.0;
const T5_HEADS: f64 = 64.0;
const T5_BUCKETS: f64 = 32.0;
/// Tokens a prompt is filled up to in the pipelines of FLUX.1 and Wan.
const T5_TOKENS: f64 = 512.0;

impl TextModel {
    /// Its record, where it was recorded.
    const fn record(self) -> Option<&'static Recorded> {
        match self {
            Self::ClipL | Self::OpenClipBigG | Self::T5Xxl | Self::Umt5Xxl => None,
            Self::MistralSmall => Some(&recorded::mistral_small::RECORD),
            Self::Qwen25Vl7b => Some(&recorded::qwen25_vl_7b::RECORD),
            Self::Qwen3Small => Some(&recorded::qwen3_4b::RECORD),
            Self::Qwen3SmallWithHead => Some(&recorded::qwen3_4b_head::RECORD),
            Self::Qwen3Large => Some(&recorded::qwen3_8b::RECORD),
            Self::Llama3 => Some(&recorded::llama3_8b::RECORD),
            Self::Gemma3 => Some(&recorded::gemma3_12b::RECORD),
            Self::Ltx2Connectors => Some(&recorded::ltx2_connectors::RECORD),
        }
    }

    /// Its parameters.
    pub fn shapes(self) -> Shapes {
        match self {
            Self::ClipL => clip_shapes(&CLIP_L),
            Self::OpenClipBigG => clip_shapes(&BIG_G),
            Self::T5Xxl => t5_shapes(32_128.0, 1.0),
            Self::Umt5Xxl => t5_shapes(256_384.0, T5_LAYERS),
            _ => self.record().map_or_else(Shapes::default, |record| record.shapes),
        }
    }

    /// Values a prompt turns into.
    pub const fn output(self) -> f64 {
        match self {
            Self::ClipL => CLIP_TOKENS * CLIP_L.width,
            Self::OpenClipBigG => CLIP_TOKENS * BIG_G.width,
            Self::T5Xxl | Self::Umt5Xxl => T5_TOKENS * T5_WIDTH,
            // Image and sound of the connectors: twice 1,024 tokens of 3,840 values, as many as 512 of 15,360.
            Self::MistralSmall | Self::Ltx2Connectors => 512.0 * 15_360.0,
            Self::Qwen25Vl7b => 128.0 * 3584.0,
            Self::Qwen3Small => 128.0 * 2560.0,
            // Three layers' states joined.
            Self::Qwen3SmallWithHead => 512.0 * 7680.0,
            Self::Qwen3Large => 512.0 * 12_288.0,
            Self::Llama3 => 256.0 * 4096.0,
            // Gemma's states of all layers go on to the connectors, whose results for image and sound stay.
            Self::Gemma3 => 0.0,
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ClipL => "CLIP ViT-L/14",
            Self::OpenClipBigG => "OpenCLIP ViT-bigG/14",
            Self::T5Xxl => "T5 v1.1 XXL encoder",
            Self::Umt5Xxl => "UMT5-XXL encoder",
            Self::MistralSmall => "Mistral Small 3.1 24B",
            Self::Qwen25Vl7b => "Qwen2.5-VL 7B",
            Self::Qwen3Small | Self::Qwen3SmallWithHead => "Qwen3 4B",
            Self::Qwen3Large => "Qwen3 8B",
            Self::Llama3 => "Llama 3 8B",
            Self::Gemma3 => "Gemma 3 12B",
            Self::Ltx2Connectors => "LTX-2 text connectors",
        }
    }

    /// Bytes that come and go while `batch` prompts are encoded.
    pub fn activations(self, batch: f64, value: f64, unpacked: f64, detail: Detail) -> Peak {
        if let Some(record) = self.record() {
            return record.activations(Amounts { batch, ..Amounts::default() }, value, unpacked, detail);
        }
        let mut trace = Trace::new(detail, unpacked);
        match self {
            Self::ClipL => clip(&mut trace, &CLIP_L, batch, value),
            Self::OpenClipBigG => clip(&mut trace, &BIG_G, batch, value),
            _ => t5(&mut trace, batch, value),
        }
        trace.peak()
    }
}

fn clip_shapes(clip: &Clip) -> Shapes {
    let mut shapes = Shapes::default();
    shapes.table(CLIP_VOCABULARY, clip.width);
    shapes.table(CLIP_TOKENS, clip.width);
    shapes.linear(clip.width, clip.width, 4.0 * clip.layers);
    shapes.linear(clip.width, clip.inner, clip.layers);
    shapes.linear(clip.inner, clip.width, clip.layers);
    shapes.rest += clip.width * (4.0 * clip.layers + 2.0);
    if clip.projection {
        shapes.matrix(clip.width, clip.width, 1.0);
    }
    shapes
}

fn t5_shapes(vocabulary: f64, biases: f64) -> Shapes {
    let mut shapes = Shapes::default();
    shapes.table(vocabulary, T5_WIDTH);
    shapes.matrix(T5_WIDTH, T5_WIDTH, 4.0 * T5_LAYERS);
    shapes.matrix(T5_WIDTH, T5_INNER, 3.0 * T5_LAYERS);
    // `wo` of its feed-forward overflows in 16 bit: `T5PreTrainedModel._keep_in_fp32_modules`, which quantizers heed.
    shapes.single_beside_packed = T5_WIDTH * T5_INNER * T5_LAYERS;
    shapes.rest += T5_WIDTH * (2.0 * T5_LAYERS + 1.0) + T5_BUCKETS * T5_HEADS * biases;
    shapes
}

/// The feed-forward network is the peak of CLIP (`CLIPMLP` of Transformers): embeddings, the layer's input, the
/// residual and the norm beside it.
fn clip(trace: &mut Trace, clip: &Clip, batch: f64, value: f64) {
    const TOKEN_ID: f64 = 8.0;
    let tokens = batch * CLIP_TOKENS;
    let inner = value * clip.inner * tokens;
    trace.take("token ids", tokens * TOKEN_ID);
    trace.take("embeddings, layer input, residual and norm", 4.0 * value * clip.width * tokens);
    trace.multiply(clip.width * clip.inner, "feed-forward projection", inner);
    trace.take("feed-forward activation", if clip.stepwise { 2.0 * inner } else { inner });
}

/// Attention is the peak of T5 (`T5Attention` of Transformers): scores are not written out, but the bias of each pair
/// of positions is, once for all and once summed with the mask of each prompt.
fn t5(trace: &mut Trace, batch: f64, value: f64) {
    let row = value * T5_WIDTH * T5_TOKENS * batch;
    let pairs = value * T5_HEADS * T5_TOKENS * T5_TOKENS;
    trace.take("layer input, residual and norm", 3.0 * row);
    trace.take("position bias", pairs);
    trace.take("position bias with the mask", pairs * batch);
    trace.multiply(T5_WIDTH * T5_WIDTH, "queries, keys and values", 3.0 * row);
    trace.take("attention output", row);
}
