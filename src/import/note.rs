//! What the user should know about an imported model.

use std::fmt;

use super::error::bounded;
use crate::units::{Bytes, count, show_gb, show_grouped};

/// Something the user should know about an imported model.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The architecture is unknown here.
    UnknownArchitecture {
        /// As the file calls it.
        name: String,
        /// A clause about those that are known.
        near: String,
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
    /// Settings that no program can run with.
    Impossible {
        /// Which, in a sentence without its end.
        why: String,
    },
    /// How weights are stored, where no file of them is there to tell, in a sentence.
    PrecisionAssumed(String),
    /// Floats lie in 32 bit, which programs load in one width or the other.
    WideFloats {
        /// Whether the configuration says 16 bit.
        despite: bool,
    },
    /// Files hold other layers than the configuration says.
    LayersDiffer {
        /// How many the files hold.
        held: u64,
        /// How many the configuration says.
        said: u64,
    },
    /// Parts of a wrapper that are not counted, in a sentence.
    Beside(String),
    /// Something else that was assumed, in a sentence.
    Assumed(String),
    /// Layers for predicting several tokens ahead are in the file but not loaded for ordinary use.
    PredictionLayers {
        /// How many.
        layers: u32,
    },
    /// A vision part whose size the file does not tell.
    VisionNotCounted,
    /// What sees or hears, counted by its class.
    VisionByClass {
        /// Its parameters, with what projects from it.
        parameters: u64,
    },
    /// What sees is of a class that is not known, so that its layers alone are counted.
    VisionAtLeast {
        /// The parameters of their matrices.
        parameters: u64,
    },
    /// Images are cut into tiles, each of which is seen by itself.
    VisionTiles,
    /// Nothing but the embedding is known of a model.
    OnlyEmbedding,
    /// Files are not there, and what their index says of them agrees with the configuration.
    IndexBeside {
        /// Bytes of all of them.
        bytes: u64,
    },
    /// Files are not there, and what their index says of them is what is weighed.
    IndexDecides {
        /// Bytes of all of them.
        bytes: u64,
    },
    /// None of the files that an index names is there.
    NoParts {
        /// How many it names.
        of: usize,
    },
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
            Self::UnknownArchitecture { name, .. } if name.is_empty() => write!(
                f,
                "The configuration names no type: only the bytes of its tensors are known, a lower bound of the memory it needs"
            ),
            Self::UnknownArchitecture { name, near } => {
                write!(
                    f,
                    "Unknown architecture `{}`: only the bytes of its tensors are known, a lower bound of the memory it needs{near}",
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
            Self::Impossible { why } => write!(f, "{why}: no program runs this file as it is"),
            Self::PrecisionAssumed(what) | Self::Beside(what) | Self::Assumed(what) => f.write_str(what),
            Self::PredictionLayers { layers } => write!(
                f,
                "{layers} layer(s) for predicting several tokens ahead are not counted in the shapes"
            ),
            Self::CountedFromShapes => {
                write!(f, "The weights are packed, so the parameters are counted from the configuration")
            }
            Self::LeftOut { files } => {
                write!(f, "{files} other safetensors file(s) in the folder are left out")
            }
            other => other.of_towers_and_indexes(f),
        }
    }
}

impl Note {
    /// The sentences about what sees, and about files that are not there.
    fn of_towers_and_indexes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VisionNotCounted => {
                write!(f, "The image encoder is not counted, because the file does not tell its size")
            }
            Self::VisionByClass { parameters } => write!(
                f,
                "What sees or hears has {} parameters by its class, its projector included; they are counted where vision is on",
                show_grouped(*parameters)
            ),
            Self::VisionAtLeast { parameters } => write!(
                f,
                "The image encoder has {} parameters or more: its class is not known here, so where vision is on the matrices of its layers are counted, a lower bound",
                show_grouped(*parameters)
            ),
            Self::VisionTiles => {
                write!(
                    f,
                    "Images are cut into tiles; what the image encoder computes with is that of one tile"
                )
            }
            Self::WideFloats { despite: false } => write!(
                f,
                "Stored in 32-bit floats: Transformers and MLX load them so; vLLM, SGLang and ExLlama load 16 bit, and llama.cpp's converter writes 16 bit"
            ),
            Self::WideFloats { despite: true } => write!(
                f,
                "The tensors are 32-bit floats though the configuration says 16 bit: MLX loads them as they lie, the other programs load 16 bit"
            ),
            Self::LayersDiffer { held, said } if held > said => write!(
                f,
                "The files hold {held} layers and the configuration says {said}: programs run {said}, and the others are left out here"
            ),
            Self::LayersDiffer { held, said } => write!(
                f,
                "The files hold {held} layers and the configuration says {said}: weights are the files', all else follows the configuration; one of the two is of another model"
            ),
            Self::OnlyEmbedding => write!(
                f,
                "Without files nothing but the token embedding is known of it; give the folder with its safetensors index for all of its weights"
            ),
            Self::IndexBeside { bytes } => write!(
                f,
                "The index says {} of weights; they are weighed by the configuration",
                show_gb(Bytes::new(count(*bytes)))
            ),
            Self::IndexDecides { bytes } => write!(
                f,
                "The weights are the {} that the index says of all its files together",
                show_gb(Bytes::new(count(*bytes)))
            ),
            Self::NoParts { of } => {
                write!(f, "None of the {of} file(s) that the index names is in the folder")
            }
            _ => Ok(()),
        }
    }

    /// Whether it says that files hold more than the language model that every use loads.
    pub(super) const fn holds_more(&self) -> bool {
        self.is_about_a_tower() || matches!(self, Self::Beside(_) | Self::PredictionLayers { .. })
    }

    /// Whether it is about the size of what sees or hears.
    pub(super) const fn is_about_a_tower(&self) -> bool {
        matches!(self, Self::VisionNotCounted | Self::VisionByClass { .. } | Self::VisionAtLeast { .. })
    }
}
