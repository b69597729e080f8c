//! Layouts that other programs write: every one is listed for what it is, and none is answered with nothing.

use std::fs;
use std::path::Path;

use crate::checkpoint::safetensors;
use crate::paper_disk::PaperDisk;
use plimsoll::import::import;
use plimsoll::import::stores::{Found, Search, Step, StoredFormat, Trouble};
use plimsoll::spec::{Method, Os};
use serde_json::{Value, json};

/// The models that a repository of the Hugging Face cache is listed as.
fn listed(name: &str, files: &[(&str, u64)]) -> Vec<Found> {
    let folder = format!("/home/u/.cache/huggingface/hub/models--{}", name.replace('/', "--"));
    let mut disk = PaperDisk::new(Os::Linux, "/home/u").text(&format!("{folder}/refs/main"), "abcd");
    for (number, (file, bytes)) in files.iter().enumerate() {
        let blob = format!("b{number}");
        let up = "../".repeat(file.matches('/').count() + 2);
        disk = disk
            .file(&format!("{folder}/blobs/{blob}"), *bytes)
            .link(&format!("{folder}/snapshots/abcd/{file}"), &format!("{up}blobs/{blob}"));
    }
    let steps = Search::of_all(&disk);
    steps.filter_map(|step| if let Step::Model(found) = step { Some(*found) } else { None }).collect()
}

/// One model, its key, format, bytes, and whether it can be opened whole.
fn one(name: &str, files: &[(&str, u64)], key: &str, format: StoredFormat, bytes: u64, is_read: bool) {
    let found = listed(name, files);
    let [only] = found.as_slice() else { unreachable!("{name}: {found:#?}") };
    assert_eq!(only.key.as_deref(), Some(key), "{name}");
    assert_eq!((only.format, only.bytes()), (format, bytes), "{name}");
    assert_eq!(only.trouble.is_none(), is_read, "{name}: {:?}", only.trouble);
}

#[test]
fn repositories_of_every_kind_are_listed_as_what_they_are() {
    use StoredFormat::{Adapter, Diffusers, Gguf, PyTorch, Safetensors, TensorFile};
    one("a/gguf", &[("x-Q4_K_M.gguf", 7), ("README.md", 1)], "hf:a/gguf/x-Q4_K_M.gguf", Gguf, 7, true);
    one(
        "a/gguf-and-config",
        &[("config.json", 1), ("x-Q4_K_M.gguf", 7)],
        "hf:a/gguf-and-config/x-Q4_K_M.gguf",
        Gguf,
        7,
        true,
    );
    one(
        "a/mistral",
        &[("params.json", 1), ("consolidated.safetensors", 9), ("tekken.json", 3)],
        "hf:a/mistral",
        Safetensors,
        9,
        true,
    );
    one("a/meta", &[("params.json", 1), ("consolidated.00.pth", 9)], "hf:a/meta", PyTorch, 9, false);
    one(
        "a/pipeline",
        &[
            ("model_index.json", 1),
            ("transformer/config.json", 1),
            ("transformer/diffusion_pytorch_model-00001-of-00002.safetensors", 5),
            ("transformer/diffusion_pytorch_model-00002-of-00002.safetensors", 6),
            ("vae/diffusion_pytorch_model.safetensors", 2),
        ],
        "hf:a/pipeline",
        Diffusers,
        13,
        true,
    );
    one(
        "a/old-pipeline",
        &[
            ("model_index.json", 1),
            ("unet/diffusion_pytorch_model.bin", 5),
            ("vae/diffusion_pytorch_model.bin", 2),
        ],
        "hf:a/old-pipeline",
        PyTorch,
        7,
        false,
    );
    one(
        "a/checkpoint",
        &[("sd_xl_base_1.0.safetensors", 6)],
        "hf:a/checkpoint/sd_xl_base_1.0.safetensors",
        TensorFile,
        6,
        true,
    );
    one(
        "a/lora",
        &[("adapter_config.json", 1), ("adapter_model.safetensors", 4)],
        "hf:a/lora",
        Adapter,
        4,
        true,
    );
    one(
        "a/lora-bin",
        &[("adapter_config.json", 1), ("adapter_model.bin", 4)],
        "hf:a/lora-bin",
        Adapter,
        4,
        true,
    );
    one(
        "a/mlx-lora",
        &[("adapter_config.json", 1), ("adapters.safetensors", 4)],
        "hf:a/mlx-lora",
        Adapter,
        4,
        true,
    );
    one(
        "a/split-files",
        &[("split_files/vae/ae.safetensors", 3)],
        "hf:a/split-files/split_files/vae/ae.safetensors",
        TensorFile,
        3,
        true,
    );
    let mlx = listed("a/mlx", &[("config.json", 1), ("model.safetensors", 5)]);
    assert_eq!(mlx.len(), 1, "{mlx:?}");
    let old = listed("a/bin", &[("config.json", 1), ("pytorch_model-00001-of-00002.bin", 5)]);
    assert!(matches!(old[0].trouble, Some(Trouble::NotRead(why)) if why.contains("safetensors")), "{old:?}");
    // What holds no weights is no model.
    assert!(listed("a/tokenizer", &[("tokenizer.json", 1), ("config.json", 1)]).is_empty());
}

fn write(folder: &Path, name: &str, value: &Value) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(path, value.to_string()).expect("writable");
}

/// A pipeline that has no record here is weighed by its files; it was answered with nothing at all.
#[test]
fn a_pipeline_without_a_record_is_weighed_by_its_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = json!({
        "_class_name": "NewPipeline", "transformer": ["diffusers", "NewTransformer2DModel"],
        "vae": ["diffusers", "NewAutoencoder"],
    });
    write(folder.path(), "model_index.json", &index);
    write(folder.path(), "transformer/config.json", &json!({"_class_name": "NewTransformer2DModel"}));
    fs::create_dir_all(folder.path().join("vae")).expect("a folder");
    let error = import(folder.path()).expect_err("nothing to weigh").to_string();
    assert!(error.contains("hold no safetensors") && error.contains("model_index.json"), "{error}");
    let denoiser: [(&str, &str, &[u64]); 1] = [("blocks.0.weird.weight", "BF16", &[640, 320])];
    safetensors(&folder.path().join("transformer/diffusion_pytorch_model.safetensors"), &denoiser);
    let decoder: [(&str, &str, &[u64]); 1] = [("up.weight", "BF16", &[64, 32])];
    safetensors(&folder.path().join("vae/diffusion_pytorch_model.safetensors"), &decoder);
    let read = import(folder.path()).expect("its files");
    let bytes: u32 = 2 * (640 * 320 + 64 * 32);
    assert_eq!(read.exact_bytes.map(plimsoll::units::Bytes::get), Some(f64::from(bytes)));
    let model = read.into_model().expect("weighed");
    let file = model.file.expect("its bytes");
    assert_eq!(file.tensors().iter().map(|tensor| tensor.bytes).sum::<u64>(), u64::from(bytes));
    assert!(
        file.notes.iter().any(|note| note.contains("whose pipeline has no record here")),
        "{:?}",
        file.notes
    );
}

/// mlx-lm writes the arguments of its training where PEFT writes an adapter.
#[test]
fn adapters_of_mlx_name_their_base_and_rank_by_other_keys() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = json!({
        "model": "mlx-community/Llama-3.1-8B-Instruct-4bit", "fine_tune_type": "dora", "num_layers": 16,
        "lora_parameters": {"rank": 8, "dropout": 0.0, "scale": 20.0, "keys": ["self_attn.q_proj", "self_attn.v_proj"]},
    });
    write(folder.path(), "adapter_config.json", &config);
    let tensors: [(&str, &str, &[u64]); 1] = [("model.layers.0.self_attn.q_proj.lora_a", "F32", &[4096, 8])];
    safetensors(&folder.path().join("adapters.safetensors"), &tensors);
    let read = import(folder.path()).expect("an adapter");
    let adapter = read.adapter().expect("an adapter");
    assert_eq!(adapter.base, "mlx-community/Llama-3.1-8B-Instruct-4bit");
    assert_eq!((adapter.rank, adapter.method, adapter.bytes), (8, Method::Dora, 4 * 4096 * 8));
}
