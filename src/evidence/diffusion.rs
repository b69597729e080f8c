//! Peaks of diffusers, model by model.

use super::table::{Cells, Table};
use super::{EvidenceError, Group, Row};
use crate::engine::memory::diffusion::{Component, Pass, TextModel};
use crate::spec::{DiffusionPrecision, Pipeline};

const NAME: &str = "diffusion.csv";
const ROWS: &str = include_str!("../../assets/evidence/measurements/diffusion.csv");

/// Denoising, decoding, encoding and reading the prompt, each against the peak of one pass; settings that were
/// measured later to check the model stand in groups of their own.
///
/// # Errors
/// When a row of the table does not read.
pub fn diffusion() -> Result<Vec<Group>, EvidenceError> {
    let mut groups = [
        Group::new("Image and video, denoiser", true),
        Group::new("Image and video, image decoder and encoder", true),
        Group::new("Image and video, text encoders", true),
        Group::new("Image and video, denoiser, further settings", true),
        Group::new("Image and video, image decoder and encoder, further settings", true),
    ];
    for cells in Table::read(NAME, ROWS)?.rows() {
        let pass = pass(cells)?;
        let further = match cells.text("set")? {
            "given" => 0,
            "further" => 3,
            found => return Err(cells.unreadable("set", found)),
        };
        let place = further
            + match pass.component {
                Component::Denoiser => 0,
                Component::ImageDecoder | Component::ImageEncoder => 1,
                Component::TextEncoder(_) => 2,
            };
        let need = pass.footprint();
        if let Some(group) = groups.get_mut(place) {
            group.rows.push(Row {
                name: name(cells)?,
                predicted: need.weights + need.activations,
                measured: cells.bytes(&["peak_bytes"])?,
            });
        }
    }
    Ok(groups.into())
}

fn pass(cells: Cells<'_>) -> Result<Pass, EvidenceError> {
    let pipeline = match cells.text("pipeline")? {
        "sd15" => Pipeline::Sd15,
        "sdxl" => Pipeline::Sdxl,
        "flux1-dev" => Pipeline::Flux1Dev,
        "wan2.2-5b" => Pipeline::Wan22Small,
        "wan2.2-a14b" => Pipeline::Wan22Large,
        found => return Err(cells.unreadable("pipeline", found)),
    };
    let component = match cells.text("component")? {
        "denoiser" => Component::Denoiser,
        "vae_decode" => Component::ImageDecoder,
        "vae_encode" => Component::ImageEncoder,
        "clip-l" => Component::TextEncoder(TextModel::ClipL),
        "bigg" => Component::TextEncoder(TextModel::OpenClipBigG),
        "umt5-xxl" => Component::TextEncoder(TextModel::Umt5Xxl),
        found => return Err(cells.unreadable("component", found)),
    };
    let precision = match cells.text("dtype")? {
        "fp32" => DiffusionPrecision::Fp32,
        "fp16" | "bf16" => DiffusionPrecision::Bf16,
        found => return Err(cells.unreadable("dtype", found)),
    };
    Ok(Pass {
        pipeline,
        component,
        width: cells.number("width")?,
        height: cells.number("height")?,
        frames: cells.number("frames")?,
        batch: cells.number("batch")?,
        precision,
        tiled: cells.number("tiled")? == 1,
    })
}

fn name(cells: Cells<'_>) -> Result<String, EvidenceError> {
    let text = |column| cells.text(column);
    let tiled = if text("tiled")? == "1" { ", tiled" } else { "" };
    Ok(format!(
        "{} {} {}×{}×{}, batch {}, {}{tiled}",
        text("pipeline")?,
        text("component")?,
        text("width")?,
        text("height")?,
        text("frames")?,
        text("batch")?,
        text("dtype")?,
    ))
}
