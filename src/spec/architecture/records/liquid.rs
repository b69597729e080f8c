//! Liquid AI: LFM.

use super::super::{Architecture, Gguf, Kept, Windows};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture {
        name: "lfm2",
        gguf: Gguf { kept: Some(Kept { windows: Windows::Everywhere, ..Kept::OVER_ALL }), ..Gguf::UNKNOWN },
        ..Architecture::USUAL
    },
    Architecture { name: "lfm2moe", gguf: Gguf::OVER_ALL, ..Architecture::USUAL },
    Architecture { name: "lfm3", ..Architecture::USUAL },
];
