//! What stands where a model should is called by its name, and a model whose files are not there yet is weighed by the rest.

use std::fs;

use plimsoll::import::{Note, import};
use plimsoll::spec::Quantization;
use serde_json::json;

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 4920739232\n";

#[test]
fn pointers_and_pages_are_called_so() {
    let folder = tempfile::tempdir().expect("a folder");
    for (text, says) in [
        (POINTER, "git lfs pull"),
        ("<!doctype html><html><title>404</title></html>", "a web page"),
        ("\n\n  <html lang=en><body>Sign in</body></html>", "a web page"),
        ("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "a web page"),
    ] {
        for name in ["model.gguf", "model.safetensors", "config.json", "model.bin"] {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("writable");
            let error = import(&path).expect_err("no model").to_string();
            assert!(error.contains(says) && error.contains(name) && error.len() < 400, "{error}");
        }
    }
}

/// The length of its header may start with any byte, `<` among them.
#[test]
fn a_file_that_starts_like_a_page_by_chance_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    for first in 0..=u8::MAX {
        let header = r#"{"a.weight":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}}"#;
        let length = 256 + usize::from(first);
        let mut bytes = (length as u64).to_le_bytes().to_vec();
        assert_eq!(bytes[0], first);
        bytes.extend_from_slice(format!("{header:<length$}").as_bytes());
        bytes.extend_from_slice(&[0; 8]);
        fs::write(&path, bytes).expect("writable");
        import(&path).unwrap_or_else(|error| unreachable!("{first}: {error}"));
    }
}

/// A repository that was cloned without Git LFS: everything but the weights is there.
#[test]
fn a_folder_of_pointers_is_weighed_by_its_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = json!({
        "model_type": "llama", "hidden_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 512, "vocab_size": 1024, "max_position_embeddings": 2048,
        "torch_dtype": "bfloat16",
    });
    fs::write(folder.path().join("config.json"), config.to_string()).expect("writable");
    for part in 1..=2 {
        fs::write(folder.path().join(format!("model-0000{part}-of-00002.safetensors")), POINTER)
            .expect("writable");
    }
    let read = import(folder.path()).expect("a model");
    let notes = read.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    assert!(notes.contains("2 of its files are pointers that Git LFS keeps"), "{notes}");
    assert!(read.notes.contains(&Note::NoParts { of: 2 }), "{notes}");
    assert_eq!(read.file_type, Some(Quantization::Bf16));
    assert!(read.model.is_some());
}
