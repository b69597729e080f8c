//! The phases of making an image or a clip.

use super::pipeline::{self, Denoiser, Size, Vae, denoisers, images, text_models};
use super::records::record;
use super::residency::{Held, ModelResidency};
use super::stored::{unpacked, value};
use super::text::TextModel;
use super::{Component, Pass, in_hand};
use crate::engine::memory::alive::{Beyond, Peak};
use crate::engine::memory::{Part, PartName, Phase, PhaseName, Place};
use crate::engine::working::{Detail, Figure, Term};
use crate::formula;
use crate::spec::{Diffusion, DiffusionPrecision, ImagePart};
use crate::units::{Band, Bytes};

/// Encoding the prompt, denoising, decoding; and what PyTorch's allocator holds of a GPU with room.
pub fn phases(diffusion: &Diffusion, residency: ModelResidency) -> (Vec<Phase>, Option<Band<Bytes>>) {
    let step = step(diffusion, residency.detail());
    let made = [
        encode(diffusion, residency),
        denoise(diffusion, residency, step.clone()),
        decode(diffusion, residency, &step.0),
    ];
    let (mut phases, mut reserved) = (Vec::new(), Band::default());
    for (mut phase, beyond) in made {
        phase.parts.extend(in_hand::added(diffusion, residency));
        reserved = largest(reserved, held_on(&phase, beyond));
        phases.push(phase);
    }
    let is_gpu = residency.place() == Place::Device && !residency.is_metal();
    (phases, is_gpu.then_some(reserved))
}

/// What the allocator holds in a phase: at least tensors and workspaces, at most all its segments.
fn held_on(phase: &Phase, beyond: Beyond) -> Band<Bytes> {
    let own =
        phase.parts.iter().filter(|part| part.place == Place::Device && part.name != PartName::Overhead);
    let tensors: Bytes = own.map(|part| part.bytes.best).sum();
    let least = tensors + Bytes::new(beyond.workspaces);
    let most = tensors + Bytes::new(beyond.workspaces_at_most.max(beyond.reserved));
    Band { low: least, best: most, high: most }
}

fn largest(one: Band<Bytes>, other: Band<Bytes>) -> Band<Bytes> {
    Band { low: one.low.max(other.low), best: one.best.max(other.best), high: one.high.max(other.high) }
}

/// Each text encoder works in turn; the one that needs most decides.
fn encode(diffusion: &Diffusion, residency: ModelResidency) -> (Phase, Beyond) {
    let batch = images(diffusion.batch);
    let detail = residency.detail();
    let models = text_models(diffusion.pipeline).iter().map(|model| {
        let weights = if residency.all_stay() { 0.0 } else { in_hand::text_bytes(diffusion, *model) };
        let precision = in_hand::text_precision(diffusion, *model);
        let peak = model.activations(batch, value(precision), unpacked(precision), detail);
        (*model, weights + peak.bytes, peak)
    });
    let widest = models.max_by(|(_, a, _), (_, b, _)| a.total_cmp(b));
    let mut parts = text(diffusion, residency, widest.as_ref().map(|(model, ..)| *model));
    parts.extend(residency.part(PartName::Denoiser, denoiser(diffusion, 0.0, detail)));
    parts.extend(residency.part(PartName::Vae, decoder(diffusion, false, detail)));
    let peak = widest.map_or_else(|| Peak::new(detail), |(.., peak)| peak);
    let peak = if diffusion.image_to_image { peak.most(given_image(diffusion, detail)) } else { peak };
    parts.extend(residency.surroundings(&peak, 0.0));
    (Phase { name: PhaseName::Encode, parts }, peak.beyond)
}

/// The VAE on the image that is given to start from.
fn given_image(diffusion: &Diffusion, detail: Detail) -> Peak {
    let pass = Pass { component: Component::ImageEncoder, tiled: false, ..decoding(diffusion) };
    pipeline::footprint(&pass, detail).1
}

/// One step; of two experts the one that works.
fn denoise(diffusion: &Diffusion, residency: ModelResidency, (peak, scores): (Peak, f64)) -> (Phase, Beyond) {
    let detail = residency.detail();
    let mut parts = text(diffusion, residency, None);
    parts.extend(residency.part(PartName::Denoiser, denoiser(diffusion, 1.0, detail)));
    parts.extend(residency.part(PartName::Vae, decoder(diffusion, false, detail)));
    parts.extend(residency.surroundings(&peak, scores));
    (Phase { name: PhaseName::Denoise, parts }, peak.beyond)
}

/// What comes and goes in one step, and the scores of its widest attention.
fn step(diffusion: &Diffusion, detail: Detail) -> (Peak, f64) {
    let pipeline = diffusion.pipeline;
    let precision = diffusion.precision_of(ImagePart::Denoiser);
    let size = Size::new(pipeline, diffusion.width, diffusion.height, diffusion.frames);
    let batch = images(diffusion.batch);
    let model = Denoiser::of(pipeline);
    // Stable Diffusion computes both halves of guidance in one pass, Wan one after the other; FLUX.1-dev and others were
    // distilled to need none.
    let guided = diffusion.guidance && !pipeline.is_distilled();
    let together = guided && record(pipeline).guided_together;
    let in_turn = guided && !together;
    let rows = if together { 2.0 * batch } else { batch };
    let peak = held(model.activations(size, rows, precision, detail), diffusion, size, (batch, in_turn));
    (peak, model.scores(size, rows, precision))
}

/// A step with what the pipeline holds beside it: latents between steps, and where guidance is computed in turn, the
/// first result and the other prompt.
fn held(step: Peak, diffusion: &Diffusion, size: Size, (batch, in_turn): (f64, bool)) -> Peak {
    let value = value(diffusion.precision_of(ImagePart::Denoiser));
    let latents = Denoiser::of(diffusion.pipeline).latents(size);
    let between = record(diffusion.pipeline).between.unwrap_or(value);
    let prompt: f64 = text_models(diffusion.pipeline).iter().map(|model| model.output()).sum();
    let other = if in_turn { value * (latents + prompt) } else { 0.0 };
    step.with("latents between steps", batch * (between * latents))
        .with("guidance: the first result and the other prompt", batch * other)
}

/// All images are decoded at once. The segments that the steps took stay with the allocator, mostly too small for what
/// the decoder needs; where models are moved, they are given back (`maybe_free_model_hooks` of diffusers).
fn decode(diffusion: &Diffusion, residency: ModelResidency, step: &Peak) -> (Phase, Beyond) {
    let detail = residency.detail();
    let (_, mut peak) = pipeline::footprint(&decoding(diffusion), detail);
    if residency.all_stay() {
        peak.beyond.reserved += step.bytes + step.beyond.reserved;
    }
    let mut parts = text(diffusion, residency, None);
    parts.extend(residency.part(PartName::Denoiser, denoiser(diffusion, 0.0, detail)));
    parts.extend(residency.part(PartName::Vae, decoder(diffusion, true, detail)));
    parts.extend(residency.surroundings(&peak, 0.0));
    (Phase { name: PhaseName::DecodeImage, parts }, peak.beyond)
}

/// The VAE at work.
fn decoding(diffusion: &Diffusion) -> Pass {
    let wide = Vae::value(diffusion, true) > 2.0;
    Pass {
        pipeline: diffusion.pipeline,
        component: Component::ImageDecoder,
        width: diffusion.width,
        height: diffusion.height,
        frames: diffusion.frames,
        batch: diffusion.batch,
        precision: if wide { DiffusionPrecision::Fp32 } else { DiffusionPrecision::Bf16 },
        tiled: diffusion.vae_tiling,
    }
}

/// The text encoders, of which one works or none.
pub fn text(diffusion: &Diffusion, residency: ModelResidency, working: Option<TextModel>) -> Vec<Part> {
    let detail = residency.detail();
    let models = text_models(diffusion.pipeline);
    let bytes = |model: TextModel| in_hand::text_bytes(diffusion, model);
    let sum = |of: &dyn Fn(TextModel) -> bool| {
        let some = || models.iter().copied().filter(|model| of(*model));
        let value = some().fold(0.0, |sum, model| sum + bytes(model));
        Figure::terms(detail, "the text encoders' published config.json", value, || {
            let term =
                |model: TextModel| Term { name: model.label().into(), count: 1.0, value: bytes(model) };
            some().map(term).collect()
        })
    };
    let largest = working.map(|model| in_hand::largest_of_text(diffusion, model, detail));
    let held = Held {
        all: sum(&|_| true),
        working: working.map_or_else(Figure::default, |model| in_hand::text_figure(diffusion, model, detail)),
        waiting: sum(&|model| working != Some(model)),
        largest: largest.unwrap_or_default(),
    };
    residency.part(PartName::TextEncoder, held)
}

/// The denoisers, of which `working` work.
pub fn denoiser(diffusion: &Diffusion, working: f64, detail: Detail) -> Held {
    let shapes = Denoiser::of(diffusion.pipeline).shapes();
    let count = denoisers(diffusion.pipeline);
    Held {
        all: in_hand::denoisers(diffusion, count, detail),
        working: in_hand::denoisers(diffusion, working, detail),
        waiting: in_hand::denoisers(diffusion, count - working, detail),
        largest: shapes.largest_figure(detail, diffusion.precision_of(ImagePart::Denoiser), working),
    }
}

/// The VAE, at work or waiting.
fn decoder(diffusion: &Diffusion, working: bool, detail: Detail) -> Held {
    let vae = Vae::of(diffusion.pipeline);
    let held = stored_vae(vae, Vae::value(diffusion, working), working, detail);
    match in_hand::vae(diffusion, detail) {
        // While it works it may be widened beyond what the file has.
        Some(file) if working && file.value < held.all.value => held,
        Some(file) if working => Held { all: file.clone(), working: file, ..held },
        Some(file) => Held { all: file.clone(), waiting: file, ..held },
        None => held,
    }
}

/// A VAE of so many bytes a value, at work or waiting.
pub fn stored_vae(vae: Vae, value: f64, working: bool, detail: Detail) -> Held {
    let source = "the VAE's published parameters; encoder and decoder are loaded together";
    let all = formula!(
        detail, source;
        vae_parameters = vae.parameters(), bytes_per_value = value => bytes_per_value * vae_parameters
    );
    let largest = formula!(
        detail, source;
        weights_of_the_largest_layer = vae.largest(), bytes_per_value = value
        => bytes_per_value * weights_of_the_largest_layer
    );
    if working {
        Held { all: all.clone(), working: all, waiting: Figure::default(), largest }
    } else {
        Held { all: all.clone(), waiting: all, ..Held::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{DiffusionMode, Pipeline};

    /// `prepare_latents` of diffusers: Wan's are in 32 bit whatever its weights are, those of Stable Diffusion as wide as
    /// they. A clip of 81 frames has 21 latent ones, of 16 channels an eighth as wide and as high.
    #[test]
    fn latents_between_steps_are_as_wide_as_the_pipeline_keeps_them() {
        for (pipeline, bytes) in [
            (Pipeline::Wan21Large, 4.0 * 16.0 * 21.0 * 160.0 * 90.0),
            (Pipeline::Sdxl, 2.0 * 4.0 * 128.0 * 128.0),
        ] {
            let diffusion = Diffusion::usual(pipeline, DiffusionMode::Generate);
            let size = Size::new(pipeline, diffusion.width, diffusion.height, diffusion.frames);
            for batch in [1.0, 3.0] {
                let more = held(Peak::new(Detail::Figures), &diffusion, size, (batch, false)).bytes;
                assert!((more - batch * bytes).abs() < 0.5, "{pipeline:?}: {more}");
            }
        }
    }
}
