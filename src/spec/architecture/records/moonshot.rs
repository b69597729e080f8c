//! Moonshot AI: Kimi.

use super::super::{Architecture, Gguf, LlamaCpp};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture { name: "kimi-k3", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture {
        name: "kimi-linear",
        llama_cpp: LlamaCpp { by_tensor: false, ..LlamaCpp::USUAL },
        gguf: Gguf::OVER_ALL,
        ..Architecture::USUAL
    },
];
