//! Models of recurrent layers alone, or nearly.

use super::super::{Architecture, Gguf, Kept, LlamaCpp};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "arwkv7",
        gguf: Gguf { kept: Some(Kept { states_alone: true, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "jamba",
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
    Architecture {
        name: "mamba",
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf { kept: Some(Kept { states_alone: true, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "mamba2",
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf { kept: Some(Kept { states_alone: true, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "rwkv6",
        gguf: Gguf { kept: Some(Kept { states_alone: true, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture {
        name: "rwkv7",
        gguf: Gguf { kept: Some(Kept { states_alone: true, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
];
