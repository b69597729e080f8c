//! Mistral Small 3.1 24B as FLUX.2's text encoder (Mistral's text model of Transformers 5.24), 512 tokens.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 23_339_204_608.0,
        kernels: 602_112.0,
        rest: 671_554_560.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 671_088_640.0,
    },
    one: &[Moment {
        matrix: 671_088_640.0,
        alive: &[
            ("model.embed_tokens: embedding", &[(By::One, 5_242_880.0)]),
            ("model.layers: add", &[(By::One, 204_472_320.0)]),
            ("model.norm: mul", &[(By::One, 5_242_880.0)]),
            ("lm_head: mm", &[(By::One, 134_217_728.0)]),
            ("smaller tensors", &[(By::One, 4096.0)]),
        ],
    }],
    several: &[Moment {
        matrix: 671_088_640.0,
        alive: &[
            ("model.embed_tokens: embedding", &[(By::Batch, 5_242_880.0)]),
            ("model.layers: add", &[(By::Batch, 204_472_320.0)]),
            ("model.norm: mul", &[(By::Batch, 5_242_880.0)]),
            ("lm_head: mm", &[(By::Batch, 134_217_728.0)]),
            ("smaller tensors", &[(By::Batch, 4096.0)]),
        ],
    }],
};
