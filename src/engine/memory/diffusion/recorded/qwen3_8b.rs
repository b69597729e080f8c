//! Qwen3 8B as FLUX.2-klein 9B's text encoder (`Qwen3ForCausalLM` of Transformers 5.24), 512 tokens.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 7_568_097_280.0,
        kernels: 0.0,
        rest: 622_638_080.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 622_329_856.0,
    },
    one: &[Moment {
        matrix: 622_329_856.0,
        alive: &[
            ("model.embed_tokens: embedding", &[(By::One, 4_194_304.0)]),
            ("model.layers: add", &[(By::One, 146_800_640.0)]),
            ("model.norm: mul", &[(By::One, 4_194_304.0)]),
            ("lm_head: mm", &[(By::One, 155_582_464.0)]),
            ("smaller tensors", &[(By::One, 4096.0)]),
        ],
    }],
    several: &[Moment {
        matrix: 622_329_856.0,
        alive: &[
            ("model.embed_tokens: embedding", &[(By::Batch, 4_194_304.0)]),
            ("model.layers: add", &[(By::Batch, 146_800_640.0)]),
            ("model.norm: mul", &[(By::Batch, 4_194_304.0)]),
            ("lm_head: mm", &[(By::Batch, 155_582_464.0)]),
            ("smaller tensors", &[(By::Batch, 4096.0)]),
        ],
    }],
};
