//! How long an image or a clip takes: operations of the denoiser times its steps.

use super::devices::{End, Sharing};
use super::image_host::Waiting;
use super::{Basis, Bound, Chip, Doubt};
use crate::engine::working::Detail;
use crate::engine::{Book, FigureName};
use crate::formula;
use crate::spec::pipeline::{Operations, Passing};
use crate::spec::{Calibration, Diffusion, DiffusionMode, PeakShare, Pipeline};
use crate::units::{Band, Flops, Hours, Seconds, count};

/// The same of a training step, analytical too: one image at a time, adapters beside every product, and what is
/// kept in 32 bit leave more of the peak unused.
const TRAINED: Band<f64> = Band { low: 0.08, best: 0.2, high: 0.45 };
/// Times that were measured include loading: without it a chip reaches up to so many times the share.
const LOADING: f64 = 1.5;

/// Tokens of text that FLUX.1-dev and FLUX.2-dev read beside the image.
const TEXT: f64 = 512.0;

/// Speeds of a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSpeed {
    /// Seconds of an image or a clip, by those that are made at once; of a step where an adapter is trained.
    pub image: Band<Seconds>,
    /// Seconds of the images or clips that are made at once; of a step where an adapter is trained.
    pub batch_time: Band<Seconds>,
    /// Seconds that no image, clip or step can be shorter than.
    pub roofline: Seconds,
    /// Hours of the run, where an adapter is trained.
    pub run: Option<Band<Hours>>,
    /// Images or clips that are made at once.
    pub batch: u64,
    /// Frames of each: 1 is an image, more are a clip.
    pub frames: u64,
    /// Devices that each make images of their own, or learn from images of their own.
    pub at_once: u32,
    /// Steps of the run, or of an image.
    pub steps: u64,
    /// Operations of all steps.
    pub flops: Flops,
    /// What it is bound by.
    pub bound: Bound,
    /// What the figures rest on.
    pub basis: Basis,
}

/// What a piece of work comes to that is paid for whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// A training, with all its epochs.
    Run,
    /// One image.
    Image,
    /// One clip.
    Clip,
}

impl Made {
    /// As people read it behind a figure: `an image`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Run => "a run",
            Self::Image => "an image",
            Self::Clip => "a clip",
        }
    }
}

impl ImageSpeed {
    /// What is made: an image, or a clip of more than one frame.
    pub const fn made(&self) -> Made {
        if self.frames > 1 { Made::Clip } else { Made::Image }
    }

    /// What its time is of: `an image`, `a clip`, or `a step` of training.
    pub const fn each(&self) -> &'static str {
        if self.run.is_some() { "a step" } else { self.made().label() }
    }
}

/// Share of the peak that denoisers reach where none was measured: analytical, from the shapes of their products.
const REACHED: Band<f64> = Band { low: 0.2, best: 0.45, high: 0.8 };

/// Where a pipeline runs.
#[derive(Clone, Copy)]
pub(super) struct On {
    pub(super) chip: Chip,
    pub(super) sharing: Sharing,
    /// Its models that wait in the system's memory; nothing where all stay.
    pub(super) waiting: Option<Waiting>,
}

/// Speeds of a pipeline on a chip.
pub(super) fn speed(
    diffusion: &Diffusion,
    On { chip, sharing, waiting }: On,
    calibration: &Calibration,
    book: &mut Book,
) -> ImageSpeed {
    let detail = book.detail();
    let trains = diffusion.mode == DiffusionMode::Lora;
    let guided = if diffusion.guidance && !trains && !diffusion.pipeline.is_distilled() { 2.0 } else { 1.0 };
    // Forward and the gradient of values, and forward once more where activations are recomputed.
    let passes = match (trains, diffusion.gradient_checkpointing) {
        (false, _) => 1.0,
        (true, false) => 2.0,
        (true, true) => 3.0,
    };
    let steps = if trains { 1.0 } else { count(diffusion.steps.max(1)) };
    let pixels = count(diffusion.width) * count(diffusion.height);
    let frames = (count(diffusion.frames.max(1)) - 1.0) / 4.0 + 1.0;
    let flops = formula!(detail, "operations of the denoiser, by its parameters, tokens and attention";
        forward_flops = denoising(diffusion.pipeline, pixels, frames, TEXT), guided = guided, passes = passes,
        steps = steps, batch = count(diffusion.batch.max(1))
        => forward_flops * guided * passes * steps * batch);
    let peak = chip.training_peak();
    let group = chip.training_group();
    let measured = if trains { None } else { calibration.images(group) };
    let analytical = if trains { TRAINED } else { REACHED };
    let reached = measured.map_or(analytical, |of| {
        let (low, best, high) = of.share;
        Band { low: low.min(analytical.low), best, high: (high * LOADING).min(1.0) }
    });
    let source = || match measured {
        Some(PeakShare { rows, machines, .. }) => {
            format!("calibration.ron, images, {}: {rows} runs on {machines} machines", group.label())
        }
        None => "analytical, not validated: a share of the peak".to_owned(),
    };
    let source = if detail.wanted() { source() } else { String::new() };
    let at = |share: f64, end: End| {
        let computing = formula!(detail, source.clone(); flops = flops.clone(), peak = peak, share_of_peak = share
            => flops / (peak * share_of_peak));
        match waiting {
            Some(waiting) => {
                formula!(detail, "computing, and models that come to the device and are waited for";
                compute_s = computing, transfer_s = waiting.seconds(end, detail) => compute_s + transfer_s)
            }
            None => computing,
        }
    };
    let batch = count(diffusion.batch.max(1));
    let name = if trains { FigureName::Step } else { FigureName::Batch };
    let batch_time = book.band(
        name,
        Band {
            low: at(reached.high, End::Fast),
            best: at(reached.best, End::Best),
            high: at(reached.low, End::Slow),
        },
    );
    let of_each = if trains { 1.0 } else { batch };
    let image = if trains { batch_time } else { one_image(batch_time, batch, book) };
    let least = formula!(detail, "all operations at the peak";
        flops = flops.clone(), peak = chip.training_roof(), batch = of_each => flops / peak / batch);
    let least = book.exact(FigureName::Roofline, least);
    let run = trains.then(|| {
        let hours = |seconds: f64| {
            formula!(detail, "all steps, shared by devices that learn side by side";
                step_s = seconds, steps = count(diffusion.steps.max(1)), devices = f64::from(sharing.devices.max(1))
                => step_s * (steps / devices) / 3600.0)
        };
        let Band { low, best, high } = batch_time;
        book.band(FigureName::RunHours, Band { low: hours(low), best: hours(best), high: hours(high) })
    });
    let (rows, machines) = measured.map_or((0, 0), |of| (of.rows, of.machines));
    let transfer = waiting.map_or(0.0, |waiting| waiting.seconds(End::Best, Detail::Figures).value);
    ImageSpeed {
        image: image.map(Seconds::new),
        batch_time: batch_time.map(Seconds::new),
        roofline: Seconds::new(least),
        run: run.map(|run| run.map(Hours::new)),
        batch: diffusion.batch.max(1),
        frames: diffusion.frames,
        at_once: sharing.devices.max(1),
        steps: diffusion.steps,
        flops: Flops::new(flops.value),
        bound: if 2.0 * transfer > batch_time.best { Bound::Link } else { Bound::Compute },
        basis: Basis {
            group,
            rows,
            machines,
            measured_here: false,
            doubt: match (transfer > 0.0 && waiting.is_some_and(|waiting| !waiting.is_known()), rows) {
                (true, _) => Doubt::Offload,
                (false, 0) => Doubt::Unmeasured,
                (false, _) => Doubt::Spread,
            },
        },
    }
}

/// Seconds of one of the images that are made at once.
fn one_image(batch_time: Band<f64>, batch: f64, book: &mut Book) -> Band<f64> {
    let detail = book.detail();
    let each = |seconds: f64| {
        formula!(detail, "the images that are made at once share their time"; batch_s = seconds, batch = batch
            => batch_s / batch)
    };
    let Band { low, best, high } = batch_time;
    book.band(FigureName::Image, Band { low: each(low), best: each(best), high: each(high) })
}

/// Operations of one pass of the denoiser on one image of so many pixels, or a clip of so many latent frames;
/// `text` is the tokens that FLUX reads beside the image.
///
/// What tokens there are and what they pass stands in the pipeline's record.
pub fn denoising(pipeline: Pipeline, pixels: f64, frames: f64, text: f64) -> f64 {
    let record = pipeline.record();
    let Operations { pixels_a_token, reads_text, passing } = record.operations;
    // Latent frames are told by fours.
    let latents = match record.video {
        None => 1.0,
        Some(video) if video.frames_a_latent > 4.0 => (frames - 1.0) / (video.frames_a_latent / 4.0) + 1.0,
        Some(_) => frames,
    };
    let tokens = pixels / pixels_a_token * latents + if reads_text { text } else { 0.0 };
    match passing {
        Passing::Parameters { parameters, width, layers } => {
            2.0 * parameters * tokens + 4.0 * tokens * tokens * width * layers
        }
        Passing::Counted { pass, token, pair } => pass + token * tokens + pair * tokens * tokens,
    }
}
