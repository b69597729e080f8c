//! Making images and video.

use std::sync::Arc;

use super::named::choices;
use super::pipeline::PipelineSize;
use super::settings::{Amount, Entry, Families, Place, Setting, Slider, Value as _, ValueError, settings};
use super::{Family, ImageFile, Named as _, Pipeline, Scenario};
use crate::units::{count, whole};

const IMAGE: Families = &[Family::Diffusion];

settings! {
    /// An image or a clip, or training an adapter for it.
    #[derive(Clone, Debug, PartialEq)]
    Diffusion in DIFFUSION for IMAGE, of Scenario::diffusion, Scenario::diffusion_mut;

    /// The models that work together.
    pipeline: Pipeline = Pipeline::Sdxl, Setting {
        label: "Pipeline", place: Place::Head, resets: &["width", "height", "frames", "steps", "guidance", "mode"],
        ..Setting::PLAIN
    };
    /// Images (`generate`), or a low-rank adapter for them (`lora`).
    mode: DiffusionMode = DiffusionMode::Generate, Setting {
        label: "Task", place: Place::Main, resets: &["steps", "split"], ..Setting::PLAIN
    };
    /// Frames of a clip; 1 for an image.
    frames: u64 = 1, Setting {
        also: &["num_frames"], label: "Frames", unit: "frames", place: Place::Slider, usual: "the pipeline's own",
        when: |scenario| scenario.diffusion().is_some_and(|diffusion| diffusion.pipeline.makes_video()),
        slider: Some(Slider::log(|_| (1.0, 257.0))), ..Setting::WIDTH
    };
    /// Images made at once.
    batch: u64 = 1, Setting {
        also: &["num_images_per_prompt", "train_batch_size"], label: "Images at once", unit: "images", place: Place::Slider, slider: Some(Slider::log(|_| (1.0, 64.0))),
        ..Setting::WIDTH
    };
    /// How the denoiser is held; text encoders and VAE have settings of their own.
    precision: DiffusionPrecision = DiffusionPrecision::Bf16, Setting {
        label: "Precision", place: Place::Slider,
        slider: Some(Slider::steps(|_| SMALLEST_FIRST.map(DiffusionPrecision::key).to_vec())), ..Setting::PLAIN
    };
    /// How the text encoders are held; `auto` is 16 bit, in which they stay while a denoiser is packed, and 32 where that is.
    text_precision: PartPrecision = PartPrecision::Auto, Setting {
        label: "Text encoders", place: Place::Main, ..Setting::PLAIN
    };
    /// How the VAE is held; `auto` is the pipeline's own rule: 32 bit for clips of Wan and for SDXL while it works.
    vae_precision: PartPrecision = PartPrecision::Auto, Setting {
        label: "VAE precision", place: Place::Main, ..Setting::PLAIN
    };
    /// Whether an image is given that the VAE encodes first (image to image).
    image_to_image: bool = false, Setting {
        label: "From an image", place: Place::Main,
        when: |scenario| scenario.diffusion().is_some_and(|diffusion| {
            diffusion.mode == DiffusionMode::Generate && !diffusion.pipeline.makes_video()
        }),
        ..Setting::PLAIN
    };
    /// Whether prompts and images were encoded before training: neither text encoders nor VAE are there.
    cached_latents: bool = false, Setting {
        label: "Cached latents", place: Place::Main, when: trains, ..Setting::PLAIN
    };
    /// Rank of a trained adapter.
    rank: u64 = 16, Setting {
        label: "Adapter rank", place: Place::Slider, when: trains, slider: Some(Slider::log(|_| (1.0, 512.0))),
        ..Setting::WIDTH
    };
    /// Which models are on the device at once: `all`, the one that works (model offload), or a layer of it (sequential
    /// offload).
    residency: Residency = Residency::All, Setting {
        label: "Residency", place: Place::Main, ..Setting::PLAIN
    };
    /// Whether each step is computed with and without the prompt (classifier-free guidance); a scale is taken too.
    guidance: bool = true, Setting {
        label: "Guidance", place: Place::Main, amount: Amount::Scale, usual: "true, and false for pipelines that are distilled",
        when: |scenario| scenario.diffusion().is_some_and(|diffusion| {
            diffusion.mode == DiffusionMode::Generate && !diffusion.pipeline.is_distilled()
        }),
        ..Setting::PLAIN
    };
    /// Whether the VAE works tile by tile.
    vae_tiling: bool = false, Setting {
        also: &["enable_vae_tiling"], label: "VAE tiling", place: Place::Main, ..Setting::PLAIN
    };
    /// Whether activations are recomputed in training: less memory, a third more time.
    gradient_checkpointing: bool = false, Setting {
        was: "checkpointing", label: "Gradient checkpointing", place: Place::Main, when: trains, ..Setting::PLAIN
    };
    /// Width of the image.
    width: u64 = 1024, Setting {
        label: "Width", unit: "pixels", usual: "the pipeline's own", ..Setting::WIDTH
    };
    /// Height of the image.
    height: u64 = 1024, Setting {
        label: "Height", unit: "pixels", usual: "the pipeline's own", ..Setting::WIDTH
    };
    /// Steps of denoising, or of the run that trains an adapter; they take time, not memory.
    steps: u64 = 50, Setting {
        also: &["num_inference_steps"], label: "Steps", unit: "steps", usual: "the pipeline's own, 1,500 to train an adapter", ..Setting::WIDTH
    };
    beside /// A file in hand with models of the pipeline.
    file: Option<Arc<ImageFile>>;
}

/// Both sides of the image at once; presets write width and height.
pub(super) static RESOLUTION: &[Setting] = &[Setting {
    key: "resolution",
    doc: &[
        "Both sides of the image: `1280x704`, or the side of a square of as many pixels at the same shape.",
    ],
    label: "Resolution",
    unit: "pixels a side",
    families: IMAGE,
    place: Place::Slider,
    written: false,
    usual: "the pipeline's own",
    get: |scenario| {
        let sides = |diffusion: &Diffusion| format!("{} × {}", diffusion.width, diffusion.height);
        scenario.diffusion().map(|diffusion| Entry::Text(sides(diffusion)))
    },
    slider: Some(Slider {
        first: true,
        get: Some(|scenario| {
            scenario
                .diffusion()
                .map_or(0.0, |diffusion| (count(diffusion.width) * count(diffusion.height)).sqrt())
        }),
        ..Slider::linear(|_| (256.0, 2048.0))
    }),
    there: |scenario| scenario.diffusion().is_some(),
    set: |setting, scenario, text| {
        let (width, height) = sides(setting, text)?;
        let Some(diffusion) = scenario.diffusion_mut() else { return Ok(None) };
        match height {
            Some(height) => (diffusion.width, diffusion.height) = (width, height),
            None => diffusion.scale_to(count(width)),
        }
        Ok(None)
    },
    check: |setting, text| sides(setting, text).map(drop),
    ..Setting::WIDTH
}];

/// Width and height, or one side.
fn sides(setting: &Setting, text: &str) -> Result<(u64, Option<u64>), ValueError> {
    let side = |text: &str| u64::read(setting, text.trim()).map(|given| given.value);
    match text.split_once(['×', 'x', '*']) {
        Some((width, height)) => Ok((side(width)?, Some(side(height)?))),
        None => Ok((side(text)?, None)),
    }
}

/// Precisions of a pipeline from the smallest to the largest.
const SMALLEST_FIRST: [DiffusionPrecision; 6] = [
    DiffusionPrecision::Nf4,
    DiffusionPrecision::Q4_0,
    DiffusionPrecision::Fp8,
    DiffusionPrecision::Q8_0,
    DiffusionPrecision::Bf16,
    DiffusionPrecision::Fp32,
];

choices! {
    /// How the denoiser and the text encoders are held; the VAE has its own rule for each pipeline.
    DiffusionPrecision {
        /// 32-bit floats.
        Fp32 = "fp32", "fp32";
        /// 16-bit floats, or brain floats where the pipeline is published so.
        Bf16 = "bf16" | "fp16", "bf16";
        /// 8-bit floats.
        Fp8 = "fp8", "fp8";
        /// GGUF 8 bit.
        Q8_0 = "q8_0", "q8_0";
        /// GGUF 4 bit.
        Q4_0 = "q4_0", "q4_0";
        /// bitsandbytes NF4.
        Nf4 = "nf4", "nf4";
    }
}

choices! {
    /// How one kind of model of a pipeline is held.
    PartPrecision {
        /// As people usually hold it beside the others.
        Auto = "auto", "auto";
        /// 32-bit floats.
        Fp32 = "fp32", "fp32";
        /// 16-bit floats.
        Bf16 = "bf16" | "fp16", "bf16";
        /// 8-bit floats.
        Fp8 = "fp8", "fp8";
        /// GGUF 8 bit.
        Q8_0 = "q8_0", "q8_0";
        /// GGUF 4 bit.
        Q4_0 = "q4_0", "q4_0";
        /// bitsandbytes NF4.
        Nf4 = "nf4", "nf4";
    }
}

impl PartPrecision {
    /// What was asked, if anything.
    pub const fn asked(self) -> Option<DiffusionPrecision> {
        match self {
            Self::Auto => None,
            Self::Fp32 => Some(DiffusionPrecision::Fp32),
            Self::Bf16 => Some(DiffusionPrecision::Bf16),
            Self::Fp8 => Some(DiffusionPrecision::Fp8),
            Self::Q8_0 => Some(DiffusionPrecision::Q8_0),
            Self::Q4_0 => Some(DiffusionPrecision::Q4_0),
            Self::Nf4 => Some(DiffusionPrecision::Nf4),
        }
    }
}

choices! {
    /// Which models are on the device at once.
    Residency {
        /// All of them.
        All = "all", "all on the device";
        /// The one that works; the others wait in system memory.
        Component = "component", "model offload";
        /// Layer by layer; only the one that works is there.
        Sequential = "sequential", "sequential offload";
    }
}

choices! {
    /// Making images, or training an adapter.
    DiffusionMode {
        /// An image or a clip.
        Generate = "generate", "generate images";
        /// A low-rank adapter of the denoiser.
        Lora = "lora", "train a LoRA";
    }
}

impl Diffusion {
    /// A pipeline at the size, length and steps that its model card starts with; a run that trains an adapter has more.
    pub fn usual(pipeline: Pipeline, mode: DiffusionMode) -> Self {
        let PipelineSize { width, height, frames, steps } = pipeline.record().usual;
        let steps = if mode == DiffusionMode::Lora { 1500 } else { steps };
        let guidance = !pipeline.is_distilled();
        Self { pipeline, mode, width, height, frames, steps, guidance, ..Self::default() }
    }

    /// How the text encoders are held, where that was asked.
    pub const fn text_asked(&self) -> Option<DiffusionPrecision> {
        self.text_precision.asked()
    }

    /// How the VAE is held, where that was asked.
    pub const fn vae_asked(&self) -> Option<DiffusionPrecision> {
        self.vae_precision.asked()
    }

    /// The same with a file in hand, in the precision of its models.
    #[must_use]
    pub fn with_file(self, file: Option<Arc<ImageFile>>) -> Self {
        let stored = file.as_ref().filter(|file| file.holds_models()).map(|file| file.stored);
        Self { precision: stored.unwrap_or(self.precision), file, ..self }
    }

    /// Both sides scaled together, to whole patches of the pipeline.
    fn scale_to(&mut self, side: f64) {
        let patch = self.pipeline.patch();
        let (width, height) = (count(self.width.max(1)), count(self.height.max(1)));
        let factor = side / (width * height).sqrt();
        let patches = |pixels: f64| whole(pixels * factor / count(patch)).max(1) * patch;
        (self.width, self.height) = (patches(width), patches(height));
    }

    /// A pipeline for images makes one frame; that is said where more are asked, and where a clip has others than asked.
    pub(super) fn hold_frames(&mut self) -> Option<String> {
        let asked = self.frames;
        let made = self.pipeline.frames_made(asked);
        if self.pipeline.makes_video() && made != asked {
            let label = self.pipeline.label();
            return Some(format!(
                "{label} makes one frame and four for each more: of {asked} it makes {made}"
            ));
        }
        if asked <= 1 || self.pipeline.makes_video() {
            return None;
        }
        self.frames = 1;
        Some(format!("{} makes single images, so frames {asked} was lowered to 1", self.pipeline.label()))
    }
}

fn trains(scenario: &Scenario) -> bool {
    scenario.diffusion().is_some_and(|diffusion| diffusion.mode == DiffusionMode::Lora)
}
