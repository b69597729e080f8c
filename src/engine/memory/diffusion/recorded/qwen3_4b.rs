//! Qwen3 4B as Z-Image's text encoder (`Qwen3Model` of Transformers 5.24), 512 tokens.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 3_633_315_840.0,
        kernels: 0.0,
        rest: 389_152_256.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 388_956_160.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("embed_tokens: embedding", &[(By::One, 2_621_440.0)]),
                ("layers: add", &[(By::One, 94_371_840.0)]),
                ("layers.post_attention_layernorm: mul", &[(By::One, 2_621_440.0)]),
                ("layers.mlp.act_fn: silu", &[(By::One, 9_961_472.0)]),
                ("layers.mlp.up_proj: mm", &[(By::One, 9_961_472.0)]),
                ("layers.mlp: mul", &[(By::One, 9_961_472.0)]),
                ("smaller tensors", &[(By::One, 532_480.0)]),
            ],
        },
        Moment {
            matrix: 24_903_680.0,
            alive: &[
                ("embed_tokens: embedding", &[(By::One, 2_621_440.0)]),
                ("layers: add", &[(By::One, 94_371_840.0)]),
                ("layers.post_attention_layernorm: mul", &[(By::One, 2_621_440.0)]),
                ("layers.mlp.act_fn: silu", &[(By::One, 9_961_472.0)]),
                ("layers.mlp.up_proj: mm", &[(By::One, 9_961_472.0)]),
                ("smaller tensors", &[(By::One, 532_480.0)]),
            ],
        },
    ],
    several: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("embed_tokens: embedding", &[(By::Batch, 2_621_440.0)]),
                ("layers: add", &[(By::Batch, 94_371_840.0)]),
                ("layers.post_attention_layernorm: mul", &[(By::Batch, 2_621_440.0)]),
                ("layers.mlp.act_fn: silu", &[(By::Batch, 9_961_472.0)]),
                ("layers.mlp.up_proj: mm", &[(By::Batch, 9_961_472.0)]),
                ("layers.mlp: mul", &[(By::Batch, 9_961_472.0)]),
                ("smaller tensors", &[(By::One, 266_240.0), (By::Batch, 266_240.0)]),
            ],
        },
        Moment {
            matrix: 24_903_680.0,
            alive: &[
                ("embed_tokens: embedding", &[(By::Batch, 2_621_440.0)]),
                ("layers: add", &[(By::Batch, 94_371_840.0)]),
                ("layers.post_attention_layernorm: mul", &[(By::Batch, 2_621_440.0)]),
                ("layers.mlp.act_fn: silu", &[(By::Batch, 9_961_472.0)]),
                ("layers.mlp.up_proj: mm", &[(By::Batch, 9_961_472.0)]),
                ("smaller tensors", &[(By::One, 266_240.0), (By::Batch, 266_240.0)]),
            ],
        },
    ],
};
