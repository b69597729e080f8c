//! Broken and hostile model files: refused at once, with the place and what would be right.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plimsoll::import::import;
use proptest::prelude::*;

/// Files of the folder in order of name; paths are relative, so that the snapshot holds on every machine.
fn bad_inputs() -> Vec<PathBuf> {
    let folder = Path::new("tests/bad_inputs/models");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("part of the project")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    paths
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let mut said = String::new();
    for path in bad_inputs() {
        let error = import(&path).err().unwrap_or_else(|| panic!("{} was accepted", path.display()));
        said.push_str(&error.to_string().replace('\\', "/"));
        said.push_str("\n\n");
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_missing_file_and_an_empty_folder_are_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = import(&folder.path().join("none.gguf")).expect_err("not there").to_string();
    assert!(error.contains("cannot be read") && error.ends_with("none.gguf"), "{error}");
    let error = import(folder.path()).expect_err("empty").to_string();
    assert!(error.contains("no `config.json`, GGUF or safetensors file"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_device_is_refused() {
    let error = import(Path::new("/dev/zero")).expect_err("endless").to_string();
    assert!(error.contains("not a regular file"), "{error}");
}

/// A file that is mostly a hole: 1 TiB that a reader must not walk through.
#[cfg(target_os = "linux")]
#[test]
fn a_huge_list_in_a_huge_file_is_refused_quickly() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hole.gguf");
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend(b"k");
    bytes.extend(9_u32.to_le_bytes());
    bytes.extend(8_u32.to_le_bytes());
    bytes.extend(100_000_000_000_u64.to_le_bytes());
    fs::write(&path, &bytes).expect("room for a few bytes");
    let file = fs::OpenOptions::new().write(true).open(&path).expect("just written");
    file.set_len(1 << 40).expect("a hole takes no room");
    let started = Instant::now();
    let error = import(&path).expect_err("100 billion texts").to_string();
    assert!(error.contains("texts in lists"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
}

/// A header of a real model.
fn header() -> Vec<u8> {
    fs::read("tests/headers/Llama-3.2-1B-Q8_0.header.gguf").expect("part of the project")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_damaged_header_never_panics(flips in prop::collection::vec((0_usize..9000, any::<u8>()), 1..8)) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("damaged.gguf");
        let mut bytes = header();
        for (place, value) in flips {
            if let Some(byte) = bytes.get_mut(place) {
                *byte = value;
            }
        }
        fs::write(&path, bytes).expect("writable");
        if let Ok(imported) = import(&path) {
            let bytes = imported.exact_bytes.expect("tensors").get();
            prop_assert!(bytes.is_finite() && bytes >= 0.0);
        }
    }

    #[test]
    fn garbage_never_panics(
        kind in prop::sample::select(vec!["gguf", "safetensors", "json"]),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(format!("garbage.{kind}"));
        let mut start = match kind {
            "gguf" => b"GGUF\x03\0\0\0\x02\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0".to_vec(),
            "safetensors" => b"\x40\0\0\0\0\0\0\0{".to_vec(),
            _ => b"{\"model_type\": \"llama\",".to_vec(),
        };
        start.extend(bytes);
        fs::write(&path, start).expect("writable");
        prop_assert!(import(&path).is_err());
    }

    /// Whatever numbers a configuration has, the answer is a model, a lower bound where it lacks some, or an error.
    #[test]
    fn any_numbers_in_a_configuration(
        values in prop::collection::vec(prop::sample::select(vec![0_u64, 1, 3, 64, 1024, 1 << 20, u64::from(u32::MAX), u64::MAX]), 12),
        model_type in prop::sample::select(vec!["llama", "gemma3", "deepseek_v3", "qwen3_next", "falcon_h1", "granitemoehybrid", "gpt_oss"]),
    ) {
        let keys = [
            "hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim",
            "intermediate_size", "vocab_size", "max_position_embeddings", "num_experts",
            "num_experts_per_tok", "mamba_expand", "full_attention_interval",
        ];
        let mut text = format!("{{\"model_type\": \"{model_type}\"");
        for (key, value) in keys.iter().zip(values) {
            write!(text, ",\n\"{key}\": {value}").expect("a String takes everything");
        }
        text.push('}');
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.json");
        fs::write(&path, text).expect("writable");
        if let Ok(imported) = import(&path) {
            let model = imported.model.or(imported.weighed).expect("weighed");
            let parameters = *model.parameters.value();
            prop_assert!(parameters.is_finite() && parameters > 0.0);
        }
    }
}
