//! What an import brings home.

use std::fmt;
use std::sync::Arc;

use super::error::bounded;
use crate::spec::preset::NoModel;
use crate::spec::{Adapter, ImageFile, Model, ModelFile, Quantization};
use crate::units::{Bytes, count, show_gb, show_grouped, whole};

/// A model read from disk, as far as the file tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The architecture; `None` where it is unknown or cannot be expressed, and a note says which.
    pub model: Option<Model>,
    /// Bytes of all tensors, without headers and padding; `None` where only a configuration was given. Of an
    /// unknown architecture it is a lower bound of the memory needed.
    pub exact_bytes: Option<Bytes>,
    /// How the weights are stored, where the file says it and the form is known.
    pub file_type: Option<Quantization>,
    /// What it says of its weights; `None` where nothing is known of them.
    pub file: Option<ModelFile>,
    /// The model by what it weighs alone, where its layers are not known and its bytes are.
    pub weighed: Option<Model>,
    /// The file as one of a pipeline for images, where it is one.
    pub image: Option<Arc<ImageFile>>,
    /// Every tensor of a GGUF file in its order; empty for other files.
    pub tensors: Vec<StoredTensor>,
    /// What the user should know about it.
    pub notes: Vec<Note>,
    /// What kind of file it is, for a heading: `GGUF v3, llama, Q4_K_M, 147 tensors`.
    pub what: String,
}

/// One tensor as a file stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTensor {
    /// `blk.0.attn_q.weight`.
    pub name: String,
    /// Name of its number format: `Q4_K`.
    pub kind: &'static str,
    /// Its dimensions, the contiguous one first.
    pub dimensions: Vec<u64>,
    /// Bytes it takes.
    pub bytes: u64,
}

impl StoredTensor {
    /// Number of its elements.
    pub fn elements(&self) -> u64 {
        self.dimensions.iter().product()
    }
}

/// Something the user should know about an imported model.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The architecture is unknown here.
    UnknownArchitecture {
        /// As the file calls it.
        name: String,
        /// The known ones.
        known: String,
    },
    /// The architecture is known, but this file differs from it in a way that cannot be expressed.
    NotExpressible {
        /// What differs.
        why: String,
    },
    /// The class is known by its tensors and caches, and not by its passes.
    SketchOnly {
        /// As the file calls it.
        name: String,
    },
    /// A key is missing and the model type's documented default was used.
    Default {
        /// The key.
        key: &'static str,
        /// The value used.
        value: String,
    },
    /// The file ends before its last tensor does, as after an interrupted download.
    EndsEarly {
        /// Bytes there.
        present: u64,
        /// Bytes the header promises.
        needed: u64,
    },
    /// Files named by an index or by their numbering are not there.
    MissingParts {
        /// How many of them.
        missing: usize,
        /// Of how many.
        of: usize,
    },
    /// The recipe of the file is not one that is modelled.
    OtherFileType {
        /// Its name or number.
        name: String,
    },
    /// A window the configuration names, but llama.cpp does not use for this architecture.
    WindowIgnored {
        /// The window in tokens.
        window: u32,
    },
    /// What layers that only draft tokens take in the file.
    PredictionBytes {
        /// Bytes of their tensors.
        bytes: u64,
    },
    /// A tower that sees or hears is in the file of the language model.
    TowerInFile {
        /// Bytes of its tensors.
        bytes: u64,
    },
    /// A tensor stands twice in the file.
    Twice {
        /// Its name.
        name: String,
    },
    /// Query heads that cannot share their key and value heads.
    ImpossibleHeads {
        /// Query heads.
        heads: u32,
        /// Key and value heads.
        kv_heads: u32,
    },
    /// How weights are stored, where no file of them is there to tell, in a sentence.
    PrecisionAssumed(String),
    /// Something else that was assumed, in a sentence.
    Assumed(String),
    /// Layers for predicting several tokens ahead are in the file but not loaded for ordinary use.
    PredictionLayers {
        /// How many.
        layers: u32,
    },
    /// A vision part whose size the file does not tell.
    VisionNotCounted,
    /// The weights are packed, so the parameters were counted from the shapes of the configuration.
    CountedFromShapes,
    /// Other safetensors files of the folder were left out.
    LeftOut {
        /// How many.
        files: usize,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownArchitecture { name, known } => {
                write!(
                    f,
                    "Unknown architecture `{}`: only the bytes of its tensors are known, a lower bound of the memory it needs; known are {known}",
                    bounded(name)
                )
            }
            Self::NotExpressible { why } => {
                write!(
                    f,
                    "{why}: only the bytes of its tensors are known, a lower bound of the memory it needs"
                )
            }
            Self::SketchOnly { name } => write!(
                f,
                "Of `{}` the weights and what it keeps for past tokens are exact; what a pass needs beside them is not known",
                bounded(name)
            ),
            Self::Default { key, value } => {
                write!(f, "`{key}` is not in the file; used {value}, the default of this model type")
            }
            Self::EndsEarly { present, needed } => write!(
                f,
                "The file ends early: {} of {} bytes are there; download it again before you run it",
                show_grouped(*present),
                show_grouped(*needed)
            ),
            Self::MissingParts { missing, of } => {
                write!(
                    f,
                    "{missing} of {of} parts of the model are not in the folder; what is said covers the rest"
                )
            }
            Self::OtherFileType { name } => write!(
                f,
                "The size rules of this file are not known here ({name}); the bytes of its tensors are exact all the same"
            ),
            Self::WindowIgnored { window } => write!(
                f,
                "The sliding window of {} tokens is left out, as llama.cpp keeps every token of this architecture",
                show_grouped(u64::from(*window))
            ),
            Self::PredictionBytes { bytes } => write!(
                f,
                "{} of the file are layers that only draft tokens; they are loaded for speculative decoding alone",
                show_gb(Bytes::new(count(*bytes)))
            ),
            Self::TowerInFile { bytes } => write!(
                f,
                "{} of the file are a tower that sees or hears; it is counted where vision is on",
                show_gb(Bytes::new(count(*bytes)))
            ),
            Self::Twice { name } => {
                write!(f, "Tensor `{}` stands twice in the file; both are counted", bounded(name))
            }
            Self::ImpossibleHeads { heads, kv_heads } => write!(
                f,
                "{heads} query heads cannot share {kv_heads} key and value heads: no program runs this file as it is"
            ),
            Self::PrecisionAssumed(what) | Self::Assumed(what) => f.write_str(what),
            Self::PredictionLayers { layers } => write!(
                f,
                "{layers} layer(s) for predicting several tokens ahead are not counted in the shapes"
            ),
            Self::VisionNotCounted => {
                write!(f, "The vision part is not counted, because the file does not tell its size")
            }
            Self::CountedFromShapes => {
                write!(f, "The weights are packed, so the parameters are counted from the configuration")
            }
            Self::LeftOut { files } => {
                write!(f, "{files} other safetensors file(s) in the folder are left out")
            }
        }
    }
}

impl Imported {
    /// The same with the day its figures were read, `YYYY-MM-DD`; reading a model looks at no clock.
    #[must_use]
    pub fn read_on(mut self, today: &str) -> Self {
        for model in [&mut self.model, &mut self.weighed].into_iter().flatten() {
            let vision = model.vision.as_mut().map(|vision| &mut vision.parameters);
            let figures = [Some(&mut model.parameters), model.active_parameters.as_mut(), vision];
            for figure in figures.into_iter().flatten() {
                today.clone_into(&mut figure.3);
            }
        }
        self
    }

    /// The model with its file, or where its layers are not known the model by what it weighs; `None` where
    /// neither is known.
    pub fn into_model(self) -> Option<Model> {
        let notes = self.notes.iter().map(ToString::to_string).collect();
        let mut model = self.model.or(self.weighed)?;
        model.file = self.file.map(|file| Arc::new(ModelFile { notes, ..file }));
        Some(model)
    }

    /// The adapter, where it is one: its base model is to be found before anything can be asked of it.
    pub fn adapter(&self) -> Option<&Adapter> {
        self.file.as_ref().and_then(|file| file.adapter.as_ref())
    }

    /// The model of an adapter on its base, which `find` finds; of anything else as [`Imported::into_model`].
    ///
    /// # Errors
    /// When the base is not found.
    pub fn on_base(
        self,
        find: &dyn Fn(&str) -> Result<Arc<Model>, NoModel>,
    ) -> Result<Option<Model>, NoModel> {
        let Some(adapter) = self.adapter() else { return Ok(self.into_model()) };
        let base = find(&adapter.base).map_err(|_unknown| {
            NoModel(format!(
                "the adapter is of `{}`, which is neither in the catalog nor a path here; ask about its base model by itself, or put the path of it into adapter_config.json",
                bounded(&adapter.base)
            ))
        })?;
        let own = self.file.clone();
        let notes: Vec<String> = self.notes.iter().map(ToString::to_string).collect();
        let file = match (base.file.as_deref(), own) {
            (Some(of_base), Some(own)) => {
                let notes = [notes, of_base.notes.clone()].concat();
                Some(ModelFile { adapter: own.adapter, notes, ..of_base.clone() })
            }
            (None, Some(own)) => Some(ModelFile { notes, ..own }),
            (_, None) => None,
        };
        let name = format!("{} with {}", base.name, adapter.name);
        Ok(Some(Model { name, file: file.map(Arc::new), ..base.as_ref().clone() }))
    }

    /// One line for a person: what it is, and how large.
    pub fn summary(&self) -> String {
        match self.exact_bytes {
            Some(bytes) if whole(bytes.get()) > 0 => format!("{}, {}", self.what, show_gb(bytes)),
            _ => self.what.clone(),
        }
    }
}
