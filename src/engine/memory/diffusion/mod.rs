//! What diffusers allocates on PyTorch to make images and clips, or to train an adapter for it.
//!
//! Each model is simulated tensor by tensor in the order its code runs (PyTorch frees a tensor with its last
//! reference), and the peak of that trace read off. Order and lifetimes follow diffusers 0.42.1; the shapes are those of the published `config.json` files.

mod flux;
mod generate;
mod image_vae;
mod in_hand;
mod lora;
mod pipeline;
mod record;
mod recorded;
mod recorded_vae;
mod records;
pub use pipeline::{denoisers, is_one_tile, passes_a_step, text_models, vae_held};
pub use record::VaeHeld;
pub use training::is_modelled;
mod reserved;
mod residency;
mod stored;
mod text;
mod tiles;
mod trace;
mod training;
mod unet;
mod video_vae;
mod wan;

pub use text::TextModel;

use super::{Budget, Unknown, Want};
use crate::engine::working::Detail;
use crate::spec::{Diffusion, DiffusionMode, DiffusionPrecision, Pipeline};
use crate::units::{Bytes, count};
use residency::ModelResidency;

const SOURCE: &str = "diffusers 0.42.1: peaks measured without data, image and video in `plimsoll accuracy`";

/// Memory of making images or clips, or of training an adapter.
///
/// Models that wait for the one that works are parts on the host. Adapters are modelled for SD 1.5, SDXL, FLUX.1-dev and
/// Qwen-Image; of other pipelines the phases of making a image are given and [`Unknown::TrainingNotModelled`] is said.
pub fn budget(diffusion: &Diffusion, want: impl Into<Want>) -> Budget {
    let want = want.into();
    let placement = want.placement;
    let residency = ModelResidency::new(want, diffusion.residency);
    let file = diffusion.file_in_use().map(|file| Bytes::new(count(file.bytes())));
    let make = || generate::phases(diffusion, residency);
    let budget = match diffusion.mode {
        DiffusionMode::Generate => {
            let (phases, reserved) = make();
            Budget { reserved, ..Budget::new(placement, phases) }
        }
        DiffusionMode::Lora => training::phases(diffusion, residency).map_or_else(
            || Budget { unknown: vec![Unknown::TrainingNotModelled], ..Budget::new(placement, make().0) },
            |phases| Budget::new(placement, phases),
        ),
    };
    Budget { weights_file: file, ..budget }
}

/// One model of a pipeline at work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pass {
    /// The pipeline it belongs to.
    pub pipeline: Pipeline,
    /// Which model.
    pub component: Component,
    /// Width of the image in pixels.
    pub width: u64,
    /// Height of the image in pixels.
    pub height: u64,
    /// Frames of a clip; 1 for a image.
    pub frames: u64,
    /// Images or prompts at once.
    pub batch: u64,
    /// How it is held; a clip's decoder is always in 32 bit.
    pub precision: DiffusionPrecision,
    /// Whether it decodes tile by tile.
    pub tiled: bool,
}

/// A model of a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// Encodes the prompt.
    TextEncoder(TextModel),
    /// Turns noise into latents.
    Denoiser,
    /// Turns a image into latents; of a clip it is not known, and the decoder stands for it.
    ImageEncoder,
    /// Turns latents into pixels.
    ImageDecoder,
}

/// What a model needs while it works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Footprint {
    /// Its parameters.
    pub weights: Bytes,
    /// The most that is live beside them.
    pub activations: Bytes,
}

impl Pass {
    /// What this model needs while it works, without what surrounds PyTorch's own allocations.
    pub fn footprint(&self) -> Footprint {
        let (weights, activations) = pipeline::footprint(self, Detail::Figures);
        Footprint { weights: Bytes::new(weights), activations: Bytes::new(activations.bytes) }
    }
}
