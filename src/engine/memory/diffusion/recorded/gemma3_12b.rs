//! Gemma 3 12B as LTX-2's text encoder (its text model of Transformers 5.24), 1,024 tokens.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 12_187_582_464.0,
        kernels: 677_376.0,
        rest: 1_021_182_272.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 1_006_878_720.0,
    },
    one: &[Moment {
        matrix: 1_006_878_720.0,
        alive: &[
            ("model.layers: add", &[(By::One, 369_623_040.0)]),
            ("lm_head: mm", &[(By::One, 537_001_984.0)]),
            ("smaller tensors", &[(By::One, 15_736_832.0)]),
        ],
    }],
    several: &[Moment {
        matrix: 1_006_878_720.0,
        alive: &[
            ("model.layers: add", &[(By::Batch, 369_623_040.0)]),
            ("lm_head: mm", &[(By::Batch, 537_001_984.0)]),
            ("smaller tensors", &[(By::Batch, 15_736_832.0)]),
        ],
    }],
};
