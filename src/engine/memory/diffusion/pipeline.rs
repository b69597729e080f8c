//! Which models a pipeline is made of, and what each needs.

use super::image_vae::{self, ImageVae};
use super::stored::{Shapes, unpacked, value};
use super::text::TextModel;
use super::unet::{self, Grid, Unet};
use super::video_vae::{self, VideoVae};
use super::wan::{self, Wan};
use super::{Component, Pass, flux};
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;
use crate::spec::{Diffusion, DiffusionPrecision, Pipeline};
use crate::units::count;

/// The denoiser of a pipeline.
#[derive(Clone, Copy, Debug)]
pub enum Denoiser {
    /// Convolutions, and attention to the prompt.
    Unet(&'static Unet),
    /// Tokens of prompt and image together.
    Flux,
    /// Tokens of a clip.
    Wan(&'static Wan),
}

/// What turns latents into pixels.
#[derive(Clone, Copy, Debug)]
pub enum Vae {
    /// Of a image.
    Image(&'static ImageVae),
    /// Of a clip.
    Video(&'static VideoVae),
}

/// More than any machine can hold, of pixels on a side, frames or images; larger inputs are taken as this.
const MOST: u64 = 1 << 24;
/// Sides of a clip are whole tokens: two latents.
const SIDE_OF_TOKEN: f64 = 2.0;

impl Denoiser {
    /// That of a pipeline.
    pub const fn of(pipeline: Pipeline) -> Self {
        match pipeline {
            Pipeline::Sd15 => Self::Unet(&unet::SD15),
            Pipeline::Sdxl => Self::Unet(&unet::SDXL),
            Pipeline::Flux1Dev => Self::Flux,
            Pipeline::Wan22Small => Self::Wan(&wan::SMALL),
            Pipeline::Wan22Large => Self::Wan(&wan::LARGE),
        }
    }

    /// Its parameters.
    pub fn shapes(self) -> Shapes {
        match self {
            Self::Unet(unet) => unet.shapes(),
            Self::Flux => flux::shapes(),
            Self::Wan(wan) => wan.shapes(),
        }
    }

    /// Bytes that come and go in one step.
    pub fn activations(self, size: Size, batch: f64, precision: DiffusionPrecision, detail: Detail) -> Peak {
        let (value, unpacked) = (value(precision), unpacked(precision));
        match self {
            Self::Unet(unet) => {
                let grid = Grid { height: size.height, width: size.width };
                unet.activations(grid, batch, value, unpacked, detail)
            }
            Self::Flux => flux::activations(size.tokens(), batch, value, unpacked, detail),
            Self::Wan(wan) => wan.activations(size.tokens(), batch, value, unpacked, detail),
        }
    }

    /// Values of the latents of one image or clip.
    pub fn latents(self, size: Size) -> f64 {
        match self {
            Self::Unet(_) => unet::LATENTS * size.positions(),
            Self::Flux => flux::TOKEN * size.tokens(),
            Self::Wan(wan) => wan.latents * size.positions(),
        }
    }

    /// Bytes of the scores of one attention, where they are written out: heads × tokens².
    pub fn scores(self, size: Size, batch: f64, precision: DiffusionPrecision) -> f64 {
        let (heads, tokens) = match self {
            Self::Unet(unet) => unet.widest_attention(Grid { height: size.height, width: size.width }),
            Self::Flux => flux::attention(size.tokens()),
            Self::Wan(wan) => wan.attention(size.tokens()),
        };
        value(precision) * heads * tokens * tokens * batch
    }
}

impl Vae {
    /// That of a pipeline.
    pub const fn of(pipeline: Pipeline) -> Self {
        match pipeline {
            Pipeline::Sd15 => Self::Image(&image_vae::SD15),
            Pipeline::Sdxl => Self::Image(&image_vae::SDXL),
            Pipeline::Flux1Dev => Self::Image(&image_vae::FLUX),
            Pipeline::Wan22Small => Self::Video(&video_vae::WAN22),
            Pipeline::Wan22Large => Self::Video(&video_vae::WAN21),
        }
    }

    /// Its parameters.
    pub const fn parameters(self) -> f64 {
        match self {
            Self::Image(vae) => vae.parameters,
            Self::Video(vae) => vae.parameters,
        }
    }

    /// Weights of its largest layer.
    pub const fn largest(self) -> f64 {
        match self {
            Self::Image(_) => image_vae::LARGEST,
            Self::Video(vae) => vae.largest(),
        }
    }

    /// Bytes of a value where it works, or waits: clips are decoded in 32 bit; SDXL's pipeline widens its 16-bit
    /// decoder to 32 bit while it works, for in 16 bit it overflows.
    pub const fn value(pipeline: Pipeline, precision: DiffusionPrecision, working: bool) -> f64 {
        match pipeline {
            Pipeline::Wan22Small | Pipeline::Wan22Large => 4.0,
            Pipeline::Sdxl if working => 4.0,
            Pipeline::Sd15 | Pipeline::Sdxl | Pipeline::Flux1Dev => value(precision),
        }
    }
}

/// The text encoders of a pipeline.
pub const fn text_models(pipeline: Pipeline) -> &'static [TextModel] {
    match pipeline {
        Pipeline::Sd15 => &[TextModel::ClipL],
        Pipeline::Sdxl => &[TextModel::ClipL, TextModel::OpenClipBigG],
        Pipeline::Flux1Dev => &[TextModel::ClipL, TextModel::T5Xxl],
        Pipeline::Wan22Small | Pipeline::Wan22Large => &[TextModel::Umt5Xxl],
    }
}

/// Denoisers a pipeline holds: A14B has one for much noise and one for little.
pub const fn denoisers(pipeline: Pipeline) -> f64 {
    match pipeline {
        Pipeline::Wan22Large => 2.0,
        Pipeline::Sd15 | Pipeline::Sdxl | Pipeline::Flux1Dev | Pipeline::Wan22Small => 1.0,
    }
}

/// Size of a image or clip in latents.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Rows.
    pub height: f64,
    /// Columns.
    pub width: f64,
    /// Latent frames.
    pub frames: f64,
}

impl Size {
    /// Size in latents of what a pipeline makes in pixels and frames; a part of a latent is cut off.
    pub fn new(pipeline: Pipeline, width: u64, height: u64, frames: u64) -> Self {
        let (scale, side, frames) = match Vae::of(pipeline) {
            Vae::Image(_) if pipeline == Pipeline::Flux1Dev => (image_vae::SCALE, SIDE_OF_TOKEN, 1.0),
            Vae::Image(_) => (image_vae::SCALE, 1.0, 1.0),
            Vae::Video(vae) => {
                let after_first = count(frames.clamp(1, MOST) - 1);
                (vae.scale, SIDE_OF_TOKEN, 1.0 + (after_first / video_vae::FRAMES).floor())
            }
        };
        let latents = |pixels: u64| (count(pixels.min(MOST)) / (scale * side)).floor().max(1.0) * side;
        Self { height: latents(height), width: latents(width), frames }
    }

    /// Latents of each channel.
    fn positions(self) -> f64 {
        self.height * self.width * self.frames
    }

    /// Tokens of two by two latents.
    pub fn tokens(self) -> f64 {
        self.positions() / (SIDE_OF_TOKEN * SIDE_OF_TOKEN)
    }
}

/// A number of images that can be computed with.
pub fn images(batch: u64) -> f64 {
    count(batch.clamp(1, MOST))
}

/// Whether the whole image is one tile of the VAE, so that tiling it changes nothing.
pub fn is_one_tile(diffusion: &Diffusion) -> bool {
    let size = Size::new(diffusion.pipeline, diffusion.width, diffusion.height, diffusion.frames);
    let side = match Vae::of(diffusion.pipeline) {
        Vae::Image(vae) => vae.side(),
        Vae::Video(vae) => vae.side(),
    };
    size.height <= side && size.width <= side
}

/// Bytes of a component's parameters, and of what comes and goes while it works.
pub fn footprint(pass: &Pass, detail: Detail) -> (f64, Peak) {
    let size = Size::new(pass.pipeline, pass.width, pass.height, pass.frames);
    let (batch, value) = (images(pass.batch), value(pass.precision));
    match pass.component {
        Component::TextEncoder(model) => {
            let peak = model.activations(batch, value, unpacked(pass.precision), detail);
            (model.shapes().bytes(pass.precision), peak)
        }
        Component::Denoiser => {
            let denoiser = Denoiser::of(pass.pipeline);
            let peak = denoiser.activations(size, batch, pass.precision, detail);
            (denoiser.shapes().bytes(pass.precision), peak)
        }
        Component::ImageDecoder | Component::ImageEncoder => {
            let vae = Vae::of(pass.pipeline);
            let weights = |value| value * vae.parameters();
            match (vae, pass.component) {
                (Vae::Video(vae), _) => {
                    let size = [size.height, size.width, size.frames];
                    (weights(4.0), vae.decoding(size, batch, pass.tiled, detail))
                }
                (Vae::Image(_), Component::ImageEncoder) => {
                    let (height, width) = (size.height * image_vae::SCALE, size.width * image_vae::SCALE);
                    (weights(value), ImageVae::encoding(height, width, batch, value, detail))
                }
                (Vae::Image(vae), _) => {
                    let size = [size.height, size.width];
                    (weights(value), vae.decoding(size, batch, pass.tiled, value, detail))
                }
            }
        }
    }
}
