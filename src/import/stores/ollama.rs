//! Ollama's store: a manifest for each name and tag, and blobs by their digest, which several may share.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::disk::FileKind;
use super::found::{Found, StoredFormat, Trouble};
use super::look::{Look, Task};
use crate::import::error::{bounded, json_fault};

/// Longest manifest that is read; real ones have a kilobyte.
const LONGEST: u64 = 256 << 10;
/// Most layers of a manifest.
const MOST_LAYERS: usize = 4096;
/// Folders of a name: host, namespace, model; the tag is the file.
const FOLDERS: u32 = 5;
/// What the layers of a model have as their kind: one GGUF file, or tensors one by one.
const MODEL: &str = "application/vnd.ollama.image.model";
const TENSOR: &str = "application/vnd.ollama.image.tensor";

/// A manifest, as far as it is read.
#[derive(Deserialize)]
struct Manifest {
    config: Option<Layer>,
    #[serde(default)]
    layers: Vec<Layer>,
}

/// A blob that a manifest names.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    digest: String,
    #[serde(default)]
    size: u64,
}

/// Looks at one folder of manifests; those inside follow.
pub(super) fn manifests(look: &mut Look<'_>, task: &Task) {
    let Some(entries) = look.list(task) else { return };
    let mut folders = Vec::new();
    for entry in entries {
        let path = task.path.join(&entry.name);
        match look.kind(&task.path, &entry) {
            Some(FileKind::Folder) if task.depth < FOLDERS => folders.push(task.inside(&entry.name)),
            Some(FileKind::File) if task.depth > 0 && !entry.name.to_string_lossy().starts_with('.') => {
                model(look, task, &path);
            }
            _ => {}
        }
    }
    look.go_on(folders);
}

/// The model of one manifest.
fn model(look: &mut Look<'_>, task: &Task, path: &Path) {
    let name = name(&task.name_of(path));
    let blobs = task.root.with_file_name("blobs");
    let mut found = Found {
        store: task.store,
        key: None,
        name: name.clone(),
        path: path.to_owned(),
        format: StoredFormat::Absent,
        files: Vec::new(),
        trouble: None,
    };
    let manifest = look.disk.read(path, LONGEST).map_err(|error| error.to_string()).and_then(|bytes| {
        serde_json::from_slice::<Manifest>(&bytes).map_err(|error| {
            format!("{} at line {}, column {}", json_fault(&error), error.line(), error.column())
        })
    });
    match manifest {
        Ok(manifest) if manifest.layers.len() > MOST_LAYERS => {
            found.trouble = Some(Trouble::Manifest(format!("it has more than {MOST_LAYERS} layers")));
        }
        Ok(manifest) => weigh(look, &manifest, &blobs, &mut found),
        Err(reason) => found.trouble = Some(Trouble::Manifest(bounded(&reason))),
    }
    found.key = if task.named && path.to_str().is_some() {
        Some(format!("{}:{name}", task.store.key()))
    } else {
        found.path.to_str().map(str::to_owned)
    };
    look.found(found);
}

/// Its blobs, and which of them is opened.
fn weigh(look: &Look<'_>, manifest: &Manifest, blobs: &Path, found: &mut Found) {
    let (mut present, mut promised, mut missing) = (0_u64, 0_u64, 0);
    let mut weights = None;
    for layer in manifest.layers.iter().chain(&manifest.config) {
        let blob = blob(blobs, &layer.digest);
        let file = blob.as_deref().and_then(|blob| look.file(blob));
        promised = promised.saturating_add(layer.size);
        let Some(file) = file else {
            missing += 1;
            continue;
        };
        present = present.saturating_add(file.bytes.min(layer.size));
        found.files.push(file);
        if layer.media_type == MODEL && weights.is_none() {
            weights = blob;
        }
    }
    let has = |kind| manifest.layers.iter().any(|layer| layer.media_type == kind);
    found.trouble = if !has(MODEL) && !has(TENSOR) {
        Some(Trouble::Elsewhere)
    } else if missing > 0 {
        Some(Trouble::Missing { missing, of: manifest.layers.len() + usize::from(manifest.config.is_some()) })
    } else if present < promised {
        Some(Trouble::Short { present, promised })
    } else {
        None
    };
    if let Some(weights) = weights {
        found.path = weights;
        found.format = StoredFormat::Gguf;
    } else if has(TENSOR) {
        found.format = StoredFormat::OllamaTensors;
        found.trouble.get_or_insert(Trouble::NotRead(
            "Ollama keeps its tensors one by one, which is not read here; give the model's own folder",
        ));
    }
}

/// Where a blob lies; nothing for what is no digest, which could lead out of the store.
fn blob(blobs: &Path, digest: &str) -> Option<PathBuf> {
    let (kind, digits) = digest.split_once(':').or_else(|| digest.split_once('-'))?;
    let is_digest =
        kind == "sha256" && digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| blobs.join(format!("{kind}-{digits}")))
}

/// `registry.ollama.ai/library/llama3.1/8b` is `llama3.1:8b`, as Ollama itself lists it.
fn name(path: &str) -> String {
    let own = path.strip_prefix("registry.ollama.ai/").unwrap_or(path);
    let own = own.strip_prefix("library/").unwrap_or(own);
    match own.rsplit_once('/') {
        Some((model, tag)) => format!("{model}:{tag}"),
        None => own.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_digests_are_ollamas() {
        assert_eq!(name("registry.ollama.ai/library/llama3.1/8b"), "llama3.1:8b");
        assert_eq!(name("registry.ollama.ai/mannix/jan-nano/latest"), "mannix/jan-nano:latest");
        assert_eq!(name("hf.co/bartowski/Qwen3-8B-GGUF/Q4_K_M"), "hf.co/bartowski/Qwen3-8B-GGUF:Q4_K_M");
        let digest = format!("sha256:{}", "0a".repeat(32));
        let blobs = Path::new("blobs");
        assert_eq!(blob(blobs, &digest), Some(blobs.join(digest.replace(':', "-"))));
        for wrong in ["sha256:../../etc/passwd", "sha256:", "md5:00", &digest[..70]] {
            assert_eq!(blob(blobs, wrong), None, "{wrong}");
        }
    }
}
