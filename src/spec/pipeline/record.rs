//! What a pipeline's record says.

/// Size, length and steps that a model card starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipelineSize {
    /// Pixels.
    pub width: u64,
    /// Pixels.
    pub height: u64,
    /// 1 for an image.
    pub frames: u64,
    /// Steps of denoising.
    pub steps: u64,
}

/// The sound of a clip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sound {
    /// Frames of the clip a second.
    pub frames_a_second: f64,
    /// Tokens of sound a second.
    pub tokens_a_second: f64,
}

/// What sets clips apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Video {
    /// Whether a clip is one frame and four for each more, and other lengths are rounded to that.
    pub rounds_to_fours: bool,
    /// Frames of a latent frame after the first.
    pub frames_a_latent: f64,
    /// Frames a second that its example saves a clip with.
    pub frames_a_second: u32,
    /// The sound that is denoised beside it.
    pub sound: Option<Sound>,
}

impl Video {
    /// Latent frames of four frames each, shown at 16 a second.
    pub const USUAL: Self =
        Self { rounds_to_fours: false, frames_a_latent: 4.0, frames_a_second: 16, sound: None };
}

/// Operations by what a token passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Passing {
    /// 2 a token and parameter that it passes, and 4 × tokens² × width a layer of attention.
    Parameters {
        /// Those that each token passes.
        parameters: f64,
        /// Of attention.
        width: f64,
        /// Layers of attention.
        layers: f64,
    },
    /// As PyTorch counts them on the models of diffusers 0.42.1 (`FlopCounterMode` on the meta device).
    Counted {
        /// Of a pass, whatever its size.
        pass: f64,
        /// Of each token.
        token: f64,
        /// Of each pair of tokens.
        pair: f64,
    },
}

/// Operations of one pass of the denoiser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operations {
    /// Pixels that one token, or one latent of a U-net, stands for.
    pub pixels_a_token: f64,
    /// Whether tokens of text are among those of the image.
    pub reads_text: bool,
    /// What tokens pass.
    pub passing: Passing,
}

impl Operations {
    /// Counted by PyTorch: of a pass, of each token, of each pair of tokens; of tokens of 16 × 16 pixels.
    pub const fn counted([pass, token, pair]: [f64; 3]) -> Self {
        Self { pixels_a_token: 256.0, reads_text: false, passing: Passing::Counted { pass, token, pair } }
    }

    /// By the parameters that each token passes, the width of attention and its layers.
    pub const fn passed([parameters, width, layers]: [f64; 3]) -> Self {
        let passing = Passing::Parameters { parameters, width, layers };
        Self { pixels_a_token: 256.0, reads_text: false, passing }
    }

    /// The same of tokens of so many pixels.
    pub const fn of_pixels(self, pixels_a_token: f64) -> Self {
        Self { pixels_a_token, ..self }
    }
}

/// A script of diffusers that trains adapters, in its folder of examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffusersScript {
    /// Its path in that folder.
    pub file: &'static str,
    /// Whether it takes what all images show.
    pub prompted: bool,
    /// Whether it can encode all images before.
    pub caches: bool,
    /// Whether encoders can wait in system memory.
    pub offloads: bool,
}

impl DiffusersScript {
    /// A script without any of that.
    pub const fn plain(file: &'static str) -> Self {
        Self { file, prompted: false, caches: false, offloads: false }
    }

    /// One of the folder for what a few images show.
    pub const fn dreambooth(file: &'static str) -> Self {
        Self { prompted: true, caches: true, ..Self::plain(file) }
    }
}

/// How diffusers (0.42.1) runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diffusers {
    /// Where it is published.
    pub repository: &'static str,
    /// The class that loads its denoiser from a GGUF file (`SINGLE_FILE_LOADABLE_CLASSES`); nothing where none does.
    pub class: Option<&'static str>,
    /// The number format that it is published in.
    pub published: &'static str,
    /// Its denoiser's name.
    pub denoiser: &'static str,
    /// The name of the transformer for little noise, where there is one for much noise and one for little.
    pub second: Option<&'static str>,
    /// Its largest text encoder's name.
    pub text_encoder: &'static str,
    /// Whether it is one with a pipeline that guides, and has to be told not to.
    pub told_not_to_guide: bool,
    /// The script that trains its adapters, where what the script does is simulated.
    pub trainer: Option<DiffusersScript>,
}

impl Diffusers {
    /// What most have.
    pub const USUAL: Self = Self {
        repository: "",
        class: None,
        published: "bfloat16",
        denoiser: "transformer",
        second: None,
        text_encoder: "text_encoder",
        told_not_to_guide: false,
        trainer: None,
    };
}

/// What is given of a pipeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PipelineRecord {
    /// What its model card starts with.
    pub usual: PipelineSize,
    /// What sets its clips apart; nothing where it makes images.
    pub video: Option<Video>,
    /// Whether guidance was distilled into the denoiser.
    pub distilled: bool,
    /// Pixels that both sides are multiples of.
    pub patch: u64,
    /// Latents on a side of a token, of which a side is a whole number.
    pub latents_a_side: f64,
    /// Operations of one pass of the denoiser.
    pub operations: Operations,
    /// How diffusers runs it.
    pub diffusers: Diffusers,
}
