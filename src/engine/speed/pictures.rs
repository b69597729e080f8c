//! How long a picture or a clip takes: operations of the denoiser times its steps.

use super::{Basis, Bound, Chip};
use crate::spec::{Diffusion, DiffusionMode, Pipeline, SpeedGroup};
use crate::units::{Band, Flops, Hours, Seconds, count};

/// Speeds of a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureSpeed {
    /// Seconds of a picture or a clip; of a step where an adapter is trained.
    pub picture: Band<Seconds>,
    /// Seconds that nothing can be shorter than.
    pub roofline: Seconds,
    /// Hours of a run of 1,500 steps, where an adapter is trained.
    pub run: Option<Band<Hours>>,
    /// Operations of all steps.
    pub operations: Flops,
    /// What holds it back.
    pub bound: Bound,
    /// What the figures rest on.
    pub basis: Basis,
}

/// Share of the peak that denoisers reach; reasoned from the shapes of their products, for no run was measured.
const REACHED: Band<f64> = Band { low: 0.2, best: 0.45, high: 0.8 };
/// Steps of a usual run that trains an adapter.
const STEPS: f64 = 1500.0;

/// Speeds of a pipeline on a chip.
pub(super) fn speed(diffusion: &Diffusion, chip: Chip) -> PictureSpeed {
    let trains = diffusion.mode == DiffusionMode::Lora;
    let guided = if diffusion.guidance && !trains { 2.0 } else { 1.0 };
    // Forward and the gradient of values, and forward once more where activations are recomputed.
    let passes = match (trains, diffusion.checkpointing) {
        (false, _) => 1.0,
        (true, false) => 2.0,
        (true, true) => 3.0,
    };
    let steps = if trains { 1.0 } else { count(diffusion.steps.max(1)) };
    let operations = forward(diffusion) * guided * passes * steps * count(diffusion.batch.max(1));
    let peak = chip.training_peak();
    let at = |share: f64| operations / (peak * share);
    let picture = Band { low: at(REACHED.high), best: at(REACHED.best), high: at(REACHED.low) };
    PictureSpeed {
        picture: picture.map(Seconds::new),
        roofline: Seconds::new(operations / peak.max(chip.matrix)),
        run: trains.then(|| picture.map(|seconds| Hours::new(seconds * STEPS / 3600.0))),
        operations: Flops::new(operations),
        bound: Bound::Compute,
        basis: Basis { group: SpeedGroup::Every, rows: 0, machines: 0, measured_here: false },
    }
}

/// Operations of one pass of the denoiser on one picture.
///
/// Transformers: 2 a parameter and token, and 4 × tokens² × width a layer of attention. U-nets: 0.80 and 5.98 tera-
/// operations at 512 × 512 and 1024 × 1024 by the shapes of their convolutions, which grow with the pixels; the
/// tenth of them that is attention over pixels with their square.
fn forward(diffusion: &Diffusion) -> f64 {
    let pixels = count(diffusion.width) * count(diffusion.height);
    let frames = (count(diffusion.frames.max(1)) - 1.0) / 4.0 + 1.0;
    let transformer = |parameters: f64, tokens: f64, width: f64, layers: f64| {
        2.0 * parameters * tokens + 4.0 * tokens * tokens * width * layers
    };
    let unet = |operations: f64, side: f64, attention: f64| {
        let scale = pixels / (side * side);
        operations * ((1.0 - attention) * scale + attention * scale * scale)
    };
    match diffusion.pipeline {
        Pipeline::Sd15 => unet(0.80e12, 512.0, 0.15),
        Pipeline::Sdxl => unet(5.98e12, 1024.0, 0.1),
        Pipeline::Flux1Dev => transformer(11.9e9, pixels / 256.0 + 512.0, 3072.0, 57.0),
        Pipeline::Wan22Small => transformer(5.0e9, pixels / 1024.0 * frames, 3072.0, 30.0),
        Pipeline::Wan22Large => transformer(14.3e9, pixels / 256.0 * frames, 5120.0, 40.0),
    }
}
