//! What makes images in ComfyUI: its flags (`comfy/cli_args.py`), its nodes and those of ComfyUI-GGUF, read on 2026-11-28.
//!
//! It keeps text encoders of a GGUF file packed, and holds them in 8 bit, where Transformers unpacks them as it loads them.

use crate::spec::{Diffusion, DiffusionMode, DiffusionPrecision, Pipeline, Residency};

/// Whether text encoders are held as ComfyUI alone holds them.
pub(in crate::report) fn is_made_by_comfy(diffusion: &Diffusion) -> bool {
    use DiffusionPrecision::{Fp8, Q4_0, Q8_0};
    let held = diffusion.text_asked();
    diffusion.mode == DiffusionMode::Generate && matches!(held, Some(Fp8 | Q8_0 | Q4_0))
}

/// What changes one setting there.
pub(super) fn setting(diffusion: &Diffusion, key: &str, value: &str) -> Option<String> {
    Some(match (key, value) {
        ("text_precision", "fp8") => "--fp8_e4m3fn-text-enc".to_owned(),
        ("text_precision", form @ ("q8_0" | "q4_0")) => {
            format!("{} of ComfyUI-GGUF, with a GGUF file in {form}", text_loader(diffusion.pipeline))
        }
        ("precision", form @ ("q8_0" | "q4_0")) => {
            format!("UnetLoaderGGUF of ComfyUI-GGUF, with a GGUF file in {form}")
        }
        ("precision", "fp8") => denoiser_flag(DiffusionPrecision::Fp8).to_owned(),
        ("residency", "component") => residency_flag(Residency::Component).to_owned(),
        ("residency", "sequential") => residency_flag(Residency::Sequential).to_owned(),
        ("vae_tiling", "true") => "VAEDecodeTiled in place of VAEDecode".to_owned(),
        ("batch", count) => format!("EmptyLatentImage with batch_size {count}"),
        ("resolution", sides) => format!("EmptyLatentImage of {}", sides.replace('x', " × ")),
        _ => return None,
    })
}

/// The node that loads text encoders of a GGUF file.
pub(in crate::report) const fn text_loader(pipeline: Pipeline) -> &'static str {
    match pipeline.record().diffusers.text_encoder.as_bytes() {
        b"text_encoder_2" => "DualCLIPLoaderGGUF",
        b"text_encoder_3" => "TripleCLIPLoaderGGUF",
        _ => "CLIPLoaderGGUF (DualCLIPLoaderGGUF for two)",
    }
}

/// The flag that holds the denoiser otherwise than its file has it.
pub(in crate::report) const fn denoiser_flag(precision: DiffusionPrecision) -> &'static str {
    match precision {
        DiffusionPrecision::Fp8 => "--fp8_e4m3fn-unet",
        DiffusionPrecision::Fp32 => "--fp32-unet",
        _ => "",
    }
}

/// The flag that says which models stay on the device.
pub(in crate::report) const fn residency_flag(residency: Residency) -> &'static str {
    match residency {
        Residency::All => "--gpu-only",
        Residency::Component => "--disable-smart-memory",
        Residency::Sequential => "--novram",
    }
}
