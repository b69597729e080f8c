//! A model that a store on this machine keeps.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::disk::FileId;
use crate::units::{Bytes, count, show_gb};

/// A program that keeps models on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Store {
    /// Ollama: manifests, and blobs that they share.
    Ollama,
    /// LM Studio: folders by publisher and model.
    LmStudio,
    /// The cache that Hugging Face's libraries, vLLM, MLX and llama.cpp download to.
    HuggingFace,
    /// llama.cpp's own cache.
    LlamaCpp,
    /// Folders in which MLX programs on a Mac keep models.
    Mlx,
    /// ComfyUI: folders by what a file is for.
    ComfyUi,
    /// A folder that was named.
    Folder,
}

impl Store {
    /// All, in the order they are looked through.
    pub const ALL: [Self; 7] = [
        Self::Ollama,
        Self::LmStudio,
        Self::HuggingFace,
        Self::LlamaCpp,
        Self::Mlx,
        Self::ComfyUi,
        Self::Folder,
    ];

    /// As in JSON, and before the colon of a model's name where the store gives models names.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ollama => "ollama",
            Self::LmStudio => "lmstudio",
            Self::HuggingFace => "hf",
            Self::LlamaCpp => "llama.cpp",
            Self::Mlx => "mlx",
            Self::ComfyUi => "comfyui",
            Self::Folder => "folder",
        }
    }

    /// As people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ollama => "Ollama",
            Self::LmStudio => "LM Studio",
            Self::HuggingFace => "Hugging Face cache",
            Self::LlamaCpp => "llama.cpp cache",
            Self::Mlx => "MLX",
            Self::ComfyUi => "ComfyUI",
            Self::Folder => "folder",
        }
    }

    /// Whether its models go by names of its own, as `ollama:llama3.1:8b`; others go by their path.
    pub const fn has_names(self) -> bool {
        matches!(self, Self::Ollama | Self::LmStudio | Self::HuggingFace)
    }
}

/// What kind of files a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredFormat {
    /// One GGUF file, or one in parts.
    Gguf,
    /// A configuration with safetensors beside it.
    Safetensors,
    /// The same, quantized by MLX.
    Mlx,
    /// A pipeline of several models, as diffusers lays it out.
    Diffusers,
    /// An adapter, as PEFT and MLX save it.
    Adapter,
    /// Tensors without a configuration: a checkpoint or a component of an image model.
    TensorFile,
    /// A PyTorch archive, whose contents only Python can tell.
    PyTorch,
    /// Tensors one by one, as Ollama keeps models that are no GGUF.
    OllamaTensors,
    /// Nothing of it lies here.
    Absent,
}

impl StoredFormat {
    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Gguf => "gguf",
            Self::Safetensors | Self::TensorFile => "safetensors",
            Self::Mlx => "mlx",
            Self::Diffusers => "diffusers",
            Self::Adapter => "adapter",
            Self::PyTorch => "pytorch",
            Self::OllamaTensors => "ollama-tensors",
            Self::Absent => "none",
        }
    }

    /// As people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Gguf => "GGUF",
            Self::Safetensors | Self::TensorFile => "safetensors",
            Self::Mlx => "MLX",
            Self::Diffusers => "diffusers",
            Self::Adapter => "adapter",
            Self::PyTorch => "PyTorch archive",
            Self::OllamaTensors => "Ollama tensors",
            Self::Absent => "not here",
        }
    }
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Which file it is, under whatever name.
    pub id: FileId,
    /// Its length, bytes.
    pub bytes: u64,
}

/// Why a model that a store lists cannot be opened, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Its manifest is not as the store writes it.
    #[error("its manifest is damaged ({0}); pull it again")]
    Manifest(String),
    /// Some of its files are not there.
    #[error("{missing} of its {of} files are not there; download it again")]
    Missing {
        /// How many.
        missing: usize,
        /// Of how many.
        of: usize,
    },
    /// A file is shorter than its store says.
    #[error("{} of {} are there; the download was cut off, download it again", show_gb(Bytes::new(count(*present))), show_gb(Bytes::new(count(*promised))))]
    Short {
        /// Bytes there.
        present: u64,
        /// Bytes that should be.
        promised: u64,
    },
    /// Its download is not finished.
    #[error("its download is not finished")]
    Unfinished,
    /// It runs on the store's servers.
    #[error("it runs on the store's own servers, and none of its weights are here")]
    Elsewhere,
    /// Its files are of a kind that is not read.
    #[error("{0}")]
    NotRead(&'static str),
}

/// A model on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Who keeps it.
    pub store: Store,
    /// What `--model` and presets take: `ollama:llama3.1:8b`, or a path; `None` where that is no text.
    pub key: Option<String>,
    /// As its store calls it, at most 200 characters; it may hold any characters.
    pub name: String,
    /// What is opened: a file or a folder.
    pub path: PathBuf,
    /// What kind of files it is.
    pub format: StoredFormat,
    /// All of its files; several models may share some.
    pub files: Vec<StoredFile>,
    /// Why it cannot be opened, or not all of it.
    pub trouble: Option<Trouble>,
}

impl Found {
    /// What its files take on disk, each once.
    pub fn bytes(&self) -> u64 {
        bytes_on_disk(std::iter::once(self))
    }

    /// Whether it is a model by itself, which reading its header can tell more of.
    pub const fn opens(&self) -> bool {
        !matches!(
            (self.format, &self.trouble),
            (StoredFormat::PyTorch | StoredFormat::OllamaTensors | StoredFormat::Absent, _)
                | (_, Some(Trouble::Manifest(_) | Trouble::Elsewhere | Trouble::Unfinished))
        )
    }
}

/// What models take on disk together: a file that several share is counted once.
pub fn bytes_on_disk<'a>(models: impl Iterator<Item = &'a Found>) -> u64 {
    let files: BTreeMap<&FileId, u64> =
        models.flat_map(|model| &model.files).map(|file| (&file.id, file.bytes)).collect();
    files.values().fold(0, |sum, bytes| sum.saturating_add(*bytes))
}
