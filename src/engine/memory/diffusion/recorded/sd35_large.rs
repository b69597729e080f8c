//! Stable Diffusion 3.5 large's denoiser (`SD3Transformer2DModel` of diffusers 0.42.1), with 333 tokens of text.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 8_053_694_464.0,
        kernels: 155_648.0,
        rest: 2_777_408.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 35_487_744.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 2_732_034.0), (By::Tokens, 128.0)]),
                ("clone", &[(By::Tokens, 4864.0)]),
                ("context_embedder: addmm", &[(By::One, 1_619_712.0)]),
                ("transformer_blocks: mul", &[(By::One, 1_619_712.0), (By::Tokens, 9728.0)]),
                ("transformer_blocks: add", &[(By::One, 3_239_424.0), (By::Tokens, 9728.0)]),
                ("ff_context.net.proj: addmm", &[(By::One, 6_478_848.0)]),
                ("transformer_blocks.ff_context.net: gelu", &[(By::One, 6_478_848.0)]),
                ("smaller tensors", &[(By::One, 63_232.0)]),
            ],
        },
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 2_732_034.0), (By::Tokens, 128.0)]),
                ("transformer_blocks: add", &[(By::One, 1_619_712.0), (By::Tokens, 14_592.0)]),
                ("transformer_blocks.norm1_context: add", &[(By::One, 1_619_712.0)]),
                ("transformer_blocks.attn: clone", &[(By::One, 1_619_712.0), (By::Tokens, 4864.0)]),
                ("transformer_blocks: mul", &[(By::Tokens, 4864.0)]),
                ("ff.net.proj: addmm", &[(By::Tokens, 19_456.0)]),
                ("transformer_blocks.ff.net: gelu", &[(By::Tokens, 19_456.0)]),
                ("smaller tensors", &[(By::One, 34_048.0)]),
            ],
        },
        Moment {
            matrix: 35_487_744.0,
            alive: &[
                ("empty", &[(By::One, 2_732_034.0), (By::Tokens, 128.0)]),
                ("clone", &[(By::Tokens, 4864.0)]),
                ("context_embedder: addmm", &[(By::One, 1_619_712.0)]),
                ("transformer_blocks.norm1: add", &[(By::Tokens, 4864.0)]),
                ("smaller tensors", &[(By::One, 68_096.0)]),
            ],
        },
        Moment {
            matrix: 23_658_496.0,
            alive: &[
                ("empty", &[(By::One, 2_732_034.0), (By::Tokens, 128.0)]),
                ("transformer_blocks: add", &[(By::One, 1_619_712.0), (By::Tokens, 14_592.0)]),
                ("transformer_blocks.norm1_context: add", &[(By::One, 1_619_712.0)]),
                ("transformer_blocks.attn: clone", &[(By::One, 1_619_712.0), (By::Tokens, 4864.0)]),
                ("transformer_blocks: mul", &[(By::Tokens, 4864.0)]),
                ("transformer_blocks.ff.net: gelu", &[(By::Tokens, 19_456.0)]),
                ("transformer_blocks.ff.net: addmm", &[(By::Tokens, 4864.0)]),
                ("smaller tensors", &[(By::One, 34_048.0)]),
            ],
        },
    ],
    several: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 2_732_034.0), (By::AllTokens, 128.0)]),
                ("clone", &[(By::AllTokens, 4864.0)]),
                ("context_embedder: addmm", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks: mul", &[(By::Batch, 1_619_712.0), (By::AllTokens, 9728.0)]),
                ("transformer_blocks: add", &[(By::Batch, 3_239_424.0), (By::AllTokens, 9728.0)]),
                ("ff_context.net.proj: addmm", &[(By::Batch, 6_478_848.0)]),
                ("transformer_blocks.ff_context.net: gelu", &[(By::Batch, 6_478_848.0)]),
                ("smaller tensors", &[(By::Batch, 63_232.0)]),
            ],
        },
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 2_732_034.0), (By::AllTokens, 128.0)]),
                ("clone", &[(By::AllTokens, 4864.0)]),
                ("context_embedder: addmm", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks.norm1: add", &[(By::AllTokens, 4864.0)]),
                ("transformer_blocks.norm1_context: add", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks.attn.add_v_proj: addmm", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks.attn.norm_added_q: mul", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks.attn.norm_added_k: mul", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks.attn: cat", &[(By::Batch, 4_859_136.0), (By::AllTokens, 14_592.0)]),
                ("transformer_blocks.attn: clone", &[(By::Batch, 1_619_712.0), (By::AllTokens, 4864.0)]),
                ("transformer_blocks.attn.to_add_out: add", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks.attn.to_out: bmm", &[(By::AllTokens, 4864.0)]),
                ("transformer_blocks.attn.to_out: add", &[(By::AllTokens, 4864.0)]),
                ("smaller tensors", &[(By::Batch, 63_232.0)]),
            ],
        },
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 2_732_034.0), (By::AllTokens, 128.0)]),
                ("transformer_blocks: add", &[(By::Batch, 1_619_712.0), (By::AllTokens, 14_592.0)]),
                ("transformer_blocks.norm1_context: add", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks.attn: clone", &[(By::Batch, 1_619_712.0), (By::AllTokens, 4864.0)]),
                ("transformer_blocks: mul", &[(By::AllTokens, 4864.0)]),
                ("ff.net.proj: addmm", &[(By::AllTokens, 19_456.0)]),
                ("transformer_blocks.ff.net: gelu", &[(By::AllTokens, 19_456.0)]),
                ("smaller tensors", &[(By::Batch, 34_048.0)]),
            ],
        },
        Moment {
            matrix: 23_658_496.0,
            alive: &[
                ("empty", &[(By::Batch, 2_732_034.0), (By::AllTokens, 128.0)]),
                ("clone", &[(By::AllTokens, 4864.0)]),
                ("context_embedder: addmm", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks: mul", &[(By::Batch, 1_619_712.0), (By::AllTokens, 9728.0)]),
                ("transformer_blocks: add", &[(By::Batch, 3_239_424.0), (By::AllTokens, 9728.0)]),
                ("transformer_blocks.ff_context.net: gelu", &[(By::Batch, 6_478_848.0)]),
                ("transformer_blocks.ff_context.net: addmm", &[(By::Batch, 1_619_712.0)]),
                ("smaller tensors", &[(By::Batch, 63_232.0)]),
            ],
        },
        Moment {
            matrix: 23_658_496.0,
            alive: &[
                ("empty", &[(By::Batch, 2_732_034.0), (By::AllTokens, 128.0)]),
                ("transformer_blocks: add", &[(By::Batch, 1_619_712.0), (By::AllTokens, 14_592.0)]),
                ("transformer_blocks.norm1_context: add", &[(By::Batch, 1_619_712.0)]),
                ("transformer_blocks.attn: clone", &[(By::Batch, 1_619_712.0), (By::AllTokens, 4864.0)]),
                ("transformer_blocks: mul", &[(By::AllTokens, 4864.0)]),
                ("transformer_blocks.ff.net: gelu", &[(By::AllTokens, 19_456.0)]),
                ("transformer_blocks.ff.net: addmm", &[(By::AllTokens, 4864.0)]),
                ("smaller tensors", &[(By::Batch, 34_048.0)]),
            ],
        },
    ],
};
