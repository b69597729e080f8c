//! What a record of a pipeline says.

use super::image_vae::ImageVae;
use super::recorded::Recorded;
use super::recorded::training::RecordedStep;
use super::text::TextModel;
use super::unet::Unet;
use super::video_vae::VideoVae;
use super::wan::Wan;

/// The denoiser of a pipeline.
#[derive(Clone, Copy, Debug)]
pub enum Denoiser {
    /// Convolutions, and attention to the prompt.
    Unet(&'static Unet),
    /// Tokens of prompt and image together.
    Flux,
    /// Tokens of a clip.
    Wan(&'static Wan),
    /// As it was recorded.
    Recorded(&'static RecordedDenoiser),
}

/// What turns latents into pixels.
#[derive(Clone, Copy, Debug)]
pub enum Vae {
    /// Of a image.
    Image(&'static ImageVae),
    /// Of a clip.
    Video(&'static VideoVae),
    /// As it was recorded.
    Recorded(&'static RecordedVae),
}

/// A pipeline.
#[derive(Debug)]
pub struct Record {
    /// What turns noise into latents.
    pub denoiser: Denoiser,
    /// Denoisers that it holds: A14B has one for much noise and one for little.
    pub denoisers: f64,
    /// Its text encoders.
    pub text: &'static [TextModel],
    /// What turns latents into pixels.
    pub vae: Vae,
    /// How the VAE is held.
    pub vae_held: VaeHeld,
    /// Whether both halves of guidance are one pass, where it is guided.
    pub guided_together: bool,
    /// A step of training its adapters, where it was recorded.
    pub step: Option<&'static RecordedStep>,
    /// Bytes of a latent between steps; those of the pass where nothing is said.
    pub between: Option<f64>,
}

/// The number format of a VAE where none is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaeHeld {
    /// As the denoiser computes.
    AsComputed,
    /// As the denoiser computes, and widened to 32 bit while it works, for in 16 bit it overflows.
    WidenedAtWork,
    /// In 32 bit.
    Single,
}

/// A denoiser that was recorded.
#[derive(Debug)]
pub struct RecordedDenoiser {
    /// What it allocates.
    pub record: &'static Recorded,
    /// Channels of its latents.
    pub channels: f64,
    /// Heads of its attention.
    pub heads: f64,
    /// Tokens of text beside those of the image in it.
    pub text: f64,
}

/// A VAE that was recorded.
#[derive(Debug)]
pub struct RecordedVae {
    /// What it allocates to decode.
    pub record: &'static Recorded,
    /// Parameters beside it: what turns latents to sound.
    pub beside: f64,
    /// Pixels on a side of one latent.
    pub scale: f64,
    /// Frames of one latent frame after the first.
    pub frames: f64,
    /// Latents on a side of a tile, and those between the starts of two.
    pub tile: [f64; 2],
    /// Latent frames that are decoded at once, and those between the starts of two parts; all where nothing is said.
    pub parts: Option<[f64; 2]>,
}
