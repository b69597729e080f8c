//! What a file in hand says of the models of a pipeline for images.

use std::collections::BTreeMap;

use super::{Diffusion, DiffusionPrecision, Pipeline};

/// A file, or a folder of them, with models of a pipeline; what it holds is weighed by its own tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageFile {
    /// How a preset names it: its path.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// The pipeline that it belongs to.
    pub pipeline: Pipeline,
    /// Whether pipelines beside that one use the same model too: a text encoder or a VAE by itself.
    pub shared: bool,
    /// The precision that its models are computed as. A scenario that asks for another means another file.
    pub stored: DiffusionPrecision,
    /// Bytes of each model that it holds.
    pub parts: BTreeMap<ImagePart, u64>,
    /// What should be known about it, one sentence each.
    pub notes: Vec<String>,
}

/// A model of a pipeline, or what is added to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImagePart {
    /// Turns noise into latents: a UNet or a transformer.
    Denoiser,
    /// OpenAI's CLIP ViT-L/14, which reads the prompt.
    ClipL,
    /// OpenCLIP ViT-bigG/14.
    ClipG,
    /// The encoder of T5 or UMT5.
    T5,
    /// A language model that reads the prompt.
    LanguageModel,
    /// Turns latents into pixels.
    Vae,
    /// A low-rank adapter, kept beside the denoiser.
    Adapter,
    /// A ControlNet or an IP-Adapter, which works beside the denoiser.
    Control,
}

impl ImagePart {
    /// As people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Denoiser => "denoiser",
            Self::ClipL => "CLIP ViT-L/14",
            Self::ClipG => "OpenCLIP ViT-bigG/14",
            Self::T5 => "T5 encoder",
            Self::LanguageModel => "language model",
            Self::Vae => "VAE",
            Self::Adapter => "adapter",
            Self::Control => "ControlNet",
        }
    }

    /// Whether a pipeline works without it.
    pub const fn is_added(self) -> bool {
        matches!(self, Self::Adapter | Self::Control)
    }
}

impl ImageFile {
    /// Bytes of all that it holds.
    pub fn bytes(&self) -> u64 {
        self.parts.values().fold(0, |sum, bytes| sum.saturating_add(*bytes))
    }

    /// Whether it holds a model that every run of the pipeline needs.
    pub fn holds_models(&self) -> bool {
        self.parts.keys().any(|part| !part.is_added())
    }
}

impl Diffusion {
    /// The file that is in hand, where it belongs to what is asked.
    pub fn file_in_use(&self) -> Option<&ImageFile> {
        let file = self.file.as_deref()?;
        let fits = file.pipeline == self.pipeline || file.shared;
        (fits && (file.stored == self.precision || !file.holds_models())).then_some(file)
    }

    /// Bytes of a model as the file in hand has it.
    pub fn in_file(&self, part: ImagePart) -> Option<u64> {
        self.file_in_use()?.parts.get(&part).copied()
    }

    /// How a model is held: what is not in a file of other models is in 16 bit, as pipelines load it, unless it was asked;
    /// text encoders and the VAE have settings of their own.
    pub fn precision_of(&self, part: ImagePart) -> DiffusionPrecision {
        let file = self.file_in_use().filter(|file| file.holds_models());
        if file.is_some_and(|file| file.parts.contains_key(&part)) {
            return self.precision;
        }
        let asked = match part {
            ImagePart::ClipL | ImagePart::ClipG | ImagePart::T5 | ImagePart::LanguageModel => {
                self.text_asked()
            }
            ImagePart::Vae => self.vae_asked(),
            ImagePart::Denoiser | ImagePart::Adapter | ImagePart::Control => None,
        };
        asked.unwrap_or_else(|| match (part, file) {
            (ImagePart::Denoiser | ImagePart::Adapter | ImagePart::Control | ImagePart::Vae, None) => {
                self.precision
            }
            // Beside a packed denoiser text encoders stay in 16 bit.
            (_, None) if self.precision == DiffusionPrecision::Fp32 => DiffusionPrecision::Fp32,
            _ => DiffusionPrecision::Bf16,
        })
    }

    /// Says so where the file in hand is not the one that is asked about.
    pub(super) fn another_file(&self) -> Option<String> {
        let file = self.file.as_deref().filter(|_| self.file_in_use().is_none())?;
        Some(if file.pipeline == self.pipeline || file.shared {
            format!(
                "The file is computed as {}; precision {} is answered as another file of the same models",
                super::Named::key(file.stored),
                super::Named::key(self.precision)
            )
        } else {
            format!(
                "The file is of {}, and pipeline {} is asked: the file is left out",
                super::Named::label(file.pipeline),
                super::Named::key(self.pipeline)
            )
        })
    }
}
