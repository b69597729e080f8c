//! Encoders: embedding models and rerankers.

use super::super::{Architecture, Writes};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture { name: "bert", writes: Writes::Nothing, ..Architecture::USUAL },
    Architecture { name: "eurobert", writes: Writes::Nothing, ..Architecture::USUAL },
    Architecture { name: "jina-bert-v2", writes: Writes::Nothing, ..Architecture::USUAL },
    Architecture { name: "jina-bert-v3", writes: Writes::Nothing, ..Architecture::USUAL },
    Architecture { name: "modern-bert", writes: Writes::Nothing, ..Architecture::USUAL },
    Architecture { name: "neo-bert", writes: Writes::Nothing, ..Architecture::USUAL },
    Architecture { name: "nomic-bert", writes: Writes::Nothing, ..Architecture::USUAL },
    Architecture { name: "nomic-bert-moe", writes: Writes::Nothing, ..Architecture::USUAL },
    Architecture { name: "wavtokenizer-dec", writes: Writes::Nothing, ..Architecture::USUAL },
];
