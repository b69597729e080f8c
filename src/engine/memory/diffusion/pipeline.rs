//! Which models a pipeline is made of, and what each needs.

use super::image_vae::{self, ImageVae};
use super::record::VaeHeld;
pub use super::record::{Denoiser, Vae};
use super::recorded::Amounts;
use super::records::record;
use super::stored::{Shapes, unpacked, value};
use super::text::TextModel;
use super::unet::{self, Grid};
use super::video_vae;
use super::{Component, Pass, flux};
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;
use crate::spec::pipeline::PipelineRecord;
use crate::spec::{Diffusion, DiffusionPrecision, ImagePart, Pipeline};
use crate::units::count;

/// More than any machine can hold, of pixels on a side, frames or images; larger inputs are taken as this.
const MOST: u64 = 1 << 24;

impl Denoiser {
    /// That of a pipeline.
    pub fn of(pipeline: Pipeline) -> Self {
        record(pipeline).denoiser
    }

    /// Its parameters.
    pub fn shapes(self) -> Shapes {
        match self {
            Self::Unet(unet) => unet.shapes(),
            Self::Flux => flux::shapes(),
            Self::Wan(wan) => wan.shapes(),
            Self::Recorded(of) => of.record.shapes,
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
            Self::Recorded(of) => of.record.activations(size.amounts(batch), value, unpacked, detail),
        }
    }

    /// Values of the latents of one image or clip.
    pub fn latents(self, size: Size) -> f64 {
        match self {
            Self::Unet(_) => unet::LATENTS * size.positions(),
            Self::Flux => flux::TOKEN * size.tokens(),
            Self::Wan(wan) => wan.latents * size.positions(),
            Self::Recorded(of) => of.channels * size.positions(),
        }
    }

    /// Bytes of the scores of one attention, where they are written out: heads × tokens².
    pub fn scores(self, size: Size, batch: f64, precision: DiffusionPrecision) -> f64 {
        let (heads, tokens) = match self {
            Self::Unet(unet) => unet.widest_attention(Grid { height: size.height, width: size.width }),
            Self::Flux => flux::attention(size.tokens()),
            Self::Wan(wan) => wan.attention(size.tokens()),
            Self::Recorded(of) => (of.heads, size.tokens() + of.text),
        };
        value(precision) * heads * tokens * tokens * batch
    }
}

impl Vae {
    /// That of a pipeline.
    pub fn of(pipeline: Pipeline) -> Self {
        record(pipeline).vae
    }

    /// Its parameters.
    pub const fn parameters(self) -> f64 {
        match self {
            Self::Image(vae) => vae.parameters,
            Self::Video(vae) => vae.parameters,
            Self::Recorded(vae) => vae.record.shapes.count() + vae.beside,
        }
    }

    /// Weights of its largest layer.
    pub const fn largest(self) -> f64 {
        match self {
            Self::Image(_) => image_vae::LARGEST,
            Self::Video(vae) => vae.largest(),
            Self::Recorded(vae) => vae.record.shapes.largest,
        }
    }

    /// Latents on a side of a tile.
    fn side(self) -> f64 {
        match self {
            Self::Image(vae) => vae.side(),
            Self::Video(vae) => vae.side(),
            Self::Recorded(vae) => vae.tile[0],
        }
    }

    /// Pixels on a side of a latent, and frames of a latent frame after the first.
    const fn scale(self) -> [f64; 2] {
        match self {
            Self::Image(_) => [image_vae::SCALE, 1.0],
            Self::Video(vae) => [vae.scale, video_vae::FRAMES],
            Self::Recorded(vae) => [vae.scale, vae.frames],
        }
    }

    /// Bytes of a value where it works, or waits.
    pub fn value(diffusion: &Diffusion, working: bool) -> f64 {
        match (record(diffusion.pipeline).vae_held, diffusion.vae_asked()) {
            (_, Some(asked)) => value(asked),
            (VaeHeld::Single, None) => 4.0,
            (VaeHeld::WidenedAtWork, None) if working => 4.0,
            (VaeHeld::WidenedAtWork | VaeHeld::AsComputed, None) => {
                value(diffusion.precision_of(ImagePart::Vae))
            }
        }
    }
}

/// The number format that a pipeline's VAE is counted in where none is asked.
pub fn vae_held(pipeline: Pipeline) -> VaeHeld {
    record(pipeline).vae_held
}

/// The text encoders of a pipeline.
pub fn text_models(pipeline: Pipeline) -> &'static [TextModel] {
    record(pipeline).text
}

/// Denoisers a pipeline holds.
pub fn denoisers(pipeline: Pipeline) -> f64 {
    record(pipeline).denoisers
}

/// How often the denoiser works in a step: twice where guidance computes with and without the prompt in turn.
pub fn passes_a_step(diffusion: &Diffusion) -> f64 {
    let guided = diffusion.guidance && !diffusion.pipeline.is_distilled();
    if guided && !record(diffusion.pipeline).guided_together { 2.0 } else { 1.0 }
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
    /// Latents on a side of a token.
    pub side: f64,
    /// Tokens of the sound of a clip.
    pub sound: f64,
}

impl Size {
    /// Size in latents of what a pipeline makes in pixels and frames; a part of a latent is cut off.
    pub fn new(pipeline: Pipeline, width: u64, height: u64, frames: u64) -> Self {
        let [scale, step] = Vae::of(pipeline).scale();
        let PipelineRecord { latents_a_side: side, video, .. } = *pipeline.record();
        let frames = if pipeline.makes_video() {
            1.0 + ((count(pipeline.frames_made(frames.clamp(1, MOST))) - 1.0) / step).floor()
        } else {
            1.0
        };
        let latents = |pixels: u64| (count(pixels.min(MOST)) / (scale * side)).floor().max(1.0) * side;
        let sound = video.and_then(|video| video.sound).map_or(0.0, |sound| {
            ((1.0 + (frames - 1.0) * step) / sound.frames_a_second * sound.tokens_a_second).round()
        });
        Self { height: latents(height), width: latents(width), frames, side, sound }
    }

    /// As a record asks for it.
    pub const fn amounts(self, batch: f64) -> Amounts {
        let Self { height, width, frames, sound, .. } = self;
        Amounts { batch, tokens: self.tokens(), height, width, frames, sound, rank: 0.0 }
    }

    /// Latents of each channel.
    const fn positions(self) -> f64 {
        self.height * self.width * self.frames
    }

    /// Tokens: two by two latents, or one where the VAE makes them that large.
    pub const fn tokens(self) -> f64 {
        self.positions() / (self.side * self.side)
    }
}

/// A number of images that can be computed with.
pub fn images(batch: u64) -> f64 {
    count(batch.clamp(1, MOST))
}

/// Whether the whole image is one tile of the VAE, so that tiling it changes nothing.
pub fn is_one_tile(diffusion: &Diffusion) -> bool {
    let size = Size::new(diffusion.pipeline, diffusion.width, diffusion.height, diffusion.frames);
    let side = Vae::of(diffusion.pipeline).side();
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
                    // It was measured in 32 bit.
                    (weights(value), vae.decoding(size, batch, pass.tiled, detail).times(value / 4.0))
                }
                (Vae::Recorded(vae), _) => {
                    (weights(value), vae.decoding(size, batch, pass.tiled, value, detail))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_has_a_latent_frame_and_one_for_each_four_more() {
        // Wan makes 5 frames where 4 are asked for; HunyuanVideo leaves out what is no whole latent.
        let wan = [(1, 1.0), (3, 1.0), (4, 2.0), (5, 2.0), (7, 2.0), (81, 21.0), (84, 22.0), (85, 22.0)];
        let hunyuan = [(1, 1.0), (4, 1.0), (5, 2.0), (81, 21.0), (84, 21.0), (85, 22.0)];
        let wan = wan.map(|of| (Pipeline::Wan21Small, of));
        let hunyuan = hunyuan.map(|of| (Pipeline::HunyuanVideo, of));
        for (pipeline, (frames, latent)) in wan.into_iter().chain(hunyuan) {
            let size = Size::new(pipeline, 832, 480, frames);
            assert_eq!(size.frames.total_cmp(&latent), std::cmp::Ordering::Equal, "{frames}: {size:?}");
        }
        let image = Size::new(Pipeline::Sdxl, 1024, 1024, 81);
        assert_eq!(image.frames.total_cmp(&1.0), std::cmp::Ordering::Equal, "{image:?}");
    }
}
