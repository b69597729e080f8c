//! Qwen2.5-VL 7B as Qwen-Image's text encoder (its text model of Transformers 5.24), a prompt of 128 tokens in a template of 34.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 7_744_815_104.0,
        kernels: 1_505_280.0,
        rest: 545_846_272.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 544_997_376.0,
    },
    one: &[Moment {
        matrix: 544_997_376.0,
        alive: &[
            ("model.embed_tokens: embedding", &[(By::One, 1_161_216.0)]),
            ("model.layers: add", &[(By::One, 31_352_832.0)]),
            ("model.norm: mul", &[(By::One, 1_161_216.0)]),
            ("lm_head: mm", &[(By::One, 49_268_736.0)]),
            ("smaller tensors", &[(By::One, 1296.0)]),
        ],
    }],
    several: &[Moment {
        matrix: 544_997_376.0,
        alive: &[
            ("model.embed_tokens: embedding", &[(By::Batch, 1_161_216.0)]),
            ("model.layers: add", &[(By::Batch, 31_352_832.0)]),
            ("model.norm: mul", &[(By::Batch, 1_161_216.0)]),
            ("lm_head: mm", &[(By::Batch, 49_268_736.0)]),
            ("smaller tensors", &[(By::Batch, 1296.0)]),
        ],
    }],
};
