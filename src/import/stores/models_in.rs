//! The models of one folder, whoever laid it out: by what its files are.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::disk::{Entry, FileKind};
use super::found::{Found, Store, StoredFormat, Trouble};
use super::hub::REPOSITORY;
use super::look::{Look, Task, What};
use crate::import::gguf::part_of;

/// Longest configuration that is looked into for how its weights are stored.
const LONGEST_CONFIG: u64 = 1 << 20;
/// How the names of PyTorch's archives start, by who writes them.
const ARCHIVES: [&str; 3] = ["pytorch_model", "adapter_model", "diffusion_pytorch_model"];
/// Most components of a pipeline.
const MOST_COMPONENTS: usize = 32;

/// Files of a folder by what they are, in order of name.
#[derive(Default)]
struct Contents {
    gguf: Groups,
    safetensors: Groups,
    archives: Vec<PathBuf>,
    /// Projectors that GGUF models beside them see through.
    projectors: Vec<PathBuf>,
    /// Downloads that are not finished.
    begun: Vec<PathBuf>,
    folders: Vec<Entry>,
    config: bool,
    pipeline: bool,
    adapter: bool,
    ollama: bool,
    hub: bool,
    comfy_ui: bool,
}

/// Files that are one model in parts, by the name that the parts share.
type Groups = BTreeMap<String, Parts>;

/// The parts of a model that are there.
#[derive(Default)]
struct Parts {
    paths: Vec<PathBuf>,
    of: usize,
}

/// Lists the models of a folder; folders inside it follow.
pub(super) fn look_in(look: &mut Look<'_>, task: &Task) {
    let Some(entries) = look.list(task) else { return };
    let contents = contents(look, task, entries);
    if contents.ollama {
        let manifests = Task::new(Store::Ollama, task.path.join("manifests"), What::Manifests, false);
        look.go_on(vec![manifests]);
        return;
    }
    if contents.hub {
        let own = contents.folders.iter().filter(|entry| is_repository(&entry.name));
        let own = own.map(|entry| Task {
            what: What::Repository,
            store: Store::HuggingFace,
            // Where the store's own programs do not look, its names lead nowhere.
            named: false,
            ..task.inside(&entry.name)
        });
        look.go_on(own.collect());
        return;
    }
    if contents.pipeline {
        pipeline(look, task, &contents);
        return;
    }
    ggufs(look, task, &contents);
    let is_whole = checkpoint(look, task, &contents);
    begun(look, task, &contents);
    if !is_whole {
        let inside = contents.folders.iter().filter(|entry| !is_hidden(&entry.name));
        let store = if contents.comfy_ui { Store::ComfyUi } else { task.store };
        look.go_on(inside.map(|entry| Task { store, ..task.inside(&entry.name) }).collect());
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with('.')
}

fn is_repository(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with(REPOSITORY)
}

/// Sorts the names of a folder out; what is neither a file nor a folder is passed over.
fn contents(look: &Look<'_>, task: &Task, entries: Vec<Entry>) -> Contents {
    let mut contents = Contents::default();
    for entry in entries {
        // A link that leads nowhere is a file of the model that is missing.
        let kind = look.kind(&task.path, &entry).unwrap_or(FileKind::File);
        let path = task.path.join(&entry.name);
        match kind {
            FileKind::File => contents.take(&path, task.store == Store::ComfyUi),
            FileKind::Folder => contents.folders.push(entry),
            FileKind::Link | FileKind::Other => {}
        }
    }
    let has = |name: &str| contents.folders.iter().any(|entry| entry.name == name);
    let (ollama, comfy_ui) = (has("manifests") && has("blobs"), has("checkpoints") && has("loras"));
    let hub = contents.folders.iter().any(|entry| is_repository(&entry.name));
    Contents { ollama, hub, comfy_ui, ..contents }
}

impl Contents {
    fn take(&mut self, path: &Path, archives: bool) {
        let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match (name.as_ref(), ending.as_deref().unwrap_or_default()) {
            // Mistral's own form has no other name for it.
            ("config.json" | "params.json", _) => self.config = true,
            ("model_index.json", _) => self.pipeline = true,
            ("adapter_config.json", _) => self.adapter = true,
            (name, "gguf") if name.to_lowercase().starts_with("mmproj") => {
                self.projectors.push(path.to_owned());
            }
            (_, "gguf") => add(&mut self.gguf, path),
            (_, "safetensors") => add(&mut self.safetensors, path),
            (name, "bin") if ARCHIVES.iter().any(|start| name.starts_with(start)) => {
                self.archives.push(path.to_owned());
            }
            (name, "pth") if name.starts_with("consolidated.") => self.archives.push(path.to_owned()),
            (_, "ckpt" | "pt" | "pth") if archives => self.archives.push(path.to_owned()),
            (name, "part" | "incomplete" | "downloading" | "downloadinprogress")
                if name.contains(".gguf") || name.contains(".safetensors") =>
            {
                self.begun.push(path.to_owned());
            }
            _ => {}
        }
    }
}

fn add(groups: &mut Groups, path: &Path) {
    let stem = path.file_stem().map(OsStr::to_string_lossy).unwrap_or_default();
    let (base, of) = part_of(&stem).map_or((stem.as_ref(), 1), |part| (part.base, part.of as usize));
    let parts = groups.entry(base.to_owned()).or_default();
    parts.of = parts.of.max(of);
    parts.paths.push(path.to_owned());
}

/// A model of a folder: what opens it, what is counted to it, and what is wrong with it.
fn found(look: &Look<'_>, task: &Task, path: &Path, format: StoredFormat, files: &[&PathBuf]) -> Found {
    let files = files.iter().filter_map(|path| look.file(path)).collect();
    let name = task.name_of(&without_ending(path, format));
    let folder = task.root.file_name().map(|name| name.to_string_lossy().into_owned());
    Found {
        store: task.store,
        key: task.key_of(path),
        name: if name.is_empty() { folder.unwrap_or_default() } else { name },
        path: path.to_owned(),
        format,
        files,
        trouble: None,
    }
}

/// A file is called without its ending and the number of its part.
fn without_ending(path: &Path, format: StoredFormat) -> PathBuf {
    if !matches!(format, StoredFormat::Gguf | StoredFormat::TensorFile | StoredFormat::PyTorch) {
        return path.to_owned();
    }
    let stem = path.file_stem().map(OsStr::to_string_lossy).unwrap_or_default();
    path.with_file_name(part_of(&stem).map_or(stem.as_ref(), |part| part.base))
}

/// Parts that are not there, or lead nowhere.
fn missing<'p>(look: &Look<'_>, parts: impl IntoIterator<Item = &'p Parts>) -> Option<Trouble> {
    let (mut there, mut of) = (0, 0);
    for parts in parts {
        there += parts.paths.iter().filter(|path| look.file(path).is_some()).count();
        of += parts.of.max(parts.paths.len());
    }
    (there < of).then(|| Trouble::Missing { missing: of - there, of })
}

/// Every GGUF model of the folder, with the projector that lies beside it.
fn ggufs(look: &mut Look<'_>, task: &Task, contents: &Contents) {
    for parts in contents.gguf.values() {
        let Some(first) = parts.paths.first() else { continue };
        let files: Vec<&PathBuf> = parts.paths.iter().chain(&contents.projectors).collect();
        let mut found = found(look, task, first, StoredFormat::Gguf, &files);
        found.trouble = missing(look, [parts]);
        look.found(found);
    }
}

/// The checkpoint of the folder, or its tensor files one by one; whether the folder is one model.
fn checkpoint(look: &mut Look<'_>, task: &Task, contents: &Contents) -> bool {
    let files = contents.safetensors.values().flat_map(|parts| &parts.paths);
    let files: Vec<&PathBuf> = files.chain(&contents.archives).collect();
    if contents.safetensors.is_empty() && contents.archives.is_empty() {
        return false;
    }
    if contents.adapter {
        let found = found(look, task, &task.path, StoredFormat::Adapter, &files);
        look.found(found);
        return true;
    }
    if contents.config && !contents.safetensors.is_empty() {
        let format = if is_mlx(look, task) { StoredFormat::Mlx } else { StoredFormat::Safetensors };
        let files: Vec<&PathBuf> = contents.safetensors.values().flat_map(|parts| &parts.paths).collect();
        let mut found = found(look, task, &task.path, format, &files);
        found.trouble = missing(look, contents.safetensors.values());
        look.found(found);
        return true;
    }
    for parts in contents.safetensors.values() {
        let Some(first) = parts.paths.first() else { continue };
        let files: Vec<&PathBuf> = parts.paths.iter().collect();
        let mut found = found(look, task, first, StoredFormat::TensorFile, &files);
        found.trouble = missing(look, [parts]);
        look.found(found);
    }
    archives(look, task, contents);
    contents.config
}

/// Why an archive is not read.
const ARCHIVE: &str = "a PyTorch archive, which only Python can read; save it as safetensors to weigh it";

/// PyTorch archives: with a configuration together, else one by one.
fn archives(look: &mut Look<'_>, task: &Task, contents: &Contents) {
    let trouble = Some(Trouble::NotRead(ARCHIVE));
    if contents.config && !contents.archives.is_empty() {
        let files: Vec<&PathBuf> = contents.archives.iter().collect();
        let whole = found(look, task, &task.path, StoredFormat::PyTorch, &files);
        look.found(Found { trouble, ..whole });
        return;
    }
    for path in &contents.archives {
        let one = found(look, task, path, StoredFormat::PyTorch, &[path]);
        look.found(Found { trouble: trouble.clone(), ..one });
    }
}

/// Whether MLX quantized it: its configuration says `quantization` where others say `quantization_config` alone.
fn is_mlx(look: &Look<'_>, task: &Task) -> bool {
    #[derive(Deserialize)]
    struct Config {
        quantization: Option<IgnoredAny>,
    }
    let bytes = look.disk.read(&task.path.join("config.json"), LONGEST_CONFIG);
    let config = bytes.ok().and_then(|bytes| serde_json::from_slice::<Config>(&bytes).ok());
    config.is_some_and(|config| config.quantization.is_some())
}

/// A pipeline with the files of its components.
fn pipeline(look: &mut Look<'_>, task: &Task, contents: &Contents) {
    let mut archives = contents.archives.clone();
    let mut files: Vec<PathBuf> =
        contents.safetensors.values().flat_map(|parts| parts.paths.clone()).collect();
    for folder in contents.folders.iter().take(MOST_COMPONENTS) {
        let inside = task.inside(&folder.name);
        let Some(entries) = look.list(&inside) else { continue };
        let component = self::contents(look, &inside, entries);
        files.extend(component.safetensors.into_values().flat_map(|parts| parts.paths));
        archives.extend(component.archives);
    }
    let is_read = !files.is_empty() || archives.is_empty();
    let (format, files) =
        if is_read { (StoredFormat::Diffusers, files) } else { (StoredFormat::PyTorch, archives) };
    let files: Vec<&PathBuf> = files.iter().collect();
    let mut found = found(look, task, &task.path, format, &files);
    found.trouble = (!is_read).then_some(Trouble::NotRead(ARCHIVE));
    look.found(found);
}

/// Downloads that are not finished.
fn begun(look: &mut Look<'_>, task: &Task, contents: &Contents) {
    for path in &contents.begun {
        let one = found(look, task, path, StoredFormat::Absent, &[path]);
        look.found(Found { key: None, trouble: Some(Trouble::Unfinished), ..one });
    }
}
