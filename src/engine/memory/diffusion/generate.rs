//! The phases of making a picture or a clip.

use super::pipeline::{self, Denoiser, Size, Vae, denoisers, pictures, text_models};
use super::rooms::{Held, Rooms};
use super::stored::{unpacked, value};
use super::text::TextModel;
use super::{Component, Pass, SOURCE};
use crate::engine::memory::{PartName, Phase, PhaseName, Working};
use crate::spec::{Diffusion, DiffusionPrecision, Pipeline};

/// Reading the prompt, denoising, decoding.
pub(super) fn phases(diffusion: &Diffusion, rooms: Rooms) -> Vec<Phase> {
    vec![encode(diffusion, rooms), denoise(diffusion, rooms), decode(diffusion, rooms)]
}

/// Each model that reads the prompt works in turn; the one that needs most decides.
fn encode(diffusion: &Diffusion, rooms: Rooms) -> Phase {
    let batch = pictures(diffusion.batch);
    let precision = diffusion.precision;
    let models = text_models(diffusion.pipeline);
    let activations = |model: &TextModel| model.activations(batch, value(precision), unpacked(precision));
    let need = |model: &&TextModel| {
        let weights = if rooms.all_stay() { 0.0 } else { model.shapes().bytes(precision) };
        weights + activations(model)
    };
    let widest = models.iter().max_by(|a, b| need(a).total_cmp(&need(b)));
    let mut parts = text(diffusion, rooms, widest.copied());
    parts.extend(rooms.part(PartName::Denoiser, denoiser(diffusion, 0.0)));
    parts.extend(rooms.part(PartName::Vae, decoder(diffusion, false)));
    let peak = widest.map_or(0.0, activations);
    let working = Working::new(
        "widest moment of the model that reads the prompt",
        &[("prompts", batch), ("bytes a value", value(precision))],
        SOURCE,
    );
    parts.extend(rooms.surroundings(peak, 0.0, working));
    Phase { name: PhaseName::Encode, parts }
}

/// One step; of two experts the one that works.
fn denoise(diffusion: &Diffusion, rooms: Rooms) -> Phase {
    let Diffusion { pipeline, precision, .. } = *diffusion;
    let size = Size::new(pipeline, diffusion.width, diffusion.height, diffusion.frames);
    let batch = pictures(diffusion.batch);
    let model = Denoiser::of(pipeline);
    // Stable Diffusion computes both halves of guidance in one pass, Wan one after the other; FLUX.1-dev was
    // distilled to need none.
    let (together, in_turn) = match model {
        Denoiser::Unet(_) => (diffusion.guidance, false),
        Denoiser::Flux => (false, false),
        Denoiser::Wan(_) => (false, diffusion.guidance),
    };
    let rows = if together { 2.0 * batch } else { batch };
    let step = model.activations(size, rows, precision);
    let waiting = batch * held(diffusion, size, in_turn);
    let mut parts = text(diffusion, rooms, None);
    parts.extend(rooms.part(PartName::Denoiser, denoiser(diffusion, 1.0)));
    parts.extend(rooms.part(PartName::Vae, decoder(diffusion, false)));
    let working = Working::new(
        "widest moment of a layer + what waits for it + latents and prompts",
        &[
            ("latents high", size.height),
            ("latents wide", size.width),
            ("latent frames", size.frames),
            ("pictures in a pass", rows),
            ("bytes a value", value(precision)),
        ],
        SOURCE,
    );
    parts.extend(rooms.surroundings(step + waiting, model.scores(size, rows, precision), working));
    Phase { name: PhaseName::Denoise, parts }
}

/// Bytes for each picture the pipeline holds beside a pass: latents between steps, and where guidance is computed
/// in turn, the first result and the other prompt.
fn held(diffusion: &Diffusion, size: Size, in_turn: bool) -> f64 {
    let value = value(diffusion.precision);
    let latents = Denoiser::of(diffusion.pipeline).latents(size);
    let between = match diffusion.pipeline {
        Pipeline::Wan22Small | Pipeline::Wan22Large => 4.0,
        Pipeline::Sd15 | Pipeline::Sdxl | Pipeline::Flux1Dev => value,
    };
    let prompt: f64 = text_models(diffusion.pipeline).iter().map(|model| model.output()).sum();
    let other = if in_turn { value * (latents + prompt) } else { 0.0 };
    between * latents + other
}

/// All pictures are decoded at once.
fn decode(diffusion: &Diffusion, rooms: Rooms) -> Phase {
    let precision = if Vae::value(diffusion.pipeline, diffusion.precision, true) > 2.0 {
        DiffusionPrecision::Fp32
    } else {
        DiffusionPrecision::Bf16
    };
    let (_, activations) = pipeline::footprint(&Pass {
        pipeline: diffusion.pipeline,
        component: Component::ImageDecoder,
        width: diffusion.width,
        height: diffusion.height,
        frames: diffusion.frames,
        batch: diffusion.batch,
        precision,
        tiled: diffusion.vae_tiling,
    });
    let mut parts = text(diffusion, rooms, None);
    parts.extend(rooms.part(PartName::Denoiser, denoiser(diffusion, 0.0)));
    parts.extend(rooms.part(PartName::Vae, decoder(diffusion, true)));
    let size = Size::new(diffusion.pipeline, diffusion.width, diffusion.height, diffusion.frames);
    let working = Working::new(
        "last level of the decoder: its input, the norm and the activation of a residual block + frames kept",
        &[
            ("latents high", size.height),
            ("latents wide", size.width),
            ("latent frames", size.frames),
            ("pictures", pictures(diffusion.batch)),
            ("bytes a value", value(precision)),
        ],
        SOURCE,
    );
    parts.extend(rooms.surroundings(activations, 0.0, working));
    Phase { name: PhaseName::DecodeImage, parts }
}

/// The models that read the prompt, of which one works or none.
pub(super) fn text(
    diffusion: &Diffusion,
    rooms: Rooms,
    working: Option<TextModel>,
) -> Vec<crate::engine::memory::Part> {
    let mut sum =
        Held { basis: "Σ matrices × bytes a weight + norms, biases and embeddings", ..Held::default() };
    for model in text_models(diffusion.pipeline) {
        let shapes = model.shapes();
        let bytes = shapes.bytes(diffusion.precision);
        sum.parameters += shapes.count();
        sum.all += bytes;
        if working == Some(*model) {
            sum.working = bytes;
            sum.largest = shapes.largest_bytes(diffusion.precision);
        }
    }
    rooms.part(PartName::TextEncoder, sum)
}

/// The denoisers, of which `working` work.
pub(super) fn denoiser(diffusion: &Diffusion, working: f64) -> Held {
    let shapes = Denoiser::of(diffusion.pipeline).shapes();
    let (count, bytes) = (denoisers(diffusion.pipeline), shapes.bytes(diffusion.precision));
    Held {
        basis: "Σ matrices × bytes a weight + kernels + norms and biases",
        parameters: count * shapes.count(),
        all: count * bytes,
        working: working * bytes,
        largest: working * shapes.largest_bytes(diffusion.precision),
    }
}

/// The image decoder with its encoder, at work or waiting.
fn decoder(diffusion: &Diffusion, working: bool) -> Held {
    let vae = Vae::of(diffusion.pipeline);
    let value = Vae::value(diffusion.pipeline, diffusion.precision, working);
    let all = value * vae.parameters();
    Held {
        basis: "parameters × bytes a value",
        parameters: vae.parameters(),
        all,
        working: if working { all } else { 0.0 },
        largest: if working { value * vae.largest() } else { 0.0 },
    }
}
