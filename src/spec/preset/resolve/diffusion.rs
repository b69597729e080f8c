//! The knobs of a pipeline for images or video.

use super::super::defaults::default_diffusion;
use super::super::keys::PresetKeys;
use super::{choice, given, pytorch_only};
use crate::spec::{Diffusion, DiffusionMode, Family, Pipeline};

/// Steps of a usual run that trains an adapter.
const LORA_STEPS: u64 = 1500;

/// Each knob the given one or its default; frames of a pipeline for pictures are said to be one.
///
/// # Errors
/// In a sentence: a runtime, precision or mode that pipelines do not have.
pub(super) fn diffusion(keys: &PresetKeys, notes: &mut Vec<String>) -> Result<Diffusion, String> {
    pytorch_only(keys, Family::Diffusion)?;
    let pipeline = given(keys.pipeline.as_ref()).unwrap_or(Pipeline::Sdxl);
    let defaults = default_diffusion(pipeline);
    let frames = given(keys.frames.as_ref()).map_or(defaults.frames, |value| value.0);
    if frames > 1 && !pipeline.makes_video() {
        notes
            .push(format!("{} makes single pictures, so frames {frames} was lowered to 1", pipeline.label()));
    }
    let mode = match given(keys.mode.as_ref()) {
        Some(name) => choice("mode", &name.0)?,
        None => defaults.mode,
    };
    let steps = if mode == DiffusionMode::Lora { LORA_STEPS } else { defaults.steps };
    Ok(Diffusion {
        pipeline,
        precision: match given(keys.precision.as_ref()) {
            Some(name) => choice("precision", &name.0)?,
            None => defaults.precision,
        },
        width: given(keys.width.as_ref()).map_or(defaults.width, |value| value.0),
        height: given(keys.height.as_ref()).map_or(defaults.height, |value| value.0),
        frames: if pipeline.makes_video() { frames } else { 1 },
        steps: given(keys.steps.as_ref()).map_or(steps, |value| value.0),
        batch: given(keys.batch.as_ref()).map_or(defaults.batch, |value| value.0),
        guidance: given(keys.guidance.as_ref()).map_or(defaults.guidance, |value| value.0),
        residency: given(keys.residency.as_ref()).unwrap_or(defaults.residency),
        vae_tiling: given(keys.vae_tiling.as_ref()).unwrap_or(defaults.vae_tiling),
        mode,
        rank: given(keys.rank.as_ref()).map_or(defaults.rank, |value| value.0),
        checkpointing: given(keys.checkpointing.as_ref()).unwrap_or(defaults.checkpointing),
    })
}
