//! Models that refine a whole text at once.

use super::super::{Architecture, Writes};

/// By name.
pub(super) const ALL: &[Architecture] = &[
    Architecture { name: "dream", writes: Writes::WholeTexts, ..Architecture::USUAL },
    Architecture { name: "llada", writes: Writes::WholeTexts, ..Architecture::USUAL },
    Architecture { name: "llada-moe", writes: Writes::WholeTexts, ..Architecture::USUAL },
    Architecture { name: "rnd1", writes: Writes::WholeTexts, ..Architecture::USUAL },
];
