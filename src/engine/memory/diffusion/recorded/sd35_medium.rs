//! Stable Diffusion 3.5 medium's denoiser (`SD3Transformer2DModel` of diffusers 0.42.1), with 333 tokens of text.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 2_241_822_720.0,
        kernels: 98_304.0,
        rest: 1_250_496.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 21_233_664.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 2_732_034.0), (By::Tokens, 128.0)]),
                ("clone", &[(By::Tokens, 3072.0)]),
                ("context_embedder: addmm", &[(By::One, 1_022_976.0)]),
                ("transformer_blocks.norm1: add", &[(By::Tokens, 3072.0)]),
                ("transformer_blocks: mul", &[(By::One, 1_022_976.0), (By::Tokens, 9216.0)]),
                ("transformer_blocks: add", &[(By::One, 2_045_952.0), (By::Tokens, 6144.0)]),
                ("ff_context.net.proj: addmm", &[(By::One, 4_091_904.0)]),
                ("transformer_blocks.ff_context.net: gelu", &[(By::One, 4_091_904.0)]),
                ("smaller tensors", &[(By::One, 49_152.0)]),
            ],
        },
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 2_732_034.0), (By::Tokens, 128.0)]),
                ("clone", &[(By::Tokens, 3072.0)]),
                ("context_embedder: addmm", &[(By::One, 1_022_976.0)]),
                ("transformer_blocks.norm1: add", &[(By::Tokens, 3072.0)]),
                ("transformer_blocks.norm1_context: add", &[(By::One, 1_022_976.0)]),
                ("transformer_blocks.attn.to_add_out: addmm", &[(By::One, 1_022_976.0)]),
                ("transformer_blocks: mul", &[(By::Tokens, 6144.0)]),
                ("transformer_blocks: add", &[(By::Tokens, 6144.0)]),
                ("ff.net.proj: addmm", &[(By::Tokens, 12_288.0)]),
                ("transformer_blocks.ff.net: gelu", &[(By::Tokens, 12_288.0)]),
                ("smaller tensors", &[(By::One, 49_152.0)]),
            ],
        },
        Moment {
            matrix: 21_233_664.0,
            alive: &[
                ("empty", &[(By::One, 2_732_034.0), (By::Tokens, 128.0)]),
                ("clone", &[(By::Tokens, 3072.0)]),
                ("context_embedder: addmm", &[(By::One, 1_022_976.0)]),
                ("smaller tensors", &[(By::One, 33_792.0)]),
            ],
        },
        Moment {
            matrix: 9_437_184.0,
            alive: &[
                ("empty", &[(By::One, 2_732_034.0), (By::Tokens, 128.0)]),
                ("clone", &[(By::Tokens, 3072.0)]),
                ("context_embedder: addmm", &[(By::One, 1_022_976.0)]),
                ("transformer_blocks.norm1: add", &[(By::Tokens, 3072.0)]),
                ("transformer_blocks.norm1_context: add", &[(By::One, 1_022_976.0)]),
                ("transformer_blocks.attn.to_add_out: addmm", &[(By::One, 1_022_976.0)]),
                ("transformer_blocks: mul", &[(By::Tokens, 6144.0)]),
                ("transformer_blocks: add", &[(By::Tokens, 6144.0)]),
                ("transformer_blocks.ff.net: gelu", &[(By::Tokens, 12_288.0)]),
                ("transformer_blocks.ff.net: addmm", &[(By::Tokens, 3072.0)]),
                ("smaller tensors", &[(By::One, 49_152.0)]),
            ],
        },
    ],
    several: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 2_732_034.0), (By::AllTokens, 128.0)]),
                ("clone", &[(By::AllTokens, 3072.0)]),
                ("context_embedder: addmm", &[(By::Batch, 1_022_976.0)]),
                ("transformer_blocks.norm1: add", &[(By::AllTokens, 3072.0)]),
                ("transformer_blocks: mul", &[(By::Batch, 1_022_976.0), (By::AllTokens, 9216.0)]),
                ("transformer_blocks: add", &[(By::Batch, 2_045_952.0), (By::AllTokens, 6144.0)]),
                ("ff_context.net.proj: addmm", &[(By::Batch, 4_091_904.0)]),
                ("transformer_blocks.ff_context.net: gelu", &[(By::Batch, 4_091_904.0)]),
                ("smaller tensors", &[(By::Batch, 49_152.0)]),
            ],
        },
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 2_732_034.0), (By::AllTokens, 128.0)]),
                ("clone", &[(By::AllTokens, 3072.0)]),
                ("context_embedder: addmm", &[(By::Batch, 1_022_976.0)]),
                ("transformer_blocks.norm1: add", &[(By::AllTokens, 3072.0)]),
                ("transformer_blocks.norm1_context: add", &[(By::Batch, 1_022_976.0)]),
                ("transformer_blocks.attn.to_add_out: add", &[(By::Batch, 1_022_976.0)]),
                ("transformer_blocks: mul", &[(By::AllTokens, 6144.0)]),
                ("transformer_blocks: add", &[(By::AllTokens, 6144.0)]),
                ("ff.net.proj: addmm", &[(By::AllTokens, 12_288.0)]),
                ("transformer_blocks.ff.net: gelu", &[(By::AllTokens, 12_288.0)]),
                ("smaller tensors", &[(By::Batch, 49_152.0)]),
            ],
        },
        Moment {
            matrix: 21_233_664.0,
            alive: &[
                ("empty", &[(By::Batch, 2_732_034.0), (By::AllTokens, 128.0)]),
                ("clone", &[(By::AllTokens, 3072.0)]),
                ("context_embedder: addmm", &[(By::Batch, 1_022_976.0)]),
                ("smaller tensors", &[(By::Batch, 33_792.0)]),
            ],
        },
        Moment {
            matrix: 9_437_184.0,
            alive: &[
                ("empty", &[(By::Batch, 2_732_034.0), (By::AllTokens, 128.0)]),
                ("clone", &[(By::AllTokens, 3072.0)]),
                ("context_embedder: addmm", &[(By::Batch, 1_022_976.0)]),
                ("transformer_blocks.norm1: add", &[(By::AllTokens, 3072.0)]),
                ("transformer_blocks: mul", &[(By::Batch, 1_022_976.0), (By::AllTokens, 9216.0)]),
                ("transformer_blocks: add", &[(By::Batch, 2_045_952.0), (By::AllTokens, 6144.0)]),
                ("transformer_blocks.ff_context.net: gelu", &[(By::Batch, 4_091_904.0)]),
                ("transformer_blocks.ff_context.net: addmm", &[(By::Batch, 1_022_976.0)]),
                ("smaller tensors", &[(By::Batch, 49_152.0)]),
            ],
        },
    ],
};
