//! Qwen3 4B as FLUX.2-klein 4B's text encoder (`Qwen3ForCausalLM` of Transformers 5.24), 512 tokens.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 4_022_272_000.0,
        kernels: 0.0,
        rest: 389_152_256.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 388_956_160.0,
    },
    one: &[Moment {
        matrix: 388_956_160.0,
        alive: &[
            ("model.embed_tokens: embedding", &[(By::One, 2_621_440.0)]),
            ("model.layers: add", &[(By::One, 91_750_400.0)]),
            ("model.norm: mul", &[(By::One, 2_621_440.0)]),
            ("lm_head: mm", &[(By::One, 155_582_464.0)]),
            ("smaller tensors", &[(By::One, 4096.0)]),
        ],
    }],
    several: &[Moment {
        matrix: 388_956_160.0,
        alive: &[
            ("model.embed_tokens: embedding", &[(By::Batch, 2_621_440.0)]),
            ("model.layers: add", &[(By::Batch, 91_750_400.0)]),
            ("model.norm: mul", &[(By::Batch, 2_621_440.0)]),
            ("lm_head: mm", &[(By::Batch, 155_582_464.0)]),
            ("smaller tensors", &[(By::Batch, 4096.0)]),
        ],
    }],
};
