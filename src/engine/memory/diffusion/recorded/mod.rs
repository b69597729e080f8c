//! Models whose allocations were recorded from the classes that diffusers and Transformers run, each one record.
//!
//! A record says what is live at the moments at which the peak lies for some size: each tensor by the module and
//! operation that made it, in bytes that depend on the size. `tests/evidence/diffusion/record.py` writes it: every tensor
//! of several runs without data is resolved to the byte, nothing is fitted. Records are of 16-bit models.

pub mod flux1_schnell;
pub mod flux2;
pub mod flux2_klein_4b;
pub mod flux2_klein_9b;
pub mod gemma3_12b;
pub mod hunyuan_video;
pub mod hunyuan_video_vae;
pub mod llama3_8b;
pub mod ltx2;
pub mod ltx2_connectors;
pub mod ltx2_vae;
pub mod mistral_small;
pub mod qwen25_vl_7b;
pub mod qwen3_4b;
pub mod qwen3_4b_head;
pub mod qwen3_8b;
pub mod qwen_image;
pub mod qwen_image_vae;
pub mod sd35_large;
pub mod sd35_medium;
pub mod train_flux1_dev;
pub mod train_qwen_image;
pub mod training;
pub mod z_image;

use super::stored::Shapes;
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;

/// A model as it was recorded.
#[derive(Debug)]
pub struct Recorded {
    /// Its parameters.
    pub shapes: Shapes,
    /// What is live for one image, clip or prompt.
    pub one: &'static [Moment],
    /// What is live for several at once; with one, some tensors are views that are copies here.
    pub several: &'static [Moment],
}

/// What is live at one moment.
#[derive(Debug)]
pub struct Moment {
    /// Weights of the matrix that is multiplied with, which packed formats unpack first.
    pub matrix: f64,
    /// Tensors by the module and operation that made them.
    pub alive: &'static [Tensor],
}

/// A tensor, or several that were made alike, and what its bytes grow with.
pub type Tensor = (&'static str, &'static [(By, f64)]);

/// What bytes grow with: each so many bytes for one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Nothing.
    One,
    /// Images, clips or prompts.
    Batch,
    /// Tokens of one image or clip.
    Tokens,
    /// Tokens of all.
    AllTokens,
    /// Latents along the height.
    Height,
    /// Latents along the width.
    Width,
    /// The same for all images.
    AllHeight,
    /// The same for all images.
    AllWidth,
    /// Latents of a frame.
    Area,
    /// The same for all images.
    AllArea,
    /// Latent frames.
    Frames,
    /// Frames times height.
    FramesHeight,
    /// Frames times width.
    FramesWidth,
    /// Latents of a clip.
    Volume,
    /// Tokens of the clip's sound.
    Sound,
    /// The same for all clips.
    AllSound,
    /// Rank of an adapter.
    Rank,
    /// Tokens of all images times that.
    AllTokensRank,
}

/// The size of what a model works on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Amounts {
    /// Images, clips or prompts.
    pub batch: f64,
    /// Tokens of one.
    pub tokens: f64,
    /// Latents along the height.
    pub height: f64,
    /// Latents along the width.
    pub width: f64,
    /// Latent frames.
    pub frames: f64,
    /// Tokens of its sound.
    pub sound: f64,
    /// Rank of an adapter.
    pub rank: f64,
}

impl Amounts {
    const fn of(self, by: By) -> f64 {
        let Self { batch, tokens, height, width, frames, sound, rank } = self;
        match by {
            By::One => 1.0,
            By::Batch => batch,
            By::Tokens => tokens,
            By::AllTokens => batch * tokens,
            By::Height => height,
            By::Width => width,
            By::AllHeight => batch * height,
            By::AllWidth => batch * width,
            By::Area => height * width,
            By::AllArea => batch * height * width,
            By::Frames => frames,
            By::FramesHeight => frames * height,
            By::FramesWidth => frames * width,
            By::Volume => frames * height * width,
            By::Sound => sound,
            By::AllSound => batch * sound,
            By::Rank => rank,
            By::AllTokensRank => batch * tokens * rank,
        }
    }
}

/// Bytes of a value in a record.
const RECORDED: f64 = 2.0;

impl Recorded {
    /// The most that is live beside the parameters; a model of 32 bit is taken as twice that of 16.
    pub fn activations(&self, amounts: Amounts, value: f64, unpacked: f64, detail: Detail) -> Peak {
        let moments = if amounts.batch > 1.0 && !self.several.is_empty() { self.several } else { self.one };
        // What was recorded of one alone is taken as often as there are.
        let times = if self.several.is_empty() { amounts.batch } else { 1.0 };
        let peaks = moments.iter().map(|moment| {
            let mut peak = Peak::new(detail);
            for (name, terms) in moment.alive {
                let bytes: f64 = terms.iter().map(|(by, bytes)| bytes * amounts.of(*by)).sum();
                peak = peak.with(*name, bytes * times * value / RECORDED);
            }
            peak.with("matrix unpacked to 16 bit", moment.matrix * unpacked)
        });
        peaks.fold(Peak::new(detail), Peak::most)
    }
}
