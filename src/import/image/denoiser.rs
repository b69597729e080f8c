//! Which pipeline a denoiser is of.

use super::marks::{Mark, Marks};

/// A denoiser as people call it, and the pipelines that compute it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) struct Known {
    /// As people call it.
    pub name: &'static str,
    /// Keys of pipelines that compute it; the first that is known here decides.
    pub pipelines: &'static [&'static str],
}

const fn known(name: &'static str, pipelines: &'static [&'static str]) -> Known {
    Known { name, pipelines }
}

/// Denoisers that one mark tells; where a file has several, the first of these decides.
const BY_MARK: [(Mark, Known); 7] = [
    (Mark::Chroma, known("Chroma", &["chroma"])),
    (Mark::Flux2, known("FLUX.2", &["flux.2-dev"])),
    (Mark::HunyuanVideo, known("HunyuanVideo", &["hunyuan-video", "hunyuanvideo"])),
    (Mark::QwenImage, known("Qwen-Image", &["qwen-image"])),
    (Mark::HiDream, known("HiDream-I1", &["hidream-i1"])),
    (Mark::LtxAudio, known("LTX-2", &["ltx-2"])),
    (Mark::Ltx, known("LTX-Video", &["ltx-video"])),
];

/// The denoiser whose tensors these are; `name` is that of the file, which tells apart what tensors do not.
pub(in crate::import) fn denoiser(marks: &Marks, name: &str) -> Option<Known> {
    let name = name.to_lowercase();
    let says = |word: &str| name.contains(word);
    if marks.has(Mark::Flux2) && says("klein") {
        let key: &[&str] = if says("9b") { &["flux.2-klein-9b"] } else { &["flux.2-klein-4b"] };
        return Some(known("FLUX.2 klein", key));
    }
    if let Some((_, known)) = BY_MARK.iter().find(|(mark, _)| marks.has(*mark)) {
        return Some(*known);
    }
    if marks.has(Mark::Flux) {
        return Some(if marks.has(Mark::FluxGuidance) || says("dev") {
            known("FLUX.1-dev", &["flux.1-dev"])
        } else {
            known("FLUX.1-schnell", &["flux.1-schnell", "flux.1-dev"])
        });
    }
    if marks.has(Mark::Sd3) || marks.has(Mark::Sd3Dual) {
        return Some(stable_diffusion_3(marks));
    }
    if marks.has(Mark::Lumina) {
        let is_z_image = marks.width == Some(3840);
        return Some(match (is_z_image, says("turbo")) {
            (true, true) => known("Z-Image-Turbo", &["z-image-turbo"]),
            (true, false) => known("Z-Image", &["z-image"]),
            (false, _) => known("Lumina 2", &[]),
        });
    }
    if marks.has(Mark::Wan) {
        return Some(wan(marks, &says));
    }
    marks.has(Mark::UNet).then(|| unet(marks))
}

const fn is_large(marks: &Marks) -> bool {
    // Large has 38 blocks, the others 24.
    marks.blocks > 30
}

fn stable_diffusion_3(marks: &Marks) -> Known {
    if is_large(marks) {
        known("Stable Diffusion 3.5 Large", &["sd3.5-large"])
    } else if marks.has(Mark::Sd3Dual) {
        known("Stable Diffusion 3.5 Medium", &["sd3.5-medium"])
    } else {
        known("Stable Diffusion 3", &["sd3-medium"])
    }
}

/// Sizes of Wan; 2.1 and the experts of 2.2 have the same shapes, so that only names tell them apart.
fn wan(marks: &Marks, says: &dyn Fn(&str) -> bool) -> Known {
    match marks.width {
        Some(1536) => known("Wan 2.1 1.3B", &["wan2.1-1.3b"]),
        Some(3072) => known("Wan 2.2 5B", &["wan2.2-5b"]),
        Some(5120) if ["high", "low", "2.2", "2_2", "a14b"].iter().any(|word| says(word)) => {
            known("Wan 2.2 A14B", &["wan2.2-14b"])
        }
        Some(5120) => known("Wan 2.1 14B", &["wan2.1-14b"]),
        _ => known("Wan", &[]),
    }
}

/// UNets by what they read of the prompt.
fn unet(marks: &Marks) -> Known {
    match marks.prompt {
        Some(768) => known("Stable Diffusion 1.5", &["sd1.5"]),
        Some(1024) => known("Stable Diffusion 2", &[]),
        Some(1280) => known("SDXL's refiner", &[]),
        Some(2048) => known("SDXL", &["sdxl"]),
        _ if marks.has(Mark::UNetPooled) => known("SDXL", &["sdxl"]),
        _ => known("a UNet", &[]),
    }
}
