//! Each pipeline: the models that it is made of, and how they work together.

use super::image_vae::{self, ImageVae};
use super::record::{Denoiser, Record, RecordedDenoiser, RecordedVae, Vae, VaeHeld};
use super::recorded;
use super::text::TextModel;
use super::video_vae;
use super::{unet, wan};
use crate::spec::Pipeline;

const STILL: Record = Record {
    denoiser: Denoiser::Flux,
    denoisers: 1.0,
    text: &[TextModel::ClipL, TextModel::T5Xxl],
    vae: Vae::Image(&image_vae::FLUX),
    vae_held: VaeHeld::AsComputed,
    guided_together: false,
    step: None,
    between: None,
};

const WAN: Record = Record {
    text: &[TextModel::Umt5Xxl],
    vae_held: VaeHeld::Single,
    between: Some(4.0),
    vae: Vae::Video(&video_vae::WAN21),
    ..STILL
};

const fn of(record: &'static RecordedDenoiser) -> Denoiser {
    Denoiser::Recorded(record)
}

static FLUX1_SCHNELL: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::flux1_schnell::RECORD, channels: 16.0, heads: 24.0, text: 256.0 };
static FLUX2: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::flux2::RECORD, channels: 32.0, heads: 48.0, text: 512.0 };
static FLUX2_KLEIN_4B: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::flux2_klein_4b::RECORD, channels: 32.0, heads: 24.0, text: 512.0 };
static FLUX2_KLEIN_9B: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::flux2_klein_9b::RECORD, channels: 32.0, heads: 32.0, text: 512.0 };
static SD35_MEDIUM: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::sd35_medium::RECORD, channels: 16.0, heads: 24.0, text: 333.0 };
static SD35_LARGE: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::sd35_large::RECORD, channels: 16.0, heads: 38.0, text: 333.0 };
/// A prompt of 128 tokens: what Qwen-Image and Z-Image are given is as long as the prompt.
static QWEN_IMAGE: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::qwen_image::RECORD, channels: 16.0, heads: 24.0, text: 128.0 };
static Z_IMAGE: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::z_image::RECORD, channels: 16.0, heads: 30.0, text: 128.0 };
static HUNYUAN_VIDEO: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::hunyuan_video::RECORD, channels: 16.0, heads: 24.0, text: 256.0 };
static LTX2: RecordedDenoiser =
    RecordedDenoiser { record: &recorded::ltx2::RECORD, channels: 128.0, heads: 32.0, text: 0.0 };

static QWEN_IMAGE_VAE: RecordedVae = RecordedVae {
    record: &recorded::qwen_image_vae::RECORD,
    beside: 0.0,
    scale: 8.0,
    frames: 1.0,
    tile: [32.0, 24.0],
    parts: None,
};
static HUNYUAN_VIDEO_VAE: RecordedVae = RecordedVae {
    record: &recorded::hunyuan_video_vae::RECORD,
    beside: 0.0,
    scale: 8.0,
    frames: 4.0,
    tile: [32.0, 24.0],
    parts: Some([5.0, 3.0]),
};
/// Beside it are the VAE of sound, 53.2 M, and the vocoder, 55.6 M.
static LTX2_VAE: RecordedVae = RecordedVae {
    record: &recorded::ltx2_vae::RECORD,
    beside: 53_248_146.0 + 55_592_802.0,
    scale: 32.0,
    frames: 8.0,
    tile: [16.0, 14.0],
    parts: None,
};

/// The record of a pipeline.
pub fn record(pipeline: Pipeline) -> &'static Record {
    match pipeline {
        Pipeline::Sd15 => {
            const {
                &Record {
                    denoiser: Denoiser::Unet(&unet::SD15),
                    text: &[TextModel::ClipL],
                    vae: Vae::Image(&image_vae::SD15),
                    guided_together: true,
                    ..STILL
                }
            }
        }
        Pipeline::Sdxl => {
            const {
                &Record {
                    denoiser: Denoiser::Unet(&unet::SDXL),
                    text: &[TextModel::ClipL, TextModel::OpenClipBigG],
                    vae: Vae::Image(&image_vae::SDXL),
                    vae_held: VaeHeld::WidenedAtWork,
                    guided_together: true,
                    ..STILL
                }
            }
        }
        Pipeline::Flux1Dev => &FLUX1_DEV_RECORD,
        Pipeline::Flux1Schnell => &FLUX1_SCHNELL_RECORD,
        Pipeline::Flux2Dev => &FLUX2_RECORD,
        Pipeline::Flux2Klein4b => &FLUX2_KLEIN_4B_RECORD,
        Pipeline::Flux2Klein9b => &FLUX2_KLEIN_9B_RECORD,
        Pipeline::Sd35Medium => &SD35_MEDIUM_RECORD,
        Pipeline::Sd35Large => &SD35_LARGE_RECORD,
        Pipeline::QwenImage => &QWEN_IMAGE_RECORD,
        Pipeline::ZImage | Pipeline::ZImageTurbo => &Z_IMAGE_RECORD,
        Pipeline::Wan21Small => const { &Record { denoiser: Denoiser::Wan(&wan::WAN21_SMALL), ..WAN } },
        Pipeline::Wan21Large => const { &Record { denoiser: Denoiser::Wan(&wan::LARGE), ..WAN } },
        Pipeline::Wan22Small => {
            const { &Record { denoiser: Denoiser::Wan(&wan::SMALL), vae: Vae::Video(&video_vae::WAN22), ..WAN } }
        }
        Pipeline::Wan22Large => {
            const { &Record { denoiser: Denoiser::Wan(&wan::LARGE), denoisers: 2.0, ..WAN } }
        }
        Pipeline::HunyuanVideo => &HUNYUAN_VIDEO_RECORD,
        Pipeline::Ltx2 => &LTX2_RECORD,
    }
}

/// FLUX.2's VAE keeps 32 channels; else it is that of Stable Diffusion.
static FLUX2_VAE: ImageVae =
    ImageVae { parameters: 84_046_115.0, latents: 32.0, converts: true, tile: 1024.0 };

static FLUX1_DEV_RECORD: Record = Record { step: Some(&recorded::train_flux1_dev::STEP), ..STILL };
static FLUX1_SCHNELL_RECORD: Record = Record { denoiser: of(&FLUX1_SCHNELL), ..STILL };
static FLUX2_RECORD: Record =
    Record { denoiser: of(&FLUX2), text: &[TextModel::MistralSmall], vae: Vae::Image(&FLUX2_VAE), ..STILL };
static FLUX2_KLEIN_4B_RECORD: Record = Record {
    denoiser: of(&FLUX2_KLEIN_4B),
    text: &[TextModel::Qwen3SmallWithHead],
    vae: Vae::Image(&FLUX2_VAE),
    ..STILL
};
static FLUX2_KLEIN_9B_RECORD: Record = Record {
    denoiser: of(&FLUX2_KLEIN_9B),
    text: &[TextModel::Qwen3Large],
    vae: Vae::Image(&FLUX2_VAE),
    ..STILL
};
static SD35_MEDIUM_RECORD: Record = Record { denoiser: of(&SD35_MEDIUM), ..SD35 };
static SD35_LARGE_RECORD: Record = Record { denoiser: of(&SD35_LARGE), ..SD35 };
const SD35: Record = Record {
    text: &[TextModel::ClipL, TextModel::OpenClipBigG, TextModel::T5Xxl],
    guided_together: true,
    ..STILL
};
static QWEN_IMAGE_RECORD: Record = Record {
    denoiser: of(&QWEN_IMAGE),
    text: &[TextModel::Qwen25Vl7b],
    vae: Vae::Recorded(&QWEN_IMAGE_VAE),
    step: Some(&recorded::train_qwen_image::STEP),
    ..STILL
};
static Z_IMAGE_RECORD: Record = Record {
    denoiser: of(&Z_IMAGE),
    text: &[TextModel::Qwen3Small],
    guided_together: true,
    between: Some(4.0),
    ..STILL
};
static HUNYUAN_VIDEO_RECORD: Record = Record {
    denoiser: of(&HUNYUAN_VIDEO),
    text: &[TextModel::ClipL, TextModel::Llama3],
    vae: Vae::Recorded(&HUNYUAN_VIDEO_VAE),
    between: Some(4.0),
    ..STILL
};
static LTX2_RECORD: Record = Record {
    denoiser: of(&LTX2),
    text: &[TextModel::Gemma3, TextModel::Ltx2Connectors],
    vae: Vae::Recorded(&LTX2_VAE),
    guided_together: true,
    between: Some(4.0),
    ..STILL
};
