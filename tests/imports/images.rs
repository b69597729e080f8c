//! Files of models for images are weighed by their own tensors, each as its part of the pipeline.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::checkpoint::safetensors;
use crate::support::Gguf;
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::{Assumptions, Estimate, PartName, PhaseName, estimate};
use plimsoll::import::{Imported, find_image, import};
use plimsoll::spec::preset::{Models, NoModel, Preset, PresetKeys, resolve};
use plimsoll::spec::{DiffusionPrecision, ImageFile, ImagePart, Model, Named as _, Pipeline};
use plimsoll::units::whole;
use serde_json::json;

/// Files by their path, and no language models.
struct Files;

impl Models for Files {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        Err(NoModel(key.to_owned()))
    }

    fn find_image(&self, key: &str) -> Result<Arc<ImageFile>, NoModel> {
        find_image(key)
    }

    fn scaled(&self, model: &Model, _: f64) -> Model {
        model.clone()
    }
}

fn read(path: &Path) -> ImageFile {
    let imported = import(path).expect("a file");
    imported.image.as_deref().cloned().expect("a file for images")
}

fn preset(path: &Path, more: &[(&str, &str)]) -> Preset {
    let mut keys = PresetKeys::default();
    let path = path.to_str().expect("text");
    for (key, value) in [("family", "diffusion"), ("model", path)].iter().chain(more) {
        keys.set(key, value).expect("a key");
    }
    resolve(keys, &Files).expect("a scenario")
}

fn answered(preset: &Preset) -> Estimate {
    let catalog = Catalog::built_in();
    let machine = catalog.machine("rtx-4090").expect("in the catalog");
    estimate(&preset.scenario, machine, &Assumptions::new(calibration()))
}

/// Bytes of a part while the image is denoised.
fn part(estimate: &Estimate, name: PartName) -> u64 {
    let phase =
        estimate.budget.phases.iter().find(|phase| phase.name == PhaseName::Denoise).expect("a phase");
    phase.parts.iter().filter(|part| part.name == name).map(|part| whole(part.bytes.best.get())).sum()
}

fn in_folder(name: &str, tensors: &[(&str, &str, &[u64])]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    safetensors(&path, tensors);
    (folder, path)
}

/// As ComfyUI-GGUF converts them: the names of the authors, and an architecture of its own.
#[test]
fn a_gguf_of_flux_is_its_transformer_and_the_rest_is_the_pipelines() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("flux1-dev-Q4_K_S.gguf");
    let file = Gguf::new(3, false)
        .one_of_each_kind()
        .words("tokenizer.ggml.tokens", &["one".to_owned()])
        .flags("some.flags", &[true])
        .say("general.architecture", "flux")
        .number("general.file_type", 14)
        .typed_tensor("double_blocks.0.img_attn.qkv.weight", &[3072, 9216], 12, 3072 * 9216 / 256 * 144)
        .tensor("guidance_in.in_layer.weight", &[256, 3072]);
    file.write(&path);
    let found = read(&path);
    let own = 3072 * 9216 / 256 * 144 + 256 * 3072 * 2;
    assert_eq!((found.pipeline, found.bytes()), (Pipeline::Flux1Dev, own));
    assert_eq!(found.stored, DiffusionPrecision::Q4_0);
    let preset = preset(&path, &[]);
    assert_eq!(preset.scenario.name, "flux1-dev-Q4_K_S");
    assert!(preset.notes.iter().any(|note| note.contains("in 16 bit")), "{:?}", preset.notes);
    let answer = answered(&preset);
    assert_eq!(part(&answer, PartName::Denoiser), own);
    assert_eq!(answer.budget.weights_file.map(|bytes| whole(bytes.get())), Some(own));
    // T5 v1.1 XXL and CLIP-L in 16 bit, as the parts of the pipeline.
    assert_eq!(part(&answer, PartName::TextEncoder), 2 * (4_762_310_656 + 123_060_480));
}

#[test]
fn a_checkpoint_of_one_file_is_told_apart_by_its_prefixes() {
    let (_folder, path) = in_folder(
        "some_xl.safetensors",
        &[
            ("model.diffusion_model.label_emb.0.0.weight", "F16", &[1280, 2816]),
            (
                "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight",
                "F16",
                &[640, 2048],
            ),
            ("model.diffusion_model.time_embed.0.weight", "F16", &[1280, 320]),
            ("conditioner.embedders.0.transformer.text_model.final_layer_norm.weight", "F16", &[768]),
            ("conditioner.embedders.1.model.ln_final.weight", "F16", &[1280]),
            ("first_stage_model.decoder.conv_in.weight", "F16", &[512, 4, 3, 3]),
        ],
    );
    let found = read(&path);
    assert_eq!((found.pipeline, found.stored), (Pipeline::Sdxl, DiffusionPrecision::Bf16));
    for (part, bytes) in [
        (ImagePart::Denoiser, 2 * (1280 * 2816 + 640 * 2048 + 1280 * 320)),
        (ImagePart::ClipL, 2 * 768),
        (ImagePart::ClipG, 2 * 1280),
        (ImagePart::Vae, 2 * 512 * 4 * 9),
    ] {
        assert_eq!(found.parts.get(&part), Some(&bytes), "{part:?}");
    }
    let answer = answered(&preset(&path, &[]));
    assert_eq!(part(&answer, PartName::TextEncoder), 2 * (768 + 1280));
    assert_eq!(part(&answer, PartName::Vae), 2 * 512 * 4 * 9);
}

#[test]
fn packed_files_are_computed_as_what_they_are_packed_in() {
    for (tensor, form, suffix, stored) in [
        ("double_blocks.0.img_attn.qkv.weight", "F8_E4M3", None, DiffusionPrecision::Fp8),
        (
            "double_blocks.0.img_attn.qkv.weight",
            "U8",
            Some(".quant_state.bitsandbytes__nf4"),
            DiffusionPrecision::Nf4,
        ),
        ("single_transformer_blocks.0.norm.linear.qweight", "I8", None, DiffusionPrecision::Fp8),
        ("double_blocks.0.img_attn.qkv.weight", "BF16", None, DiffusionPrecision::Bf16),
        ("double_blocks.0.img_attn.qkv.weight", "F32", None, DiffusionPrecision::Fp32),
    ] {
        let more = format!("{tensor}{}", suffix.unwrap_or(".none"));
        let (_folder, path) = in_folder(
            "flux-dev.safetensors",
            &[(tensor, form, &[64, 64]), (&more, "U8", &[8]), ("guidance_in.in_layer.weight", form, &[8, 8])],
        );
        assert_eq!(read(&path).stored, stored, "{tensor} {form}");
    }
    let (_folder, path) = in_folder(
        "svdq-int4-flux.1-dev.safetensors",
        &[
            ("transformer_blocks.0.qkv_proj.qweight", "I8", &[64, 32]),
            ("transformer_blocks.0.qkv_proj.wscales", "BF16", &[1, 64]),
            ("transformer_blocks.0.qkv_proj.lora_down", "BF16", &[64, 32]),
            ("single_transformer_blocks.0.norm.linear.qweight", "I32", &[64, 8]),
        ],
    );
    let found = read(&path);
    assert_eq!((found.pipeline, found.stored), (Pipeline::Flux1Dev, DiffusionPrecision::Nf4));
    assert_eq!(found.parts.keys().copied().collect::<Vec<_>>(), [ImagePart::Denoiser]);
}

#[test]
fn sizes_of_wan_and_stable_diffusion_are_told_by_their_shapes() {
    let wan = |name: &str, width: u64| {
        let (_folder, path) = in_folder(name, &[("blocks.0.self_attn.norm_q.weight", "BF16", &[width])]);
        import(&path).expect("a file")
    };
    let pipeline = |imported: &Imported| imported.image.as_ref().map(|file| file.pipeline);
    assert_eq!(pipeline(&wan("wan2.2_ti2v_5B_fp16.safetensors", 3072)), Some(Pipeline::Wan22Small));
    assert_eq!(pipeline(&wan("wan2.2_t2v_high_noise_14B.safetensors", 5120)), Some(Pipeline::Wan22Large));
    let (_folder, path) = in_folder(
        "dreamshaper.safetensors",
        &[
            ("model.diffusion_model.time_embed.0.weight", "F16", &[1280, 320]),
            (
                "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight",
                "F16",
                &[320, 768],
            ),
        ],
    );
    assert_eq!(read(&path).pipeline, Pipeline::Sd15);
}

#[test]
fn a_folder_of_diffusers_is_weighed_model_by_model() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("my-pipeline");
    let write = |model: &str, name: &str, tensors: &[(&str, &str, &[u64])]| {
        fs::create_dir_all(root.join(model)).expect("a folder");
        safetensors(&root.join(model).join(name), tensors);
    };
    write(
        "unet",
        "diffusion_pytorch_model.safetensors",
        &[
            ("time_embedding.linear_1.weight", "F32", &[1280, 320]),
            ("down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight", "F32", &[640, 2048]),
        ],
    );
    write(
        "unet",
        "diffusion_pytorch_model.fp16.safetensors",
        &[("time_embedding.linear_1.weight", "F16", &[8])],
    );
    write("text_encoder", "model.safetensors", &[("text_model.final_layer_norm.weight", "F32", &[768])]);
    write("text_encoder_2", "model.safetensors", &[("text_model.final_layer_norm.weight", "F32", &[1280])]);
    write(
        "vae",
        "diffusion_pytorch_model.safetensors",
        &[("decoder.conv_in.weight", "F32", &[512, 4, 3, 3])],
    );
    let index = json!({
        "_class_name": "StableDiffusionXLPipeline", "_diffusers_version": "0.42.1",
        "unet": ["diffusers", "UNet2DConditionModel"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "vae": ["diffusers", "AutoencoderKL"],
    });
    fs::write(root.join("model_index.json"), index.to_string()).expect("writable");
    let found = read(&root);
    assert_eq!((found.pipeline, found.stored), (Pipeline::Sdxl, DiffusionPrecision::Fp32));
    assert_eq!(found.parts.get(&ImagePart::Denoiser), Some(&(4 * (1280 * 320 + 640 * 2048))));
    assert_eq!(found.parts.get(&ImagePart::ClipL), Some(&(4 * 768)));
    assert_eq!(found.parts.get(&ImagePart::ClipG), Some(&(4 * 1280)));
    assert_eq!(found.parts.get(&ImagePart::Vae), Some(&(4 * 512 * 4 * 9)));
    assert!(found.notes.iter().any(|note| note.contains("variants")), "{:?}", found.notes);
    // The folder of one model of it, with the configuration that diffusers writes.
    fs::write(root.join("unet/config.json"), json!({"_class_name": "UNet2DConditionModel"}).to_string())
        .expect("writable");
    assert_eq!(
        read(&root.join("unet")).parts.get(&ImagePart::Denoiser),
        found.parts.get(&ImagePart::Denoiser)
    );
}

#[test]
fn adapters_and_control_networks_come_beside_the_models() {
    let (_folder, path) = in_folder(
        "style.safetensors",
        &[
            (
                "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight",
                "F16",
                &[32, 2048],
            ),
            ("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_up.weight", "F16", &[640, 32]),
            ("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.alpha", "F16", &[]),
        ],
    );
    let found = read(&path);
    let own = 2 * (32 * 2048 + 640 * 32 + 1);
    assert_eq!((found.pipeline, found.bytes()), (Pipeline::Sdxl, own));
    assert!(found.notes.iter().any(|note| note.contains("rank 32")), "{:?}", found.notes);
    // The models are the pipeline's, in the precision that is asked for.
    let fp8 = preset(&path, &[("precision", "fp8")]);
    let answer = answered(&fp8);
    assert_eq!(part(&answer, PartName::Adapters), own);
    let plain = answered(&preset(&path, &[]));
    assert!(part(&answer, PartName::Denoiser) < part(&plain, PartName::Denoiser));
    let (_folder, path) = in_folder(
        "control.safetensors",
        &[
            ("controlnet_cond_embedding.conv_in.weight", "F16", &[16, 3, 3, 3]),
            ("time_embedding.linear_1.weight", "F16", &[1280, 320]),
            ("down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight", "F16", &[640, 768]),
        ],
    );
    let found = read(&path);
    assert_eq!(
        (found.pipeline, found.parts.keys().copied().collect::<Vec<_>>()),
        (Pipeline::Sd15, vec![ImagePart::Control])
    );
}

/// A LoRA of FLUX.1 was said to be of schnell, and left out of dev: no tensor of an adapter tells the two.
#[test]
fn an_adapter_of_flux_is_for_dev_unless_it_says_schnell() {
    for (name, pipeline) in [("style", Pipeline::Flux1Dev), ("style-schnell", Pipeline::Flux1Schnell)] {
        let module = "lora_unet_double_blocks_0_img_attn_qkv";
        let (_folder, path) = in_folder(
            &format!("{name}.safetensors"),
            &[
                (&format!("{module}.lora_down.weight"), "BF16", &[16, 3072]),
                (&format!("{module}.lora_up.weight"), "BF16", &[9216, 16]),
            ],
        );
        assert_eq!(read(&path).pipeline, pipeline, "{name}");
        let asked = preset(&path, &[("pipeline", pipeline.key())]);
        assert_eq!(
            part(&answered(&asked), PartName::Adapters),
            2 * 16 * (3072 + 9216),
            "{name}: {:?}",
            asked.notes
        );
    }
}

#[test]
fn another_precision_or_pipeline_is_another_file() {
    let (_folder, path) = in_folder(
        "flux1-dev-fp8.safetensors",
        &[
            ("double_blocks.0.img_attn.qkv.weight", "F8_E4M3", &[64, 64]),
            ("guidance_in.in_layer.weight", "F8_E4M3", &[8, 8]),
        ],
    );
    for (key, value) in [("precision", "bf16"), ("pipeline", "sdxl")] {
        let preset = preset(&path, &[(key, value)]);
        assert!(preset.notes.iter().any(|note| note.contains("file")), "{:?}", preset.notes);
        assert_eq!(answered(&preset).budget.weights_file, None, "{key}");
    }
}

#[test]
fn what_is_of_no_pipeline_known_here_is_weighed_and_said() {
    let (_folder, path) =
        in_folder("chroma.safetensors", &[("distilled_guidance_layer.in_proj.weight", "BF16", &[64, 64])]);
    let imported = import(&path).expect("a file");
    assert!(imported.image.is_none() && imported.weighed.is_some());
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    assert!(notes.iter().any(|note| note.contains("Chroma")), "{notes:?}");
}

#[test]
fn a_language_model_is_none_for_images() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("some.gguf");
    Gguf::new(3, false).small_model("llama").write(&path);
    assert!(import(&path).expect("a model").image.is_none());
    // The whole of T5 is more than the encoder that pipelines have.
    let (_folder, path) = in_folder(
        "flan-t5.safetensors",
        &[
            ("encoder.block.0.layer.0.SelfAttention.q.weight", "F32", &[64, 64]),
            ("decoder.block.0.layer.0.SelfAttention.q.weight", "F32", &[64, 64]),
        ],
    );
    assert!(import(&path).expect("a model").image.is_none());
}
