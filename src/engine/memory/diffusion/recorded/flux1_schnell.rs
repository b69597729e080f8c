//! FLUX.1-schnell's denoiser (`FluxTransformer2DModel` of diffusers 0.42.1), with 256 tokens of text.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 11_888_099_328.0,
        kernels: 0.0,
        rest: 3_079_232.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 56_623_104.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 2_100_226.0), (By::Tokens, 134.0)]),
                ("transformer_blocks: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                ("single_transformer_blocks.norm: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::One, 6_291_456.0), (By::Tokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn.to_v: addmm",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.norm_q: to_copy",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.norm_k: to_copy",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                ("single_transformer_blocks.attn: stack", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                ("single_transformer_blocks.attn: mul", &[(By::One, 6_291_456.0), (By::Tokens, 24_576.0)]),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::One, 3_145_728.0), (By::Tokens, 12_288.0)],
                ),
                ("smaller tensors", &[(By::One, 288_258.0), (By::Tokens, 1030.0)]),
            ],
        },
        Moment {
            matrix: 47_185_920.0,
            alive: &[
                ("empty", &[(By::One, 2_100_226.0), (By::Tokens, 134.0)]),
                ("pos_embed: cat", &[(By::One, 262_144.0), (By::Tokens, 1024.0)]),
                ("transformer_blocks: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::One, 9_437_184.0), (By::Tokens, 36_864.0)]),
                ("single_transformer_blocks.norm: add", &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::One, 6_291_456.0), (By::Tokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.proj_out: addmm",
                    &[(By::One, 1_572_864.0), (By::Tokens, 6144.0)],
                ),
                ("smaller tensors", &[(By::One, 26_114.0), (By::Tokens, 6.0)]),
            ],
        },
    ],
    several: &[
        Moment {
            matrix: 0.0,
            alive: &[
                (
                    "empty",
                    &[(By::One, 1536.0), (By::Batch, 2_098_690.0), (By::Tokens, 6.0), (By::AllTokens, 128.0)],
                ),
                ("transformer_blocks: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                ("single_transformer_blocks.norm: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn.to_v: addmm",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.norm_q: to_copy",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.norm_k: to_copy",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn: stack",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn: mul",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::Batch, 3_145_728.0), (By::AllTokens, 12_288.0)],
                ),
                ("smaller tensors", &[(By::One, 263_680.0), (By::Batch, 24_578.0), (By::Tokens, 1030.0)]),
            ],
        },
        Moment {
            matrix: 47_185_920.0,
            alive: &[
                (
                    "empty",
                    &[(By::One, 1536.0), (By::Batch, 2_098_690.0), (By::Tokens, 6.0), (By::AllTokens, 128.0)],
                ),
                ("transformer_blocks: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                ("single_transformer_blocks: cat", &[(By::Batch, 9_437_184.0), (By::AllTokens, 36_864.0)]),
                ("single_transformer_blocks.norm: add", &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)]),
                (
                    "single_transformer_blocks.act_mlp: gelu",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.proj_out: addmm",
                    &[(By::Batch, 1_572_864.0), (By::AllTokens, 6144.0)],
                ),
                ("smaller tensors", &[(By::One, 263_680.0), (By::Batch, 24_578.0), (By::Tokens, 1030.0)]),
            ],
        },
    ],
};
