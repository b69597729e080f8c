//! Peaks of diffusers, model by model.

use serde::Deserialize;

use super::score::MeasuredOn;
use super::table::{Size, Table, flag, named};
use super::{EvidenceError, Group};
use crate::engine::memory::diffusion::{Component, Pass, TextModel, text_models};
use crate::spec::{DiffusionPrecision, Named as _, Pipeline};

const ROWS: Table =
    Table::new("diffusion.csv", include_str!("../../assets/evidence/measurements/diffusion.csv"));

#[derive(Debug, Deserialize)]
struct Measured {
    #[serde(deserialize_with = "named")]
    pipeline: Pipeline,
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
    #[serde(rename = "text_encoder")]
    Recorded,
}

/// Whether a row was there when the model was written, or was measured later to check it; or of pipelines that were
/// recorded, all of whose rows were measured after the record was written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Set {
    Given,
    Further,
    Pipelines,
}

impl Part {
    fn component(self, pipeline: Pipeline) -> Component {
        match self {
            Self::Denoiser => Component::Denoiser,
            Self::Decoder => Component::ImageDecoder,
            Self::Encoder => Component::ImageEncoder,
            Self::ClipL => Component::TextEncoder(TextModel::ClipL),
            Self::OpenClipBigG => Component::TextEncoder(TextModel::OpenClipBigG),
            Self::Umt5Xxl => Component::TextEncoder(TextModel::Umt5Xxl),
            Self::Recorded => Component::TextEncoder(recorded_encoder(pipeline)),
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
    let mut pipelines: Vec<_> =
        Pipeline::all().map(|pipeline| (pipeline, group(pipeline.recorded_title()))).collect();
    for row in ROWS.rows::<Measured>()? {
        let pass = row.pass();
        let of_pipeline = pipelines.iter_mut().find(|(pipeline, _)| *pipeline == row.pipeline);
        let group = match (pass.component, row.set, of_pipeline) {
            (_, Set::Pipelines, Some((_, group))) => group,
            (Component::Denoiser, Set::Given, _) => &mut denoiser,
            (Component::Denoiser, _, _) => &mut denoiser_further,
            (Component::ImageDecoder | Component::ImageEncoder, Set::Given, _) => &mut vae,
            (Component::ImageDecoder | Component::ImageEncoder, _, _) => &mut vae_further,
            (Component::TextEncoder(_), ..) => &mut text,
        };
        let need = pass.footprint();
        group.push(row.name(), need.weights + need.activations, row.peak_bytes.bytes());
    }
    let mut groups = vec![denoiser, vae, text, denoiser_further, vae_further];
    groups.extend(pipelines.into_iter().map(|(_, group)| group).filter(|group| !group.rows.is_empty()));
    Ok(groups)
}

/// The text encoder of a pipeline that was recorded, which is the one that is no CLIP.
fn recorded_encoder(pipeline: Pipeline) -> TextModel {
    let clip = |model: &&TextModel| !matches!(model, TextModel::ClipL | TextModel::OpenClipBigG);
    text_models(pipeline).iter().find(clip).copied().unwrap_or(TextModel::ClipL)
}

impl Measured {
    fn pass(&self) -> Pass {
        Pass {
            pipeline: self.pipeline,
            component: self.component.component(self.pipeline),
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
