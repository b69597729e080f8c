//! Images, clips and their adapters with diffusers.

use super::super::command::{denoiser_flag, is_made_by_comfy, residency_flag, text_loader};
use crate::engine::memory::diffusion::{VaeHeld, vae_held};
use crate::spec::pipeline::{Diffusers, DiffusersScript};
use crate::spec::{Diffusion, DiffusionMode, DiffusionPrecision, Named as _, Pipeline, Residency};

/// Why nothing starts it in one line, a sentence without its full stop; nothing where something does.
pub(super) fn why_not(diffusion: &Diffusion) -> Option<&'static str> {
    if diffusion.file_in_use().is_some() {
        return Some("files in hand are loaded part by part, which is a program of its own");
    }
    match diffusion.mode {
        DiffusionMode::Lora => why_not_trained(diffusion),
        DiffusionMode::Generate if diffusion.image_to_image => {
            Some("an image to start from takes a pipeline for that and the image")
        }
        DiffusionMode::Generate if is_made_by_comfy(diffusion) => {
            (diffusion.precision == DiffusionPrecision::Nf4).then_some(
                "text encoders held so are ComfyUI's, which loads no denoiser of bitsandbytes beside them",
            )
        }
        DiffusionMode::Generate if is_gguf(diffusion.precision) && of(diffusion).class.is_none() => {
            Some("diffusers has no class that loads the denoiser of this pipeline from a GGUF file")
        }
        DiffusionMode::Generate if !held_as_usual(diffusion) => Some(
            "text encoders or a VAE held otherwise are loaded one by one before the pipeline is put together",
        ),
        DiffusionMode::Generate => None,
    }
}

/// How diffusers runs what is asked.
const fn of(diffusion: &Diffusion) -> Diffusers {
    diffusion.pipeline.record().diffusers
}

/// Whether a format is that of a GGUF file.
const fn is_gguf(precision: DiffusionPrecision) -> bool {
    matches!(precision, DiffusionPrecision::Q8_0 | DiffusionPrecision::Q4_0)
}

/// What imports the class of a GGUF denoiser, what makes a part of a file, and the parts by their names in the pipeline.
fn of_gguf(pipeline: Pipeline, kind: &str) -> Option<(String, String)> {
    let Diffusers { repository, class, denoiser: first, second, .. } = pipeline.record().diffusers;
    let class = class?;
    let import = format!(
        ", {class}, GGUFQuantizationConfig; part = lambda file, folder: {class}.from_single_file(file, \
         quantization_config=GGUFQuantizationConfig(compute_dtype=torch.{kind}), config=\"{repository}\", \
         subfolder=folder, torch_dtype=torch.{kind});"
    );
    let one = |file: &str, name: &str| format!(", {name}=part(\"{file}\", \"{name}\")");
    let more = second.map(|second| one("denoiser_2.gguf", second)).unwrap_or_default();
    let parts = one("denoiser.gguf", first) + &more;
    Some((import, parts))
}

/// Whether text encoders and VAE are held as one call loads them.
fn held_as_usual(diffusion: &Diffusion) -> bool {
    let text = diffusion.text_asked();
    // bitsandbytes packs either without the other.
    let packed = text == Some(DiffusionPrecision::Nf4) && !is_gguf(diffusion.precision);
    let alike = |text| text == diffusion.precision && !is_gguf(text);
    let plain = text.is_none_or(|text| text == DiffusionPrecision::Bf16 || alike(text));
    number_kinds(diffusion).is_some() && (packed || plain)
}

/// The number formats that one call loads all models in: that of all, and that of the VAE where it is another; nothing where
/// no call loads the VAE as it is counted.
///
/// diffusers widens SDXL's VAE while it works where it was loaded in `float16`, as it is published, and in no other format
/// (`force_upcast`); its examples load the VAE of Wan in `float32`. Other pipelines hand latents to the VAE as they are, so
/// that it is of one format with the denoiser.
fn number_kinds(diffusion: &Diffusion) -> Option<(&'static str, Option<&'static str>)> {
    let published = of(diffusion).published;
    let wide = diffusion.precision == DiffusionPrecision::Fp32;
    let all = if wide { "float32" } else { published };
    match (vae_held(diffusion.pipeline), diffusion.vae_asked()) {
        (VaeHeld::Single, None | Some(DiffusionPrecision::Fp32)) if !wide => Some((all, Some("float32"))),
        (VaeHeld::Single, Some(DiffusionPrecision::Bf16)) if wide => Some((all, Some(published))),
        // In `bfloat16` it is left as it is.
        (VaeHeld::WidenedAtWork, Some(DiffusionPrecision::Bf16)) if !wide => Some(("bfloat16", None)),
        (_, None) => Some((all, None)),
        (VaeHeld::WidenedAtWork, Some(_)) => None,
        (_, Some(DiffusionPrecision::Fp32)) if wide => Some((all, None)),
        (_, Some(DiffusionPrecision::Bf16)) if !wide => Some((all, None)),
        _ => None,
    }
}

fn why_not_trained(diffusion: &Diffusion) -> Option<&'static str> {
    let script = of(diffusion).trainer;
    let width = diffusion.width == diffusion.height;
    match script {
        None => Some("diffusers has no script that is simulated here for an adapter of this pipeline"),
        Some(_) if diffusion.precision != DiffusionPrecision::Bf16 => {
            Some("the script of diffusers holds its base in 16 bit")
        }
        Some(_) if !width => Some("the script of diffusers trains on square images"),
        Some(DiffusersScript { offloads: false, .. }) if diffusion.residency != Residency::All => {
            Some("the script of diffusers keeps all models on the device")
        }
        Some(DiffusersScript { caches: false, .. }) if diffusion.cached_latents => Some(
            "the script of diffusers encodes images as it trains; sdxl_train_network.py and train_network.py of sd-scripts \
             encode them before with --cache_latents, and adapt more matrices than are counted",
        ),
        Some(_) => None,
    }
}

/// What starts it; nothing where no line does.
pub(super) fn line(diffusion: &Diffusion) -> Option<String> {
    if why_not(diffusion).is_some() {
        return None;
    }
    match diffusion.mode {
        DiffusionMode::Generate if is_made_by_comfy(diffusion) => Some(comfy(diffusion)),
        DiffusionMode::Generate => generate(diffusion),
        DiffusionMode::Lora => train(diffusion),
    }
}

fn train(diffusion: &Diffusion) -> Option<String> {
    let Diffusers { trainer, repository, .. } = of(diffusion);
    let script = trainer?;
    let flag = |is: bool, flag: &'static str| if is { flag } else { "" };
    Some(format!(
        "accelerate launch examples/{} --pretrained_model_name_or_path {} --dataset_name DATASET{} --resolution {} \
         --train_batch_size {} --max_train_steps {} --rank {} --mixed_precision bf16{}{}{} --output_dir ADAPTER",
        script.file,
        repository,
        flag(script.prompted, " --instance_prompt PROMPT"),
        diffusion.width,
        diffusion.batch,
        diffusion.steps,
        diffusion.rank,
        flag(diffusion.gradient_checkpointing, " --gradient_checkpointing"),
        flag(diffusion.cached_latents, " --cache_latents"),
        flag(diffusion.residency != Residency::All, " --offload"),
    ))
}

/// One image or clip, or as many as are made at once.
fn generate(diffusion: &Diffusion) -> Option<String> {
    let pipeline = diffusion.pipeline;
    let Diffusers { repository, denoiser, second, text_encoder, told_not_to_guide, .. } = of(diffusion);
    let (kind, of_vae) = number_kinds(diffusion)?;
    let loaded = of_vae.map_or_else(
        || format!("torch.{kind}"),
        |of_vae| format!("{{\"default\": torch.{kind}, \"vae\": torch.{of_vae}}}"),
    );
    let text_packed = diffusion.text_asked() == Some(DiffusionPrecision::Nf4);
    let packed = diffusion.precision == DiffusionPrecision::Nf4;
    let denoisers = || std::iter::once(denoiser).chain(second);
    let (import, packing) = if packed || text_packed {
        let text = text_packed.then_some(text_encoder);
        let parts = denoisers().filter(|_| packed).chain(text);
        let parts: Vec<String> = parts.map(|part| format!("\"{part}\"")).collect();
        let packing = format!(
            ", quantization_config=PipelineQuantizationConfig(quant_backend=\"bitsandbytes_4bit\", \
             quant_kwargs={{\"load_in_4bit\": True, \"bnb_4bit_quant_type\": \"nf4\", \"bnb_4bit_compute_dtype\": \
             torch.{kind}}}, components_to_quantize=[{}])",
            parts.join(", ")
        );
        ("; from diffusers.quantizers import PipelineQuantizationConfig;".to_owned(), packing)
    } else if is_gguf(diffusion.precision) {
        of_gguf(pipeline, kind)?
    } else {
        (";".to_owned(), String::new())
    };
    let cast = |part| {
        format!(
            "; pipe.{part}.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=torch.{kind})"
        )
    };
    let eight: String = if diffusion.precision == DiffusionPrecision::Fp8 {
        denoisers().map(cast).collect()
    } else {
        String::new()
    };
    let place = match diffusion.residency {
        Residency::All => "pipe.to(\"cuda\" if torch.cuda.is_available() else \"mps\")",
        Residency::Component => "pipe.enable_model_cpu_offload()",
        Residency::Sequential => "pipe.enable_sequential_cpu_offload()",
    };
    let tiles = if diffusion.vae_tiling { "; pipe.vae.enable_tiling()" } else { "" };
    let unguided = !diffusion.guidance && !pipeline.is_distilled();
    let guidance = if told_not_to_guide {
        ", guidance_scale=0.0"
    } else if unguided {
        ", guidance_scale=1.0"
    } else {
        ""
    };
    let video = pipeline.record().video;
    let many = match (diffusion.batch, video.is_some()) {
        (0 | 1, _) => String::new(),
        (count, true) => format!(", num_videos_per_prompt={count}"),
        (count, false) => format!(", num_images_per_prompt={count}"),
    };
    let frames = video.map_or_else(String::new, |_| format!(", num_frames={}", diffusion.frames));
    let (export, save) = if let Some(video) = video {
        let save = format!(
            "[export_to_video(clip, f\"clip-{{at}}.mp4\", fps={}) for at, clip in enumerate(made.frames)]",
            video.frames_a_second
        );
        (" from diffusers.utils import export_to_video;", save)
    } else {
        ("", "[image.save(f\"image-{at}.png\") for at, image in enumerate(made.images)]".to_owned())
    };
    Some(format!(
        "python -c 'import torch; from diffusers import DiffusionPipeline{import}{export} pipe = \
         DiffusionPipeline.from_pretrained(\"{}\", torch_dtype={loaded}{packing}){eight}; {place}{tiles}; made = \
         pipe(\"PROMPT\", width={}, height={}, num_inference_steps={}{frames}{guidance}{many}); {save}'",
        repository, diffusion.width, diffusion.height, diffusion.steps
    ))
}

/// ComfyUI, whose window has the rest.
fn comfy(diffusion: &Diffusion) -> String {
    let text =
        if diffusion.text_asked() == Some(DiffusionPrecision::Fp8) { "--fp8_e4m3fn-text-enc" } else { "" };
    let flags = [denoiser_flag(diffusion.precision), text, residency_flag(diffusion.residency)];
    let given = flags.into_iter().filter(|flag| !flag.is_empty());
    std::iter::once("python main.py").chain(given).collect::<Vec<_>>().join(" ")
}

/// What is set up in its window, a sentence without its full stop; nothing where it is not what makes the image.
pub(super) fn workflow(diffusion: &Diffusion) -> Option<String> {
    if !is_made_by_comfy(diffusion) {
        return None;
    }
    let of_file = |precision| is_gguf(precision).then(|| precision.key());
    let denoiser =
        of_file(diffusion.precision).map(|form| format!("UnetLoaderGGUF has the denoiser in {form}"));
    let text = diffusion.text_asked().and_then(of_file);
    let text = text.map(|form| format!("{} the text encoders in {form}", text_loader(diffusion.pipeline)));
    let loaders: Vec<String> = denoiser.into_iter().chain(text).collect();
    let with = if loaders.is_empty() {
        String::new()
    } else {
        format!(", with ComfyUI-GGUF in custom_nodes: {}", loaders.join(", "))
    };
    Some(format!(
        "main.py is ComfyUI's{with}; {} × {} and {} steps are set in its window",
        diffusion.width, diffusion.height, diffusion.steps
    ))
}
