//! `plimsoll models` and the names it gives, on stores with real files in them.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

const HEADERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/headers");
const CONFIGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/configs");

/// A home with an Ollama store of one model under two names, and a Hugging Face cache of another.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let write = |path: &str, bytes: &[u8]| {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, bytes).expect("a file");
    };
    let gguf = fs::read(Path::new(HEADERS).join("Llama-3.2-1B-Q8_0.header.gguf")).expect("a header");
    let digest = "a".repeat(64);
    let manifest = format!(
        r#"{{"schemaVersion":2,"layers":[{{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:{digest}","size":{}}}]}}"#,
        gguf.len()
    );
    write(&format!(".ollama/models/blobs/sha256-{digest}"), &gguf);
    for tag in ["1b", "latest"] {
        let path = format!(".ollama/models/manifests/registry.ollama.ai/library/llama3.2/{tag}");
        write(&path, manifest.as_bytes());
    }
    let hub = ".cache/huggingface/hub/models--Qwen--Qwen3-8B";
    let config = fs::read(Path::new(CONFIGS).join("Qwen3-8B.json")).expect("a configuration");
    write(&format!("{hub}/refs/main"), b"0123abcd");
    write(&format!("{hub}/snapshots/0123abcd/config.json"), &config);
    let header = br#"{"lm_head.weight":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}"#;
    let mut tensors = (header.len() as u64).to_le_bytes().to_vec();
    tensors.extend_from_slice(header);
    tensors.extend_from_slice(&[0; 8]);
    write(&format!("{hub}/snapshots/0123abcd/model.safetensors"), &tensors);
    write(".cache/llama.cpp/broken.gguf", b"GGUF");
    home
}

fn plimsoll(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("plimsoll").expect("the binary");
    let output = command.env_clear().env("HOME", home).args(arguments).output().expect("an answer");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("a code"), text(output.stdout), text(output.stderr))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn models_are_listed_with_how_they_run() {
    let home = home();
    let (code, text, errors) = plimsoll(home.path(), &["models", "--machine", "rtx-4090", "--json"]);
    assert_eq!(code, 0, "{errors}");
    let list = json(&text);
    let models = list["models"].as_array().expect("models");
    let named = |id: &str| {
        models.iter().find(|model| model["id"] == id).unwrap_or_else(|| panic!("no {id} in {text}"))
    };
    let llama = named("ollama:llama3.2:1b");
    assert_eq!((llama["store"].as_str(), llama["format"].as_str()), (Some("ollama"), Some("gguf")));
    assert_eq!((llama["verdict"].as_str(), llama["quantization"].as_str()), (Some("fits"), Some("Q8_0")));
    assert!(llama["largest_context"].as_u64().is_some_and(|tokens| tokens > 8_192), "{llama}");
    assert!(llama["decode_tokens_per_s"]["best"].as_f64().is_some_and(|speed| speed > 50.0), "{llama}");
    let notes = llama["notes"].to_string();
    assert!(notes.contains("ends early"), "a header alone is a file that was cut off: {notes}");
    assert_eq!(named("hf:Qwen/Qwen3-8B")["store"], "hf");
    let broken = models.iter().find(|model| model["name"] == "broken").expect("the broken one");
    assert!(broken["problem"].as_str().is_some_and(|said| said.contains("byte")), "{broken}");
    assert!(broken["verdict"].is_null());
    let sum: u64 = ["ollama:llama3.2:1b", "hf:Qwen/Qwen3-8B"]
        .iter()
        .map(|id| named(id)["size_bytes"].as_u64().expect("bytes"))
        .sum();
    assert_eq!(list["size_bytes"].as_u64(), Some(sum + 4), "two names of one file are one file");
}

#[test]
fn the_table_has_what_a_person_asks() {
    let home = home();
    for sort in ["store", "name", "size", "fit", "context", "speed"] {
        let (code, text, _) = plimsoll(home.path(), &["models", "--machine", "rtx-4090", "--sort", sort]);
        assert_eq!(code, 0, "{sort}");
        let rows: Vec<&str> = text.lines().skip(2).take(5).collect();
        assert!(rows[0].starts_with("model"), "{text}");
        assert!(text.contains("ollama:llama3.2:latest") && text.contains("tok/s"), "{text}");
        assert!(text.contains("4 models") && text.contains("broken.gguf: "), "{text}");
    }
    let empty = tempfile::tempdir().expect("a folder");
    let (code, text, _) = plimsoll(empty.path(), &["models", "--machine", "rtx-4090"]);
    assert_eq!(code, 0);
    assert!(text.contains("No models were found") && text.contains(".ollama/models"), "{text}");
}

#[test]
fn folders_are_named_and_wrong_ones_refused() {
    let home = home();
    let folder = home.path().join(".ollama");
    let folder = folder.to_str().expect("text");
    let (code, text, _) = plimsoll(home.path(), &["models", folder, "--machine", "rtx-4090", "--json"]);
    let list = json(&text);
    assert_eq!((code, list["models"].as_array().map(Vec::len)), (0, Some(2)));
    let (code, _, errors) = plimsoll(home.path(), &["models", "/nowhere", "--machine", "rtx-4090"]);
    assert!(code == 3 && errors.contains("name a folder that holds models"), "{errors}");
}

#[test]
fn a_stores_name_is_taken_wherever_a_model_is() {
    let home = home();
    let on = ["--machine", "rtx-4090"];
    let name = "ollama:llama3.2:1b";
    for arguments in [
        vec!["check", "chat-8b", "--model", name],
        vec!["check", name],
        vec!["plan", "chat-8b", "--model", name],
        vec!["solve", "chat-8b", "--model", name, "--for", "context"],
        vec!["rank", "chat-8b", "--model", name],
        vec!["rank", "chat-8b", "--models", name],
        vec!["check", "chat-8b", "--set", "draft_model=ollama:llama3.2:1b", "--set", "draft_tokens=4"],
    ] {
        let (code, text, errors) = plimsoll(home.path(), &[arguments.as_slice(), &on].concat());
        assert!(code <= 2 && !text.is_empty(), "{arguments:?}: {errors}");
    }
    let (_, text, _) = plimsoll(home.path(), &["check", "chat-8b", "--model", name, "--machine", "rtx-4090"]);
    assert!(
        text.contains("note: The file ends early"),
        "what is said of the file reaches the terminal: {text}"
    );
    let (code, _, errors) = plimsoll(home.path(), &["check", "chat-8b", "--model", "ollama:lama3.2:1b"]);
    assert!(code == 3 && errors.contains("did you mean ollama:llama3.2:1b"), "{errors}");
    assert!(text.starts_with("llama3.2:1b\n"), "it goes by the name of its store: {text}");
    let (code, _, errors) = plimsoll(home.path(), &["check", "lmstudio:x"]);
    assert!(code == 3 && errors.contains("LM Studio keeps no models here; looked in"), "{errors}");
}
