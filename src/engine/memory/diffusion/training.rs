//! The phases of training an adapter of a denoiser.

use super::generate::{denoiser, stored_vae, text};
use super::in_hand;
use super::lora::{Step, Training, train};
use super::pipeline::{self, Denoiser, Size, Vae, images, text_models};
use super::records::record;
use super::residency::{Held, ModelResidency};
use super::stored::{unpacked, value};
use super::unet::Grid;
use super::{Component, Pass, SOURCE};
use crate::engine::memory::alive::Peak;
use crate::engine::memory::{Basis, Part, PartName, Phase, PhaseName};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Diffusion, DiffusionMode, DiffusionPrecision};
use crate::units::count;

/// More than any matrix has; larger ranks are taken as this.
const MOST_RANK: u64 = 1 << 20;
/// Adapters, their gradients and both moments of AdamW are in 32 bit.
const SINGLE: f64 = 4.0;

/// One step of training an adapter, where it is known.
fn step(diffusion: &Diffusion, detail: Detail) -> Option<Training> {
    let size = Size::new(diffusion.pipeline, diffusion.width, diffusion.height, diffusion.frames);
    let step = Step {
        grid: Grid { height: size.height, width: size.width },
        batch: images(diffusion.batch),
        rank: count(diffusion.rank.clamp(1, MOST_RANK)),
        value: value(diffusion.precision),
        gradient_checkpointing: diffusion.gradient_checkpointing,
    };
    match Denoiser::of(diffusion.pipeline) {
        Denoiser::Unet(unet) => Some(train(unet, &step, detail)),
        Denoiser::Flux | Denoiser::Wan(_) | Denoiser::Recorded(_) => {
            Some(record(diffusion.pipeline).step?.step(size.amounts(step.batch), &step, detail))
        }
    }
}

/// Whether what is made or trained is modelled: all that is made, and adapters where the step of a pipeline is known.
pub fn is_modelled(diffusion: &Diffusion) -> bool {
    diffusion.mode == DiffusionMode::Generate || step(diffusion, Detail::Figures).is_some()
}

/// How the VAE encodes: in 32 bit where its 16-bit results overflow (SDXL), which the scripts of Stable Diffusion do for
/// both; else in 16.
fn encoder_precision(diffusion: &Diffusion) -> DiffusionPrecision {
    let unet = matches!(Denoiser::of(diffusion.pipeline), Denoiser::Unet(_));
    let usual = if unet { DiffusionPrecision::Fp32 } else { DiffusionPrecision::Bf16 };
    diffusion.vae_asked().unwrap_or(usual)
}

/// Encoding images and prompts, the pass, its gradients, the optimizer (`train_text_to_image_lora_sdxl.py`,
/// `train_dreambooth_lora_flux.py` and `train_dreambooth_lora_qwen_image.py` of diffusers); nothing where the step of a
/// pipeline is not known.
pub fn phases(diffusion: &Diffusion, residency: ModelResidency) -> Option<Vec<Phase>> {
    let residency = residency.for_training();
    let detail = residency.detail();
    let training = step(diffusion, detail)?;
    let matrix = unpacked(diffusion.precision) * Denoiser::of(diffusion.pipeline).shapes().largest;
    let phase = |name, activations: &Peak, gradients: Worked| {
        let mut parts = resident(diffusion, residency, training.adapters);
        parts.push(Part::worked(PartName::Gradients, residency.place(), Basis::Exact, gradients));
        parts.extend(residency.surroundings(activations, 0.0));
        Phase { name, parts }
    };
    let gradients = gradients(detail, training.adapters);
    let none = Figure::found(detail, "gradients come in the backward pass", "gradients", 0.0);
    let growing = Worked::band(none.clone(), gradients.clone(), gradients.clone());
    let unpacked = |pass: &Peak| pass.clone().with("matrix unpacked to 16 bit", matrix);
    // The optimizer takes one more copy of what it steps through.
    let copy = Peak::new(detail).with("the optimizer's copy of what it steps through", gradients.value);
    // What was encoded before needs neither text encoders nor VAE.
    let encode = (!diffusion.cached_latents).then(|| encode(diffusion, residency, &training));
    let passes = [
        phase(PhaseName::Forward, &unpacked(&training.forward), Worked::exact(none)),
        // They grow while activations shrink; with accumulation all are there from the second pass on.
        phase(PhaseName::Backward, &unpacked(&training.backward), growing),
        phase(PhaseName::OptimizerStep, &copy, Worked::exact(gradients)),
    ];
    Some(encode.into_iter().chain(passes).collect())
}

/// Images and prompts of a batch; both models stay beside the denoiser, or have gone before it comes.
fn encode(diffusion: &Diffusion, residency: ModelResidency, training: &Training) -> Phase {
    let batch = images(diffusion.batch);
    let detail = residency.detail();
    let prompts = text_models(diffusion.pipeline)
        .iter()
        .map(|model| {
            let precision = in_hand::text_precision(diffusion, *model);
            model.activations(batch, value(precision), unpacked(precision), detail)
        })
        .fold(Peak::new(detail), Peak::most);
    let pass = Pass {
        pipeline: diffusion.pipeline,
        component: Component::ImageEncoder,
        width: diffusion.width,
        height: diffusion.height,
        frames: 1,
        batch: diffusion.batch,
        precision: encoder_precision(diffusion),
        tiled: false,
    };
    let (_, encoding) = pipeline::footprint(&pass, detail);
    let mut parts = text(diffusion, residency, None);
    parts.extend(residency.part(PartName::Denoiser, denoiser(diffusion, 0.0, detail)));
    parts.extend(residency.part(PartName::Vae, encoder(diffusion, true, detail)));
    if residency.all_stay() {
        parts.extend(adapters(residency, training.adapters));
    }
    parts.extend(residency.surroundings(&encoding.most(prompts), 0.0));
    Phase { name: PhaseName::Encode, parts }
}

/// What lies there through all passes.
fn resident(diffusion: &Diffusion, residency: ModelResidency, trained: f64) -> Vec<Part> {
    let detail = residency.detail();
    let mut parts = Vec::new();
    if !diffusion.cached_latents {
        parts.extend(text(diffusion, residency, None));
        parts.extend(residency.part(PartName::Vae, encoder(diffusion, false, detail)));
    }
    parts.extend(residency.part(PartName::Denoiser, denoiser(diffusion, 1.0, detail)));
    parts.extend(adapters(residency, trained));
    parts
}

fn encoder(diffusion: &Diffusion, working: bool, detail: Detail) -> Held {
    stored_vae(Vae::of(diffusion.pipeline), value(encoder_precision(diffusion)), working, detail)
}

/// Adapters and both moments of AdamW.
fn adapters(residency: ModelResidency, trained: f64) -> [Part; 2] {
    let detail = residency.detail();
    let weights = formula!(
        detail, "PEFT on diffusers: rank × (columns + rows) values beside each matrix that the training script names";
        adapter_parameters = trained, bytes_per_value = SINGLE => bytes_per_value * adapter_parameters
    );
    let moments = formula!(
        detail, "torch.optim.AdamW: two moments in 32 bit";
        moments = 2.0, bytes_per_value = SINGLE, adapter_parameters = trained
        => moments * (bytes_per_value * adapter_parameters)
    );
    let part = |name, figure| Part::worked(name, residency.place(), Basis::Exact, Worked::exact(figure));
    [part(PartName::Adapters, weights), part(PartName::OptimizerState, moments)]
}

/// Gradients of all adapters.
fn gradients(detail: Detail, trained: f64) -> Figure {
    formula!(
        detail, SOURCE;
        adapter_parameters = trained, bytes_per_value = SINGLE => bytes_per_value * adapter_parameters
    )
}
