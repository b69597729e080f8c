//! HunyuanVideo's denoiser (`HunyuanVideoTransformer3DModel` of diffusers 0.42.1), with 256 tokens of text.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 12_817_465_344.0,
        kernels: 196_608.0,
        rest: 3_350_592.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 56_623_104.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 2_099_206.0), (By::Tokens, 128.0)]),
                ("rope: cat", &[(By::Tokens, 1024.0)]),
                ("transformer_blocks: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::One, 11_010_048.0), (By::Tokens, 43_008.0)]),
                ("single_transformer_blocks.norm: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::One, 6_291_456.0), (By::Tokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_efficient_attention",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.proj_out: addmm",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                ("single_transformer_blocks: mul", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                ("smaller tensors", &[(By::One, 27_144.0), (By::Tokens, 10.0)]),
            ],
        },
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 2_099_206.0), (By::Tokens, 128.0)]),
                ("transformer_blocks: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                ("single_transformer_blocks.norm: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::One, 6_291_456.0), (By::Tokens, 24_576.0)],
                ),
                ("single_transformer_blocks.attn: cat", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                (
                    "single_transformer_blocks.attn.to_v: addmm",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.norm_q: mul",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.norm_k: mul",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                ("single_transformer_blocks.attn: stack", &[(By::Tokens, 6144.0)]),
                ("single_transformer_blocks.attn: mul", &[(By::Tokens, 24_576.0)]),
                ("single_transformer_blocks.attn: to_copy", &[(By::Tokens, 12_288.0)]),
                ("smaller tensors", &[(By::One, 27_144.0), (By::Tokens, 1034.0)]),
            ],
        },
        Moment {
            matrix: 47_185_920.0,
            alive: &[
                ("empty", &[(By::One, 2_099_206.0), (By::Tokens, 128.0)]),
                ("rope: cat", &[(By::Tokens, 1024.0)]),
                ("transformer_blocks: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::One, 11_010_048.0), (By::Tokens, 43_008.0)]),
                ("single_transformer_blocks.norm: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::One, 6_291_456.0), (By::Tokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_efficient_attention",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.proj_out: addmm",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                ("smaller tensors", &[(By::One, 27_144.0), (By::Tokens, 10.0)]),
            ],
        },
    ],
    several: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 2_099_206.0), (By::AllTokens, 128.0)]),
                ("transformer_blocks: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::Batch, 11_010_048.0), (By::AllTokens, 43_008.0)]),
                ("single_transformer_blocks.norm: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_efficient_attention",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.proj_out: addmm",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                ("single_transformer_blocks: mul", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                (
                    "smaller tensors",
                    &[(By::One, 2048.0), (By::Tokens, 1032.0), (By::Batch, 25_096.0), (By::AllTokens, 2.0)],
                ),
            ],
        },
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 2_099_206.0), (By::AllTokens, 128.0)]),
                ("transformer_blocks: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                ("single_transformer_blocks.norm: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 24_576.0)],
                ),
                ("single_transformer_blocks.attn: cat", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                (
                    "single_transformer_blocks.attn.to_v: addmm",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.norm_q: mul",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.norm_k: mul",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                ("single_transformer_blocks.attn: stack", &[(By::AllTokens, 6144.0)]),
                ("single_transformer_blocks.attn: mul", &[(By::AllTokens, 24_576.0)]),
                ("single_transformer_blocks.attn: to_copy", &[(By::AllTokens, 12_288.0)]),
                (
                    "smaller tensors",
                    &[(By::One, 2048.0), (By::Tokens, 1032.0), (By::Batch, 25_096.0), (By::AllTokens, 2.0)],
                ),
            ],
        },
        Moment {
            matrix: 47_185_920.0,
            alive: &[
                ("empty", &[(By::Batch, 2_099_206.0), (By::AllTokens, 128.0)]),
                ("transformer_blocks: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::Batch, 11_010_048.0), (By::AllTokens, 43_008.0)]),
                ("single_transformer_blocks.norm: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_efficient_attention",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.proj_out: addmm",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "smaller tensors",
                    &[(By::One, 2048.0), (By::Tokens, 1032.0), (By::Batch, 25_096.0), (By::AllTokens, 2.0)],
                ),
            ],
        },
    ],
};
