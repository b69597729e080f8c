//! How long a picture or a clip takes: operations of the denoiser times its steps.

use super::devices::Sharing;
use super::{Basis, Bound, Chip};
use crate::spec::{Calibration, Diffusion, DiffusionMode, Pipeline};
use crate::units::{Band, Flops, Hours, Seconds, count};

/// The same of a training step, reasoned too: one picture at a time, adapters beside every product, and what is
/// kept in 32 bit leave more of the peak unused.
const TRAINED: Band<f64> = Band { low: 0.08, best: 0.2, high: 0.45 };
/// Times that were measured include loading: without it a chip reaches up to so many times the share.
const LOADING: f64 = 1.5;

/// Tokens of text that FLUX.1-dev reads beside the picture.
const TEXT: f64 = 512.0;

/// Speeds of a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureSpeed {
    /// Seconds of a picture or a clip; of a step where an adapter is trained.
    pub picture: Band<Seconds>,
    /// Seconds that nothing can be shorter than.
    pub roofline: Seconds,
    /// Hours of the run, where an adapter is trained.
    pub run: Option<Band<Hours>>,
    /// Pictures that are made at once.
    pub batch: u64,
    /// Devices that each make pictures of their own, or learn from pictures of their own.
    pub at_once: u32,
    /// Steps of the run, or of a picture.
    pub steps: u64,
    /// Operations of all steps.
    pub operations: Flops,
    /// What holds it back.
    pub bound: Bound,
    /// What the figures rest on.
    pub basis: Basis,
}

/// Share of the peak that denoisers reach where none was measured: reasoned from the shapes of their products.
const REACHED: Band<f64> = Band { low: 0.2, best: 0.45, high: 0.8 };

/// Speeds of a pipeline on a chip.
pub(super) fn speed(
    diffusion: &Diffusion,
    chip: Chip,
    sharing: Sharing,
    calibration: &Calibration,
) -> PictureSpeed {
    let trains = diffusion.mode == DiffusionMode::Lora;
    let guided = if diffusion.guidance && !trains { 2.0 } else { 1.0 };
    // Forward and the gradient of values, and forward once more where activations are recomputed.
    let passes = match (trains, diffusion.gradient_checkpointing) {
        (false, _) => 1.0,
        (true, false) => 2.0,
        (true, true) => 3.0,
    };
    let steps = if trains { 1.0 } else { count(diffusion.steps.max(1)) };
    let pixels = count(diffusion.width) * count(diffusion.height);
    let frames = (count(diffusion.frames.max(1)) - 1.0) / 4.0 + 1.0;
    let forward = denoising(diffusion.pipeline, pixels, frames, TEXT);
    let operations = forward * guided * passes * steps * count(diffusion.batch.max(1));
    let peak = chip.training_peak();
    let group = chip.training_group();
    let measured = if trains { None } else { calibration.pictures(group) };
    let reasoned = if trains { TRAINED } else { REACHED };
    let reached = measured.map_or(reasoned, |of| {
        let (low, best, high) = of.share;
        Band { low: low.min(reasoned.low), best, high: (high * LOADING).min(1.0) }
    });
    let at = |share: f64| operations / (peak * share);
    // Devices that learn side by side share the steps.
    let steps_each = count(diffusion.steps.max(1)) / f64::from(sharing.devices.max(1));
    let picture = Band { low: at(reached.high), best: at(reached.best), high: at(reached.low) };
    let (rows, machines) = measured.map_or((0, 0), |of| (of.rows, of.machines));
    PictureSpeed {
        picture: picture.map(Seconds::new),
        roofline: Seconds::new(operations / peak.max(chip.matrix)),
        run: trains.then(|| picture.map(|seconds| Hours::new(seconds * steps_each / 3600.0))),
        batch: diffusion.batch.max(1),
        at_once: sharing.devices.max(1),
        steps: diffusion.steps,
        operations: Flops::new(operations),
        bound: Bound::Compute,
        basis: Basis { group, rows, machines, measured_here: false },
    }
}

/// Operations of one pass of the denoiser on one picture of so many pixels, or a clip of so many latent frames;
/// `text` is the tokens that FLUX reads beside the picture.
///
/// Transformers: 2 a token and parameter that it passes, and 4 × tokens² × width a layer of attention. FLUX.1 has
/// 11.9B parameters, of which the modulations (3.2B) work once a step and each token passes one of two streams: 6.45B
/// (the 74.4 tera-operations a step at 1024 × 1024 that papers on it count). Of Wan's, the text's keys and values and
/// the embeddings do not see the clip's tokens. U-nets: 0.80 and 5.98 tera-
/// operations at 512 × 512 and 1024 × 1024 by the shapes of their convolutions, which grow with the pixels; the
/// tenth of them that is attention over pixels with their square.
pub fn denoising(pipeline: Pipeline, pixels: f64, frames: f64, text: f64) -> f64 {
    let transformer = |parameters: f64, tokens: f64, width: f64, layers: f64| {
        2.0 * parameters * tokens + 4.0 * tokens * tokens * width * layers
    };
    let unet = |operations: f64, side: f64, attention: f64| {
        let scale = pixels / (side * side);
        operations * ((1.0 - attention) * scale + attention * scale * scale)
    };
    match pipeline {
        Pipeline::Sd15 => unet(0.80e12, 512.0, 0.15),
        Pipeline::Sdxl => unet(5.98e12, 1024.0, 0.1),
        Pipeline::Flux1Dev => transformer(6.45e9, pixels / 256.0 + text, 3072.0, 57.0),
        Pipeline::Wan22Small => transformer(4.34e9, pixels / 1024.0 * frames, 3072.0, 30.0),
        Pipeline::Wan22Large => transformer(11.96e9, pixels / 256.0 * frames, 5120.0, 40.0),
    }
}
