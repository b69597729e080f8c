//! What a file in hand has of a pipeline, weighed by its own tensors.

use super::pipeline::Denoiser;
use super::residency::ModelResidency;
use super::text::TextModel;
use crate::engine::memory::{Basis, Part, PartName};
use crate::engine::working::{Detail, Figure, Worked};
use crate::spec::{Diffusion, DiffusionPrecision, ImagePart};
use crate::units::count;

const SOURCE: &str = "the bytes of the file's own tensors";

/// Which model of a file a text encoder is.
const fn part(model: TextModel) -> ImagePart {
    match model {
        TextModel::ClipL => ImagePart::ClipL,
        TextModel::OpenClipBigG => ImagePart::ClipG,
        TextModel::T5Xxl | TextModel::Umt5Xxl => ImagePart::T5,
        TextModel::MistralSmall
        | TextModel::Qwen25Vl7b
        | TextModel::Qwen3Small
        | TextModel::Qwen3SmallWithHead
        | TextModel::Qwen3Large
        | TextModel::Llama3
        | TextModel::Gemma3
        | TextModel::Ltx2Connectors => ImagePart::LanguageModel,
    }
}

/// Bytes of a text encoder as the file has it; what joins two encoders lies with the denoiser.
fn in_file(diffusion: &Diffusion, model: TextModel) -> Option<u64> {
    (model != TextModel::Ltx2Connectors).then(|| diffusion.in_file(part(model))).flatten()
}

/// How a text encoder is held.
pub fn text_precision(diffusion: &Diffusion, model: TextModel) -> DiffusionPrecision {
    diffusion.precision_of(part(model))
}

/// Bytes of a text encoder.
pub fn text_bytes(diffusion: &Diffusion, model: TextModel) -> f64 {
    let part = part(model);
    let shapes = || model.shapes().bytes(diffusion.precision_of(part));
    in_file(diffusion, model).map_or_else(shapes, count)
}

/// The same with its working.
pub fn text_figure(diffusion: &Diffusion, model: TextModel, detail: Detail) -> Figure {
    let part = part(model);
    match in_file(diffusion, model) {
        Some(bytes) => Figure::found(detail, SOURCE, "text_encoder_in_the_file", count(bytes)),
        None => model.shapes().figure(detail, diffusion.precision_of(part), 1.0),
    }
}

/// Bytes of the largest layer of a text encoder.
pub fn largest_of_text(diffusion: &Diffusion, model: TextModel, detail: Detail) -> Figure {
    model.shapes().largest_figure(detail, diffusion.precision_of(part(model)), 1.0)
}

/// Bytes of so many denoisers; a file that holds one of two says how large both are.
pub fn denoisers(diffusion: &Diffusion, models: f64, detail: Detail) -> Figure {
    let Some(bytes) = diffusion.in_file(ImagePart::Denoiser) else {
        let precision = diffusion.precision_of(ImagePart::Denoiser);
        return Denoiser::of(diffusion.pipeline).shapes().figure(detail, precision, models);
    };
    crate::formula!(
        detail, SOURCE;
        models = models, denoiser_in_the_file = count(bytes) => models * denoiser_in_the_file
    )
}

/// Bytes of the VAE as the file has it.
pub fn vae(diffusion: &Diffusion, detail: Detail) -> Option<Figure> {
    let bytes = diffusion.in_file(ImagePart::Vae)?;
    Some(Figure::found(detail, SOURCE, "vae_in_the_file", count(bytes)))
}

/// What the file adds to the denoiser: adapters that stay apart, and networks that steer it.
pub fn added(diffusion: &Diffusion, residency: ModelResidency) -> Option<Part> {
    let bytes =
        [ImagePart::Adapter, ImagePart::Control].into_iter().filter_map(|part| diffusion.in_file(part));
    let sum = bytes.fold(0, u64::saturating_add);
    let figure =
        (sum > 0).then(|| Figure::found(residency.detail(), SOURCE, "added_by_the_file", count(sum)))?;
    Some(Part::worked(PartName::Adapters, residency.place(), Basis::Exact, Worked::exact(figure)))
}
