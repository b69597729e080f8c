//! The pipelines.

use super::{Diffusers, DiffusersScript, Operations, PipelineRecord, PipelineSize, Sound, Video};
use crate::spec::named::choices;

/// Declares pipelines: as a choice, with a record each, and what groups of its evidence are called.
macro_rules! pipelines {
    ($($(#[$of_choice:meta])* $choice:ident = $key:literal $(| $alias:literal)*, $label:literal => $record:expr;)*) => {
        choices! {
            /// The models that work together.
            Pipeline { $($(#[$of_choice])* $choice = $key $(| $alias)*, $label;)* }
        }

        impl Pipeline {
            /// What is given of it.
            pub const fn record(self) -> &'static PipelineRecord {
                match self { $(Self::$choice => const { &$record },)* }
            }

            /// What its recorded models are called where they are held against measurements.
            pub const fn recorded_title(self) -> &'static str {
                match self { $(Self::$choice => concat!($label, ", models at further settings"),)* }
            }

            /// What training its adapters is called where it is held against measurements.
            pub const fn training_title(self) -> &'static str {
                match self { $(Self::$choice => concat!($label, ", training an adapter"),)* }
            }
        }
    };
}

const fn size([width, height, frames, steps]: [u64; 4]) -> PipelineSize {
    PipelineSize { width, height, frames, steps }
}

const fn published(repository: &'static str, class: &'static str) -> Diffusers {
    Diffusers { repository, class: Some(class), ..Diffusers::USUAL }
}

const fn unet(repository: &'static str) -> Diffusers {
    Diffusers { repository, published: "float16", denoiser: "unet", ..Diffusers::USUAL }
}

/// Images of tokens of 16 × 16 pixels.
const IMAGE: PipelineRecord = PipelineRecord {
    usual: size([1024, 1024, 1, 50]),
    video: None,
    distilled: false,
    patch: 16,
    latents_a_side: 2.0,
    operations: Operations::counted([0.0; 3]),
    diffusers: Diffusers::USUAL,
};

pipelines! {
    /// Stable Diffusion 1.5.
    Sd15 = "sd1.5", "Stable Diffusion 1.5" => PipelineRecord {
        usual: size([512, 512, 1, 50]),
        patch: 8,
        latents_a_side: 1.0,
        operations: Operations::counted([3.007_77e9, 1.654_71e8, 7301.2]).of_pixels(64.0),
        diffusers: Diffusers {
            trainer: Some(DiffusersScript::plain("text_to_image/train_text_to_image_lora.py")),
            ..unet("stable-diffusion-v1-5/stable-diffusion-v1-5")
        },
        ..IMAGE
    };
    /// Stable Diffusion XL.
    Sdxl = "sdxl", "SDXL" => PipelineRecord {
        patch: 8,
        latents_a_side: 1.0,
        operations: Operations::counted([5.253_1e10, 3.635_92e8, 2800.0]).of_pixels(64.0),
        diffusers: Diffusers {
            text_encoder: "text_encoder_2",
            trainer: Some(DiffusersScript::plain("text_to_image/train_text_to_image_lora_sdxl.py")),
            ..unet("stabilityai/stable-diffusion-xl-base-1.0")
        },
        ..IMAGE
    };
    /// FLUX.1-dev. It has 11.9B parameters, of which the modulations (3.2B) work once a step and each token passes one of
    /// two streams: 6.45B (the 74.4 TFLOP a step at 1024 × 1024 that papers on it count).
    Flux1Dev = "flux.1-dev", "FLUX.1-dev" => PipelineRecord {
        usual: size([1024, 1024, 1, 28]),
        distilled: true,
        operations: Operations { reads_text: true, ..Operations::passed([6.45e9, 3072.0, 57.0]) },
        diffusers: Diffusers {
            text_encoder: "text_encoder_2",
            trainer: Some(DiffusersScript::dreambooth("dreambooth/train_dreambooth_lora_flux.py")),
            ..published("black-forest-labs/FLUX.1-dev", "FluxTransformer2DModel")
        },
        ..IMAGE
    };
    /// FLUX.1-schnell, distilled to four steps.
    Flux1Schnell = "flux.1-schnell", "FLUX.1-schnell" => PipelineRecord {
        usual: size([1024, 1024, 1, 4]),
        distilled: true,
        operations: Operations::counted([3.363_86e12, 1.326_95e10, 700_416.0]),
        diffusers: Diffusers {
            text_encoder: "text_encoder_2",
            ..published("black-forest-labs/FLUX.1-schnell", "FluxTransformer2DModel")
        },
        ..IMAGE
    };
    /// FLUX.2-dev.
    Flux2Dev = "flux.2-dev", "FLUX.2-dev" => PipelineRecord {
        distilled: true,
        operations: Operations::counted([2.859_95e13, 5.637_46e10, 1_376_256.0]),
        diffusers: published("black-forest-labs/FLUX.2-dev", "Flux2Transformer2DModel"),
        ..IMAGE
    };
    /// FLUX.2-klein 4B, distilled to four steps.
    Flux2Klein4b = "flux.2-klein-4b" | "flux.2-klein", "FLUX.2-klein 4B" => PipelineRecord {
        usual: size([1024, 1024, 1, 4]),
        distilled: true,
        operations: Operations::counted([3.245_73e12, 6.450_32e9, 307_200.0]),
        diffusers: published("black-forest-labs/FLUX.2-klein-4B", "Flux2Transformer2DModel"),
        ..IMAGE
    };
    /// FLUX.2-klein 9B, distilled to four steps.
    Flux2Klein9b = "flux.2-klein-9b", "FLUX.2-klein 9B" => PipelineRecord {
        usual: size([1024, 1024, 1, 4]),
        distilled: true,
        operations: Operations::counted([7.336_41e12, 1.449_76e10, 524_288.0]),
        diffusers: published("black-forest-labs/FLUX.2-klein-9B", "Flux2Transformer2DModel"),
        ..IMAGE
    };
    /// Stable Diffusion 3.5 medium.
    Sd35Medium = "sd3.5-medium", "Stable Diffusion 3.5 medium" => PipelineRecord {
        usual: size([1024, 1024, 1, 40]),
        operations: Operations::counted([4.604_82e11, 1.702_92e9, 227_328.0]),
        diffusers: Diffusers {
            text_encoder: "text_encoder_3",
            ..published("stabilityai/stable-diffusion-3.5-medium", "SD3Transformer2DModel")
        },
        ..IMAGE
    };
    /// Stable Diffusion 3.5 large.
    Sd35Large = "sd3.5-large", "Stable Diffusion 3.5 large" => PipelineRecord {
        usual: size([1024, 1024, 1, 28]),
        operations: Operations::counted([1.813_83e12, 5.640_96e9, 369_664.0]),
        diffusers: Diffusers {
            text_encoder: "text_encoder_3",
            ..published("stabilityai/stable-diffusion-3.5-large", "SD3Transformer2DModel")
        },
        ..IMAGE
    };
    /// Qwen-Image.
    QwenImage = "qwen-image", "Qwen-Image" => PipelineRecord {
        usual: size([1328, 1328, 1, 50]),
        operations: Operations::counted([1.768_01e12, 1.377_91e10, 737_280.0]),
        diffusers: Diffusers {
            trainer: Some(DiffusersScript {
                offloads: true,
                ..DiffusersScript::dreambooth("dreambooth/train_dreambooth_lora_qwen_image.py")
            }),
            ..published("Qwen/Qwen-Image", "QwenImageTransformer2DModel")
        },
        ..IMAGE
    };
    /// Z-Image, the base model, which is guided.
    ZImage = "z-image" | "z-image-base", "Z-Image" => PipelineRecord {
        operations: Operations::counted([1.460_44e12, 1.144_36e10, 491_520.0]),
        diffusers: published("Tongyi-MAI/Z-Image", "ZImageTransformer2DModel"),
        ..IMAGE
    };
    /// Z-Image-Turbo, distilled to eight steps without guidance.
    ZImageTurbo = "z-image-turbo", "Z-Image-Turbo" => PipelineRecord {
        usual: size([1024, 1024, 1, 9]),
        distilled: true,
        operations: Operations::counted([1.460_44e12, 1.144_36e10, 491_520.0]),
        diffusers: Diffusers {
            told_not_to_guide: true,
            ..published("Tongyi-MAI/Z-Image-Turbo", "ZImageTransformer2DModel")
        },
        ..IMAGE
    };
    /// Wan 2.1, 1.3 B parameters for text to video.
    Wan21Small = "wan2.1-1.3b", "Wan 2.1 1.3B" => PipelineRecord {
        usual: size([832, 480, 81, 50]),
        video: Some(Video { rounds_to_fours: true, ..Video::USUAL }),
        operations: Operations::counted([1.538_47e11, 2.595_62e9, 184_320.0]),
        diffusers: published("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "WanTransformer3DModel"),
        ..IMAGE
    };
    /// Wan 2.1, 14 B parameters for text to video. The text's keys and values and the embeddings do not see the clip's
    /// tokens, so that each passes 11.96B.
    Wan21Large = "wan2.1-14b", "Wan 2.1 14B" => PipelineRecord {
        usual: size([1280, 720, 81, 50]),
        video: Some(Video { rounds_to_fours: true, ..Video::USUAL }),
        operations: Operations::passed([11.96e9, 5120.0, 40.0]),
        diffusers: published("Wan-AI/Wan2.1-T2V-14B-Diffusers", "WanTransformer3DModel"),
        ..IMAGE
    };
    /// Wan 2.2, 5 B parameters for text and image to video, of which a token passes 4.34B.
    Wan22Small = "wan2.2-5b", "Wan 2.2 5B" => PipelineRecord {
        usual: size([1280, 704, 121, 50]),
        video: Some(Video { rounds_to_fours: true, frames_a_second: 24, ..Video::USUAL }),
        patch: 32,
        operations: Operations::passed([4.34e9, 3072.0, 30.0]).of_pixels(1024.0),
        diffusers: published("Wan-AI/Wan2.2-TI2V-5B-Diffusers", "WanTransformer3DModel"),
        ..IMAGE
    };
    /// Wan 2.2 A14B, two experts of 14 B used one after the other.
    Wan22Large = "wan2.2-14b", "Wan 2.2 A14B" => PipelineRecord {
        usual: size([1280, 720, 81, 40]),
        video: Some(Video { rounds_to_fours: true, ..Video::USUAL }),
        operations: Operations::passed([11.96e9, 5120.0, 40.0]),
        diffusers: Diffusers {
            second: Some("transformer_2"),
            ..published("Wan-AI/Wan2.2-T2V-A14B-Diffusers", "WanTransformer3DModel")
        },
        ..IMAGE
    };
    /// HunyuanVideo, 13 B parameters for text to video.
    HunyuanVideo = "hunyuan-video" | "hunyuanvideo", "HunyuanVideo" => PipelineRecord {
        usual: size([1280, 720, 129, 50]),
        video: Some(Video { frames_a_second: 15, ..Video::USUAL }),
        distilled: true,
        operations: Operations::counted([3.658_3e12, 1.396_78e10, 737_280.0]),
        diffusers: published("hunyuanvideo-community/HunyuanVideo", "HunyuanVideoTransformer3DModel"),
        ..IMAGE
    };
    /// LTX-2, 19 B parameters for text to video with sound.
    Ltx2 = "ltx-2", "LTX-2" => PipelineRecord {
        usual: size([768, 512, 121, 40]),
        video: Some(Video {
            frames_a_latent: 8.0,
            frames_a_second: 24,
            sound: Some(Sound { frames_a_second: 24.0, tokens_a_second: 25.0 }),
            ..Video::USUAL
        }),
        patch: 32,
        latents_a_side: 1.0,
        operations: Operations::counted([4.158_94e12, 2.673_74e10, 803_684.0]).of_pixels(1024.0),
        diffusers: published("Lightricks/LTX-2", "LTX2VideoTransformer3DModel"),
        ..IMAGE
    };
}
