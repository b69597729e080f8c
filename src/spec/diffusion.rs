//! Making images and video.

/// A picture or a clip, or training an adapter for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diffusion {
    /// The models that work together.
    pub pipeline: Pipeline,
    /// How the denoiser and the text encoders are held.
    pub precision: DiffusionPrecision,
    /// Width of the picture in pixels.
    pub width: u64,
    /// Height of the picture in pixels.
    pub height: u64,
    /// Frames of a clip; 1 for a picture.
    pub frames: u64,
    /// Steps of denoising, or of the run that trains an adapter.
    pub steps: u64,
    /// Pictures made at once.
    pub batch: u64,
    /// Whether each step is computed with and without the prompt (classifier-free guidance).
    pub guidance: bool,
    /// Which models are on the device at once.
    pub residency: Residency,
    /// Whether the picture is decoded tile by tile.
    pub vae_tiling: bool,
    /// Making pictures, or training an adapter.
    pub mode: DiffusionMode,
    /// Rank of a trained adapter.
    pub rank: u64,
    /// Whether activations are recomputed in training.
    pub checkpointing: bool,
}

/// The models that work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pipeline {
    /// Stable Diffusion 1.5.
    Sd15,
    /// Stable Diffusion XL.
    Sdxl,
    /// FLUX.1-dev.
    Flux1Dev,
    /// Wan 2.2, 5 B parameters for text and image to video.
    Wan22Small,
    /// Wan 2.2 A14B, two experts of 14 B used one after the other.
    Wan22Large,
}

impl Pipeline {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sd15 => "Stable Diffusion 1.5",
            Self::Sdxl => "SDXL",
            Self::Flux1Dev => "FLUX.1-dev",
            Self::Wan22Small => "Wan 2.2 5B",
            Self::Wan22Large => "Wan 2.2 A14B",
        }
    }

    /// Whether it makes clips of several frames.
    pub const fn makes_video(self) -> bool {
        matches!(self, Self::Wan22Small | Self::Wan22Large)
    }
}

/// How the denoiser and the text encoders are held; the image decoder has its own rule for each pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DiffusionPrecision {
    /// 32-bit floats.
    Fp32,
    /// 16-bit floats, or brain floats where the pipeline is published so.
    Bf16,
    /// 8-bit floats.
    Fp8,
    /// GGUF 8 bit.
    Q8_0,
    /// GGUF 4 bit.
    Q4_0,
    /// bitsandbytes NF4.
    Nf4,
}

/// Which models are on the device at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Residency {
    /// All of them.
    All,
    /// The one that works; the others wait in system memory.
    Component,
    /// Layer by layer; only the one that works is there.
    Sequential,
}

/// Making pictures, or training an adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DiffusionMode {
    /// A picture or a clip.
    Generate,
    /// A low-rank adapter of the denoiser.
    Lora,
}
