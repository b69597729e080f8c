//! Where programs keep their models, by what they document.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::disk::Disk;
use super::found::Store;
use crate::spec::Os;

/// Most bytes of a file that names another folder.
const SMALL: u64 = 64 << 10;

/// A folder that is looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Whose it is.
    pub store: Store,
    /// The folder.
    pub path: PathBuf,
}

/// Every folder in which a store may lie, whether it is there or not; each once.
pub fn roots(disk: &dyn Disk) -> Vec<Root> {
    let mut roots: Vec<Root> = Vec::new();
    for store in Store::ALL {
        for path in paths(store, disk) {
            if path.is_absolute() && !roots.iter().any(|root| root.path == path) {
                roots.push(Root { store, path });
            }
        }
    }
    roots
}

fn paths(store: Store, disk: &dyn Disk) -> Vec<PathBuf> {
    match store {
        Store::Ollama => ollama(disk),
        Store::LmStudio => lm_studio(disk),
        Store::HuggingFace => hugging_face(disk),
        Store::LlamaCpp => llama_cpp(disk),
        Store::Mlx => mlx(disk),
        Store::ComfyUi => comfy_ui(disk),
        Store::Folder => Vec::new(),
    }
}

/// `OLLAMA_MODELS` alone where it is set, else the user's folder and that of the Linux service
/// (ollama/ollama docs/faq.md, "How do I set them to a different location?").
fn ollama(disk: &dyn Disk) -> Vec<PathBuf> {
    if let Some(own) = disk.variable("OLLAMA_MODELS") {
        return vec![own];
    }
    let mut paths: Vec<PathBuf> = disk.home().map(|home| home.join(".ollama/models")).into_iter().collect();
    if matches!(disk.os(), Os::Linux | Os::Auto) {
        paths.push(PathBuf::from("/usr/share/ollama/.ollama/models"));
    }
    paths
}

/// The home that LM Studio points to, its usual one, the one of before 2025, and the folder its settings choose.
fn lm_studio(disk: &dyn Disk) -> Vec<PathBuf> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Settings {
        downloads_folder: Option<PathBuf>,
    }
    let Some(home) = disk.home() else { return Vec::new() };
    let pointed = disk.read(&home.join(".lmstudio-home-pointer"), SMALL).ok();
    let pointed = pointed.and_then(|bytes| String::from_utf8(bytes).ok()).map(|text| text.trim().into());
    let homes: Vec<PathBuf> =
        pointed.into_iter().chain([home.join(".lmstudio"), home.join(".cache/lm-studio")]).collect();
    let chosen = homes.iter().filter_map(|home| {
        let bytes = disk.read(&home.join("settings.json"), SMALL).ok()?;
        serde_json::from_slice::<Settings>(&bytes).ok()?.downloads_folder
    });
    chosen.chain(homes.iter().map(|home| home.join("models"))).collect()
}

/// `huggingface_hub/constants.py`: `HF_HUB_CACHE`, its older name, `HF_HOME`, `XDG_CACHE_HOME`, in that order.
fn hugging_face(disk: &dyn Disk) -> Vec<PathBuf> {
    let named = |name: &str| disk.variable(name).map(|path| expanded(path, disk));
    let hub = named("HF_HUB_CACHE").or_else(|| named("HUGGINGFACE_HUB_CACHE"));
    let hub = hub.or_else(|| named("HF_HOME").map(|home| home.join("hub")));
    hub.or_else(|| cache(disk).map(|cache| cache.join("huggingface/hub"))).into_iter().collect()
}

/// `fs_get_cache_directory` in llama.cpp's common/common.cpp.
fn llama_cpp(disk: &dyn Disk) -> Vec<PathBuf> {
    if let Some(own) = disk.variable("LLAMA_CACHE") {
        return vec![own];
    }
    let cache = match disk.os() {
        Os::MacOs => disk.home().map(|home| home.join("Library/Caches")),
        Os::Windows => disk.variable("LOCALAPPDATA"),
        Os::Linux | Os::Auto => cache(disk),
    };
    cache.map(|cache| cache.join("llama.cpp")).into_iter().collect()
}

/// The hub of Swift programs: `HubApi` of swift-transformers downloads to Documents, the MLX examples to the caches.
fn mlx(disk: &dyn Disk) -> Vec<PathBuf> {
    let Some(home) = disk.home().filter(|_| disk.os() == Os::MacOs) else { return Vec::new() };
    ["Documents/huggingface/models", "Library/Caches/models"].map(|inside| home.join(inside)).into()
}

/// Where its installers put it: cloned, by comfy-cli, by the desktop app.
fn comfy_ui(disk: &dyn Disk) -> Vec<PathBuf> {
    let Some(home) = disk.home() else { return Vec::new() };
    ["ComfyUI/models", "comfy/ComfyUI/models", "Documents/ComfyUI/models"]
        .map(|inside| home.join(inside))
        .into()
}

/// `XDG_CACHE_HOME`, or `.cache` of the user's folder.
fn cache(disk: &dyn Disk) -> Option<PathBuf> {
    let own = disk.variable("XDG_CACHE_HOME").map(|path| expanded(path, disk));
    own.or_else(|| disk.home().map(|home| home.join(".cache")))
}

/// `~/models` is in the user's folder, as Python's libraries read it.
fn expanded(path: PathBuf, disk: &dyn Disk) -> PathBuf {
    let inside = path.strip_prefix("~").ok().map(Path::to_owned);
    inside.and_then(|inside| disk.home().map(|home| home.join(inside))).unwrap_or(path)
}
