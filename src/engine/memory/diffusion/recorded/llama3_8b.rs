//! Llama 3 8B as HunyuanVideo's text encoder (`LlamaModel` of Transformers 5.24), 256 tokens in a template of 95.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 6_979_321_856.0,
        kernels: 0.0,
        rest: 525_864_960.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 525_598_720.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("embed_tokens: embedding", &[(By::One, 2_875_392.0)]),
                ("layers: add", &[(By::One, 92_012_544.0)]),
                ("layers.post_attention_layernorm: mul", &[(By::One, 2_875_392.0)]),
                ("layers.mlp.act_fn: silu", &[(By::One, 10_063_872.0)]),
                ("layers.mlp.up_proj: mm", &[(By::One, 10_063_872.0)]),
                ("layers.mlp: mul", &[(By::One, 10_063_872.0)]),
                ("smaller tensors", &[(By::One, 308_529.0)]),
            ],
        },
        Moment {
            matrix: 58_720_256.0,
            alive: &[
                ("embed_tokens: embedding", &[(By::One, 2_875_392.0)]),
                ("layers: add", &[(By::One, 92_012_544.0)]),
                ("layers.post_attention_layernorm: mul", &[(By::One, 2_875_392.0)]),
                ("layers.mlp.act_fn: silu", &[(By::One, 10_063_872.0)]),
                ("layers.mlp.up_proj: mm", &[(By::One, 10_063_872.0)]),
                ("smaller tensors", &[(By::One, 308_529.0)]),
            ],
        },
    ],
    several: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("embed_tokens: embedding", &[(By::Batch, 2_875_392.0)]),
                ("layers: add", &[(By::Batch, 92_012_544.0)]),
                ("layers.post_attention_layernorm: mul", &[(By::Batch, 2_875_392.0)]),
                ("layers.mlp.act_fn: silu", &[(By::Batch, 10_063_872.0)]),
                ("layers.mlp.up_proj: mm", &[(By::Batch, 10_063_872.0)]),
                ("layers.mlp: mul", &[(By::Batch, 10_063_872.0)]),
                ("smaller tensors", &[(By::One, 182_520.0), (By::Batch, 126_009.0)]),
            ],
        },
        Moment {
            matrix: 58_720_256.0,
            alive: &[
                ("embed_tokens: embedding", &[(By::Batch, 2_875_392.0)]),
                ("layers: add", &[(By::Batch, 92_012_544.0)]),
                ("layers.post_attention_layernorm: mul", &[(By::Batch, 2_875_392.0)]),
                ("layers.mlp.act_fn: silu", &[(By::Batch, 10_063_872.0)]),
                ("layers.mlp.up_proj: mm", &[(By::Batch, 10_063_872.0)]),
                ("smaller tensors", &[(By::One, 182_520.0), (By::Batch, 126_009.0)]),
            ],
        },
    ],
};
