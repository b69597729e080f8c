//! The id and name of a model from where it lies.

use std::path::Path;

use crate::units::plain;

/// The name a person would give the model at this path.
pub(super) fn name(path: &Path) -> String {
    let own = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let own = own.strip_suffix(".index.json").unwrap_or(&own);
    let stem = [".gguf", ".safetensors", ".json"].iter().find_map(|end| own.strip_suffix(end)).unwrap_or(own);
    match stem {
        // The folder says more than `config.json` does.
        "config" | "params" | "model" | "consolidated" | "pytorch_model" => {
            path.parent().map_or_else(|| stem.to_owned(), folder_name)
        }
        _ => plain(without_part(stem)),
    }
}

/// The name of a folder of a model; in Hugging Face's cache the folder is a commit, the name is above it.
pub(super) fn folder_name(folder: &Path) -> String {
    let own = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let cached = folder.parent().filter(|parent| own(parent).as_deref() == Some("snapshots"));
    let repository = cached.and_then(Path::parent).and_then(own);
    repository
        .as_deref()
        .and_then(|name| name.strip_prefix("models--"))
        .and_then(|name| name.split("--").last())
        .map(str::to_owned)
        .or_else(|| own(folder))
        .map_or_else(|| "model".to_owned(), |name| plain(&name))
}

/// Whether a file is called by its digest, as blobs of Ollama's are.
pub(super) fn is_digest(path: &Path) -> bool {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let digits = stem.strip_prefix("sha256-").unwrap_or_default();
    digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `model-00001-of-00003` is `model`.
fn without_part(stem: &str) -> &str {
    super::gguf::part_of(stem).map_or(stem, |part| part.base)
}

/// Lower case with dots and dashes, as catalog ids are.
pub(super) fn id(name: &str) -> String {
    let mut id = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '.' {
            id.push(c);
        } else if !id.ends_with('-') && !id.is_empty() {
            id.push('-');
        }
    }
    let trimmed = id.trim_end_matches('-');
    if trimmed.is_empty() { "model".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (path, expected) in [
            ("/models/Llama-3.1-8B/config.json", "Llama-3.1-8B"),
            ("/m/Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B-Q4_K_M"),
            ("/m/big-00001-of-00003.gguf", "big"),
            ("/h/models--Qwen--Qwen3-8B/snapshots/0a1b/config.json", "Qwen3-8B"),
            ("/m/x/model.safetensors.index.json", "x"),
        ] {
            assert_eq!(name(Path::new(path)), expected, "{path}");
        }
        assert_eq!(id("Qwen3 8B (Q4_K_M)"), "qwen3-8b-q4-k-m");
        assert_eq!(id("///"), "model");
    }
}
