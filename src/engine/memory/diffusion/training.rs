//! The phases of training an adapter of a UNet.

use super::generate::{denoiser, text};
use super::lora::{Step, Training, train};
use super::pipeline::{self, Size, Vae, pictures, text_models};
use super::rooms::{Held, Rooms};
use super::stored::{unpacked, value};
use super::unet::{Grid, Unet};
use super::{Component, Pass, SOURCE};
use crate::engine::memory::{Basis, Part, PartName, Phase, PhaseName, Working};
use crate::spec::{Diffusion, DiffusionPrecision};
use crate::units::{Band, Bytes, count};

/// More than any matrix has; larger ranks are taken as this.
const MOST_RANK: u64 = 1 << 20;
/// Adapters, their gradients and both moments of AdamW are in 32 bit.
const SINGLE: f64 = 4.0;
/// The image encoder is in 32 bit: in 16 bit SDXL's overflows.
const ENCODER: DiffusionPrecision = DiffusionPrecision::Fp32;

/// Encoding pictures and prompts, the pass, its gradients, the optimiser.
pub(super) fn phases(diffusion: &Diffusion, unet: &Unet, rooms: Rooms) -> Vec<Phase> {
    let rooms = rooms.for_training();
    let size = Size::new(diffusion.pipeline, diffusion.width, diffusion.height, diffusion.frames);
    let step = Step {
        grid: Grid { height: size.height, width: size.width },
        batch: pictures(diffusion.batch),
        rank: count(diffusion.rank.clamp(1, MOST_RANK)),
        value: value(diffusion.precision),
        gradient_checkpointing: diffusion.gradient_checkpointing,
    };
    let training = train(unet, &step);
    let matrix = unpacked(diffusion.precision) * unet.shapes().largest;
    let phase = |name, activations: f64, gradients: Band<f64>| {
        let mut parts = resident(diffusion, rooms, &training);
        parts.push(of_adapters(PartName::Gradients, rooms, &training, gradients));
        parts.extend(rooms.surroundings(activations, 0.0, working(&step)));
        Phase { name, parts }
    };
    let gradients = SINGLE * training.adapters;
    vec![
        encode(diffusion, rooms, &training),
        phase(PhaseName::Forward, training.forward + matrix, Band::exact(0.0)),
        // They grow while activations shrink; with accumulation all are there from the second pass on.
        phase(
            PhaseName::Backward,
            training.backward + matrix,
            Band { low: 0.0, best: gradients, high: gradients },
        ),
        // The optimiser takes one more copy of what it steps through.
        phase(PhaseName::OptimizerStep, gradients, Band::exact(gradients)),
    ]
}

/// Pictures and prompts of a batch; both models stay beside the denoiser, or have gone before it comes.
fn encode(diffusion: &Diffusion, rooms: Rooms, training: &Training) -> Phase {
    let batch = pictures(diffusion.batch);
    let precision = diffusion.precision;
    let reading = text_models(diffusion.pipeline)
        .iter()
        .map(|model| model.activations(batch, value(precision), unpacked(precision)))
        .fold(0.0, f64::max);
    let (_, encoding) = pipeline::footprint(&Pass {
        pipeline: diffusion.pipeline,
        component: Component::ImageEncoder,
        width: diffusion.width,
        height: diffusion.height,
        frames: 1,
        batch: diffusion.batch,
        precision: ENCODER,
        tiled: false,
    });
    let mut parts = text(diffusion, rooms, None);
    parts.extend(rooms.part(PartName::Denoiser, denoiser(diffusion, 0.0)));
    parts.extend(rooms.part(PartName::Vae, encoder(diffusion, true)));
    if rooms.all_stay() {
        parts.extend(adapters(rooms, training));
    }
    let working = Working::new(
        "widest moment of the image encoder's first level or of a model that reads the prompt",
        &[("pictures", batch)],
        SOURCE,
    );
    parts.extend(rooms.surroundings(encoding.max(reading), 0.0, working));
    Phase { name: PhaseName::Encode, parts }
}

/// What lies there through all passes.
fn resident(diffusion: &Diffusion, rooms: Rooms, training: &Training) -> Vec<Part> {
    let mut parts = text(diffusion, rooms, None);
    parts.extend(rooms.part(PartName::Denoiser, denoiser(diffusion, 1.0)));
    parts.extend(rooms.part(PartName::Vae, encoder(diffusion, false)));
    parts.extend(adapters(rooms, training));
    parts
}

fn encoder(diffusion: &Diffusion, working: bool) -> Held {
    let vae = Vae::of(diffusion.pipeline);
    let all = value(ENCODER) * vae.parameters();
    Held {
        basis: "parameters × bytes a value",
        parameters: vae.parameters(),
        all,
        working: if working { all } else { 0.0 },
        largest: if working { value(ENCODER) * vae.largest() } else { 0.0 },
    }
}

fn adapters(rooms: Rooms, training: &Training) -> [Part; 2] {
    let bytes = SINGLE * training.adapters;
    [
        of_adapters(PartName::Adapters, rooms, training, Band::exact(bytes)),
        of_adapters(PartName::OptimizerState, rooms, training, Band::exact(2.0 * bytes)),
    ]
}

fn of_adapters(name: PartName, rooms: Rooms, training: &Training, bytes: Band<f64>) -> Part {
    let formula = match name {
        PartName::Gradients => "4 × adapter parameters",
        PartName::OptimizerState => "8 × adapter parameters: both moments of AdamW",
        _ => "4 × Σ layers rank × (14 × width + 2 × prompt width)",
    };
    Part {
        name,
        place: rooms.place(),
        bytes: bytes.map(Bytes::new),
        basis: Basis::Exact,
        working: Working::new(formula, &[("adapter parameters", training.adapters)], SOURCE),
    }
}

fn working(step: &Step) -> Working {
    Working::new(
        "Σ blocks of what their gradients read, or their inputs and one block again + the first gradient",
        &[
            ("latents high", step.grid.height),
            ("latents wide", step.grid.width),
            ("pictures", step.batch),
            ("rank", step.rank),
            ("bytes a value", step.value),
        ],
        SOURCE,
    )
}
