//! Peaks of diffusers, model by model.

use serde::Deserialize;

use super::score::MeasuredOn;
use super::table::{Size, Table, flag, named};
use super::{EvidenceError, Group};
use crate::engine::memory::diffusion::{Component, Pass, TextModel};
use crate::spec::{DiffusionPrecision, Pipeline};

const ROWS: Table =
    Table::new("diffusion.csv", include_str!("../../assets/evidence/measurements/diffusion.csv"));

#[derive(Debug, Deserialize)]
struct Measured {
    pipeline: Measurable,
    component: Part,
    width: u64,
    height: u64,
    frames: u64,
    batch: u64,
    #[serde(deserialize_with = "named")]
    dtype: DiffusionPrecision,
    #[serde(deserialize_with = "flag")]
    tiled: bool,
    set: Set,
    peak_bytes: Size,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Measurable {
    #[serde(rename = "sd15")]
    Sd15,
    #[serde(rename = "sdxl")]
    Sdxl,
    #[serde(rename = "flux1-dev")]
    Flux1Dev,
    #[serde(rename = "wan2.2-5b")]
    Wan22Small,
    #[serde(rename = "wan2.2-a14b")]
    Wan22Large,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Part {
    #[serde(rename = "denoiser")]
    Denoiser,
    #[serde(rename = "vae_decode")]
    Decoder,
    #[serde(rename = "vae_encode")]
    Encoder,
    #[serde(rename = "clip-l")]
    ClipL,
    #[serde(rename = "bigg")]
    OpenClipBigG,
    #[serde(rename = "umt5-xxl")]
    Umt5Xxl,
}

/// Whether a row was there when the model was written, or was measured later to check it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Set {
    Given,
    Further,
}

impl Measurable {
    const fn pipeline(self) -> Pipeline {
        match self {
            Self::Sd15 => Pipeline::Sd15,
            Self::Sdxl => Pipeline::Sdxl,
            Self::Flux1Dev => Pipeline::Flux1Dev,
            Self::Wan22Small => Pipeline::Wan22Small,
            Self::Wan22Large => Pipeline::Wan22Large,
        }
    }
}

impl Part {
    const fn component(self) -> Component {
        match self {
            Self::Denoiser => Component::Denoiser,
            Self::Decoder => Component::ImageDecoder,
            Self::Encoder => Component::ImageEncoder,
            Self::ClipL => Component::TextEncoder(TextModel::ClipL),
            Self::OpenClipBigG => Component::TextEncoder(TextModel::OpenClipBigG),
            Self::Umt5Xxl => Component::TextEncoder(TextModel::Umt5Xxl),
        }
    }
}

/// Denoising, decoding, and encoding of image and prompt, each against the peak of one pass; settings that were
/// measured later to check the model stand in groups of their own.
///
/// # Errors
/// When the table does not read.
pub fn diffusion() -> Result<Vec<Group>, EvidenceError> {
    let group = |name| Group::total(name, MeasuredOn::WithoutData);
    let mut denoiser = group("Image and video, denoiser");
    let mut vae = group("Image and video, VAE");
    let mut text = group("Image and video, text encoders");
    let mut denoiser_further = group("Image and video, denoiser, further settings");
    let mut vae_further = group("Image and video, VAE, further settings");
    for row in ROWS.rows::<Measured>()? {
        let pass = row.pass();
        let group = match (pass.component, row.set) {
            (Component::Denoiser, Set::Given) => &mut denoiser,
            (Component::Denoiser, Set::Further) => &mut denoiser_further,
            (Component::ImageDecoder | Component::ImageEncoder, Set::Given) => &mut vae,
            (Component::ImageDecoder | Component::ImageEncoder, Set::Further) => &mut vae_further,
            (Component::TextEncoder(_), _) => &mut text,
        };
        let need = pass.footprint();
        group.push(row.name(), need.weights + need.activations, row.peak_bytes.bytes());
    }
    Ok(vec![denoiser, vae, text, denoiser_further, vae_further])
}

impl Measured {
    const fn pass(&self) -> Pass {
        Pass {
            pipeline: self.pipeline.pipeline(),
            component: self.component.component(),
            width: self.width,
            height: self.height,
            frames: self.frames,
            batch: self.batch,
            precision: self.dtype,
            tiled: self.tiled,
        }
    }

    fn name(&self) -> String {
        let Self { pipeline, component, width, height, frames, batch, dtype, tiled, .. } = self;
        let tiled = if *tiled { ", tiled" } else { "" };
        format!("{pipeline:?} {component:?} {width}×{height}×{frames}, batch {batch}, {dtype:?}{tiled}")
    }
}
